// psi(w) = sum_k s_k r_k sigma(w . x_k): what a neuron with zero output weight and hidden weights w would
// change in the loss, to first order in that output weight (MATH.md section 4). H_i = a_i Hess psi(w_i).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "classification/escape/loss_change.hpp"
#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "core/matrix.hpp"
#include "network/objective.hpp"

namespace tepui {

struct Psi {
    double value = 0.0;
    double magnitude = 0.0;  // sum |s r u|
    double power = 0.0;      // sum s u^2
    // From order 1 and 2 on.
    std::vector<double> gradient, gradient_magnitude;
    Matrix hessian;
    std::vector<double> hessian_magnitude;  // of the diagonal
};
// order: highest derivative wanted, 0..2. residuals: one per sample.
Psi psi_at(const Dataset& data, std::span<const double> residuals, const Activation& activation,
           std::span<const double> w, int order, const Execution& execution);

// The third derivative of psi along v: sum s r sigma''' (v . x)^3, and its absolute terms.
struct PsiThird {
    double value = 0.0;
    double magnitude = 0.0;
    std::vector<double> slope;  // sum s r sigma''' (v . x)^2 x: a third of its gradient in v
};
PsiThird psi_third(const Dataset& data, std::span<const double> residuals, const Activation& activation,
                   std::span<const double> w, std::span<const double> v, const Execution& execution);

// psi(w_i + epsilon v) ~ coefficient epsilon^order, v in units of a preactivation change of 1 (root mean
// square).
struct PsiDirection {
    std::vector<double> v;
    int order = 1;
    double coefficient = 0.0;
    double power = 0.0;       // sum s u^2 at w_i
    double power_away = 0.0;  // and at w_i + v
    double margin = 0.0;      // by the gradient: its largest component over what counts as zero
};

// psi near the hidden weights of the neurons of a stationary point that is known up to a Newton step. For one
// thread at a time.
class PsiField {
  public:
    // corrected: the point after the Newton step; null when there is no step. Everything given must outlive
    // the field.
    PsiField(const Dataset& data, const Network& network, const PointResiduals& residuals,
             const Network* corrected, const Tolerances& tolerances, const Execution& execution);

    // A direction from w_i along which psi is not zero beyond its error, of the lowest order found: by the
    // gradient, by the Hessian, by third derivatives along a fixed set of directions, then (analytic
    // activations only: where psi is not zero somewhere it is not identically zero nearby) by its values
    // along them. Empty when none is found.
    std::optional<PsiDirection> leave(Size neuron) const;

    // The third derivative of psi along v at w_i; not zero when its absolute value exceeds the tolerance.
    struct Third {
        double value = 0.0;
        double tolerance = 0.0;
        std::vector<double> slope;
    };
    Third third(Size neuron, std::span<const double> v) const;
    // psi and its first two derivatives at w_i.
    Psi at(Size neuron) const;
    // Of Hess psi(w_i).
    SpectralReport hessian_report(Size neuron) const;
    // Largest component of grad psi(w_i) over what counts as zero; above 1 it is not zero.
    double slope_level(Size neuron) const;

  private:
    struct Measured {
        double value = 0.0;
        double tolerance = 0.0;
    };
    Measured measure(Size neuron, std::span<const double> shift) const;
    std::vector<double> shifted(const Network& network, Size neuron, std::span<const double> shift) const;
    std::optional<Psi> at_corrected(Size neuron) const;
    double slope_level(const Psi& here, const Psi* there) const;
    SpectralReport hessian_report(const Psi& here, const Psi* there) const;
    std::optional<PsiDirection> by_gradient(Size neuron, const Psi& here, const Psi* there) const;
    std::optional<PsiDirection> by_hessian(Size neuron, const Psi& here, const Psi* there) const;
    std::optional<PsiDirection> by_third(Size neuron) const;
    std::optional<PsiDirection> by_evaluation(Size neuron) const;
    std::vector<std::vector<double>> trial_directions() const;
    const std::vector<double>& input_size() const;
    PsiDirection finish(Size neuron, std::vector<double> v, int order, double coefficient) const;

    const Dataset& data_;
    const Network& network_;
    const Network* corrected_;
    const Tolerances& tolerances_;
    const Execution& execution_;
    std::span<const double> residuals_;
    Buffer<double> corrected_residuals_;
    double residual_error_ = 0.0;             // sqrt(sum s e^2), e_k the rounding error bound of r_k
    double relative_error_ = 0.0;             // that over sqrt(sum s r^2)
    mutable std::vector<double> input_size_;  // root mean square of each input, once asked for
};

// sqrt(sum s x_j^2 / sum s) of every input j
std::vector<double> input_sizes(const Dataset& data, const Execution& execution);

// sqrt(sum s (v . x)^2 / sum s)
double preactivation_size(const Dataset& data, std::span<const double> v, const Execution& execution);

}  // namespace tepui
