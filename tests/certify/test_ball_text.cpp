// Balls and bounds as text: read back in 100 digits, the text holds what it stands for.
#include "certify/ball_text.hpp"

#include <cmath>

#include "certify/mpfr_state.hpp"
#include "certify/truth_balls.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::balls;
using Real = truth::LongReal;

namespace {

// "(first separator second)", whatever the brackets.
std::pair<Real, Real> parsed(const std::string& text, const std::string& separator) {
    const std::size_t at = text.find(separator);
    REQUIRE(at != std::string::npos);
    return {Real(text.substr(1, at - 1)),
            Real(text.substr(at + separator.size(), text.size() - at - separator.size() - 1))};
}

double random_double(Random& random) {
    const double size = random.normal() * std::pow(10.0, 40.0 * (random.uniform() - 0.5));
    // Numbers of few digits, whose double is beside them.
    return random.bits() % 2 == 0 ? size : std::round(random.normal() * 1000.0) / 1000.0;
}

}  // namespace

TEST_CASE("numbers in sentences are rounded outward") {
    Random random(6, 0);
    for (int draw = 0; draw < 2000; ++draw) {
        const double lower = random_double(random), upper = lower + 1e-12 * std::abs(lower);
        CAPTURE(lower, upper, interval_text({lower, upper}), at_most(upper));
        const auto [least, most] = parsed(interval_text({lower, upper}), ", ");
        CHECK(least <= Real(lower));
        CHECK(Real(upper) <= most);
        CHECK(most - least <= 1e-8 * abs(Real(lower)));
        CHECK(Real(at_most(upper)) >= Real(upper));
        CHECK(Real(at_most(upper)) - Real(upper) <= 0.01 * std::abs(upper));
    }
    CHECK(at_most(0.125) == "0.125");
    CHECK(at_most(0.1) == "0.101");  // the double is a little more than 0.1
    CHECK(at_most(1234.0) == "1.24e3");
    CHECK(at_most(-1234.0) == "-1.23e3");
    CHECK(at_most(0.0) == "0");
    CHECK(at_most(std::numeric_limits<double>::infinity()) == "infinity");
}

TEST_CASE("decimal balls hold the balls") {
    const MpfrState state;
    Random random(7, 0);
    for (int draw = 0; draw < 2000; ++draw) {
        const double size = random_double(random);
        Ball ball = Ball(size) / Ball(3.0);
        if (draw % 5 == 0) ball = Ball(size);
        if (draw % 3 == 0) ball.widen(std::abs(size) * std::pow(10.0, -45.0 * random.uniform()));
        const Size digits = 2 + static_cast<Size>(random.bits() % 60);
        const std::string text = decimal(ball, digits);
        CAPTURE(text, digits, ball.radius());
        const auto [middle, radius] = parsed(text, " +/- ");
        const Real needed = abs(middle - truth::middle_of(ball)) + Real(ball.radius());
        CHECK(needed <= radius);
        CHECK(radius <= 1.6 * needed + abs(middle) * pow(Real(10), -std::min<Size>(digits, 60) + 1));
    }
    CHECK(decimal(Ball(0.125), 20) == "[0.12500000000000000000 +/- 5.01e-21]");
    CHECK(decimal(Ball(-1234.5), 6) == "[-1234.50 +/- 0.00501]");
    CHECK(decimal(Ball(0x1p-900), 4) == "[1.183e-271 +/- 5.01e-275]");
    CHECK(decimal(Ball(), 20) == "[0 +/- 0]");
}
