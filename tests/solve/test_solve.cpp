// Known points are found: teachers, planted minima, planted saddles.
#include <cmath>

#include "linalg/symmetric.hpp"
#include "solve/problems.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"

using namespace tepui;
using namespace tepui::test;

TEST_CASE("a teacher of the same width is found with zero loss") {
    const auto kind =
        GENERATE(ActivationKind::tanh, ActivationKind::gelu, ActivationKind::gaussian, ActivationKind::erf);
    Network teacher{Activation(kind), 1, 1};
    const Problem problem = taught(kind, 2, 60, 3, true, &teacher, 11);
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 24;
    const SolveResult result = solve(data, Activation(kind), 2, options, Execution{});
    REQUIRE(result.starts.size() == 24);
    REQUIRE_FALSE(result.points.empty());
    REQUIRE(result.points[0].loss < 1e-26);
    REQUIRE(same_up_to_symmetry(result.points[0].network, teacher, 1e-6));
    REQUIRE(result.points[0].hits >= 2);
    for (const StartReport& start : result.starts) {
        if (start.distinct == 0) REQUIRE(start.reason == "zero loss");
    }
}

TEST_CASE("planted minima are recovered from nearby") {
    const auto kind = GENERATE(ActivationKind::tanh, ActivationKind::sigmoid, ActivationKind::softplus,
                               ActivationKind::gelu, ActivationKind::gaussian, ActivationKind::silu);
    const bool bias = GENERATE(false, true);
    int recovered = 0, planted_points = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        PlantedOptions options;
        options.activation = Activation(kind);
        options.features = 3;
        options.bias = bias;
        options.weights = seed % 2 == 0;
        options.scaling = seed % 3 == 0 ? LossScaling::mean : LossScaling::sum;
        options.wanted = {Definiteness::positive_definite, Definiteness::indefinite};
        options.seed = seed;
        const auto planted = plant(options);
        if (!planted || !planted->full_rank) continue;
        ++planted_points;
        const Dataset data = planted->dataset();
        const StartReport report =
            solve_from(data, perturbed(planted->network, 1e-4, seed), SolveOptions{}, Execution{});
        CAPTURE(seed, report.reason, report.gradient_relative);
        REQUIRE(report.outcome == StartOutcome::converged);
        REQUIRE(report.gradient_relative <= 1e-12);
        recovered += same_up_to_symmetry(report.point, planted->network, 1e-6);
    }
    // A planted minimum whose basin is narrower than the perturbation may be left.
    CAPTURE(static_cast<int>(kind), bias);
    // A Gaussian neuron with a bias has identities that forbid what is wanted here.
    if (kind == ActivationKind::gaussian && bias) return;
    REQUIRE(planted_points >= 4);
    REQUIRE(recovered >= planted_points - 1);
}

TEST_CASE("planted saddles are reached when stationary points are wanted, and left when minima are") {
    const auto kind = GENERATE(ActivationKind::tanh, ActivationKind::gelu, ActivationKind::softplus);
    int reached = 0, saddles = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        PlantedOptions options;
        options.activation = Activation(kind);
        options.features = 2;
        options.wanted = {Definiteness::indefinite, Definiteness::positive_definite};
        options.saddle = true;
        options.seed = seed;
        const auto planted = plant(options);
        if (!planted) continue;
        ++saddles;
        const Dataset data = planted->dataset();
        SolveOptions solving;
        solving.target = SolveTarget::stationary;
        const Network start = perturbed(planted->network, 1e-5, seed);
        const StartReport report = solve_from(data, start, solving, Execution{});
        CAPTURE(seed, report.reason, report.gradient_relative);
        REQUIRE(report.outcome == StartOutcome::converged);
        REQUIRE(report.gradient_relative <= 1e-12);
        if (same_up_to_symmetry(report.point, planted->network, 1e-6)) {
            ++reached;
            const Matrix curvature = hessian(data, report.point, Execution{}).value;
            REQUIRE(linalg::shifted_inertia(curvature, 0.0).negative >= 1);
        }
        // Exactly at the saddle the gradient gives no direction: only the negative curvature leads on.
        solving.target = SolveTarget::minimum;
        const StartReport down = solve_from(data, planted->network, solving, Execution{});
        REQUIRE(down.loss < report.loss * (1.0 - 1e-9));
    }
    REQUIRE(saddles >= 5);
    REQUIRE(reached >= saddles - 1);
}

