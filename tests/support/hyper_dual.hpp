// Numbers that carry two first derivatives and the mixed second one: exact Hessians of whatever is written in
// them, entry by entry.
#pragma once

#include "support/reference.hpp"

namespace tepui::test {

struct HyperDual {
    Real value = 0, a = 0, b = 0, ab = 0;

    HyperDual() = default;
    HyperDual(Real value_) : value(value_) {}
    HyperDual(Real value_, Real a_, Real b_, Real ab_) : value(value_), a(a_), b(b_), ab(ab_) {}

    friend HyperDual operator+(const HyperDual& x, const HyperDual& y) {
        return {x.value + y.value, x.a + y.a, x.b + y.b, x.ab + y.ab};
    }
    friend HyperDual operator*(const HyperDual& x, const HyperDual& y) {
        return {x.value * y.value, x.a * y.value + x.value * y.a, x.b * y.value + x.value * y.b,
                x.ab * y.value + x.a * y.b + x.b * y.a + x.value * y.ab};
    }
    HyperDual& operator+=(const HyperDual& y) { return *this = *this + y; }
};

// A function of one number, by its value and two derivatives.
inline HyperDual composed(Real value, Real first, Real second, const HyperDual& x) {
    return {value, first * x.a, first * x.b, second * x.a * x.b + first * x.ab};
}
inline HyperDual activate(ActivationKind kind, const HyperDual& z) {
    const Jet jet = activation_jet(kind, 0.0, z.value);
    return composed(jet.value, jet.first, jet.second, z);
}

}  // namespace tepui::test
