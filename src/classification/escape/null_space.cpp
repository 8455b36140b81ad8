#include "classification/escape/null_space.hpp"

#include <cmath>

#include "classification/spectrum/spectral.hpp"

namespace tepui {

std::vector<double> NullSpace::vector(const std::vector<double>& coordinates) const {
    std::vector<double> v(scale.size(), 0.0);
    for (std::size_t l = 0; l < basis.size(); ++l) {
        for (std::size_t j = 0; j < v.size(); ++j) v[j] += coordinates[l] * basis[l][j];
    }
    return v;
}

NullSpace null_space(const Psi& psi, Size dimension) {
    const Equilibrated equilibrated = equilibrate(psi.hessian, psi.hessian_magnitude);
    const Size d = psi.hessian.rows();
    // The eigenvalues of least absolute value stand together in ascending order.
    Size first = 0;
    while (first + dimension < d && std::abs(equilibrated.eigen.values[first]) >
                                        std::abs(equilibrated.eigen.values[first + dimension]))
        ++first;
    NullSpace space;
    space.scale = equilibrated.scaling.scale;
    for (Size l = first; l < first + dimension; ++l) {
        std::vector<double> v(d);
        for (Size j = 0; j < d; ++j) v[j] = space.scale[j] * equilibrated.eigen.vectors(l, j);
        space.basis.push_back(std::move(v));
    }
    return space;
}

}  // namespace tepui
