// The way down among limits: what is tried again, how far it goes, and coefficients fitted on it.
#include "solve/ends/boundary_descent.hpp"

#include "classification/infinity/separation.hpp"
#include "core/random.hpp"
#include "solve/ends/limit_fit.hpp"
#include "solve/ends/tried_limits.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

BoundaryNetwork step(std::vector<Size> kept) {
    BoundaryNetwork limit;
    limit.units.emplace_back(Activation(ActivationKind::tanh));
    limit.units[0].kind = UnitKind::saturated;
    limit.units[0].neurons = {0};
    limit.units[0].kept = std::move(kept);
    return limit;
}

TriedLimits::Outcome at(double loss, EndRule rule = EndRule::degenerate) {
    EndReport end;
    end.loss = loss;
    end.rule = rule;
    return {end};
}

// Two channels, with outputs at random.
BoundaryNetwork channels(const Dataset& data, bool skip) {
    Random random(3, 1);
    BoundaryNetwork limit;
    limit.inputs = data.inputs();
    limit.output_count = data.outputs();
    limit.bias_value = 1.0;
    limit.output_bias = true;
    limit.skip = skip;
    BoundaryUnit one{Activation(ActivationKind::tanh)}, other{Activation(ActivationKind::tanh)};
    one.kind = other.kind = UnitKind::channel;
    one.neurons = {0, 1};
    other.neurons = {2, 3};
    limit.units = {one, other};
    for (Size p = 0; p < limit.parameter_count(); ++p) limit.parameters.push_back(random.normal());
    limit.normalise();
    return limit;
}

// Labels that little can be learnt of.
Dataset labels_at_random() {
    constexpr Size kSamples = 120, kClasses = 3;
    Random random(5, 0);
    std::vector<double> x, y(std::size_t(kSamples * kClasses), 0.0);
    for (Size j = 0; j < 3 * kSamples; ++j) x.push_back(random.normal());
    for (Size k = 0; k < kSamples; ++k) y[std::size_t(k * kClasses) + random.bits() % kClasses] = 1.0;
    return dataset_of(3, x, kClasses, y, softmax_loss());
}

}  // namespace

TEST_CASE("a limit that was tried is known, others are not") {
    TriedLimits tried;
    CHECK(tried.find(step({3}), 5.0, 4.0) == nullptr);
    tried.add(step({3}), 5.0, at(4.0));
    const TriedLimits::Outcome* known = tried.find(step({3}), 5.0, 4.0);
    REQUIRE(known != nullptr);
    CHECK(known->end->loss == 4.0);
    CHECK(tried.find(step({3}), 5.001, 4.0) == nullptr);
    CHECK(tried.find(step({3, 4}), 5.0, 4.0) == nullptr);
    CHECK(tried.find(step({}), 5.0, 4.0) == nullptr);
}

TEST_CASE("a limit that stayed above speaks for what is near, restless ones for what is higher") {
    TriedLimits above;
    above.add(step({3}), 5.0, at(4.5));
    CHECK(above.find(step({3}), 5.001, 4.0) != nullptr);
    CHECK(above.find(step({3}), 5.01, 4.0) == nullptr);
    TriedLimits restless;
    restless.add(step({3}), 5.0, at(4.0, EndRule::not_stationary));
    CHECK(restless.find(step({3}), 6.0, 4.0) == nullptr);
    restless.add(step({3}), 7.0, at(3.9, EndRule::not_stationary));
    CHECK(restless.find(step({3}), 6.0, 4.0) != nullptr);
    CHECK(restless.find(step({3}), 3.95, 4.0) == nullptr);
}

TEST_CASE("fitted coefficients leave no slope by coefficients") {
    const Dataset data = labels_at_random();
    const bool skip = GENERATE(false, true);
    BoundaryNetwork limit = channels(data, skip);
    const std::vector<double> before = limit.parameters;
    const double loss = boundary_outputs(data, limit).loss.loss;
    fit_coefficients(data, limit, 30);
    const BoundarySums sums = boundary_sums(data, limit);
    CHECK(sums.outputs.loss.loss < loss);
    std::vector<bool> is_form(before.size(), false);
    for (Size u = 0; u < 2; ++u)
        for (Size p = 0; p < shape_of(limit.units[std::size_t(u)].kind).forms; ++p)
            for (Size j = 0; j < limit.form_size(u, p); ++j)
                is_form[std::size_t(limit.form_at(u, p) + j)] = true;
    for (std::size_t p = 0; p < before.size(); ++p) {
        CAPTURE(p);
        if (is_form[p])
            CHECK(limit.parameters[p] == before[p]);
        else
            CHECK(std::abs(sums.gradient.value[p]) <= 1e-7 * sums.gradient.magnitude[p]);
    }
}

TEST_CASE("coefficients too large for a slope are fitted from none") {
    const Dataset data = labels_at_random();
    BoundaryNetwork limit = channels(data, false), large = limit;
    for (Size u = 0; u < 2; ++u)
        for (Size q = 0; q < shape_of(limit.units[std::size_t(u)].kind).coefficients; ++q)
            for (Size o = 0; o < 3; ++o) large.coefficient(u, q, o) *= 1e8;
    fit_coefficients_anew(data, limit, 30);
    fit_coefficients_anew(data, large, 30);
    const double best = boundary_outputs(data, limit).loss.loss;
    CHECK(boundary_outputs(data, large).loss.loss == Approx(best));
}

TEST_CASE("a direction whose outputs overflow tells nothing apart") {
    const Dataset data = labels_at_random();
    const BoundaryNetwork limit = channels(data, false);
    std::vector<double> direction = coefficients_of(limit);
    for (double& of : direction) of *= 1e308;
    CHECK(margin_along(data, limit, *labels_of(data), {0, 1, 2}, direction) == 0.0);
}

TEST_CASE("a descent is left where its aim is out of reach") {
    const Dataset data = labels_at_random();
    const InputMetric metric = measure_inputs(data);
    SolveOptions options;
    SolveSetting setting{&data, &metric, &options, Execution{1}, [] { return true; }};
    const SampleInputs inputs(data);
    const auto spent = [&](const Aim& aim, double& loss) {
        Size budget = 1000;
        const auto point = descend_on_boundary(setting, inputs, channels(data, false), aim, budget);
        REQUIRE(point);
        loss = point->loss();
        return 1000 - budget;
    };
    double lowest = 0.0, left = 0.0;
    const Size all = spent({HUGE_VAL, false}, lowest);
    REQUIRE(all > 30);
    CHECK(spent({lowest, false}, left) == all);
    CHECK(left == lowest);
    CHECK(spent({-1e6, false}, left) == 20);
    CHECK(left > lowest);
}
