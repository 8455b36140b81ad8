// Runs of networks of any layout, loss and decay: the flow is that of the gradient, and the point behind a
// plateau is what brute force says.
#include <set>

#include "network/derivatives/kink_sums.hpp"
#include "network/derivatives/objective.hpp"
#include "solve/aligned_neurons.hpp"
#include "solve/model_problems.hpp"
#include "solve/relu/sliding_field.hpp"
#include "solve/trace.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

const Decay kDecay{.weights = 0.3, .hidden_biases = 0.1, .outputs = 0.2, .output_biases = 0.05, .skip = 0.4};

double loss_at(const Dataset& data, const Network& network) {
    return loss(data, network, Execution{}).loss;
}

// Targets that every loss takes: shares.
Samples shares(Size samples, Size features, Size outputs, std::uint64_t seed) {
    Samples result{normal_inputs(samples, features, seed), outputs};
    Random random(seed, 3);
    result.problem.targets.clear();
    for (Size k = 0; k < samples; ++k) {
        std::vector<double> share(static_cast<std::size_t>(outputs));
        double sum = 0.0;
        for (double& s : share) sum += s = 0.05 + random.uniform();
        for (const double s : share) result.problem.targets.push_back(s / sum);
    }
    return result;
}

// A strong neuron for the first output and a weak one for the second, at right angles.
Samples strong_and_weak(double offset) {
    Samples result{normal_inputs(160, 3, 5), 2};
    result.problem.targets.clear();
    for (Size k = 0; k < 160; ++k) {
        const double* x = result.problem.x.data() + 3 * k;
        result.problem.targets.push_back(3.0 * std::max(0.0, x[0]) + offset);
        result.problem.targets.push_back(-std::max(0.0, x[1]) + 0.2 * std::max(0.0, x[2]) - offset);
    }
    return result;
}

// The least loss among so many networks nearby, neurons at zero among what moves.
double least_nearby(const Dataset& data, const Network& point, double size) {
    Random random(11, 0);
    double least = HUGE_VAL;
    for (int trial = 0; trial < 4000; ++trial) {
        Network moved = point;
        for (double& p : moved.parameters) p += size * random.normal();
        least = std::min(least, loss_at(data, moved));
    }
    return least;
}

// Differences of the loss by every parameter but those of neurons at w = 0 and of neurons with kinks vanish.
void check_stationary(const Dataset& data, const Network& point) {
    const KinkValue sums = kink_sums(data, point, {}, Execution{});
    const double level = loss_at(data, point);
    std::set<Size> open;
    for (Size i = 0; i < point.width; ++i) {
        if (sums.kinks[static_cast<std::size_t>(i)].samples.empty()) continue;
        for (Size j = 0; j < point.inputs; ++j) open.insert(point.weight(i, j));
    }
    constexpr double kStep = 1e-5;
    for (Size p = 0; p < point.parameter_count(); ++p) {
        if (open.count(p) > 0) continue;
        Network up = point, down = point;
        up.parameters[p] += kStep;
        down.parameters[p] -= kStep;
        INFO("parameter " << p);
        CHECK(std::abs(loss_at(data, up) - loss_at(data, down)) / (2.0 * kStep) <= 1e-5 * (1.0 + level));
    }
}

}  // namespace

TEST_CASE("the velocity of any layout, loss and decay is the gradient away from kinks") {
    const Samples samples = shares(300, 3, 3, 2);
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(0.7);
    for (const Loss* loss :
         {&squared_loss(), &softmax_loss(), &logistic_loss(), &poisson_loss(), huber.get()}) {
        for (const bool beside : {false, true}) {
            for (const Decay& decay : {Decay{}, kDecay}) {
                const Dataset data = samples.dataset(*loss, decay);
                const Network like(Activation(ActivationKind::leaky_relu, 0.1), {4, 4, 3, beside, beside});
                Network network = small_network(like, 0.5, 9);
                for (Size p = network.coefficient(4, 0); p < network.parameter_count(); ++p)
                    network.parameters[p] = 0.1 * static_cast<double>(p % 7) - 0.3;
                SlidingField field(data, network);
                CHECK(field.loss() == Approx(loss_at(data, network)).epsilon(1e-13));
                const std::vector<double> velocity = field.velocity(0.0);
                REQUIRE(velocity.size() == network.parameters.size());
                constexpr double kStep = 1e-6;
                for (std::size_t p = 0; p < velocity.size(); ++p) {
                    Network up = network, down = network;
                    up.parameters[p] += kStep;
                    down.parameters[p] -= kStep;
                    const double slope = (loss_at(data, up) - loss_at(data, down)) / (2.0 * kStep);
                    CHECK(velocity[p] == Approx(-slope).epsilon(1e-5).margin(1e-5));
                }
            }
        }
    }
}

