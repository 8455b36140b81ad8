// Activations with two derivatives against compositions of the same values from the C library, glibc's
// libmvec and SLEEF. The rivals' formulas are as accurate in the tails as ours: sech^2 from exp, Phi from
// erfc, z^2 with its rounding error. ns_per_element is the figure to compare; arguments and results stay in
// the first-level cache.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "bench_activation_rivals.hpp"
#include "kernels/activation.hpp"
#include "kernels/isa.hpp"

using namespace tepui;

namespace {

constexpr std::size_t kCount = 1024;

struct Arrays {
    alignas(64) std::array<double, kCount> z;
    alignas(64) std::array<double, kCount> value, first, second;

    Arrays() {
        std::mt19937_64 engine(1);
        std::normal_distribution<double> normal(0.0, 2.0);
        std::ranges::generate(z, [&] { return normal(engine); });
    }
};

template <class Evaluate>
void run(benchmark::State& state, Evaluate evaluate) {
    Arrays a;
    for (auto _ : state) {
        evaluate(kCount, a.z.data(), a.value.data(), a.first.data(), a.second.data());
        benchmark::ClobberMemory();
    }
    state.counters["ns_per_element"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(kCount) * 1e-9,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

struct Named {
    const char* name;
    ActivationKind kind;
};

constexpr std::array kNamed = {
    Named{"tanh", ActivationKind::tanh},         Named{"sigmoid", ActivationKind::sigmoid},
    Named{"softplus", ActivationKind::softplus}, Named{"erf", ActivationKind::erf},
    Named{"gelu", ActivationKind::gelu},         Named{"silu", ActivationKind::silu},
    Named{"sin", ActivationKind::sin},           Named{"gaussian", ActivationKind::gaussian},
    Named{"arctan", ActivationKind::arctan},     Named{"exp", ActivationKind::exp},
    Named{"relu3", ActivationKind::relu3}};

void add_ours(std::string_view isa) {
    for (const Named& named : kNamed) {
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
