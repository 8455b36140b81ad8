#include "classification/any_network/fitted_samples.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/symmetric.hpp"
#include "network/pass/rows.hpp"

namespace tepui {
namespace {

// Outputs at the fitted samples, and their derivatives c_ik = a_i sigma'(w_i . x_k) by preactivation, [i][k].
struct Outputs {
    std::vector<double> f;
    Matrix slopes;
};

Outputs outputs_at(const Network& network, const Matrix& inputs) {
    const Size count = inputs.rows();
    const double constant =
        network.output_bias ? network.parameters[network.coefficient(network.width, 0)] : 0.0;
    Outputs result{std::vector<double>(static_cast<std::size_t>(count), constant),
                   Matrix(network.width, count)};
    std::vector<double> z(result.f.size()), value(result.f.size()), first(result.f.size());
    for (Size i = 0; i < network.width; ++i) {
        for (Size k = 0; k < count; ++k) z[k] = dot(network.inputs, network.weights(i), inputs.row(k));
        network.activation.evaluate(count, z.data(), {value.data(), first.data()});
        for (Size k = 0; k < count; ++k) {
            result.f[k] += network.output(i) * value[k];
            result.slopes(i, k) = network.output(i) * first[k];
        }
    }
    return result;
}

}  // namespace

std::optional<FittedSamples> fitted_samples(const Dataset& data, const Network& network,
                                            const PointResiduals& residuals, SameInputs same,
                                            const Execution& execution) {
    // Skip connections would fit them without the neurons; other losses than the squared one know no targets.
    if (network.skip || !data.loss().quadratic()) return std::nullopt;
    std::vector<double> pulls(static_cast<std::size_t>(data.samples()));
    for (Size k = 0; k < data.samples(); ++k) pulls[k] = data.weight(k) * residuals.values[k];
    const auto slopes = [&](const OwnDirections& own) { return outputs_at(network, own.inputs).slopes; };
    std::optional<OwnDirections> own =
        own_directions(data, unpulled_samples(data, pulls, same), slopes, execution);
    if (!own) return std::nullopt;
    FittedSamples fitted{std::move(*own), {}};
    fitted.outputs = outputs_at(network, fitted.inputs).f;
    return fitted;
}

bool FittedSamples::restore(Network& network) const {
    constexpr int kIterations = 60;
    constexpr double kSmallestPart = 1e-3;  // of a step that does not come nearer
    const Network before = network;
    Network from = network;
    std::vector<double> step(network.parameters.size(), 0.0);
    double last = std::numeric_limits<double>::infinity(), part = 1.0;
    const Size order = count();
    for (int iteration = 0; iteration < kIterations; ++iteration) {
        const Outputs now = outputs_at(network, inputs);
        std::vector<double> wrong(outputs.size());
        double size = 0.0, magnitude = 0.0;
        for (std::size_t k = 0; k < wrong.size(); ++k) {
            wrong[k] = outputs[k] - now.f[k];
            size = std::isfinite(wrong[k]) ? std::max(size, std::abs(wrong[k])) : wrong[k];
            magnitude = std::max(magnitude, std::abs(outputs[k]));
        }
        if (size == 0.0) return true;
        const bool small = size <= 1e-12 * std::max(magnitude, 1e-300);
        if (small && !(size < 0.5 * last)) return true;
        if (!(size < last)) {
            part *= 0.5;
            if (part < kSmallestPart) break;
            for (std::size_t p = 0; p < step.size(); ++p)
                network.parameters[p] = from.parameters[p] + part * step[p];
            continue;
        }
        last = size;
        part = 1.0;
        from = network;
        const std::optional<Matrix> normal = normal_matrix(*this, now.slopes);
        if (!normal) break;
        const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(*normal, true);
        std::vector<double> multipliers(wrong.size(), 0.0);
        for (Size l = 0; l < order; ++l) {
            if (!(eigen.values[l] > 1e-13 * eigen.values[order - 1])) continue;
            const double* u = eigen.vectors.row(l);
            const double share = dot(order, u, wrong.data()) / eigen.values[l];
            for (Size k = 0; k < order; ++k) multipliers[k] += share * u[k];
        }
        std::fill(step.begin(), step.end(), 0.0);
        for (Size i = 0; i < network.width; ++i) {
            for (Size k = 0; k < order; ++k) {
                const double along = multipliers[k] * now.slopes(i, k);
                for (Size j = 0; j < network.inputs; ++j)
                    step[i * network.inputs + j] += along * directions(k, j);
            }
        }
        for (std::size_t p = 0; p < step.size(); ++p) network.parameters[p] += step[p];
    }
    network = before;
    return false;
}

Dataset project_others(const Dataset& data, const FittedSamples& fitted, const Execution& execution) {
    Dataset result = project(data, fitted.rest, execution);
    result.set_weights(weights_without(data, fitted.samples()));
    return result;
}

}  // namespace tepui