TEST_CASE("several outputs pull at a kink by their output weights, and the flow slides along it") {
    // The first output pulls w . (1, 1) up at rate 2, the second, on while it is on, down at rate 4.
    const std::vector<double> x{1.0, 0.0, 1.0, 1.0}, y{3.0, 0.0, 0.0, -2.0};
    const Dataset data(
        {.samples = 2, .features = 2, .x = x.data(), .ldx = 2, .targets = y.data(), .outputs = 2}, false,
        false, LossScaling::sum);
    Network one(Activation(ActivationKind::relu), {1, 2, 2});
    one.parameters = {1.0, -1.0 + 1e-9, 1.0, 1.0};
    SlidingField field(data, one);
    const std::vector<double> slide = field.velocity(0.1);
    CHECK(slide[0] + slide[1] == Approx(0.0).margin(1e-9));
}

TEST_CASE("plateaus of two outputs: each has its exact point, saddles fall and minima do not") {
    for (const bool beside : {false, true}) {
        for (const std::uint64_t seed : {1, 2, 3}) {
            CAPTURE(beside, seed);
            const Samples samples = strong_and_weak(beside ? 2.0 : 0.0);
            const Dataset data = samples.dataset(squared_loss());
            const Network like(Activation(ActivationKind::relu), {6, 4, 2, beside, false});
            TraceOptions options;
            options.flow.initial_scale = 1e-8;
            options.flow.seed = seed;
            const TraceResult result = trace(data, like, options, Execution{});
            REQUIRE(result.plateaus.size() >= 3);
            const TracedPlateau& first = result.plateaus.front();
            CHECK(first.idle.size() == 6);
            CHECK(first.found);
            // What is beside the neurons is learnt before, and is no plateau.
            if (beside) CHECK(first.plateau.begin > 0);
            // Then what one neuron alone can do.
            SolveOptions narrow;
            const Network single(like.activation, {1, 4, 2, beside, false});
            const SolveResult one = solve(data, single, narrow, Execution{});
            const TracedPlateau& second = result.plateaus[1];
            CHECK(second.found);
            CHECK(second.point.loss == Approx(one.points.front().loss).epsilon(1e-9));
            for (const TracedPlateau& plateau : result.plateaus) {
                REQUIRE(plateau.point.outcome == StartOutcome::converged);
                REQUIRE(plateau.verdict);
                const Network& point = plateau.point.point;
                CHECK(loss_at(data, point) == Approx(plateau.point.loss).epsilon(1e-10));
                check_stationary(data, point);
                const double least = least_nearby(data, point, 1e-3);
                if (plateau.verdict->verdict == Verdict::local_minimum)
                    CHECK(least >= plateau.point.loss * (1.0 - 1e-12));
                if (&plateau == &first) CHECK(least < plateau.point.loss);
                if (plateau.verdict->verdict != Verdict::saddle) continue;
                REQUIRE(plateau.verdict->witness);
                const Witness& way = *plateau.verdict->witness;
                Network there = point;
                there.parameters = way.curve(way.epsilon);
                CHECK(loss_at(data, there) < plateau.point.loss);
            }
            CHECK(result.plateaus[1].verdict->verdict == Verdict::saddle);
            const auto& curve = result.flow.curve;
            for (std::size_t l = 0; l < curve.size(); l += 7)
                CHECK(loss_at(data, result.flow.networks[l]) ==
                      Approx(curve[l].loss).epsilon(1e-10).margin(1e-10));
        }
    }
}

