// One OpenMP parallel region per operation, exceptions carried out of it, any team size accepted.
#pragma once

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>

#include "core/sizes.hpp"

namespace tepui {

// Where the threads of a team wait for each other: a moment awake, then asleep. OpenMP's own barriers stay
// awake for milliseconds, and where other programs want the cores too, that is what the last to arrive waits
// for.
class Barrier {
  public:
    // With more threads than cores, somebody needs the core of whoever stays awake.
    explicit Barrier(int threads)
        : turns_awake_(threads > 1 && threads > omp_get_num_procs() ? 0 : kTurnsAwake) {}
    // Returns when all of the team have called it; the last to arrive calls `before_leaving` first.
    template <class Action>
    void wait(Action&& before_leaving) {
        const int round = round_.load(std::memory_order_acquire);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == omp_get_num_threads()) {
            arrived_.store(0, std::memory_order_relaxed);
            before_leaving();
            round_.store(round + 1, std::memory_order_release);
            round_.notify_all();
            return;
        }
        for (int turn = 0; turn < turns_awake_; ++turn) {
            if (round_.load(std::memory_order_acquire) != round) return;
            pause();
        }
        round_.wait(round, std::memory_order_acquire);
    }

  private:
    static constexpr int kTurnsAwake = 10000;  // about half a millisecond

    static void pause() noexcept {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ __volatile__("yield");
#endif
    }

    const int turns_awake_;
    std::atomic<int> arrived_{0}, round_{0};
};

// A team inside one parallel region. Phases are sets of independent tasks separated by barriers; which thread
// runs a task never influences its result.
class Team {
  public:
    explicit Team(int threads) : barrier_(threads) {}
    // Runs body(task, thread) for every task in [0, count), then waits for all. Called by every thread of the
    // team.
    template <class Body>
    void phase(Size count, Body&& body) {
        for (Size task = 0; (task = next_.fetch_add(1, std::memory_order_relaxed)) < count;) {
            if (failed_.load(std::memory_order_relaxed)) continue;
            try {
                body(task, static_cast<Size>(omp_get_thread_num()));
            } catch (...) {
                if (!failed_.exchange(true)) error_ = std::current_exception();
            }
        }
        wait();
    }
    void wait() {
        barrier_.wait([&] { next_.store(0, std::memory_order_relaxed); });
    }
    bool failed() const noexcept { return failed_.load(std::memory_order_relaxed); }
    void rethrow() const {
        if (error_) std::rethrow_exception(error_);
    }

  private:
    Barrier barrier_;
    std::atomic<Size> next_{0};  // task of this phase that nobody has begun
    std::atomic<bool> failed_{false};
    std::exception_ptr error_;
};

// body(team) runs on every thread of one team of at most `threads`; the first exception of a phase is
// rethrown here.
template <class Body>
void run_team(int threads, Body&& body) {
    Team team(threads);
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
