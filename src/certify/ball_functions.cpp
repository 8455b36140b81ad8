#include "certify/ball_functions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tepui::balls {
namespace {

constexpr double kErfSlope = 1.1283791670955127;  // not below 2 / sqrt(pi)

// function: of MPFR, (result, argument, rounding); slope: bound of its |derivative| over z.
template <class Function>
Ball at_middle(const Ball& z, double slope, Function&& function) noexcept {
    const double spread = z.is_exact() ? 0.0 : rounded_up(slope * z.radius());
    return Ball::image(z, spread,
                       [&](mpfr_ptr result, mpfr_srcptr x) { return function(result, x, MPFR_RNDN); });
}

// |exp(x + t) - exp(x)| <= exp(x) (r + r^2) for |t| <= r <= 1.
double exp_spread(const Ball& z, const Ball& at_centre) noexcept {
    const double r = z.radius();
    if (r == 0.0) return 0.0;
    if (!(r <= 1.0)) return std::numeric_limits<double>::infinity();
    return rounded_up(magnitude_bound(at_centre) * rounded_up(r + r * r));
}

}  // namespace

Ball exp(const Ball& z) noexcept {
    Ball result = at_middle(z.centre(), 0.0, mpfr_exp);
    result.widen(exp_spread(z, result));
    return result;
}

Ball one_minus_exp(const Ball& z) noexcept {
    const Ball at_centre = at_middle(z.centre(), 0.0, mpfr_expm1);
    Ball result = -at_centre;
    result.widen(exp_spread(z, at_centre + Ball(1.0)));
    return result;
}

Ball log1p_of_positive(const Ball& z) noexcept {
    return at_middle(z, 1.0, mpfr_log1p);
}

Ball log_of(double exact) noexcept {
    return at_middle(Ball(exact), 0.0, mpfr_log);
}

Ball root_of_at_least_one(const Ball& z) noexcept {
    return at_middle(z, rounded_up(0.5 / std::sqrt(std::max(1.0, lower_bound(z)))), mpfr_sqrt);
}

Ball sin(const Ball& z) noexcept {
    return at_middle(z, 1.0, mpfr_sin);
}

Ball cos(const Ball& z) noexcept {
    return at_middle(z, 1.0, mpfr_cos);
}

Ball arctan(const Ball& z, const Ball& slope) noexcept {
    return at_middle(z, magnitude_bound(slope), mpfr_atan);
}

Ball erf(const Ball& z, const Ball& bell) noexcept {
    return at_middle(z, rounded_up(kErfSlope * magnitude_bound(bell)), mpfr_erf);
}

Ball one_plus_erf(const Ball& z, const Ball& bell) noexcept {
    constexpr double kModest = -0.04;  // here 1 + erf has lost no digit to speak of
    if (middle(z) >= kModest) return erf(z, bell) + Ball(1.0);
    return at_middle(-z, rounded_up(kErfSlope * magnitude_bound(bell)), mpfr_erfc);
}

Ball inverse_root(unsigned long number) noexcept {
    return at_middle(Ball(static_cast<double>(number)), 0.0, mpfr_rec_sqrt);
}

// The slope of 1 / sqrt x at 2 pi is below 1.
Ball inverse_root_of_two_pi() noexcept {
    const Ball pi = at_middle(
        Ball(), 0.0, [](mpfr_ptr result, mpfr_srcptr, mpfr_rnd_t way) { return mpfr_const_pi(result, way); });
    return at_middle(scaled(pi, 1), 1.0, mpfr_rec_sqrt);
}

}  // namespace tepui::balls
