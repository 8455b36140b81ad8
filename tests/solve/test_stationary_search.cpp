// The search for a stationary point nearby: each step lowers the scaled norm of the gradient.
#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "solve/problems.hpp"
#include "solve/scaled_model.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// One step of a fresh search from `start`; whether it moved.
bool check_step(const Dataset& data, const InputMetric& metric, Network& start) {
    const HessianValue before = hessian(data, start, Execution{});
    const double radius = std::max(std::sqrt(2.0 * before.gradient.loss.loss), 1e-100);
    const Scaling scaling = Scaling::at(data, metric, start, before, radius);
    SolveOptions options;
    options.target = SolveTarget::stationary;
    options.max_iterations = 1;
    const StartReport report = solve_from(data, start, options, Execution{});
    if (report.outcome != StartOutcome::stalled || report.point.parameters == start.parameters) return false;
    const HessianValue after = hessian(data, report.point, Execution{});
    CAPTURE(report.reason);
    CHECK(norm_of(scaling.pull_gradient(after.gradient.value)) <
          norm_of(scaling.pull_gradient(before.gradient.value)));
    start = report.point;
    return true;
}

}  // namespace

TEST_CASE("a step towards a stationary point lowers the scaled gradient norm, or is not taken") {
    int moved = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const ActivationKind kind = seed % 2 == 0 ? ActivationKind::tanh : ActivationKind::gaussian;
        Network teacher{Activation(kind), 1, 1};
        Problem problem = taught(kind, 3, 40, 2, true, &teacher, seed);
        Random random(seed, 9);
        for (double& y : problem.targets) y += 0.3 * random.normal();
        const Dataset data = problem.dataset(true);
        const InputMetric metric = measure_inputs(data);
        Network point = perturbed(teacher, 1.0, seed);
        for (int step = 0; step < 12 && check_step(data, metric, point); ++step) ++moved;
    }
    REQUIRE(moved >= 200);
}
