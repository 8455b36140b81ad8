#include "network/gradient.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/sample_rows.hpp"
#include "network/outputs.hpp"

namespace tepui {

GradientSum::GradientSum(Size width, Size inputs, Bounds bounds)
    : width_(width),
      inputs_(inputs),
      bounds_(bounds == Bounds::with),
      slopes_(width, inputs),
      values_(width) {
    if (!bounds_) return;
    slope_magnitudes_ = RowSums(width, inputs);
    slope_errors_ = RowSums(width, inputs);
    value_magnitudes_ = Buffer<double>(width);
    value_errors_ = Buffer<double>(width);
}

void GradientSum::begin(Size stride) {
    if (!bounds_) return;
    const Size size = checked_product(width_, stride);
    magnitude_rows_ = Buffer<double>(size);
    error_rows_ = Buffer<double>(size);
    weighted_magnitude_ = Buffer<double>(stride);
    absolute_xt_ = Buffer<double>(checked_product(inputs_, stride));
}

void GradientSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    if (!bounds_) return;
    const Size stride = block.stride;
    const Size count = end - begin;
    const double* slopes = block.first_derivative + begin;
    const double* residual = block.weighted_residuals + begin;
    double* magnitude = weighted_magnitude_.data() + begin;
    kernels::scale_rows(nullptr, block.weights + begin, 1, block.magnitude + begin, stride, count, magnitude,
                        stride);
    kernels::scale_rows_absolute(nullptr, residual, width_, slopes, stride, count,
                                 magnitude_rows_.data() + begin, stride);
    kernels::scale_rows_absolute(nullptr, magnitude, width_, slopes, stride, count,
                                 error_rows_.data() + begin, stride);
    kernels::absolute_rows(inputs_, block.xt + begin, stride, count, absolute_xt_.data() + begin, stride);
}

// The loss is the part behind the tiles; the sums over a go with the first tile of their rows.
void GradientSum::add_range(const EvaluatedBlock& block, Size begin, Size end) {
    if (end > slopes_.parts()) {
        loss_.add(block, 0);
        end = slopes_.parts();
    }
    slopes_.add(begin, end, block.first_derivative, block.xt, block.stride, block.padded,
                block.weighted_residuals);
    if (bounds_) {
        slope_magnitudes_.add(begin, end, magnitude_rows_.data(), absolute_xt_.data(), block.stride,
                              block.padded);
        slope_errors_.add(begin, end, error_rows_.data(), absolute_xt_.data(), block.stride, block.padded);
    }
    for (Size part = begin; part < end; ++part) {
        const RowSums::Tile tile = slopes_.tile(part);
        if (tile.input == 0) add_values(block, tile.row, tile.rows);
    }
}

void GradientSum::add_values(const EvaluatedBlock& block, Size row, Size rows) {
    const Size stride = block.stride;
    const double* u = block.value + row * stride;
    const double* residual = block.weighted_residuals;
    kernels::row_dots(residual, rows, u, stride, block.padded, values_.data() + row);
    if (!bounds_) return;
    kernels::row_dots_absolute(residual, rows, u, stride, block.padded, value_magnitudes_.data() + row);
    kernels::row_dots_absolute(weighted_magnitude_.data(), rows, u, stride, block.padded,
                               value_errors_.data() + row);
}

void GradientSum::merge(const Accumulator& other) {
    const auto& sum = dynamic_cast<const GradientSum&>(other);
    loss_.merge(sum.loss_);
    slopes_.merge(sum.slopes_);
    slope_magnitudes_.merge(sum.slope_magnitudes_);
    slope_errors_.merge(sum.slope_errors_);
    for (Size i = 0; i < width_; ++i) values_[i] += sum.values_[i];
    for (Size i = 0; i < value_magnitudes_.size(); ++i) {
        value_magnitudes_[i] += sum.value_magnitudes_[i];
        value_errors_[i] += sum.value_errors_[i];
    }
}

Gradient GradientSum::finish(const Network& network) const {
    Gradient gradient;
    gradient.loss = loss_.finish();
    const auto append = [&](std::vector<double>& list, double factor, const RowSums& slopes,
                            const Buffer<double>& values, bool absolute) {
        list.reserve(static_cast<std::size_t>(network.parameter_count()));
        for (Size i = 0; i < width_; ++i) {
            const double a = absolute ? std::abs(network.output(i)) : network.output(i);
            for (Size j = 0; j < inputs_; ++j) list.push_back(factor * a * slopes(i, j));
        }
        for (Size i = 0; i < width_; ++i) list.push_back(factor * values[i]);
    };
    append(gradient.value, 1.0, slopes_, values_, false);
    if (bounds_) {
        append(gradient.magnitude, 1.0, slope_magnitudes_, value_magnitudes_, true);
        append(gradient.rounding, kResidualError, slope_errors_, value_errors_, true);
    }
    for (const std::vector<double>* list : {&gradient.value, &gradient.magnitude, &gradient.rounding}) {
        if (!std::all_of(list->begin(), list->end(), [](double g) { return std::isfinite(g); })) {
            throw Error(Status::numeric,
                        "the gradient overflows: inputs, weights or residuals are too large");
        }
    }
    return gradient;
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
    GradientSum sum(network.width, network.inputs, bounds);
    OutputCollector collector(nullptr, residuals);
    Accumulator* const accumulators[] = {&sum, &collector};
    run_pass(data, network, accumulators, execution);
    return sum.finish(network);
}

}  // namespace tepui
