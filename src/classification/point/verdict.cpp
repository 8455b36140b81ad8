#include "classification/point/verdict.hpp"

namespace tepui {

std::string_view rule_name(Rule rule) {
    switch (rule) {
        case Rule::gradient_test:
            return "gradient_test";
        case Rule::zero_loss:
            return "zero_loss";
        case Rule::hessian_positive_definite:
            return "hessian_positive_definite";
        case Rule::hessian_negative_eigenvalue:
            return "hessian_negative_eigenvalue";
        case Rule::null_neuron:
            return "null_neuron";
        case Rule::degenerate_hessian:
            return "degenerate_hessian";
        case Rule::cancelled_group:
            return "cancelled_group";
        case Rule::every_group_minimum:
            return "every_group_minimum";
        case Rule::smallest_ritz_value:
            return "smallest_ritz_value";
        case Rule::symmetry_orbit:
            return "symmetry_orbit";
        case Rule::theorem_1_positive_definite:
            return "theorem_1_positive_definite";
        case Rule::theorem_1_negative_definite:
            return "theorem_1_negative_definite";
        case Rule::theorem_1_indefinite:
            return "theorem_1_indefinite";
        case Rule::theorem_2:
            return "theorem_2";
        case Rule::theorem_3_effective:
            return "theorem_3_effective";
        case Rule::theorem_3_constant:
            return "theorem_3_constant";
        case Rule::theorem_4:
            return "theorem_4";
        case Rule::lemma_4:
            return "lemma_4";
        case Rule::third_order:
            return "third_order";
        case Rule::fourth_order:
            return "fourth_order";
        case Rule::several_fourth_order:
            return "several_fourth_order";
        case Rule::theorem_1_across_symmetry:
            return "theorem_1_across_symmetry";
        case Rule::semidefinite_inner_hessian:
            return "semidefinite_inner_hessian";
        case Rule::zero_inner_hessian:
            return "zero_inner_hessian";
        case Rule::narrow_point_undetermined:
            return "narrow_point_undetermined";
        case Rule::least_squares_fit:
            return "least_squares_fit";
        case Rule::residuals_within_slack:
            return "residuals_within_slack";
        case Rule::neurons_alone:
            return "neurons_alone";
    }
    return "unknown_rule";
}

std::string_view rule_sentence(Rule rule) {
    switch (rule) {
        case Rule::gradient_test:
            return "The gradient is not zero within the tolerance, so the point is not stationary and "
                   "nothing is "
                   "classified.";
        case Rule::zero_loss:
            return "The loss is zero as far as double precision can tell: the point is a global minimum, and "
                   "so is every "
                   "split of it.";
        case Rule::hessian_positive_definite:
            return "The Hessian is positive definite on every parameter that the outputs depend on: a local "
                   "minimum.";
        case Rule::hessian_negative_eigenvalue:
            return "The Hessian has a negative eigenvalue: the loss falls along its eigenvector.";
        case Rule::null_neuron:
            return "A neuron with output weight zero can be moved to where its feature correlates with the "
                   "residual: the "
                   "point is a saddle.";
        case Rule::degenerate_hessian:
            return "The Hessian has eigenvalues that are zero within the tolerance and none that is "
                   "negative: second order "
                   "does not decide.";
        case Rule::cancelled_group:
            return "Neurons with equal weights whose output weights cancel can be moved together to where "
                   "their feature correlates with the residual: the point is a saddle.";
        case Rule::every_group_minimum:
            return "The reduced network is at a local minimum, and the coefficients of every split neuron "
                   "lie "
                   "in its region of local minima: a local minimum.";
        case Rule::smallest_ritz_value:
            return "Products with the Hessian found its smallest eigenvalue to be positive; that none was "
                   "missed is very likely but not proven: a local minimum is indicated.";
        case Rule::symmetry_orbit:
            return "The Hessian is positive definite but for the directions in which a continuous symmetry "
                   "of "
                   "the activation leaves the outputs as they are: a local minimum.";
        case Rule::theorem_1_positive_definite:
            return "The narrow point is a local minimum and the neuron's inner Hessian is positive definite: "
                   "a split is a "
                   "local minimum exactly when every splitting coefficient is positive.";
        case Rule::theorem_1_negative_definite:
            return "The narrow point is a local minimum and the neuron's inner Hessian is negative definite: "
                   "a split is a "
                   "local minimum exactly when one splitting coefficient is positive and every other is "
                   "negative.";
        case Rule::theorem_1_indefinite:
            return "The neuron's inner Hessian has eigenvalues of both signs: every split is a saddle.";
        case Rule::theorem_2:
            return "The neuron's inner Hessian is not zero: a split is a saddle unless all of its "
                   "coefficients are positive, "
                   "or one is positive and every other negative.";
        case Rule::theorem_3_effective:
            return "The inner Hessian is zero, but moving the neuron correlates its feature with the "
                   "residual: every split "
                   "with a zero among its coefficients is a saddle.";
        case Rule::theorem_3_constant:
            return "The inner Hessian is zero because the neuron's feature does not change near its weights: "
                   "every split of "
                   "the local minimum is a local minimum.";
        case Rule::theorem_4:
            return "The narrow point is a saddle, and so is every split of it.";
        case Rule::lemma_4:
            return "At a stationary point, a positive eigenvalue of the inner Hessian makes a saddle of "
                   "every split that has "
                   "a coefficient which is not positive; a negative eigenvalue, of every split but those "
                   "with one positive "
                   "and otherwise negative coefficients.";
        case Rule::third_order:
            return "The inner Hessian is singular and the loss has a third-order term along its null "
                   "directions: every split is a saddle.";
        case Rule::fourth_order:
            return "The inner Hessian is singular and the third-order form vanishes on its null space within "
                   "rounding: the split is a local minimum where the fourth-order form of the daughters' "
                   "motions along it is positive, a saddle where it is negative for one of them.";
        case Rule::several_fourth_order:
            return "Several split neurons have singular inner Hessians and hang on their fourth order, which "
                   "couples them: each alone would be a local minimum, all together are not decided.";
        case Rule::theorem_1_across_symmetry:
            return "The narrow point is a local minimum and the neuron's inner Hessian is definite but for "
                   "the "
                   "directions that a continuous symmetry of the activation makes flat: a split is a local "
                   "minimum exactly when every splitting coefficient is positive (positive semidefinite), or "
                   "exactly one is and none is zero (negative semidefinite).";
        case Rule::semidefinite_inner_hessian:
            return "The inner Hessian is singular and its other eigenvalues have one sign: for these "
                   "splitting coefficients "
                   "second order does not decide, nor do the third and fourth as far as they are known.";
        case Rule::zero_inner_hessian:
            return "The inner Hessian is zero and second order does not decide; for these splitting "
                   "coefficients no theorem "
                   "applies.";
        case Rule::narrow_point_undetermined:
            return "The narrow point's own verdict is open, and the inner Hessian alone does not make these "
                   "splits saddles.";
        case Rule::least_squares_fit:
            return "The outputs are the least-squares fit of the targets among all functions that networks "
                   "of this "
                   "activation can compute on these inputs (equal inputs share one output; relu3: as long as "
                   "the same "
                   "samples are active): no network, however wide, has a smaller loss, and every split is a "
                   "minimum, "
                   "too.";
        case Rule::residuals_within_slack:
            return "The outputs are so near to the least-squares fit among all that can be reached that the "
                   "rest may be "
                   "the slack of stationarity: a global minimum is likely, nothing is proven. A point nearer "
                   "to "
                   "stationary may tell.";
        case Rule::neurons_alone:
            return "Only the neurons were asked about: what splitting them does follows from stationarity "
                   "and "
                   "their inner Hessians alone.";
    }
    return "Unknown rule.";
}

}  // namespace tepui
