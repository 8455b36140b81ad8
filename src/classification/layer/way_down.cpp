#include <algorithm>
#include <cmath>

#include "classification/escape/daughter_motion.hpp"
#include "classification/layer/layer.hpp"
#include "classification/point/parts.hpp"
#include "core/euclidean.hpp"

namespace tepui {
namespace {

// The daughters where they stand.
LayerWayDown at_rest(const Network& layer, Size neuron, std::span<const double> gamma) {
    const Size r = static_cast<Size>(gamma.size());
    LayerWayDown way{Matrix(r, layer.inputs), Matrix(r, layer.output_count)};
    for (Size j = 0; j < r; ++j) {
        std::copy_n(layer.weights(neuron), layer.inputs, way.weights.row(j));
        for (Size o = 0; o < layer.output_count; ++o) way.outputs(j, o) = gamma[j] * layer.output(neuron, o);
    }
    return way;
}

// The two with the largest share together, which is not zero.
std::pair<Size, Size> heaviest_pair(std::span<const double> gamma) {
    std::pair<Size, Size> best{0, 1};
    for (Size j = 0; j < static_cast<Size>(gamma.size()); ++j) {
        for (Size l = 0; l < j; ++l)
            if (std::abs(gamma[j] + gamma[l]) > std::abs(gamma[best.first] + gamma[best.second]))
                best = {l, j};
    }
    return best;
}

// Two daughters move apart by p v and -q v, p : q as their shares, the output weights of both by -+ tau Psi^T
// v: the form is (g1 p^2 + g2 q^2) v^T H v / 2 - |p + q| tau |Psi^T v|^2, tau such that it is negative. What
// is of third order goes with p^2 and the curvature of psi, whose terms are those of Psi: where Psi is small
// beside them, the weights move less than the outputs, by as much.
LayerWayDown by_slopes(const LayerNeuron& one, const Network& layer, Size neuron,
                       std::span<const double> gamma, double epsilon) {
    LayerWayDown way = at_rest(layer, neuron, gamma);
    const auto [first, second] = heaviest_pair(gamma);
    const double g1 = gamma[first], g2 = gamma[second], larger = std::max(std::abs(g1), std::abs(g2));
    constexpr double kWhole = 0.25;  // a share of the terms from which weights move as far as outputs
    const double share = std::min(1.0, one.slope_share / kWhole);
    const double p = share * g2 / larger, q = share * g1 / larger, slope = scaled_norm_of(one.slopes);
    const double bend = 0.5 * (g1 * p * p + g2 * q * q) * one.curvature;
    const Size outputs = layer.output_count;
    const double output =
        scaled_norm_of({layer.outputs() + neuron * outputs, static_cast<std::size_t>(outputs)});
    const double weight = scaled_norm_of({layer.weights(neuron), static_cast<std::size_t>(layer.inputs)});
    const double natural = output > 0.0 && weight > 0.0 ? output / weight : 1.0;
    const double tau = std::max(natural / slope, 2.0 * std::abs(bend) / (std::abs(p + q) * slope * slope));
    way.coefficient = bend - std::abs(p + q) * tau * slope * slope;
    const double exchanged = -std::copysign(tau, g1 + g2) * epsilon;
    for (Size j = 0; j < layer.inputs; ++j) {
        way.weights(first, j) += epsilon * p * one.v[j];
        way.weights(second, j) -= epsilon * q * one.v[j];
    }
    for (Size o = 0; o < outputs; ++o) {
        way.outputs(first, o) += exchanged * one.slopes[o];
        way.outputs(second, o) -= exchanged * one.slopes[o];
    }
    return way;
}

std::optional<LayerWayDown> by_curvature(const SpectralReport& inner, const Network& layer, Size neuron,
                                         std::span<const double> gamma, double epsilon) {
    const std::vector<double> shares(gamma.begin(), gamma.end());
    for (const bool negative : {true, false}) {
        const std::vector<double>& v = negative ? inner.v_negative : inner.v_positive;
        if (v.empty()) continue;
        const double lambda = negative ? inner.curvature_negative : inner.curvature_positive;
        const std::optional<DaughterMotion> motion = motion_against(lambda, shares, 1.0);
        if (!motion) continue;
        LayerWayDown way = at_rest(layer, neuron, gamma);
        way.order = motion->order;
        way.coefficient = 0.5 * lambda * motion->form;
        const std::vector<double> t = motion->t(epsilon);
        for (Size j = 0; j < static_cast<Size>(t.size()); ++j) {
            for (Size l = 0; l < layer.inputs; ++l) way.weights(j, l) += epsilon * t[j] * v[l];
            for (Size o = 0; o < layer.output_count; ++o)
                way.outputs(j, o) += epsilon * motion->output_rate[j] * layer.output(neuron, o);
        }
        return way;
    }
    return std::nullopt;
}

}  // namespace

LayerWayDown layer_way_down(const LayerReport& report, Size neuron, std::span<const double> gamma,
                            double epsilon) {
    require_stationary(report);
    check_gamma(gamma);
    const LayerNeuron& one = report.neurons[static_cast<std::size_t>(neuron)];
    if (!one.slopes.empty()) return by_slopes(one, report.layer, neuron, gamma, epsilon);
    if (auto way = by_curvature(one.shape.inner, report.layer, neuron, gamma, epsilon))
        return std::move(*way);
    return at_rest(report.layer, neuron, gamma);
}

}  // namespace tepui
