#include "network/derivatives/hessian_vector.hpp"

#include <algorithm>
#include <cmath>

#include "core/machine.hpp"
#include "kernels/direction_rows.hpp"
#include "kernels/hidden_layer.hpp"
#include "network/pass/part_range.hpp"

namespace tepui {
namespace {

constexpr Size kBlockBytes = machine::kL2Bytes * 3 / 2;  // from a block's preactivations to its sums
constexpr Size kRowsPerNeuron = 8;  // z, sigma and two derivatives, two rows of two directions
constexpr Size kBlockStep = 48;     // two panels of the kernels
constexpr Size kMaxBlock = 480;

// Blocks that stay in the second-level cache: there is little arithmetic between one matrix product and the
// next.
Blocking short_blocks(const Dataset& data, const Network& network) {
    const Size doubles =
        checked_sum(checked_product(kRowsPerNeuron, network.width + network.output_count), network.inputs);
    const Size fitting = kBlockBytes / static_cast<Size>(sizeof(double)) / doubles;
    const Size wanted = std::clamp(fitting / kBlockStep * kBlockStep, 2 * kBlockStep, kMaxBlock);
    const Size block = std::min(wanted, round_up(data.samples(), kSamplePadding));
    return {block, block, Slabs::finest(data.samples())};
}

}  // namespace

Pass product_pass(const Dataset& data, const Network& network, HessianVectorSum& sum) {
    Accumulator* const accumulators[] = {&sum};
    return {data, network, accumulators, short_blocks(data, network)};
}

HessianVectorSum::HessianVectorSum(const Layout& layout, const Loss& loss, const double* directions,
                                   Size count)
    : layout_(layout),
      loss_(loss),
      directions_(directions),
      count_(count),
      slopes_(sums_, count * layout.width, layout.inputs),
      values_(sums_.reserve(count * coefficients())) {}

void HessianVectorSum::begin(Size stride) {
    rows_ = Buffer<double>(checked_product(count_ * layout_.width, stride));
    value_rows_ = Buffer<double>(checked_product(count_ * coefficients(), stride));
    change_ = Buffer<double>(checked_product(count_ * 2 * layout_.output_count, stride));
}

void HessianVectorSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size width = layout_.width, stride = block.stride;
    const bool single = coefficients() == width;
    for (Size q = 0; q < count_; ++q) {
        // p is kept in the rows until they take its place.
        if (width > 0) {
            kernels::preactivations(direction(q), layout_.inputs, width,
                                    {block.xt + begin, stride, end - begin, layout_.inputs},
                                    rows_.data() + q * width * stride + begin, stride);
        }
        if (single) {
            prepare_single(block, q, begin, end);
        } else {
            prepare_outputs(block, q, begin, end);
        }
    }
}

// One output, a sum of neurons alone.
void HessianVectorSum::prepare_single(const EvaluatedBlock& block, Size q, Size begin, Size end) {
    const Size width = layout_.width, stride = block.stride;
    const kernels::LayerDerivatives layer{block.features + begin,
                                          block.first_derivative + begin,
                                          block.second_derivative + begin,
                                          stride,
                                          width,
                                          end - begin};
    kernels::hessian_vector_rows(
        block.network->outputs(), direction(q) + width * layout_.inputs, layer, block.g_slope + begin,
        block.g + begin,
        {change_.data() + q * 2 * stride + begin, rows_.data() + q * width * stride + begin,
         value_rows_.data() + q * width * stride + begin, stride});
}

void HessianVectorSum::prepare_outputs(const EvaluatedBlock& block, Size q, Size begin, Size end) {
    const Size width = layout_.width, features = layout_.features(), outputs = layout_.output_count;
    const Size stride = block.stride;
    double* rows = rows_.data() + q * width * stride;
    double* values = value_rows_.data() + q * coefficients() * stride;
    double* change = change_.data() + q * 2 * outputs * stride;
    double* turned = change + outputs * stride;
    const bool scalar = loss_.scalar_hessian();
    for (Size k = begin; k < end; ++k) {
        for (Size o = 0; o < outputs; ++o) {
            double t = 0.0;
            for (Size p = 0; p < features; ++p)
                t += direction(q)[layout_.coefficient(p, o)] * block.features[p * stride + k];
            for (Size i = 0; i < width; ++i)
                t += block.network->output(i, o) * block.first_derivative[i * stride + k] *
                     rows[i * stride + k];
            change[o * stride + k] = t;
        }
        for (Size o = 0; o < outputs; ++o) {
            double turn = scalar ? block.g_slope[k] * change[o * stride + k] : 0.0;
            for (Size p = 0; !scalar && p < outputs; ++p)
                turn += block.g_slope[packed_index(o, p) * stride + k] * change[p * stride + k];
            turned[o * stride + k] = turn;
        }
        for (Size p = 0; p < features; ++p) {
            const double moved =
                p < width ? block.first_derivative[p * stride + k] * rows[p * stride + k] : 0.0;
            for (Size o = 0; o < outputs; ++o) {
                values[(p * outputs + o) * stride + k] =
                    block.features[p * stride + k] * turned[o * stride + k] + block.g[o * stride + k] * moved;
            }
        }
        for (Size i = 0; i < width; ++i) {
            double along = 0.0, bend = 0.0;
            for (Size o = 0; o < outputs; ++o) {
                const double a = block.network->output(i, o), g = block.g[o * stride + k];
                along += a * turned[o * stride + k] + g * direction(q)[layout_.coefficient(i, o)];
                bend += g * a;
            }
            double& row = rows[i * stride + k];
            row = block.first_derivative[i * stride + k] * along +
                  bend * block.second_derivative[i * stride + k] * row;
        }
    }
}

void HessianVectorSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    PartRange range(begin, end);
    range.take(slopes_.parts(), [&](Size from, Size to) {
        slopes_.add(from, to, rows_.data(), block.xt, block.stride, block.padded);
    });
    range.take(1, [&](Size, Size) {
        kernels::row_sums(count_ * coefficients(), value_rows_.data(), block.stride, block.padded,
                          sums_.at(values_));
    });
}

void HessianVectorSum::finish(const Decay& decay, std::span<double> result, Size q) const {
    for (Size i = 0; i < layout_.width; ++i) {
        for (Size j = 0; j < layout_.inputs; ++j)
            result[layout_.weight(i, j)] = slopes_(q * layout_.width + i, j);
    }
    const double* values = sums_.at(values_) + q * coefficients();
    for (Size p = 0; p < layout_.features(); ++p) {
        for (Size o = 0; o < layout_.output_count; ++o)
            result[layout_.coefficient(p, o)] = values[p * layout_.output_count + o];
    }
    decay.each(layout_, [&](Size p, double lambda) { result[p] += lambda * direction(q)[p]; });
    require_finite(result, "the Hessian-vector product overflows: its operands are too large");
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
    HessianVectorSum sum(network, data.loss(), direction.data(), 1);
    product_pass(data, network, sum).run(execution);
    sum.finish(data.decay(), result);
}

Matrix hessian_vectors(const Dataset& data, const Network& network, const Matrix& directions,
                       const Execution& execution) {
    HessianVectorSum sum(network, data.loss(), directions.data(), directions.rows());
    product_pass(data, network, sum).run(execution);
    Matrix products(directions.rows(), directions.cols());
    for (Size q = 0; q < directions.rows(); ++q)
        sum.finish(data.decay(), {products.row(q), static_cast<std::size_t>(products.cols())}, q);
    return products;
}

}  // namespace tepui
