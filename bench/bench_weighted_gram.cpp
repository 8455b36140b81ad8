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

// In single precision, in turns with double: over_double is the ratio of the medians, at_best of the best.
void single_gram(benchmark::State& state) {
    bench::GramWorkload problem(state.range(0), state.range(1), state.range(2));
    bench::GramWorkloadOf<float> single(state.range(0), state.range(1), state.range(2));
    const int threads = static_cast<int>(state.range(3));
    std::vector<double> in_double, in_single;
    const auto time = [threads](auto& work) {
        const double begin = bench::now_on(threads);
        work.run_on(threads);
        return bench::now_on(threads) - begin;
    };
    time(single);
    for (auto _ : state) {
        in_double.push_back(time(problem));
        in_single.push_back(time(single));
        state.SetIterationTime(in_single.back());
    }
    state.counters["gflops"] = problem.flops() / bench::median(in_single) * 1e-9;
    state.counters["over_double"] = bench::median(in_double) / bench::median(in_single);
    state.counters["at_best"] = *std::ranges::min_element(in_double) / *std::ranges::min_element(in_single);
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

BENCHMARK(single_gram)->Apply(shapes)->UseManualTime()->MinTime(0.3)->Unit(benchmark::kMillisecond);
BENCHMARK(weighted_gram)->Apply(shapes)->UseManualTime()->MinTime(0.3)->Unit(benchmark::kMillisecond);

}  // namespace
