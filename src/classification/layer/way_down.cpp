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

// One daughter against the others, t_j = (gamma_j - 1) / u, t = gamma_j / u elsewhere: sum gamma t = 0, sum
// gamma t^3 = gamma_j (1 - gamma_j) (2 gamma_j - 1) / u^3 and squares that differ by (1 - 2 gamma_j) / u^2.
struct Apart {
    Size one = 0;
    std::vector<double> t;
    double cubic = 0.0, squares = 0.0;

    Apart(std::span<const double> gamma, Size j) : one(j), t(gamma.size()) {
        const double g = gamma[static_cast<std::size_t>(j)], unit = std::max(std::abs(g), std::abs(1.0 - g));
        std::fill(t.begin(), t.end(), g / unit);
        t[static_cast<std::size_t>(j)] = (g - 1.0) / unit;
        cubic = g / unit * ((1.0 - g) / unit) * ((2.0 * g - 1.0) / unit);
        squares = (1.0 - 2.0 * g) / (unit * unit);
    }
};

// How daughters move along a null vector v of H_i: weights by t_j v, output weights by shares_j a_i + bends_j
// bend, at a given epsilon.
struct NullMotion {
    std::vector<double> t, shares, bends;
    int order = 3;
    double coefficient = 0.0;

    explicit NullMotion(std::size_t daughters) : t(daughters, 0.0), shares(t), bends(t) {}
};

// Third order, by the bend (MATH.md section 14) or by third derivatives: nothing where gamma has neither.
std::optional<NullMotion> to_third_order(const NullDirection& null, double tau, std::span<const double> gamma,
                                         double epsilon) {
    constexpr double kNone = 1e-11;
    const bool bends = !null.bend.empty();
    const double square = std::pow(scaled_norm_of(null.bend), 2);
    Apart best(gamma, 0);
    for (Size j = 1; j < static_cast<Size>(gamma.size()); ++j) {
        Apart next(gamma, j);
        if (bends ? std::abs(next.squares) > std::abs(best.squares)
                  : std::abs(next.cubic) > std::abs(best.cubic))
            best = std::move(next);
    }
    if (!(std::abs(bends ? best.squares : best.cubic) > kNone)) return std::nullopt;
    NullMotion motion(gamma.size());
    const double sign = best.cubic * null.third > 0.0 ? -1.0 : 1.0;
    for (std::size_t j = 0; j < gamma.size(); ++j) motion.t[j] = sign * epsilon * best.t[j];
    const auto one = static_cast<std::size_t>(best.one), another = one == 0 ? std::size_t{1} : std::size_t{0};
    motion.bends[one] = -std::copysign(tau, best.squares) * epsilon;
    motion.bends[another] = -motion.bends[one];
    motion.coefficient = -0.5 * (bends ? tau * square * std::abs(best.squares) : 0.0) -
                         std::abs(best.cubic * null.third) / 6.0;
    return motion;
}

// From (1/2, 1/2) along the plateau to shares 1/2 +- epsilon, and apart by t = +-epsilon^2 (1 -+ 2 epsilon):
// sum gamma t^3 = -4 epsilon^7 and squares that differ by -8 epsilon^5, output weights by epsilon^2 tau.
// Everything else is of order epsilon^8.
NullMotion from_halves(const NullDirection& null, double tau, std::span<const double> gamma, double epsilon) {
    NullMotion motion(gamma.size());
    std::vector<std::size_t> half;
    for (std::size_t j = 0; j < gamma.size(); ++j)
        if (gamma[j] > 0.25) half.push_back(j);
    const double sign = null.third < 0.0 ? -1.0 : 1.0, square = epsilon * epsilon;
    motion.t[half[0]] = sign * square * (1.0 - 2.0 * epsilon);
    motion.t[half[1]] = -sign * square * (1.0 + 2.0 * epsilon);
    motion.shares[half[0]] = epsilon;
    motion.shares[half[1]] = -epsilon;
    motion.bends[half[0]] = tau * square;
    motion.bends[half[1]] = -tau * square;
    motion.order = 7;
    motion.coefficient =
        -4.0 * tau * std::pow(scaled_norm_of(null.bend), 2) - 2.0 / 3.0 * std::abs(null.third);
    return motion;
}

// A zero coefficient becomes epsilon, and its daughter moves by epsilon against the others: sum gamma t^3 =
// -epsilon^4, sum gamma t^2 = epsilon^3.
NullMotion from_zero(const NullDirection& null, std::span<const double> gamma, std::size_t zero,
                     double epsilon) {
    NullMotion motion(gamma.size());
    const auto most = static_cast<std::size_t>(std::max_element(gamma.begin(), gamma.end()) - gamma.begin());
    const double sign = null.third < 0.0 ? -1.0 : 1.0;
    std::fill(motion.t.begin(), motion.t.end(), sign * epsilon * epsilon);
    motion.t[zero] = -sign * epsilon * (1.0 - epsilon);
    motion.shares[zero] = epsilon - gamma[zero];
    motion.shares[most] = -motion.shares[zero];
    motion.order = 4;
    motion.coefficient = -std::abs(null.third) / 6.0;
    return motion;
}

LayerWayDown by_null_vector(const NullDirection& null, const Network& layer, Size neuron,
                            std::span<const double> gamma, double epsilon, double reach) {
    const Size outputs = layer.output_count;
    const double output =
        scaled_norm_of({layer.outputs() + neuron * outputs, static_cast<std::size_t>(outputs)});
    const double tau = null.bend.empty() ? 0.0 : (output > 0.0 ? output : 1.0) / scaled_norm_of(null.bend);
    std::optional<NullMotion> motion = to_third_order(null, tau, gamma, epsilon);
    if (!motion) {
        constexpr double kNoShare = 1e-9;  // a coefficient taken for zero
        const auto least = std::min_element(gamma.begin(), gamma.end(),
                                            [](double a, double b) { return std::abs(a) < std::abs(b); });
        motion = std::abs(*least) < kNoShare
                     ? from_zero(null, gamma, static_cast<std::size_t>(least - gamma.begin()), epsilon)
                     : from_halves(null, tau, gamma, epsilon);
        for (std::size_t j = 0; j < gamma.size(); ++j) {
            motion->t[j] *= reach;
            motion->bends[j] *= reach;
        }
        motion->coefficient *= reach * reach * reach;
    }
    LayerWayDown way = at_rest(layer, neuron, gamma);
    way.order = motion->order;
    way.coefficient = motion->coefficient;
    for (Size j = 0; j < static_cast<Size>(gamma.size()); ++j) {
        const auto at = static_cast<std::size_t>(j);
        for (Size l = 0; l < layer.inputs; ++l) way.weights(j, l) += motion->t[at] * null.v[l];
        for (Size o = 0; o < outputs; ++o) {
            way.outputs(j, o) += motion->shares[at] * layer.output(neuron, o);
            if (!null.bend.empty()) way.outputs(j, o) += motion->bends[at] * null.bend[o];
        }
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
                            double epsilon, double reach) {
    require_stationary(report);
    check_gamma(gamma);
    const LayerNeuron& one = report.neurons[static_cast<std::size_t>(neuron)];
    if (!one.slopes.empty()) return by_slopes(one, report.layer, neuron, gamma, epsilon);
    std::optional<LayerWayDown> way = by_curvature(one.shape.inner, report.layer, neuron, gamma, epsilon);
    if (one.null && !(way && way->order == 2))
        return by_null_vector(*one.null, report.layer, neuron, gamma, epsilon, reach);
    if (way) return std::move(*way);
    return at_rest(report.layer, neuron, gamma);
}

}  // namespace tepui
