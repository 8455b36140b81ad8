// Searches from random starts: time and outcome of each start, of one output and of several, squared and
// softmax, with decay, in the sizes of iris and of 8 x 8 digits, and beyond 2,000 parameters, for 20
// iterations, with and without a Hessian. Classes are overlapping clusters. One thread.
#include <algorithm>
#include <cmath>

#include <benchmark/benchmark.h>

#include "core/random.hpp"
#include "solve/solve.hpp"
#include "timing.hpp"

using namespace tepui;

namespace {

struct Clusters {
    Size n, d, classes;
    Buffer<double> x, labels, values;

    Clusters(Size samples, Size inputs, Size classes_)
        : n(samples),
          d(inputs),
          classes(classes_),
          x(samples * inputs),
          labels(samples * classes_),
          values(samples) {
        Random random(4, 0);
        Buffer<double> centres(classes * d);
        for (double& c : centres.span()) c = 1.5 * random.normal() / std::sqrt(static_cast<double>(d) / 4.0);
        for (Size k = 0; k < n; ++k) {
            const Size own = k % classes;
            labels[k * classes + own] = 1.0;
            double sum = 0.0;
            for (Size j = 0; j < d; ++j) sum += x[k * d + j] = centres[own * d + j] + random.normal();
            values[k] = std::sin(sum / std::sqrt(static_cast<double>(d))) + 0.3 * random.normal();
        }
    }
    Dataset data(const Loss& loss, bool one_output, double decay) const {
        Dataset result({.samples = n,
                        .features = d,
                        .x = x.data(),
                        .ldx = d,
                        .targets = one_output ? values.data() : labels.data(),
                        .outputs = one_output ? 1 : classes,
                        .loss = &loss},
                       false, true, LossScaling::sum);
        result.set_decay({.weights = decay,
                          .hidden_biases = decay,
                          .outputs = decay,
                          .output_biases = decay,
                          .skip = decay});
        return result;
    }
};

void search(benchmark::State& state, const Clusters& clusters, const Loss& loss, bool one_output,
            double decay, Size width, Size most_dense) {
    const Dataset data = clusters.data(loss, one_output, decay);
    const Layout layout{width, data.inputs(), data.outputs(), !one_output, false};
    SolveOptions options;
    options.starts = clusters.d > 8 ? 2 : 8;
    options.most_dense = most_dense;
    if (width >= 32) {  // as far as so many iterations come
        options.starts = 1;
        options.max_iterations = 20;
    }
    double converged = 0.0, iterations = 0.0, least = HUGE_VAL, starts = 0.0;
    for (auto _ : state) {
        SolveResult result;
        const double seconds = bench::seconds([&] {
            result = solve(data, Network(Activation(ActivationKind::tanh), layout), options, Execution{});
        });
        state.SetIterationTime(seconds / static_cast<double>(options.starts));
        for (const StartReport& start : result.starts) {
            converged += start.outcome == StartOutcome::converged;
            iterations += static_cast<double>(start.iterations);
            ++starts;
            least = std::min(least, start.loss);
        }
    }
    state.counters["P"] = static_cast<double>(layout.parameter_count());
    state.counters["converged"] = converged / starts;
    state.counters["iterations"] = iterations / starts;
    state.counters["least"] = least;
}

const bool registered = [] {
    const auto add = [](const std::string& name, const Clusters& clusters, const Loss& loss, bool one_output,
                        double decay, Size width, Size most_dense) {
        benchmark::RegisterBenchmark(name.c_str(),
                                     [=, &clusters, &loss](benchmark::State& state) {
                                         search(state, clusters, loss, one_output, decay, width, most_dense);
                                     })
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
    };
    static const Clusters iris(150, 4, 3), digits(1797, 64, 10);
    for (const bool squared : {true, false}) {
        const Loss& loss = squared ? squared_loss() : softmax_loss();
        const std::string of = squared ? "squared" : "softmax";
        add("iris/" + of + "/m:3", iris, loss, false, 0.05, 3, 2000);
        for (const Size width : {8, 16})
            add("digits/" + of + "/m:" + std::to_string(width), digits, loss, false, 1.0, width, 2000);
        add("digits/" + of + "/m:32/hessian", digits, loss, false, 1.0, 32, 1 << 20);
        add("digits/" + of + "/m:32/products", digits, loss, false, 1.0, 32, 2000);
    }
    add("one_output/squared/m:3", iris, squared_loss(), true, 0.0, 3, 2000);
    add("one_output/squared/d:64/m:8", digits, squared_loss(), true, 0.0, 8, 2000);
    return true;
}();

}  // namespace
