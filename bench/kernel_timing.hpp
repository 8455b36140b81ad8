// Times a kernel against the multiply-add peak of the same run and the register tile of the same moments.
// Reports through Google Benchmark counters.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>

#include "moments.hpp"

namespace tepui::bench {

// One call of work() counts as `flops` useful flops. ratio: the median call over the peak; at_best: the best
// one; of_tile, undisturbed: as in Moments, the latter over the peak too, 0 where no call was.
template <class Work>
void report_against_peak(benchmark::State& state, double flops, int threads, const Work& work) {
    double peak = fma_peak(threads, 4);
    Moments moments(threads);
    work();
    for (auto _ : state) {
        moments.time(1, work);
        peak = std::max(peak, fma_peak(threads, 1));
        state.SetIterationTime(moments.seconds().back());
    }
    const double typical = median(moments.seconds());
    const Moments::Undisturbed alone = moments.undisturbed(peak);
    state.counters["gflops"] = flops / typical * 1e-9;
    state.counters["peak"] = peak * 1e-9;
    state.counters["ratio"] = flops / typical / peak;
    state.counters["at_best"] = flops / *std::ranges::min_element(moments.seconds()) / peak;
    state.counters["of_tile"] = moments.of_tile(flops);
    state.counters["undisturbed"] = alone.calls > 0 ? flops / alone.seconds / peak : 0.0;
    state.counters["undisturbed_calls"] = alone.calls;
}

}  // namespace tepui::bench
