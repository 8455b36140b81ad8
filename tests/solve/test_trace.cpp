// Saddle-to-saddle runs: planted plateaus are seen, and the points behind them are exact.
#include <cmath>

#include "network/derivatives/kink_sums.hpp"
#include "solve/problems.hpp"
#include "solve/relu/sliding_field.hpp"
#include "solve/trace.hpp"
#include "support/catch.hpp"
#include "support/table.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

Network relu(Size width, Size inputs) {
    return Network(Activation(ActivationKind::relu), width, inputs);
}

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

// A strong positive and a weak negative neuron in orthogonal directions: the first is learnt long before the
// second.
Problem strong_and_weak() {
    Problem problem = normal_inputs(200, 4, 5);
    for (Size k = 0; k < 200; ++k) {
        const double* x = problem.x.data() + 4 * k;
        problem.targets[at(k)] =
            3.0 * std::max(0.0, x[0]) - 1.0 * std::max(0.0, x[1]) + 0.3 * std::max(0.0, x[2]);
    }
    return problem;
}

std::vector<FlowPoint> staircase(const std::vector<double>& levels, double drop, double stay) {
    // Logistic falls of width 1 between the levels, `stay` apart.
    std::vector<FlowPoint> curve;
    const double end = stay * static_cast<double>(levels.size());
    for (Size l = 0; l <= 2000; ++l) {
        FlowPoint point{l, end * static_cast<double>(l) / 2000.0, levels.back()};
        for (std::size_t s = 1; s < levels.size(); ++s) {
            const double centre = stay * static_cast<double>(s);
            point.loss += (levels[s - 1] - levels[s]) / (1.0 + std::exp((point.time - centre) / drop));
        }
        curve.push_back(point);
    }
    return curve;
}

void check_exact(const Dataset& data, const Network& network) {
    const KinkValue sums = kink_sums(data, network, {}, Execution{});
    for (Size i = 0; i < network.width; ++i) {
        CHECK(std::abs(sums.psi[at(i)]) <= sums.psi_rounding[at(i)]);
        if (!sums.kinks[at(i)].samples.empty()) continue;
        for (Size j = 0; j < network.inputs; ++j)
            CHECK(std::abs(network.output(i) * sums.slope(i, j)) <=
                  std::abs(network.output(i)) * sums.slope_rounding(i, j));
    }
}

}  // namespace

TEST_CASE("a listener that wants the flow of many samples to stop does not wait for dozens of steps") {
    const Problem problem = normal_inputs(20000, 8, 6);
    const Network start = small_network(Network(Activation(ActivationKind::relu), 16, 8), 1e-3, 1);
    int calls = 0;
    const auto stop_at_the_second = [](void* user, const char*, double) {
        return ++*static_cast<int*>(user) < 2;
    };
    const Execution execution{1, stop_at_the_second, &calls};
    const FlowRecord flow = gradient_flow(problem.dataset(false), start, FlowOptions{}, execution);
    CHECK(flow.end == FlowEnd::cancelled);
    CHECK(calls == 2);
    CHECK(flow.curve.back().step < 64);
}

TEST_CASE("plateaus of a staircase") {
    const std::vector<FlowPoint> curve = staircase({10.0, 6.0, 5.0, 1.0}, 0.3, 10.0);
    const std::vector<Plateau> plateaus = find_plateaus(curve, 5.0, 1e-3);
    REQUIRE(plateaus.size() == 4);
    const double levels[] = {10.0, 6.0, 5.0, 1.0};
    for (std::size_t p = 0; p < 4; ++p) {
        CHECK(curve[plateaus[p].slowest].loss == Approx(levels[p]).margin(0.01));
        CHECK(plateaus[p].begin <= plateaus[p].slowest);
        CHECK(plateaus[p].slowest <= plateaus[p].end);
        CHECK(curve[plateaus[p].end].time - curve[plateaus[p].begin].time > 3.0);
        if (p > 0) CHECK(plateaus[p].begin > plateaus[p - 1].end);
    }
    CHECK(plateaus.front().begin == 0);
    CHECK(plateaus.back().end == curve.size() - 1);
    // The step from 6 to 5 is below a tenth of the first loss and a bit.
    CHECK(find_plateaus(curve, 5.0, 0.11).size() == 3);
    // A fall without rests has plateaus at its ends only; a curve that does nothing is one plateau.
    CHECK(find_plateaus(staircase({2.0, 1.0}, 0.3, 10.0), 5.0, 1e-3).size() == 2);
    CHECK(find_plateaus(staircase({2.0, 2.0}, 0.3, 10.0), 5.0, 1e-3).size() == 1);
    CHECK(find_plateaus({}, 5.0, 1e-3).empty());
}

