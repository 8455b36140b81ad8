// sigma and its derivatives, elementwise, within 4 ulp of the exact values over the whole range; beside a
// root of a derivative within 4 ulp of its largest term (MATH.md section 2). No overflow where the value is
// finite; NaN in, NaN out.
//
// Measured bound: largest error in ulp over the points of tests/kernels/test_activation_accuracy.cpp
// ([bounds]: uniform and log-uniform over all doubles, tails, neighbours of roots and of range edges), the
// worst of AVX-512, AVX2, SSE4 and baseline; beside a root (terms cancelling more than fourfold) in ulp of
// the largest term:
//   tanh      3.0  2.0  3.0  3.9      gelu      3.1  2.8  2.3  2.9      gaussian  0.7  1.5  2.8  3.0
//   sigmoid   2.3  1.5  3.0  3.9      silu      2.6  2.4  2.6  3.2      arctan    1.8  1.7  1.6  3.0
//   softplus  2.4  2.3  1.5  3.0      sin       1.6  1.5  1.6  1.5      exp       0.8  0.8  0.8  0.8
//   erf       2.3  0.7  1.5  2.2      cube      1.3  1.4  0.5  0        relu3     1.3  1.4  0.5  0
// The same of AVX2, SSE4 and baseline:
//   normal_cdf  2.3  0.7  1.5  2.2    gelu_tanh   1.5  0.8  0.6  1.4    sigmoid_softplus  2.7  0.8  2.1  1.1
//   selu        2.1  1.4  1.4  1.4
// square, leaky_relu 0.5; identity, relu, abs exact.
#pragma once

#include "core/sizes.hpp"
#include "vocabulary/activations.hpp"

namespace tepui {

// What theorems may ask of it (MATH.md section 2).
struct ActivationTraits {
    Smoothness smoothness = Smoothness::c2;
    bool polynomial = false;
    Parity parity = Parity::none;
    double value_at_zero = 0.0;
    bool flat_on_negatives = false;  // constant for z <= 0
    int homogeneity = 0;             // k when sigma(c z) = c^k sigma(z) for c > 0; 0 when there is none
};

namespace kernels {

// Where to write sigma, sigma', sigma'', sigma'''; null for what is not wanted. Outputs may not overlap z or
// each other.
struct ActivationOutputs {
    double* value = nullptr;
    double* first = nullptr;
    double* second = nullptr;
    double* third = nullptr;
};

// parameter: alpha of leaky_relu, ignored otherwise. Any alignment, any count >= 0; nothing past count is
// touched. sigma'' and sigma''' of ReLU-like activations are 0; their sigma'(0) is the value for z >= 0 (1);
// selu's derivatives at 0 are those for z < 0.
void evaluate_activation(ActivationKind kind, double parameter, Size count, const double* z,
                         const ActivationOutputs& out);

namespace ref {
// The plain scalar form that the vector forms are tested against.
void evaluate_activation(ActivationKind kind, double parameter, Size count, const double* z,
                         const ActivationOutputs& out);
}  // namespace ref

}  // namespace kernels
}  // namespace tepui
