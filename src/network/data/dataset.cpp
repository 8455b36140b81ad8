#include "network/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "core/parallel.hpp"
#include "kernels/sample_rows.hpp"
#include "network/data/reader.hpp"
#include "network/data/sample_checks.hpp"

namespace tepui {

PackedBlock::PackedBlock(Size inputs, Size outputs, Size capacity)
    : xt(checked_product(inputs, capacity)), targets(checked_product(outputs, capacity)), weights(capacity) {}

Dataset::Dataset(const DatasetSource& source, bool copy, bool bias, LossScaling scaling)
    : source_(source), bias_(bias), scaling_(scaling) {
    check_shape(source);
    check_values(source);
    if (source.weights != nullptr) check_weights(source.weights, 0, source.samples);
    weight_sum_ = checked_weight_sum(source.weights, source.samples);
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
    if (source_.weights != nullptr) check_weights(source_.weights, 0, samples());
    weight_sum_ = checked_weight_sum(source_.weights, samples());
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
    if (stream_ && !share_) {
        StreamedSource source{samples(), features, source_.weights != nullptr, {}};
        source.read = [this, fill = std::move(fill)](Size first, Size count, double* x, double* targets,
                                                     double* weights) {
            fill(first, count, x);
            if (targets != nullptr) std::fill_n(targets, count, 0.0);  // they are set below
            if (weights != nullptr) std::copy_n(source_.weights + first, count, weights);
        };
        Dataset result(std::move(source), false, scaling_);
        result.set_targets(outputs(), source_.targets, loss());
        result.collective_ = collective_;
        return result;
    }
    constexpr Size kPiece = 1024;
    const Size begin = held_begin(), count = held_end() - begin;
    DatasetSource source = source_;
    source.features = source.ldx = features;
    source.x32 = nullptr;
    if (share_) {
        Dataset result(source, false, scaling_, weight_sum_);
        result.collective_ = collective_;
        result.share_ = share_;
        result.given_ = given_;
        result.own_begin_ = begin;
        result.own_end_ = begin + count;
        result.fetched_ = std::make_shared<Fetched>();
        result.owned_targets_ = Buffer<double>(checked_product(samples(), outputs()));
        std::copy_n(source_.targets, result.owned_targets_.size(), result.owned_targets_.data());
        result.source_.targets = result.owned_targets_.data();
        if (source_.weights != nullptr) {
            result.owned_weights_ = Buffer<double>(samples());
            std::copy_n(source_.weights, samples(), result.owned_weights_.data());
            result.source_.weights = result.owned_weights_.data();
        }
        if (stream_) {
            StreamedSource made{count, features, false, {}};
            made.read = [begin, fill = std::move(fill)](Size first, Size many, double* x, double*, double*) {
                fill(begin + first, many, x);
            };
            result.stream_ = std::make_shared<Stream>(std::move(made));
            result.source_.x = nullptr;
            return result;
        }
        result.owned_x_ = Buffer<double>(checked_product(count, features));
        parallel_for(threads, (count + kPiece - 1) / kPiece, [&](Size piece, Size) {
            const Size first = piece * kPiece;
            fill(begin + first, std::min(kPiece, count - first), result.owned_x_.data() + first * features);
        });
        check_rows(result.owned_x_.data(), features, begin, count, features);
        result.source_.x = result.owned_x_.data();
        return result;
    }
    Buffer<double> x(checked_product(samples(), features));
    parallel_for(threads, (samples() + kPiece - 1) / kPiece, [&](Size piece, Size) {
        const Size first = piece * kPiece;
        fill(first, std::min(kPiece, samples() - first), x.data() + first * features);
    });
    source.x = x.data();
    Dataset result(source, true, false, scaling_);
    result.collective_ = collective_;
    return result;
}

Dataset Dataset::with_targets(Buffer<double> targets, const Loss& loss) const {
    Dataset result = with_targets(std::as_const(targets).span(), loss);
    result.owned_targets_ = std::move(targets);
    return result;
}

void Dataset::set_weights(Buffer<double> weights) {
    check_weights(weights.data(), 0, samples());
    owned_weights_ = std::move(weights);
    source_.weights = owned_weights_.data();
    scaling_ = LossScaling::sum;
    weight_sum_ = checked_weight_sum(source_.weights, samples());
}

Dataset Dataset::with_targets(std::span<const double> targets, const Loss& loss) const {
    Dataset result(source_, bias_, scaling_, weight_sum_);
    result.stream_ = stream_;
    result.collective_ = collective_;
    result.share_ = share_;
    result.own_begin_ = own_begin_;
    result.own_end_ = own_end_;
    result.tail_ = tail_;
    result.fetched_ = fetched_;
    result.given_ = given_;
    result.source_.targets = targets.data();
    result.source_.outputs = static_cast<Size>(targets.size()) / samples();
    result.source_.loss = &loss;
    return result;
}

namespace {

// Never a guess at what another rank has.
void require_held(const Dataset& data, Size first, Size count) {
    if (data.share() == nullptr || (first >= data.held_begin() && first + count <= data.held_end())) return;
    throw Error(
        Status::unsupported,
        "samples are shared out over ranks, and this reads those of others: a data set that every rank "
        "has is expected (TEPUI_OPTION_GATHERED_VALUES)");
}

}  // namespace

void Dataset::pack(PackedBlock& block, Size begin, Size end) const {
    const Size features = source_.features;
    const Size stop = std::clamp(block.count, begin, end);  // true samples end here, padding follows
    const Size first = block.first + begin, count = stop - begin;
    require_held(*this, block.first, block.count);
    double* xt = block.xt.data();
    const Size local = first - own_begin_;
    const bool own = count > 0 && first + count <= own_end_;
    if (source_.x != nullptr && own) {
        kernels::transpose_samples(source_.x + local * source_.ldx, source_.ldx, count, features, xt + begin,
                                   block.stride);
    } else if (source_.x32 != nullptr && own) {
        kernels::transpose_samples(source_.x32 + local * source_.ldx, source_.ldx, count, features,
                                   xt + begin, block.stride);
    } else if (count > 0) {
        const std::unique_ptr<double[]> read(new double[count * features]);
        held_features(first, count, read.get());
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

void Dataset::prefetch(Size begin, Size end) const noexcept {
    if (stream_ || source_.ldx > kernels::kShortRow) return;
    const Size first = std::max(begin - own_begin_, Size{0});
    const Size last = std::min({end, held_end(), own_end_}) - own_begin_;
    if (first >= last) return;
    asm volatile("");  // GCC takes a function that only prefetches to do nothing, and drops its calls
    const auto ask = [&](const auto* x) {
        constexpr Size kLine = kAlignment / static_cast<Size>(sizeof(*x));
        for (Size at = first * source_.ldx; at < last * source_.ldx; at += kLine)
            __builtin_prefetch(x + at, 0, 2);
    };
    source_.x != nullptr ? ask(source_.x) : ask(source_.x32);
}

void Dataset::held_features(Size first, Size count, double* x) const {
    require_held(*this, first, count);
    const Size features = source_.features, local = first - own_begin_;
    const Size own = std::clamp<Size>(own_end_ - first, 0, count);
    if (stream_ && own == 1) {
        stream_->read_row(local, x);
    } else if (stream_ && own > 0) {
        stream_->read(local, own, x, nullptr, nullptr);
    }
    for (Size k = 0; !stream_ && k < own; ++k) {
        if (source_.x != nullptr) {
            std::copy_n(source_.x + (local + k) * source_.ldx, features, x + k * features);
        } else {
            std::copy_n(source_.x32 + (local + k) * source_.ldx, features, x + k * features);
        }
    }
    if (own < count)
        std::copy_n(tail_->data() + (first + own - own_end_) * features, (count - own) * features,
                    x + own * features);
}

// Rows lie without the bias at first: from the last to the first they move to their place.
void Dataset::spread(Size count, double* x) const {
    if (!bias_) return;
    const Size features = source_.features, inputs = features + 1;
    for (Size k = count - 1; k >= 0; --k) {
        if (k > 0) std::copy_backward(x + k * features, x + (k + 1) * features, x + k * inputs + features);
        x[k * inputs + features] = 1.0;
    }
}

void Dataset::held_rows(Size first, Size count, double* x) const {
    held_features(first, count, x);
    spread(count, x);
}

void Dataset::rows(Size first, Size count, double* x) const {
    if (!share_) {
        held_features(first, count, x);
    } else if (count == 1) {
        fetch_one(first, x);
    } else {
        fetch_features(first, count, x);
    }
    spread(count, x);
}

}  // namespace tepui
