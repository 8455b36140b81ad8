#include "certify/slice.hpp"

#include <algorithm>
#include <cmath>

#include "classification/layer/layer.hpp"
#include "classification/point/continuous_symmetry.hpp"

namespace tepui::balls {
namespace {

// A multiple of this is what a coefficient of a sum of inputs is taken for.
constexpr double kCoefficientUnit = 0x1p-20;
// Least pivot of the weights of square neurons, beside the first.
constexpr double kIndependent = 1e-6;

template <class Use>
void for_samples(const Dataset& data, Use&& use) {
    std::vector<double> x(static_cast<std::size_t>(data.inputs()));
    for (Size k = 0; k < data.samples(); ++k) {
        if (data.weight(k) == 0.0) continue;
        data.sample(k, x.data());
        use(x);
    }
}

// The input that is one number, not zero, in every sample. Inputs are independent: there is one at most.
std::vector<Size> constant_input(const Dataset& data) {
    std::vector<bool> constant(static_cast<std::size_t>(data.inputs()), true);
    std::vector<double> first;
    for_samples(data, [&](const std::vector<double>& x) {
        if (first.empty()) first = x;
        for (std::size_t j = 0; j < x.size(); ++j)
            if (x[j] != first[j] || x[j] == 0.0) constant[j] = false;
    });
    for (std::size_t j = 0; j < constant.size(); ++j)
        if (constant[j]) return {static_cast<Size>(j)};
    return {};
}

// Those of which a combination is 1 in every sample, exactly, with coefficients of few digits: the levels of
// a category. None: it is not found.
std::vector<Size> constant_sum(const Dataset& data) {
    const std::vector<double> found = constant_direction(data);
    std::vector<Size> inputs;
    BallVector coefficients;
    for (std::size_t j = 0; j < found.size(); ++j) {
        const double rounded = std::round(found[j] / kCoefficientUnit) * kCoefficientUnit;
        if (rounded == 0.0) continue;
        inputs.push_back(static_cast<Size>(j));
        coefficients.emplace_back(rounded);
    }
    bool holds = true;
    for_samples(data, [&](const std::vector<double>& x) {
        Ball sum;
        for (std::size_t l = 0; l < inputs.size(); ++l) sum += coefficients[l] * Ball(x[inputs[l]]);
        holds = holds && sum == Ball(1.0);
    });
    return holds ? inputs : std::vector<Size>();
}

std::vector<bool> decaying(const Dataset& data, const Network& network) {
    std::vector<bool> result(static_cast<std::size_t>(network.parameter_count()), false);
    data.decay().each(network, [&](Size p, double lambda) { result[p] = lambda != 0.0; });
    return result;
}

template <class Vector>
Vector components(const Vector& whole, const std::vector<Size>& places) {
    Vector result;
    for (const Size p : places) result.push_back(whole[p]);
    return result;
}

}  // namespace

Slice::Slice(const Network& network) : layout_(network) {
    for (const double parameter : network.parameters) given_.emplace_back(parameter);
    held_inputs_.resize(static_cast<std::size_t>(network.width));
    hold(std::vector<bool>(network.parameters.size(), false));
}

Slice::Slice(const Dataset& data, const Network& network) : Slice(network) {
    const std::vector<bool> decays = decaying(data, network);
    std::vector<bool> held(network.parameters.size(), false);
    const Size outputs = network.output_count, bias = network.width;
    // A block decays in all outputs or in none.
    const auto still = [&](Size q) { return !decays[network.coefficient(q, 0)]; };
    for (Size q = 0; data.loss().shift_invariant() && q < network.features(); ++q)
        if (still(q)) held[network.coefficient(q, outputs - 1)] = shifts_ = true;
    const bool asks = (network.output_bias && network.skip) || asks_for_constant(network);
    std::vector<Size> constant;
    if (asks) constant = constant_input(data);
    if (asks && constant.empty()) constant = constant_sum(data);
    if (network.output_bias && network.skip && still(bias)) {
        exchanges_ = !constant.empty() && std::all_of(constant.begin(), constant.end(),
                                                      [&](Size j) { return still(bias + 1 + j); });
        for (Size o = 0; exchanges_ && o < outputs; ++o) held[network.coefficient(bias, o)] = true;
    }
    const bool turns = find_turns(network, decays);
    for (std::size_t p = 0; turns && p < turned_.size(); ++p) {
        held_inputs_[static_cast<std::size_t>(turned_[p])] = turned_inputs_;
        for (std::size_t q = 0; q <= p; ++q) held[network.weight(turned_[p], turned_inputs_[q])] = true;
    }
    for (Size i = 0; i < network.width; ++i) {
        std::vector<Size>& inputs = held_inputs_[static_cast<std::size_t>(i)];
        if (!inputs.empty()) continue;
        const Size input = cut(network, i, decays, constant);
        if (input < 0) continue;
        inputs.push_back(input);
        held[network.weight(i, input)] = true;
    }
    hold(held);
}

// sigma(cz) = c^p sigma(z): the largest weight. exp: that of a constant input, or of one of those that make
// it.
Size Slice::cut(const Network& network, Size neuron, const std::vector<bool>& decays,
                const std::vector<Size>& constant) {
    const auto decayed = [&](Size p) { return decays[static_cast<std::size_t>(p)]; };
    if (decayed(network.coefficient(neuron, 0))) return -1;
    const Activation& activation = network.activation_of(neuron);
    const auto still = [&](Size j) { return !decayed(network.weight(neuron, j)); };
    Size found = -1;
    if (activation.kind() == ActivationKind::exp) {
        const bool moves = !constant.empty() && std::all_of(constant.begin(), constant.end(), still);
        if (moves) found = constant.front();
        moves_exp_ |= moves;
        return found;
    }
    if (activation.traits().homogeneity <= 0) return -1;
    const double* const w = network.weights(neuron);
    for (Size j = 0; j < network.inputs; ++j) {
        if (!still(j)) return -1;
        if (w[j] != 0.0 && (found < 0 || std::abs(w[j]) > std::abs(w[found]))) found = j;
    }
    scales_ |= found >= 0;
    return found;
}

// Gaussian elimination of their weights, rows and columns by the largest pivot.
bool Slice::find_turns(const Network& network, const std::vector<bool>& decays) {
    const auto decayed = [&](Size p) { return decays[static_cast<std::size_t>(p)]; };
    std::vector<Size> neurons, inputs;
    for (Size i = 0; i < network.width && network.output_count == 1; ++i) {
        const ActivationTraits& traits = network.activation_of(i).traits();
        bool moves = traits.polynomial && traits.homogeneity == 2 && network.output(i, 0) != 0.0 &&
                     !decayed(network.coefficient(i, 0));
        for (Size j = 0; j < network.inputs; ++j) moves = moves && !decayed(network.weight(i, j));
        if (moves) neurons.push_back(i);
    }
    const auto count = static_cast<Size>(neurons.size());
    if (count < 2 || count > network.inputs) return false;
    for (Size j = 0; j < network.inputs; ++j) inputs.push_back(j);
    Matrix w(count, network.inputs);
    for (Size p = 0; p < count; ++p) std::copy_n(network.weights(neurons[p]), network.inputs, w.row(p));
    double first = 0.0;
    for (Size p = 0; p < count; ++p) {
        Size row = p, column = p;
        for (Size i = p; i < count; ++i)
            for (Size j = p; j < network.inputs; ++j)
                if (std::abs(w(i, j)) > std::abs(w(row, column))) row = i, column = j;
        if (p == 0) first = std::abs(w(row, column));
        if (!(std::abs(w(row, column)) > kIndependent * first)) return false;
        std::swap(neurons[p], neurons[row]);
        std::swap(inputs[p], inputs[column]);
        std::swap_ranges(w.row(p), w.row(p) + network.inputs, w.row(row));
        for (Size i = 0; i < count; ++i) std::swap(w(i, p), w(i, column));
        for (Size i = p + 1; i < count; ++i) {
            const double factor = w(i, p) / w(p, p);
            for (Size j = p; j < network.inputs; ++j) w(i, j) -= factor * w(p, j);
        }
    }
    inputs.resize(neurons.size());
    turned_ = std::move(neurons);
    turned_inputs_ = std::move(inputs);
    return true;
}

bool Slice::cuts(const BallVector& whole) const {
    const auto count = static_cast<Size>(turned_.size());
    BallMatrix w(count, count);
    for (Size p = 0; p < count; ++p) {
        if (sign(whole[layout_.coefficient(turned_[p], 0)]) == 0) return false;
        for (Size q = 0; q < count; ++q) w(p, q) = whole[layout_.weight(turned_[p], turned_inputs_[q])];
    }
    for (Size p = 0; p < count; ++p) {
        if (sign(w(p, p)) == 0) return false;
        for (Size i = p + 1; i < count; ++i) {
            const Ball factor = w(i, p) / w(p, p);
            for (Size j = p; j < count; ++j) w(i, j) = w(i, j) - factor * w(p, j);
        }
    }
    return true;
}

void Slice::hold(const std::vector<bool>& held) {
    free_.clear();
    for (std::size_t p = 0; p < held.size(); ++p) (held[p] ? held_ : free_).push_back(static_cast<Size>(p));
}

BallVector Slice::of(const BallVector& whole) const {
    return components(whole, free_);
}

std::vector<double> Slice::of(const std::vector<double>& whole) const {
    return components(whole, free_);
}

BallMatrix Slice::of(const BallMatrix& whole) const {
    return block(whole, free_);
}

Matrix Slice::of(const Matrix& whole) const {
    return block(whole, free_);
}

BallVector Slice::whole(const BallVector& on_slice) const {
    BallVector result(given_);
    for (std::size_t q = 0; q < free_.size(); ++q) result[free_[q]] = on_slice[q];
    return result;
}

}  // namespace tepui::balls
