// Searches among models in other ways: on several threads, for saddles, without a Hessian, where samples
// share inputs, where points are the same function, and what is refused.
#include "classification/infinity/boundary_sums.hpp"
#include "classification/infinity/end_verdict.hpp"
#include "linalg/symmetric.hpp"
#include "solve/model_problems.hpp"

using namespace tepui;
using namespace tepui::test;

TEST_CASE("searches among models give the same bits on any number of threads") {
    const Samples three = noisy_classes(120, 2, 3, 14);
    SolveOptions options;
    options.starts = 5;
    const auto found = [&](const Dataset& data, int threads) {
        return solve(data, prototype(ActivationKind::gelu, {2, 3, 3, true, false}), options,
                     Execution{threads});
    };
    for (const Loss* loss : {&softmax_loss(), &squared_loss()}) {
        const Dataset data = three.dataset(*loss);
        const SolveResult alone = found(data, 1), team = found(data, 3);
        REQUIRE(alone.starts.size() == team.starts.size());
        for (std::size_t i = 0; i < alone.starts.size(); ++i) {
            CHECK(alone.starts[i].point.parameters == team.starts[i].point.parameters);
            CHECK(alone.starts[i].iterations == team.starts[i].iterations);
        }
        CHECK(alone.points.size() == team.points.size());
    }
}

TEST_CASE("saddles of the softmax loss are found, apart from what it does not see") {
    const Samples three = noisy_classes(300, 2, 3, 31);
    const Dataset data = three.dataset(softmax_loss());
    SolveOptions options;
    options.starts = 12;
    options.target = SolveTarget::stationary;
    const SolveResult result =
        solve(data, prototype(ActivationKind::tanh, {2, 3, 3, true, false}), options, Execution{});
    const PlainObjective plain(data, softmax);
    int saddles = 0;
    for (const DistinctPoint& point : result.points) {
        std::vector<double> gradient;
        plain(point.network, gradient);
        CHECK(largest(gradient) <= 1e-7);
        // Beyond what rounding may make of the gauge's zeros.
        const Matrix curvature = hessian(data, point.network, Execution{}).value;
        saddles += linalg::shifted_inertia(curvature, -1e-6).negative > 0;
    }
    CHECK(saddles >= 1);
}

TEST_CASE("without a Hessian the same points are found") {
    SolveOptions dense, free;
    dense.starts = free.starts = 8;
    free.most_dense = 0;
    const Samples three = noisy_classes(300, 2, 3, 4);
    Samples numbers = taught_outputs({2, 3, 3, true, false}, 300, 41);
    Random random(41, 3);
    for (double& y : numbers.problem.targets) y += 0.2 * random.normal();
    const Network model = prototype(ActivationKind::tanh, {2, 3, 3, true, false});
    struct Model {
        const Samples& samples;
        const Loss& loss;
        PlainLoss plain;
    };
    for (const Model& given :
         {Model{three, softmax_loss(), softmax}, Model{numbers, squared_loss(), squared}}) {
        const Dataset data = given.samples.dataset(given.loss);
        const SolveResult with = solve(data, model, dense, Execution{});
        const SolveResult without = solve(data, model, free, Execution{});
        check_minima(data, given.plain, without, 3);
        REQUIRE_FALSE(with.points.empty());
        REQUIRE_FALSE(without.points.empty());
        CHECK(with.points[0].loss == Approx(without.points[0].loss).epsilon(1e-11));
        // With several outputs every split of a minimum's neuron is a saddle, which no gradient shows.
        const SolveResult narrow =
            solve(data, prototype(ActivationKind::tanh, {1, 3, 3, true, false}), dense, Execution{});
        REQUIRE_FALSE(narrow.points.empty());
        const Network& one = narrow.points[0].network;
        Network saddle = model;
        for (Size i = 0; i < 2; ++i) {
            std::copy_n(one.weights(0), one.inputs, saddle.weights(i));
            for (Size o = 0; o < 3; ++o) saddle.output(i, o) = 0.5 * one.output(0, o);
        }
        for (Size o = 0; o < 3; ++o)
            saddle.parameters[saddle.coefficient(2, o)] = one.parameters[one.coefficient(1, o)];
        const StartReport left = solve_from(data, saddle, free, Execution{});
        CAPTURE(left.reason);
        CHECK(left.loss < narrow.points[0].loss * (1.0 - 1e-6));
    }
}

