// The spectral reports of all inner Hessians of a point, by the method asked for or the cheapest one.
#pragma once

#include <cmath>
#include <optional>

#include "classification/point/parts.hpp"
#include "splitting/inner_hessian.hpp"

namespace tepui {

std::vector<SpectralReport> neuron_spectra(const PointOnData& context, const AnalysisOptions& options);

// ---- The methods, one file each ----

// Inner Hessians of some neurons, one after the other, here and at the corrected point.
struct FormedHessians {
    std::vector<Size> neurons;
    InnerHessians here;
    std::optional<InnerHessians> corrected;
    bool corrected_failed = false;  // the corrected point overflows: nothing is certain

    double factor = 1.0;  // Tolerances::rounding_factor

    // Bound on the error that entry p of matrix q has beyond the rounding of its sums in double. tau takes it
    // times the factor that makes up for what is estimated or measured; single precision's part is proven.
    double beyond(Size pair, Size i, Size j, Size q) const {
        double bound = corrected_failed ? std::sqrt(here.magnitude(q, i) * here.magnitude(q, j)) : 0.0;
        bound += here.single(q, i, j) / factor;
        if (corrected) {
            bound +=
                std::abs(here.pairs[pair * here.stride + q] - corrected->pairs[pair * corrected->stride + q]);
        }
        return bound;
    }
};

// Of every neuron that products alone prove indefinite; empty for the others. thrifty: neurons that resist
// are given up as soon as forming their matrices is likely to cost less.
std::vector<std::optional<SpectralReport>> matrix_free_reports(const PointOnData& context, bool thrifty);

// All eigenvalues of up to order kernels::kBatchedEigenMaxOrder, one matrix to a vector lane.
std::vector<SpectralReport> batched_reports(const PointOnData& context, const FormedHessians& formed);

// Of one matrix: by counts of eigenvalues, or by LAPACK's whole spectrum.
SpectralReport dense_report(const PointOnData& context, const FormedHessians& formed, Size q, bool inertia);

}  // namespace tepui
