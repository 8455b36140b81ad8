#include <cmath>

#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/table.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

const char* const kDiabetes = TEPUI_TEST_DATA "/diabetes.csv";

void check_outcomes(const SolveResult& result, Size at_least) {
    Size precise = 0;
    for (const StartReport& start : result.starts) {
        REQUIRE_FALSE(start.reason.empty());
        if (start.outcome != StartOutcome::converged) continue;
        REQUIRE((start.gradient_relative <= 1e-12 || start.reason == "gradient within its rounding error" ||
                 start.reason == "gradient within the tolerance of verdicts"));
        precise += start.gradient_relative <= 1e-12;
    }
    REQUIRE(precise >= at_least);
}

}  // namespace

TEST_CASE("diabetes in raw and in standardised units: fits of a constant and a neuron") {
    // Raw targets have a large mean, so one of two neurons serves as the constant.
    const Table raw = read_table(kDiabetes);
    REQUIRE(raw.samples == 442);
    REQUIRE(raw.features == 10);
    SolveOptions options;
    options.starts = 32;
    const Dataset data = raw.dataset(true);
    Execution execution;
    execution.threads = 2;
    check_outcomes(solve(data, Activation(ActivationKind::tanh), 2, options, execution), 1);
    check_outcomes(solve(data, Activation(ActivationKind::gelu), 2, options, execution), 8);
}

TEST_CASE("units of the inputs do not matter") {
    Table raw = read_table(kDiabetes);
    Table scaled = raw;
    for (Size j = 0; j < raw.features; ++j) standardise(scaled.x, j, raw.features, raw.samples);
    const Dataset in_raw_units = raw.dataset(true), standard = scaled.dataset(true);
    SolveOptions options;
    options.starts = 6;
    const auto kind = GENERATE(ActivationKind::sigmoid, ActivationKind::gaussian);
    const SolveResult a = solve(in_raw_units, Activation(kind), 1, options, Execution{});
    const SolveResult b = solve(standard, Activation(kind), 1, options, Execution{});
    check_outcomes(a, 6);
    check_outcomes(b, 6);
    for (std::size_t i = 0; i < a.starts.size(); ++i)
        REQUIRE(a.starts[i].loss == Approx(b.starts[i].loss).epsilon(1e-10));
}
