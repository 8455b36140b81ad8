// Groups of classes that are told apart with samples on the border between them (MATH.md section 13): against
// a brute-force search over directions, sampling and descents at finite weights.
#include <cmath>
#include <vector>

#include "classification/infinity/contact_verdict.hpp"
#include "core/random.hpp"
#include "network/derivatives/objective.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;

namespace {

constexpr Size kSamples = 90, kClasses = 3;
const std::vector<Size> kGroups = {0, 1, 1};

// Class 0 lies above the others. Classes 1 and 2 overlap beside each other: the direction that tells 1 from 2
// best does not tell 0 from them. Or, stacked, above each other: it does.
struct Wedge {
    std::vector<double> x, y;
    std::vector<Size> labels;
    explicit Wedge(std::uint64_t seed, bool stacked = false) : y(kClasses * kSamples, 0.0) {
        Random random(seed, 0);
        for (Size k = 0; k < kSamples; ++k) {
            const Size label = k % kClasses;
            const double spread = label == 0 ? 0.5 : 0.8;
            const double part = label == 0 ? 0.0 : label == 1 ? -0.8 : 0.8;
            x.push_back(spread * random.normal() + (label == 0 ? 0.3 : stacked ? 0.0 : part));
            x.push_back(spread * random.normal() + (label == 0 ? 5.0 : stacked ? part : 0.0));
            y[kClasses * k + label] = 1.0;
            labels.push_back(label);
        }
    }
    Dataset data() const { return test::dataset_of(2, x, kClasses, y, softmax_loss()); }
    double along(Size k, double angle) const {
        return std::cos(angle) * x[2 * k] + std::sin(angle) * x[2 * k + 1];
    }
    // Of the class above its nearest sample along the direction, of the others the farthest.
    std::pair<Size, Size> border(double angle) const {
        Size above = -1, below = -1;
        for (Size k = 0; k < kSamples; ++k) {
            Size& of = labels[k] == 0 ? above : below;
            if (of < 0 ||
                (labels[k] == 0 ? along(k, angle) < along(of, angle) : along(k, angle) > along(of, angle)))
                of = k;
        }
        return {above, below};
    }
    double gap(double angle) const {
        const auto [above, below] = border(angle);
        return along(above, angle) - along(below, angle);
    }
    // The least loss of classes 1 and 2 as a logistic regression on the direction.
    double inside(double angle) const {
        double slope = 0.0, shift = 0.0, value = 0.0;
        for (int step = 0; step < 100; ++step) {
            double g[2] = {0.0, 0.0}, h[3] = {0.0, 0.0, 0.0};
            value = 0.0;
            for (Size k = 0; k < kSamples; ++k) {
                if (labels[k] == 0) continue;
                const double t = along(k, angle), f = slope * t + shift, target = labels[k] == 2 ? 1.0 : 0.0;
                const double p = 1.0 / (1.0 + std::exp(-f));
                value += std::log1p(std::exp(-std::abs(f))) + std::max(f, 0.0) - target * f;
                g[0] += (p - target) * t, g[1] += p - target;
                h[0] += p * (1.0 - p) * t * t, h[1] += p * (1.0 - p) * t, h[2] += p * (1.0 - p);
            }
            const double determinant = h[0] * h[2] - h[1] * h[1];
            slope -= (h[2] * g[0] - h[1] * g[1]) / determinant;
            shift -= (h[0] * g[1] - h[1] * g[0]) / determinant;
        }
        return value;
    }
    // Where the border closes as the direction turns towards the one that tells 1 from 2.
    double closing() const {
        double open = 1.57, closed = 0.0;
        for (int halving = 0; halving < 200; ++halving) {
            const double middle = 0.5 * (open + closed);
            (gap(middle) > 0.0 ? open : closed) = middle;
        }
        return open;
    }
};

// A linear unit along the direction, the groups told apart along it, too.
BoundaryNetwork linear_unit(double angle, double threshold) {
    BoundaryNetwork both;
    both.inputs = 3;
    both.output_count = 5;
    both.bias_value = 1.0;
    both.output_bias = true;
    BoundaryUnit unit{Activation(ActivationKind::tanh)};
    unit.kind = UnitKind::linear;
    unit.neurons = {0};
    auto basis = std::make_shared<Matrix>(2, 3);
    (*basis)(0, 0) = (*basis)(1, 1) = 1.0;
    unit.bases[0] = std::move(basis);
    both.units.push_back(unit);
    both.parameters.assign(std::size_t(both.parameter_count()), 0.0);
    const double v[3] = {std::cos(angle), std::sin(angle), 0.0};
    both.set_weights(0, 0, v);
    both.coefficient(0, 0, 3) = 1.0;
    both.parameters[both.rest_at() + 3] = -threshold;
    return both;
}

std::optional<ContactPoint> at_rest(const ContactProblem& problem, std::optional<ContactPoint> point) {
    for (int step = 0; point && step < 60; ++step) {
        point = problem.fitted(std::move(*point), 10);
        point = moved(problem, *point, problem.step(*point), 0.3);
    }
    return point;
}

SolveResult found(const Dataset& data, ActivationKind activation) {
    Layout layout;
    layout.width = 1;
    layout.inputs = data.inputs();
    layout.output_count = kClasses;
    layout.output_bias = true;
    SolveOptions options;
    options.starts = 8;
    return solve(data, Network(Activation(activation), layout), options, Execution{1});
}

Approach step_of(double step) {
    Approach approach;
    approach.step = step;
    return approach;
}

// Steepest descent in units of the gradient's terms: the lowest loss that it comes to.
double descended(const Dataset& data, Network network, int steps) {
    double length = 1e-2, value = loss(data, network, Execution{1}).loss;
    for (int step = 0; step < steps && length > 1e-14; ++step) {
        const Gradient slope = gradient(data, network, Execution{1});
        Network next = network;
        for (std::size_t j = 0; j < next.parameters.size(); ++j) {
            const double size = std::max(1e-3, std::abs(network.parameters[j]));
            if (slope.magnitude[j] > 0.0)
                next.parameters[j] -= length * size * slope.value[j] / slope.magnitude[j];
        }
        const double there = loss(data, next, Execution{1}).loss;
        length *= there < value ? 1.3 : 0.5;
        if (!(there < value)) continue;
        value = there;
        network = std::move(next);
    }
    return value;
}

}  // namespace

