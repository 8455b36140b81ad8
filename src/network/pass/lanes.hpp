// Lanes: sums of a pass that threads form independently, each over runs of blocks of its own, and that are
// merged at the end. How many there are and which runs are whose depends on the problem alone, so the sums do
// not depend on the threads.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/parallel.hpp"
#include "network/pass/pass.hpp"

namespace tepui {

using Lane = std::vector<Accumulator*>;

class Lanes {
  public:
    // The given accumulators are the first lane; the others are their siblings, none unless each of them has
    // one.
    Lanes(std::span<Accumulator* const> accumulators, Size wanted);

    Size count() const noexcept { return static_cast<Size>(lanes_.size()); }
    const Lane& of_run(Size run) const { return lanes_[run % count()]; }
    void open(Size stride);
    void clear();
    // All sums into the first lane; called by every thread of the team.
    void merge(Team& team);

  private:
    std::vector<Lane> lanes_;
    std::vector<std::unique_ptr<Accumulator>> siblings_;
};

// Hands out runs 0 .. runs - 1, always the earliest whose lane is free: run r belongs to lane r % lanes, and
// the runs of one lane come one after the other.
class RunQueue {
  public:
    RunQueue(Size runs, Size lanes);
    // From the first run on.
    void open();
    // -1: nothing is left to this thread.
    Size take();
    Size take_after(Size finished);
    // Nothing more is handed out.
    void close();

  private:
    Size earliest();

    std::mutex mutex_;
    const Size runs_;
    bool closed_ = false;
    std::vector<Size> next_;  // of each lane
    std::vector<bool> busy_;
};

}  // namespace tepui
