// Searches of networks of several outputs, with output biases and skip connections, under any loss and with
// weight decay: points reported as stationary are, by plain loops, and long descents from beside them come
// back.
#include "classification/infinity/end_verdict.hpp"
#include "classification/model/model.hpp"
#include "solve/model_problems.hpp"
#include "support/samples.hpp"

using namespace tepui;
using namespace tepui::test;

TEST_CASE("a teacher of several outputs, output bias and skip connections is found") {
    const bool skip = GENERATE(false, true);
    const Layout layout{2, 4, 3, !skip, skip};
    Network teacher = prototype(ActivationKind::tanh, layout);
    if (skip) teacher.unit_activations = {Activation(ActivationKind::tanh), Activation(ActivationKind::erf)};
    Random random(7, skip ? 1 : 2);
    for (double& p : teacher.parameters) p = random.normal();
    Samples samples{normal_inputs(80, 3, 12), 3};
    samples.problem.targets.assign(240, 0.0);
    outputs(samples.dataset(squared_loss()), teacher, samples.problem.targets.data(), nullptr, Execution{});
    const Dataset data = samples.dataset(squared_loss());
    SolveOptions options;
    options.starts = 16;
    const SolveResult result = solve(data, teacher, options, Execution{});
    REQUIRE_FALSE(result.points.empty());
    CHECK(result.points[0].loss < 1e-24);
    CHECK(same_up_to_symmetry(result.points[0].network, teacher, 1e-6));
    CHECK(result.points[0].hits >= 4);
}

TEST_CASE("noisy classes have finite minima, and they are found") {
    SolveOptions options;
    options.starts = 8;
    const Samples three = noisy_classes(400, 2, 3, 4);
    const Dataset data = three.dataset(softmax_loss());
    for (const Layout& layout : {Layout{2, 3, 3, true, false}, Layout{1, 3, 3, false, true}}) {
        const SolveResult result = solve(data, prototype(ActivationKind::tanh, layout), options, Execution{});
        check_minima(data, softmax, result, 2);
    }
}

TEST_CASE("two classes are the same by softmax and by one logistic output") {
    SolveOptions options;
    options.starts = 12;
    const Samples two = noisy_classes(400, 2, 2, 8), one = yes_or_no(two);
    const Dataset both = two.dataset(softmax_loss()), single = one.dataset(logistic_loss());
    const SolveResult shares =
        solve(both, prototype(ActivationKind::tanh, {2, 3, 2, true, false}), options, Execution{});
    const SolveResult yes =
        solve(single, prototype(ActivationKind::tanh, {2, 3, 1, true, false}), options, Execution{});
    check_minima(both, softmax, shares, 3);
    check_minima(single, logistic, yes, 3);
    REQUIRE_FALSE(shares.points.empty());
    REQUIRE_FALSE(yes.points.empty());
    CHECK(shares.points[0].loss == Approx(yes.points[0].loss).epsilon(1e-10));
}

TEST_CASE("counts and outliers") {
    SolveOptions options;
    options.starts = 8;
    const Layout layout{2, 3, 2, true, false};
    Samples counts = taught_outputs(layout, 300, 21);
    Random random(21, 3);
    for (double& y : counts.problem.targets) {  // whole numbers around a rate
        const double rate = std::exp(1.0 + 0.5 * y);
        y = std::floor(rate * (0.5 + random.uniform()) + 0.5);
    }
    const Dataset rates = counts.dataset(poisson_loss());
    check_minima(rates, poisson, solve(rates, prototype(ActivationKind::tanh, layout), options, Execution{}),
                 2);
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(kDelta);
    Samples outliers = taught_outputs(layout, 300, 22);
    for (double& y : outliers.problem.targets) y += 0.3 * random.normal();
    outliers.problem.targets[17] = 40.0;
    const Dataset robust = outliers.dataset(*huber);
    check_minima(robust, pseudo_huber,
                 solve(robust, prototype(ActivationKind::tanh, layout), options, Execution{}), 2);
}

