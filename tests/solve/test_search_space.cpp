// Searches on inputs that depend on each other, exactly or nearly, and on samples with equal inputs.
#include "solve/search_space.hpp"

#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "network/inputs/equal_samples.hpp"
#include "solve/problems.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/table.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

Verdict verdict_of(const Dataset& data, const Network& network) {
    return classify_network(data, network, {}, {}, Execution{}).verdict;
}

Size converged(const SolveResult& result) {
    Size count = 0;
    for (const StartReport& start : result.starts) count += start.outcome == StartOutcome::converged;
    return count;
}

// Whatever is called a point is one for the verdict too.
void check_points(const Dataset& data, const SolveResult& result) {
    for (const DistinctPoint& point : result.points) {
        CAPTURE(point.loss, point.gradient_relative);
        CHECK(verdict_of(data, point.network) != Verdict::not_stationary);
    }
}

SolveOptions some_starts(Size starts) {
    SolveOptions options;
    options.starts = starts;
    return options;
}

Problem with_column(const Problem& problem, const std::vector<double>& column) {
    Problem result{problem.samples, problem.features + 1, {}, problem.targets};
    for (Size k = 0; k < problem.samples; ++k) {
        const double* row = problem.x.data() + k * problem.features;
        result.x.insert(result.x.end(), row, row + problem.features);
        result.x.push_back(column[static_cast<std::size_t>(k)]);
    }
    return result;
}

Problem wavy(Size samples, Size features, std::uint64_t seed) {
    Problem problem = normal_inputs(samples, features, seed);
    Random random(seed, 3);
    for (Size k = 0; k < samples; ++k) {
        const double* x = problem.x.data() + k * features;
        problem.targets[static_cast<std::size_t>(k)] =
            std::sin(x[0]) + 0.5 * std::cos(1.5 * x[1]) + 0.5 * random.normal();
    }
    return problem;
}

}  // namespace

TEST_CASE("more inputs than samples are fitted in the space of the samples, by the shortest weights") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Random random(seed, 8);
        const Size samples = 2 + static_cast<Size>(random.bits() % 12);
        const Size features = samples * (1 + static_cast<Size>(random.bits() % 20));
        Problem problem = normal_inputs(samples, features, seed);
        for (double& y : problem.targets) y = random.normal();
        const Dataset data = problem.dataset(seed % 2 == 0);
        const SolveResult result = solve(data, Activation(ActivationKind::tanh), 1, some_starts(4), {});
        CAPTURE(seed, samples, features, result.starts[0].reason);
        CHECK(result.inputs.used == std::min(samples, data.inputs()));
        CHECK(converged(result) >= 3);
        REQUIRE(result.points.size() == 1);
        CHECK(result.points[0].hits == converged(result));
        const NetworkReport report = classify_network(data, result.points[0].network, {}, {}, Execution{});
        CHECK(report.global);
        const InputSpace space = input_space(data, Execution{});
        const Network seen = lift(project(report.network, space), space);
        for (std::size_t j = 0; j < seen.parameters.size(); ++j)
            CHECK(std::abs(seen.parameters[j] - report.network.parameters[j]) <= 1e-6);
    }
}

TEST_CASE("a column that nearly repeats others does not stop the search") {
    Size found = 0, without = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const Problem problem = wavy(60, 2, seed);
        const SolveResult plain =
            solve(problem.dataset(true), Activation(ActivationKind::tanh), 1, some_starts(6), {});
        const auto digits = static_cast<int>(4 + seed);  // 5 to 14 and then exactly
        Random random(seed, 9);
        std::vector<double> column;
        for (std::size_t k = 0; k < 60; ++k) {
            const double exact = problem.x[2 * k] + 0.5 * problem.x[2 * k + 1] + (seed % 2 == 0 ? 0.0 : 3.0);
            column.push_back(exact + (seed == 10 ? 0.0 : std::pow(10.0, -digits) * random.normal()));
        }
        const Problem wider = with_column(problem, column);
        const Dataset data = wider.dataset(true);
        const SolveResult result = solve(data, Activation(ActivationKind::tanh), 1, some_starts(6), {});
        CAPTURE(seed, digits, result.starts[0].reason, result.starts[1].reason);
        check_points(data, result);
        REQUIRE(result.inputs.dependences.size() == 1);
        CHECK(result.inputs.dependences[0].inputs.size() >= 3);
        // Points that use what tells the columns apart need weights of 1 / 10^-digits: double precision holds
        // them, or that direction is not used, but for a band in between.
        if (digits == 8) continue;
        found += converged(result);
        without += converged(plain);
    }
    CHECK(found >= without - 4);
    CHECK(without >= 40);
}

