// How large outputs are, and what the loss calls separated.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/compensated.hpp"
#include "solve/input_metric.hpp"

namespace tepui {
namespace {

constexpr Size kChunk = 256;

std::vector<double> mean_targets(const Dataset& data, double weight_sum) {
    std::vector<double> mean(data.outputs());
    for (Size o = 0; o < data.outputs(); ++o) {
        CompensatedSum sum;
        for (Size k = 0; k < data.samples(); ++k) sum.add(data.weight(k) * data.target(k, o));
        mean[o] = sum.value() / weight_sum;
    }
    return mean;
}

// Of the given constant outputs: sum_k g_ko^2 / s_k, and sum_k G_oo, both summed over the outputs.
struct AtConstant {
    double slope_square = 0.0, bend = 0.0;
};
AtConstant at_constant(const Dataset& data, const std::vector<double>& f) {
    const Size outputs = data.outputs(), bends = data.loss().hessian_rows(outputs);
    const bool scalar = data.loss().scalar_hessian();
    std::vector<double> rows(kChunk * outputs), error(kChunk * outputs, 0.0), targets(kChunk * outputs);
    std::vector<double> weights(kChunk), value(kChunk), rounding(kChunk), g(kChunk * outputs);
    std::vector<double> g_error(kChunk * outputs), bend(kChunk * bends);
    for (Size o = 0; o < outputs; ++o) std::fill_n(rows.data() + o * kChunk, kChunk, f[o]);
    CompensatedSum slopes, sum;
    for (Size first = 0; first < data.samples(); first += kChunk) {
        const Size count = std::min(kChunk, data.samples() - first);
        for (Size k = 0; k < count; ++k) {
            weights[k] = data.weight(first + k);
            for (Size o = 0; o < outputs; ++o) targets[o * kChunk + k] = data.target(first + k, o);
        }
        data.loss().evaluate(
            {outputs, count, kChunk, rows.data(), error.data(), targets.data(), weights.data()},
            {value.data(), rounding.data(), g.data(), g_error.data(), bend.data()});
        for (Size k = 0; k < count; ++k) {
            if (weights[k] == 0.0) continue;
            for (Size o = 0; o < outputs; ++o) {
                const double slope = g[o * kChunk + k];
                slopes.add(slope * (slope / weights[k]));
                sum.add(bend[(scalar ? 0 : packed_index(o, o)) * kChunk + k]);
            }
        }
    }
    return {slopes.value(), sum.value()};
}

double separated_loss(const Dataset& data) {
    if (!data.decay().none()) return 0.0;
    double least = std::numeric_limits<double>::infinity();
    std::vector<double> target(data.outputs());
    for (Size k = 0; k < data.samples() && least > 0.0; ++k) {
        if (data.weight(k) == 0.0) continue;
        for (Size o = 0; o < data.outputs(); ++o) target[o] = data.target(k, o);
        least = std::min(least, data.weight(k) * data.loss().separated_below(data.outputs(), target.data()));
    }
    return least;
}

}  // namespace

OutputUnit measure_outputs(const Dataset& data) {
    OutputUnit unit;
    unit.outputs = data.outputs();
    const auto outputs = static_cast<double>(unit.outputs);
    CompensatedSum weight, target;
    for (Size k = 0; k < data.samples(); ++k) {
        const double s = data.weight(k);
        if (s == 0.0) continue;
        weight.add(s);
        for (Size o = 0; o < unit.outputs; ++o) target.add(s * data.target(k, o) * data.target(k, o));
    }
    const double total = weight.value(), square = target.value();
    unit.centre = mean_targets(data, total);
    if (square > 0.0) unit.size = std::sqrt(square / (total * outputs));
    unit.separated_loss = separated_loss(data);
    if (data.loss().quadratic()) return unit;
    const std::vector<double> mean = unit.centre;
    data.loss().best_output(unit.outputs, mean.data(), unit.centre.data());
    const AtConstant there = at_constant(data, unit.centre);
    const double bend = there.bend / (total * outputs);
    double size = there.slope_square / (total * outputs) / (bend * bend);
    for (const double f : unit.centre) size += f * f / outputs;
    if (!(bend > 0.0) || !(size > 0.0) || !std::isfinite(size)) return unit;
    unit.bend = bend;
    unit.size = std::sqrt(size);
    return unit;
}

}  // namespace tepui
