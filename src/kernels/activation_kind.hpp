// The built-in activations (MATH.md section 2). Numbers are pinned: the C ABI exposes the same ones.
#pragma once

#include <cstdint>

namespace tepui {

enum class ActivationKind : std::int32_t {
    tanh = 1,
    sigmoid = 2,
    softplus = 3,
    erf = 4,   // erf(z / sqrt 2)
    gelu = 5,  // exact: z Phi(z)
    silu = 6,  // z sigmoid(z)
    sin = 7,
    gaussian = 8,  // exp(-z^2 / 2)
    square = 9,    // z^2 / 2
    cube = 10,     // z^3
    relu3 = 11,    // max(0, z)^3
    arctan = 12,
    identity = 13,
    exp = 14,
    relu = 32,
    leaky_relu = 33,  // z for z >= 0, alpha z below
    abs = 34,
    custom = 64  // a user callback; never reaches a kernel
};

}  // namespace tepui
