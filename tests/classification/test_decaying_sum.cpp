// Sums of decaying exponentials: no step passes a zero, and positive ones are shown to be.
#include "classification/infinity/decaying_sum.hpp"

#include <cmath>

#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

// (x - lower) (x - upper) (1 - x)^2 in x = e^-s, times tau-shifts of 1: zeros at s = -log upper, -log lower.
DecayingSum with_zeros(double lower, double upper, double doubt) {
    const double q[3] = {lower * upper, -(lower + upper), 1.0};
    DecayingSum sum;
    for (int power = 0; power < 5; ++power) {
        double c = 0.0;
        const double square[3] = {1.0, -2.0, 1.0};
        for (int i = 0; i < 3; ++i)
            if (power - i >= 0 && power - i < 3) c += q[i] * square[power - i];
        sum.add(double(power), c, doubt);
    }
    return sum;
}

// How far h is shown to be positive, from 0.
double shown_to(const DecayingSum& sum, int most = 5000) {
    double s = sum.positive_from_zero();
    for (int taken = 0; taken < most && s > 0.0; ++taken) {
        const DecayingSum::Value here = sum.at(s);
        if (here.at_zero > here.others) return HUGE_VAL;
        const double step = sum.positive_step(s);
        if (step == 0.0) break;
        s += step;
    }
    return s;
}

}  // namespace

TEST_CASE("a sum of decaying exponentials is shown to be positive as far as it is") {
    int near = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Random random(90, seed);
        const double upper = 0.05 + 0.9 * random.uniform(), lower = upper * (1.0 - 0.5 * random.uniform());
        CAPTURE(seed, lower, upper);
        const double first = -std::log(upper), shown = shown_to(with_zeros(lower, upper, 0.0));
        CHECK(shown < first);
        near += shown > 0.99 * first ? 1 : 0;
        // What is known within 1e-6 only is shown less far.
        CHECK(shown_to(with_zeros(lower, upper, 1e-6)) < shown);
    }
    CHECK(near == 200);
}

TEST_CASE("a dip that stays above zero is passed, one below is not") {
    for (const double depth : {1e-3, 1e-6, 1e-9}) {
        for (const double sign : {1.0, -1.0}) {
            // (1 - x)^2 ((x - 0.4)^2 + sign depth)
            DecayingSum sum;
            const double q[3] = {0.16 + sign * depth, -0.8, 1.0}, square[3] = {1.0, -2.0, 1.0};
            for (int power = 0; power < 5; ++power) {
                double c = 0.0;
                for (int i = 0; i < 3; ++i)
                    if (power - i >= 0 && power - i < 3) c += q[i] * square[power - i];
                sum.add(2.0 + double(power), c, 0.0);
            }
            sum.add(1.0, 0.0, 0.0);  // nothing, and nothing to compare others with
            CHECK(sum.shift_to_zero() == 2.0);
            CAPTURE(depth, sign);
            if (sign > 0.0)
                CHECK(shown_to(sum) == HUGE_VAL);
            else
                CHECK(shown_to(sum) < -std::log(0.4));
        }
    }
}
