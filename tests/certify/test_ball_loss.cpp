// Losses of balls where doubles would lose their digits.
#include "certify/ball_loss.hpp"

#include <vector>

#include "certify/ball_text.hpp"
#include "certify/loss_truth.hpp"
#include "certify/truth_balls.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::balls;
using truth::loss_at;
using truth::LossTruth;
using truth::Real;

TEST_CASE("losses keep their digits far out") {
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(0.6);
    struct Far {
        const Loss& loss;
        std::vector<double> f, y;
    };
    const std::vector<Far> cases{{logistic_loss(), {80.0}, {1.0}},
                                 {logistic_loss(), {-80.0}, {0.0}},
                                 {logistic_loss(), {600.0}, {0.0}},
                                 {softmax_loss(), {0.0, 90.0}, {0.0, 1.0}},
                                 {softmax_loss(), {-6e2, 0.0, 9.0}, {0.0, 0.0, 1.0}},
                                 {poisson_loss(), {-70.0}, {0.0}},
                                 {poisson_loss(), {30.0}, {7.0}},
                                 {*huber, {1e9}, {-1e9}},
                                 {*huber, {1e-12}, {0.0}}};
    for (const Far& far : cases) {
        const BallLoss loss(far.loss, static_cast<Size>(far.f.size()));
        BallVector f, gradient(far.f.size()), hessian(static_cast<std::size_t>(triangle(far.f.size())));
        std::vector<Real> exact;
        for (const double value : far.f) {
            f.emplace_back(value);
            exact.emplace_back(value);
        }
        Ball value;
        loss.evaluate({f.data(), far.y.data(), Ball(1.0)}, {value, gradient.data(), hessian.data()});
        CAPTURE(name_of(far.loss.kind()), far.f[0], decimal(value, 40), decimal(gradient[0], 40));
        const LossTruth truth = loss_at(far.loss, exact, far.y.data());
        // The truth cancels: 60 digits are left of its terms.
        const auto holds = [&](const Ball& ball, const Real& one) {
            Ball wide(ball);
            wide.widen(1e-50);
            return truth::contains(wide, one, 1e-40) && ball.radius() <= 1e-30 * magnitude_bound(ball);
        };
        CHECK(holds(value, truth.value));
        CHECK(holds(gradient[0], truth.gradient[0]));
        CHECK(holds(hessian[0], truth.hessian[0]));
    }
    REQUIRE_THROWS_AS(BallLoss(*custom_loss(nullptr, nullptr, true), 1), Error);
}
