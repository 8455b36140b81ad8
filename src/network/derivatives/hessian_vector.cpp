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
    const Size stride = block.stride, outputs = layout_.output_count;
    double* turned = change_.data() + (q * 2 + 1) * outputs * stride;
    for (Size o = 0; o < outputs; ++o) prepare_change(block, q, o, begin, end);
    for (Size o = 0; o < outputs; ++o) {
        for (Size k = begin; k < end; ++k) turned[o * stride + k] = 0.0;
        for (Size p = 0; p < outputs; ++p) {
            if (loss_.scalar_hessian() && p != o) continue;
            const double* slope = block.g_slope + (loss_.scalar_hessian() ? 0 : packed_index(o, p)) * stride;
            const double* t = change_.data() + (q * 2 * outputs + p) * stride;
            for (Size k = begin; k < end; ++k) turned[o * stride + k] += slope[k] * t[k];
        }
    }
    for (Size p = 0; p < layout_.features(); ++p) prepare_values(block, q, p, begin, end);
    for (Size i = 0; i < layout_.width; ++i) prepare_slopes(block, q, i, begin, end);
}

// t of one output.
void HessianVectorSum::prepare_change(const EvaluatedBlock& block, Size q, Size o, Size begin, Size end) {
    const Size stride = block.stride;
    double* t = change_.data() + (q * 2 * layout_.output_count + o) * stride;
    for (Size k = begin; k < end; ++k) t[k] = 0.0;
    for (Size p = 0; p < layout_.features(); ++p) {
        const double b = direction(q)[layout_.coefficient(p, o)];
        const double* u = block.features + p * stride;
        for (Size k = begin; k < end; ++k) t[k] += b * u[k];
    }
    for (Size i = 0; i < layout_.width; ++i) {
        const double a = block.network->output(i, o);
        const double *first = block.first_derivative + i * stride,
                     *step = rows_.data() + (q * layout_.width + i) * stride;
        for (Size k = begin; k < end; ++k) t[k] += a * first[k] * step[k];
    }
}

// What the coefficients of one feature get.
void HessianVectorSum::prepare_values(const EvaluatedBlock& block, Size q, Size p, Size begin, Size end) {
    const Size stride = block.stride, outputs = layout_.output_count;
    const double* turned = change_.data() + (q * 2 + 1) * outputs * stride;
    const double* u = block.features + p * stride;
    for (Size o = 0; o < outputs; ++o) {
        double* value = value_rows_.data() + (q * coefficients() + p * outputs + o) * stride;
        for (Size k = begin; k < end; ++k) value[k] = u[k] * turned[o * stride + k];
        if (p >= layout_.width) continue;
        const double *first = block.first_derivative + p * stride,
                     *step = rows_.data() + (q * layout_.width + p) * stride, *g = block.g + o * stride;
        for (Size k = begin; k < end; ++k) value[k] += g[k] * (first[k] * step[k]);
    }
}

// What multiplies x in the weights of one neuron takes the place of p.
void HessianVectorSum::prepare_slopes(const EvaluatedBlock& block, Size q, Size i, Size begin, Size end) {
    const Size stride = block.stride, outputs = layout_.output_count;
    const double* turned = change_.data() + (q * 2 + 1) * outputs * stride;
    const double *first = block.first_derivative + i * stride, *second = block.second_derivative + i * stride;
    double* row = rows_.data() + (q * layout_.width + i) * stride;
    for (Size k = begin; k < end; ++k) row[k] *= second[k];
    std::vector<double> along(static_cast<std::size_t>(end - begin), 0.0), bend(along);
    for (Size o = 0; o < outputs; ++o) {
        const double a = block.network->output(i, o), b = direction(q)[layout_.coefficient(i, o)];
        const double *g = block.g + o * stride + begin, *t = turned + o * stride + begin;
        for (Size k = 0; k < end - begin; ++k) {
            along[k] += a * t[k] + g[k] * b;
            bend[k] += g[k] * a;
        }
    }
    for (Size k = begin; k < end; ++k) row[k] = first[k] * along[k - begin] + bend[k - begin] * row[k];
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
