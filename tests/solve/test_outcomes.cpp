// How a start ends: each outcome, its reason, cancellation, and independence of the thread count.
#include <atomic>
#include <cmath>
#include <cstring>
#include <thread>

#include "classification/infinity/end_verdict.hpp"
#include "solve/problems.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// A step between two samples: the best single sigmoid has infinite weights.
Problem step_problem(double low, double high) {
    Problem problem{20, 1, std::vector<double>(20), std::vector<double>(20)};
    for (std::size_t k = 0; k < 20; ++k) {
        problem.x[k] = -1.9 + 0.2 * static_cast<double>(k);
        problem.targets[k] = k < 10 ? low : high;
    }
    return problem;
}

bool same_bits(const SolveResult& a, const SolveResult& b) {
    if (a.starts.size() != b.starts.size() || a.points.size() != b.points.size()) return false;
    for (std::size_t i = 0; i < a.starts.size(); ++i) {
        const StartReport &p = a.starts[i], &q = b.starts[i];
        if (p.outcome != q.outcome || p.reason != q.reason || p.iterations != q.iterations ||
            p.distinct != q.distinct || p.loss != q.loss || p.point.parameters != q.point.parameters) {
            return false;
        }
    }
    return true;
}

Problem noisy_problem() {
    Problem problem = normal_inputs(50, 2, 21);
    Random random(21, 3);
    for (std::size_t k = 0; k < problem.targets.size(); ++k)
        problem.targets[k] = std::cos(problem.x[2 * k]) + random.normal();
    return problem;
}

}  // namespace

TEST_CASE("a fit whose optimum is at infinity ends there") {
    const auto kind = GENERATE(ActivationKind::sigmoid, ActivationKind::tanh, ActivationKind::erf);
    const Problem problem =
        kind == ActivationKind::sigmoid ? step_problem(0.0, 1.0) : step_problem(-1.0, 1.0);
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 8;
    const SolveResult result = solve(data, Activation(kind), 1, options, Execution{});
    int at_infinity = 0;
    for (const StartReport& start : result.starts) {
        CAPTURE(start.reason, start.loss, start.gradient_relative, start.iterations);
        REQUIRE(start.outcome != StartOutcome::stalled);
        if (start.outcome != StartOutcome::at_infinity) continue;
        ++at_infinity;
        REQUIRE(start.distinct == -1);
        REQUIRE(start.end->verdict == EndVerdict::minimum);
        REQUIRE(start.end->limit.units[0].kind == UnitKind::saturated);
    }
    REQUIRE(at_infinity >= 6);
    REQUIRE(result.ends.size() <= 2);
    REQUIRE(result.ends[0].end->rule == EndRule::zero_loss);
}

TEST_CASE("a noisy step leaves a positive loss at infinity") {
    Problem problem = step_problem(-1.0, 1.0);
    for (std::size_t k = 0; k < 20; ++k) problem.targets[k] += 0.2 * std::sin(7.0 * static_cast<double>(k));
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 8;
    const SolveResult result = solve(data, Activation(ActivationKind::tanh), 1, options, Execution{});
    int at_infinity = 0;
    for (const StartReport& start : result.starts) {
        CAPTURE(start.reason);
        REQUIRE(start.outcome != StartOutcome::stalled);
        at_infinity += start.outcome == StartOutcome::at_infinity && start.loss > 0.1;
    }
    REQUIRE(at_infinity >= 4);
}

TEST_CASE("two neurons that approach each other with growing opposite outputs end in a channel") {
    // sigma'(x) is the limit of (sigma(x + h) - sigma(x - h)) / 2h: out of reach for finite outputs.
    Problem problem = normal_inputs(60, 1, 2);
    for (std::size_t k = 0; k < problem.targets.size(); ++k) {
        problem.targets[k] = 1.0 / std::pow(std::cosh(problem.x[k]), 2);
    }
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 8;
    const SolveResult result = solve(data, Activation(ActivationKind::tanh), 2, options, Execution{});
    int along_channel = 0;
    for (const StartReport& start : result.starts) {
        CAPTURE(start.reason, start.loss, start.iterations, start.gradient_relative);
        REQUIRE(start.outcome != StartOutcome::stalled);
        if (start.outcome != StartOutcome::at_infinity) continue;
        along_channel += start.end->limit.units[0].kind == UnitKind::channel;
        REQUIRE(start.end->verdict == EndVerdict::minimum);
    }
    REQUIRE(along_channel >= 4);
}

