// exp, erf and their kin of balls: MPFR's correctly rounded value at the middle, and by the mean value
// theorem a bound of the derivative over the ball times its radius.
#pragma once

#include "certify/ball.hpp"

namespace tepui::balls {

Ball exp(const Ball& z) noexcept;
Ball one_minus_exp(const Ball& z) noexcept;         // 1 - exp(z), with all its digits near 0
Ball log1p_of_positive(const Ball& z) noexcept;     // of the numbers >= 0 in z; the middle is one
Ball log_of(double exact) noexcept;                 // of a number > 0
Ball root_of_at_least_one(const Ball& z) noexcept;  // of the numbers >= 1 in z; the middle is one
Ball sin(const Ball& z) noexcept;
Ball cos(const Ball& z) noexcept;
Ball arctan(const Ball& z, const Ball& slope) noexcept;  // slope: contains 1 / (1 + z^2)
// erf and 1 + erf, the latter with all its digits far left of 0; bell: contains exp(-z^2).
Ball erf(const Ball& z, const Ball& bell) noexcept;
Ball one_plus_erf(const Ball& z, const Ball& bell) noexcept;
// 1 / sqrt(number)
Ball inverse_root(unsigned long number) noexcept;
Ball inverse_root_of_two_pi() noexcept;

}  // namespace tepui::balls
