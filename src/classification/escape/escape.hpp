// The curves of MATH.md section 5: how to leave a saddle. Each is returned unmeasured.
#pragma once

#include <optional>
#include <span>

#include "classification/escape/daughter_motion.hpp"
#include "classification/escape/fourth_order.hpp"
#include "classification/escape/psi.hpp"
#include "classification/escape/witness.hpp"

namespace tepui {

// theta + epsilon v, v^T Hessian v = curvature < 0.
Witness escape_along(const Network& base, std::vector<double> v, double curvature);

// A neuron with output weight zero moves to w + epsilon v, where psi ~ c epsilon^p, and its output weight
// becomes -kappa epsilon^p: Delta L = epsilon^2p (-c kappa + kappa^2 sum s u^2 / 2) + ...
Witness escape_null_neuron(const Network& base, Size neuron, const PsiDirection& leave);

// The daughters of a split move apart, w_j += epsilon t_j v with sum gamma_j t_j = 0, v a unit vector with
// v^T H_i v = lambda. Where no t serves but some gamma_j = 0, the point first slides along the plateau by
// slide * epsilon (third order). Empty when neither exists: lambda > 0 on Gamma+, lambda < 0 on Gamma-.
std::optional<Witness> escape_apart(const Network& split, Size first_daughter, double parent_output,
                                    std::span<const double> gamma, std::span<const double> v, double lambda,
                                    double slide);

// The daughters move apart along a null vector v of H_i: Delta L = epsilon^3 / 6 sum gamma_j t_j^3 third,
// with third = a_i sum s r sigma''' (v . x)^3 (MATH.md section 6), while everything gives way at second
// order. Two equal halves, for which sum gamma t = 0 implies sum gamma t^3 = 0, first slide along the plateau
// by a multiple of epsilon (fourth order). Empty for other coefficients of that kind.
std::optional<Witness> escape_third_order(const Network& split, Size first_daughter, double parent_output,
                                          std::span<const double> gamma, std::span<const double> v,
                                          double third, const FourthOrderResponse& response);

// The daughters move by t_j v, sum gamma t = 0, v a null vector of H_i without a third order. Empty when the
// fourth-order change along t is not negative.
std::optional<Witness> escape_fourth_order(const Network& split, Size first_daughter,
                                           std::span<const double> gamma, const std::vector<double>& t,
                                           std::span<const double> v, const FourthOrderResponse& response);

// The narrow saddle's own curve, followed by all daughters at once.
Witness escape_lifted(const Witness& narrow, Size neuron, std::span<const double> gamma);

}  // namespace tepui
