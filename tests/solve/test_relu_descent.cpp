// Exact directional stationary points of networks of ReLU-like neurons, kinks included.
#include <cmath>

#include "classification/directional/directional.hpp"
#include "network/derivatives/kink_sums.hpp"
#include "solve/problems.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/table.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

std::vector<Activation> relu_like() {
    return {Activation(ActivationKind::relu), Activation(ActivationKind::leaky_relu, 0.125),
            Activation(ActivationKind::abs)};
}

Problem noise(Size samples, Size features, std::uint64_t seed) {
    Problem problem = normal_inputs(samples, features, seed);
    Random random(seed, 7);
    for (double& y : problem.targets) y = random.normal();
    return problem;
}

// D_i(v) of MATH.md section 9 with a bound of its rounding error.
struct Slope {
    double value = 0.0, rounding = 0.0;
};
Slope slope_along(const Dataset& data, const KinkValue& sums, Size neuron, const std::vector<double>& v) {
    Slope slope;
    for (std::size_t j = 0; j < v.size(); ++j) {
        slope.value += sums.slope(neuron, static_cast<Size>(j)) * v[j];
        slope.rounding += sums.slope_rounding(neuron, static_cast<Size>(j)) * std::abs(v[j]);
    }
    std::vector<double> x(v.size());
    const NeuronKinks& kinks = sums.kinks[at(neuron)];
    for (std::size_t l = 0; l < kinks.samples.size(); ++l) {
        data.sample(kinks.samples[l], x.data());
        double product = 0.0, terms = 0.0;
        for (std::size_t j = 0; j < v.size(); ++j) {
            product += v[j] * x[j];
            terms += std::abs(v[j] * x[j]);
        }
        slope.value += sums.slopes.kink() * kinks.coefficients[l] * std::abs(product);
        slope.rounding += std::abs(sums.slopes.kink()) * (kinks.rounding[l] * std::abs(product) +
                                                          1e-15 * std::abs(kinks.coefficients[l]) * terms);
    }
    return slope;
}

// psi = 0 to rounding and a D(v) >= 0 along `count` random directions of every neuron, and along those that
// leave one kink at a time.
void check_stationary(const Dataset& data, const Network& network, int count) {
    const KinkValue sums = kink_sums(data, network, {}, Execution{});
    Random random(99, 1);
    const Size d = network.inputs;
    for (Size i = 0; i < network.width; ++i) {
        CHECK(std::abs(sums.psi[at(i)]) <= sums.psi_rounding[at(i)]);
        const double a = network.output(i);
        int falls = 0;
        for (int trial = 0; trial < count; ++trial) {
            std::vector<double> v(at(d));
            for (double& component : v) component = random.normal();
            if (trial % 2 == 1 && !sums.kinks[at(i)].samples.empty()) {
                // Along the face of all kinks but one.
                const auto& set = sums.kinks[at(i)].samples;
                const std::size_t left = at(trial / 2) % set.size();
                std::vector<double> x(at(d));
                for (int sweep = 0; sweep < 2000; ++sweep) {
                    for (std::size_t l = 0; l < set.size(); ++l) {
                        if (l == left) continue;
                        data.sample(set[l], x.data());
                        double product = 0.0, square = 0.0;
                        for (std::size_t j = 0; j < x.size(); ++j) {
                            product += x[j] * v[j];
                            square += x[j] * x[j];
                        }
                        for (std::size_t j = 0; j < x.size(); ++j) v[j] -= product / square * x[j];
                    }
                }
            }
            const Slope slope = slope_along(data, sums, i, v);
            falls += a * slope.value < -2.0 * std::abs(a) * slope.rounding;
        }
        CHECK(falls == 0);
    }
}

std::size_t kink_count(const Dataset& data, const Network& network) {
    std::size_t count = 0;
    for (const NeuronKinks& kinks : kink_sums(data, network, {}, Execution{}).kinks)
        count += kinks.samples.size();
    return count;
}

}  // namespace

TEST_CASE("starts on small data end at exact stationary points, kinks included") {
    std::size_t kinks = 0;
    int points = 0;
    for (const Activation& activation : relu_like()) {
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            const Problem problem = noise(40, 3, seed);
            const Dataset data = problem.dataset(seed % 2 == 0);
            SolveOptions options;
            options.starts = 4;
            options.seed = seed;
            const SolveResult result = solve(data, activation, 4, options, Execution{});
            INFO(activation.name() << " seed " << seed);
            for (const StartReport& start : result.starts) {
                INFO(start.reason);
                CHECK(start.outcome == StartOutcome::converged);
                CHECK(start.gradient_relative <= options.gradient_tolerance);
            }
            for (const DistinctPoint& point : result.points) {
                check_stationary(data, point.network, 40);
                kinks += kink_count(data, point.network);
                ++points;
            }
        }
    }
    CHECK(points >= 40);
    CHECK(kinks >= 100);
}

