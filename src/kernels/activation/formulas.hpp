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

// 1 / (1 + exp(-z)), its complement and the derivatives of the former.
template <class Real>
struct Logistic {
    explicit Logistic(Real z) {
        const Real e = real::exp(-real::absolute(z));
        const Real large = 1 / (1 + e), small = e * large;
        p = z >= 0 ? large : small;
        q = z >= 0 ? small : large;
        first = p * q;
        second = first * -real::tanh(Real(0.5L) * z);
        third = first * (1 - 6 * first);
    }
    Real p, q, first, second, third;
};

}  // namespace kernels
}  // namespace tepui
