// Timed calls, each between two looks at what the core gives at that moment (machine_limits.hpp): the peak of
// a whole run says little about a call that another hardware thread slowed down.
#pragma once

#include <omp.h>

#include <algorithm>
#include <vector>

#include "machine_limits.hpp"
#include "timing.hpp"

namespace tepui::bench {

// One thread: its processor time; several: the wall clock.
inline double now_on(int threads) {
    return threads == 1 ? thread_seconds() : omp_get_wtime();
}

class Moments {
  public:
    explicit Moments(int threads) : threads_(threads) {}

    // body() once between two tiles, which counts as `calls` calls.
    template <class Body>
    void time(long calls, const Body& body) {
        const double before = tile_rate(threads_);
        const double begin = now_on(threads_);
        body();
        const double taken = (now_on(threads_) - begin) / static_cast<double>(calls);
        const double after = tile_rate(threads_);
        seconds_.push_back(taken);
        tile_.push_back(0.5 * (before + after));
        least_.push_back(std::min(before, after));
    }

    const std::vector<double>& seconds() const noexcept { return seconds_; }
    // Median rate over that of the tile beside it.
    double of_tile(double flops) const {
        std::vector<double> ratios;
        for (std::size_t r = 0; r < seconds_.size(); ++r) ratios.push_back(flops / seconds_[r] / tile_[r]);
        return median(ratios);
    }
    // Median seconds of the calls between two tiles that reached the peak: the core was this program's alone.
    // Their number; none below kFewest, which tell nothing.
    struct Undisturbed {
        int calls = 0;
        double seconds = 0.0;
    };
    Undisturbed undisturbed(double peak) const {
        constexpr double kWhole = 0.93;
        constexpr std::size_t kFewest = 3;
        std::vector<double> alone;
        for (std::size_t r = 0; r < seconds_.size(); ++r) {
            if (least_[r] >= kWhole * peak) alone.push_back(seconds_[r]);
        }
        if (alone.size() < kFewest) return {};
        return {static_cast<int>(alone.size()), median(alone)};
    }

  private:
    int threads_;
    std::vector<double> seconds_, tile_, least_;
};

}  // namespace tepui::bench