TEST_CASE("contacts are where the border closes, and their multipliers what the loss presses with") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(seed);
        const Wedge wedge(seed);
        const Dataset data = wedge.data();
        const ContactProblem problem(data, wedge.labels, kGroups);
        const double angle = wedge.closing(), from = angle + 0.02;
        const auto [above, below] = wedge.border(angle);
        const std::optional<ContactPoint> point = at_rest(
            problem,
            problem.at(linear_unit(from, wedge.along(above, from)), {{above, 1, 1.0}, {below, 0, 1.0}}));
        REQUIRE(point.has_value());
        const std::vector<double> v = point->network.weights(0, 0);
        CHECK(std::atan2(v[1], v[0]) == Approx(angle).epsilon(1e-9));
        CHECK(point->loss == Approx(wedge.inside(angle)).epsilon(1e-10));
        // dL / dangle = multiplier d(gap) / dangle, both in units of the direction.
        constexpr double kStep = 1e-5;
        const auto distance = [&, above = above, below = below](double at) {
            return wedge.along(above, at) - wedge.along(below, at);
        };
        const double pressure = (wedge.inside(angle + kStep) - wedge.inside(angle - kStep)) /
                                (distance(angle + kStep) - distance(angle - kStep));
        const double scale = point->network.coefficient(0, 0, 3) * std::hypot(v[0], v[1]);
        for (const Contact& contact : point->contacts)
            CHECK(contact.multiplier * scale == Approx(pressure).epsilon(1e-5));
        const std::optional<EndReport> end = classify_contacts(problem, *point, Tolerances{});
        REQUIRE(end.has_value());
        CHECK(end->separation->contacts.size() == 2);
        CHECK(end->hessian.inertia.negative == 0);
        if (end->verdict != EndVerdict::saddle) continue;
        CHECK(loss(data, end->way->network, Execution{1}).loss < end->loss);
    }
}

