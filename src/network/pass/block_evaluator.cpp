#include "network/pass/block_evaluator.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"

namespace tepui {
namespace {

// Rows a power of two apart would all fall into the same cache sets.
Size row_stride(Size block) {
    return block % 256 == 0 ? block + kSamplePadding : block;
}

}  // namespace

BlockEvaluator::BlockEvaluator(const Dataset& data, const Network& network, Size block, int order)
    : data_(data),
      network_(network),
      packed_(network.inputs, data.outputs(), row_stride(block)),
      coefficients_(checked_product(network.output_count, network.features())),
      f_(checked_product(network.output_count, packed_.weights.size())),
      f_error_(f_.size()),
      value_(packed_.weights.size()),
      value_rounding_(packed_.weights.size()),
      g_(f_.size()),
      g_error_(f_.size()),
      g_slope_(checked_product(data.loss().hessian_rows(network.output_count), packed_.weights.size())) {
    packed_.stride = packed_.weights.size();
    const Size rows = checked_sum(checked_product(order + 1, network.width), network.features());
    rows_ = Buffer<double>(checked_product(rows, packed_.stride));
    z_ = rows_.data();
    sigma_[0] = z_ + network.width * packed_.stride;
    sigma_[1] = sigma_[0] + network.features() * packed_.stride;
    for (int l = 2; l < kOrders; ++l) sigma_[l] = sigma_[l - 1] + network.width * packed_.stride;
    for (int l = order + 1; l < kOrders; ++l) sigma_[l] = nullptr;
}

void BlockEvaluator::read_parameters() {
    const Size features = network_.features();
    for (Size o = 0; o < network_.output_count; ++o) {
        for (Size q = 0; q < features; ++q)
            coefficients_[o * features + q] = network_.parameters[network_.coefficient(q, o)];
    }
}

EvaluatedBlock BlockEvaluator::open(Size first, Size count) {
    packed_.first = first;
    packed_.count = count;
    return {&network_,
            &data_.loss(),
            first,
            count,
            round_up(count, kSamplePadding),
            packed_.stride,
            network_.inputs,
            packed_.xt.data(),
            packed_.targets.data(),
            packed_.weights.data(),
            f_.data(),
            f_error_.data(),
            value_.data(),
            value_rounding_.data(),
            g_.data(),
            g_error_.data(),
            g_slope_.data(),
            z_,
            sigma_[0],
            sigma_[1],
            sigma_[2],
            sigma_[3]};
}

Size BlockEvaluator::fill(Size begin, Size end) {
    data_.pack(packed_, begin, end);
    if (network_.width > 0) {
        kernels::preactivations(network_.parameters.data(), network_.inputs, network_.width,
                                {packed_.xt.data() + begin, packed_.stride, end - begin, network_.inputs},
                                z_ + begin, packed_.stride);
    }
    // The samples of the next strip come while these are worked on.
    const Size next = packed_.first + end, length = end - begin;
    for (Size i = 0; i < network_.width; ++i) {
        data_.prefetch(next + length * i / network_.width, next + length * (i + 1) / network_.width);
        activate(i, begin, end);
    }
    add_linear_features(begin, end);
    sum_outputs(begin, end);
    return judge_outputs(begin, end);
}

// A user's callback sees true samples only.
void BlockEvaluator::activate(Size i, Size begin, Size end) {
    const Activation& activation = network_.activation_of(i);
    const bool custom = activation.kind() == ActivationKind::custom;
    const Size stop = custom ? std::clamp(packed_.count, begin, end) : end;
    const Size at = i * packed_.stride + begin;
    double* out[kOrders];
    for (int l = 0; l < kOrders; ++l) {
        out[l] = sigma_[l] != nullptr ? sigma_[l] + at : nullptr;
        if (out[l] != nullptr) std::fill(out[l] + (stop - begin), out[l] + (end - begin), 0.0);
    }
    if (stop > begin) {
        activation.evaluate(stop - begin, z_ + at, {out[0], out[1], out[2], out[3]});
    }
}

// 1 and the inputs, as far as the output layer sums them.
void BlockEvaluator::add_linear_features(Size begin, Size end) {
    double* row = sigma_[0] + network_.width * packed_.stride;
    if (network_.output_bias) {
        std::fill(row + begin, row + end, 1.0);
        row += packed_.stride;
    }
    for (Size j = 0; network_.skip && j < network_.inputs; ++j, row += packed_.stride)
        std::copy_n(packed_.xt.data() + j * packed_.stride + begin, end - begin, row + begin);
}

void BlockEvaluator::sum_outputs(Size begin, Size end) {
    const Size features = network_.features();
    for (Size o = 0; o < network_.output_count; ++o) {
        double* error = f_error_.data() + o * packed_.stride;
        kernels::network_outputs(coefficients_.data() + o * features, features, sigma_[0] + begin,
                                 packed_.stride, packed_.targets.data() + o * packed_.stride + begin,
                                 end - begin, f_.data() + o * packed_.stride + begin, error + begin);
        for (Size k = begin; k < end; ++k) error[k] *= kResidualError;
    }
}

Size BlockEvaluator::judge_outputs(Size begin, Size end) {
    const Size stop = std::clamp(packed_.count, begin, end), outputs = network_.output_count;
    const auto clear = [&](Buffer<double>& rows) {
        for (Size at = 0; at < rows.size(); at += packed_.stride)
            std::fill(rows.data() + at + stop, rows.data() + at + end, 0.0);
    };
    if (stop < end) {
        for (Buffer<double>* rows : {&f_, &f_error_, &value_, &value_rounding_, &g_, &g_error_, &g_slope_})
            clear(*rows);
    }
    data_.loss().evaluate({outputs, stop - begin, packed_.stride, f_.data() + begin, f_error_.data() + begin,
                           packed_.targets.data() + begin, packed_.weights.data() + begin},
                          {value_.data() + begin, value_rounding_.data() + begin, g_.data() + begin,
                           g_error_.data() + begin, g_slope_.data() + begin});
    Size offending = -1;
    for (Size o = 0; o < outputs; ++o) {
        const double* g = g_.data() + o * packed_.stride;
        double vanishes = 0.0;  // unless a g is not finite
#pragma omp simd reduction(+ : vanishes)
        for (Size k = begin; k < stop; ++k) vanishes += 0.0 * g[k];
        if (vanishes == 0.0) continue;
        const double* found =
            std::find_if_not(g + begin, g + stop, [](double v) { return std::isfinite(v); });
        const Size sample = packed_.first + (found - g);
        offending = offending < 0 ? sample : std::min(offending, sample);
    }
    return offending;
}

}  // namespace tepui
