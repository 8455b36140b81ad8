// The built-in activations and their derivatives in 60-digit arithmetic (Boost.Multiprecision over MPFR),
// from the formulas of MATH.md section 2, each with the largest of the terms that are summed in it.
#pragma once

#include <array>
#include <boost/multiprecision/mpfr.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "network/model/activation.hpp"

namespace tepui::truth {

using Real = boost::multiprecision::number<boost::multiprecision::mpfr_float_backend<60>,
                                           boost::multiprecision::et_off>;

// largest: bound on the terms; the error beside a root is measured against it.
struct Exact {
    Real exact;
    Real largest;
};

using Jet = std::array<Exact, 4>;

struct Subject {
    ActivationKind kind;
    std::string name;
    double parameter;
    int derivatives;            // those with a meaning: 3 for C3 and analytic ones
    std::vector<double> roots;  // of sigma and of its derivatives: where cancellation is worst
};

inline std::vector<double> roots_of(ActivationKind kind) {
    using enum ActivationKind;
    switch (kind) {
        case tanh:
            return {0.65847894846240835};
        case sigmoid:
            return {1.3169578969248167};
        case erf:
            return {1.0};
        case gelu:
            return {-0.75179162409838, 1.4142135623730951, 2.0};
        case silu:
            return {-1.2784645427610738, 2.3993572805154677, 4.3616866085};
        case sin:
            return {1.5707963267948966, 3.141592653589793, 6.283185307179586, 1e5 * 3.141592653589793};
        case gaussian:
            return {1.0, 1.7320508075688772};
        case arctan:
            return {0.57735026918962573};
        case normal_cdf:
            return {1.0};
        case gelu_tanh:
            return {-0.75246142207101626, 1.4185040087908284, 2.0134807246242579};
        case sigmoid_softplus:
            return {0.031406967804118931, 1.0994849724390501, -0.32764095307526405, 0.33086464761860272,
                    1.6332336081527289};
        case softplus:
        case selu:
        case square:
        case cube:
        case relu3:
        case identity:
        case exp:
        case relu:
        case leaky_relu:
        case abs:
        case custom:
            break;
    }
    return {};
}

inline const std::vector<Subject>& subjects() {
    static const std::vector<Subject> all = [] {
        std::vector<Subject> list;
        for (const Word& word : Vocabulary<ActivationKind>::words) {
            const auto kind = static_cast<ActivationKind>(word.number);
            if (kind == ActivationKind::custom) continue;
            const double slope = kind == ActivationKind::leaky_relu ? 0.01 : 0.0;
            const int derivatives = Activation(kind, slope).derivatives();
            list.push_back({kind, word.name, slope, derivatives, roots_of(kind)});
        }
        return list;
    }();
    return all;
}

inline Real larger(const Real& a, const Real& b) {
    return a < b ? b : a;
}
inline Exact whole(const Real& x) {
    return {x, abs(x)};
}
inline Exact sum(const Real& a, const Real& b) {
    return {a + b, larger(abs(a), abs(b))};
}

inline Real erfc_of(const Real& x) {
    Real r;
    mpfr_erfc(r.backend().data(), x.backend().data(), MPFR_RNDN);
    return r;
}
inline Real erf_of(const Real& x) {
    Real r;
    mpfr_erf(r.backend().data(), x.backend().data(), MPFR_RNDN);
    return r;
}

inline Jet logistic_derivatives(const Real& z) {  // p, p', p'', p'''
    const Real e = exp(-abs(z));
    const Real first = e / ((1 + e) * (1 + e));
    const Real tau = tanh(z / 2);
    return {whole(z < 0 ? e / (1 + e) : 1 / (1 + e)), whole(first), whole(-first * tau),
            sum(tau * tau * first, -2 * first * first)};
}

inline Jet jet(const Subject& subject, const Real& z) {
    const Real zero = 0;
    const Real one = 1;
    switch (subject.kind) {
        case ActivationKind::tanh: {
            const Real t = tanh(z);
            const Real s = 1 / (cosh(z) * cosh(z));
            return {whole(t), whole(s), whole(-2 * t * s), sum(4 * t * t * s, -2 * s * s)};
        }
        case ActivationKind::sigmoid:
            return logistic_derivatives(z);
        case ActivationKind::softplus: {
            const Jet l = logistic_derivatives(z);
            return {whole(larger(z, zero) + log1p(exp(-abs(z)))), l[0], l[1], l[2]};
        }
        case ActivationKind::erf: {
            const Real f = sqrt(2 / boost::math::constants::pi<Real>()) * exp(-z * z / 2);
            return {whole(erf_of(z / sqrt(Real(2)))), whole(f), whole(-z * f), sum(z * z * f, -f)};
        }
        case ActivationKind::gelu: {
            const Real f = exp(-z * z / 2) / sqrt(2 * boost::math::constants::pi<Real>());
            const Real cdf = erfc_of(-z / sqrt(Real(2))) / 2;
            return {whole(z * cdf), sum(cdf, z * f), sum(2 * f, -z * z * f), sum(z * z * z * f, -4 * z * f)};
        }
        case ActivationKind::normal_cdf: {
            const Real f = exp(-z * z / 2) / sqrt(2 * boost::math::constants::pi<Real>());
            return {whole(erfc_of(-z / sqrt(Real(2))) / 2), whole(f), whole(-z * f), sum(z * z * f, -f)};
        }
        case ActivationKind::gelu_tanh: {
            // h = (1 + tanh u) / 2 = e / (1 + e), e = exp(2 u), u = sqrt(2 / pi) (z + 0.044715 z^3)
            const Real k = sqrt(2 / boost::math::constants::pi<Real>()), b = Real(44715) / 1000000;
            const Real u1 = k * (1 + 3 * b * z * z), u2 = 6 * k * b * z, u3 = 6 * k * b;
            const Jet l = logistic_derivatives(2 * k * (z + b * z * z * z));
            const Real p1 = 2 * l[1].exact, p2 = 4 * l[2].exact, p3 = 8 * l[3].exact;  // by u
            const Exact third[] = {whole(3 * p2 * u1 * u1),
                                   whole(3 * p1 * u2),
                                   {z * p3 * u1 * u1 * u1, abs(z * u1 * u1 * u1) * 8 * l[3].largest},
                                   whole(3 * z * p2 * u1 * u2),
                                   whole(z * p1 * u3)};
            Exact total{0, 0};
            for (const Exact& term : third)
                total = {total.exact + term.exact, larger(total.largest, term.largest)};
            return {whole(z * l[0].exact), sum(l[0].exact, z * p1 * u1),
                    sum(2 * p1 * u1 + z * p1 * u2, z * p2 * u1 * u1), total};
        }
        case ActivationKind::sigmoid_softplus: {
            const Jet steep = logistic_derivatives(4 * z), l = logistic_derivatives(z);
            return {whole(steep[0].exact + larger(z, zero) + log1p(exp(-abs(z)))),
                    whole(4 * steep[1].exact + l[0].exact),
                    sum(16 * steep[2].exact, l[1].exact),
                    {64 * steep[3].exact + l[2].exact, larger(64 * steep[3].largest, l[2].largest)}};
        }
        case ActivationKind::selu: {
            const Real slope = 1.0507009873554805, scale = 1.7580993408473766;
            if (z > 0) return {whole(slope * z), whole(slope), whole(zero), whole(zero)};
            const Exact bent = whole(scale * exp(z));
            return {whole(scale * expm1(z)), bent, bent, bent};
        }
        case ActivationKind::silu: {
            const Jet l = logistic_derivatives(z);
            const Exact third = sum(3 * l[2].exact, z * l[3].exact);
            return {whole(z * l[0].exact),
                    sum(l[0].exact, z * l[1].exact),
                    sum(2 * l[1].exact, z * l[2].exact),
                    {third.exact, larger(third.largest, abs(z) * l[3].largest)}};
        }
        case ActivationKind::sin:
            return {whole(sin(z)), whole(cos(z)), whole(-sin(z)), whole(-cos(z))};
        case ActivationKind::gaussian: {
            const Real f = exp(-z * z / 2);
            return {whole(f), whole(-z * f), sum(z * z * f, -f), sum(3 * z * f, -z * z * z * f)};
        }
        case ActivationKind::square:
            return {whole(z * z / 2), whole(z), whole(one), whole(zero)};
        case ActivationKind::cube:
            return {whole(z * z * z), whole(3 * z * z), whole(6 * z), whole(6 * one)};
        case ActivationKind::relu3: {
            const Real c = larger(z, zero);
            return {whole(c * c * c), whole(3 * c * c), whole(6 * c), whole(z > 0 ? 6 * one : zero)};
        }
        case ActivationKind::arctan: {
            const Real g = 1 / (1 + z * z);
            return {whole(atan(z)), whole(g), whole(-2 * z * g * g),
                    sum(6 * z * z * g * g * g, -2 * g * g * g)};
        }
        case ActivationKind::identity:
            return {whole(z), whole(one), whole(zero), whole(zero)};
        case ActivationKind::exp: {
            const Exact e = whole(exp(z));
            return {e, e, e, e};
        }
        case ActivationKind::relu:
            return {whole(larger(z, zero)), whole(z >= 0 ? one : zero), whole(zero), whole(zero)};
        case ActivationKind::leaky_relu: {
            const Real slope = z >= 0 ? one : Real(subject.parameter);
            return {whole(slope * z), whole(slope), whole(zero), whole(zero)};
        }
        case ActivationKind::abs:
            return {whole(abs(z)), whole(z >= 0 ? one : -one), whole(zero), whole(zero)};
        case ActivationKind::custom:
            break;
    }
    return {};
}

// Distance between doubles at x: never below the smallest subnormal.
inline Real ulp_at(const Real& x) {
    if (x == 0) return Real(std::numeric_limits<double>::denorm_min());
    int exponent = 0;
    frexp(abs(x), &exponent);
    return ldexp(Real(1), std::max(exponent - 53, -1074));
}

// Error of computed in ulps of the exact value; where terms cancel by more than a factor of four, of the
// largest term.
inline double ulp_error(double computed, const Exact& truth) {
    const Real max_double = std::numeric_limits<double>::max();
    if (abs(truth.exact) > max_double) {  // overflow is right, and so is the largest double
        const double expected = truth.exact > 0 ? HUGE_VAL : -HUGE_VAL;
        return computed == expected || std::fabs(computed) == std::numeric_limits<double>::max() ? 0.0
                                                                                                 : HUGE_VAL;
    }
    if (!std::isfinite(computed)) return HUGE_VAL;
    const bool beside_root = abs(truth.exact) * 4 < truth.largest;
    const Real unit = ulp_at(beside_root ? truth.largest : truth.exact);
    return static_cast<double>(abs(Real(computed) - truth.exact) / unit);
}

}  // namespace tepui::truth
