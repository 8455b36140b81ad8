// Balls [middle +- radius]: every operation returns a ball that contains all results of operands in the given
// ones. The middle is a number of MPFR in the ball's own memory, rounded to nearest; the radius is a double
// that is rounded upwards whatever the rounding mode, subnormal numbers flushed or not: it is 0 or at least
// 2^-1022, and infinite for the ball of all numbers. Nothing throws, nothing allocates. Only src/certify
// includes this header.
#pragma once

#include <mpfr.h>

#include <array>
#include <limits>
#include <vector>

#include "core/sizes.hpp"

namespace tepui::balls {

// Of a middle. One bit less than two words is what MPFR has its fastest code for.
inline constexpr mpfr_prec_t kBits = 127;

// ---- Bounds in doubles ----
// Beyond x by more than a handful of roundings in any mode, so that a bound of a few operations can be taken
// at its end; kTiny makes up for results that were flushed to zero. Infinite beyond kVast: where rounding is
// not upwards, what overflows becomes the largest double.
inline constexpr double kTiny = 0x1p-1019, kVast = 0x1p1000;
inline double rounded_up(double x) noexcept {
    const double bound = x * (1.0 + 0x1p-49) + kTiny;
    return bound < kVast ? bound : std::numeric_limits<double>::infinity();
}
// 2^exponent, or what a double has next above it that is not subnormal.
double power_of_two(mpfr_exp_t exponent) noexcept;

class Ball {
  public:
    Ball() noexcept { mpfr_custom_init_set(middle_, MPFR_ZERO_KIND, 0, kBits, words_.data()); }
    explicit Ball(double exact) noexcept;  // of infinities and NaN: of all numbers
    // sign and magnitude (below 2^127) of an integer, times 2^exponent
    Ball(bool negative, unsigned __int128 magnitude, mpfr_exp_t exponent) noexcept;
    Ball(const Ball& other) noexcept : words_(other.words_), radius_(other.radius_) { take_shape(other); }
    Ball& operator=(const Ball& other) noexcept {
        words_ = other.words_;
        radius_ = other.radius_;
        take_shape(other);
        return *this;
    }
    static Ball everything() noexcept;
    // function(result, middle of z) is one of MPFR's that rounds correctly and returns which way; spread:
    // bound on how far the function goes from its value at the middle within z.
    template <class Function>
    static Ball image(const Ball& z, double spread, Function&& function) noexcept {
        Ball result;
        result.finish(function(result.middle_, z.middle_), spread);
        return result;
    }

    mpfr_srcptr middle() const noexcept { return middle_; }
    double radius() const noexcept { return radius_; }
    // The middle's words, the least significant first, and its exponent: |middle| is in [1/2, 1) 2^exponent.
    const std::array<mp_limb_t, 2>& words() const noexcept { return words_; }
    mpfr_exp_t exponent() const noexcept { return mpfr_custom_get_exp(middle_); }
    bool is_exact() const noexcept { return radius_ == 0.0; }

    Ball centre() const noexcept {
        Ball result(*this);
        result.radius_ = 0.0;
        return result;
    }
    // Makes the ball contain everything within `radius`, not negative, of it.
    void widen(double radius) noexcept;

    friend Ball operator-(const Ball& a) noexcept;
    friend Ball operator+(const Ball& a, const Ball& b) noexcept;
    friend Ball operator-(const Ball& a, const Ball& b) noexcept;
    friend Ball operator*(const Ball& a, const Ball& b) noexcept;
    friend Ball operator/(const Ball& a, const Ball& b) noexcept;
    friend Ball scaled(const Ball& a, long exponent) noexcept;  // a 2^exponent
    Ball& operator+=(const Ball& other) noexcept { return *this = *this + other; }
    friend bool operator==(const Ball& a, const Ball& b) noexcept;  // the same ball

  private:
    static_assert(GMP_NUMB_BITS == 64, "a middle is two words of 64 bits");
    void take_shape(const Ball& other) noexcept {
        mpfr_custom_init_set(middle_, mpfr_custom_get_kind(other.middle_), mpfr_custom_get_exp(other.middle_),
                             kBits, words_.data());
    }
    void finish(int ternary, double spread) noexcept;

    std::array<mp_limb_t, 2> words_{};
    mpfr_t middle_;
    double radius_ = 0.0;
};

Ball squared(const Ball& a) noexcept;
Ball absolute(const Ball& a) noexcept;  // contains |x|

using BallVector = std::vector<Ball>;

class BallMatrix {
  public:
    BallMatrix() = default;
    BallMatrix(Size rows, Size cols)
        : rows_(rows), cols_(cols), values_(static_cast<std::size_t>(rows * cols)) {}
    Size rows() const noexcept { return rows_; }
    Size cols() const noexcept { return cols_; }
    Ball& operator()(Size i, Size j) noexcept { return values_[i * cols_ + j]; }
    const Ball& operator()(Size i, Size j) const noexcept { return values_[i * cols_ + j]; }
    bool operator==(const BallMatrix&) const = default;

  private:
    Size rows_ = 0, cols_ = 0;
    std::vector<Ball> values_;
};

// The part above the diagonal from the one below.
inline void mirror_lower(BallMatrix& a) noexcept {
    for (Size i = 0; i < a.rows(); ++i)
        for (Size j = 0; j < i; ++j) a(j, i) = a(i, j);
}

// ---- Bounds as doubles, rounded outwards ----
double lower_bound(const Ball& ball) noexcept;
double upper_bound(const Ball& ball) noexcept;
double magnitude_bound(const Ball& ball) noexcept;  // not below any |x|; 0 or at least 2^-1022
double middle(const Ball& ball) noexcept;           // nearest double of the middle
Size sign(const Ball& ball) noexcept;               // -1, 1; 0 when the ball contains zero

}  // namespace tepui::balls
