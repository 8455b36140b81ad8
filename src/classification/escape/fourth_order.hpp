// The loss to fourth order in the step when the daughters of a neuron move apart along null vectors of its
// inner Hessian and everything else gives way at second order (MATH.md section 6).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "classification/escape/loss_change.hpp"
#include "classification/escape/null_space.hpp"
#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "network/model/network.hpp"

namespace tepui {

// Along one null vector v, daughters moving by t_j v with sum gamma t = 0.
struct FourthOrderResponse {
    // Of the narrow network's parameters, for sum gamma_j t_j^2 = 1; the daughters move with their parent.
    std::vector<double> narrow;
    // Of the daughters' weights among themselves, for t_j^2 - sum gamma t^2 = 1: within the range of H_i.
    std::vector<double> apart;
    double apart_gain = 0.0;  // the fourth-order change is less by half of it times
                              // sum gamma_j (t_j^2 - sum gamma t^2)^2
    // The fourth-order change: daughters sum gamma t^4 + together (sum gamma t^2)^2. Without sigma'''', which
    // callbacks and activations that are not analytic do not have, `daughters` leaves it out.
    double daughters = 0.0, together = 0.0;
};

// Parameters up to which the narrow network gives way, for which its Hessian is needed.
inline constexpr Size kMostGivingWay = 3000;

// inner_tau: eigenvalues of the equilibrated H_i up to this are zero. narrow: the Hessian of the network;
// null where it has more than kMostGivingWay parameters. factor: Tolerances::rounding_factor.
FourthOrderResponse fourth_order_response(const Dataset& data, const Network& network, Size index,
                                          std::span<const double> v, const PointResiduals& residuals,
                                          double inner_tau, const Equilibrated* narrow, double factor);

// On a null space of H_i where the third-order form vanishes, u_j in it, sum gamma u = 0, S = sum gamma u
// u^T: sum gamma_j R(u_j) + M(S), R quartic and M quadratic, both as symmetric matrices on products of
// coordinates (quartic_form.hpp), with bounds on the error of their Frobenius norms.
struct FourthOrder {
    std::vector<std::vector<double>> basis;
    std::vector<double> daughters, together;
    double daughters_error = 0.0, together_error = 0.0;
    // The narrow Hessian is positive definite: where the form is positive, the split is a local minimum.
    bool narrow_minimum = false;
    // psi is not identically zero near w_i: with H_i = 0, a zero coefficient makes a saddle.
    bool effective = false;
};

struct FourthOrderProblem {
    const Dataset& data;
    const Network& network;
    const PointResiduals& residuals;
    const Uncertainty& uncertainty;
    const PointResiduals* corrected;  // where there is a corrected point; else null
    const Equilibrated& narrow;       // the Hessian of the network
    Size index = 0;                   // neuron
    double inner_tau = 0.0;
    double tilt = 0.0;  // sine of the angle by which rounding may have turned the null space
    double factor = 0.0;
};
// Empty when the third-order form is not zero within rounding, sigma'''' is not known, or the problem is too
// large: more than kMostGivingWay parameters or 6 null vectors.
std::optional<FourthOrder> fourth_order(const FourthOrderProblem& problem, const NullSpace& space);
// Whether that needs the problem at all: it is known before the Hessian is formed.
bool has_fourth_order(const Network& network, Size null_vectors, const Uncertainty& uncertainty);

// What the form says of a split.
enum class FormSign { negative, positive, open };
struct FourthOrderSign {
    FormSign sign = FormSign::open;
    std::vector<double> v, t;  // where it is negative: u_j = t_j v, v in the coordinates of the inputs
};
// gamma: no coefficient is zero. inner: of H_i; where it is semidefinite, gamma lies in Gamma+ or Gamma-,
// where the loss does not fall in second order.
FourthOrderSign fourth_order_sign(const FourthOrder& form, std::span<const double> gamma);

// The same of every gamma of Gamma+ (of Gamma-) at once; open when it depends on gamma, or is not known.
FormSign fourth_order_sign(const FourthOrder& form, bool gamma_plus);

// Zero within its error: it says nothing.
bool vanishes(const FourthOrder& form);

}  // namespace tepui
