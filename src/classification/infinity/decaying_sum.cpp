#include "classification/infinity/decaying_sum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tepui {
namespace {

constexpr int kOrder = 8;               // of Taylor polynomials
constexpr double kTermRounding = 64.0;  // of a term, in last places

// e^-x is as uncertain as x is large.
double inexactness(double x) {
    return 1.0 + x / kTermRounding;
}

// Whether sum_j of_j x^j > bound on [0, 1]: its coefficients in Bernstein's basis are.
bool is_above(const double (&of)[kOrder + 1], double bound) {
    for (int i = 0; i <= kOrder; ++i) {
        double coefficient = 0.0, share = 1.0;  // binom(i, j) / binom(kOrder, j)
        for (int j = 0; j <= i; ++j) {
            coefficient += share * of[j];
            share *= double(i - j) / double(kOrder - j);
        }
        if (!(coefficient > bound)) return false;
    }
    return true;
}

// A polynomial sum_j of_j s^j, each coefficient a sum whose absolute terms are given, and what it leaves out:
// rest s^(kOrder + 1), and at every s a doubt.
struct Expansion {
    double of[kOrder + 1] = {}, absolute[kOrder + 1] = {}, rest = 0.0, doubt = 0.0;

    // inexact: how many times the rounding of others the term's is.
    void add(int j, double term, double inexact) {
        of[j] += term;
        absolute[j] += inexact * std::abs(term);
    }
    // s up to which it is shown to be positive from 0 on; 0: none.
    double positive_to(double rounding) const {
        constexpr int kTrials = 48;
        const double room = of[0] - doubt - rounding * absolute[0];
        if (!(room > 0.0) || !(rest > 0.0)) return 0.0;
        double s = std::pow(room / rest, 1.0 / (kOrder + 1));
        for (int trial = 0; trial < kTrials; ++trial, s *= 0.7) {
            double power = 1.0, scaled[kOrder + 1], bound = doubt + rest * std::pow(s, kOrder + 1);
            for (int j = 0; j <= kOrder; ++j) {
                scaled[j] = of[j] * power;
                bound += rounding * absolute[j] * power;
                power *= s;
            }
            if (is_above(scaled, bound)) return s;
        }
        return 0.0;
    }
};

}  // namespace

double DecayingSum::shift_to_zero() {
    if (tau_.empty()) return 0.0;
    const double least = *std::min_element(tau_.begin(), tau_.end());
    for (double& tau : tau_) tau -= least;
    return least;
}

// Of a sum in double precision beside the sum of its absolute terms, powers included.
double DecayingSum::rounding() const {
    return std::numeric_limits<double>::epsilon() * (double(c_.size()) + kTermRounding);
}

DecayingSum::Value DecayingSum::at(double s) const {
    Value sum;
    for (std::size_t k = 0; k < tau_.size(); ++k) {
        const double fade = std::exp(-s * tau_[k]), size = std::abs(c_[k]) + doubt_[k];
        sum.h += c_[k] * fade;
        sum.error += (doubt_[k] + rounding() * inexactness(s * tau_[k]) * std::abs(c_[k])) * fade;
        (tau_[k] == 0.0 ? sum.at_zero : sum.others) += tau_[k] == 0.0 ? c_[k] - doubt_[k] : size * fade;
    }
    return sum;
}

// Of h / s^2 = sum c tau^2 phi(s tau), phi(x) = (e^-x - 1 + x) / x^2, which falls from 1/2.
double DecayingSum::positive_from_zero() const {
    Expansion of;
    for (std::size_t k = 0; k < tau_.size(); ++k) {
        double term = 0.5 * tau_[k] * tau_[k];  // (-1)^j tau^(j + 2) / (j + 2)!
        of.doubt += doubt_[k] * term;
        for (int j = 0; j <= kOrder; ++j) {
            of.add(j, c_[k] * term, 1.0);
            term *= -tau_[k] / (j + 3);
        }
        of.rest += (std::abs(c_[k]) + doubt_[k]) * std::abs(term);
    }
    return of.positive_to(rounding());
}

double DecayingSum::positive_step(double s) const {
    Expansion of;
    for (std::size_t k = 0; k < tau_.size(); ++k) {
        const double fade = std::exp(-s * tau_[k]);
        of.doubt += doubt_[k] * fade;  // it decays, too
        double term = fade;            // (-tau)^j e^(-s tau) / j!
        for (int j = 0; j <= kOrder; ++j) {
            of.add(j, c_[k] * term, inexactness(s * tau_[k]));
            term *= -tau_[k] / (j + 1);
        }
        of.rest += (std::abs(c_[k]) + doubt_[k]) * std::abs(term);
    }
    return of.positive_to(rounding());
}

}  // namespace tepui
