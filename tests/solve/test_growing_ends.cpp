// Samples that smooth neurons tell apart without bound while all others lie in their tails (MATH.md section
// 13): made problems whose ends are known, networks near them, and what can be foremost in a tail.
#include <algorithm>
#include <cmath>
#include <vector>

#include "classification/infinity/across.hpp"
#include "classification/infinity/end_verdict.hpp"
#include "core/random.hpp"
#include "network/derivatives/objective.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;

namespace {

// Rising everywhere: of others a bump at a finite place may serve better.
constexpr ActivationKind kKinds[] = {ActivationKind::tanh, ActivationKind::sigmoid, ActivationKind::softplus,
                                     ActivationKind::erf, ActivationKind::normal_cdf};

// One feature and a bias. Class 1 from `from` on; behind, class 0 and some of class 1.
struct Line {
    std::vector<double> x, y;
    std::vector<Size> label;
    Size left = 0, left_of_one = 0, apart = 0;
    Line(bool pulled, std::uint64_t seed) {
        Random random(seed, 0);
        const auto add = [&](double at, Size of) {
            x.push_back(at);
            label.push_back(of);
        };
        for (int k = 0; k < 30; ++k, ++left) add(-0.5 - 2.0 * random.uniform(), 0);
        for (int k = 0; k < 6; ++k, ++left, ++left_of_one) add(-0.8 - 2.0 * random.uniform(), 1);
        for (int k = 0; k < 20; ++k, ++apart) add(0.5 + 2.0 * random.uniform(), 1);
        add(pulled ? -0.2 : -0.4, pulled ? 1 : 0);
        left += pulled ? 0 : 1;
        apart += pulled ? 1 : 0;
    }
    Dataset data(bool softmax) {
        y.clear();
        for (const Size of : label) {
            if (softmax) {
                y.push_back(of == 0 ? 1.0 : 0.0);
                y.push_back(of == 1 ? 1.0 : 0.0);
            } else {
                y.push_back(double(of));
            }
        }
        return test::dataset_of(1, x, softmax ? 2 : 1, y, softmax ? softmax_loss() : logistic_loss());
    }
    // Of what is left, which one constant serves best.
    double loss() const {
        const double n = double(left), p = double(left_of_one) / n;
        return -n * (p * std::log(p) + (1.0 - p) * std::log(1.0 - p));
    }
};

// A neuron that tells class 1 apart from `at` on, `sharp`.
Network start(ActivationKind kind, bool softmax, double at, double sharp, double size) {
    Layout layout;
    layout.width = 1;
    layout.inputs = 2;
    layout.output_count = softmax ? 2 : 1;
    layout.output_bias = true;
    Network network(Activation(kind), layout);
    network.weights(0)[0] = sharp;
    network.weights(0)[1] = -sharp * at;
    network.output(0, softmax ? 1 : 0) = size;
    if (softmax) network.output(0, 0) = -size;
    return network;
}

}  // namespace

TEST_CASE("a neuron tells samples apart, and the others are left with a constant") {
    int told_apart = 0;
    for (const ActivationKind kind : kKinds) {
        for (const bool softmax : {false, true}) {
            CAPTURE(int(kind), softmax);
            Line line(false, 3);
            const Dataset data = line.data(softmax);
            const StartReport report =
                solve_from(data, start(kind, softmax, 0.2, 20.0, 50.0), SolveOptions(), Execution{1});
            REQUIRE(report.outcome == StartOutcome::at_infinity);
            const EndReport& end = *report.end;
            CHECK(end.verdict == EndVerdict::minimum);
            CHECK(end.loss == Approx(line.loss()).epsilon(1e-9));
            if (!end.separation) continue;  // a step that all samples left are on one side of
            ++told_apart;
            CHECK(end.separation->samples == line.apart);
            CHECK(end.separation->margin > 0.0);
            // Networks on the way and around it.
            Random random(7, int(kind));
            for (const double far : {30.0, 100.0, 1000.0}) {
                std::vector<double> coefficients = coefficients_of(end.limit);
                for (std::size_t c = 0; c < coefficients.size(); ++c)
                    coefficients[c] += far / end.separation->margin * end.separation->direction[c];
                const std::vector<Approach> approaches(end.limit.units.size(), Approach{.step = 0.02 / far});
                const Network network =
                    finite_network(with_coefficients(end.limit, coefficients), approaches);
                CHECK(loss(data, network, Execution{1}).loss == Approx(end.loss).epsilon(1e-6));
                for (int draw = 0; draw < 60; ++draw) {
                    Network near = network;
                    const double size = std::pow(10.0, -1.0 - 5.0 * random.uniform());
                    for (double& value : near.parameters) value *= 1.0 + size * random.normal();
                    CHECK(loss(data, near, Execution{1}).loss > end.loss * (1.0 - 1e-12));
                }
            }
        }
    }
    INFO("told apart " << told_apart);
    CHECK(told_apart >= 8);
}

