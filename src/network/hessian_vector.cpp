#include "network/hessian_vector.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/hidden_layer.hpp"
#include "network/rows.hpp"

namespace tepui {

HessianVectorSum::HessianVectorSum(Size width, Size inputs, std::span<const double> direction)
    : width_(width), inputs_(inputs), direction_(direction), slopes_(width, inputs), values_(width) {}

void HessianVectorSum::begin(Size stride) {
    rows_ = Buffer<double>(checked_product(width_, stride));
    value_rows_ = Buffer<double>(rows_.size());
    change_ = Buffer<double>(stride);
}

void HessianVectorSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Network& network = *block.network;
    const double* b = direction_.data() + width_ * inputs_;
    const Size stride = block.stride;
    double* t = change_.data();
    // p is kept in rows_ until the row itself takes its place.
    kernels::preactivations(direction_.data(), inputs_, width_, inputs_, block.xt + begin, stride,
                            end - begin, rows_.data() + begin, stride);
    std::fill(t + begin, t + end, 0.0);
    for (Size i = 0; i < width_; ++i) {
        const double a = network.output(i);
        const double* u = block.value + i * stride;
        const double* slope = block.first_derivative + i * stride;
        const double* p = rows_.data() + i * stride;
        for (Size k = begin; k < end; ++k) t[k] += b[i] * u[k] + a * slope[k] * p[k];
    }
    for (Size i = 0; i < width_; ++i) {
        const double a = network.output(i);
        const double* u = block.value + i * stride;
        const double* slope = block.first_derivative + i * stride;
        const double* curvature = block.second_derivative + i * stride;
        double* row = rows_.data() + i * stride;
        double* value_row = value_rows_.data() + i * stride;
        for (Size k = begin; k < end; ++k) {
            const double p = row[k];
            const double weighted = block.weights[k] * t[k];
            const double residual = block.weighted_residuals[k];
            value_row[k] = weighted * u[k] + residual * slope[k] * p;
            row[k] = weighted * a * slope[k] + residual * (b[i] * slope[k] + a * curvature[k] * p);
        }
    }
}

void HessianVectorSum::add(const EvaluatedBlock& block, Size part) {
    slopes_.add(part, rows_.data(), block.xt, block.stride, block.padded);
    const RowSums::Tile tile = slopes_.tile(part);
    if (tile.input != 0) return;
    for (Size i = tile.row; i < tile.row + tile.rows; ++i) {
        const double* row = value_rows_.data() + i * block.stride;
        values_[i] += detail::sum_terms(block.padded, [=](Size k) { return row[k]; });
    }
}

void HessianVectorSum::merge(const Accumulator& other) {
    const auto& sum = dynamic_cast<const HessianVectorSum&>(other);
    slopes_.merge(sum.slopes_);
    for (Size i = 0; i < width_; ++i) values_[i] += sum.values_[i];
}

void HessianVectorSum::finish(std::span<double> result) const {
    for (Size i = 0; i < width_; ++i) {
        for (Size j = 0; j < inputs_; ++j) result[i * inputs_ + j] = slopes_(i, j);
        result[width_ * inputs_ + i] = values_[i];
    }
    if (!std::all_of(result.begin(), result.end(), [](double h) { return std::isfinite(h); })) {
        throw Error(Status::numeric, "the Hessian-vector product overflows: its operands are too large");
    }
}

void hessian_vector(const Dataset& data, const Network& network, std::span<const double> direction,
                    std::span<double> result, const Execution& execution) {
    const auto count = static_cast<std::size_t>(network.parameter_count());
    if (direction.size() != count || result.size() != count) {
        throw Error(Status::invalid_size, "direction has " + std::to_string(direction.size()) +
                                              " and result " + std::to_string(result.size()) +
                                              " components, " + std::to_string(count) +
                                              " are expected, one a parameter");
    }
    HessianVectorSum sum(network.width, network.inputs, direction);
    Accumulator* const accumulators[] = {&sum};
    run_pass(data, network, accumulators, execution);
    sum.finish(result);
}

}  // namespace tepui
