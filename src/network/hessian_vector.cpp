#include "network/hessian_vector.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/direction_rows.hpp"
#include "kernels/hidden_layer.hpp"

namespace tepui {
namespace {

constexpr Size kBlockBytes = Size{3} << 19;  // what a block keeps from its preactivations to its sums
constexpr Size kRowsPerNeuron = 8;           // z, sigma and two derivatives, two rows of two directions
constexpr Size kBlockStep = 48;              // two panels of the kernels
constexpr Size kMaxBlock = 480;
constexpr Size kLaneSamples = 2048;
constexpr Size kMostLanes = 16;
constexpr Size kRun = 960;  // samples

// Blocks that stay in the second-level cache: there is little arithmetic between one matrix product and the
// next.
Blocking short_blocks(const Dataset& data, const Network& network) {
    const Size doubles = checked_sum(checked_product(kRowsPerNeuron, network.width), network.inputs);
    const Size fitting = kBlockBytes / static_cast<Size>(sizeof(double)) / doubles;
    const Size wanted = std::clamp(fitting / kBlockStep * kBlockStep, 2 * kBlockStep, kMaxBlock);
    const Size block = std::min(wanted, round_up(data.samples(), kSamplePadding));
    const Size lanes = std::clamp(data.samples() / kLaneSamples, Size{1}, kMostLanes);
    return {block, block, lanes, std::max(Size{1}, kRun / block)};
}

void multiply(const Dataset& data, const Network& network, HessianVectorSum& sum,
              const Execution& execution) {
    Accumulator* const accumulators[] = {&sum};
    run_pass(data, network, accumulators, short_blocks(data, network), execution);
}

}  // namespace

HessianVectorSum::HessianVectorSum(Size width, Size inputs, const double* directions, Size count)
    : width_(width),
      inputs_(inputs),
      directions_(directions),
      count_(count),
      slopes_(count * width, inputs),
      values_(count * width) {}

HessianVectorSum::HessianVectorSum(Size width, Size inputs, std::span<const double> direction)
    : HessianVectorSum(width, inputs, direction.data(), 1) {}

HessianVectorSum::HessianVectorSum(Size width, Size inputs, const Matrix& directions)
    : HessianVectorSum(width, inputs, directions.data(), directions.rows()) {}

void HessianVectorSum::begin(Size stride) {
    rows_ = Buffer<double>(checked_product(count_ * width_, stride));
    value_rows_ = Buffer<double>(rows_.size());
    change_ = Buffer<double>(checked_product(count_, stride));
}

void HessianVectorSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    for (Size q = 0; q < count_; ++q) prepare_direction(block, q, begin, end);
}

void HessianVectorSum::prepare_direction(const EvaluatedBlock& block, Size q, Size begin, Size end) {
    const Size stride = block.stride;
    const double* direction = directions_ + q * width_ * (inputs_ + 1);
    double* rows = rows_.data() + q * width_ * stride + begin;
    // p is kept in the rows until they take its place.
    kernels::preactivations(direction, inputs_, width_, inputs_, block.xt + begin, stride, end - begin, rows,
                            stride);
    const kernels::LayerDerivatives layer{block.value + begin, block.first_derivative + begin,
                                          block.second_derivative + begin, stride};
    kernels::hessian_vector_rows(block.network->outputs(), direction + width_ * inputs_, width_, layer,
                                 block.weights + begin, block.weighted_residuals + begin, end - begin,
                                 change_.data() + q * stride + begin, rows,
                                 value_rows_.data() + q * width_ * stride + begin, stride);
}

void HessianVectorSum::add_range(const EvaluatedBlock& block, Size begin, Size end) {
    slopes_.add(begin, end, rows_.data(), block.xt, block.stride, block.padded);
    for (Size part = begin; part < end; ++part) {
        const RowSums::Tile tile = slopes_.tile(part);
        if (tile.input != 0) continue;
        kernels::row_sums(tile.rows, value_rows_.data() + tile.row * block.stride, block.stride, block.padded,
                          values_.data() + tile.row);
    }
}

std::unique_ptr<Accumulator> HessianVectorSum::sibling() const {
    return std::unique_ptr<HessianVectorSum>(new HessianVectorSum(width_, inputs_, directions_, count_));
}

void HessianVectorSum::merge(const Accumulator& other) {
    const auto& sum = dynamic_cast<const HessianVectorSum&>(other);
    slopes_.merge(sum.slopes_);
    for (Size i = 0; i < values_.size(); ++i) values_[i] += sum.values_[i];
}

void HessianVectorSum::finish(std::span<double> result, Size q) const {
    for (Size i = 0; i < width_; ++i) {
        for (Size j = 0; j < inputs_; ++j) result[i * inputs_ + j] = slopes_(q * width_ + i, j);
        result[width_ * inputs_ + i] = values_[q * width_ + i];
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
    multiply(data, network, sum, execution);
    sum.finish(result);
}

Matrix hessian_vectors(const Dataset& data, const Network& network, const Matrix& directions,
                       const Execution& execution) {
    HessianVectorSum sum(network.width, network.inputs, directions);
    multiply(data, network, sum, execution);
    Matrix products(directions.rows(), directions.cols());
    for (Size q = 0; q < directions.rows(); ++q)
        sum.finish({products.row(q), static_cast<std::size_t>(products.cols())}, q);
    return products;
}

}  // namespace tepui
