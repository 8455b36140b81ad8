// The scaled model of the loss without its spectrum: steps by Cholesky factors of the shifted Hessian (More,
// Sorensen 1983). An eigensolve costs some twenty factors of the same order; what only the spectrum tells
// (eigenvalues at the rounding level, the hard case) is left to ScaledModel.
#pragma once

#include <optional>

#include "linalg/cholesky.hpp"
#include "linalg/symmetric.hpp"
#include "solve/scaled_model.hpp"
#include "solve/trust_region.hpp"

namespace tepui {

class FactoredModel {
  public:
    // Scaling and derivatives must outlive it. The shift of a step nearby, 0 where none is known, saves
    // factors.
    FactoredModel(const Scaling& scaling, const HessianValue& hessian, double shift = 0.0);

    double gradient_norm() const noexcept { return gradient_norm_; }
    const Scaling& scaling() const noexcept { return scaling_; }
    // Whether every eigenvalue is proven to be above what rounding resolves, ten times over.
    bool definite() const noexcept { return definite_; }
    // Above this share of what bounds the largest.
    bool definite_beyond(double share) const {
        return linalg::is_positive_definite(hessian_, share * largest_);
    }
    // As solve_trust_region, in scaled variables, |step| within kTolerance of the radius where it is at the
    // boundary. Nothing where the spectrum is asked for.
    std::optional<TrustRegionStep> step(double radius);
    double shift() const noexcept { return shift_; }  // of the last step
    // Where it is definite.
    std::vector<double> newton_step() const { return newton_; }
    std::vector<double> parameters_step(std::span<const double> step) const {
        return scaling_.push_step(step);
    }

  private:
    static constexpr double kTolerance = 1e-6;

    std::optional<TrustRegionStep> at_boundary(double radius);
    TrustRegionStep finished(std::vector<double> step, double shift) const;

    const Scaling& scaling_;
    Matrix hessian_;  // scaled
    std::vector<double> gradient_, newton_;
    linalg::CholeskyFactor factor_;  // of the last shift
    double gradient_norm_ = 0.0, newton_norm_ = 0.0, largest_ = 0.0, tau_ = 0.0;
    double shift_;
    bool definite_ = false;
};

}  // namespace tepui
