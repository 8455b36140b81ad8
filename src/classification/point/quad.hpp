// Numbers of 113 bits and the activations in them, where the C library has them (glibc, with GCC).
#pragma once

#include <cmath>

#include "network/activation.hpp"

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

struct QuadJet {
    Quad value, first, second, third;
};

inline constexpr bool kHasQuad = TEPUI_QUAD;

// sigma and three derivatives of a built-in smooth activation (MATH.md section 2).
QuadJet quad_jet(ActivationKind kind, Quad z);
Quad quad_sqrt(Quad x);

}  // namespace tepui