TEST_CASE("minima on the diabetes data") {
    const Table table = standardised(read_table(TEPUI_TEST_DATA "/diabetes.csv"));
    const Dataset data = table.dataset(true);
    SolveOptions options;
    options.starts = 6;
    const SolveResult result = solve(data, Activation(ActivationKind::relu), 4, options, Execution{2});
    for (const StartReport& start : result.starts) {
        INFO(start.reason << ", loss " << start.loss);
        CHECK(start.outcome == StartOutcome::converged);
        CHECK(start.loss < 0.5 * 442.0);
    }
    REQUIRE_FALSE(result.points.empty());
    CHECK(kink_count(data, result.points[0].network) > 0);
    for (const DistinctPoint& point : result.points) check_stationary(data, point.network, 60);
}

TEST_CASE("a ReLU teacher is found with zero loss") {
    Network teacher{Activation(ActivationKind::relu), 1, 1};
    const Problem problem = taught(ActivationKind::relu, 2, 60, 3, true, &teacher, 11);
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 24;
    const SolveResult result = solve(data, Activation(ActivationKind::relu), 2, options, Execution{});
    REQUIRE_FALSE(result.points.empty());
    CHECK(result.points[0].loss < 1e-24);
    CHECK(same_up_to_symmetry(result.points[0].network, teacher, 1e-6));
    CHECK(result.points[0].hits >= 2);
}

TEST_CASE("a start is told the truth about how it ended") {
    const Problem problem = noise(40, 3, 3);
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 3;
    options.max_iterations = 1;
    const SolveResult cut = solve(data, Activation(ActivationKind::relu), 3, options, Execution{});
    for (const StartReport& start : cut.starts) CHECK(start.outcome == StartOutcome::stalled);
    options.max_iterations = 500;
    Execution execution;
    execution.progress = [](void*, const char*, double) { return false; };
    const SolveResult stopped = solve(data, Activation(ActivationKind::relu), 3, options, execution);
    for (const StartReport& start : stopped.starts) CHECK(start.outcome == StartOutcome::cancelled);
    options.divergence_factor = 1.0001;
    const SolveResult far = solve(data, Activation(ActivationKind::relu), 3, options, Execution{});
    for (const StartReport& start : far.starts) {
        CHECK(start.outcome == StartOutcome::stalled);
        CHECK(start.ran_off);
    }
}

TEST_CASE("the same bits for any number of threads, and equal points are one") {
    const Problem problem = noise(60, 2, 5);
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 24;
    const SolveResult one = solve(data, Activation(ActivationKind::relu), 2, options, Execution{1});
    const SolveResult two = solve(data, Activation(ActivationKind::relu), 2, options, Execution{2});
    REQUIRE(one.points.size() == two.points.size());
    Size hits = 0;
    for (std::size_t p = 0; p < one.points.size(); ++p) {
        CHECK(one.points[p].network.parameters == two.points[p].network.parameters);
        hits = std::max(hits, one.points[p].hits);
    }
    CHECK(one.points.size() < 24);
    CHECK(hits >= 2);
}

TEST_CASE("saddles are points with idle neurons") {
    const Problem problem = noise(40, 3, 8);
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.target = SolveTarget::stationary;
    options.starts = 12;
    const SolveResult result = solve(data, Activation(ActivationKind::relu), 3, options, Execution{});
    int with_idle = 0;
    for (const DistinctPoint& point : result.points) {
        check_stationary(data, point.network, 20);
        for (Size i = 0; i < 3; ++i) {
            if (point.network.output(i) != 0.0) continue;
            ++with_idle;
            break;
        }
    }
    CHECK(with_idle >= 2);
    CHECK(result.points.size() >= 4);
}

TEST_CASE("in one dimension without a bias all samples share one kink") {
    Problem problem{6, 1, {-2.0, -1.0, -0.5, 0.5, 1.0, 2.0}, {1.0, 1.0, 0.0, 0.0, -1.0, -3.0}};
    const Dataset data = problem.dataset(false);
    SolveOptions options;
    options.starts = 8;
    const SolveResult result = solve(data, Activation(ActivationKind::relu), 2, options, Execution{});
    for (const StartReport& start : result.starts) CHECK(start.outcome == StartOutcome::converged);
    REQUIRE_FALSE(result.points.empty());
    // Two rays, each its own least-squares fit.
    const double left = (2.0 + 1.0) / (4.0 + 1.0 + 0.25), right = (1.0 + 6.0) / (4.0 + 1.0 + 0.25);
    double loss = 0.0;
    for (int k = 0; k < 6; ++k) {
        const double f = problem.x[at(k)] < 0.0 ? -left * problem.x[at(k)] : -right * problem.x[at(k)];
        loss += 0.5 * (f - problem.targets[at(k)]) * (f - problem.targets[at(k)]);
    }
    CHECK(result.points[0].loss == Approx(loss).epsilon(1e-13));
}

