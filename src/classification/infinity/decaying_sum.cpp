#include "classification/infinity/decaying_sum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tepui {
namespace {

constexpr int kOrder = 8;  // of Taylor polynomials

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

}  // namespace

double DecayingSum::shift_to_zero() {
    const double least = *std::min_element(tau_.begin(), tau_.end());
    for (double& tau : tau_) tau -= least;
    return least;
}

// Of a sum in double precision beside the sum of its absolute terms; exponents and powers included.
double DecayingSum::rounding() const {
    return std::numeric_limits<double>::epsilon() * (double(c_.size()) + 64.0);
}

DecayingSum::Value DecayingSum::at(double s) const {
    Value sum;
    for (std::size_t k = 0; k < tau_.size(); ++k) {
        const double fade = std::exp(-s * tau_[k]), size = std::abs(c_[k]) + doubt_[k];
        sum.h += c_[k] * fade;
        sum.error += (doubt_[k] + rounding() * std::abs(c_[k])) * fade;
        (tau_[k] == 0.0 ? sum.at_zero : sum.others) += tau_[k] == 0.0 ? c_[k] - doubt_[k] : size * fade;
    }
    return sum;
}

// h >= s^2 / 2 sum c tau^2 - s^3 / 6 sum |c| tau^3.
double DecayingSum::positive_from_zero() const {
    double second = 0.0, third = 0.0;
    for (std::size_t k = 0; k < tau_.size(); ++k) {
        const double square = tau_[k] * tau_[k];
        second += (c_[k] - doubt_[k] - rounding() * std::abs(c_[k])) * square;
        third += (std::abs(c_[k]) + doubt_[k]) * square * tau_[k];
    }
    return second > 0.0 ? second / third : 0.0;
}

double DecayingSum::positive_step(double s) const {
    double of[kOrder + 1] = {}, absolute[kOrder + 1] = {}, rest = 0.0, doubt = 0.0;
    for (std::size_t k = 0; k < tau_.size(); ++k) {
        const double fade = std::exp(-s * tau_[k]);
        double term = fade;  // (-tau)^j e^(-s tau) / j!
        for (int j = 0; j <= kOrder; ++j) {
            of[j] += c_[k] * term;
            absolute[j] += std::abs(c_[k] * term);
            term *= -tau_[k] / (j + 1);
        }
        rest += (std::abs(c_[k]) + doubt_[k]) * std::abs(term);
        doubt += doubt_[k] * fade;  // it decays, too
    }
    const double room = of[0] - doubt - rounding() * absolute[0];
    if (!(room > 0.0) || rest == 0.0) return 0.0;
    constexpr double kLeast = 1e-9;
    for (double step = std::pow(room / rest, 1.0 / (kOrder + 1)); step > kLeast * s; step *= 0.7) {
        double power = 1.0, scaled[kOrder + 1], bound = doubt + rest * std::pow(step, kOrder + 1);
        for (int j = 0; j <= kOrder; ++j) {
            scaled[j] = of[j] * power;
            bound += rounding() * absolute[j] * power;
            power *= step;
        }
        if (is_above(scaled, bound)) return step;
    }
    return 0.0;
}

}  // namespace tepui
