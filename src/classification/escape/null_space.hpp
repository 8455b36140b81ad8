// The null space of a singular inner Hessian, from its equilibrated eigenvectors.
#pragma once

#include <vector>

#include "classification/escape/psi.hpp"

namespace tepui {

// Vectors v_l = D u_l with orthonormal u_l, D the equilibration of Hess psi.
struct NullSpace {
    std::vector<std::vector<double>> basis;
    std::vector<double> scale;  // D

    std::vector<double> vector(const std::vector<double>& coordinates) const;
};
// psi: with its Hessian. dimension: how many of the eigenvalues are zero, those of least absolute value.
NullSpace null_space(const Psi& psi, Size dimension);

}  // namespace tepui
