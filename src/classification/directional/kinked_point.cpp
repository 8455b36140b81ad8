#include "classification/directional/kinked_point.hpp"

#include <algorithm>
#include <cmath>

#include "core/rounding.hpp"

namespace tepui {

namespace {

// A quadratic loss is one of residuals: as outputs with targets of 0 they lose nothing.
void outputs_of(const Dataset& data, std::span<const double> residuals, Size sample, double* f,
                double* target) {
    const bool residual = data.loss().quadratic();
    for (Size o = 0; o < data.outputs(); ++o) {
        const double r = residuals[sample * data.outputs() + o], y = data.target(sample, o);
        target[o] = residual ? 0.0 : y;
        f[o] = residual ? r : r + y;
    }
}

}  // namespace

std::vector<double> decay_by_parameter(const Dataset& data, const Layout& layout) {
    std::vector<double> lambdas;
    if (data.decay().none()) return lambdas;
    lambdas.resize(static_cast<std::size_t>(layout.parameter_count()));
    data.decay().each(layout, [&](Size p, double lambda) { lambdas[static_cast<std::size_t>(p)] = lambda; });
    return lambdas;
}

bool KinkedPoint::decays(Size neuron) const noexcept {
    bool any = false;
    for (Size j = 0; j < network.inputs; ++j) any = any || lambda(network.weight(neuron, j)) > 0.0;
    for (Size o = 0; o < outputs(); ++o) any = any || lambda(network.coefficient(neuron, o)) > 0.0;
    return any;
}

CoefficientSlope coefficient_slope(const KinkedPoint& point, Size feature, Size output) {
    const Size at = feature * point.outputs() + output, p = point.network.coefficient(feature, output);
    const double pull = point.lambda(p) * point.network.parameters[static_cast<std::size_t>(p)];
    const double size = std::abs(pull);
    return {point.sums.psi[at] + pull, point.sums.psi_magnitude[at] + size,
            point.sums.psi_rounding[at] + kEps * (std::abs(point.sums.psi[at]) + 2.0 * size)};
}

void sample_outputs(const KinkedPoint& point, Size sample, double* f, double* error, double* target) {
    outputs_of(point.data, point.sums.residuals, sample, f, target);
    const bool residual = point.data.loss().quadratic();
    for (Size o = 0; o < point.outputs(); ++o) {
        const Size at = sample * point.outputs() + o;
        const double r = point.sums.residuals[at], y = point.data.target(sample, o);
        error[o] = point.sums.residual_rounding[at] + (residual ? 0.0 : kEps * (std::abs(r) + std::abs(y)));
    }
}

LossDerivatives loss_derivatives(const Dataset& data, std::span<const double> residuals) {
    constexpr Size kBlock = 256;
    const Loss& loss = data.loss();
    const Size samples = data.samples(), outputs = data.outputs(), rows = loss.hessian_rows(outputs);
    const auto room = [](Size a, Size b) {
        return std::vector<double>(static_cast<std::size_t>(checked_product(a, b)));
    };
    LossDerivatives result{room(samples, outputs), room(samples, rows)};
    std::vector<double> f = room(outputs, kBlock), target = f, g = f, g_error = f, bend = room(rows, kBlock);
    std::vector<double> weight = room(1, kBlock), value = weight, rounding = weight;
    std::vector<double> one = room(2, outputs);
    const std::vector<double> no_error = room(outputs, kBlock);
    for (Size first = 0; first < samples; first += kBlock) {
        const Size count = std::min(kBlock, samples - first);
        for (Size k = 0; k < count; ++k) {
            outputs_of(data, residuals, first + k, one.data(), one.data() + outputs);
            for (Size o = 0; o < outputs; ++o) {
                f[o * kBlock + k] = one[o];
                target[o * kBlock + k] = one[outputs + o];
            }
            weight[k] = data.weight(first + k);
        }
        loss.evaluate({outputs, count, kBlock, f.data(), no_error.data(), target.data(), weight.data()},
                      {value.data(), rounding.data(), g.data(), g_error.data(), bend.data()});
        for (Size k = 0; k < count; ++k) {
            for (Size o = 0; o < outputs; ++o) result.pulls[(first + k) * outputs + o] = g[o * kBlock + k];
            for (Size q = 0; q < rows; ++q) result.bends[(first + k) * rows + q] = bend[q * kBlock + k];
        }
    }
    return result;
}

}  // namespace tepui
