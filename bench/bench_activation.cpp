// Activations with two derivatives against compositions of the same values from the C library, glibc's
// libmvec and SLEEF. The rivals' formulas are as accurate in the tails as ours: sech^2 from exp, Phi from
// erfc, z^2 with its rounding error. ns_per_element is the figure to compare; arguments and results stay in
// the first-level cache.
#include <benchmark/benchmark.h>

#include <string>

#include "activation_workload.hpp"
#include "bench_activation_rivals.hpp"
#include "kernels/activation.hpp"
#include "kernels/isa.hpp"

using namespace tepui;
using namespace tepui::bench;

namespace {

template <class Evaluate>
void run(benchmark::State& state, Evaluate evaluate) {
    ActivationArrays a;
    for (auto _ : state) {
        evaluate(kActivationCount, a.z.data(), a.value.data(), a.first.data(), a.second.data());
        benchmark::ClobberMemory();
    }
    state.counters["ns_per_element"] = benchmark::Counter(
        static_cast<double>(state.iterations()) * static_cast<double>(kActivationCount) * 1e-9,
        benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void add_ours(std::string_view isa) {
    for (const NamedActivation& named : kTimedActivations) {
        benchmark::RegisterBenchmark(
            (std::string(named.name) + "/tepui_" + std::string(isa)).c_str(),
            [named, isa](benchmark::State& state) {
                kernels::force_isa(isa);
                run(state, [named](std::size_t n, const double* z, double* v, double* f, double* s) {
                    kernels::evaluate_activation(named.kind, 0.0, static_cast<Size>(n), z, {v, f, s});
                });
                kernels::force_isa("");
            });
    }
}

}  // namespace

int main(int argc, char** argv) {
    for (const std::string_view isa : kernels::available_isas()) add_ours(isa);
    for (const bench::Rival& rival : bench::rivals()) {
        benchmark::RegisterBenchmark(rival.name,
                                     [rival](benchmark::State& state) { run(state, rival.evaluate); });
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
