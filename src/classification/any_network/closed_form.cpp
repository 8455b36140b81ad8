#include "classification/any_network/closed_form.hpp"

namespace tepui {

// (diag(gamma) on {t : sum gamma t = 0}) (x) H_i, whose first factor has inertia (p - 1, q, zeta); the output
// weights' differences are flat.
Counts split_counts(const GammaSigns& signs, const Inertia& inner, Size inputs) {
    const Size p = signs.positive, q = signs.negative, daughters = p + q + signs.zero;
    return {(p - 1) * inner.negative + q * inner.positive,
            (daughters - 1) + signs.zero * inputs + (p + q - 1) * inner.zero};
}

// Null, grad psi != 0: the pair of alpha and beta along grad psi. Null, grad psi = 0: beta is flat, alpha is
// in the compressed Hessian. Cancelled: on {beta : sum a_j beta_j = 0} modulo the common move, diag(a) has
// inertia (p - 1, q - 1, zeta); the common move and sum a_j beta_j are hyperbolic pairs in the range of Hess
// psi, and the common move is flat in its kernel.
Counts free_counts(const NeuronGroup& group, const FreeGroup& report, Size inputs) {
    if (group.kind == GroupKind::null) return report.slope ? Counts{1, inputs - 1} : Counts{0, inputs};
    Size p = 0, q = 0;
    for (const double a : group.outputs) {
        p += a > 0.0 ? 1 : 0;
        q += a < 0.0 ? 1 : 0;
    }
    const Size members = static_cast<Size>(group.members.size()), zeta = members - p - q;
    const Inertia& psi = report.psi.inertia;
    return {(p - 1) * psi.negative + (q - 1) * psi.positive + psi.negative + psi.positive,
            (members - 1) + zeta * inputs + (p + q - 2) * psi.zero + psi.zero};
}

}  // namespace tepui
