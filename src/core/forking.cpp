#include "core/forking.hpp"

#include <pthread.h>
#include <sys/stat.h>

#include <atomic>

namespace tepui {
namespace {

std::atomic<bool> several_threads{false};
std::atomic<bool> lost_threads{false};

// Whoever made the threads: OpenMP's workers may be those of another library of the process. Linux counts
// every thread as a link of this directory, beside its own two; where that cannot be read, there may be some.
void before_fork() noexcept {
    struct stat tasks {};
    constexpr nlink_t one_thread = 3;
    several_threads = stat("/proc/self/task", &tasks) != 0 || tasks.st_nlink != one_thread;
}

void in_child() noexcept {
    if (several_threads) lost_threads = true;
}

// From when the library is loaded: a failure (no memory) leaves forked processes as they were without us.
[[maybe_unused]] const int registered = pthread_atfork(before_fork, nullptr, in_child);

}  // namespace

bool lost_threads_in_fork() noexcept {
    return lost_threads;
}

}  // namespace tepui
