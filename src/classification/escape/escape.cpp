#include "classification/escape/escape.hpp"

#include <algorithm>
#include <cmath>

#include "network/model/beside_neurons.hpp"
#include "splitting/split.hpp"

namespace tepui {

Witness escape_along(const Network& base, std::vector<double> v, double curvature) {
    Witness witness(base);
    witness.coefficient = 0.5 * curvature;
    witness.curve = [start = base.parameters, v = std::move(v)](double epsilon) {
        std::vector<double> point(start);
        for (std::size_t p = 0; p < point.size(); ++p) point[p] += epsilon * v[p];
        return point;
    };
    return witness;
}

Witness escape_null_neuron(const Network& base, Size neuron, const PsiDirection& leave) {
    Witness witness(base);
    const double c = leave.coefficient;
    // The feature's power at unit distance keeps the step moderate where the feature vanishes at w.
    const double kappa = c / std::max(leave.power + leave.power_away, std::abs(c) * 1e-300);
    witness.order = 2 * leave.order;
    witness.coefficient = -c * kappa + 0.5 * kappa * kappa * leave.power;
    const Size first = neuron * base.inputs, output = base.width * base.inputs + neuron;
    witness.curve = [start = base.parameters, v = leave.v, kappa, order = leave.order, first,
                     output](double epsilon) {
        std::vector<double> point(start);
        for (std::size_t j = 0; j < v.size(); ++j) point[first + j] += epsilon * v[j];
        point[output] -= kappa * std::pow(epsilon, order);
        return point;
    };
    return witness;
}

std::optional<Witness> escape_apart(const Network& split, Size first_daughter, double parent_output,
                                    std::span<const double> gamma, std::span<const double> v, double lambda,
                                    double slide) {
    const std::vector<double> coefficients(gamma.begin(), gamma.end());
    const std::optional<DaughterMotion> motion = motion_against(lambda, coefficients, slide);
    if (!motion) return std::nullopt;
    Witness witness(split);
    witness.order = motion->order;
    witness.coefficient = 0.5 * lambda * motion->form;
    witness.curve = [start = split.parameters, direction = std::vector<double>(v.begin(), v.end()),
                     motion = *motion, first_daughter, outputs = split.width * split.inputs,
                     parent_output](double epsilon) {
        std::vector<double> point(start);
        const std::vector<double> t = motion.t(epsilon);
        const Size d = static_cast<Size>(direction.size());
        for (Size j = 0; j < static_cast<Size>(t.size()); ++j) {
            double* w = point.data() + (first_daughter + j) * d;
            for (Size l = 0; l < d; ++l) w[l] += epsilon * t[j] * direction[l];
            point[outputs + first_daughter + j] += epsilon * motion.output_rate[j] * parent_output;
        }
        return point;
    };
    return witness;
}

namespace {

// The second-order part of the curve, as rates of the split network's parameters: narrow neurons and
// daughters give way together, daughters among themselves where that lowers the fourth order.
std::vector<double> give_way(const Network& split, Size first_daughter, std::span<const double> gamma,
                             const std::vector<double>& t, const FourthOrderResponse& response) {
    const Size d = split.inputs, daughters = static_cast<Size>(gamma.size());
    const Size narrow = split.width - daughters + 1;
    const std::vector<double> coefficients(gamma.begin(), gamma.end());
    const double square = form(coefficients, t);
    double spread = 0.0;
    for (Size j = 0; j < daughters; ++j) spread += gamma[j] * (t[j] * t[j] - square) * (t[j] * t[j] - square);
    const bool apart = spread * response.apart_gain > 0.0;
    std::vector<double> rates(split.parameters.size(), 0.0);
    for (Size i = 0; i < split.width; ++i) {
        const Size daughter = i - first_daughter;
        const bool split_one = daughter >= 0 && daughter < daughters;
        const Size parent = i < first_daughter ? i : (split_one ? first_daughter : i - daughters + 1);
        for (Size l = 0; l < d; ++l) {
            rates[i * d + l] = square * response.narrow[parent * d + l];
            if (split_one && apart)
                rates[i * d + l] += (t[daughter] * t[daughter] - square) * response.apart[l];
        }
        rates[split.width * d + i] =
            (split_one ? gamma[daughter] : 1.0) * square * response.narrow[narrow * d + parent];
    }
    const Size beside = parameters_beside(split);
    for (Size p = 0; p < beside; ++p)
        rates[rates.size() - static_cast<std::size_t>(beside - p)] =
            square * response.narrow[response.narrow.size() - static_cast<std::size_t>(beside - p)];
    return rates;
}

}  // namespace

namespace {

// w_j += epsilon t_j v, and the rest at second order.
std::function<std::vector<double>(double)> curve_along(const Network& split, Size first_daughter,
                                                       std::span<const double> gamma,
                                                       const std::vector<double>& t,
                                                       std::span<const double> v,
                                                       const FourthOrderResponse& response) {
    std::vector<double> rates(split.parameters.size(), 0.0);
    for (std::size_t j = 0; j < t.size(); ++j) {
        double* w = rates.data() + (first_daughter + static_cast<Size>(j)) * split.inputs;
        for (Size l = 0; l < split.inputs; ++l) w[l] = t[j] * v[l];
    }
    return [start = split.parameters, rates = std::move(rates),
            way = give_way(split, first_daughter, gamma, t, response)](double epsilon) {
        std::vector<double> point(start);
        for (std::size_t p = 0; p < point.size(); ++p) point[p] += epsilon * (rates[p] + epsilon * way[p]);
        return point;
    };
}

// gamma = (1/2 + c epsilon, 1/2 - c epsilon) and t = (gamma_2, -gamma_1), so that sum gamma t^3 is -c epsilon
// / 2 to leading order; c outweighs the fourth order.
Witness escape_halves(const Network& split, Size first_daughter, double parent_output,
                      std::span<const double> v, double third, const FourthOrderResponse& response) {
    const double even = (response.daughters + response.together) / 16.0;
    const double slide = std::copysign(1.0 + std::max(0.0, 24.0 * even / std::abs(third)), third);
    const std::vector<double> halves{0.5, 0.5}, t{0.5, -0.5};
    Witness witness(split);
    witness.order = 4;
    witness.coefficient = even - slide * third / 12.0;
    witness.curve = [along = curve_along(split, first_daughter, halves, t, v, response),
                     direction = std::vector<double>(v.begin(), v.end()), slide, parent_output,
                     first_daughter, outputs = split.width * split.inputs](double epsilon) {
        std::vector<double> point = along(epsilon);
        const double shift = slide * epsilon;
        const Size d = static_cast<Size>(direction.size());
        // t changes by -c epsilon, for both.
        for (Size e = 0; e < 2 * d; ++e) point[first_daughter * d + e] -= epsilon * shift * direction[e % d];
        point[outputs + first_daughter] += shift * parent_output;
        point[outputs + first_daughter + 1] -= shift * parent_output;
        return point;
    };
    return witness;
}

}  // namespace

std::optional<Witness> escape_third_order(const Network& split, Size first_daughter, double parent_output,
                                          std::span<const double> gamma, std::span<const double> v,
                                          double third, const FourthOrderResponse& response) {
    // One daughter against the others: t_j = gamma_j - 1, t = gamma_j elsewhere, so that
    // sum gamma t = 0 and sum gamma t^3 = gamma_j (1 - gamma_j) (2 gamma_j - 1): not zero for some j unless
    // the coefficients are (1/2, 1/2) and zeros, or 1 and zeros.
    Size one = -1;
    double cubic = 0.0, unit = 1.0;
    for (Size j = 0; j < static_cast<Size>(gamma.size()); ++j) {
        const double g = gamma[j], largest = std::max(std::abs(g), std::abs(1.0 - g));
        const double value = g / largest * ((1.0 - g) / largest) * ((2.0 * g - 1.0) / largest);
        if (std::abs(value) <= std::abs(cubic)) continue;
        one = j;
        cubic = value;
        unit = largest;
    }
    if (third == 0.0) return std::nullopt;
    if (one < 0 || std::abs(cubic) < 1e-11) {
        if (gamma.size() != 2 || gamma[0] <= 0.0 || gamma[1] <= 0.0) return std::nullopt;
        return escape_halves(split, first_daughter, parent_output, v, third, response);
    }
    const double sign = cubic * third > 0.0 ? -1.0 : 1.0, share = gamma[one] / unit;
    std::vector<double> t(gamma.size(), sign * share);
    t[one] = sign * (share - 1.0 / unit);
    Witness witness(split);
    witness.order = 3;
    witness.coefficient = -std::abs(cubic * third) / 6.0;
    witness.curve = curve_along(split, first_daughter, gamma, t, v, response);
    return witness;
}

std::optional<Witness> escape_fourth_order(const Network& split, Size first_daughter,
                                           std::span<const double> gamma, const std::vector<double>& t,
                                           std::span<const double> v, const FourthOrderResponse& response) {
    double square = 0.0, fourth = 0.0;
    for (std::size_t j = 0; j < t.size(); ++j) {
        square += gamma[j] * t[j] * t[j];
        fourth += gamma[j] * t[j] * t[j] * t[j] * t[j];
    }
    const double coefficient = response.daughters * fourth + response.together * square * square;
    if (!(coefficient < 0.0)) return std::nullopt;
    Witness witness(split);
    witness.order = 4;
    witness.coefficient = coefficient;
    witness.curve = curve_along(split, first_daughter, gamma, t, v, response);
    return witness;
}

Witness escape_lifted(const Witness& narrow, Size neuron, std::span<const double> gamma) {
    Witness witness(split_neuron(narrow.base, neuron, gamma));
    witness.order = narrow.order;
    witness.coefficient = narrow.coefficient;
    witness.curve = [base = narrow.base, curve = narrow.curve, neuron,
                     coefficients = std::vector<double>(gamma.begin(), gamma.end())](double epsilon) {
        Network moved = base;
        moved.parameters = curve(epsilon);
        return split_neuron(moved, neuron, coefficients).parameters;
    };
    return witness;
}

}  // namespace tepui