TEST_CASE("converged starts are stationary, and minima have no negative curvature beyond rounding") {
    Problem problem = normal_inputs(80, 2, 5);
    Random random(5, 9);
    for (std::size_t k = 0; k < problem.targets.size(); ++k) {
        problem.targets[k] = std::sin(2.0 * problem.x[2 * k]) + 0.3 * random.normal();
    }
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 12;
    const SolveResult result = solve(data, Activation(ActivationKind::gaussian), 2, options, Execution{});
    Size hits = 0;
    double before = 0.0;
    for (const DistinctPoint& point : result.points) {
        REQUIRE(point.loss >= before);
        before = point.loss;
        hits += point.hits;
        const HessianValue derivatives = hessian(data, point.network, Execution{});
        // Of a neuron that hardly any sample sees the terms are small, and rounding of outputs is not.
        const Gradient& slope = derivatives.gradient;
        for (std::size_t j = 0; j < slope.value.size(); ++j)
            REQUIRE(std::abs(slope.value[j]) <=
                    std::max(1e-12 * slope.magnitude[j], slope.rounding[j] + 4e-16 * slope.magnitude[j]));
        Matrix scaled = derivatives.value.copy();
        for (Size i = 0; i < scaled.rows(); ++i) {
            for (Size j = 0; j < scaled.cols(); ++j) {
                scaled(i, j) /= std::sqrt(derivatives.magnitude[static_cast<std::size_t>(i)] *
                                          derivatives.magnitude[static_cast<std::size_t>(j)]);
            }
        }
        REQUIRE(linalg::symmetric_eigen(scaled, false).values[0] > -1e-12);
    }
    Size converged = 0;
    for (const StartReport& start : result.starts) {
        converged += start.outcome == StartOutcome::converged;
        REQUIRE((start.distinct >= 0) == (start.outcome == StartOutcome::converged));
        REQUIRE_FALSE(start.reason.empty());
    }
    REQUIRE(hits == converged);
    REQUIRE(converged >= 2);
}

TEST_CASE("distinct points are distinct, and hits are the same point") {
    Network teacher{Activation(ActivationKind::tanh), 1, 1};
    const Problem problem = taught(ActivationKind::tanh, 2, 40, 2, false, &teacher, 3);
    const Dataset data = problem.dataset(false);
    SolveOptions options;
    options.starts = 16;
    const SolveResult result = solve(data, teacher.activation, 2, options, Execution{});
    for (const StartReport& start : result.starts) {
        if (start.distinct < 0) continue;
        const auto own = static_cast<std::size_t>(start.distinct);
        REQUIRE(same_up_to_symmetry(start.point, result.points[own].network, 1e-2));
        for (std::size_t p = 0; p < result.points.size(); ++p) {
            if (p == own || std::abs(result.points[p].loss - start.loss) > 1e-9 * start.loss) continue;
            REQUIRE_FALSE(same_up_to_symmetry(start.point, result.points[p].network, 1e-4));
        }
    }
}

TEST_CASE("random starts for stationary points find saddles as well as minima") {
    Problem problem = normal_inputs(60, 2, 31);
    Random random(31, 9);
    for (std::size_t k = 0; k < problem.targets.size(); ++k) {
        problem.targets[k] = std::sin(problem.x[2 * k]) + 0.5 * problem.x[2 * k + 1] + 0.2 * random.normal();
    }
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 24;
    options.target = SolveTarget::stationary;
    const SolveResult result = solve(data, Activation(ActivationKind::gelu), 2, options, Execution{});
    int saddles = 0, minima = 0, precise = 0;
    for (const DistinctPoint& point : result.points) {
        REQUIRE(point.gradient_relative <= options.tolerances.stationarity);
        precise += point.gradient_relative <= 1e-12;
        const Matrix curvature = hessian(data, point.network, Execution{}).value;
        const auto inertia = linalg::shifted_inertia(curvature, 0.0);
        (inertia.negative > 0 ? saddles : minima) += 1;
    }
    REQUIRE(saddles >= 1);
    REQUIRE(minima >= 1);
    // Where output weights are large their cancellation leaves more of the gradient.
    REQUIRE(precise + 1 >= saddles + minima);
}
