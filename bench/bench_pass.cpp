// One pass over the samples against its dominant part. inner_hessians: loss, gradient and all inner Hessians
// against the weighted Gram alone on blocks that are packed, with coefficients that are computed; the full
// Hessian against dsyrk on a Jacobian that is there. What is compared alternates; `ratio` is the median of
// the ratios of neighbours, `best_ratio` that of the best times. With one thread the time is that of the
// thread, which other processes do not lengthen.
#include <omp.h>

#include <algorithm>
#include <vector>

#include "core/parallel.hpp"
#include "core/random.hpp"
#include "good_blas_kernels.hpp"
#include "kernel_timing.hpp"
#include "kernels/isa.hpp"
#include "linalg/blas.hpp"
#include "network/derivatives/objective.hpp"
#include "network/pass/gram_sums.hpp"
#include "splitting/inner_hessian.hpp"
#include "timing.hpp"

using namespace tepui;

namespace {

double seconds_on(int threads, const auto& work) {
    if (threads == 1) return bench::seconds(work);
    const double begin = omp_get_wtime();
    work();
    return omp_get_wtime() - begin;
}

// work() against rival(), which does rival_flops useful flops.
template <class Work, class Rival>
void compare(benchmark::State& state, int threads, double rival_flops, const Work& work, const Rival& rival) {
    std::vector<double> ours, theirs, ratios;
    double peak = bench::fma_peak(threads, 4);
    work();
    rival();
    for (auto _ : state) {
        ours.push_back(seconds_on(threads, work));
        theirs.push_back(seconds_on(threads, rival));
        ratios.push_back(ours.back() / theirs.back());
        peak = std::max(peak, bench::fma_peak(threads, 1));
        state.SetIterationTime(ours.back());
    }
    const double best = std::ranges::min(ours);
    const double best_rival = std::ranges::min(theirs);
    state.counters["ms"] = 1e3 * best;
    state.counters["rival_ms"] = 1e3 * best_rival;
    state.counters["rival_of_peak"] = rival_flops / best_rival / peak;
    state.counters["ratio"] = bench::median(ratios);
    state.counters["best_ratio"] = best / best_rival;
}

struct Problem {
    Size m, d, n;
    Buffer<double> x, y;
    Network network;

    Problem(Size width, Size inputs, Size samples, ActivationKind kind)
        : m(width),
          d(inputs),
          n(samples),
          x(samples * inputs),
          y(samples),
          network(Activation(kind), width, inputs) {
        Random random(1, 0);
        for (double& v : x.span()) v = random.normal();
        for (double& v : y.span()) v = random.normal();
        for (double& w : network.parameters) w = random.normal() / std::sqrt(static_cast<double>(inputs));
    }
    Dataset data() const {
        return Dataset({n, d, x.data(), d, y.data(), nullptr}, false, false, LossScaling::sum);
    }
};

// Packed blocks and coefficient rows for all samples.
class GramAlone {
  public:
    GramAlone(Size rows, Size inputs, Size samples)
        : rows_(rows), inputs_(inputs), blocks_(samples / kBlock), sums_(buffer_, rows, inputs) {
        buffer_.open();
        xt_ = Buffer<double>(blocks_ * inputs * kStride);
        coefficients_ = Buffer<double>(blocks_ * rows * kStride);
        Random random(2, 0);
        for (double& v : xt_.span()) v = random.normal();
        for (double& v : coefficients_.span()) v = random.normal();
    }
    Size samples() const { return blocks_ * kBlock; }
    double flops() const {
        return 2.0 * static_cast<double>(rows_ * samples()) * static_cast<double>(triangle(inputs_));
    }
    void run(int threads) {
        const Size parts = sums_.parts();
        const Size tasks = threads > 1 ? std::min<Size>(parts, 4 * threads) : 1;
        std::vector<kernels::GramRow> rows(static_cast<std::size_t>(rows_));
        for (Size block = 0; block < blocks_; ++block) {
            for (Size q = 0; q < rows_; ++q)
                rows[static_cast<std::size_t>(q)] = {coefficients_.data() + (block * rows_ + q) * kStride,
                                                     nullptr};
            parallel_for(threads, tasks, [&](Size task, Size) {
                sums_.add(parts * task / tasks, parts * (task + 1) / tasks, rows,
                          xt_.data() + block * inputs_ * kStride, kStride, kBlock);
            });
        }
    }

  private:
    static constexpr Size kBlock = 1024;
    static constexpr Size kStride = kBlock + 16;
    Size rows_, inputs_, blocks_;
    SumBuffer buffer_;
    GramSums sums_;
    Buffer<double> xt_, coefficients_;
};

void inner_hessian_pass(benchmark::State& state) {
    const Bounds bounds = state.range(3) != 0 ? Bounds::with : Bounds::without;
    const int threads = static_cast<int>(state.range(4));
    GramAlone gram(state.range(0), state.range(1), state.range(2));
    const Problem problem(state.range(0), state.range(1), gram.samples(), ActivationKind::tanh);
    const Dataset data = problem.data();
    compare(
        state, threads, gram.flops(),
        [&] { benchmark::DoNotOptimize(inner_hessians(data, problem.network, Execution{threads}, bounds)); },
        [&] { gram.run(threads); });
}

void full_hessian(benchmark::State& state) {
    const int threads = static_cast<int>(state.range(3));
    const Problem problem(state.range(0), state.range(1), state.range(2), ActivationKind::tanh);
    const Dataset data = problem.data();
    const Size p = problem.network.parameter_count();
    Buffer<double> jacobian(problem.n * p), product(p * p);
    Random random(3, 0);
    for (double& v : jacobian.span()) v = random.normal();
    compare(
        state, threads, static_cast<double>(problem.n) * static_cast<double>(p) * static_cast<double>(p),
        [&] { benchmark::DoNotOptimize(hessian(data, problem.network, Execution{threads})); },
        [&] { linalg::syrk(p, problem.n, 1.0, jacobian.data(), p, 0.0, product.data(), p, threads); });
    state.counters["speedup"] = 1.0 / state.counters["ratio"];
}

int most_threads() {
    return std::min(2, omp_get_num_procs());
}

void inner_shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"m", "d", "n", "bounds", "threads"});
    for (int threads = 1; threads <= most_threads(); ++threads) {
        for (const int bounds : {0, 1}) {
            for (const Size m : {24, 64}) {
                benchmark->Args({m, 64, 20480, bounds, threads});
                benchmark->Args({m, 256, 4096, bounds, threads});
            }
        }
    }
}

void hessian_shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"m", "d", "n", "threads"});
    for (int threads = 1; threads <= most_threads(); ++threads) benchmark->Args({16, 64, 20000, threads});
}

BENCHMARK(inner_hessian_pass)
    ->Apply(inner_shapes)
    ->UseManualTime()
    ->MinTime(0.5)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(full_hessian)->Apply(hessian_shapes)->UseManualTime()->Iterations(8)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
    bench::start_with_good_blas_kernels(argv);
    benchmark::AddCustomContext("isa", std::string(kernels::active_isa()));
    const linalg::BlasReport report = linalg::blas_report();
    benchmark::AddCustomContext("blas", report.blas + ", " + report.kernels + " kernels");
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
