// The functions that activations are made of, by one name for every kind of number that the rows of rows.hpp
// are evaluated in: double, long double, and numbers of 113 bits where the C library has them (glibc, GCC).
#pragma once

#include <cmath>

#if defined(__HAVE_FLOAT128) && __HAVE_FLOAT128 && defined(__GNUC__) && !defined(__clang__)
#define TEPUI_QUAD 1
#else
#define TEPUI_QUAD 0
#endif

namespace tepui {

#if TEPUI_QUAD
using Quad = _Float128;
#else
using Quad = long double;  // never computed with
#endif

inline constexpr bool kHasQuad = TEPUI_QUAD;

namespace real {

using std::atan;
using std::cos;
using std::erf;
using std::erfc;
using std::exp;
using std::expm1;
using std::fma;
using std::log1p;
using std::sin;
using std::sqrt;
using std::tanh;

#if TEPUI_QUAD
inline Quad atan(Quad x) {
    return atanf128(x);
}
inline Quad cos(Quad x) {
    return cosf128(x);
}
inline Quad erf(Quad x) {
    return erff128(x);
}
inline Quad erfc(Quad x) {
    return erfcf128(x);
}
inline Quad exp(Quad x) {
    return expf128(x);
}
inline Quad expm1(Quad x) {
    return expm1f128(x);
}
inline Quad fma(Quad x, Quad y, Quad z) {
    return fmaf128(x, y, z);
}
inline Quad log1p(Quad x) {
    return log1pf128(x);
}
inline Quad sin(Quad x) {
    return sinf128(x);
}
inline Quad sqrt(Quad x) {
    return sqrtf128(x);
}
inline Quad tanh(Quad x) {
    return tanhf128(x);
}
#endif

template <class Real>
Real absolute(Real x) {
    return x < 0 ? -x : x;
}
template <class Real>
Real positive_part(Real x) {
    return x > 0 ? x : Real(0);
}

}  // namespace real
}  // namespace tepui
