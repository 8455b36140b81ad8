#include "network/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include "core/compensated.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "kernels/sample_rows.hpp"

namespace tepui {
namespace {

constexpr Size kAhead = 256;                // rows read along when streamed rows are asked for one by one
constexpr Size kFirstPass = Size{1} << 18;  // values of x read at once when streamed data is checked

void check_sizes(const DatasetSource& source) {
    if (source.samples < 1) {
        throw Error(Status::invalid_size,
                    "n is " + std::to_string(source.samples) + ", at least 1 is expected");
    }
    if (source.features < 1) {
        throw Error(Status::invalid_size,
                    "d is " + std::to_string(source.features) + ", at least 1 is expected");
    }
    if (source.ldx < source.features) {
        throw Error(Status::invalid_size, "ldx is " + std::to_string(source.ldx) + ", at least d = " +
                                              std::to_string(source.features) + " is expected");
    }
    checked_product(checked_product(source.samples, source.ldx), static_cast<Size>(sizeof(double)));
}

void check_shape(const DatasetSource& source) {
    check_sizes(source);
    if (source.x == nullptr && source.x32 == nullptr)
        throw Error(Status::null_pointer, "x is null, n x d values are expected");
    if (source.targets == nullptr) {
        throw Error(Status::null_pointer, "y is null, one value a sample is expected");
    }
}

[[noreturn]] void refuse(Status status, const std::string& element, double value, const char* expected) {
    throw Error(status, element + " is " + number_text(value) + ", " + expected + " is expected");
}

// first: index of the first row and target given here.
template <class Value>
void check_rows(const Value* x, Size ldx, Size first, Size count, Size features) {
    for (Size k = 0; k < count; ++k) {
        const Value* row = x + k * ldx;
        for (Size j = 0; j < features; ++j) {
            if (!std::isfinite(row[j])) {
                refuse(Status::not_finite, "x[" + std::to_string(first + k) + "][" + std::to_string(j) + "]",
                       static_cast<double>(row[j]), "a finite number");
            }
        }
    }
}

void check_targets(const double* targets, Size first, Size count, Size outputs, const Loss& loss) {
    for (Size k = 0; k < count; ++k) {
        const double* target = targets + k * outputs;
        const std::string name = "y[" + std::to_string(first + k) + "]";
        for (Size o = 0; o < outputs; ++o) {
            if (std::isfinite(target[o])) continue;
            refuse(Status::not_finite, outputs == 1 ? name : name + "[" + std::to_string(o) + "]", target[o],
                   "a finite number");
        }
        if (const char* expected = loss.refused(outputs, target)) {
            std::string row = number_text(target[0]);
            for (Size o = 1; o < std::min<Size>(outputs, 8); ++o) row += ", " + number_text(target[o]);
            if (outputs > 8) row += ", ...";
            throw Error(Status::invalid_value, name + " is " + row + ", " + expected + " is expected");
        }
    }
}

void check_values(const DatasetSource& source) {
    if (source.x != nullptr) {
        check_rows(source.x, source.ldx, 0, source.samples, source.features);
    } else {
        check_rows(source.x32, source.ldx, 0, source.samples, source.features);
    }
    check_targets(source.targets, 0, source.samples, source.outputs, *source.loss);
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

// Serves many threads, one at a time.
struct Dataset::Stream {
    explicit Stream(StreamedSource source_) : source(std::move(source_)) {}
    void read(Size first, Size count, double* x, double* targets, double* weights) {
        const std::lock_guard<std::mutex> one_at_a_time(reading);
        source.read(first, count, x, targets, weights);
    }
    // One row; those that follow it are read along when the rows are asked for one after the other.
    void read_row(Size k, double* x) {
        const std::lock_guard<std::mutex> one_at_a_time(reading);
        const Size features = source.features;
        if (k < ahead_first || k >= ahead_first + ahead_count) {
            ahead_count = k == next ? std::min(kAhead, source.samples - k) : 1;
            if (ahead.size() == 0) ahead = Buffer<double>(checked_product(kAhead, features));
            ahead_first = k;
            const Size wanted = std::exchange(ahead_count, 0);  // nothing is there if the reading fails
            source.read(k, wanted, ahead.data(), nullptr, nullptr);
            ahead_count = wanted;
        }
        next = k + 1;
        std::copy_n(ahead.data() + (k - ahead_first) * features, features, x);
    }
    StreamedSource source;
    std::mutex reading;
    Buffer<double> ahead;
    Size ahead_first = 0, ahead_count = 0, next = 0;
};

PackedBlock::PackedBlock(Size inputs, Size outputs, Size capacity)
    : xt(checked_product(inputs, capacity)), targets(checked_product(outputs, capacity)), weights(capacity) {}

Dataset::Dataset(const DatasetSource& source, bool copy, bool bias, LossScaling scaling)
    : source_(source), bias_(bias), scaling_(scaling) {
    check_shape(source);
    check_values(source);
    weight_sum_ = checked_weight_sum(source);
    if (!copy) return;
    const auto own = [&](const auto* from, auto& to) {
        to = std::remove_reference_t<decltype(to)>(checked_product(source.samples, source.features));
        for (Size k = 0; k < source.samples; ++k)
            std::copy_n(from + k * source.ldx, source.features, to.data() + k * source.features);
    };
    if (source.x != nullptr) {
        own(source.x, owned_x_);
        source_.x = owned_x_.data();
    } else {
        own(source.x32, owned_x32_);
        source_.x32 = owned_x32_.data();
    }
    source_.ldx = source.features;
    owned_targets_ = Buffer<double>(checked_product(source.samples, source.outputs));
    std::copy_n(source.targets, owned_targets_.size(), owned_targets_.data());
    source_.targets = owned_targets_.data();
    if (source.weights != nullptr) {
        owned_weights_ = Buffer<double>(source.samples);
        std::copy_n(source.weights, source.samples, owned_weights_.data());
        source_.weights = owned_weights_.data();
    }
}

Dataset::Dataset(StreamedSource source, bool bias, LossScaling scaling) : bias_(bias), scaling_(scaling) {
    source_.samples = source.samples;
    source_.features = source.features;
    source_.ldx = source.features;
    check_sizes(source_);
    owned_targets_ = Buffer<double>(source.samples);
    if (source.weighted) owned_weights_ = Buffer<double>(source.samples);
    stream_ = std::make_shared<Stream>(std::move(source));
    const Size piece = std::clamp<Size>(kFirstPass / source_.features, 1, source_.samples);
    Buffer<double> x(checked_product(piece, source_.features));
    for (Size first = 0; first < source_.samples; first += piece) {
        const Size count = std::min(piece, source_.samples - first);
        double* targets = owned_targets_.data() + first;
        stream_->read(first, count, x.data(), targets,
                      owned_weights_.size() > 0 ? owned_weights_.data() + first : nullptr);
        check_rows(x.data(), source_.features, first, count, source_.features);
        check_targets(targets, first, count, 1, *source_.loss);
    }
    source_.targets = owned_targets_.data();
    if (owned_weights_.size() > 0) source_.weights = owned_weights_.data();
    weight_sum_ = checked_weight_sum(source_);
}

void Dataset::set_targets(Size outputs, const double* targets, const Loss& loss) {
    checked_product(checked_product(samples(), outputs), static_cast<Size>(sizeof(double)));
    check_targets(targets, 0, samples(), outputs, loss);
    Buffer<double> owned(samples() * outputs);
    std::copy_n(targets, owned.size(), owned.data());
    owned_targets_ = std::move(owned);
    source_.targets = owned_targets_.data();
    source_.outputs = outputs;
    source_.loss = &loss;
}

void Dataset::set_decay(const Decay& decay) {
    decay_ = decay;
    decay_.bias_input = bias_;
}

Dataset Dataset::with_inputs(Size features, FillRows fill, int threads) const {
    if (stream_) {
        StreamedSource source{samples(), features, source_.weights != nullptr, {}};
        source.read = [this, fill = std::move(fill)](Size first, Size count, double* x, double* targets,
                                                     double* weights) {
            fill(first, count, x);
            if (targets != nullptr) std::fill_n(targets, count, 0.0);  // they are set below
            if (weights != nullptr) std::copy_n(source_.weights + first, count, weights);
        };
        Dataset result(std::move(source), false, scaling_);
        result.set_targets(outputs(), source_.targets, loss());
        return result;
    }
    constexpr Size kPiece = 1024;
    Buffer<double> x(checked_product(samples(), features));
    parallel_for(threads, (samples() + kPiece - 1) / kPiece, [&](Size piece, Size) {
        const Size first = piece * kPiece;
        fill(first, std::min(kPiece, samples() - first), x.data() + first * features);
    });
    DatasetSource source = source_;
    source.features = source.ldx = features;
    source.x = x.data();
    source.x32 = nullptr;
    return Dataset(source, true, false, scaling_);
}

Dataset Dataset::with_targets(Buffer<double> targets, const Loss& loss) const {
    Dataset result = with_targets(std::as_const(targets).span(), loss);
    result.owned_targets_ = std::move(targets);
    return result;
}

Dataset Dataset::with_targets(std::span<const double> targets, const Loss& loss) const {
    Dataset result(source_, bias_, scaling_, weight_sum_);
    result.stream_ = stream_;
    result.source_.targets = targets.data();
    result.source_.outputs = static_cast<Size>(targets.size()) / samples();
    result.source_.loss = &loss;
    return result;
}

void Dataset::pack(PackedBlock& block, Size begin, Size end) const {
    const Size features = source_.features;
    const Size stop = std::clamp(block.count, begin, end);  // true samples end here, padding follows
    const Size first = block.first + begin, count = stop - begin;
    double* xt = block.xt.data();
    if (source_.x != nullptr) {
        kernels::transpose_samples(source_.x + first * source_.ldx, source_.ldx, count, features, xt + begin,
                                   block.stride);
    } else if (source_.x32 != nullptr) {
        kernels::transpose_samples(source_.x32 + first * source_.ldx, source_.ldx, count, features,
                                   xt + begin, block.stride);
    } else if (count > 0) {
        const std::unique_ptr<double[]> read(new double[count * features]);
        stream_->read(first, count, read.get(), nullptr, nullptr);
        kernels::transpose_samples(read.get(), features, count, features, xt + begin, block.stride);
    }
    for (Size j = 0; j < features; ++j)
        std::fill(xt + j * block.stride + stop, xt + j * block.stride + end, 0.0);
    if (bias_) {
        std::fill(xt + features * block.stride + begin, xt + features * block.stride + stop, 1.0);
        std::fill(xt + features * block.stride + stop, xt + features * block.stride + end, 0.0);
    }
    for (Size o = 0; o < source_.outputs; ++o) {
        double* targets = block.targets.data() + o * block.stride;
        for (Size k = begin; k < stop; ++k) targets[k] = target(block.first + k, o);
        std::fill(targets + stop, targets + end, 0.0);
    }
    const double scale = this->scale();
    for (Size k = begin; k < stop; ++k) block.weights[k] = given_weight(block.first + k) * scale;
    std::fill(block.weights.data() + stop, block.weights.data() + end, 0.0);
}

void Dataset::rows(Size first, Size count, double* x) const {
    const Size features = source_.features, inputs = this->inputs();
    if (stream_ && count == 1) {
        stream_->read_row(first, x);
    } else if (stream_) {
        stream_->read(first, count, x, nullptr, nullptr);
    }
    // Streamed rows lie without the bias at first: from the last to the first they move to their place.
    for (Size k = count - 1; k >= 0; --k) {
        double* row = x + k * inputs;
        if (stream_) {
            if (bias_ && k > 0) std::copy_backward(x + k * features, x + (k + 1) * features, row + features);
        } else if (source_.x != nullptr) {
            std::copy_n(source_.x + (first + k) * source_.ldx, features, row);
        } else {
            std::copy_n(source_.x32 + (first + k) * source_.ldx, features, row);
        }
        if (bias_) row[features] = 1.0;
    }
}

}  // namespace tepui
