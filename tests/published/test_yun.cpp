// Yun, Sra, Jadbabaie, "Small nonlinearities in activation functions create bad local minima", ICLR 2019,
// Theorem 2 (MATH.md section 12): three samples, two units w_i = (v_i, v_i), f = 1/3 everywhere.
#include <cmath>
#include <optional>
#include <vector>

#include "classification/escape/loss_change.hpp"
#include "classification/point/analysis.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

const std::vector<double> kInputs{1.0, 0.0, 0.0, 1.0, 0.5, 0.5}, kTargets{0.0, 0.0, 1.0};

Dataset three_samples() {
    return Dataset({3, 2, kInputs.data(), 2, kTargets.data(), nullptr}, false, false, LossScaling::sum);
}

struct Unit {
    double v, value, first, second;
    double u = 0.0;
};
Unit unit_at(const Activation& activation, double v) {
    Unit unit{v, 0.0, 0.0, 0.0};
    activation.evaluate(1, &v, {&unit.value, &unit.first, &unit.second, nullptr});
    return unit;
}

// Two units with u_1 h(v_1) + u_2 h(v_2) = 1/3, `share` of it from the first.
Network two_units(const Activation& activation, Unit& one, Unit& two, double share) {
    one.u = share / 3.0 / one.value;
    two.u = (1.0 - share) / 3.0 / two.value;
    Network network(activation, 2, 2);
    network.parameters = {one.v, one.v, two.v, two.v, one.u, two.u};
    return network;
}

// Their conditions (C2.4) and (C2.5), as the determinant and corner of a 2 x 2 form; empty when too close to
// call.
std::optional<bool> conditions_hold(const Unit& one, const Unit& two) {
    const double a = one.u * one.first, b = two.u * two.first;
    const double corner = a * a + one.u * one.second / 3.0, other = b * b + two.u * two.second / 3.0;
    const double determinant = corner * other - a * a * b * b;
    const double scale = a * a + b * b + std::abs(one.u * one.second) + std::abs(two.u * two.second);
    if (std::abs(corner) < 1e-6 * scale || std::abs(determinant) < 1e-6 * scale * scale) return std::nullopt;
    return corner > 0.0 && determinant > 0.0;
}

}  // namespace

TEST_CASE("Yun, Sra, Jadbabaie, Theorem 2: loss exactly 1/3, no negative curvature under their conditions") {
    const Dataset data = three_samples();
    int hold = 0, violated = 0;
    for (const ActivationKind kind : {ActivationKind::sigmoid, ActivationKind::tanh, ActivationKind::softplus,
                                      ActivationKind::exp, ActivationKind::arctan, ActivationKind::gelu,
                                      ActivationKind::silu, ActivationKind::sin, ActivationKind::gaussian}) {
        const Activation activation(kind);
        Random random(static_cast<std::uint64_t>(kind), 1);
        for (int trial = 0; trial < 40; ++trial) {
            Unit one = unit_at(activation, 3.0 * random.uniform() - 1.5),
                 two = unit_at(activation, 3.0 * random.uniform() - 1.5);
            if (std::abs(one.value) < 0.05 || std::abs(two.value) < 0.05) continue;
            const Network network = two_units(activation, one, two, 3.0 * random.uniform() - 1.0);
            const std::optional<bool> expected = conditions_hold(one, two);
            if (!expected) continue;
            const Analysis analysis = analyze(data, network, Tolerances{}, Execution{1});
            const PointReport& point = analysis.point;
            CAPTURE(activation.name(), one.v, two.v, one.u, two.u, point.hessian.tau, point.hessian.margin);
            CHECK(point.loss == Approx(1.0 / 3.0).epsilon(4e-16));
            REQUIRE(point.verdict != Verdict::not_stationary);
            ++(*expected ? hold : violated);
            // The outputs stay 1/3 along a three-dimensional family, so the Hessian is singular: second order
            // alone never calls it a strict minimum, and their conditions are exactly the absence of negative
            // curvature.
            CHECK(point.hessian.inertia.zero >= 3);
            if (*expected) {
                CHECK(point.verdict == Verdict::undetermined);
                CHECK(point.rule == Rule::degenerate_hessian);
            } else {
                CHECK(point.verdict == Verdict::saddle);
                REQUIRE(point.witness.has_value());
                CHECK(point.witness->descends());
            }
        }
    }
    CHECK(hold > 60);
    CHECK(violated > 60);
}

TEST_CASE("Yun, Sra, Jadbabaie, Theorem 2: their local minimum and its unstable splits") {
    const Dataset data = three_samples();
    const Activation activation(ActivationKind::sigmoid);
    Unit one = unit_at(activation, -0.5), two = unit_at(activation, -1.0);
    const Network network = two_units(activation, one, two, 0.5);
    REQUIRE(conditions_hold(one, two).value());
    // Theirs is a local minimum: no descent nearby.
    for (std::uint64_t trial = 0; trial < 3000; ++trial) {
        Random random(9, trial);
        std::vector<double> moved = network.parameters;
        const double radius = std::pow(10.0, -1.0 - static_cast<double>(trial % 4));
        for (double& p : moved) p += radius * random.normal();
        const LossChange change = loss_change(data, network, moved, Execution{1});
        REQUIRE(change.value >= -change.error);
    }
    // sum r x x^T = [[1, -1], [-1, 1]] / 6 and u h'' > 0: inner Hessians positive semidefinite of rank one.
    // Stationarity alone makes every split off Gamma+ a saddle (Lemma 4).
    const Analysis analysis = analyze(data, network, Tolerances{}, Execution{1});
    for (Size i = 0; i < 2; ++i) {
        const NeuronReport& neuron = analysis.neurons[i];
        const Unit& unit = i == 0 ? one : two;
        CHECK(neuron.definiteness == Definiteness::positive_semidefinite);
        CHECK(neuron.inner.lambda_max == Approx(unit.u * unit.second / 3.0).epsilon(1e-13));
        CHECK(neuron.saddles == GammaRegion::off_gamma_plus);
        const std::vector<double> outside{2.0, -1.0}, boundary{1.0, 0.0}, inside{0.5, 0.5};
        for (const auto& gamma : {outside, boundary}) {
            const SplitReport report = classify_split(data, analysis, i, gamma, Execution{1});
            CHECK(report.verdict == Verdict::saddle);
            CHECK(report.rule == Rule::lemma_4);
            REQUIRE(report.witness.has_value());
            CHECK(report.witness->descends());
        }
        CHECK(classify_split(data, analysis, i, inside, Execution{1}).verdict == Verdict::undetermined);
    }
    // The global minimum 0 exists: the bad local minimum is above it.
    CHECK(analysis.point.loss > 0.3);
}
