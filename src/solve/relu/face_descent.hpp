// The steps of the active-set descent that do not change which neurons there are: Newton's on the faces, off
// kinks and saddles, each as far as the loss does what its expansion says.
#pragma once

#include "solve/relu/active_point.hpp"

namespace tepui {

class FaceDescent {
  public:
    explicit FaceDescent(const SolveSetting& setting) : setting_(setting) {}

    // To be given before the first step.
    std::optional<ActivePoint>& point() noexcept { return point_; }

    // A step that lowers the loss beyond its rounding: where the loss is not what its expansion says, a
    // shorter one.
    bool descend();
    // Off a saddle on the faces, by the fall that the curvature makes of the size of the loss.
    bool curve_down();
    // Off kinks, or from w = 0, as far as the loss does what its expansion says.
    bool leave_along(const ParameterStep& direction, const KinkSets& held);
    // Newton steps that stay in the cell, as long as they lower the gradient on the faces, by its largest
    // component or in the measure of the Hessian: a component of one term is as large as its terms until it
    // is rounding.
    void polish();

  private:
    bool quadratic() const { return is_piecewise_quadratic(setting_); }
    bool follow(const ParameterStep& direction, const KinkSets& held, double longest);
    bool move(const ParameterStep& step, KinkSets held, double least);

    const SolveSetting& setting_;
    std::optional<ActivePoint> point_;
    double radius_ = 0.0;  // of a step, in the lengths of FaceStep; 0: not known yet
};

}  // namespace tepui
