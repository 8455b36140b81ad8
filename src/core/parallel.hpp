// One OpenMP parallel region per operation, exceptions carried out of it, any team size accepted.
#pragma once

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>

#include "core/sizes.hpp"

namespace tepui {

// A team inside one parallel region. Phases are sets of independent tasks separated by barriers; which thread
// runs a task never influences its result.
class Team {
  public:
    // Runs body(task, thread) for every task in [0, count), then waits for all. Called by every thread of the
    // team.
    template <class Body>
    void phase(Size count, Body&& body) {
#pragma omp for schedule(dynamic, 1)
        for (Size task = 0; task < count; ++task) {
            if (failed_.load(std::memory_order_relaxed)) continue;
            try {
                body(task, static_cast<Size>(omp_get_thread_num()));
            } catch (...) {
                if (!failed_.exchange(true)) error_ = std::current_exception();
            }
        }
    }
    bool failed() const noexcept {
        return failed_.load(std::memory_order_relaxed);
    }
    void rethrow() const {
        if (error_) std::rethrow_exception(error_);
    }

  private:
    std::atomic<bool> failed_{false};
    std::exception_ptr error_;
};

// body(team) runs on every thread of one team of at most `threads`; the first exception of a phase is
// rethrown here.
template <class Body>
void run_team(int threads, Body&& body) {
    Team team;
#pragma omp parallel num_threads(threads)
    body(team);
    team.rethrow();
}

// How many of the threads are worth waking for so many products: each costs as much as tens of thousands of
// them. For operations whose results do not depend on the answer.
inline int worthwhile_threads(double products, int threads) {
    constexpr double kProductsPerThread = 5e4;
    const double worthwhile = products / kProductsPerThread;
    return worthwhile >= threads ? threads : std::max(1, static_cast<int>(worthwhile));
}

// Independent tasks without further structure.
template <class Body>
void parallel_for(int threads, Size count, Body&& body) {
    if (threads <= 1 || count <= 1) {
        for (Size task = 0; task < count; ++task) body(task, Size{0});
        return;
    }
    run_team(threads, [&](Team& team) { team.phase(count, body); });
}

}  // namespace tepui
