// Times a kernel against the multiply-add peak of the same moments: peak and kernel alternate, both count by
// their best, so that a busy machine slows both or neither. Reports through Google Benchmark counters.
#pragma once

#include <benchmark/benchmark.h>
#include <omp.h>

#include <algorithm>

#include "machine_limits.hpp"

namespace tepui::bench {

// One call of work() counts as `flops` useful flops. Iteration time is the best call's.
template <class Work>
void report_against_peak(benchmark::State& state, double flops, int threads, const Work& work) {
    double peak = fma_peak(threads, 4);
    double best = 1e300;
    work();
    for (auto _ : state) {
        double fastest = 1e300;
        for (int r = 0; r < 3; ++r) {
            const double begin = omp_get_wtime();
            work();
            fastest = std::min(fastest, omp_get_wtime() - begin);
        }
        peak = std::max(peak, fma_peak(threads, 1));
        best = std::min(best, fastest);
        state.SetIterationTime(fastest);
    }
    state.counters["gflops"] = flops / best * 1e-9;
    state.counters["peak"] = peak * 1e-9;
    state.counters["ratio"] = flops / best / peak;
}

}  // namespace tepui::bench
