// Searches of ReLU-like networks of any layout and convex loss: what they find is stationary, its minima hold
// against sampled steps, and samples told apart without bound leave the problem of the others.
#include <cmath>
#include <map>
#include <memory>

#include "classification/directional/several_outputs.hpp"
#include "classification/infinity/end_verdict.hpp"
#include "core/random.hpp"
#include "network/derivatives/objective.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;

namespace {

Network layout_of(const Activation& activation, const Dataset& data, Size width, bool bias, bool skip) {
    return {activation, test::layout_for(data, width, bias, skip)};
}

struct Noise {
    static constexpr Size kFeatures = 2;
    std::vector<double> x, y;

    Noise(Size samples, Size outputs, const Loss& loss, std::uint64_t seed) {
        Random random(seed, 3);
        for (Size k = 0; k < samples; ++k) {
            for (Size j = 0; j < kFeatures; ++j) x.push_back(random.normal());
            const auto label = static_cast<Size>(random.bits() % static_cast<std::uint64_t>(outputs));
            for (Size o = 0; o < outputs; ++o) {
                const bool one = outputs == 1 ? random.normal() > 0.0 : o == label;
                switch (loss.kind()) {
                    case LossKind::softmax:
                        y.push_back(o == label ? 1.0 : 0.0);
                        break;
                    case LossKind::logistic:
                        y.push_back(one ? 1.0 : 0.0);
                        break;
                    case LossKind::poisson:
                        y.push_back(static_cast<double>(random.bits() % 5));
                        break;
                    default:
                        y.push_back(random.normal());
                }
            }
        }
    }
};

// How often the loss falls beyond its rounding when all parameters move a little.
int falls_near(const Dataset& data, const Network& point, double size, int trials) {
    const LossValue here = loss(data, point, Execution{});
    const double noise = 8.0 * std::sqrt(here.loss * here.rounding_loss) + 1e-14 * here.loss;
    Random random(17, 5);
    int falls = 0;
    for (int trial = 0; trial < trials; ++trial) {
        Network next = point;
        for (double& p : next.parameters) p += size * std::max(std::abs(p), 0.1) * random.normal();
        falls += loss(data, next, Execution{}).loss < here.loss - noise;
    }
    return falls;
}

struct Kind {
    const Loss* loss;
    Size outputs;
};

}  // namespace

TEST_CASE("points of every layout and loss are stationary, and their minima hold") {
    const auto huber = pseudo_huber_loss(0.5);
    const std::vector<Kind> kinds = {{&squared_loss(), 1},  {&squared_loss(), 3}, {&logistic_loss(), 1},
                                     {&logistic_loss(), 2}, {&softmax_loss(), 2}, {&softmax_loss(), 3},
                                     {&poisson_loss(), 2},  {huber.get(), 2}};
    std::map<Verdict, int> verdicts;
    int starts = 0, answered = 0;
    Size iterations = 0;
    for (const Activation& activation :
         {Activation(ActivationKind::relu), Activation(ActivationKind::leaky_relu, 0.125),
          Activation(ActivationKind::abs)}) {
        for (std::uint64_t seed = 1; seed <= 2; ++seed) {
            for (const Kind& kind : kinds) {
                const Noise noise(60, kind.outputs, *kind.loss, seed);
                const Dataset data =
                    test::dataset_of(Noise::kFeatures, noise.x, kind.outputs, noise.y, *kind.loss);
                const Network prototype = layout_of(activation, data, 2, true, seed == 2);
                SolveOptions options;
                options.starts = 3;
                options.seed = seed;
                const SolveResult result = solve(data, prototype, options, Execution{1});
                INFO(activation.name() << ", " << name_of(kind.loss->kind()) << " of " << kind.outputs
                                       << " outputs, seed " << seed);
                for (const StartReport& start : result.starts) {
                    ++starts;
                    iterations += start.iterations;
                    answered += start.outcome == StartOutcome::converged ||
                                start.outcome == StartOutcome::at_infinity;
                }
                for (const DistinctPoint& point : result.points) {
                    const OutputsReport report =
                        classify_kinked_model(data, point.network, {}, {}, Execution{1});
                    INFO("loss " << point.loss << ", " << name_of(report.rule));
                    ++verdicts[report.verdict];
                    CHECK(report.verdict != Verdict::not_stationary);
                    if (report.verdict != Verdict::local_minimum) continue;
                    for (const double size : {1e-5, 1e-7})
                        CHECK(falls_near(data, point.network, size, 60) == 0);
                }
            }
        }
    }
    CAPTURE(starts, answered, iterations, verdicts[Verdict::local_minimum], verdicts[Verdict::undetermined]);
    CHECK(answered >= starts * 9 / 10);
    CHECK(iterations <= 40 * starts);
    CHECK(verdicts[Verdict::local_minimum] >= answered * 6 / 10);
}

