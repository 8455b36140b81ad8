// Inner Hessians H_i = sum_k (g_k . a_i) sigma''(w_i . x_k) x_k x_k^T, g_k = s_k r_k for the squared loss
// (MATH.md section 1; arXiv:2606.04327 (11), (12)).
#pragma once

#include <cmath>

#include "core/matrix.hpp"
#include "network/derivatives/objective.hpp"
#include "network/pass/gram_sums.hpp"

namespace tepui {

struct InnerHessians {
    Size width = 0;
    Size inputs = 0;
    Size stride = 0;  // >= width, padded: distance between pairs
    Buffer<double>
        pairs;  // [inputs (inputs + 1) / 2][stride]: layout of kernels::weighted_gram and batched_eigen
    // width x inputs: sum_k |c_ik| x_kj^2, the absolute terms of the diagonal, with |r_k| replaced by
    // |r_k| + |y_k| + sum_i |a_i u_ik|: rounding moves entry (j, l) by a small multiple of eps sqrt(T_j T_l),
    // what cancels inside the residual included. Empty without bounds.
    Matrix magnitude;
    // What single precision may have moved an entry by, proven: at most relative sqrt(S_j S_l) + absolute,
    // the latter what falls below its range (MATH.md section 10). Empty for sums in double.
    struct SingleError {
        double relative = 0.0, absolute = 0.0;
        Matrix terms;  // width x inputs: S_j = sum_k |c_ik| x_kj^2
        double operator()(Size neuron, Size j, Size l) const {
            if (terms.rows() == 0) return 0.0;
            const double both = std::sqrt(terms(neuron, j) * terms(neuron, l));
            return both > 0.0 ? relative * both + absolute : 0.0;
        }
    } single;
    Gradient gradient;  // from the same pass

    Matrix matrix(Size neuron) const;  // full symmetric
};
InnerHessians inner_hessians(const Dataset& data, const Network& network, const Execution& execution,
                             Bounds bounds = Bounds::with);
// Of the given neurons alone, in ascending order, one after the other, and without the gradient.
InnerHessians inner_hessians(const Dataset& data, const Network& network, const std::vector<Size>& neurons,
                             const Execution& execution,
                             GramPrecision precision = GramPrecision::double_precision);

struct InnerHessian {
    Matrix value;                   // inputs x inputs
    std::vector<double> magnitude;  // inputs, as above
};
InnerHessian inner_hessian(const Dataset& data, const Network& network, Size neuron,
                           const Execution& execution);

}  // namespace tepui
