#include "network/pass.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "core/parallel.hpp"
#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"

namespace tepui {
namespace {

constexpr int kOrders = 4;  // sigma and three derivatives

// Rows a power of two apart would all fall into the same cache sets.
Size row_stride(Size block) {
    return block % 512 == 0 ? block + kSamplePadding : block;
}

// The buffers of one block and the phase that fills them.
class BlockEvaluator {
  public:
    BlockEvaluator(const Dataset& data, const Network& network, Size block, int order)
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

    Size stride() const noexcept { return packed_.stride; }

    EvaluatedBlock open(Size first, Size count) {
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

    // Fills samples [begin, end) of the open block; returns the first whose residual is not finite, or -1.
    Size fill(Size begin, Size end) {
        data_.pack(packed_, begin, end);
        if (network_.width > 0) {
            kernels::preactivations(network_.parameters.data(), network_.inputs, network_.width,
                                    network_.inputs, packed_.xt.data() + begin, packed_.stride, end - begin,
                                    z_.data() + begin, packed_.stride);
        }
        for (Size i = 0; i < network_.width; ++i) activate(i, begin, end);
        kernels::network_outputs(network_.outputs(), network_.width, sigma_[0].data() + begin, packed_.stride,
                                 packed_.targets.data() + begin, end - begin, f_.data() + begin,
                                 magnitude_.data() + begin);
        return finish_residuals(begin, end);
    }

  private:
    // A user's callback sees true samples only.
    void activate(Size i, Size begin, Size end) {
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

    Size finish_residuals(Size begin, Size end) {
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
        return packed_.first + (std::find_if_not(residuals + begin, residuals + stop,
                                                 [](double r) { return std::isfinite(r); }) -
                                residuals);
    }

    const Dataset& data_;
    const Network& network_;
    PackedBlock packed_;
    Buffer<double> f_, residuals_, weighted_residuals_, magnitude_;
    Buffer<double> z_;
    Buffer<double> sigma_[kOrders];
};

// The lowest offending sample of a block, whichever thread sees it first.
class FirstBadSample {
  public:
    void note(Size sample) noexcept {
        Size seen = sample_.load();
        while (sample < seen && !sample_.compare_exchange_weak(seen, sample)) {
        }
    }
    bool any() const noexcept { return sample_.load() != INT64_MAX; }
    Size sample() const noexcept { return sample_.load(); }

  private:
    std::atomic<Size> sample_{INT64_MAX};
};

// Tells the listener how far the pass is, a few dozen times a second at most; the calling thread only.
class ProgressClock {
  public:
    explicit ProgressClock(const Execution& execution) : execution_(execution), last_(Clock::now()) {}
    bool wants_to_stop(double fraction) {
        const Clock::time_point now = Clock::now();
        if (now - last_ < std::chrono::milliseconds(25)) return false;
        last_ = now;
        return !execution_.report("pass over samples", fraction);
    }

  private:
    using Clock = std::chrono::steady_clock;
    const Execution& execution_;
    Clock::time_point last_;
};

// Parts [begin, end) of one accumulator.
struct RangeTask {
    Accumulator* accumulator;
    Size begin, end;
};

// Enough tasks to share the work evenly, and no more: neighbouring parts share what they read.
std::vector<RangeTask> range_tasks(std::span<Accumulator* const> accumulators, int threads) {
    constexpr Size kTasksPerThread = 4;
    std::vector<RangeTask> tasks;
    for (Accumulator* accumulator : accumulators) {
        const Size parts = accumulator->parts();
        const Size ranges =
            threads > 1 ? std::min(parts, kTasksPerThread * threads) : std::min(parts, Size{1});
        for (Size range = 0; range < ranges; ++range)
            tasks.push_back({accumulator, parts * range / ranges, parts * (range + 1) / ranges});
    }
    return tasks;
}

int required_order(const Network& network, std::span<Accumulator* const> accumulators) {
    int order = 0;
    for (const Accumulator* accumulator : accumulators)
        order = std::max(order, accumulator->derivative_order());
    const bool smooth = network.activation.traits().smoothness != Smoothness::piecewise_linear;
    if (smooth && order > network.activation.derivatives()) {
        throw Error(Status::unsupported, "activation " + std::string(network.activation.name()) + " has " +
                                             std::to_string(network.activation.derivatives()) +
                                             " continuous derivatives, this needs " + std::to_string(order));
    }
    return order;
}

// Results do not depend on the answer.
int worthwhile_threads(const Dataset& data, const Network& network,
                       std::span<Accumulator* const> accumulators, int threads) {
    double products = 0.0;
    for (const Accumulator* accumulator : accumulators) products += accumulator->products_per_sample();
    products += static_cast<double>(network.width) *
                (static_cast<double>(network.inputs) + network.activation.products());
    return tepui::worthwhile_threads(products * static_cast<double>(data.samples()), threads);
}

void check_inputs(const Dataset& data, const Network& network) {
    if (data.inputs() != network.inputs) {
        throw Error(Status::invalid_size, "the network has " + std::to_string(network.inputs) +
                                              " inputs, the data set gives " + std::to_string(data.inputs()) +
                                              (data.bias() ? " with its bias" : ""));
    }
}

}  // namespace

void run_pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
              const Execution& execution) {
    check_inputs(data, network);
    Size preferred = 0;
    for (const Accumulator* accumulator : accumulators)
        preferred = std::max(preferred, accumulator->preferred_block());
    run_pass(data, network, accumulators,
             choose_blocking(data.samples(), network.width, network.inputs, preferred), execution);
}

void run_pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
              const Blocking& blocking, const Execution& execution) {
    check_inputs(data, network);
    BlockEvaluator evaluator(data, network, blocking.block, required_order(network, accumulators));
    for (Accumulator* accumulator : accumulators) accumulator->begin(evaluator.stride());
    const int threads = worthwhile_threads(data, network, accumulators, execution.threads);
    const std::vector<RangeTask> tasks = range_tasks(accumulators, threads);
    const Size samples = data.samples();

    FirstBadSample bad;
    ProgressClock clock(execution);
    bool cancelled =
        false;  // written by the calling thread between two barriers, read by all after the second
    EvaluatedBlock block = evaluator.open(0, std::min(blocking.block, samples));
    run_team(threads, [&](Team& team) {
        for (;;) {
            const Size strips = (block.padded + blocking.strip - 1) / blocking.strip;
            team.phase(strips, [&](Size strip, Size) {
                const Size begin = strip * blocking.strip;
                const Size end = std::min(begin + blocking.strip, block.padded);
                const Size offending = evaluator.fill(begin, end);
                if (offending >= 0) {
                    bad.note(offending);
                    return;
                }
                for (Accumulator* accumulator : accumulators) accumulator->prepare(block, begin, end);
            });
            if (omp_get_thread_num() == 0) {
                cancelled =
                    clock.wants_to_stop(static_cast<double>(block.first) / static_cast<double>(samples));
            }
            team.phase(static_cast<Size>(tasks.size()), [&](Size task, Size) {
                const RangeTask& range = tasks[task];
                if (!bad.any()) range.accumulator->add_range(block, range.begin, range.end);
            });
            // Every thread decides alike: nothing below changes before all have passed the barrier.
            const Size next = block.first + block.count;
            const bool stop = cancelled || bad.any() || team.failed() || next >= samples;
#pragma omp barrier
            if (stop) break;
#pragma omp single
            block = evaluator.open(next, std::min(blocking.block, samples - next));
        }
    });
    if (bad.any()) {
        throw Error(Status::numeric, "the residual of sample " + std::to_string(bad.sample()) +
                                         " is not finite: the activations or their sum overflow");
    }
    if (cancelled) throw Error(Status::cancelled, "cancelled during the pass over samples");
}

}  // namespace tepui
