// What the rows of rows.hpp share.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "kernels/activation/real.hpp"

namespace tepui {

template <class Real>
struct ActivationJet {
    Real value, first, second, third;
};

// sigma'''', and what an error of z or of sigma relative to itself costs it, about.
struct FourthDerivative {
    double value = 0.0, magnitude = 0.0;
};

namespace kernels {

// selu: the doubles that frameworks compute with, so that their points are judged as they trained them.
inline constexpr double kSeluSlope = 1.0507009873554805, kSeluScale = 1.7580993408473766;

// A sum of terms; z: its argument.
inline FourthDerivative sum_of(double z, std::initializer_list<double> terms) {
    FourthDerivative sum;
    for (const double term : terms) {
        sum.value += term;
        sum.magnitude += (1.0 + std::abs(z)) * std::abs(term);
    }
    return sum;
}

// Beyond |z| = 800 every exponential tail is 0 in double, and z^3 exp(-z) is without inf * 0.
template <class Real>
Real clamped_to_tail(Real z) {
    return z < -800 ? Real(-800) : z > 800 ? Real(800) : z;
}

// z^2 where exp(-z^2 / 2) is to be multiplied by it: it is zero beyond.
inline double gaussian_square(double z) {
    return std::min(z * z, 1e4);
}

// exp(-z^2 / 2) with the rounding error of z^2 put back.
template <class Real>
Real bell(Real z) {
    const Real square = z * z;
    const Real error = real::fma(z, z, -square);
    return real::exp(Real(-0.5L) * square) * (1 - Real(0.5L) * error);
}

// The density of the normal distribution: 1 / sqrt(2 pi) in 128 bits.
template <class Real>
Real normal_density(Real z) {
    return (Real(0xcc42299ea1b28468p-65L) + Real(0xfcb3c500bab8e2ffp-130L)) * bell(z);
}

// Phi(z) = erfc(-z / sqrt 2) / 2, with what rounding the argument loses put back; density: phi(z).
template <class Real>
Real normal_below(Real z, Real density) {
    const Real root = Real(0xb504f333f9de6484p-64L), root_low = Real(0x597d89b3754abe9fp-128L);  // of 1 / 2
    const Real argument = -z * root, lost = -z * root_low - real::fma(z, root, argument);
    return Real(0.5L) * real::erfc(argument) - 2 * root * density * lost;
}

// v = k z + c z^3 with k = 2 sqrt(2 / pi) and c = 0.044715 k, both in 128 bits, and what its rounding lost.
template <class Real>
struct GeluCubic {
    static constexpr long double kSlope = 0xcc42299ea1b28468p-63L, kSlopeLow = 0x7e59e2805d5c7180p-127L;
    static constexpr long double kCubic = 0x922279526c5a57a4p-67L, kCubicLow = 0xdef1758b8e3e1a66p-131L;
    explicit GeluCubic(Real z) {
        const Real k = Real(kSlope), c = Real(kCubic), square = z * z, bent = c * square;
        const Real bent_lost =
            real::fma(c, square, -bent) + c * real::fma(z, z, -square) + Real(kCubicLow) * square;
        const Real sum = k + bent, of_bent = sum - k;
        const Real sum_lost = (k - (sum - of_bent)) + (bent - of_bent) + bent_lost + Real(kSlopeLow);
        value = sum * z;
        lost = real::fma(sum, z, -value) + sum_lost * z;
        const Real all_k = k + Real(kSlopeLow), all_c = c + Real(kCubicLow);
        first = all_k + 3 * all_c * square;
        second = 6 * all_c * z;
        third = 6 * all_c;
    }
    Real value, lost, first, second, third;
};

// 1 / (1 + exp(-z)), its complement and the derivatives of the former; z + lost in place of z.
template <class Real>
struct Logistic {
    explicit Logistic(Real z, Real lost = 0) {
        const Real e = real::exp(-real::absolute(z)) * (1 - (z >= 0 ? lost : -lost));
        const Real large = 1 / (1 + e), small = e * large;
        p = z >= 0 ? large : small;
        q = z >= 0 ? small : large;
        first = p * q;
        const Real t = real::tanh(Real(0.5L) * z);
        second = -first * (t + Real(0.5L) * lost * (1 - t * t));
        third = first * (1 - 6 * first);
    }
    Real p, q, first, second, third;
};

// Of 1 / (1 + exp(-z)) in double: p'' = p' tanh(-z / 2), p''' = p' (1 - 6 p') and p'''' = p'' (1 - 12 p').
struct LogisticDerivatives {
    explicit LogisticDerivatives(double z) {
        const double e = std::exp(-std::abs(z));
        first = e / ((1.0 + e) * (1.0 + e));
        second = -first * std::tanh(0.5 * z);
        third = first * (1.0 - 6.0 * first);
        fourth = second * (1.0 - 12.0 * first);
    }
    double first, second, third, fourth;
};

}  // namespace kernels
}  // namespace tepui