TEST_CASE("a sample that is not pressed against the border does not hold it") {
    const Wedge wedge(2, true);
    const Dataset data = wedge.data();
    const ContactProblem problem(data, wedge.labels, kGroups);
    const double angle = wedge.closing(), from = angle + 0.02;
    const auto [above, below] = wedge.border(angle);
    // Newton's method does not mind the signs of forces: the contacts come to rest, and are no end.
    const std::optional<ContactPoint> point = at_rest(
        problem, problem.at(linear_unit(from, wedge.along(above, from)), {{above, 1, 1.0}, {below, 0, 1.0}}));
    REQUIRE(point.has_value());
    for (const Contact& contact : point->contacts) CHECK(contact.multiplier < 0.0);
    const std::optional<EndReport> end = classify_contacts(problem, *point, Tolerances{});
    REQUIRE(end.has_value());
    CHECK(end->rule == EndRule::not_measured);
    CHECK(end->verdict == EndVerdict::undetermined);
    // Away from the border they are not at rest.
    const double open = angle + 0.3;
    const auto [last, next] = wedge.border(open);
    const std::optional<ContactPoint> far =
        problem.at(linear_unit(open, wedge.along(last, open)), {{last, 1, 1.0}, {next, 0, 1.0}});
    REQUIRE(far.has_value());
    if (const auto nothing = classify_contacts(problem, *far, Tolerances{}))
        CHECK(nothing->rule == EndRule::not_stationary);
}

TEST_CASE("minima with contacts are minima among networks at finite weights") {
    int minima = 0, saddles = 0;
    for (const ActivationKind activation :
         {ActivationKind::tanh, ActivationKind::softplus, ActivationKind::gelu}) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            CAPTURE(name_of(activation), seed);
            const Wedge wedge(seed);
            const Dataset data = wedge.data();
            for (const DistinctEnd& distinct : found(data, activation).ends) {
                const EndReport& end = *distinct.end;
                if (!end.separation || end.separation->contacts.empty()) continue;
                CAPTURE(end.loss, name_of(end.limit.units[0].kind));
                for (const Contact& contact : end.separation->contacts) CHECK(contact.multiplier > 0.0);
                if (end.verdict == EndVerdict::saddle) {
                    ++saddles;
                    CHECK(loss(data, end.way->network, Execution{1}).loss < end.loss);
                }
                if (end.verdict != EndVerdict::minimum) continue;
                ++minima;
                // The loss along the way there, from above: like log(s) / s.
                const ApproachPath path = approach_path(data, end, Execution{1});
                REQUIRE(path.changes.size() > 10);
                CHECK(path.changes.back() > 0.0);
                CHECK(path.changes.back() < 1.0);
                CHECK(path.changes.back() < 0.1 * path.changes[path.changes.size() - 6]);
                const ContactProblem problem(data, wedge.labels, end.separation->group);
                const std::optional<ContactPoint> point = contact_point(problem, end);
                REQUIRE(point.has_value());
                const std::vector<Approach> approaches(1, step_of(1e-4));
                Random random(seed, 9);
                for (int draw = 0; draw < 200; ++draw) {
                    const double far = std::pow(10.0, 3.0 + 3.0 * random.uniform());
                    Network near = contact_network(problem, *point, far, approaches).network;
                    CHECK(loss(data, near, Execution{1}).loss > end.loss);
                    const double size = std::pow(10.0, -2.0 - 6.0 * random.uniform());
                    for (double& value : near.parameters) value *= 1.0 + size * random.normal();
                    CHECK(loss(data, near, Execution{1}).loss > end.loss);
                    if (draw % 20 == 0) CHECK(descended(data, near, 300) > end.loss * (1.0 - 1e-12));
                }
            }
        }
    }
    CAPTURE(minima, saddles);
    CHECK(minima >= 3);
}
