// Seconds of one call, and what counts of many.
#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

namespace tepui::bench {

// Processor time of this thread: on a busy machine the time spent waiting for a core belongs to neither side.
inline double thread_seconds() {
    timespec now = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Body>
double seconds(Body&& body) {
    const double start = thread_seconds();
    body();
    return thread_seconds() - start;
}

inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

}  // namespace tepui::bench
