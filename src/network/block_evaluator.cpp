#include "network/block_evaluator.hpp"

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
      packed_(network.inputs, row_stride(block)),
      f_(packed_.targets.size()),
      residuals_(packed_.targets.size()),
      weighted_residuals_(packed_.targets.size()),
      magnitude_(packed_.targets.size()),
      z_(checked_product(network.width, packed_.targets.size())) {
    packed_.stride = packed_.targets.size();
    for (int l = 0; l <= order; ++l) sigma_[l] = Buffer<double>(z_.size());
}

EvaluatedBlock BlockEvaluator::open(Size first, Size count) {
    packed_.first = first;
    packed_.count = count;
    return {&network_,
            first,
            count,
            round_up(count, kSamplePadding),
            packed_.stride,
            network_.inputs,
            packed_.xt.data(),
            packed_.targets.data(),
            packed_.weights.data(),
            f_.data(),
            residuals_.data(),
            weighted_residuals_.data(),
            magnitude_.data(),
            z_.data(),
            sigma_[0].data(),
            sigma_[1].data(),
            sigma_[2].data(),
            sigma_[3].data()};
}

Size BlockEvaluator::fill(Size begin, Size end) {
    data_.pack(packed_, begin, end);
    if (network_.width > 0) {
        kernels::preactivations(network_.parameters.data(), network_.inputs, network_.width, network_.inputs,
                                packed_.xt.data() + begin, packed_.stride, end - begin, z_.data() + begin,
                                packed_.stride);
    }
    for (Size i = 0; i < network_.width; ++i) activate(i, begin, end);
    kernels::network_outputs(network_.outputs(), network_.width, sigma_[0].data() + begin, packed_.stride,
                             packed_.targets.data() + begin, end - begin, f_.data() + begin,
                             magnitude_.data() + begin);
    return finish_residuals(begin, end);
}

// A user's callback sees true samples only.
void BlockEvaluator::activate(Size i, Size begin, Size end) {
    const bool custom = network_.activation.kind() == ActivationKind::custom;
    const Size stop = custom ? std::clamp(packed_.count, begin, end) : end;
    const Size at = i * packed_.stride + begin;
    double* out[kOrders];
    for (int l = 0; l < kOrders; ++l) {
        out[l] = sigma_[l].size() > 0 ? sigma_[l].data() + at : nullptr;
        if (out[l] != nullptr) std::fill(out[l] + (stop - begin), out[l] + (end - begin), 0.0);
    }
    if (stop > begin) {
        network_.activation.evaluate(stop - begin, z_.data() + at, {out[0], out[1], out[2], out[3]});
    }
}

Size BlockEvaluator::finish_residuals(Size begin, Size end) {
    const Size stop = std::clamp(packed_.count, begin, end);
    double vanishes = 0.0;  // unless a residual is not finite
    for (Size k = begin; k < stop; ++k) {
        residuals_[k] = f_[k] - packed_.targets[k];
        weighted_residuals_[k] = packed_.weights[k] * residuals_[k];
        vanishes += 0.0 * residuals_[k];
    }
    for (Size k = stop; k < end; ++k) {
        f_[k] = residuals_[k] = weighted_residuals_[k] = magnitude_[k] = 0.0;
    }
    if (vanishes == 0.0) return -1;
    const double* residuals = residuals_.data();
    return packed_.first +
           (std::find_if_not(residuals + begin, residuals + stop, [](double r) { return std::isfinite(r); }) -
            residuals);
}

}  // namespace tepui