TEST_CASE("the iteration limit is reported as stalled") {
    const Problem problem = noisy_problem();
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 4;
    for (const SolveTarget target : {SolveTarget::minimum, SolveTarget::stationary}) {
        options.target = target;
        for (options.max_iterations = 0; options.max_iterations <= 2; ++options.max_iterations) {
            const SolveResult result = solve(data, Activation(ActivationKind::tanh), 2, options, Execution{});
            REQUIRE(result.points.empty());
            for (const StartReport& start : result.starts) {
                REQUIRE(start.outcome == StartOutcome::stalled);
                REQUIRE(start.iterations == options.max_iterations);
                REQUIRE(start.reason.find("iteration limit") != std::string::npos);
            }
        }
    }
}

TEST_CASE("an overflowing start is stalled with its reason, not an error") {
    const Problem problem = normal_inputs(10, 1, 4);
    const Dataset data = problem.dataset(false);
    Network start{Activation(ActivationKind::exp), 1, 1};
    start.parameters = {1e5, 1.0};
    const StartReport report = solve_from(data, start, SolveOptions{}, Execution{});
    REQUIRE(report.outcome == StartOutcome::stalled);
    REQUIRE(report.reason.find("numeric") != std::string::npos);
}

TEST_CASE("results have the same bits for any number of threads") {
    const Problem problem = noisy_problem();
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 9;
    options.seed = 77;
    Execution one, three;
    three.threads = 3;
    const SolveResult alone = solve(data, Activation(ActivationKind::tanh), 2, options, one);
    REQUIRE(same_bits(alone, solve(data, Activation(ActivationKind::tanh), 2, options, three)));
    options.seed = 78;
    REQUIRE_FALSE(same_bits(alone, solve(data, Activation(ActivationKind::tanh), 2, options, three)));
    // One start with threads inside its passes.
    options.starts = 1;
    REQUIRE(same_bits(solve(data, Activation(ActivationKind::tanh), 2, options, one),
                      solve(data, Activation(ActivationKind::tanh), 2, options, three)));
}

TEST_CASE("cancelling ends every unfinished start and is called from the calling thread alone") {
    const Problem problem = noisy_problem();
    const Dataset data = problem.dataset(true);
    SolveOptions options;
    options.starts = 400;  // more than other threads end while the caller waits for its turn
    struct Listener {
        std::thread::id thread = std::this_thread::get_id();
        int calls = 0, allowed = 0;
        bool elsewhere = false;
        double last = 0.0;
    };
    for (const int threads : {1, 3}) {
        Listener listener;
        listener.allowed = 25;
        Execution execution;
        execution.threads = threads;
        execution.progress_user = &listener;
        execution.progress = [](void* user, const char* phase, double fraction) {
            auto& self = *static_cast<Listener*>(user);
            self.elsewhere |=
                std::this_thread::get_id() != self.thread || std::strncmp(phase, "solving", 7) != 0;
            self.elsewhere |= fraction < self.last || fraction > 1.0;
            self.last = fraction;
            return ++self.calls <= self.allowed;
        };
        const SolveResult result = solve(data, Activation(ActivationKind::tanh), 2, options, execution);
        REQUIRE_FALSE(listener.elsewhere);
        REQUIRE(listener.calls > 25);
        int cancelled = 0;
        for (const StartReport& start : result.starts) {
            cancelled += start.outcome == StartOutcome::cancelled;
            REQUIRE_FALSE(start.reason.empty());
        }
        REQUIRE(cancelled >= 30);
    }
}

TEST_CASE("options out of range are refused") {
    const Problem problem = noisy_problem();
    const Dataset data = problem.dataset(false);
    const Activation activation(ActivationKind::tanh);
    const auto refused = [&](auto change) {
        SolveOptions options;
        change(options);
        REQUIRE_THROWS_AS(solve(data, activation, 2, options, Execution{}), Error);
    };
    refused([](SolveOptions& o) { o.starts = 0; });
    refused([](SolveOptions& o) { o.max_iterations = -1; });
    refused([](SolveOptions& o) { o.gradient_tolerance = NAN; });
    refused([](SolveOptions& o) { o.divergence_factor = 1.0; });
    refused([](SolveOptions& o) { o.target = static_cast<SolveTarget>(9); });
    REQUIRE_THROWS_AS(solve(data, activation, 0, SolveOptions{}, Execution{}), Error);
    REQUIRE_THROWS_AS(solve_from(data, Network(activation, 2, 5), SolveOptions{}, Execution{}), Error);
}
