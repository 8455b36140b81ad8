// The steps of the active-set descent that do not change which neurons there are: Newton's on the faces, off
// kinks and saddles, each as far as the loss does what its expansion says.
#pragma once

#include "solve/relu/face_newton.hpp"

namespace tepui {

// Of the loss: what a fall must be beyond, or what hides one that its expansion says.
enum class Noise { exceeded, allowed };

class FaceDescent {
  public:
    explicit FaceDescent(const SolveSetting& setting) : setting_(setting) {}

    // To be given before the first step.
    std::optional<ActivePoint>& point() noexcept { return point_; }
    const std::optional<ActivePoint>& point() const noexcept { return point_; }
    const SolveSetting& setting() const noexcept { return setting_; }

    // A step that lowers the loss beyond its rounding: where the loss is not what its expansion says, a
    // shorter one.
    bool descend();
    // Off a saddle on the faces, by the fall that the curvature makes of the size of the loss.
    bool curve_down();
    // Off kinks, or from w = 0, as far as the loss does what its expansion says.
    bool leave_along(const ParameterStep& direction, const KinkSets& held, Noise fall = Noise::exceeded);
    // Newton steps on the same kinks, as long as they lower the gradient on the faces, by its largest
    // component, in the measure of the Hessian or along the step: a component of one term is as large as its
    // terms until it is rounding.
    void polish();

  private:
    bool quadratic() const { return is_piecewise_quadratic(setting_); }
    bool follow(const ParameterStep& direction, const KinkSets& held, double longest,
                Noise fall = Noise::exceeded);
    std::optional<ActivePoint> after(const ParameterStep& step, KinkSets held) const;
    std::optional<ActivePoint> in_cell(const FaceStep& step) const;
    bool move(const ParameterStep& step, KinkSets held, double least);

    const SolveSetting& setting_;
    std::optional<ActivePoint> point_;
    double radius_ = 0.0;  // of a step, in the lengths of FaceStep; 0: not known yet
};

}  // namespace tepui