// The best constant is 0 and no direction of a neuron lowers the loss: every neuron leaves, and nothing is
// left.
TEST_CASE("a search may come to a network without parameters") {
    const Dataset data =
        test::dataset_of(1, {1.0, 1.0, 2.0, 2.0}, 2, {1, 0, 0, 1, 1, 0, 0, 1}, softmax_loss());
    CHECK(hessian(data, layout_of(Activation(ActivationKind::relu), data, 0, false, false), Execution{})
              .value.rows() == 0);
    SolveOptions options;
    options.starts = 6;
    for (const SolveTarget target : {SolveTarget::minimum, SolveTarget::stationary}) {
        options.target = target;
        const SolveResult result = solve(
            data, layout_of(Activation(ActivationKind::relu), data, 2, false, false), options, Execution{1});
        REQUIRE_FALSE(result.points.empty());
        CHECK(result.points[0].loss == Approx(4.0 * std::log(2.0)));
    }
}

TEST_CASE("what all outputs share is nobody's") {
    const Noise noise(60, 3, softmax_loss(), 4);
    const Dataset data = test::dataset_of(Noise::kFeatures, noise.x, 3, noise.y, softmax_loss());
    SolveOptions options;
    options.starts = 6;
    const SolveResult result =
        solve(data, layout_of(Activation(ActivationKind::relu), data, 2, true, false), options, Execution{1});
    REQUIRE_FALSE(result.points.empty());
    for (const DistinctPoint& point : result.points) {
        const Network& network = point.network;
        for (Size q = 0; q < network.features(); ++q) {
            double sum = 0.0, size = 0.0;
            for (Size o = 0; o < 3; ++o) {
                sum += network.parameters[network.coefficient(q, o)];
                size += std::abs(network.parameters[network.coefficient(q, o)]);
            }
            CHECK(std::abs(sum) <= 1e-12 * size);
        }
    }
}

TEST_CASE("the same bits for any number of threads with several outputs") {
    const Noise noise(60, 3, softmax_loss(), 9);
    const Dataset data = test::dataset_of(Noise::kFeatures, noise.x, 3, noise.y, softmax_loss());
    const Network prototype = layout_of(Activation(ActivationKind::relu), data, 3, true, false);
    SolveOptions options;
    options.starts = 6;
    const SolveResult one = solve(data, prototype, options, Execution{1});
    const SolveResult two = solve(data, prototype, options, Execution{2});
    REQUIRE(one.starts.size() == two.starts.size());
    for (std::size_t i = 0; i < one.starts.size(); ++i)
        CHECK(one.starts[i].point.parameters == two.starts[i].point.parameters);
}

// At x = -1 and 0 the classes are mixed, and at x = 2 there is class 1 alone: a neuron that is 0 at the
// former tells these samples apart, and what is left is the mixture, for which the output bias is there
// alone.
TEST_CASE("samples told apart by neurons that are 0 on all others leave their problem") {
    std::vector<double> x, y;
    const auto add = [&](double at, double label, int count) {
        x.insert(x.end(), std::size_t(count), at);
        y.insert(y.end(), std::size_t(count), label);
    };
    add(-1.0, 0.0, 3);
    add(-1.0, 1.0, 2);
    add(0.0, 0.0, 4);
    add(0.0, 1.0, 2);
    add(2.0, 1.0, 4);
    const Dataset data = test::dataset_of(1, x, 1, y, logistic_loss());
    SolveOptions options;
    options.starts = 8;
    const double mixture = 7.0 * std::log(11.0 / 7.0) + 4.0 * std::log(11.0 / 4.0);
    for (const Size width : {1, 2}) {
        const Network prototype = layout_of(Activation(ActivationKind::relu), data, width, true, false);
        int found = 0;
        for (const DistinctEnd& distinct : solve(data, prototype, options, Execution{1}).ends) {
            const EndReport& end = *distinct.end;
            if (end.rule != EndRule::kinked_minimum) continue;
            ++found;
            INFO("width " << width << ", loss " << end.loss);
            REQUIRE(end.separation.has_value());
            CHECK(end.verdict == EndVerdict::minimum);
            CHECK(end.separation->group == std::vector<Size>{0, 0});
            CHECK(end.separation->samples == 4);
            CHECK(end.separation->margin > 0.0);
            if (width == 1) CHECK(end.loss == Approx(mixture).epsilon(1e-9));
            // Far along the motion the loss is that of the limit.
            std::vector<double> coefficients = coefficients_of(end.limit);
            for (std::size_t c = 0; c < coefficients.size(); ++c)
                coefficients[c] += 1e3 * end.separation->direction[c];
            const std::vector<Approach> approaches(end.limit.units.size());
            const Network far = finite_network(with_coefficients(end.limit, coefficients), approaches);
            CHECK(loss(data, far, Execution{}).loss == Approx(end.loss).epsilon(1e-9));
            CHECK(falls_near(data, far, 1e-6, 200) == 0);
        }
        CHECK(found >= 1);
        if (width == 1) CHECK(found == 1);
    }
}

