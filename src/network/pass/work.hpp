// What a pass is made of, and how it is run: by threads (run.cpp) and by ranks (run_ranks.cpp).
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/parallel.hpp"
#include "network/pass/block_evaluator.hpp"
#include "network/pass/rank_sums.hpp"
#include "network/pass/slab_sums.hpp"

namespace tepui {

inline constexpr const char* kCancelled = "cancelled during the pass over samples";

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

// Parts [begin, end) of one accumulator.
struct RangeTask {
    Accumulator* accumulator;
    Size begin, end;
};

// Samples [begin, end) of a slab.
struct Portion {
    Size slab, begin, end;
};

// Where there are as many slabs as threads, and sums that stay in cache, each thread takes whole slabs and
// waits for nobody; else all of them share the work on each block.
class Pass::Work {
  public:
    Work(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
         const Blocking& blocking);

    void run(const Execution& execution);
    void clear_sums() {
        for (const Lane& lane : lanes_) {
            for (Accumulator* accumulator : lane) accumulator->clear();
        }
        if (tree_) tree_->clear();
        unfinished_ = false;
    }

  private:
    Size samples() const { return data_.samples(); }
    // Blocks end where the finest slabs do, so that ranks, which share slabs of large sums there, have the
    // same.
    EvaluatedBlock open_block(BlockEvaluator& evaluator, Size first, Size end) const {
        const Size last = std::min(end, end_of_slab(first));
        return evaluator.open(first, std::min(blocking_.block, last - first));
    }
    Size end_of_slab(Size sample) const {  // the finest
        Size slab = sample / (samples() / finest_.count() + 1);
        while (finest_.end(slab) <= sample) ++slab;
        return finest_.end(slab);
    }
    static Size strips(const EvaluatedBlock& block, Size length) {
        return (block.padded + length - 1) / length;
    }
    void ask_listener(Size first) {
        if (clock_->wants_to_stop(static_cast<double>(first) / static_cast<double>(samples())))
            cancelled_ = true;
    }
    bool in_lanes() const {
        return threads_ == 1 || (copies_ && threads_ <= static_cast<int>(whole_.size()));
    }

    void require_shared(bool alone) const;

    void find_portions();

    bool add_lane();

    void open();

    void run_whole() {
        if (whole_.empty()) return;
        if (in_lanes()) {
            run_lanes();
        } else {
            run_blocks(whole_);
        }
    }

    void require_success() const {
        if (bad_.any()) throw Error(Status::numeric, bad_sample());
        if (cancelled_) throw Error(Status::cancelled, kCancelled);
    }
    std::string bad_sample() const {
        return "the residual of sample " + std::to_string(bad_.sample()) +
               " is not finite: the activations or their sum overflow";
    }

    void finish_whole() {
        if (!tree_) return;
        SlabSum root = tree_->take(tree_->levels(), 0);
        add_to_sums(root);
        tree_->drop(std::move(root));
    }
    // To what was summed before.
    void add_to_sums(const SlabSum& root) {
        for (Size piece = 0; piece < tree_->pieces(); ++piece) tree_->add(before_, root, piece);
        SlabSums::put_in(lanes_.front(), before_);
        tree_->drop(std::move(before_));
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

    void run_lanes();
    void work(std::size_t worker, bool calling_thread);
    void run_blocks(std::span<const Portion> portions, bool merge = true);
    void merge_slab(Team& team, Size slab);
    void run_with_ranks();
    void run_part(const Portion& part, Outcome& outcome);
    Outcome outcome_of_run() const;
    void chain_parts(Outcome& outcome);

    const Dataset& data_;
    const Network& network_;
    Blocking blocking_;
    int order_;
    double products_;
    Slabs finest_, slabs_;
    std::vector<Portion> whole_;
    std::optional<Portion> arriving_, leaving_;  // slabs that ranks before and after hold some samples of
    std::vector<Lane> lanes_;                    // that of the caller, and those of other threads
    std::vector<std::unique_ptr<Accumulator>> siblings_;
    std::size_t opened_ = 0;  // lanes
    bool copies_ = false;     // there are siblings
    std::optional<SlabSums> tree_;
    std::optional<RankSums> ranks_;
    SlabSum before_, current_;
    std::optional<SlabSum> half_;
    std::vector<std::unique_ptr<BlockEvaluator>> evaluators_;  // of each thread
    std::atomic<std::size_t> next_{0};                         // slab that nobody has begun
    std::vector<RangeTask> tasks_;
    int threads_ = 1, tasks_for_ = 0;
    bool unfinished_ = false;
    FirstBadSample bad_;
    std::optional<ProgressClock> clock_;
    std::atomic<bool> cancelled_{false};
};

}  // namespace tepui
