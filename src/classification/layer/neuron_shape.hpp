// What second order says of a neuron's daughters moving apart: the rank of Psi_i and the inertia of H_i on
// ker Psi_i^T (MATH.md section 14).
#pragma once

#include "classification/layer/output_slopes.hpp"
#include "classification/spectrum/spectral.hpp"

namespace tepui {

struct NeuronShape {
    OutputSlopes slopes;
    SpectralReport inner;  // of H_i on the kernel of Psi_i^T as far as its rank is known
    Size order = 0;        // dimension of that kernel
    Size explained_zeros = 0;
    Size symmetric_zeros = 0;  // those of them that a continuous symmetry makes

    SignCounts signs() const { return sign_counts(inner, order, explained_zeros); }
};
// symmetric: null vectors of H_i, in the kernel of Psi_i^T, at every stationary point (MATH.md section 7).
NeuronShape neuron_shape(const NeuronSums& sums, const Matrix& vanishing, Size symmetric,
                         const SumErrors& errors);

// v^T H_i v
double curvature_along(const NeuronSums& sums, std::span<const double> v);
// Psi_i^T v
std::vector<double> slopes_along(const NeuronSums& sums, std::span<const double> v);

}  // namespace tepui