TEST_CASE("samples that share their inputs: the loss reported is that of the given samples") {
    Samples twice = noisy_classes(24, 2, 3, 9);
    const std::vector<double> x = twice.problem.x;
    twice.problem.samples = 48;
    twice.problem.x.insert(twice.problem.x.end(), x.begin(), x.end());
    const std::vector<double> y = twice.problem.targets;
    for (Size k = 0; k < 24; ++k) {  // another class the second time
        for (Size o = 0; o < 3; ++o) twice.problem.targets.push_back(y[3 * k + (o + 1 + k % 2) % 3]);
    }
    const Dataset data = twice.dataset(softmax_loss());
    SolveOptions options;
    options.starts = 4;
    const PlainObjective plain(data, softmax);
    Size on_the_way = 0, at_infinity = 0;
    for (const Size iterations : {Size(3), options.max_iterations}) {
        options.max_iterations = iterations;
        const SolveResult result =
            solve(data, prototype(ActivationKind::tanh, {14, 3, 3, true, false}), options, Execution{});
        CHECK(result.inputs.distinct_samples == 24);
        for (const StartReport& start : result.starts) {
            std::vector<double> gradient;
            const double there = plain(start.point, gradient);
            if (start.outcome == StartOutcome::at_infinity) {
                ++at_infinity;
                const double limit = boundary_outputs(data, start.end->limit).loss.loss;
                CHECK(start.loss == Approx(limit).epsilon(1e-10));
                CHECK(start.loss <= there * (1.0 + 1e-10));
            } else {
                ++on_the_way;
                CHECK(start.loss == Approx(there).epsilon(1e-10));
            }
            CHECK(start.loss >= 48.0 * std::log(2.0) * (1.0 - 1e-9));
        }
    }
    CHECK(on_the_way > 0);
    CHECK(at_infinity > 0);
    // The mean of targets does not do for the pseudo-Huber loss.
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(kDelta);
    options.starts = 1;
    options.max_iterations = 2;
    CHECK(solve(twice.dataset(*huber), prototype(ActivationKind::tanh, {14, 3, 3, true, false}), options,
                Execution{})
              .inputs.distinct_samples == 48);
}

TEST_CASE("neurons that differ by what output biases or skip connections take up are one point") {
    Random random(3, 0);
    Samples samples{normal_inputs(60, 2, 17), 2};
    samples.problem.targets.resize(120);
    for (double& y : samples.problem.targets) y = random.normal();
    const Dataset data = samples.dataset(squared_loss());
    SolveOptions options;
    options.starts = 16;
    for (const auto& [kind, layout] : {std::pair{ActivationKind::sigmoid, Layout{1, 3, 2, true, false}},
                                       std::pair{ActivationKind::softplus, Layout{1, 3, 2, false, true}}}) {
        options.target = SolveTarget::stationary;
        const SolveResult result = solve(data, prototype(kind, layout), options, Execution{});
        for (std::size_t p = 0; p < result.points.size(); ++p) {
            std::vector<double> f(120), g(120);
            outputs(data, result.points[p].network, f.data(), nullptr, Execution{});
            for (std::size_t q = 0; q < p; ++q) {
                outputs(data, result.points[q].network, g.data(), nullptr, Execution{});
                double apart = 0.0;
                for (std::size_t k = 0; k < f.size(); ++k) apart = std::max(apart, std::abs(f[k] - g[k]));
                CHECK(apart > 1e-7);
            }
        }
    }
}

TEST_CASE("models that a search does not take are refused") {
    const Samples three = noisy_classes(30, 2, 3, 6);
    const Dataset data = three.dataset(softmax_loss());
    const SolveOptions options;
    Network mixed = prototype(ActivationKind::relu, {2, 3, 3, true, false});
    CHECK_NOTHROW(solve(data, mixed, options, Execution{}));
    mixed.unit_activations = {Activation(ActivationKind::relu), Activation(ActivationKind::tanh)};
    CHECK_THROWS_WITH(solve(data, mixed, options, Execution{}), Catch::Contains("ReLU-like"));
    const auto bent = [](void*, Size count, Size outputs, const double* f, const double*, double* value,
                         double* gradient, double* hessian) -> std::int32_t {
        for (Size k = 0; k < count; ++k) value[k] = 0.0;
        std::fill_n(gradient, count * outputs, 0.0 * f[0]);
        std::fill_n(hessian, count * outputs * outputs, 0.0);
        return 0;
    };
    const auto concave = custom_loss(bent, nullptr, false);
    const Dataset of_caller = three.dataset(*concave);
    CHECK_THROWS_WITH(
        solve(of_caller, prototype(ActivationKind::relu, {2, 3, 3, true, false}), options, Execution{}),
        Catch::Contains("convex"));
    CHECK_THROWS_WITH(
        solve(data, prototype(ActivationKind::tanh, {2, 3, 2, true, false}), options, Execution{}),
        Catch::Contains("2 outputs"));
    CHECK_THROWS_WITH(
        solve_from(data, prototype(ActivationKind::tanh, {2, 4, 3, true, false}), options, Execution{}),
        Catch::Contains("4 inputs"));
}
