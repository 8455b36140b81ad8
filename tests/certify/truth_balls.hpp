// Whether balls contain values of Boost.Multiprecision over MPFR.
#pragma once

#include <boost/multiprecision/mpfr.hpp>

#include "certify/ball.hpp"

namespace tepui::truth {

using LongReal = boost::multiprecision::number<boost::multiprecision::mpfr_float_backend<100>,
                                               boost::multiprecision::et_off>;

inline LongReal middle_of(const balls::Ball& ball) {
    LongReal middle;
    mpfr_set(middle.backend().data(), ball.middle(), MPFR_RNDN);
    return middle;
}

// |value - middle| <= radius, in 100 digits. slack: what the value itself may be wrong by, as a part of it.
template <class Value>
bool contains(const balls::Ball& ball, const Value& value, double slack) {
    if (ball.radius() > std::numeric_limits<double>::max()) return true;
    LongReal truth;
    mpfr_set(truth.backend().data(), value.backend().data(), MPFR_RNDN);
    return abs(truth - middle_of(ball)) <= LongReal(ball.radius()) + abs(truth) * slack;
}

}  // namespace tepui::truth