TEST_CASE("nearly constant columns do not stop the search") {
    Size found = 0, without = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        const Problem problem = wavy(40, 2, seed);
        Random random(seed, 9);
        std::vector<double> column;
        const double step = std::pow(10.0, -4.0 - 1.5 * static_cast<double>(seed));
        for (int k = 0; k < 40; ++k) column.push_back(5.0 + step * random.normal());
        const Problem wider = with_column(problem, column);
        const Dataset data = wider.dataset(true);
        const SolveResult result = solve(data, Activation(ActivationKind::tanh), 1, some_starts(6), {});
        CAPTURE(seed, step, result.starts[0].reason);
        check_points(data, result);
        if (seed < 3) continue;  // below 1e-8 the column is one more constant
        found += converged(result);
        without +=
            converged(solve(problem.dataset(true), Activation(ActivationKind::tanh), 1, some_starts(6), {}));
    }
    CHECK(found + 3 >= without);
    CHECK(without >= 15);
}

TEST_CASE("all fits of the means of equal inputs are one global minimum") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Random random(seed, 4);
        const Size different = 1 + static_cast<Size>(random.bits() % 3);
        Problem problem = normal_inputs(10, 2, seed);
        for (Size k = 0; k < 10; ++k) {
            const auto from = static_cast<std::size_t>(2 * (k % different)),
                       row = static_cast<std::size_t>(2 * k);
            problem.x[row] = problem.x[from];
            problem.x[row + 1] = problem.x[from + 1];
            problem.targets[static_cast<std::size_t>(k)] = random.normal();
        }
        const Dataset data = problem.dataset(true);
        double least = 0.0;
        for (Size group = 0; group < different; ++group) {
            double mean = 0.0, count = 0.0;
            for (Size k = group; k < 10; k += different, ++count) mean += problem.targets[std::size_t(k)];
            for (Size k = group; k < 10; k += different)
                least += 0.5 * std::pow(problem.targets[std::size_t(k)] - mean / count, 2);
        }
        const SolveResult result = solve(data, Activation(ActivationKind::tanh), 2, some_starts(6), {});
        CAPTURE(seed, different);
        CHECK(result.inputs.distinct_samples == different);
        CHECK(converged(result) >= 5);
        REQUIRE(result.points.size() == 1);
        CHECK(result.points[0].loss == Approx(least).epsilon(1e-12));
    }
}

TEST_CASE("diabetes with a column that is the sum of two") {
    Table table = read_table(TEPUI_TEST_DATA "/diabetes.csv");
    Table few{table.samples, 3, {}, table.targets};
    for (Size k = 0; k < table.samples; ++k) {
        const double* row = table.x.data() + k * table.features;
        few.x.insert(few.x.end(), {row[2], row[3], row[2] + row[3]});
    }
    few = standardised(few);
    const Dataset data = few.dataset(true);
    const SolveResult result = solve(data, Activation(ActivationKind::tanh), 2, some_starts(12), {});
    Table plain{table.samples, 2, {}, table.targets};
    for (Size k = 0; k < table.samples; ++k) {
        const double* row = table.x.data() + k * table.features;
        plain.x.insert(plain.x.end(), {row[2], row[3]});
    }
    plain = standardised(plain);
    const SolveResult without =
        solve(plain.dataset(true), Activation(ActivationKind::tanh), 2, some_starts(12), {});
    CHECK(converged(result) + 3 >= converged(without));
    CHECK(result.inputs.used == 3);
    check_points(data, result);
}

TEST_CASE("one row of what is read piece by piece is, bit by bit, what a block of rows has there") {
    constexpr Size kSamples = 75;
    const Problem problem = wavy(kSamples, 3, 4);
    std::vector<double> sum;
    for (std::size_t k = 0; k < kSamples; ++k) sum.push_back(problem.x[3 * k] + problem.x[3 * k + 2]);
    const Problem wider = with_column(problem, sum);
    StreamedSource source{kSamples, 4, false, {}};
    source.read = [&wider](Size first, Size count, double* x, double* targets, double*) {
        std::copy_n(wider.x.begin() + first * 4, count * 4, x);
        if (targets != nullptr) std::copy_n(wider.targets.begin() + first, count, targets);
    };
    const Dataset streamed(std::move(source), true, LossScaling::mean);
    const SearchSpace space(streamed, Layout{streamed.inputs(), 1, 1, false, false}, 1e-12, Execution{1});
    REQUIRE_FALSE(space.in_given_inputs());
    const Size inputs = space.data().inputs();
    std::vector<double> all(static_cast<std::size_t>(kSamples * inputs)), one(std::size_t(inputs), 0.0);
    space.data().rows(0, kSamples, all.data());
    for (Size k = 0; k < kSamples; ++k) {
        space.data().sample(k, one.data());
        CAPTURE(k);
        CHECK(std::equal(one.begin(), one.end(), all.begin() + k * inputs));
    }
}
