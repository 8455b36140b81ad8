#include "classification/directional/neuron_move.hpp"

#include <algorithm>
#include <cmath>

namespace tepui {
namespace {

// f(k, x) of every sample of some weight.
template <class Use>
void each_sample(const Dataset& data, Use&& use) {
    constexpr Size kBlock = 256;
    const Size d = data.inputs();
    std::vector<double> block(static_cast<std::size_t>(kBlock * d));
    for (Size k = 0; k < data.samples(); ++k) {
        if (k % kBlock == 0) data.rows(k, std::min(kBlock, data.samples() - k), block.data());
        if (data.weight(k) > 0.0) use(k, block.data() + (k % kBlock) * d);
    }
}

double product(const double* w, const double* x, Size d) {
    double sum = 0.0;
    for (Size j = 0; j < d; ++j) sum += w[j] * x[j];
    return sum;
}

}  // namespace

std::vector<double> neuron_direction(const Layout& layout, Size neuron, std::span<const double> v,
                                     std::span<const double> b) {
    std::vector<double> direction(static_cast<std::size_t>(layout.parameter_count()), 0.0);
    std::copy(v.begin(), v.end(), direction.begin() + layout.weight(neuron, 0));
    for (std::size_t o = 0; o < b.size(); ++o)
        direction[layout.coefficient(neuron, static_cast<Size>(o))] = b[o];
    return direction;
}

double feature_square(const KinkedPoint& point, Size neuron) {
    const std::vector<Size>& kinks = point.sums.kinks[neuron].samples;
    const Slopes& slopes = point.sums.slopes;
    double square = 0.0;
    each_sample(point.data, [&](Size k, const double* x) {
        if (std::binary_search(kinks.begin(), kinks.end(), k)) return;
        const double z = product(point.network.weights(neuron), x, point.network.inputs);
        const double value = z * (z >= 0.0 ? slopes.above : slopes.below);
        square += point.data.weight(k) * value * value;
    });
    return square;
}

double input_motion(const Dataset& data, std::span<const double> v) {
    double square = 0.0;
    each_sample(data, [&](Size k, const double* x) {
        const double t = product(v.data(), x, data.inputs());
        square += data.weight(k) * t * t;
    });
    return std::sqrt(square / (data.weight_sum() * data.scale()));
}

Witness neuron_witness(const KinkedPoint& point, Size neuron, std::span<const double> v,
                       std::span<const double> b, int order, double coefficient) {
    return line_witness(point, neuron_direction(point.network, neuron, v, b), order, coefficient);
}

Witness output_weight_witness(const KinkedPoint& point, Size neuron, double psi) {
    const std::vector<double> still(static_cast<std::size_t>(point.network.inputs), 0.0);
    const double squares = feature_square(point, neuron);
    const double b = squares > 0.0 ? -psi / squares : -psi;
    return neuron_witness(point, neuron, still, {&b, 1}, 1, psi * b);
}

Witness escape_neuron_witness(const KinkedPoint& point, Size neuron, std::span<const double> v,
                              double derivative) {
    const double squares = feature_square(point, neuron), size = std::abs(derivative);
    double coefficient = 0.0, kappa = 0.0;
    if (squares > 0.0) {
        kappa = size / squares;
        coefficient = -0.5 * size * kappa;
    } else {  // sigma(w . x) = 0 everywhere: |Delta f|^2 is of fourth order
        const Dataset& data = point.data;
        kappa =
            std::sqrt(size / (data.weight_sum() * data.scale())) / std::max(input_motion(data, v), 1e-150);
        coefficient = -size * kappa;
    }
    const double b = -std::copysign(kappa, derivative);
    return neuron_witness(point, neuron, v, {&b, 1}, 2, coefficient);
}

}  // namespace tepui
