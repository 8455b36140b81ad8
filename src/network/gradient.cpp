#include "network/gradient.hpp"

#include <algorithm>
#include <cmath>

#include "network/rows.hpp"

namespace tepui {

GradientSum::GradientSum(Size width, Size inputs)
    : width_(width),
      inputs_(inputs),
      slopes_(width, inputs),
      slope_magnitudes_(width, inputs),
      slope_errors_(width, inputs),
      values_(width),
      value_magnitudes_(width),
      value_errors_(width) {}

void GradientSum::begin(Size stride) {
    const Size size = checked_product(width_, stride);
    rows_ = Buffer<double>(size);
    magnitude_rows_ = Buffer<double>(size);
    error_rows_ = Buffer<double>(size);
    weighted_magnitude_ = Buffer<double>(stride);
    absolute_xt_ = Buffer<double>(checked_product(inputs_, stride));
}

void GradientSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const double* residual = block.weighted_residuals;
    double* magnitude = weighted_magnitude_.data();
    for (Size k = begin; k < end; ++k) magnitude[k] = block.weights[k] * block.magnitude[k];
    for (Size i = 0; i < width_; ++i) {
        const double* slope = block.first_derivative + i * block.stride;
        double* row = rows_.data() + i * block.stride;
        double* magnitude_row = magnitude_rows_.data() + i * block.stride;
        double* error_row = error_rows_.data() + i * block.stride;
        for (Size k = begin; k < end; ++k) {
            row[k] = residual[k] * slope[k];
            magnitude_row[k] = std::abs(row[k]);
            error_row[k] = magnitude[k] * std::abs(slope[k]);
        }
    }
    for (Size j = 0; j < inputs_; ++j) {
        const double* x = block.xt + j * block.stride;
        double* absolute = absolute_xt_.data() + j * block.stride;
        for (Size k = begin; k < end; ++k) absolute[k] = std::abs(x[k]);
    }
}

void GradientSum::add(const EvaluatedBlock& block, Size part) {
    if (part == slopes_.parts()) {
        loss_.add(block, 0);
        return;
    }
    slopes_.add(part, rows_.data(), block.xt, block.stride, block.padded);
    slope_magnitudes_.add(part, magnitude_rows_.data(), absolute_xt_.data(), block.stride, block.padded);
    slope_errors_.add(part, error_rows_.data(), absolute_xt_.data(), block.stride, block.padded);
    const RowSums::Tile tile = slopes_.tile(part);
    if (tile.input == 0) add_values(block, tile.row, tile.rows);
}

void GradientSum::add_values(const EvaluatedBlock& block, Size row, Size rows) {
    for (Size i = row; i < row + rows; ++i) {
        const double* u = block.value + i * block.stride;
        values_[i] += dot(block.padded, block.weighted_residuals, u);
        value_magnitudes_[i] += absolute_dot(block.padded, block.weighted_residuals, u);
        value_errors_[i] += absolute_dot(block.padded, weighted_magnitude_.data(), u);
    }
}

void GradientSum::merge(const Accumulator& other) {
    const auto& sum = dynamic_cast<const GradientSum&>(other);
    loss_.merge(sum.loss_);
    slopes_.merge(sum.slopes_);
    slope_magnitudes_.merge(sum.slope_magnitudes_);
    slope_errors_.merge(sum.slope_errors_);
    for (Size i = 0; i < width_; ++i) {
        values_[i] += sum.values_[i];
        value_magnitudes_[i] += sum.value_magnitudes_[i];
        value_errors_[i] += sum.value_errors_[i];
    }
}

Gradient GradientSum::finish(const Network& network) const {
    Gradient gradient;
    gradient.loss = loss_.finish();
    const auto count = static_cast<std::size_t>(network.parameter_count());
    gradient.value.reserve(count);
    gradient.magnitude.reserve(count);
    gradient.rounding.reserve(count);
    for (Size i = 0; i < width_; ++i) {
        const double a = network.output(i);
        for (Size j = 0; j < inputs_; ++j) {
            gradient.value.push_back(a * slopes_(i, j));
            gradient.magnitude.push_back(std::abs(a) * slope_magnitudes_(i, j));
            gradient.rounding.push_back(kResidualError * std::abs(a) * slope_errors_(i, j));
        }
    }
    for (Size i = 0; i < width_; ++i) {
        gradient.value.push_back(values_[i]);
        gradient.magnitude.push_back(value_magnitudes_[i]);
        gradient.rounding.push_back(kResidualError * value_errors_[i]);
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

Gradient gradient(const Dataset& data, const Network& network, const Execution& execution) {
    GradientSum sum(network.width, network.inputs);
    Accumulator* const accumulators[] = {&sum};
    run_pass(data, network, accumulators, execution);
    return sum.finish(network);
}

}  // namespace tepui
