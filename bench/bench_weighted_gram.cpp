// The weighted Gram at the shapes of inner Hessians (rows = neurons) and full Hessians (rows = pairs of
// neurons). flops: the triangle only, 2 Q n d (d + 1) / 2.
#include "gram_workload.hpp"
#include "kernel_timing.hpp"

using namespace tepui;

namespace {

void weighted_gram(benchmark::State& state) {
    bench::GramWorkload problem(state.range(0), state.range(1), state.range(2));
    const int threads = static_cast<int>(state.range(3));
    bench::report_against_peak(state, problem.flops(), threads, [&] { problem.run_on(threads); });
}

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"Q", "d", "n", "threads"});
    const int most = std::min(2, omp_get_num_procs());
    for (int threads = 1; threads <= most; ++threads) {
        for (const Size q : {24, 96, 240}) {
            for (const Size d : {32, 64, 256}) benchmark->Args({q, d, d == 256 ? 768 : 1536, threads});
        }
        benchmark->Args({24, 784, 576, threads});
        benchmark->Args({24, 10, 16384, threads});
        for (const Size q : {1, 4, 8}) benchmark->Args({q, 64, 4096, threads});
    }
}

BENCHMARK(weighted_gram)->Apply(shapes)->UseManualTime()->MinTime(0.3)->Unit(benchmark::kMillisecond);

}  // namespace
