// A neuron whose bias B is at infinity, a t: at a finite one sample k changes f by a times sigma(z) - z -
// offset, z = t_k + B, of one sign, which falls exponentially or faster in B.
#include <algorithm>
#include <cmath>
#include <map>

#include "classification/infinity/across.hpp"
#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/sample_blocks.hpp"
#include "classification/spectrum/tolerances.hpp"

namespace tepui {
namespace {

// Samples as near as that, relatively, are equally near.
constexpr double kTied = 1e-9;
// The least preactivation where tails that fall faster than exponentially, or with a power of z, are some
// 1e-9.
constexpr double kVisible = 6.0, kVisibleExponential = 20.0;

struct SampleTail {
    std::vector<double> input;
    double t, there;  // there: at the other point that may be the stationary one
    Pull pull;        // g . a, and how far it may be wrong
};

std::vector<SampleTail> tails(const AcrossContext& context, Size unit) {
    std::vector<SampleTail> result;
    UnitRows here, there;
    const Size d = context.network->inputs;
    for_sample_blocks(*context.data, [&](const SampleBlock& block) {
        evaluate_unit(*context.network, unit, block.first, block.count, block.x.data(), here);
        evaluate_unit(*context.slack_network, unit, block.first, block.count, block.x.data(), there);
        for (Size k = 0; k < block.count; ++k) {
            if (block.weights[k] == 0.0) continue;
            result.push_back({{block.x.begin() + k * d, block.x.begin() + (k + 1) * d},
                              here.z[k],
                              there.z[k],
                              pull(context, unit, 0, block.first + k)});
        }
    });
    return result;
}

void set_sign(Across& across) {
    across.sign = sign_of(across.value, across.error);
    across.reason = across.sign == AcrossSign::open    ? "the derivative across is zero within its error"
                    : across.sign == AcrossSign::falls ? "the loss falls where the hidden bias is large"
                                                       : "at every large hidden bias";
}

// Tails like e^(-rate t), but for powers of t + B that all samples share: sum_k (g_k . a) e^(-rate t_k).
void sum_all(const AcrossContext& context, const std::vector<SampleTail>& samples, const Asymptote& to,
             double least, Across& across) {
    double absolute = 0.0, there = 0.0;
    for (const SampleTail& of : samples) {
        const double size = std::exp(-to.rate * (of.t - least));
        across.value += of.pull.value * size;
        absolute += std::abs(of.pull.value) * size;
        across.error += of.pull.error * size;
        there += of.pull.there * std::exp(-to.rate * (of.there - least));
    }
    across.error += context.factor * sum_rounding(context.network->inputs, Size(samples.size())) * absolute +
                    2.0 * std::abs(there - across.value);
    across.value *= to.above;
    set_sign(across);
}

// Faster: the nearest sample's outweighs all others; those with equal inputs are one.
void sum_nearest(const std::vector<SampleTail>& samples, const Asymptote& to, double least, double spread,
                 Across& across) {
    std::map<std::vector<double>, Pull> nearest;
    for (const SampleTail& of : samples) {
        if (of.t - least > kTied * spread + 4.0 * std::abs(of.there - of.t)) continue;
        Pull& sum = nearest[of.input];
        sum.value += of.pull.value;
        sum.error += of.pull.error;
    }
    bool first = true;
    for (const auto& [input, sum] : nearest) {
        Across one;
        one.value = to.above * sum.value;
        one.error = sum.error;
        set_sign(one);
        if (first || one.sign == across.sign)
            across = std::move(one);
        else
            across = undecided("the samples that are nearest pull to both sides");
        first = false;
        if (across.sign == AcrossSign::open) return;
    }
}

// Where the tails are as small as doubles show: the samples behind the nearest, and powers of t + B, may say
// something else than those that decide in the end.
void ask_visible(const Activation& activation, const std::vector<SampleTail>& samples, const Asymptote& to,
                 double least, Across& across) {
    const double far = to.rate > 0.0 ? kVisibleExponential : kVisible,
                 unit = std::abs(tail(activation, 1, far));
    if (unit == 0.0) return;
    Across seen;
    for (const SampleTail& of : samples) {
        const double size = tail(activation, 1, far + of.t - least) / unit;
        seen.value += of.pull.value * size;
        seen.error += of.pull.error * std::abs(size);
    }
    seen.error *= 2.0;
    set_sign(seen);
    if (seen.sign == AcrossSign::falls)
        across = std::move(seen);
    else if (across.sign == AcrossSign::falls || seen.sign == AcrossSign::open)
        across = undecided("samples behind the nearest outweigh it as far out as doubles show");
}

}  // namespace

Across across_asymptote(const AcrossContext& context, Size unit) {
    const Activation& activation = context.network->units[unit].activation;
    const Asymptote to = asymptote_of(activation);
    if (to.above == 0) return undecided("no theorem for this activation");
    const std::vector<SampleTail> samples = tails(context, unit);
    double least = HUGE_VAL, most = -HUGE_VAL;
    for (const SampleTail& of : samples) {
        least = std::min(least, of.t);
        most = std::max(most, of.t);
    }
    Across across;
    if (to.rate > 0.0)
        sum_all(context, samples, to, least, across);
    else
        sum_nearest(samples, to, least, 1.0 + most - least, across);
    if (across.sign != AcrossSign::open) ask_visible(activation, samples, to, least, across);
    across.fall.shift = -least;
    return across;
}

}  // namespace tepui
