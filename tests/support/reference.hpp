// Loss and derivatives by plain loops in long double, straight from MATH.md section 1: what the library is
// compared with.
#pragma once

#include <vector>

#include "core/random.hpp"
#include "kernels/activation/formulas.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui::test {

using Real = long double;

using Jet = ActivationJet<Real>;
// sigma and its derivatives of a built-in activation, which tests/kernels compares with 60 digits.
Jet activation_jet(ActivationKind kind, double parameter, Real z);

struct ReferenceSums {
    std::vector<Real> f, residuals;
    std::vector<Real> magnitude;  // |y| + sum_i |a_i u_i|
    Real loss = 0;
    std::vector<Real> gradient, gradient_magnitude;  // P
    std::vector<Real> gradient_spread;               // P: sum s magnitude |terms|, residual left out
    Real spread = 0;                                 // sum s magnitude^2
    std::vector<Real> hessian;                       // P x P
    std::vector<Real> coupling_magnitude;  // m x d: absolute terms of d2L/da_i dw_ij, |r| + magnitude for |r|
    std::vector<Real> inner;               // m x d x d
    std::vector<Real> inner_magnitude;     // m x d: sum s (|r| + magnitude) |a u''| x_j^2
};
// Of one output, with what is beside the neurons, of the squared or the pseudo-Huber loss; residuals are l'.
ReferenceSums reference_sums(const Dataset& data, const Network& network);
// l, l' and l'' at a difference f - y. delta: of the data, of the pseudo-Huber loss; 0: squared.
struct ReferenceLoss {
    Real value, slope, bend;
};
ReferenceLoss reference_loss_at(Real difference, Real delta);
Real huber_delta(const Dataset& data);

// A random problem: inputs and targets normal, with the slack between rows poisoned by NaN.
struct Problem {
    Size samples, features, ldx;
    std::vector<double> x, targets, weights;
    DatasetSource source() const;
};
Problem random_problem(Size samples, Size features, Size ldx, bool weights, std::uint64_t seed);
Network random_network(const Activation& activation, Size width, Size inputs, std::uint64_t seed);

// Every built-in activation, those that are C2, and those that are so where no z is 0: selu, too.
std::vector<Activation> all_activations();
std::vector<Activation> smooth_activations();
std::vector<Activation> curved_activations();

}  // namespace tepui::test
