// Ball arithmetic by itself: operations and products of matrices hold every result of operands inside, in any
// rounding mode, and leave MPFR's state as they found it.
#include "certify/ball_product.hpp"

#include <cmath>
#include <thread>

#include "certify/ball_activation.hpp"
#include "certify/mpfr_state.hpp"
#include "certify/truth_balls.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::balls;

namespace {

using Real = truth::LongReal;

Real end_of(const Ball& ball, int side) {
    return truth::middle_of(ball) + side * Real(ball.radius());
}

// All digits of the middle used, sometimes with a radius; over `decades`.
Ball random_ball(Random& random, double decades) {
    const double size = std::pow(10.0, decades * (random.uniform() - 0.5));
    Ball ball = Ball(random.normal() * size) / Ball(3.0);
    if (random.bits() % 3 == 0) ball = ball.centre();
    if (random.bits() % 3 == 0) ball.widen(size * std::pow(10.0, -40.0 * random.uniform()));
    return ball;
}

BallMatrix random_matrix(Random& random, Size rows, Size cols, double decades) {
    BallMatrix result(rows, cols);
    for (Size i = 0; i < rows; ++i)
        for (Size k = 0; k < cols; ++k)
            if (random.bits() % 10 != 0) result(i, k) = random_ball(random, decades);
    return result;
}

void check_product(const BallMatrix& a, const BallMatrix& b, Random& random) {
    BallMatrix c(a.rows(), b.rows());
    add_product(a, b, c, Part::all, 1);
    for (Size i = 0; i < a.rows(); ++i) {
        for (Size j = 0; j < b.rows(); ++j) {
            Real middle = 0, high = 0, some = 0;
            for (Size k = 0; k < a.cols(); ++k) {
                const Real x = end_of(a(i, k), 0), y = end_of(b(j, k), 0);
                const Real s = a(i, k).radius(), t = b(j, k).radius();
                middle += x * y;
                const int signs = static_cast<int>(random.bits() % 4);
                some += (x + (signs % 2 ? s : -s)) * (y + (signs / 2 ? t : -t));
                // The end furthest up.
                high +=
                    std::max({(x + s) * (y + t), (x + s) * (y - t), (x - s) * (y + t), (x - s) * (y - t)});
            }
            CAPTURE(i, j, a.cols());
            CHECK(truth::contains(c(i, j), middle, 0.0));
            CHECK(truth::contains(c(i, j), high, 0.0));
            CHECK(truth::contains(c(i, j), some, 0.0));
        }
    }
}

}  // namespace

TEST_CASE("products of ball matrices hold all products, and little else") {
    Random random(21, 0);
    for (const double decades : {0.0, 20.0, 200.0})
        for (const Size depth : {1, 2, 17, 256, 257, 600})
            check_product(random_matrix(random, 5, depth, decades), random_matrix(random, 4, depth, decades),
                          random);
    // Exact factors of one scale: 30 digits and more of the sum of the terms.
    BallMatrix a(3, 300), b(2, 300);
    for (Size k = 0; k < 300; ++k) {
        for (Size i = 0; i < 3; ++i) a(i, k) = Ball(random.normal()) * Ball(0x1p-400);
        for (Size j = 0; j < 2; ++j) b(j, k) = Ball(random.normal()) * Ball(0x1p300);
    }
    BallMatrix c(3, 2);
    add_product(a, b, c, Part::all, 2);
    for (Size i = 0; i < 3; ++i)
        for (Size j = 0; j < 2; ++j) CHECK(c(i, j).radius() < 1e-32 * 0x1p-100);
}

TEST_CASE("columns in units far apart cost no digits") {
    BallMatrix a(1, 2), b(1, 2), c(1, 1);
    a(0, 0) = Ball(1e-150), b(0, 0) = Ball(3e150);
    a(0, 1) = Ball(1e140), b(0, 1) = Ball(-3e-140);
    add_product(a, b, c, Part::all, 1);
    CHECK(std::abs(middle(c(0, 0))) < 1e-14);
    CHECK(c(0, 0).radius() < 1e-34);
}

TEST_CASE("numbers beyond all doubles make the ball of all numbers, zeros stay exact") {
    BallMatrix a(1, 1), b(1, 1), c(1, 1);
    add_product(a, b, c, Part::all, 1);
    CHECK(upper_bound(c(0, 0)) < 1e-300);
    a(0, 0) = Ball::everything();
    add_product(a, b, c, Part::all, 1);
    CHECK(upper_bound(c(0, 0)) == std::numeric_limits<double>::infinity());
    CHECK(sign(Ball(std::nan(""))) == 0);
    CHECK(lower_bound(Ball(1.0) / (Ball(1.0) - Ball(1.0))) == -std::numeric_limits<double>::infinity());
    CHECK(sign(Ball(0x1p-1000) * Ball(0x1p-1000)) == 0);
}

TEST_CASE("MPFR's state is left as it was found, on every thread") {
    mpfr_set_emin(-10), mpfr_set_emax(20);
    mpfr_flags_clear(MPFR_FLAGS_ALL);
    mpfr_flags_set(MPFR_FLAGS_ERANGE);
    {
        const MpfrState state;
        const BallActivation activation(ActivationKind::gelu);
        CHECK(sign(activation(Ball(-30.0)).value) == -1);
        CHECK(sign(activation(Ball(1e-5)).first) == 1);
    }
    CHECK(mpfr_get_emin() == -10);
    CHECK(mpfr_get_emax() == 20);
    CHECK(mpfr_flags_save() == MPFR_FLAGS_ERANGE);
    mpfr_set_emin(mpfr_get_emin_min()), mpfr_set_emax(mpfr_get_emax_max());
    // A thread that ends gives back what MPFR kept for it.
    std::thread([] {
        const MpfrState state;
        CHECK(sign(BallActivation(ActivationKind::tanh)(Ball(2.0)).value) == 1);
    }).join();
}