namespace {

Decay decay_of(double lambda, bool biases) {
    Decay decay;
    decay.weights = decay.outputs = decay.skip = lambda;
    decay.hidden_biases = decay.output_biases = biases ? lambda : 0.0;
    return decay;
}

// Of each neuron: (w, a) -> (c w, a / c) changes decay alone, so at a stationary point w.Lambda w = a.Lambda
// a.
double imbalance(const Dataset& data, const Network& network) {
    std::vector<double> in(static_cast<std::size_t>(network.width), 0.0), out(in);
    data.decay().each(network, [&](Size p, double lambda) {
        const double share = lambda * network.parameters[p] * network.parameters[p];
        const Size hidden = network.width * network.inputs;
        if (p < hidden)
            in[p / network.inputs] += share;
        else if (p < hidden + network.width * network.output_count)
            out[(p - hidden) / network.output_count] += share;
    });
    double worst = 0.0, all = 0.0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        worst = std::max(worst, std::abs(in[i] - out[i]));
        all += in[i] + out[i];
    }
    return all > 0.0 ? worst / all : 0.0;
}

}  // namespace

TEST_CASE("points under decay are balanced, and no step near them lowers the loss") {
    const std::vector<Kind> kinds = {{&squared_loss(), 1},
                                     {&squared_loss(), 3},
                                     {&logistic_loss(), 1},
                                     {&softmax_loss(), 3},
                                     {&poisson_loss(), 2}};
    int starts = 0, answered = 0, falls = 0;
    for (const Activation& activation :
         {Activation(ActivationKind::relu), Activation(ActivationKind::leaky_relu, 0.125),
          Activation(ActivationKind::abs)}) {
        std::uint64_t seed = 0;
        for (const Kind& kind : kinds) {
            for (const double lambda : {1.0, 0.01}) {
                const Noise noise(60, kind.outputs, *kind.loss, ++seed);
                Dataset data = test::dataset_of(Noise::kFeatures, noise.x, kind.outputs, noise.y, *kind.loss);
                data.set_decay(decay_of(lambda, seed % 3 == 0));
                SolveOptions options;
                options.starts = 4;
                const SolveResult result =
                    solve(data, layout_of(activation, data, 3, true, seed % 2 == 0), options, Execution{1});
                INFO(activation.name() << ", " << name_of(kind.loss->kind()) << " of " << kind.outputs
                                       << " outputs, seed " << seed << ", lambda " << lambda);
                for (const StartReport& start : result.starts) {
                    ++starts;
                    answered += start.outcome == StartOutcome::converged;
                    CHECK(start.outcome != StartOutcome::at_infinity);
                }
                for (const DistinctPoint& point : result.points) {
                    INFO("loss " << point.loss);
                    CHECK(point.loss == Approx(loss(data, point.network, Execution{}).loss).epsilon(1e-12));
                    CHECK(imbalance(data, point.network) <= 1e-7);
                    for (const double size : {1e-3, 1e-5}) falls += falls_near(data, point.network, size, 60);
                }
            }
        }
    }
    CAPTURE(starts, answered);
    CHECK(answered >= starts * 95 / 100);
    CHECK(falls == 0);
}

TEST_CASE("decay that is strong enough switches every neuron off") {
    const Noise noise(60, 2, squared_loss(), 5);
    for (const bool biases : {false, true}) {
        Dataset data = test::dataset_of(Noise::kFeatures, noise.x, 2, noise.y, squared_loss());
        data.set_decay(decay_of(1e3, biases));
        SolveOptions options;
        options.starts = 4;
        const SolveResult result = solve(
            data, layout_of(Activation(ActivationKind::relu), data, 3, true, false), options, Execution{1});
        REQUIRE(result.points.size() == 1);
        const Network& network = result.points[0].network;
        for (Size i = 0; i < network.width; ++i) {
            CHECK(network.output(i, 0) == 0.0);
            CHECK(network.output(i, 1) == 0.0);
        }
    }
}

TEST_CASE("decay that ReLU-like neurons get round by their scale is refused, and says why") {
    const Noise noise(20, 1, squared_loss(), 1);
    Dataset data = test::dataset_of(Noise::kFeatures, noise.x, 1, noise.y);
    const Network prototype = layout_of(Activation(ActivationKind::relu), data, 1, true, false);
    for (const bool hidden : {true, false}) {
        Decay decay;
        decay.bias_input = true;
        (hidden ? decay.weights : decay.outputs) = 0.1;
        data.set_decay(decay);
        try {
            solve(data, prototype, SolveOptions{}, Execution{1});
            FAIL("not refused");
        } catch (const Error& error) {
            CHECK(error.status() == Status::unsupported);
            CHECK(std::string(error.what()).find(hidden ? "hidden weights alone" : "output weights alone") !=
                  std::string::npos);
        }
    }
    Decay skip;
    skip.skip = 0.1;
    data.set_decay(skip);
    CHECK_FALSE(solve(data, prototype, SolveOptions{}, Execution{1}).starts.empty());
}
