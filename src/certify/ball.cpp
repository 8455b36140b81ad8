#include "certify/ball.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace tepui::balls {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeast = std::numeric_limits<double>::min();

// The leading 53 bits of |middle|, a whole number below 2^53.
double leading_bits(const Ball& ball) noexcept {
    return static_cast<double>(ball.words()[1] >> 11);
}

// |middle| from above, and from below (0 where a bound would be less than a normal number).
double above(const Ball& ball) noexcept {
    if (mpfr_zero_p(ball.middle())) return 0.0;
    const double bound = (leading_bits(ball) + 1.0) * 0x1p-53 * power_of_two(ball.exponent());
    return bound < kLeast ? kLeast : bound;
}

double below(const Ball& ball) noexcept {
    if (mpfr_zero_p(ball.middle()) || ball.exponent() < -1020) return 0.0;
    if (ball.exponent() > 1023) return 0x1p1023;
    return leading_bits(ball) * 0x1p-53 * power_of_two(ball.exponent());
}

// Bound on how far (a + s)(b + t) is from a b for |s|, |t| within the radii.
double product_spread(const Ball& a, const Ball& b) noexcept {
    if (a.is_exact() && b.is_exact()) return 0.0;
    return rounded_up(above(a) * b.radius() + a.radius() * (above(b) + b.radius()));
}

// |a / b - (a + s) / (b + t)| = |a t / b - s| / |b + t|
double quotient_spread(const Ball& a, const Ball& b, double quotient) noexcept {
    if (a.is_exact() && b.is_exact()) return 0.0;
    const double divisor = (below(b) - b.radius()) * (1.0 - 0x1p-49);
    if (!(divisor > kTiny)) return kInfinity;
    return rounded_up(rounded_up(a.radius() + quotient * b.radius()) / divisor);
}

// The end of a ball in a direction, as a double.
double end_of(const Ball& ball, mpfr_rnd_t direction) noexcept {
    const double distance = direction == MPFR_RNDU ? ball.radius() : -ball.radius();
    if (!std::isfinite(distance)) return distance;
    std::array<mp_limb_t, 2> words;
    mpfr_t end;
    mpfr_custom_init_set(end, MPFR_ZERO_KIND, 0, kBits, words.data());
    mpfr_add_d(end, ball.middle(), distance, direction);
    return mpfr_get_d(end, direction);
}

}  // namespace

double power_of_two(mpfr_exp_t exponent) noexcept {
    if (exponent > 1023) return kInfinity;
    if (exponent < -1022) return kLeast;
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

// By its bits: a processor that takes subnormal numbers for zero would change it.
Ball::Ball(double exact) noexcept : Ball() {
    constexpr std::uint64_t kHidden = std::uint64_t{1} << 52;
    const auto bits = std::bit_cast<std::uint64_t>(exact);
    const auto exponent = static_cast<int>((bits >> 52) & 0x7ff);
    const std::uint64_t fraction = bits & (kHidden - 1);
    if (exponent == 0x7ff) {
        *this = everything();
    } else {
        *this = Ball((bits >> 63) != 0, exponent == 0 ? fraction : fraction | kHidden,
                     std::max(exponent, 1) - 1075);
    }
}

Ball::Ball(bool negative, unsigned __int128 magnitude, mpfr_exp_t exponent) noexcept : Ball() {
    if (magnitude == 0) return;
    int leading = std::countl_zero(static_cast<std::uint64_t>(magnitude >> 64));
    if (leading == 64) leading += std::countl_zero(static_cast<std::uint64_t>(magnitude));
    magnitude <<= leading;
    words_ = {static_cast<mp_limb_t>(magnitude), static_cast<mp_limb_t>(magnitude >> 64)};
    mpfr_custom_init_set(middle_, negative ? -MPFR_REGULAR_KIND : MPFR_REGULAR_KIND, exponent + 128 - leading,
                         kBits, words_.data());
}

Ball Ball::everything() noexcept {
    Ball result;
    result.radius_ = kInfinity;
    return result;
}

void Ball::finish(int ternary, double spread) noexcept {
    if (!mpfr_number_p(middle_) || !(spread < kInfinity)) {
        *this = everything();
        return;
    }
    radius_ = spread;
    // Rounding to nearest moved it by at most half a unit in the last place; to zero, by hardly anything.
    if (ternary != 0) widen(mpfr_zero_p(middle_) ? kTiny : power_of_two(exponent() - kBits - 1));
}

void Ball::widen(double radius) noexcept {
    if (radius == 0.0) return;
    const double sum = rounded_up(radius_ + radius);
    if (sum < kInfinity) {
        radius_ = sum;
    } else {
        *this = everything();
    }
}

Ball operator-(const Ball& a) noexcept {
    Ball result(a);
    mpfr_neg(result.middle_, result.middle_, MPFR_RNDN);
    return result;
}

Ball operator+(const Ball& a, const Ball& b) noexcept {
    Ball result(a);
    result.finish(mpfr_add(result.middle_, a.middle_, b.middle_, MPFR_RNDN), a.radius_);
    result.widen(b.radius_);
    return result;
}

Ball operator-(const Ball& a, const Ball& b) noexcept {
    Ball result(a);
    result.finish(mpfr_sub(result.middle_, a.middle_, b.middle_, MPFR_RNDN), a.radius_);
    result.widen(b.radius_);
    return result;
}

Ball operator*(const Ball& a, const Ball& b) noexcept {
    Ball result;
    result.finish(mpfr_mul(result.middle_, a.middle_, b.middle_, MPFR_RNDN), product_spread(a, b));
    return result;
}

// A quotient by a ball that contains 0 is the ball of all numbers.
Ball operator/(const Ball& a, const Ball& b) noexcept {
    Ball result;
    const int ternary = mpfr_div(result.middle_, a.middle_, b.middle_, MPFR_RNDN);
    result.finish(ternary, mpfr_number_p(result.middle_) ? quotient_spread(a, b, above(result)) : kInfinity);
    return result;
}

Ball scaled(const Ball& a, long exponent) noexcept {
    Ball result;
    const double spread = a.is_exact() ? 0.0 : rounded_up(a.radius_ * power_of_two(exponent));
    result.finish(mpfr_mul_2si(result.middle_, a.middle_, exponent, MPFR_RNDN), spread);
    return result;
}

bool operator==(const Ball& a, const Ball& b) noexcept {
    return a.radius_ == b.radius_ && mpfr_equal_p(a.middle_, b.middle_) != 0;
}

Ball squared(const Ball& a) noexcept {
    return a * a;
}

Ball absolute(const Ball& a) noexcept {
    return mpfr_signbit(a.middle()) ? -a : a;
}

double lower_bound(const Ball& ball) noexcept {
    return end_of(ball, MPFR_RNDD);
}

double upper_bound(const Ball& ball) noexcept {
    return end_of(ball, MPFR_RNDU);
}

double magnitude_bound(const Ball& ball) noexcept {
    return ball.is_exact() ? above(ball) : rounded_up(above(ball) + ball.radius());
}

double middle(const Ball& ball) noexcept {
    return mpfr_get_d(ball.middle(), MPFR_RNDN);
}

Size sign(const Ball& ball) noexcept {
    if (lower_bound(ball) > 0.0) return 1;
    return upper_bound(ball) < 0.0 ? -1 : 0;
}

}  // namespace tepui::balls