TEST_CASE("classes that are told apart end a run at infinity, and waiting neurons of decay grow or stay") {
    const Samples classes = [] {
        Samples made{normal_inputs(60, 2, 4), 2};
        made.problem.targets.clear();
        for (Size k = 0; k < 60; ++k) {
            const double right = made.problem.x[static_cast<std::size_t>(2 * k)] > 0.3 ? 1.0 : 0.0;
            made.problem.targets.insert(made.problem.targets.end(), {right, 1.0 - right});
        }
        return made;
    }();
    const Network like(Activation(ActivationKind::relu), {3, 3, 2, true, false});
    TraceOptions options;
    options.flow.max_steps = 20000;
    const TraceResult apart = trace(classes.dataset(softmax_loss()), like, options, Execution{});
    REQUIRE_FALSE(apart.plateaus.empty());
    const TracedPlateau& last = apart.plateaus.back();
    CHECK(last.point.outcome == StartOutcome::at_infinity);
    REQUIRE(last.at_infinity);
    CHECK(last.at_infinity->end->verdict == EndVerdict::minimum);
    CHECK_FALSE(last.verdict);
    CHECK(last.found);

    // Under a weak decay they come to rest, under a strong one nothing ever grows.
    for (const double lambda : {0.3, 200.0}) {
        CAPTURE(lambda);
        const Dataset data =
            classes.dataset(softmax_loss(), {.weights = lambda, .hidden_biases = lambda, .outputs = lambda});
        const TraceResult held = trace(data, like, options, Execution{});
        REQUIRE_FALSE(held.plateaus.empty());
        const TracedPlateau& end = held.plateaus.back();
        CHECK(held.flow.end == FlowEnd::at_rest);
        REQUIRE(end.found);
        CHECK(end.point.outcome == StartOutcome::converged);
        check_stationary(data, end.point.point);
        const TracedPlateau& begin = held.plateaus.front();
        CHECK(begin.idle.size() == 3);
        REQUIRE(begin.verdict);
        const double best = least_nearby(data, begin.point.point, 0.05);
        if (lambda < 1.0) {
            CHECK(begin.verdict->verdict == Verdict::saddle);
            CHECK(begin.verdict->escapes.size() == 3);
            CHECK(best < begin.point.loss);
        } else {
            CHECK(held.plateaus.size() == 1);
            CHECK(begin.verdict->verdict == Verdict::local_minimum);
            CHECK(begin.verdict->escapes.empty());
            CHECK(best >= begin.point.loss);
        }
    }
}

TEST_CASE("aligned neurons act as one, and are taken apart again without a change of the function") {
    const Samples samples = strong_and_weak(0.5);
    const Dataset data = samples.dataset(squared_loss(), kDecay);
    const InputMetric metric = measure_inputs(data);
    for (const ActivationKind kind : {ActivationKind::relu, ActivationKind::abs}) {
        Network network(Activation(kind), {4, 4, 2, true, false});
        const std::vector<double> w{1.0, 2.0, -0.5, 0.3}, a{0.7, -0.4};
        const double sizes[] = {1.0, 0.25, -1.0, 2.0}, outputs[] = {1.0, 3.0, 1.0, -1.0};
        for (Size i = 0; i < 4; ++i) {
            for (Size j = 0; j < 4; ++j) network.weights(i)[j] = sizes[i] * w[static_cast<std::size_t>(j)];
            for (Size o = 0; o < 2; ++o) network.output(i, o) = outputs[i] * a[static_cast<std::size_t>(o)];
        }
        const AlignedNeurons aligned = gather_aligned(metric, network);
        // The third has opposite weights, the fourth opposite output weights.
        REQUIRE(aligned.groups.size() == 1);
        CHECK(aligned.groups[0].size() == (kind == ActivationKind::abs ? 3 : 2));
        const auto decayed = [&](const Network& of) { return data.decay().value(of, of.parameters); };
        const auto fit = [&](const Network& of) { return loss_at(data, of) - decayed(of); };
        CHECK(fit(aligned.network) == Approx(fit(network)).epsilon(1e-13));
        Network spread = aligned.network;
        spread_aligned(aligned, spread);
        CHECK(fit(spread) == Approx(fit(network)).epsilon(1e-13));
        // The squares of what acts for a group, and so what decays, are shared out.
        CHECK(decayed(spread) == Approx(decayed(aligned.network)).epsilon(1e-13));
    }
}

TEST_CASE("traces refuse losses that are not convex, activations of single neurons and decay of one layer") {
    const Samples samples = shares(20, 2, 2, 1);
    const auto concave = [](void*, Size, Size, const double*, const double*, double*, double*, double*) {
        return std::int32_t{0};
    };
    const std::unique_ptr<const Loss> own = custom_loss(concave, nullptr, false);
    Network like(Activation(ActivationKind::relu), {2, 3, 2, false, false});
    CHECK_THROWS_AS(trace(samples.dataset(*own), like, TraceOptions{}, Execution{}), Error);
    const auto held = [&](const Decay& decay) { return samples.dataset(squared_loss(), decay); };
    CHECK_THROWS_AS(trace(held({.weights = 1.0}), like, TraceOptions{}, Execution{}), Error);
    CHECK_THROWS_AS(trace(held({.outputs = 1.0}), like, TraceOptions{}, Execution{}), Error);
    like.unit_activations.assign(2, like.activation);
    CHECK_THROWS_AS(trace(samples.dataset(squared_loss()), like, TraceOptions{}, Execution{}), Error);
}
