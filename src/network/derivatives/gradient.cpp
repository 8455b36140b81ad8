#include "network/derivatives/gradient.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/sample_rows.hpp"
#include "network/derivatives/outputs.hpp"
#include "network/pass/part_range.hpp"

namespace tepui {

GradientSum::GradientSum(const Layout& layout, Bounds bounds)
    : layout_(layout), bounds_(bounds == Bounds::with) {
    const Size bounded = bounds_ ? layout.width : 0, bounded_values = bounds_ ? layout.features() : 0;
    for (Size o = 0; o < layout.output_count; ++o) {
        const auto slopes = [&](Size rows) { return RowSums(sums_, rows, layout.inputs); };
        outputs_.push_back({{slopes(layout.width), slopes(bounded), slopes(bounded)},
                            {sums_.reserve(layout.features()), sums_.reserve(bounded_values),
                             sums_.reserve(bounded_values)}});
    }
}

void GradientSum::begin(Size stride) {
    if (!bounds_) return;
    const Size size = checked_product(layout_.output_count * layout_.width, stride);
    magnitude_rows_ = Buffer<double>(size);
    error_rows_ = Buffer<double>(size);
    absolute_xt_ = Buffer<double>(checked_product(layout_.inputs, stride));
}

void GradientSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    if (!bounds_) return;
    const Size stride = block.stride, count = end - begin;
    for (Size o = 0; o < layout_.output_count; ++o) {
        const auto scale = [&](const double* common, Buffer<double>& rows) {
            kernels::scale_rows_absolute(nullptr, common + o * stride + begin, layout_.width,
                                         block.first_derivative + begin, stride, count,
                                         rows.data() + o * layout_.width * stride + begin, stride);
        };
        scale(block.g, magnitude_rows_);
        scale(block.g_error, error_rows_);
    }
    kernels::absolute_rows(layout_.inputs, block.xt + begin, stride, count, absolute_xt_.data() + begin,
                           stride);
}

// The loss and what the output layer sums beside the neurons are the part behind the tiles; the sums over a
// go with the first tile of their rows.
void GradientSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    PartRange range(begin, end);
    for (Size o = 0; o < layout_.output_count; ++o)
        range.take(tiles(), [&](Size from, Size to) { add_slopes(block, o, from, to); });
    range.take(1, [&](Size, Size) {
        loss_.add(block.padded, block.loss_value, block.loss_rounding);
        for (Size o = 0; o < layout_.output_count; ++o)
            add_values(block, o, layout_.width, layout_.features() - layout_.width);
    });
}

void GradientSum::add_slopes(const EvaluatedBlock& block, Size o, Size begin, Size end) {
    const Size stride = block.stride, rows = o * layout_.width * stride;
    auto& slopes = outputs_[o].slopes;
    slopes.sums.add(begin, end, block.first_derivative, block.xt, stride, block.padded, block.g + o * stride);
    if (bounds_) {
        slopes.magnitudes.add(begin, end, magnitude_rows_.data() + rows, absolute_xt_.data(), stride,
                              block.padded);
        slopes.errors.add(begin, end, error_rows_.data() + rows, absolute_xt_.data(), stride, block.padded);
    }
    for (Size part = begin; part < end; ++part) {
        const RowSums::Tile tile = slopes.sums.tile(part);
        if (tile.input == 0) add_values(block, o, tile.row, tile.rows);
    }
}

void GradientSum::add_values(const EvaluatedBlock& block, Size o, Size row, Size rows) {
    const Size stride = block.stride;
    const double* u = block.features + row * stride;
    const double* g = block.g + o * stride;
    const auto& values = of_output(o).values;
    kernels::row_dots(g, rows, u, stride, block.padded, sums_.at(values.sums) + row);
    if (!bounds_) return;
    kernels::row_dots_absolute(g, rows, u, stride, block.padded, sums_.at(values.magnitudes) + row);
    kernels::row_dots_absolute(block.g_error + o * stride, rows, u, stride, block.padded,
                               sums_.at(values.errors) + row);
}

void GradientSum::finish(const Network& network, const Decay& decay, Gradient& gradient) const {
    gradient.loss = loss_.finish(network, decay);
    const auto assemble = [&](std::vector<double>& list, auto slopes, auto values, bool absolute) {
        list.assign(layout_.parameter_count(), 0.0);
        for (Size o = 0; o < layout_.output_count; ++o) {
            const OutputSums& sums = of_output(o);
            for (Size i = 0; i < layout_.width; ++i) {
                const double a = absolute ? std::abs(network.output(i, o)) : network.output(i, o);
                for (Size j = 0; j < layout_.inputs; ++j)
                    list[layout_.weight(i, j)] += a * (sums.slopes.*slopes)(i, j);
            }
            for (Size q = 0; q < layout_.features(); ++q)
                list[layout_.coefficient(q, o)] = sums_.at(sums.values.*values)[q];
        }
        require_finite(list, "the gradient overflows: inputs, weights or residuals are too large");
    };
    using Slopes = decltype(OutputSums::slopes);
    using Values = decltype(OutputSums::values);
    assemble(gradient.value, &Slopes::sums, &Values::sums, false);
    if (bounds_) {
        assemble(gradient.magnitude, &Slopes::magnitudes, &Values::magnitudes, true);
        assemble(gradient.rounding, &Slopes::errors, &Values::errors, true);
    }
    decay.each(network, [&](Size p, double lambda) {
        gradient.value[p] += lambda * network.parameters[p];
        if (bounds_) gradient.magnitude[p] += lambda * std::abs(network.parameters[p]);
    });
}

double Gradient::relative_norm() const {
    double largest = 0.0;
    for (std::size_t j = 0; j < value.size(); ++j) {
        if (value[j] != 0.0) largest = std::max(largest, std::abs(value[j]) / magnitude[j]);
    }
    return largest;
}

double Gradient::norm() const {
    double scale = 0.0;
    for (const double g : value) scale = std::max(scale, std::abs(g));
    if (scale == 0.0) return 0.0;
    double squares = 0.0;
    for (const double g : value) squares += (g / scale) * (g / scale);
    return scale * std::sqrt(squares);
}

Gradient gradient(const Dataset& data, const Network& network, const Execution& execution, Bounds bounds,
                  double* residuals) {
    GradientSum sum(network, bounds);
    OutputCollector collector({.residuals = residuals});
    run_pass(data, network, execution, sum, collector);
    return sum.finish(network, data.decay());
}

}  // namespace tepui
