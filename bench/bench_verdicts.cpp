// Verdicts on small points through the C ABI: what is left when the work on the samples is next to nothing.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "tepui/tepui.h"

namespace {

void must(tepui_context* context, tepui_status status) {
    if (status == TEPUI_OK) return;
    std::fprintf(stderr, "bench_verdicts: %s\n", tepui_context_message(context));
    std::exit(1);
}

// A local minimum of two tanh neurons on 50 samples of one input and a bias, found by search.
struct Minimum {
    Minimum() {
        must(nullptr, tepui_context_create(&context));
        must(context, tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 1));
        for (int k = 0; k < 50; ++k) {
            const double t = -2.5 + 0.1 * k;
            x.push_back(t);
            y.push_back(std::tanh(1.5 * t - 0.4) - 0.6 * std::tanh(0.7 * t + 1.0) + 0.1 * std::sin(9.0 * t));
        }
        must(context,
             tepui_dataset_create(context, 50, 1, x.data(), 1, y.data(), nullptr, TEPUI_DATASET_BIAS, &data));
        must(context, tepui_activation_create(context, TEPUI_ACTIVATION_TANH, &sigma));
        tepui_solution* solution = nullptr;
        must(context, tepui_solve(context, data, sigma, 2, &solution));
        tepui_network* found = nullptr;
        const tepui_network* best = tepui_solution_point(solution, 0);
        const double* parameters = tepui_network_parameters(best);
        must(context, tepui_network_create(context, sigma, 2, 2, parameters, 2, parameters + 4, &found));
        network = found;
        tepui_solution_destroy(solution);
    }
    std::vector<double> x, y;  // the data set borrows them
    tepui_context* context = nullptr;
    tepui_dataset* data = nullptr;
    tepui_activation* sigma = nullptr;
    tepui_network* network = nullptr;
};

const Minimum& minimum() {
    static const Minimum found;
    return found;
}

void ask(const benchmark::State& state) {
    must(minimum().context,
         tepui_context_set_integer(minimum().context, TEPUI_OPTION_WAYS_DOWN, state.range(0)));
}

void analyze(benchmark::State& state) {
    const Minimum& at = minimum();
    ask(state);
    for (auto _ : state) {
        tepui_analysis* analysis = nullptr;
        must(at.context, tepui_analyze(at.context, at.data, at.network, &analysis));
        tepui_analysis_destroy(analysis);
    }
}

void classify_network(benchmark::State& state) {
    const Minimum& at = minimum();
    ask(state);
    for (auto _ : state) {
        tepui_network_verdict* verdict = nullptr;
        must(at.context, tepui_classify_network(at.context, at.data, at.network, &verdict));
        tepui_network_verdict_destroy(verdict);
    }
}

// A plane of splits into three, 9 to the unit of gamma, as the command draws it.
void plane_of_splits(benchmark::State& state) {
    const Minimum& at = minimum();
    ask(state);
    tepui_analysis* analysis = nullptr;
    must(at.context, tepui_analyze(at.context, at.data, at.network, &analysis));
    std::vector<double> gammas;
    std::vector<int64_t> neurons, offsets{0};
    for (int i = -6; i <= 21; ++i) {
        for (int j = -6; i + j <= 15; ++j) {
            for (const int part : {i, j, 9 - i - j}) gammas.push_back(part / 9.0);
            neurons.push_back(0);
            offsets.push_back(static_cast<int64_t>(gammas.size()));
        }
    }
    std::vector<tepui_split_verdict*> verdicts(neurons.size(), nullptr);
    for (auto _ : state) {
        must(at.context,
             tepui_classify_each_split(at.context, analysis, static_cast<int64_t>(neurons.size()),
                                       neurons.data(), offsets.data(), gammas.data(), verdicts.data()));
        for (tepui_split_verdict* verdict : verdicts) tepui_split_verdict_destroy(verdict);
    }
    state.counters["splits"] = static_cast<double>(neurons.size());
    tepui_analysis_destroy(analysis);
}

}  // namespace

BENCHMARK(analyze)->ArgName("ways_down")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK(classify_network)->ArgName("ways_down")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK(plane_of_splits)->ArgName("ways_down")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK_MAIN();
