// Ball activations against 60-digit values: the ball of a point holds the truth and is narrow; the ball of a
// wide argument holds the truth at every point of it.
#include <cmath>

#include "certify/ball_activation.hpp"
#include "certify/ball_text.hpp"
#include "certify/truth_balls.hpp"
#include "core/random.hpp"
#include "kernels/activation_truth.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::balls;

namespace {

constexpr double kSlack = 1e-50;  // of the 60 digits, a few terms may cancel

void require_contains(const BallJet& jet, const truth::Jet& exact) {
    const Ball* balls[] = {&jet.value, &jet.first, &jet.second};
    for (std::size_t order = 0; order < 3; ++order) {
        CAPTURE(order, decimal(*balls[order], 40), exact[order].exact.str(40));
        const double cancelled =
            static_cast<double>(exact[order].largest / (abs(exact[order].exact) + 1e-300));
        REQUIRE(truth::contains(*balls[order], exact[order].exact, kSlack * std::max(1.0, cancelled)));
    }
}

}  // namespace

TEST_CASE("balls of points hold the true values and little else") {
    for (const truth::Subject& subject : truth::subjects()) {
        if (!has_balls(subject.kind)) continue;
        const BallActivation activation(subject.kind);
        Random random(static_cast<std::uint64_t>(subject.kind), 7);
        std::vector<double> points{0.0, 1.0, -1.0, 30.0, -30.0, 1e-8, -1e-300};
        points.insert(points.end(), subject.roots.begin(), subject.roots.end());
        for (int k = 0; k < 300; ++k) points.push_back(3.0 * random.normal());
        for (int k = 0; k < 100; ++k)
            points.push_back(random.normal() * std::pow(10.0, 6.0 * random.uniform() - 4.0));
        for (const double z : points) {
            if (subject.kind == ActivationKind::exp && std::abs(z) > 1e4) continue;
            CAPTURE(subject.name, z);
            const BallJet jet = activation(Ball(z));
            require_contains(jet, truth::jet(subject, z));
            for (const Ball* ball : {&jet.value, &jet.first, &jet.second}) {
                REQUIRE(ball->radius() <=
                        1e-33 * std::max(1.0, z * z) * std::max(1.0, magnitude_bound(*ball)));
            }
        }
    }
}

TEST_CASE("tails keep their digits however small they are") {
    for (const truth::Subject& subject : truth::subjects()) {
        if (subject.kind != ActivationKind::sigmoid && subject.kind != ActivationKind::silu &&
            subject.kind != ActivationKind::softplus && subject.kind != ActivationKind::gelu &&
            subject.kind != ActivationKind::normal_cdf && subject.kind != ActivationKind::gelu_tanh &&
            subject.kind != ActivationKind::sigmoid_softplus)
            continue;
        const BallActivation activation(subject.kind);
        for (const double z : {-3.99, -4.01, -8.0, -12.5, -25.0, -30.0}) {
            CAPTURE(subject.name, z);
            const BallJet jet = activation(Ball(z));
            require_contains(jet, truth::jet(subject, z));
            if (abs(truth::jet(subject, z)[0].exact) < 1e-250) continue;  // radii are doubles
            for (const Ball* ball : {&jet.value, &jet.first, &jet.second}) {
                CHECK(ball->radius() <= 1e-32 * z * z * magnitude_bound(*ball));
            }
        }
    }
}

TEST_CASE("balls of intervals hold the values at every point inside") {
    for (const truth::Subject& subject : truth::subjects()) {
        if (!has_balls(subject.kind)) continue;
        const BallActivation activation(subject.kind);
        Random random(static_cast<std::uint64_t>(subject.kind), 8);
        for (int trial = 0; trial < 100; ++trial) {
            const double centre = 4.0 * random.normal(),
                         radius = std::pow(10.0, 1.0 - 13.0 * random.uniform());
            Ball z(centre);
            z.widen(radius);
            const BallJet jet = activation(z);
            for (int k = 0; k < 8; ++k) {
                const double inside = centre + radius * (k == 0   ? -0.999
                                                         : k == 1 ? 0.999
                                                                  : 1.99 * random.uniform() - 0.99);
                CAPTURE(subject.name, centre, radius, inside);
                require_contains(jet, truth::jet(subject, inside));
            }
        }
    }
}

TEST_CASE("activations without a continuous second derivative, and callbacks, are refused") {
    for (const ActivationKind kind : {ActivationKind::relu, ActivationKind::leaky_relu, ActivationKind::abs,
                                      ActivationKind::selu, ActivationKind::custom}) {
        REQUIRE_FALSE(has_balls(kind));
        REQUIRE_THROWS_AS(BallActivation(kind), Error);
    }
}

TEST_CASE("bounds are outward") {
    Ball third = Ball(1.0) / Ball(3.0);
    REQUIRE(lower_bound(third) <= 1.0 / 3.0);
    REQUIRE(lower_bound(third) < upper_bound(third));
    REQUIRE(upper_bound(third) == std::nextafter(lower_bound(third), 1.0));
    REQUIRE(magnitude_bound(Ball(-2.5)) >= 2.5);
    REQUIRE(magnitude_bound(Ball(-2.5)) < 2.5 + 1e-14);
    REQUIRE(sign(third) == 1);
    third.widen(0.5);
    REQUIRE(sign(third) == 0);
    REQUIRE(lower_bound(third) < 0.0);
}
