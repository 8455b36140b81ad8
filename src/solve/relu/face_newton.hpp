// Newton's steps on the faces, as if no other preactivation changed its sign: where the loss is piecewise
// quadratic, one is the whole way in a cell.
#pragma once

#include <optional>

#include "linalg/symmetric.hpp"
#include "solve/relu/active_point.hpp"
#include "solve/relu/face_coordinates.hpp"

namespace tepui {

struct FaceStep {
    ParameterStep step;
    double slope = 0.0;   // derivative of the loss along it, <= 0
    double length = 0.0;  // in coordinates in which each curvature by itself is 1
};

class FaceNewton {
  public:
    FaceNewton(const SolveSetting& setting, const ActivePoint& point);

    // -(|H| + mu)^+ g, mu >= 0 the least with which it is no longer than the radius: down where the loss
    // curves down, too.
    FaceStep step(double radius) const;
    // Where the loss curves down, of that length; empty where it does nowhere beyond rounding.
    ParameterStep negative_curvature(double length) const;

  private:
    std::vector<double> scaled_step(double radius) const;
    const linalg::SymmetricEigen& spectrum() const;

    FaceCoordinates faces_;
    std::vector<double> gradient_, scale_;  // the Hessian's diagonal is 1 / scale^2
    Matrix form_;                           // scaled
    mutable std::optional<linalg::SymmetricEigen> spectrum_;
};

}  // namespace tepui
