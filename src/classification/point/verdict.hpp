// The vocabulary of verdicts (MATH.md sections 4, 10). Numbers are pinned: the C ABI exposes the same ones.
#pragma once

#include <cstdint>
#include <string_view>

namespace tepui {

enum class Verdict : std::int32_t {
    local_minimum = 1,
    saddle = 2,
    undetermined = 3,
    not_stationary = 4,
    indicated_minimum =
        5  // everything found says local minimum, nothing proves it: no theorem is built on it
};

// Which theorem or test gave the verdict.
enum class Rule : std::int32_t {
    gradient_test = 1,                // the gradient is not zero within tolerance: nothing is classified
    zero_loss = 2,                    // L = 0: a global minimum, and so is every split
    hessian_positive_definite = 3,    // second-order sufficient condition: strict local minimum
    hessian_negative_eigenvalue = 4,  // a direction of negative curvature: saddle
    null_neuron = 5,                  // a_i = 0 and psi is not identically zero near w_i: saddle
    degenerate_hessian = 6,           // semidefinite and singular: second order does not decide
    cancelled_group = 7,  // neurons with equal weights whose outputs cancel, psi not identically zero: saddle
    every_group_minimum = 8,  // a narrow local minimum, every split neuron in its region of local minima
    smallest_ritz_value = 9,  // products with the Hessian found no eigenvalue at or below zero: an indication
    theorem_1_positive_definite = 10,  // arXiv:2606.04327 Theorem 1, H_i > 0: local minimum exactly on Gamma+
    theorem_1_negative_definite = 11,  // Theorem 1, H_i < 0: local minimum exactly on Gamma-
    theorem_1_indefinite = 12,         // Theorem 1, H_i indefinite: saddle everywhere
    theorem_2 = 13,                    // H_i != 0: saddle outside Gamma+ and Gamma-
    theorem_3_effective = 14,          // H_i = 0, locally effective parent
    theorem_3_constant = 15,           // H_i = 0, locally constant parent: all local minima
    theorem_4 = 16,                    // the narrow point is a saddle: every split is
    lemma_4 = 17,      // n+ > 0 off Gamma+, or n- > 0 off Gamma-: saddle, from stationarity alone
    third_order = 18,  // H_i singular, its third-order form not zero on its null space: saddle (MATH.md
                       // section 6)
    theorem_1_across_symmetry = 19,  // Theorem 1 where H_i is definite across the null vectors that a
                                     // continuous symmetry makes (MATH.md section 7)
    semidefinite_inner_hessian =
        20,  // H_i singular and semidefinite, gamma in the region where the papers are silent
    zero_inner_hessian = 21,         // H_i = 0 and neither kind of Theorem 3 is established
    narrow_point_undetermined = 22,  // the narrow point's own verdict is open
    symmetry_orbit = 23,  // the Hessian is positive definite across the orbit of a continuous symmetry
    fourth_order = 24,    // H_i singular, no third order on its null space: the sign of the fourth-order form
                          // (MATH.md section 6)
    several_fourth_order = 25,  // several split neurons that hang on their fourth order, which couples them
    least_squares_fit =
        26,  // the outputs are the least-squares fit among all that can be reached (MATH.md section 4)
    residuals_within_slack = 27,  // what is left of the residuals is within the slack of stationarity
    neurons_alone = 30            // the point's own verdict was not asked for
};
std::string_view rule_name(Rule rule);      // stable identifier, e.g. "theorem_1_positive_definite"
std::string_view rule_sentence(Rule rule);  // one sentence for people

enum class PlateauType : std::int32_t {
    all_local_minima = 1,
    local_minima_and_saddles = 2,
    all_saddles = 3,
    undetermined = 4,
    not_applicable = 5  // the point is not stationary
};

// A set of splitting coefficients within Gamma = {sum gamma_j = 1}.
enum class GammaRegion : std::int32_t {
    none = 0,
    gamma_plus = 1,       // all gamma_j > 0
    gamma_minus = 2,      // exactly one gamma_j > 0, every other < 0
    off_gamma_plus = 3,   // everything but Gamma+
    off_gamma_minus = 4,  // everything but Gamma-
    everywhere = 5,
    with_a_zero = 6,     // every gamma with a zero among its values
    not_negative = 8,    // all gamma_j >= 0
    gamma_boundary = 9,  // some gamma_j = 0, none < 0
    // By a neuron's fourth-order form (MATH.md section 6), gamma by gamma.
    fourth_order_positive = 10,  // where second order leaves it open and the form is positive
    fourth_order_negative = 11   // where lower orders make saddles, or the form is negative somewhere
};

}  // namespace tepui