TEST_CASE("on a grid many samples lie on one kink, and depend on each other") {
    Problem problem{25, 2, {}, {}};
    Random random(77, 1);
    for (int p = -2; p <= 2; ++p) {
        for (int q = -2; q <= 2; ++q) {
            problem.x.push_back(p);
            problem.x.push_back(q);
            problem.targets.push_back(random.normal());
        }
    }
    const Dataset data = problem.dataset(true);
    std::size_t dependent = 0;
    for (const Activation& activation : relu_like()) {
        SolveOptions options;
        options.starts = 12;
        const SolveResult result = solve(data, activation, 3, options, Execution{});
        for (const StartReport& start : result.starts) {
            INFO(activation.name() << ": " << start.reason);
            CHECK(start.outcome == StartOutcome::converged);
        }
        for (const DistinctPoint& point : result.points) {
            check_stationary(data, point.network, 40);
            const DirectionalReport report = classify_directional(data, point.network, {}, {}, Execution{});
            INFO(activation.name() << " loss " << point.loss << " " << name_of(report.rule));
            CHECK(report.stationary());
            for (const NeuronKinks& kinks : report.sums.kinks) dependent += kinks.samples.size() > 2;
        }
    }
    CHECK(dependent >= 3);
}

TEST_CASE("minima found have no escape neuron, saddles do") {
    const Problem problem = noise(40, 3, 21);
    const Dataset data = problem.dataset(true);
    for (const SolveTarget target : {SolveTarget::minimum, SolveTarget::stationary}) {
        SolveOptions options;
        options.target = target;
        options.starts = 10;
        const SolveResult result = solve(data, Activation(ActivationKind::relu), 3, options, Execution{});
        for (const DistinctPoint& point : result.points) {
            const DirectionalReport report = classify_directional(data, point.network, {}, {}, Execution{});
            INFO("loss " << point.loss);
            CHECK(report.stationary());
            bool idle = false;
            for (Size i = 0; i < 3; ++i) idle = idle || point.network.output(i) == 0.0;
            CHECK((report.verdict == Verdict::saddle) == idle);
            if (target == SolveTarget::minimum) CHECK(report.verdict == Verdict::local_minimum);
        }
    }
}

TEST_CASE("repeated and parallel samples share a kink") {
    Problem problem = noise(20, 2, 12);
    for (std::size_t l = 0; l < 40; ++l)
        problem.x.push_back((l % 3 == 0 ? -2.0 : 1.0) * problem.x[l / 2 * 2 + l % 2]);
    for (std::size_t l = 0; l < 20; ++l) {
        // Multiples of the first twenty samples.
        const double factor = l % 3 == 0 ? -2.0 : 1.0;
        problem.x[40 + 2 * l] = factor * problem.x[2 * l];
        problem.x[41 + 2 * l] = factor * problem.x[2 * l + 1];
        problem.targets.push_back(problem.targets[l] + 0.25);
    }
    problem.samples = 40;
    const Dataset data = problem.dataset(false);
    SolveOptions options;
    options.starts = 8;
    const SolveResult result = solve(data, Activation(ActivationKind::relu), 4, options, Execution{});
    std::size_t shared = 0;
    for (const StartReport& start : result.starts) CHECK(start.outcome == StartOutcome::converged);
    for (const DistinctPoint& point : result.points) {
        check_stationary(data, point.network, 40);
        for (const NeuronKinks& kinks : kink_sums(data, point.network, {}, Execution{}).kinks)
            shared += kinks.samples.size() >= 2;
    }
    CHECK(shared >= 1);
}

TEST_CASE("the steps of a descent are a few for each neuron") {
    Problem problem = normal_inputs(400, 5, 17);
    Random random(17, 7);
    for (Size k = 0; k < 400; ++k) {
        const double* x = problem.x.data() + 5 * k;
        problem.targets[at(k)] = std::sin(2.0 * x[0]) + x[1] * x[2] + 0.3 * random.normal();
    }
    const Dataset data = problem.dataset(true);
    for (const Size width : {4, 8, 16, 24}) {
        SolveOptions options;
        options.starts = 2;
        for (const StartReport& start :
             solve(data, Activation(ActivationKind::relu), width, options, Execution{}).starts) {
            CAPTURE(width, start.iterations, start.reason);
            CHECK(start.outcome == StartOutcome::converged);
            CHECK(start.iterations <= 25 * width + 50);
        }
    }
}
