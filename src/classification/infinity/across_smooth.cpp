// Units at whose boundary the loss is smooth: the first term of its expansion that does not vanish.
#include <algorithm>
#include <cmath>

#include "classification/infinity/across.hpp"
#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/activation_jet.hpp"
#include "classification/infinity/decaying_sum.hpp"
#include "classification/infinity/sample_blocks.hpp"
#include "classification/spectrum/tolerances.hpp"

namespace tepui {
namespace {

struct Term {
    double value = 0.0, absolute = 0.0, error = 0.0;
};

// sum_k sum_q (g_k . A_q) of(q, forms of the sample)
template <class Of>
Term sum_over_samples(const Dataset& data, const BoundaryNetwork& network, const BoundaryOutputs& outputs,
                      Size unit, Size coefficients, Of&& of) {
    Term term;
    UnitRows rows;
    for_sample_blocks(data, [&](const SampleBlock& block) {
        evaluate_unit(network, unit, block.first, block.count, block.x.data(), rows);
        const std::vector<double> factors = of(rows);
        for (Size q = 0; q < coefficients; ++q) {
            for (Size o = 0; o < network.output_count; ++o) {
                const double a = network.coefficient(unit, q, o);
                for (Size k = 0; k < block.count; ++k) {
                    const Size at = (block.first + k) * network.output_count + o;
                    const double factor = a * factors[q * block.count + k];
                    term.value += outputs.g[at] * factor;
                    term.absolute += std::abs(outputs.g[at] * factor);
                    term.error += outputs.g_error[at] * std::abs(factor);
                }
            }
        }
    });
    return term;
}

template <class Of>
Across signed_sum(const AcrossContext& context, Size unit, Size coefficients, Of&& of) {
    const Term here =
        sum_over_samples(*context.data, *context.network, *context.outputs, unit, coefficients, of);
    const Term there = sum_over_samples(*context.data, *context.slack_network, *context.slack_outputs, unit,
                                        coefficients, of);
    Across result;
    result.value = here.value;
    result.error =
        context.factor *
            (here.error + sum_rounding(context.network->inputs, context.data->samples()) * here.absolute) +
        2.0 * std::abs(there.value - here.value);
    result.sign = sign_of(result.value, result.error);
    if (result.sign == AcrossSign::open) result.reason = "the derivative across is zero within its error";
    return result;
}

// c sigma''(z) t^2 / 2 + alpha sigma'''(z) t^3 / 6
std::vector<double> channel_terms(const Activation& activation, const UnitRows& rows) {
    const Size n = rows.count;
    std::vector<double> value(n), first(n), second(n), third(n), factors(2 * n);
    activation.evaluate(
        n, rows.z.data(),
        {.value = value.data(), .first = first.data(), .second = second.data(), .third = third.data()});
    for (Size k = 0; k < n; ++k) {
        const double t = rows.z[n + k];
        factors[k] = 0.5 * second[k] * t * t;
        factors[n + k] = third[k] * t * t * t / 6.0;
    }
    return factors;
}

std::vector<double> powers(const UnitRows& rows, Size form, int power, double factor) {
    std::vector<double> factors(std::size_t(rows.count), factor);
    for (Size k = 0; k < rows.count; ++k)
        for (int j = 0; j < power; ++j) factors[k] *= rows.z[form * rows.count + k];
    return factors;
}

// softplus is z + e^-z far to the right: with a constant beside it alpha t is the limit of alpha / s
// softplus(b0 + s t) for b0 -> inf at every slope s, too, and the first term there is e^-b0 / s sum (g .
// alpha) e^(-s t). With tau = t - min t >= 0, c = g . alpha: h(s) = sum c e^(-s tau), h(0) = h'(0) = 0. Step
// by step h > 0 is shown, until the samples with tau = 0 outweigh all others.
Across across_linear_tail(const AcrossContext& context, Size unit, Across result) {
    constexpr int kMostSteps = 5000;
    constexpr double kFarthest = 1e8;
    DecayingSum sum;
    UnitRows rows;
    for_sample_blocks(*context.data, [&](const SampleBlock& block) {
        evaluate_unit(*context.network, unit, block.first, block.count, block.x.data(), rows);
        for (Size k = 0; k < block.count; ++k) {
            const Pull of = pull(context, unit, 0, block.first + k);
            sum.add(rows.z[k], of.value, of.error);
        }
    });
    const double least = sum.shift_to_zero();
    result.sign = AcrossSign::open;
    result.reason = "whether the loss grows as the hidden bias grows is not decided";
    double s = sum.positive_from_zero();
    if (!(s > 0.0)) return result;
    // The deepest fall of a grid, if there is one.
    for (double at = s, deepest = 0.0; at < kFarthest * s; at *= 1.1) {
        const DecayingSum::Value here = sum.at(at);
        if (here.at_zero > here.others) break;
        if (!(here.h < -here.error) || !(here.h / at < deepest)) continue;
        deepest = here.h / at;
        result.sign = AcrossSign::falls;
        result.value = here.h;
        result.error = here.error;
        result.fall.shift = 3.0 - at * least;
        result.fall.step = at;
        result.reason = "the loss falls where the hidden bias is large";
    }
    if (result.sign == AcrossSign::falls) return result;
    for (int taken = 0; taken < kMostSteps; ++taken) {
        const DecayingSum::Value here = sum.at(s);
        if (here.at_zero > here.others) {
            result.sign = AcrossSign::grows;
            result.reason = "it grows for every hidden bias";
            return result;
        }
        const double step = sum.positive_step(s);
        if (!(step > 0.0)) return result;
        s += step;
    }
    return result;
}

// With a constant beside it the unit is the limit of alpha / (sigma'(b0) eps) [sigma(b0 + eps t) - sigma(b0)]
// for every b0: its second term is alpha sigma''(b0) / (2 sigma'(b0)) t^2.
Across across_linear_any_bias(const AcrossContext& context, Size unit) {
    const Activation& activation = context.network->units[unit].activation;
    Across result =
        signed_sum(context, unit, 1, [](const UnitRows& rows) { return powers(rows, 0, 2, 0.5); });
    if (result.sign == AcrossSign::open) return result;
    const double sign = result.sign == AcrossSign::grows ? 1.0 : -1.0;
    for (const double bias : {-0.5, 0.5, -2.0, 2.0}) {
        double value, first, second, third;
        activation.evaluate(1, &bias, {&value, &first, &second, &third});
        if (!(sign * second / first < 0.0)) continue;
        result.sign = AcrossSign::falls;
        result.fall.shift = bias;
        result.reason = "the loss falls where the hidden bias has one sign";
        return result;
    }
    if (activation.kind() == ActivationKind::softplus && sign > 0.0)
        return across_linear_tail(context, unit, std::move(result));
    const bool one_sign =
        activation.kind() == ActivationKind::softplus || activation.kind() == ActivationKind::exp;
    result.sign = !one_sign ? AcrossSign::open : sign > 0.0 ? AcrossSign::grows : AcrossSign::falls;
    result.reason = one_sign ? "sigma'' has one sign" : "no theorem for this activation";
    return result;
}

Across across_linear(const AcrossContext& context, Size unit) {
    if (has_free_bias(*context.network)) return across_linear_any_bias(context, unit);
    const TaylorAtZero taylor = taylor_at_zero(context.network->units[unit].activation);
    if (taylor.of[1] == 0.0) return undecided("the activation has no slope at 0 that is known");
    const int power = taylor.of[2] != 0.0 ? 2 : 3;
    const double factor = taylor.of[power] / taylor.of[1] / (power == 2 ? 2.0 : 6.0);
    return signed_sum(context, unit, 1, [=](const UnitRows& rows) { return powers(rows, 0, power, factor); });
}

// Three ways back to finite weights: the neurons part, both leave the tail, or one leaves it farther than the
// other. The first term of the last has either sign: where it is not 0 there is always a way down.
Across across_exponential_channel(const AcrossContext& context, Size unit) {
    Across parting = signed_sum(context, unit, 2, [](const UnitRows& rows) {
        std::vector<double> factors(std::size_t(2 * rows.count));
        for (Size k = 0; k < rows.count; ++k) {
            const double t = rows.z[rows.count + k];
            factors[k] = 0.5 * rows.value[k] * t * t;
            factors[rows.count + k] = rows.value[k] * t * t * t / 6.0;
        }
        return factors;
    });
    const double second = ends_of(context.network->units[unit].activation).exponential.second;
    Across leaving = signed_sum(context, unit, 2, [=](const UnitRows& rows) {
        std::vector<double> factors(std::size_t(2 * rows.count));
        for (Size k = 0; k < rows.count; ++k) {
            const double t = rows.z[rows.count + k], e = rows.value[k];
            factors[k] = second * e * e;
            factors[rows.count + k] = 2.0 * second * t * e * e;
        }
        return factors;
    });
    Across leaning = signed_sum(context, unit, 2, [=](const UnitRows& rows) {
        std::vector<double> factors(std::size_t(2 * rows.count), 0.0);
        for (Size k = 0; k < rows.count; ++k)
            factors[rows.count + k] = second * rows.value[k] * rows.value[k];
        return factors;
    });
    if (leaning.sign != AcrossSign::open) {
        leaning.fall.lean = leaning.sign == AcrossSign::grows ? -0.5 : 0.5;
        leaning.sign = AcrossSign::falls;
        leaning.value = -std::abs(leaning.value);
        leaning.reason = "as one neuron leaves the tail farther than the other";
        return leaning;
    }
    leaving.fall.leaves = true;
    parting.reason = "as the two neurons part" + (parting.reason.empty() ? "" : ": " + parting.reason);
    leaving.reason = "as both leave the tail" + (leaving.reason.empty() ? "" : ": " + leaving.reason);
    if (parting.sign == AcrossSign::falls) return parting;
    return leaving.sign == AcrossSign::falls ? leaving : leaning;
}

// c_1 Psi_3 + c_2 Psi_4, Psi_j the Taylor coefficients of sigma(w . h + tau t + tau^2 s).
std::vector<double> triple_terms(const Activation& activation, const UnitRows& rows) {
    const Size n = rows.count;
    std::vector<double> factors(std::size_t(3 * n), 0.0);
    for (Size k = 0; k < n; ++k) {
        const double t = rows.z[n + k], s = rows.z[2 * n + k];
        double of[kJetOrder + 1];
        jet_at(activation, rows.z[k], of);
        factors[n + k] = of[3] * t * t * t / 6.0 + of[2] * t * s;
        factors[2 * n + k] = of[4] * t * t * t * t / 24.0 + of[3] * t * t * s / 2.0 + of[2] * s * s / 2.0;
    }
    return factors;
}

// Beside a constant the hidden biases are free, and the first term, sum (g . beta) (sigma''' / (3 sigma'')
// t^3
// + sigma'' / sigma' t s), has the sign of the sum of the two neurons' steps along the line: either one.
Across across_quadratic(const AcrossContext& context, Size unit) {
    if (!has_free_bias(*context.network)) return undecided("no constant is left beside it");
    const Activation& activation = context.network->units[unit].activation;
    Across best;
    for (const double bias : {0.5, -0.5, 1.0, -1.0, 0.0, 2.0, -2.0}) {
        double value, first, second, third;
        activation.evaluate(1, &bias, {&value, &first, &second, &third});
        if (std::abs(second) < 0.05 || std::abs(first) < 0.05) continue;
        Across here = signed_sum(context, unit, 2, [&](const UnitRows& rows) {
            const Size n = rows.count;
            std::vector<double> factors(std::size_t(2 * n), 0.0);
            for (Size k = 0; k < n; ++k) {
                const double t = rows.z[k], s = rows.z[n + k];
                factors[n + k] = third / (3.0 * second) * t * t * t + second / first * t * s;
            }
            return factors;
        });
        if (here.sign == AcrossSign::open) continue;
        here.fall.shift = bias;
        here.fall.leaves = here.sign == AcrossSign::grows;
        here.sign = AcrossSign::falls;
        here.reason = "the loss falls where the two neurons part to one side";
        here.value = -std::abs(here.value);
        if (best.sign == AcrossSign::open || here.value < best.value) best = std::move(here);
    }
    if (best.sign == AcrossSign::open)
        best.reason = "the first term across is zero within its error for every hidden bias";
    return best;
}

// Around an extremum of sigma: eps sigma''' / (3 sigma'') sum (g . beta) t^3, or the next order where
// sigma''' = 0.
Across across_square(const AcrossContext& context, Size unit) {
    const std::optional<Extremum> extremum = extremum_of(context.network->units[unit].activation);
    if (!extremum) return undecided("no theorem for this activation");
    if (!has_free_bias(*context.network)) return undecided("no constant is left beside it");
    const double* of = extremum->of;
    const bool odd = of[3] != 0.0;
    const double factor = odd ? of[3] / (3.0 * of[2]) : of[4] / (12.0 * of[2]);
    return signed_sum(context, unit, 1,
                      [=](const UnitRows& rows) { return powers(rows, 0, odd ? 3 : 4, factor); });
}

// q [(g . c) e^2z / 2 + (g . beta) s e^2z] + third / q (g . beta) e^3z
Across across_exponential_pair(const AcrossContext& context, Size unit) {
    const ActivationEnds::Tail tail = ends_of(context.network->units[unit].activation).exponential;
    return signed_sum(context, unit, 2, [&](const UnitRows& rows) {
        const Size n = rows.count;
        std::vector<double> factors(std::size_t(2 * n));
        for (Size k = 0; k < n; ++k) {
            const double e = std::exp(rows.z[k]), s = rows.z[n + k];
            factors[k] = 0.5 * tail.second * e * e;
            factors[n + k] = e * e * (tail.second * s + tail.third / tail.second * e);
        }
        return factors;
    });
}

}  // namespace

Across across_smooth(const AcrossContext& context, Size index) {
    const BoundaryUnit& unit = context.network->units[index];
    switch (unit.kind) {
        case UnitKind::channel:
            if (unit.activation.derivatives() < 3) return undecided("the activation has no third derivative");
            return signed_sum(context, index, 2,
                              [&](const UnitRows& rows) { return channel_terms(unit.activation, rows); });
        case UnitKind::exponential:
            return signed_sum(context, index, 1, [&](const UnitRows& rows) {
                if (ends_of(unit.activation).curved_tail) {
                    std::vector<double> squares = powers(rows, 0, 2, -0.5);
                    for (Size k = 0; k < rows.count; ++k) squares[k] *= rows.value[k];
                    return squares;
                }
                std::vector<double> factors = powers(rows, 0, 0, ends_of(unit.activation).exponential.second);
                for (Size k = 0; k < rows.count; ++k) factors[k] *= rows.value[k] * rows.value[k];
                return factors;
            });
        case UnitKind::cubic: {
            const TaylorAtZero taylor = taylor_at_zero(unit.activation);
            if (taylor.of[3] == 0.0) return undecided("the activation has no third derivative at 0");
            const double factor = taylor.of[5] / taylor.of[3] / 20.0;
            return signed_sum(context, index, 2, [=](const UnitRows& rows) {
                std::vector<double> factors(std::size_t(rows.count), 0.0);
                const std::vector<double> fifth = powers(rows, 1, 5, factor);
                factors.insert(factors.end(), fifth.begin(), fifth.end());
                return factors;
            });
        }
        case UnitKind::exponential_channel:
            return across_exponential_channel(context, index);
        case UnitKind::exponential_pair:
            return across_exponential_pair(context, index);
        case UnitKind::square:
            return across_square(context, index);
        case UnitKind::quadratic:
            return across_quadratic(context, index);
        case UnitKind::triple_channel:
            return signed_sum(context, index, 3,
                              [&](const UnitRows& rows) { return triple_terms(unit.activation, rows); });
        default:
            return across_linear(context, index);
    }
}

}  // namespace tepui
