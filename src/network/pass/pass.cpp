#include "network/pass/pass.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/parallel.hpp"
#include "network/pass/block_evaluator.hpp"
#include "network/pass/lanes.hpp"

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
    void forget() noexcept { sample_.store(INT64_MAX); }
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

double products_per_sample(const Network& network, std::span<Accumulator* const> accumulators) {
    double products = static_cast<double>(network.width) *
                      (static_cast<double>(network.inputs) + network.activation.products());
    for (const Accumulator* accumulator : accumulators) products += accumulator->products_per_sample();
    return products;
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

}  // namespace

// Where there are as many lanes as threads, each thread takes whole blocks and waits for nobody; else all of
// them share the work on each block.
class Pass::Work {
  public:
    Work(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
         const Blocking& blocking)
        : data_(data),
          network_(network),
          blocking_(blocking),
          order_(required_order(network, accumulators)),
          lanes_(accumulators, blocking.lanes),
          products_(products_per_sample(network, accumulators)),
          queue_((samples() + run_length() - 1) / run_length(), lanes_.count()) {}

    void run(const Execution& execution) {
        threads_ = worthwhile_threads(products_ * static_cast<double>(samples()), execution.threads);
        const bool in_lanes = threads_ <= lanes_.count();
        open_evaluators(in_lanes ? threads_ : 1);
        bad_.forget();
        cancelled_ = false;
        clock_.emplace(execution);
        if (in_lanes) {
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
    void clear_sums() { lanes_.clear(); }

  private:
    Size samples() const { return data_.samples(); }
    Size run_length() const { return blocking_.block * blocking_.run; }
    EvaluatedBlock open(BlockEvaluator& evaluator, Size first) const {
        return evaluator.open(first, std::min(blocking_.block, samples() - first));
    }
    static Size strips(const EvaluatedBlock& block, Size length) {
        return (block.padded + length - 1) / length;
    }
    void ask_listener(Size first) {
        if (clock_->wants_to_stop(static_cast<double>(first) / static_cast<double>(samples())))
            cancelled_ = true;
    }

    // False when a sample of the strip is not finite.
    bool fill(BlockEvaluator& evaluator, const EvaluatedBlock& block, Size strip, Size length,
              const Lane& lane) {
        const Size begin = strip * length;
        const Size end = std::min(begin + length, block.padded);
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

    // At the parameters that the network has now.
    void open_evaluators(int count) {
        while (evaluators_.size() < static_cast<std::size_t>(count))
            evaluators_.push_back(std::make_unique<BlockEvaluator>(data_, network_, blocking_.block, order_));
        for (const auto& evaluator : evaluators_) evaluator->read_parameters();
        if (!open_) lanes_.open(evaluators_.front()->stride());
        open_ = true;
    }

    void run_lanes();
    void work(BlockEvaluator& evaluator, bool calling_thread);
    void run_blocks();

    const Dataset& data_;
    const Network& network_;
    Blocking blocking_;
    int order_;
    Lanes lanes_;
    double products_;
    std::vector<std::unique_ptr<BlockEvaluator>> evaluators_;  // of each thread
    RunQueue queue_;
    std::vector<std::vector<RangeTask>> tasks_;  // of each lane
    int threads_ = 1, tasks_for_ = 0;
    bool open_ = false;
    FirstBadSample bad_;
    std::optional<ProgressClock> clock_;
    std::atomic<bool> cancelled_{false};
};

void Pass::Work::run_lanes() {
    queue_.open();
    run_team(threads_, [&](Team& team) {
        team.phase(threads_, [&](Size worker, Size thread) {
            try {
                work(*evaluators_[worker], thread == 0);
            } catch (...) {
                queue_.close();
                throw;
            }
        });
        merge(team);
    });
}

void Pass::Work::work(BlockEvaluator& evaluator, bool calling_thread) {
    const Size length = 2 * blocking_.strip;  // nobody waits for a strip: longer ones begin less often
    for (Size run = queue_.take(); run >= 0; run = queue_.take_after(run)) {
        const Lane& lane = lanes_.of_run(run);
        const Size begin = run * run_length();
        const Size end = std::min(begin + run_length(), samples());
        for (Size first = begin; first < end; first += blocking_.block) {
            if (calling_thread) ask_listener(first);
            // Others go on before an offending sample: they may find an earlier one.
            if (cancelled_ || first > bad_.sample()) return;
            const EvaluatedBlock block = open(evaluator, first);
            bool finite = true;
            for (Size strip = 0; strip < strips(block, length) && finite; ++strip)
                finite = fill(evaluator, block, strip, length, lane);
            if (!finite) break;
            for (Accumulator* accumulator : lane) accumulator->add(block, 0, accumulator->parts());
        }
    }
}

void Pass::Work::run_blocks() {
    BlockEvaluator& evaluator = *evaluators_.front();
    if (tasks_for_ != threads_) {
        tasks_.clear();
        for (Size l = 0; l < lanes_.count(); ++l) tasks_.push_back(range_tasks(lanes_.of_run(l), threads_));
        tasks_for_ = threads_;
    }
    EvaluatedBlock block = open(evaluator, 0);
    run_team(threads_, [&](Team& team) {
        for (;;) {
            const Size run = block.first / run_length();
            const Lane& lane = lanes_.of_run(run);
            team.phase(strips(block, blocking_.strip),
                       [&](Size strip, Size) { fill(evaluator, block, strip, blocking_.strip, lane); });
            if (omp_get_thread_num() == 0) ask_listener(block.first);
            const std::vector<RangeTask>& ranges = tasks_[run % lanes_.count()];
            team.phase(static_cast<Size>(ranges.size()), [&](Size task, Size) {
                const RangeTask& range = ranges[task];
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

Pass::Pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators) {
    check_inputs(data, network);
    Size preferred = 0;
    for (const Accumulator* accumulator : accumulators)
        preferred = std::max(preferred, accumulator->preferred_block());
    work_ = std::make_unique<Work>(data, network, accumulators,
                                   choose_blocking(data.samples(), network.width, network.inputs, preferred));
}

Pass::Pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
           const Blocking& blocking) {
    check_inputs(data, network);
    work_ = std::make_unique<Work>(data, network, accumulators, blocking);
}

Pass::~Pass() = default;

void Pass::run(const Execution& execution) {
    work_->run(execution);
}

void Pass::run_anew(const Execution& execution) {
    work_->clear_sums();
    work_->run(execution);
}

}  // namespace tepui
