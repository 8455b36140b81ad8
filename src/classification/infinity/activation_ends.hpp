// What an activation becomes where its argument runs off: the limits that units at infinity are made of
// (MATH.md section 13).
#pragma once

#include <optional>

#include "network/model/activation.hpp"

namespace tepui {

struct ActivationEnds {
    // sigma(-inf) and sigma(inf), reached exponentially or faster.
    bool saturates = false;
    double low = 0.0, high = 0.0;
    // sigma(z) - max(0, z) tends to 0 at both ends, exponentially, and has one sign.
    bool rectifies = false;
    int above_relu = 0;
    // min_t sigma(t) - b t > 0 for every 0 < b < 1: a kink that holds costs something at finite weights.
    // Otherwise it is negative for every b but one.
    bool kinks_cost = false;
    // sigma(z) = low + factor (e^(rate z) + second e^(2 rate z) + third e^(3 rate z) + ...) as z -> -inf;
    // rate = 0: no such tail.
    struct Tail {
        double rate = 0.0, factor = 1.0, second = 0.0, third = 0.0;
    } exponential;
    // sigma falls to 0 as z -> -inf, and is an exponential in the limit only: sigma(-c + t / s) / sigma(-c) =
    // e^t (1 - t^2 / (2 c^2)) but for terms of higher order in 1/c, s = tail_slope.
    bool curved_tail = false;
    // sigma(z) = mirror - sigma(-z): the tail at +inf is that at -inf.
    bool mirrors = false;
    double mirror = 0.0;
};
ActivationEnds ends_of(const Activation& activation);

// sigma(z) - z tends to a constant as z -> inf, from one side.
struct Asymptote {
    double offset = 0.0;
    int above = 0;      // the sign of sigma(z) - z - offset; 0: there is none
    double rate = 0.0;  // which falls like e^(-rate z), but for powers of z; 0: faster
};
Asymptote asymptote_of(const Activation& activation);

// The tail falls like e^(-rate |z|), but for powers of z; 0: faster.
double tail_rate(const Activation& activation);
// Of a curved tail: the slope of log |sigma| at -c to leading orders, c of gelu, 1 - 1/c of silu; and the
// farthest c at which doubles still have it.
double tail_slope(const Activation& activation, double c);
double farthest_tail(const Activation& activation);

// sigma(z) - sigma(side inf), or what sigma is beside its asymptotes, for side z > 0, without cancellation:
// of activations that saturate, or have some.
double tail(const Activation& activation, int side, double z);

// sigma and its first derivatives at 0, [0..5]: as far as the end of vanishing weights needs them. Zero
// throughout for those that are not built in.
struct TaylorAtZero {
    double of[6] = {0, 0, 0, 0, 0, 0};
};
TaylorAtZero taylor_at_zero(const Activation& activation);

// Where sigma' = 0 and sigma'' is not, with sigma and its derivatives there, [0..4].
struct Extremum {
    double at, of[5];
};
std::optional<Extremum> extremum_of(const Activation& activation);

}  // namespace tepui