TEST_CASE("planted plateaus: each has its exact point with the neurons that wait there") {
    const Problem problem = strong_and_weak();
    const Dataset data = problem.dataset(false);
    for (const std::uint64_t seed : {1, 2, 3}) {
        INFO("seed " << seed);
        TraceOptions options;
        options.flow.initial_scale = 1e-8;
        options.flow.seed = seed;
        const TraceResult result = trace(data, relu(8, 4), options, Execution{});
        CHECK(result.flow.end == FlowEnd::at_rest);
        REQUIRE(result.plateaus.size() == 3);
        // Before anything is learnt, all neurons wait at zero.
        CHECK(result.plateaus[0].idle.size() == 8);
        // What the positive neuron alone can do.
        SolveOptions narrow;
        const SolveResult one = solve(data, Activation(ActivationKind::relu), 1, narrow, Execution{});
        const TracedPlateau& second = result.plateaus[1];
        CHECK(second.found);
        CHECK(second.point.loss == Approx(one.points[0].loss).epsilon(1e-10));
        CHECK_FALSE(second.idle.empty());
        CHECK(second.idle.size() <= 7);
        for (Size i = 0; i < 8; ++i) {
            const double a = second.point.point.output(i);
            CHECK(a >= 0.0);
        }
        const TracedPlateau& last = result.plateaus[2];
        CHECK(last.found);
        CHECK(last.point.loss < 0.1 * second.point.loss);
        for (const TracedPlateau& plateau : result.plateaus) {
            CHECK(plateau.point.outcome == StartOutcome::converged);
            check_exact(data, plateau.point.point);
            REQUIRE(plateau.verdict);
            const bool end = &plateau == &last;
            CHECK((plateau.verdict->verdict == Verdict::saddle ||
                   (end && plateau.verdict->verdict == Verdict::local_minimum)));
            if (!end) CHECK(plateau.verdict->witness);
            for (const Size i : plateau.idle) {
                // Everything that waits there may leave.
                const std::vector<Size>& escapes = plateau.verdict->escapes;
                if (!end) CHECK(std::count(escapes.begin(), escapes.end(), i) == 1);
                CHECK(plateau.point.point.output(i) == 0.0);
                for (Size j = 0; j < 4; ++j) CHECK(plateau.point.point.weights(i)[j] == 0.0);
            }
        }
        const auto& curve = result.flow.curve;
        for (std::size_t l = 1; l < curve.size(); ++l) {
            CHECK(curve[l].time > curve[l - 1].time);
            CHECK(curve[l].loss <= curve[l - 1].loss * (1.0 + 1e-12));
        }
    }
}

TEST_CASE("a run on the diabetes data ends where its last plateau's exact point is") {
    const Table table = standardised(read_table(TEPUI_TEST_DATA "/diabetes.csv"));
    const Dataset data = table.dataset(true, LossScaling::mean);
    TraceOptions options;
    const TraceResult result = trace(data, relu(3, data.inputs()), options, Execution{});
    REQUIRE(result.plateaus.size() >= 2);
    CHECK(result.plateaus.front().idle.size() == 3);
    CHECK(result.plateaus.back().found);
    CHECK(result.plateaus.back().point.loss <= result.flow.curve.back().loss);
    for (const TracedPlateau& plateau : result.plateaus) check_exact(data, plateau.point.point);
}

TEST_CASE("the velocity is the gradient away from kinks, and slides along one that both sides push at") {
    const Problem problem = normal_inputs(30, 3, 2);
    const Dataset data = problem.dataset(false);
    const Network network = small_network(relu(4, 3), 0.5, 9);
    SlidingField field(data, network);
    const Gradient g = gradient(data, network, Execution{});
    CHECK(field.loss() == Approx(g.loss.loss).epsilon(1e-13));
    const std::vector<double> velocity = field.velocity(0.0);
    for (std::size_t j = 0; j < velocity.size(); ++j)
        CHECK(velocity[j] == Approx(-g.value[j]).epsilon(1e-11).margin(1e-12));
    // Sample 0 pulls w . (1, 1) up at rate 2; sample 1, barely on, pulls it down at rate 4 while it is on.
    Problem kink{2, 2, {1.0, 0.0, 1.0, 1.0}, {3.0, -2.0}};
    const Dataset two = kink.dataset(false);
    Network one(Activation(ActivationKind::relu), 1, 2);
    one.output(0) = 1.0;
    one.weights(0)[0] = 1.0;
    one.weights(0)[1] = -1.0 + 1e-9;
    SlidingField at_kink(two, one);
    const std::vector<double> slide = at_kink.velocity(0.1);
    CHECK(slide[0] + slide[1] == Approx(0.0).margin(1e-9));
    // Where it does not push back hard enough, the kink is crossed, at the speed of its other side.
    kink.targets = {8.0, -2.0};
    const Dataset strong = kink.dataset(false);
    one.weights(0)[1] = -1.0 - 1e-9;
    SlidingField crossing(strong, one);
    const std::vector<double> free = crossing.velocity(0.1);
    CHECK(free[0] == Approx(7.0 - 2.0).epsilon(1e-6));
    CHECK(free[1] == Approx(-2.0).epsilon(1e-6));
}

TEST_CASE("traces refuse what they cannot do, and stop when asked") {
    const Problem problem = strong_and_weak();
    const Dataset data = problem.dataset(false);
    TraceOptions options;
    CHECK_THROWS_AS(trace(data, Network(Activation(ActivationKind::tanh), 2, 4), options, Execution{}),
                    Error);
    CHECK_THROWS_AS(trace(data, relu(0, 4), options, Execution{}), Error);
    options.flow.initial_scale = 0.0;
    CHECK_THROWS_AS(trace(data, relu(2, 4), options, Execution{}), Error);
    options.flow.initial_scale = 1e-6;
    Execution execution;
    execution.progress = [](void*, const char*, double fraction) { return fraction < 1e-3; };
    const TraceResult stopped = trace(data, relu(2, 4), options, execution);
    CHECK(stopped.flow.end == FlowEnd::cancelled);
    options.flow.max_steps = 10;
    const TraceResult cut = trace(data, relu(2, 4), options, Execution{});
    CHECK(cut.flow.end == FlowEnd::step_limit);
    CHECK(cut.flow.curve.back().step == 10);
}
