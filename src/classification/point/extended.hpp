// The stationary point nearby and inner Hessians there in quadruple precision: eigenvalues that doubles
// cannot tell from zero are told from it, or found to be zero far beyond what rounding of the data would have
// left of them, which only structure makes them (MATH.md section 10).
#pragma once

#include <optional>
#include <vector>

#include "classification/escape/psi.hpp"
#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "kernels/activation/formulas.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

class ExtendedPoint {
  public:
    // Empty where there is no quadruple precision, the activation is the caller's, the sums would take long,
    // or Newton's method does not settle. nullity: of the Hessian, all of it along symmetries of the loss.
    // Everything given must outlive the result.
    static std::optional<ExtendedPoint> find(const Dataset& data, const Network& network, Size nullity,
                                             const Tolerances& tolerances, const Execution& execution);

    // Counts again the eigenvalues of the inner Hessian of this neuron that `report` has within tau. psi: at
    // the neuron; its Hessian gives the coordinates. Returns whether the third-order form vanishes on the
    // null space that is left, by structure too.
    bool settle(Size neuron, const Psi& psi, SpectralReport& report) const;

  private:
    using Vector = std::vector<Quad>;
    // One parameter vector with the residuals and their absolute terms there.
    struct Point {
        Vector parameters, residuals, terms;
    };
    struct Block;  // a transformed inner Hessian
    struct Eliminated;

    ExtendedPoint(const Dataset& data, const Network& network, const Tolerances& tolerances)
        : data_(data), network_(network), tolerances_(tolerances) {}
    Quad weight(Size k) const;
    ActivationJet<Quad> jet(const Vector& parameters, Size neuron, const double* x) const;
    Vector evaluate(Point& point) const;  // its residuals; returns the gradient
    Block transformed(Size neuron, const Point& point, const Vector& basis) const;
    static Eliminated eliminate(Block block, Size zeros);
    bool third_order_vanishes(Size neuron, const std::vector<Vector>& kernel) const;

    const Dataset& data_;
    const Network& network_;
    const Tolerances& tolerances_;
    Point here_, before_;  // after the last step, and before it
};

}  // namespace tepui
