// The ways to judge inner Hessians against one another and against what was done without them, interleaved:
// the matrix-free proof against forming the matrices, the report by counts against dsyevd with vectors.
//
// On one thread, medians of processor time. `--benchmark_filter=large` is the case of 60,000 samples of 784
// inputs and 32 neurons: a minute and 1.3 GB.
#include <benchmark/benchmark.h>

#include "classification/point/neuron_spectra.hpp"
#include "eigen_workload.hpp"
#include "good_blas_kernels.hpp"
#include "linalg/symmetric.hpp"
#include "neuron_workload.hpp"
#include "timing.hpp"

using namespace tepui;
using namespace tepui::bench;

namespace {

void matrix_free(benchmark::State& state) {
    const NeuronWorkload work(state.range(0), state.range(1), state.range(2),
                              static_cast<double>(state.range(3)) / 100.0);
    const PointOnData& context = work.context();
    std::vector<double> proving, forming;
    Size proven = 0;
    for (auto _ : state) {
        proving.push_back(seconds([&] {
            proven = 0;
            for (const auto& report : matrix_free_reports(context, false))
                proven += report.has_value() ? 1 : 0;
        }));
        std::vector<Size> all;
        for (Size i = 0; i < state.range(2); ++i) all.push_back(i);
        forming.push_back(seconds([&] {
            benchmark::DoNotOptimize(
                inner_hessians(work.data(), work.network(), all, Execution{1}).pairs.data());
        }));
        state.SetIterationTime(proving.back());
    }
    state.counters["proven"] = static_cast<double>(proven);
    state.counters["forming_s"] = median(forming);
    state.counters["proving_s"] = median(proving);
    state.counters["speedup"] = median(forming) / median(proving);
}

BENCHMARK(matrix_free)
    ->ArgNames({"n", "d", "m", "mean"})
    ->Args({20000, 64, 32, 0})
    ->Args({20000, 128, 32, 0})
    ->Args({20000, 256, 32, 0})
    ->Args({20000, 256, 4, 0})
    ->Args({10000, 784, 32, 0})
    ->Args({10000, 784, 32, 40})
    ->UseManualTime()
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond);

void large_matrix_free(benchmark::State& state) {
    matrix_free(state);
}
BENCHMARK(large_matrix_free)
    ->ArgNames({"n", "d", "m", "mean"})
    ->Args({60000, 784, 32, 0})
    ->Args({60000, 784, 32, 15})
    ->UseManualTime()
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);

// With its two spectra of one matrix, as a report was made before: of A and of D A D.
void report_by_counts(benchmark::State& state) {
    const Size d = state.range(0);
    Matrix a = verdict_matrix(d, static_cast<MatrixKind>(state.range(1)));
    std::vector<double> magnitude(static_cast<std::size_t>(d), 3.0);
    if (state.range(2) != 0) {  // inputs in units of their own: D A D is no multiple of A
        for (Size i = 0; i < d; ++i) {
            const double unit = std::ldexp(1.0, static_cast<int>(i % 7) - 3);
            magnitude[i] *= unit * unit;
            for (Size j = 0; j < d; ++j) a(i, j) *= unit, a(j, i) *= unit;
        }
    }
    std::vector<double> ours, theirs;
    for (auto _ : state) {
        ours.push_back(seconds(
            [&] { benchmark::DoNotOptimize(inertia_report(a, magnitude, 60000, nullptr, 4.0).margin); }));
        theirs.push_back(
            seconds([&] { benchmark::DoNotOptimize(linalg::symmetric_eigen(a, true).values.data()); }));
        state.SetIterationTime(ours.back());
    }
    state.counters["ms"] = 1e3 * median(ours);
    state.counters["dsyevd_ms"] = 1e3 * median(theirs);
    state.counters["speedup"] = median(theirs) / median(ours);
}

BENCHMARK(report_by_counts)
    ->ArgNames({"d", "kind", "units"})
    ->ArgsProduct({{64, 128, 256, 784}, {kIndefinite, kDefinite, kFewNegative}, {0, 1}})
    ->UseManualTime()
    ->MinTime(0.1)
    ->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int argc, char** argv) {
    bench::start_with_good_blas_kernels(argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
