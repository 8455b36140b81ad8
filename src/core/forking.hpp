// Processes that were forked from a process with several threads.
#pragma once

namespace tepui {

// True in a process, and in those forked from it, that was forked while its parent had other threads. They
// did not come along, but OpenMP would wait for them forever: such a process computes on one thread.
bool lost_threads_in_fork() noexcept;

}  // namespace tepui
