#include "network/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/compensated.hpp"
#include "core/text.hpp"
#include "kernels/sample_rows.hpp"

namespace tepui {
namespace {

void check_shape(const DatasetSource& source) {
    if (source.samples < 1) {
        throw Error(Status::invalid_size,
                    "samples is " + std::to_string(source.samples) + ", at least 1 is expected");
    }
    if (source.features < 1) {
        throw Error(Status::invalid_size,
                    "features is " + std::to_string(source.features) + ", at least 1 is expected");
    }
    if (source.ldx < source.features) {
        throw Error(Status::invalid_size, "ldx is " + std::to_string(source.ldx) +
                                              ", at least the number of features, " +
                                              std::to_string(source.features) + ", is expected");
    }
    checked_product(checked_product(source.samples, source.ldx), static_cast<Size>(sizeof(double)));
    if (source.x == nullptr)
        throw Error(Status::null_pointer, "x is null, samples x features values are expected");
    if (source.targets == nullptr) {
        throw Error(Status::null_pointer, "targets is null, one value a sample is expected");
    }
}

[[noreturn]] void refuse(Status status, const std::string& element, double value, const char* expected) {
    throw Error(status, element + " is " + number_text(value) + ", " + expected + " is expected");
}

void check_values(const DatasetSource& source) {
    for (Size k = 0; k < source.samples; ++k) {
        const double* row = source.x + k * source.ldx;
        for (Size j = 0; j < source.features; ++j) {
            if (!std::isfinite(row[j])) {
                refuse(Status::not_finite, "x[" + std::to_string(k) + "][" + std::to_string(j) + "]", row[j],
                       "a finite number");
            }
        }
        if (!std::isfinite(source.targets[k])) {
            refuse(Status::not_finite, "targets[" + std::to_string(k) + "]", source.targets[k],
                   "a finite number");
        }
    }
}

double checked_weight_sum(const DatasetSource& source) {
    if (source.weights == nullptr) return static_cast<double>(source.samples);
    CompensatedSum sum;
    for (Size k = 0; k < source.samples; ++k) {
        const double weight = source.weights[k];
        if (!std::isfinite(weight)) {
            refuse(Status::not_finite, "weights[" + std::to_string(k) + "]", weight, "a finite number");
        }
        if (weight < 0.0) {
            refuse(Status::invalid_value, "weights[" + std::to_string(k) + "]", weight, "a number >= 0");
        }
        sum.add(weight);
    }
    const double total = sum.value();
    if (!(total > 0.0) || !std::isfinite(total)) {
        refuse(Status::invalid_value, "the sum of weights", total, "a finite sum > 0");
    }
    return total;
}

}  // namespace

PackedBlock::PackedBlock(Size inputs, Size capacity)
    : xt(checked_product(inputs, capacity)), targets(capacity), weights(capacity) {}

Dataset::Dataset(const DatasetSource& source, bool copy, bool bias, LossScaling scaling)
    : source_(source), bias_(bias), scaling_(scaling) {
    check_shape(source);
    check_values(source);
    weight_sum_ = checked_weight_sum(source);
    if (!copy) return;
    owned_x_ = Buffer<double>(checked_product(source.samples, source.features));
    for (Size k = 0; k < source.samples; ++k) {
        std::copy_n(source.x + k * source.ldx, source.features, owned_x_.data() + k * source.features);
    }
    owned_targets_ = Buffer<double>(source.samples);
    std::copy_n(source.targets, source.samples, owned_targets_.data());
    source_.x = owned_x_.data();
    source_.ldx = source.features;
    source_.targets = owned_targets_.data();
    if (source.weights != nullptr) {
        owned_weights_ = Buffer<double>(source.samples);
        std::copy_n(source.weights, source.samples, owned_weights_.data());
        source_.weights = owned_weights_.data();
    }
}

void Dataset::pack(PackedBlock& block, Size begin, Size end) const {
    const Size features = source_.features;
    const Size stop = std::clamp(block.count, begin, end);  // true samples end here, padding follows
    double* xt = block.xt.data();
    kernels::transpose_samples(source_.x + (block.first + begin) * source_.ldx, source_.ldx, stop - begin,
                               features, xt + begin, block.stride);
    for (Size j = 0; j < features; ++j)
        std::fill(xt + j * block.stride + stop, xt + j * block.stride + end, 0.0);
    if (bias_) {
        std::fill(xt + features * block.stride + begin, xt + features * block.stride + stop, 1.0);
        std::fill(xt + features * block.stride + stop, xt + features * block.stride + end, 0.0);
    }
    for (Size k = begin; k < stop; ++k) {
        block.targets[k] = source_.targets[block.first + k];
        block.weights[k] = weight(block.first + k);
    }
    std::fill(block.targets.data() + stop, block.targets.data() + end, 0.0);
    std::fill(block.weights.data() + stop, block.weights.data() + end, 0.0);
}

void Dataset::sample(Size k, double* x) const {
    std::copy_n(source_.x + k * source_.ldx, source_.features, x);
    if (bias_) x[source_.features] = 1.0;
}

}  // namespace tepui
