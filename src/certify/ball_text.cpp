#include "certify/ball_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace tepui::balls {
namespace {

constexpr int kShort = 3, kLong = 10;  // digits of bounds and of intervals

// Not below 10^exponent.
double power_of_ten(long exponent) {
    return upper_bound(Ball::image(Ball(10.0), 0.0, [&](mpfr_ptr result, mpfr_srcptr ten) {
        return mpfr_pow_si(result, ten, exponent, MPFR_RNDN);
    }));
}

// 0.d_1 d_2 ... 10^exponent. Pieces are appended: GCC 12 takes operator+ for an overlap (GCC bug 105651).
void append_number(std::string& text, std::string_view digits, long exponent) {
    const auto count = static_cast<long>(digits.size());
    const bool plain = exponent > -4 && exponent <= count;
    if (plain && exponent <= 0) {
        text.append("0.").append(static_cast<std::size_t>(-exponent), '0').append(digits);
        return;
    }
    const auto whole = static_cast<std::size_t>(plain ? exponent : 1);
    text.append(digits.substr(0, whole));
    if (whole < digits.size()) text.append(".").append(digits.substr(whole));
    if (!plain) text.append("e").append(std::to_string(exponent - 1));
}

// The first number of so many digits in a direction.
std::string beyond(double value, mpfr_rnd_t direction, int count) {
    if (!std::isfinite(value)) return value < 0.0 ? "-infinity" : "infinity";
    const Ball exact(value);
    if (mpfr_zero_p(exact.middle())) return "0";
    std::array<char, kLong + 3> text{};
    mpfr_exp_t exponent = 0;
    mpfr_get_str(text.data(), &exponent, 10, static_cast<std::size_t>(count), exact.middle(), direction);
    std::string_view digits(text.data());
    const bool negative = digits.front() == '-';
    if (negative) digits.remove_prefix(1);
    digits.remove_suffix(digits.size() - 1 - digits.find_last_not_of('0'));
    std::string result(negative ? "-" : "");
    append_number(result, digits, exponent);
    return result;
}

}  // namespace

std::string at_most(double value) {
    return beyond(value, MPFR_RNDU, kShort);
}

std::string at_least(double value) {
    return beyond(value, MPFR_RNDD, kShort);
}

std::string interval_text(const Interval& interval) {
    std::string text = "[";
    text += beyond(interval.lower, MPFR_RNDD, kLong);
    text += ", ";
    text += beyond(interval.upper, MPFR_RNDU, kLong);
    text += "]";
    return text;
}

std::string decimal(const Ball& ball, Size digits) {
    constexpr Size kMostDigits = 60;
    const double size = magnitude_bound(ball.centre());
    if (size == 0.0 || !(ball.radius() < size))
        return std::string("[0 +/- ").append(at_most(magnitude_bound(ball))).append("]");
    double certain = static_cast<double>(kMostDigits);
    if (!ball.is_exact()) certain = std::min(certain, std::log10(size) - std::log10(ball.radius()));
    const Size count = std::clamp(static_cast<Size>(certain) + 2, Size{2}, std::min(digits, kMostDigits));
    std::array<char, kMostDigits + 3> text{};
    mpfr_exp_t exponent = 0;
    mpfr_get_str(text.data(), &exponent, 10, static_cast<std::size_t>(count), ball.middle(), MPFR_RNDN);
    const bool negative = text[0] == '-';
    // Rounding the middle moved it by at most half a unit in its last place.
    const double radius = rounded_up(ball.radius() + 0.5 * power_of_ten(exponent - count));
    std::string result = negative ? "[-" : "[";
    append_number(result, text.data() + (negative ? 1 : 0), exponent);
    return result.append(" +/- ").append(at_most(radius)).append("]");
}

}  // namespace tepui::balls