TEST_CASE("classes that can be told apart have no finite minimum, and the runs say so") {
    Samples apart = noisy_classes(40, 2, 3, 2);
    std::fill(apart.problem.targets.begin(), apart.problem.targets.end(), 0.0);
    for (Size k = 0; k < 40; ++k) {
        const double score = apart.problem.x[2 * k];
        apart.problem.targets[3 * k + (score < -0.4 ? 0 : score < 0.4 ? 1 : 2)] = 1.0;
    }
    SolveOptions options;
    options.starts = 6;
    const SolveResult result =
        solve(apart.dataset(softmax_loss()), prototype(ActivationKind::tanh, {4, 3, 3, true, false}), options,
              Execution{});
    CHECK(result.points.empty());
    Size separated = 0;
    for (const StartReport& start : result.starts) {
        CAPTURE(start.reason, start.loss);
        CHECK(start.outcome != StartOutcome::converged);
        if (!start.end || start.end->rule != EndRule::separated) continue;
        ++separated;
        CHECK(start.loss == 0.0);
        CHECK(start.iterations <=
              16);  // not one after every sample is told apart: that would take twice as many
    }
    CHECK(separated >= 4);
}

TEST_CASE("with weight decay every start ends at a point, whatever the data") {
    const auto activation = GENERATE(ActivationKind::tanh, ActivationKind::softplus);
    Samples apart = noisy_classes(60, 3, 3, 5);
    // A dependent input, and classes that can be told apart.
    for (Size k = 0; k < 60; ++k) {
        double* x = apart.problem.x.data() + 3 * k;
        x[2] = x[0] - 2.0 * x[1];
        for (Size o = 0; o < 3; ++o) apart.problem.targets[3 * k + o] = 0.0;
        apart.problem.targets[3 * k + (x[0] < -0.4 ? 0 : x[0] < 0.4 ? 1 : 2)] = 1.0;
    }
    SolveOptions options;
    options.starts = 8;
    const Decay everything{.weights = 0.02, .hidden_biases = 0.02, .outputs = 0.02, .output_biases = 0.02};
    const Decay no_biases{.weights = 0.1, .outputs = 0.1};
    for (const Decay& decay : {everything, no_biases}) {
        // Biases without decay may run to where softplus is a line.
        if (activation == ActivationKind::softplus && decay.hidden_biases == 0.0) continue;
        const Dataset data = apart.dataset(softmax_loss(), decay);
        check_minima(data, softmax,
                     solve(data, prototype(activation, {2, 4, 3, true, false}), options, Execution{}), 8);
        const Dataset squares = apart.dataset(squared_loss(), decay);
        check_minima(squares, squared,
                     solve(squares, prototype(activation, {2, 4, 3, true, false}), options, Execution{}), 8);
    }
}

// Strong decay leaves fewer neurons than there are: the others end at 0, not near it, and the point is a
// minimum whose biases are free there.
TEST_CASE("neurons that decay leaves nothing of are switched off") {
    std::vector<double> x, y;
    Random random(5, 9);
    for (int k = 0; k < 100; ++k) {
        x.push_back(6.0 * random.uniform() - 3.0);
        y.push_back(std::sin(2.0 * x.back()) + 0.3 * random.normal());
    }
    int off = 0;
    for (const ActivationKind kind : {ActivationKind::tanh, ActivationKind::gelu, ActivationKind::sigmoid}) {
        Dataset data = dataset_of(1, x, 1, y);
        Decay decay;
        decay.weights = decay.outputs = 8.0;
        data.set_decay(decay);
        const Network prototype(Activation(kind), layout_for(data, 4, true, false));
        SolveOptions options;
        options.starts = 6;
        const SolveResult result = solve(data, prototype, options, Execution{1});
        for (const StartReport& start : result.starts) CHECK(start.outcome == StartOutcome::converged);
        for (const DistinctPoint& point : result.points) {
            INFO(point.network.activation.name() << ", loss " << point.loss);
            for (Size i = 0; i < 4; ++i) {
                const bool idle = point.network.output(i) == 0.0;
                off += idle;
                CHECK((point.network.weights(i)[0] == 0.0) == idle);
            }
            const ModelReport report = classify_model(data, point.network, {}, {}, Execution{1});
            CHECK(report.verdict == Verdict::local_minimum);
        }
    }
    CHECK(off > 0);
}
