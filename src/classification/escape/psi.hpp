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
#include "network/derivatives/objective.hpp"

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

// sum s l'' sigma(w . x)^2 at every row of `weights`: what a neuron there adds to the curvature of the loss.
// bends: l'' of each sample; empty: 1.
std::vector<double> feature_powers(const Dataset& data, std::span<const double> bends,
                                   const Activation& activation, const Matrix& weights,
                                   const Execution& execution);

// Values alone, at every row of `weights`, in one pass.
std::vector<Psi> psi_values(const Dataset& data, std::span<const double> residuals,
                            const Activation& activation, const Matrix& weights, const Execution& execution);

// The third derivative of psi along a direction v: sum s r sigma''' (v . x)^3, and its absolute terms.
struct PsiThird {
    double value = 0.0;
    double magnitude = 0.0;
    std::vector<double> slope;  // sum s r sigma''' (v . x)^2 x: a third of its gradient in v
};
// Along every row q of `directions`, at row owners[q] of `weights`, in one pass.
std::vector<PsiThird> psi_thirds(const Dataset& data, std::span<const double> residuals,
                                 const Activation& activation, const Matrix& weights,
                                 std::span<const Size> owners, const Matrix& directions,
                                 const Execution& execution);

// psi(w_i + epsilon v) ~ coefficient epsilon^order, v in units of a preactivation change of 1 (root mean
// square).
struct PsiDirection {
    std::vector<double> v;
    int order = 1;
    double coefficient = 0.0;
    double power = 0.0;       // sum s l'' u^2 at w_i
    double power_away = 0.0;  // and at w_i + v
    double margin = 0.0;      // by the gradient: its largest component over what counts as zero
};

// psi near the hidden weights of the neurons of a stationary point that is known up to a Newton step. For one
// thread at a time.
class PsiField {
  public:
    // corrected: the point after the Newton step; null when there is no step. corrected_residuals: there, one
    // per sample. Everything given must outlive the field.
    PsiField(const Dataset& data, const Network& network, const PointResiduals& residuals,
             const Network* corrected, std::span<const double> corrected_residuals,
             const Tolerances& tolerances, const Execution& execution);

    // A direction from w_i along which psi is not zero beyond its error, of the lowest order found: by the
    // gradient, by the Hessian, by third derivatives along a fixed set of directions, then (analytic
    // activations only: where psi is not zero somewhere it is not identically zero nearby) by its values
    // along them. Empty when none is found.
    std::optional<PsiDirection> leave(Size neuron) const;

    // The third derivative of psi along some v at some w_i; not zero when its absolute value exceeds the
    // tolerance.
    struct Third {
        double value = 0.0;
        double tolerance = 0.0;
        std::vector<double> slope;
    };
    // Along every row q of `directions`, for neuron neurons[owners[q]], in one pass.
    std::vector<Third> thirds(std::span<const Size> neurons, std::span<const Size> owners,
                              const Matrix& directions) const;
    // psi and its first two derivatives at w_i; until another neuron is asked about.
    const Psi& at(Size neuron) const;
    // Of Hess psi(w_i).
    SpectralReport hessian_report(Size neuron) const;
    // Largest component of grad psi(w_i) over what counts as zero; above 1 it is not zero.
    double slope_level(Size neuron) const;

  private:
    struct Measured {
        double value = 0.0;
        double tolerance = 0.0;
    };
    std::vector<Measured> measure(Size neuron, const Matrix& shifts) const;
    Matrix weights_of(const Network& network, std::span<const Size> neurons) const;
    std::vector<double> shifted(const Network& network, Size neuron, std::span<const double> shift) const;
    const Psi* at_corrected(Size neuron) const;  // null: there is no such point
    double slope_level(const Psi& here, const Psi* there) const;
    SpectralReport hessian_report(const Psi& here, const Psi* there) const;
    std::optional<PsiDirection> by_gradient(Size neuron, const Psi& here, const Psi* there) const;
    std::optional<PsiDirection> by_hessian(Size neuron, const Psi& here, const Psi* there) const;
    std::optional<PsiDirection> by_third(Size neuron) const;
    std::optional<PsiDirection> by_evaluation(Size neuron) const;
    const Matrix& trial_directions() const;
    const std::vector<double>& input_size() const;
    PsiDirection finish(Size neuron, std::vector<double> v, int order, double coefficient) const;

    const Dataset& data_;
    const Network& network_;
    const Network* corrected_;
    const Tolerances& tolerances_;
    const Execution& execution_;
    std::span<const double> residuals_, bends_;
    std::span<const double> corrected_residuals_;
    double residual_error_ = 0.0;  // sqrt(sum s e^2), e_k the rounding error bound of r_k
    double relative_error_ = 0.0;  // that over sqrt(sum s r^2)
    // Of the neuron last asked about, which is asked about several times in a row.
    struct Here {
        Size neuron = -1;
        Psi here;
        std::optional<Psi> corrected;
    };
    mutable Here last_;
    Here& about(Size neuron) const;
    // Once asked for: root mean square of each input; trial directions, one a row.
    mutable std::vector<double> input_size_;
    mutable std::optional<Matrix> trial_directions_;
};

// sqrt(sum s x_j^2 / sum s) of every input j
std::vector<double> input_sizes(const Dataset& data, const Execution& execution);

// sqrt(sum s (v . x)^2 / sum s) of one v, or of every row of a matrix
std::vector<double> preactivation_sizes(const Dataset& data, const Matrix& directions,
                                        const Execution& execution);
double preactivation_size(const Dataset& data, std::span<const double> v, const Execution& execution);

}  // namespace tepui
