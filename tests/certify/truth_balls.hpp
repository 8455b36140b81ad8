// Whether balls contain values of Boost.Multiprecision over MPFR.
#pragma once

#include <boost/multiprecision/mpfr.hpp>

#include "certify/ball.hpp"

namespace tepui::truth {

// Exactly: |value - mid| <= rad. The value is taken as it is, so it must be the truth to more digits than the
// ball has; slack: what it may be wrong by, as a part of it.
template <class Real>
bool contains(arb_srcptr ball, const Real& value, double slack) {
    balls::Ball truth;
    arf_set_mpfr(arb_midref(static_cast<arb_ptr>(truth)), value.backend().data());
    mag_t error, relative;
    mag_init(error);
    mag_init(relative);
    arb_get_mag(error, truth);
    mag_set_d(relative, slack);
    mag_mul(error, error, relative);
    balls::Ball widened(ball);
    arb_add_error_mag(widened, error);
    mag_clear(error);
    mag_clear(relative);
    return arb_contains(widened, truth) != 0;
}

}  // namespace tepui::truth