TEST_CASE("a sample that pulls in front of the others is told apart, too") {
    int lower = 0;
    for (const ActivationKind kind : kKinds) {
        CAPTURE(int(kind));
        Line line(true, 3);
        const Dataset data = line.data(true);
        // The hyperplane behind the sample that pulls, or in front of it.
        for (const double at : {-0.3, 0.2}) {
            const StartReport report =
                solve_from(data, start(kind, true, at, 40.0, 200.0), SolveOptions(), Execution{1});
            REQUIRE(report.outcome == StartOutcome::at_infinity);
            CHECK(report.end->verdict == EndVerdict::minimum);
            CHECK(report.end->loss <= line.loss() * (1.0 + 1e-9));
            lower += report.end->loss < line.loss() * (1.0 - 1e-6);
        }
    }
    CHECK(lower <= 2);
}

TEST_CASE("samples that do not count keep nobody behind them") {
    // A pulling sample in front of the tail; and one without weight in front of that, or none.
    std::vector<StartReport> reports;
    for (const bool more : {false, true}) {
        Line line(true, 3);
        line.data(true);
        std::vector<double> weights(line.x.size(), 1.0);
        if (more) {
            line.x.push_back(0.1);
            line.y.insert(line.y.end(), {0.0, 1.0});
            weights.push_back(0.0);
        }
        const Dataset data = test::dataset_of(1, line.x, 2, line.y, softmax_loss(), weights);
        reports.push_back(solve_from(data, start(ActivationKind::tanh, true, 0.0, 40.0, 200.0),
                                     SolveOptions(), Execution{1}));
        REQUIRE(reports.back().outcome == StartOutcome::at_infinity);
        CHECK(reports.back().end->verdict == EndVerdict::minimum);
        REQUIRE(reports.back().end->separation.has_value());
    }
    CHECK(reports[0].end->loss == Approx(reports[1].end->loss).epsilon(1e-9));
}

TEST_CASE("neurons whose tails have a dip, or that others can stand in for, are no minima by their tails") {
    for (const ActivationKind kind :
         {ActivationKind::gelu, ActivationKind::gelu_tanh, ActivationKind::silu}) {
        CAPTURE(int(kind));
        Line line(false, 3);
        const Dataset data = line.data(false);
        const StartReport report =
            solve_from(data, start(kind, false, 0.2, 20.0, 50.0), SolveOptions(), Execution{1});
        const bool by_tails = report.outcome == StartOutcome::at_infinity && report.end->separation &&
                              report.end->loss > 0.0 && report.end->verdict == EndVerdict::minimum;
        CHECK_FALSE(by_tails);
    }
    // Two neurons that tell the same samples apart.
    for (const ActivationKind kind : {ActivationKind::tanh, ActivationKind::erf}) {
        CAPTURE(int(kind));
        Line line(false, 3);
        const Dataset data = line.data(false);
        const Network one = start(kind, false, 0.2, 20.0, 50.0);
        Layout layout = one;
        layout.width = 2;
        Network two(one.activation, layout);
        for (Size i = 0; i < 2; ++i) {
            two.weights(i)[0] = one.weights(0)[0] + 10.0 * double(i);
            two.weights(i)[1] = one.weights(0)[1] - 4.0 * double(i);
            two.output(i) = one.output(0);
        }
        two.parameters.back() = -100.0;
        const StartReport report = solve_from(data, two, SolveOptions(), Execution{1});
        const bool by_tails = report.outcome == StartOutcome::at_infinity && report.end->separation &&
                              report.end->loss > 0.0 && report.end->verdict == EndVerdict::minimum;
        CHECK_FALSE(by_tails);
    }
}

