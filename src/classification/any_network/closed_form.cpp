#include "classification/any_network/closed_form.hpp"

#include <algorithm>

namespace tepui {
namespace {

IndexBounds exactly(Size index, Size nullity) {
    return {{index, index}, {nullity, nullity}};
}

}  // namespace

IndexBounds narrow_index(const Analysis& analysis) {
    const Size order = analysis.network.parameter_count();
    if (analysis.scope != AnalysisScope::complete) return unknown_rows(order);
    return sign_counts(analysis.point.hessian, order, analysis.point.explained_zeros).bounds();
}

IndexBounds split_index(const NeuronReport& neuron, const GammaSigns& signs, Size inputs) {
    const Size daughters = signs.positive + signs.negative + signs.zero;
    if (neuron.output == 0.0) return unknown_rows((daughters - 1) * (inputs + 1));
    return split_index(signs, sign_counts(neuron, inputs), inputs);
}

// (diag(gamma) on {t : sum gamma t = 0}) (x) H_i, whose first factor has inertia (p - 1, q, zeta); the output
// weights' differences are flat. p >= 1, as the coefficients sum to 1.
IndexBounds split_index(const GammaSigns& signs, const SignCounts& inner, Size inputs) {
    const Size p = signs.positive, q = signs.negative, daughters = p + q + signs.zero;
    IndexBounds bounds = exactly((p - 1) * inner.negative + q * inner.positive,
                                 (daughters - 1) + signs.zero * inputs + (p + q - 1) * inner.zero);
    bounds.morse_index.most += inner.open * std::max(p - 1, q);
    bounds.nullity.most += inner.open * (p + q - 1);
    return bounds;
}

// Null, grad psi != 0: the pair of alpha and beta along grad psi. Null, grad psi = 0: beta is flat, alpha is
// in the compressed Hessian. Cancelled: on {beta : sum a_j beta_j = 0} modulo the common move, diag(a) has
// inertia (p - 1, q - 1, zeta); the common move and sum a_j beta_j are hyperbolic pairs in the range of Hess
// psi, and the common move is flat in its kernel.
IndexBounds free_index(const NeuronGroup& group, const FreeGroup& report, Size inputs) {
    const Size members = static_cast<Size>(group.members.size());
    if (!report.clear) return unknown_rows(members * (inputs + 1));
    if (group.kind == GroupKind::null) return report.slope ? exactly(1, inputs - 1) : exactly(0, inputs);
    Size p = 0, q = 0;
    for (const double a : group.outputs) {
        p += a > 0.0 ? 1 : 0;
        q += a < 0.0 ? 1 : 0;
    }
    const Size zeta = members - p - q;
    const Inertia& psi = report.psi.inertia;
    return exactly((p - 1) * psi.negative + (q - 1) * psi.positive + psi.negative + psi.positive,
                   (members - 1) + zeta * inputs + (p + q - 2) * psi.zero + psi.zero);
}

}  // namespace tepui
