#include <algorithm>

#include "network/pass/work.hpp"

namespace tepui {
namespace {

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

void Pass::Work::run_lanes() {
    run_team(threads_, [&](Team& team) {
        team.phase(threads_, [&](Size worker, Size thread) {
            try {
                work(static_cast<std::size_t>(worker), thread == 0);
            } catch (...) {
                next_ = whole_.size();
                throw;
            }
        });
    });
}

void Pass::Work::work(std::size_t worker, bool calling_thread) {
    BlockEvaluator& evaluator = *evaluators_[worker];
    const Lane& lane = lanes_[worker];
    const Size length = 2 * blocking_.strip;  // nobody waits for a strip: longer ones begin less often
    for (std::size_t at = next_++; at < whole_.size(); at = next_++) {
        const Portion& slab = whole_[at];
        bool finite = true;
        for (Size first = slab.begin; first < slab.end;) {
            if (calling_thread) ask_listener(first);
            // Others go on before an offending sample: they may find an earlier one.
            if (cancelled_ || first > bad_.sample()) return;
            const EvaluatedBlock block = open_block(evaluator, first, slab.end);
            for (Size strip = 0; strip < strips(block, length) && finite; ++strip)
                finite = fill(evaluator, block, strip, length, lane);
            if (!finite) break;
            for (Accumulator* accumulator : lane) accumulator->add(block, 0, accumulator->parts());
            first += block.count;
        }
        if (finite && tree_) tree_->place(tree_->take_out(lane, slab.slab));
    }
}

void Pass::Work::run_blocks(std::span<const Portion> portions, bool merge) {
    BlockEvaluator& evaluator = *evaluators_.front();
    const Lane& lane = lanes_.front();
    if (tasks_for_ != threads_) tasks_ = range_tasks(lane, threads_);
    tasks_for_ = threads_;
    std::size_t at = 0;
    EvaluatedBlock block = open_block(evaluator, portions[0].begin, portions[0].end);
    run_team(threads_, [&](Team& team) {
        for (;;) {
            team.phase(strips(block, blocking_.strip),
                       [&](Size strip, Size) { fill(evaluator, block, strip, blocking_.strip, lane); });
            if (omp_get_thread_num() == 0) ask_listener(block.first);
            team.phase(static_cast<Size>(tasks_.size()), [&](Size task, Size) {
                const RangeTask& range = tasks_[task];
                if (!bad_.any()) range.accumulator->add(block, range.begin, range.end);
            });
            // Every thread decides alike: nothing below changes before all have passed the barrier.
            const Portion& slab = portions[at];
            const Size next = block.first + block.count;
            const bool complete = next >= slab.end, last = at + 1 == portions.size();
            const bool stop = cancelled_ || bad_.any() || team.failed();
            team.wait();
            if (stop) break;
            if (complete && tree_ && merge) merge_slab(team, slab.slab);
            if (complete && last) break;
            team.phase(1, [&](Size, Size) {
                if (complete) ++at;
                block = open_block(evaluator, complete ? portions[at].begin : next, portions[at].end);
            });
        }
    });
}

// The threads share the additions; what they decide by is written by one of them, before a barrier.
void Pass::Work::merge_slab(Team& team, Size slab) {
    team.phase(1, [&](Size, Size) {
        half_.reset();
        current_ = tree_->take_out(lanes_.front(), slab);
    });
    for (;;) {
        team.phase(1, [&](Size, Size) {
            half_ = tree_->other_half(current_);
            if (half_ && (current_.index & 1) != 0) std::swap(current_, *half_);
        });
        if (!half_) break;
        team.phase(tree_->pieces(), [&](Size piece, Size) { tree_->add(current_, *half_, piece); });
        team.phase(1, [&](Size, Size) {
            SlabSum merged = std::move(*half_);
            half_.reset();
            SlabSums::rise(current_);
            tree_->drop(std::move(merged));
        });
    }
    team.phase(1, [&](Size, Size) { tree_->keep(std::move(current_)); });
}

}  // namespace tepui
