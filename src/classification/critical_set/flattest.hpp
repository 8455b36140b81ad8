// The eigenvalue of a wide network's Hessian nearest to zero beside those that are zero: how flat a plateau's
// surroundings are (MATH.md section 7).
#pragma once

#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "linalg/symmetric.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

struct Flattest {
    linalg::SymmetricEigen eigen;
    Inertia counted;
    Size index = -1;  // of the eigenvalue; -1: all are zero

    // NaN where all are zero.
    double value() const;
};

Flattest flattest_of(const HessianValue& hessian, Size samples, const Tolerances& tolerances,
                     bool want_vectors);

}  // namespace tepui
