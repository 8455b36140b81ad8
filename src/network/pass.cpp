#include "network/pass.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "core/parallel.hpp"
#include "network/block_evaluator.hpp"
#include "network/lanes.hpp"

namespace tepui {
namespace {

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

void require_derivatives(const Activation& activation, int order) {
    const bool smooth = activation.traits().smoothness != Smoothness::piecewise_linear;
    if (smooth && order > activation.derivatives()) {
        throw Error(Status::unsupported, "activation " + std::string(activation.name()) + " has " +
                                             std::to_string(activation.derivatives()) +
                                             " continuous derivatives, this needs " + std::to_string(order));
    }
}

int required_order(const Network& network, std::span<Accumulator* const> accumulators) {
    int order = 0;
    for (const Accumulator* accumulator : accumulators)
        order = std::max(order, accumulator->derivative_order());
    require_derivatives(network.activation, order);
    for (const Activation& activation : network.unit_activations) require_derivatives(activation, order);
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
    if (data.outputs() != network.output_count) {
        throw Error(Status::invalid_size, "the network has " + std::to_string(network.output_count) +
                                              " outputs, a sample has " + std::to_string(data.outputs()) +
                                              " targets");
    }
}

// Parts [begin, end) of one accumulator.
struct RangeTask {
    Accumulator* accumulator;
    Size begin, end;
};

// Enough tasks to share the work evenly, and no more: neighbouring parts share what they read.
std::vector<RangeTask> range_tasks(const Lane& accumulators, int threads) {
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

// One pass. Where there are as many lanes as threads, each thread takes whole blocks and waits for nobody;
// else all of them share the work on each block.
class Pass {
  public:
    Pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
         const Blocking& blocking, const Execution& execution)
        : data_(data),
          network_(network),
          blocking_(blocking),
          order_(required_order(network, accumulators)),
          lanes_(accumulators, blocking.lanes),
          threads_(worthwhile_threads(data, network, accumulators, execution.threads)),
          clock_(execution) {}

    void run() {
        if (threads_ <= lanes_.count()) {
            run_lanes();
        } else {
            run_blocks();
        }
        if (bad_.any()) {
            throw Error(Status::numeric, "the residual of sample " + std::to_string(bad_.sample()) +
                                             " is not finite: the activations or their sum overflow");
        }
        if (cancelled_) throw Error(Status::cancelled, "cancelled during the pass over samples");
    }

  private:
    Size samples() const { return data_.samples(); }
    EvaluatedBlock open(BlockEvaluator& evaluator, Size first) const {
        return evaluator.open(first, std::min(blocking_.block, samples() - first));
    }
    Size strips(const EvaluatedBlock& block) const {
        return (block.padded + blocking_.strip - 1) / blocking_.strip;
    }
    void ask_listener(Size first) {
        if (clock_.wants_to_stop(static_cast<double>(first) / static_cast<double>(samples())))
            cancelled_ = true;
    }

    // False when a sample of the strip is not finite.
    bool fill(BlockEvaluator& evaluator, const EvaluatedBlock& block, Size strip, const Lane& lane) {
        const Size begin = strip * blocking_.strip;
        const Size end = std::min(begin + blocking_.strip, block.padded);
        const Size offending = evaluator.fill(begin, end);
        if (offending >= 0) {
            bad_.note(offending);
            return false;
        }
        for (Accumulator* accumulator : lane) accumulator->prepare(block, begin, end);
        return true;
    }

    // Every thread decides alike: they have met after the last block, and meet before anything can fail.
    void merge(Team& team) {
        const bool complete = !cancelled_ && !bad_.any() && !team.failed();
        team.wait();
        if (complete) lanes_.merge(team);
    }

    void run_lanes();
    void work(BlockEvaluator& evaluator, RunQueue& queue, bool calling_thread);
    void run_blocks();

    const Dataset& data_;
    const Network& network_;
    const Blocking& blocking_;
    int order_;
    Lanes lanes_;
    int threads_;
    FirstBadSample bad_;
    ProgressClock clock_;
    std::atomic<bool> cancelled_{false};
};

void Pass::run_lanes() {
    const Size run = blocking_.block * blocking_.run;
    RunQueue queue((samples() + run - 1) / run, lanes_.count());
    std::vector<BlockEvaluator> evaluators;
    evaluators.reserve(static_cast<std::size_t>(threads_));
    for (int t = 0; t < threads_; ++t) evaluators.emplace_back(data_, network_, blocking_.block, order_);
    lanes_.begin(evaluators.front().stride());
    run_team(threads_, [&](Team& team) {
        team.phase(threads_, [&](Size worker, Size thread) {
            try {
                work(evaluators[static_cast<std::size_t>(worker)], queue, thread == 0);
            } catch (...) {
                queue.close();
                throw;
            }
        });
        merge(team);
    });
}

void Pass::work(BlockEvaluator& evaluator, RunQueue& queue, bool calling_thread) {
    for (Size run = queue.take(); run >= 0; run = queue.take_after(run)) {
        const Lane& lane = lanes_.of_run(run);
        const Size begin = run * blocking_.run * blocking_.block;
        const Size end = std::min(begin + blocking_.run * blocking_.block, samples());
        for (Size first = begin; first < end; first += blocking_.block) {
            if (calling_thread) ask_listener(first);
            // Others go on before an offending sample: they may find an earlier one.
            if (cancelled_ || first > bad_.sample()) return;
            const EvaluatedBlock block = open(evaluator, first);
            bool finite = true;
            for (Size strip = 0; strip < strips(block) && finite; ++strip)
                finite = fill(evaluator, block, strip, lane);
            if (!finite) break;
            for (Accumulator* accumulator : lane) accumulator->add(block, 0, accumulator->parts());
        }
    }
}

void Pass::run_blocks() {
    BlockEvaluator evaluator(data_, network_, blocking_.block, order_);
    lanes_.begin(evaluator.stride());
    std::vector<std::vector<RangeTask>> tasks;
    for (Size l = 0; l < lanes_.count(); ++l) tasks.push_back(range_tasks(lanes_.of_run(l), threads_));
    EvaluatedBlock block = open(evaluator, 0);
    run_team(threads_, [&](Team& team) {
        for (;;) {
            const Size run = block.first / blocking_.block / blocking_.run;
            const Lane& lane = lanes_.of_run(run);
            team.phase(strips(block), [&](Size strip, Size) { fill(evaluator, block, strip, lane); });
            if (omp_get_thread_num() == 0) ask_listener(block.first);
            const std::vector<RangeTask>& ranges = tasks[static_cast<std::size_t>(run % lanes_.count())];
            team.phase(static_cast<Size>(ranges.size()), [&](Size task, Size) {
                const RangeTask& range = ranges[static_cast<std::size_t>(task)];
                if (!bad_.any()) range.accumulator->add(block, range.begin, range.end);
            });
            // Every thread decides alike: nothing below changes before all have passed the barrier.
            const Size next = block.first + block.count;
            const bool stop = cancelled_ || bad_.any() || team.failed() || next >= samples();
            team.wait();
            if (stop) break;
            team.phase(1, [&](Size, Size) { block = open(evaluator, next); });
        }
        merge(team);
    });
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
    Pass(data, network, accumulators, blocking, execution).run();
}

}  // namespace tepui