// Two features and a bias: who can be in front in the tail of a step that has the samples ahead in front.
TEST_CASE("the foremost samples of a tail decide, those that can be foremost with the others ahead") {
    // Samples left: class 0 around the origin, one of class 1 behind them all, one beside.
    const std::vector<double> behind = {-3.0, 0.0}, beside = {0.0, 3.0};
    for (const bool is_beside : {false, true}) {
        for (const bool held_by_front : {false, true}) {
            CAPTURE(is_beside, held_by_front);
            std::vector<double> x = {1.0, 0.0, 0.8, 0.4, 0.8, -0.4, -0.5, 0.2}, y = {0.0, 0.0, 0.0, 0.0};
            const std::vector<double>& other = is_beside ? beside : behind;
            x.insert(x.end(), other.begin(), other.end());
            y.push_back(1.0);
            const Dataset data = test::dataset_of(2, x, 1, y, logistic_loss());
            // The limit: a constant, and a step with all samples on its left, whose output weight is its
            // growth.
            BoundaryNetwork limit;
            limit.inputs = 3;
            limit.output_bias = true;
            limit.bias_value = 1.0;
            BoundaryUnit unit{Activation(ActivationKind::tanh)};
            unit.kind = UnitKind::saturated;
            unit.neurons = {0};
            unit.side.assign(5, -1);
            unit.direction = {1.0, 0.0, -2.0};
            unit.bases[0] = std::make_shared<const Matrix>(0, 3);
            limit.units.push_back(unit);
            limit.parameters = {0.0, std::log(0.25)};
            const BoundaryOutputs outputs = boundary_outputs(data, limit);
            limit.parameters[0] = 1.0;
            const AcrossContext context{&data, &limit, &outputs, &limit, &outputs, 4.0};
            // Ahead: either straight in front, or above as well, where what is beside may come in front.
            Matrix ahead(held_by_front ? 2 : 1, 3);
            ahead(0, 0) = 3.0, ahead(0, 1) = is_beside ? 6.0 : 0.0, ahead(0, 2) = 1.0;
            if (held_by_front) ahead(1, 0) = 3.0, ahead(1, 1) = -7.0, ahead(1, 2) = 1.0;
            const Across across = across_growing(context, 0, -1, ahead);
            CHECK(across_growing(context, 0, -1, Matrix(0, 3)).sign == AcrossSign::open);
            const bool can_lead = is_beside && !held_by_front;
            CHECK((across.sign == AcrossSign::falls) == can_lead);
            CHECK((across.sign == AcrossSign::grows) == !can_lead);
            // The same by brute force: directions with those ahead in front of all.
            Random random(11, 0);
            bool leads = false;
            for (int draw = 0; draw < 20000; ++draw) {
                const double v[2] = {random.normal(), random.normal()};
                double front = -HUGE_VAL, first = HUGE_VAL;
                Size who = -1;
                for (Size k = 0; k < 5; ++k) {
                    const double z = v[0] * x[2 * k] + v[1] * x[2 * k + 1];
                    if (z > front) front = z, who = k;
                }
                for (Size t = 0; t < ahead.rows(); ++t)
                    first = std::min(first, v[0] * ahead(t, 0) + v[1] * ahead(t, 1));
                leads = leads || (first > front && who == 4);
            }
            CHECK(leads == can_lead);
            if (!can_lead) continue;
            // Along the way that is given it is in front, the next at least 1 behind.
            const std::vector<double>& v = across.fall.direction;
            const auto along = [&](const double* h) { return v[0] * h[0] + v[1] * h[1]; };
            for (Size k = 0; k < 4; ++k) CHECK(along(&x[8]) - along(&x[2 * k]) >= 1.0 - 1e-9);
            CHECK(along(ahead.row(0)) - along(&x[8]) >= 1.0 - 1e-9);
        }
    }
}
