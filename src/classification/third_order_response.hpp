// How everything else gives way, at second order in the step, when the daughters of a neuron move apart along
// a null vector of its inner Hessian (MATH.md section 6). It leaves the third-order change of the loss as it
// is and lowers the fourth-order one, which is what limits how far the loss falls.
#pragma once

#include <span>
#include <vector>

#include "classification/loss_change.hpp"
#include "network/network.hpp"

namespace tepui {

struct ThirdOrderResponse {
    // Of the narrow network's parameters, for sum gamma_j t_j^2 = 1; the daughters move with their parent.
    std::vector<double> narrow;
    // Of the daughters' weights among themselves, for t_j^2 - sum gamma t^2 = 1: within the range of H_i.
    std::vector<double> apart;
    double apart_gain = 0.0;  // c^T H_i^+ c: the fourth-order change is less by half of it times
                              // sum gamma_j (t_j^2 - sum gamma t^2)^2
};

// v: a null vector of H_i. inner_tau: eigenvalues of the equilibrated H_i up to this are zero. factor:
// Tolerances::rounding_factor.
ThirdOrderResponse third_order_response(const Dataset& data, const Network& network, Size index,
                                        std::span<const double> v, const PointResiduals& residuals,
                                        double inner_tau, double factor, const Execution& execution);

}  // namespace tepui
