// The batched eigensolver against a loop of LAPACKE_dsyevd over the same matrices, interleaved within one
// run.
//
// Each row reports microseconds per matrix (medians over the iterations) and speedup = dsyevd / batched. BLIS
// runs the kernels that `tepui info` would recommend. To see OpenBLAS in its place, put its directory into
// LD_LIBRARY_PATH and LD_PRELOAD its library: the label says which library LAPACK's dgemm_ came from.
#include <benchmark/benchmark.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>
#include <vector>

#include "core/buffer.hpp"
#include "core/random.hpp"
#include "kernels/batched_eigen.hpp"
#include "kernels/isa.hpp"
#include "linalg/blas.hpp"
#include "linalg/blas_kernels.hpp"
#include "linalg/inertia.hpp"
#include "linalg/symmetric.hpp"

using namespace tepui;

namespace {

// Processor time of this thread: on a busy machine the time spent waiting for a core belongs to neither side.
double thread_seconds() {
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

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// LAPACK with its workspaces made once: the loop that a careful user would write.
struct LapackLoop {
    lapack_int d;
    char job;
    Buffer<double> input, matrix, values, work;
    Buffer<lapack_int> integers;
    Size count;

    LapackLoop(Size order, Size matrices, bool vectors, const Buffer<double>& g, Size ldg)
        : d(static_cast<lapack_int>(order)),
          job(vectors ? 'V' : 'N'),
          input(matrices * order * order),
          matrix(order * order),
          values(order),
          work(1 + 70 * order + 2 * order * order),
          integers(10 + 10 * order),
          count(matrices) {
        for (Size q = 0; q < count; ++q) {
            for (Size i = 0; i < order; ++i) {
                for (Size j = 0; j <= i; ++j)
                    input[(q * order + i) * order + j] = g[(triangle(i) + j) * ldg + q];
            }
        }
    }
    void run() {
        const Size size = static_cast<Size>(d) * d;
        for (Size q = 0; q < count; ++q) {
            std::copy_n(input.data() + q * size, size, matrix.data());
            benchmark::DoNotOptimize(
                LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, job, 'U', d, matrix.data(), d, values.data(),
                                    work.data(), static_cast<lapack_int>(work.size()), integers.data(),
                                    static_cast<lapack_int>(integers.size())));
        }
    }
};

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
    for (auto _ : state) {
        const double batched = seconds([&] {
            benchmark::DoNotOptimize(kernels::batched_eigen(d, count, g.data(), count, values.data(),
                                                            vectors ? out.data() : nullptr, count));
        });
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

enum MatrixKind { kIndefinite, kDefinite, kFewNegative };

Matrix verdict_matrix(Size d, MatrixKind kind) {
    Random random(8, 0);
    Matrix a(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j <= i; ++j) a(i, j) = a(j, i) = random.normal();
    }
    const double lift = kind == kIndefinite ? 0.0 : kind == kDefinite ? 2.5 : 1.9;
    for (Size i = 0; i < d; ++i) a(i, i) += lift * std::sqrt(static_cast<double>(d));
    return a;
}

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
    linalg::select_blas_kernels();
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
