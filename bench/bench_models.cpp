// What several outputs cost beside one: whole Hessians of the squared loss, and loss, gradient and inner
// Hessians, for which the products with the output weights and Psi come on top, at the multiply-add peak of
// the same run. What is compared alternates; `ratio` is the median of the ratios of neighbours. One thread.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/random.hpp"
#include "good_blas_kernels.hpp"
#include "kernel_timing.hpp"
#include "kernels/isa.hpp"
#include "network/derivatives/objective.hpp"
#include "splitting/inner_hessian.hpp"
#include "timing.hpp"

using namespace tepui;

namespace {

struct Problem {
    Size m, d, n, outputs;
    Buffer<double> x, y;
    Network network;

    Problem(Size width, Size inputs, Size samples, Size outputs_)
        : m(width),
          d(inputs),
          n(samples),
          outputs(outputs_),
          x(samples * inputs),
          y(samples * outputs_),
          network(Activation(ActivationKind::tanh), Layout{width, inputs, outputs_}) {
        Random random(1, 0);
        for (double& v : x.span()) v = random.normal();
        for (double& v : y.span()) v = random.normal();
        for (double& w : network.parameters) w = random.normal() / std::sqrt(static_cast<double>(inputs));
    }
    Dataset data() const {
        return Dataset({n, d, x.data(), d, y.data(), nullptr, nullptr, outputs}, false, false,
                       LossScaling::sum);
    }
};

// work(data, network) with so many outputs against the same with one, and `flops` at peak on top of that.
template <class Work>
void compare(benchmark::State& state, double flops, const Work& work) {
    const Size m = state.range(0), d = state.range(1), n = state.range(2), outputs = state.range(3);
    const Problem several(m, d, n, outputs), one(m, d, n, 1);
    const Dataset several_data = several.data(), one_data = one.data();
    std::vector<double> ours, theirs, ratios, bare;
    double peak = bench::fma_peak(1, 4);
    work(several_data, several.network);
    work(one_data, one.network);
    for (auto _ : state) {
        peak = std::max(peak, bench::fma_peak(1, 1));
        ours.push_back(bench::seconds([&] { work(several_data, several.network); }));
        theirs.push_back(bench::seconds([&] { work(one_data, one.network); }));
        ratios.push_back(ours.back() / (theirs.back() + flops / peak));
        bare.push_back(ours.back() / theirs.back());
        state.SetIterationTime(ours.back());
    }
    state.counters["ms"] = 1e3 * bench::median(ours);
    state.counters["one_output_ms"] = 1e3 * bench::median(theirs);
    state.counters["products_ms"] = 1e3 * flops / peak;
    state.counters["ratio"] = bench::median(ratios);
    state.counters["to_one_output"] = bench::median(bare);
}

void hessian_of_outputs(benchmark::State& state) {
    compare(state, 0.0, [](const Dataset& data, const Network& network) {
        benchmark::DoNotOptimize(hessian(data, network, Execution{1}));
    });
}

void inner_hessians_of_outputs(benchmark::State& state) {
    const double m = static_cast<double>(state.range(0)), d = static_cast<double>(state.range(1));
    const double n = static_cast<double>(state.range(2)), more = static_cast<double>(state.range(3) - 1);
    compare(state, 2.0 * n * m * more * (d + 2.0), [](const Dataset& data, const Network& network) {
        benchmark::DoNotOptimize(inner_hessians(data, network, Execution{1}, Bounds::without));
    });
}

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"m", "d", "n", "K"});
    for (const Size outputs : {3, 10}) {
        benchmark->Args({32, 16, 20000, outputs});
        benchmark->Args({24, 64, 20000, outputs});
    }
}

BENCHMARK(hessian_of_outputs)->Apply(shapes)->UseManualTime()->Iterations(9)->Unit(benchmark::kMillisecond);
BENCHMARK(inner_hessians_of_outputs)
    ->Apply(shapes)
    ->UseManualTime()
    ->MinTime(0.5)
    ->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
    bench::start_with_good_blas_kernels(argv);
    benchmark::AddCustomContext("isa", std::string(kernels::active_isa()));
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
