// Eigenvalues of 1e-9 .. 1e-17 of the largest, of either sign, planted in the Hessian of the point or in an
// inner Hessian. The truth is that of the exact stationary point of the data as given, found by Newton's
// method in 60 digits: no minimum may be called a saddle, no saddle a minimum, no other index known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "classification/steered.hpp"

namespace tepui::test {

struct SmallEigenvalue {
    SmallProblem problem;
    Refined truth;
    Precise size;      // the planted eigenvalue over the largest of its matrix
    Size neuron = -1;  // whose inner Hessian it is planted in; -1: in the Hessian
    std::string family;
};

std::optional<SmallEigenvalue> draw_small_eigenvalue(std::uint64_t seed);

}  // namespace tepui::test
