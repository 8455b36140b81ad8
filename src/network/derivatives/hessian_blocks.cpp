#include "network/derivatives/hessian_blocks.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/direction_rows.hpp"
#include "kernels/sample_rows.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/pass/part_range.hpp"

namespace tepui {

HessianBlockSum::HessianBlockSum(const Layout& layout)
    : layout_(layout),
      width_(layout.width),
      inputs_(layout.inputs),
      gram_(sums_, width_, inputs_),
      couplings_(sums_, width_, inputs_),
      terms_(sums_, width_, inputs_),
      features_(sums_.reserve(width_)),
      beside_(sums_.reserve(parameters_beside(layout))) {}

void HessianBlockSum::begin(Size stride) {
    const Size size = checked_product(width_, stride);
    for (Buffer<double>* rows : {&squares_, &coupling_rows_, &term_rows_, &feature_rows_})
        *rows = Buffer<double>(size);
    squared_xt_ = Buffer<double>(checked_product(inputs_, stride));
    rows_.clear();
    for (Size i = 0; i < width_; ++i) rows_.push_back({squares_.data() + i * stride, nullptr});
}

void HessianBlockSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    for (Size i = 0; i < width_; ++i) {
        const double a = block.network->output(i);
        const Size at = i * block.stride;
        for (Size k = begin; k < end; ++k) {
            const double u = block.features[at + k], step = a * block.first_derivative[at + k];
            const double bend = std::abs(a * block.second_derivative[at + k]);
            const double slope = block.g_slope[k], square = slope * step * step;
            squares_[at + k] = square;
            coupling_rows_[at + k] = slope * u * step;
            feature_rows_[at + k] = slope * u * u;
            term_rows_[at + k] = square + block.g_terms(0, k) * bend;
        }
    }
    kernels::square_rows(inputs_, block.xt + begin, block.stride, end - begin, squared_xt_.data() + begin,
                         block.stride);
}

void HessianBlockSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    PartRange range(begin, end);
    const Size stride = block.stride, count = block.padded;
    range.take(gram_.parts(),
               [&](Size from, Size to) { gram_.add(from, to, rows_, block.xt, stride, count); });
    range.take(couplings_.parts(), [&](Size from, Size to) {
        couplings_.add(from, to, coupling_rows_.data(), block.xt, stride, count);
        for (Size part = from; part < to; ++part) {
            const RowSums::Tile tile = couplings_.tile(part);
            if (tile.input != 0) continue;
            kernels::row_sums(tile.rows, feature_rows_.data() + tile.row * stride, stride, count,
                              sums_.at(features_) + tile.row);
        }
    });
    range.take(terms_.parts(), [&](Size from, Size to) {
        terms_.add(from, to, term_rows_.data(), squared_xt_.data(), stride, count);
    });
    range.take(1, [&](Size, Size) {
        double* sum = sums_.at(beside_);
        for (Size k = 0; layout_.output_bias && k < block.count; ++k) *sum += block.g_slope[k];
        if (layout_.output_bias) ++sum;
        for (Size j = 0; layout_.skip && j < inputs_; ++j)
            for (Size k = 0; k < block.count; ++k) sum[j] += block.g_slope[k] * squared_xt_[j * stride + k];
    });
}

HessianBlocks HessianBlockSum::finish() const {
    HessianBlocks result;
    result.width = width_;
    result.inputs = inputs_;
    const double* features = sums_.at(features_);
    const Size order = result.order();
    result.blocks = Buffer<double>(checked_product(width_, order * order));
    result.magnitude.resize(width_ * order);
    for (Size i = 0; i < width_; ++i) {
        double* block = result.block(i);
        for (Size j = 0; j < inputs_; ++j) {
            for (Size l = 0; l <= j; ++l) block[j * order + l] = gram_(i, j, l);
            block[inputs_ * order + j] = couplings_(i, j);
            result.magnitude[i * inputs_ + j] = terms_(i, j);
        }
        block[inputs_ * order + inputs_] = features[i];
        result.magnitude[width_ * inputs_ + i] = features[i];
    }
    const double* beside = sums_.at(beside_);
    result.magnitude.insert(result.magnitude.end(), beside, beside + parameters_beside(layout_));
    const char* const overflow = "the Hessian overflows: inputs, weights or residuals are too large";
    require_finite(result.blocks.span(), overflow);
    require_finite(result.magnitude, overflow);
    return result;
}

HessianBlocks hessian_blocks(const Dataset& data, const Network& network, const Execution& execution) {
    HessianBlockSum sum(network);
    run_pass(data, network, execution, sum);
    return sum.finish();
}

}  // namespace tepui
