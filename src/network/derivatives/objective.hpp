// Loss, gradient, Hessian and Hessian-vector product, weight decay included (MATH.md section 1).
#pragma once

#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "network/pass/pass.hpp"

namespace tepui {

struct LossValue {
    double loss = 0.0;  // sum_k s_k l(f_k, y_k) (times the loss scale), and weight decay
    // What rounding of the outputs makes of a loss of 0 (LossRows::rounding); of the squared loss 1/2 sum s
    // e^2, e_k = kResidualError (|y_k| + sum_i |a_i u_ik|): a loss at or below a small multiple of it is zero
    // as far as double precision can tell.
    double rounding_loss = 0.0;
};
LossValue loss(const Dataset& data, const Network& network, const Execution& execution);

// Whether the absolute terms of the sums, from which rounding bounds are made, are wanted: they cost about as
// much again as the gradient.
enum class Bounds { without, with };

struct Gradient {
    LossValue loss;
    std::vector<double> value;  // P components, parameter order
    // Sum of the absolute values of the terms of each component; this and the next empty without bounds.
    std::vector<double> magnitude;
    // The same sums with the error of g in place of |g|: how far rounding of the outputs may move each
    // component. A component at or below a small multiple of it is as stationary as doubles allow.
    std::vector<double> rounding;
    // max_j |value_j| / magnitude_j, 0 where both vanish: what "stationary to machine precision" means here.
    // With bounds only.
    double relative_norm() const;
    double norm() const;  // Euclidean
};
// residuals: room for [samples][outputs], or null.
Gradient gradient(const Dataset& data, const Network& network, const Execution& execution,
                  Bounds bounds = Bounds::with, double* residuals = nullptr);

struct HessianValue {
    Gradient gradient;
    Matrix value;  // P x P, full symmetric
    // P: T_jj, the absolute terms of each diagonal entry, with |r_k| replaced by |r_k| + |y_k| + sum_i |a_i
    // u_ik|, and enlarged between a_i and w_i so that the terms of entry (j, l) sum to at most sqrt(T_jj
    // T_ll) in absolute value: rounding moves it by a small multiple of eps sqrt(T_jj T_ll), what cancels
    // inside the residual included.
    std::vector<double> magnitude;
};
HessianValue hessian(const Dataset& data, const Network& network, const Execution& execution);

// result = Hessian * direction, without forming the Hessian.
void hessian_vector(const Dataset& data, const Network& network, std::span<const double> direction,
                    std::span<double> result, const Execution& execution);

// Network outputs and residuals, [samples][outputs] each; either pointer may be null.
void outputs(const Dataset& data, const Network& network, double* f, double* residuals,
             const Execution& execution);

}  // namespace tepui
