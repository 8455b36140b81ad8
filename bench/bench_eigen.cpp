// The batched eigensolver against a loop of LAPACKE_dsyevd over the same matrices, interleaved within one
// run.
//
// Each row reports microseconds per matrix (medians over the iterations) and speedup = dsyevd / batched. BLIS
// runs the kernels that `tepui info` would recommend. To see OpenBLAS in its place, put its directory into
// LD_LIBRARY_PATH and LD_PRELOAD its library: the label says which library LAPACK's dgemm_ came from.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/buffer.hpp"
#include "core/random.hpp"
#include "eigen_workload.hpp"
#include "good_blas_kernels.hpp"
#include "kernels/batched_eigen.hpp"
#include "kernels/isa.hpp"
#include "linalg/blas.hpp"
#include "linalg/inertia.hpp"
#include "linalg/symmetric.hpp"
#include "timing.hpp"

using namespace tepui;
using namespace tepui::bench;

namespace {

void batched_eigen(benchmark::State& state) {
    const Size d = state.range(0);
    const Size count = state.range(1);
    const bool vectors = state.range(2) != 0;
    Random random(7, 0);
    Buffer<double> g(triangle(d) * count);
    for (double& x : g.span()) x = random.normal();
    Buffer<double> values(d * count);
    Buffer<double> out(vectors ? d * d * count : 0);
    LapackLoop loop(d, std::min<Size>(count, 64), vectors, g, count);
    std::vector<double> ours;
    std::vector<double> theirs;
    const auto solve = [&] {
        benchmark::DoNotOptimize(kernels::batched_eigen(d, count, g.data(), count, values.data(),
                                                        vectors ? out.data() : nullptr, count));
    };
    for (auto _ : state) {
        // Unmeasured at first: after most of a millisecond without 512-bit instructions (the rival's turn) a
        // core needs a tenth of one to run them at full speed again, a fixed cost that in use the weighted
        // Gram, which feeds this kernel, has paid.
        for (double warm = 0.0; warm < 3e-4;) warm += seconds(solve);
        const double batched = seconds(solve);
        ours.push_back(batched / static_cast<double>(count));
        theirs.push_back(seconds([&] { loop.run(); }) / static_cast<double>(loop.count));
        state.SetIterationTime(batched);
    }
    state.counters["us"] = 1e6 * median(ours);
    state.counters["dsyevd_us"] = 1e6 * median(theirs);
    state.counters["speedup"] = median(theirs) / median(ours);
}

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"d", "count", "vectors"});
    for (const Size d : {2, 3, 4, 6, 8, 10, 12, 16, 24, 32}) benchmark->Args({d, 256, 1});
    for (const Size count : {8, 16, 64, 1024}) {
        for (const Size d : {4, 10, 16, 32}) benchmark->Args({d, count, 1});
    }
    for (const Size d : {4, 10, 16, 32}) benchmark->Args({d, 256, 0});
}

BENCHMARK(batched_eigen)->Apply(shapes)->UseManualTime()->MinTime(0.1)->Unit(benchmark::kMicrosecond);

void verdict(benchmark::State& state) {
    const Matrix a = verdict_matrix(state.range(0), static_cast<MatrixKind>(state.range(1)));
    std::vector<double> ours;
    std::vector<double> theirs;
    for (auto _ : state) {
        ours.push_back(seconds([&] { benchmark::DoNotOptimize(linalg::verdict_spectrum(a, 1e-9)); }));
        theirs.push_back(seconds([&] { benchmark::DoNotOptimize(linalg::symmetric_eigen(a, true)); }));
        state.SetIterationTime(ours.back());
    }
    state.counters["us"] = 1e6 * median(ours);
    state.counters["dsyevd_us"] = 1e6 * median(theirs);
    state.counters["speedup"] = median(theirs) / median(ours);
}

BENCHMARK(verdict)
    ->ArgNames({"d", "kind"})
    ->ArgsProduct({{64, 128, 256, 784}, {kIndefinite, kDefinite, kFewNegative}})
    ->UseManualTime()
    ->MinTime(0.1)
    ->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int argc, char** argv) {
    bench::start_with_good_blas_kernels(argv);
    const linalg::BlasReport report = linalg::blas_report();
    benchmark::AddCustomContext("isa", std::string(kernels::active_isa()));
    benchmark::AddCustomContext("blas", report.blas + ", " + report.kernels + " kernels");
    benchmark::AddCustomContext("lapack", report.lapack + " over " + report.lapack_blas);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
