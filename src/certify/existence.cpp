#include "certify/existence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tepui::balls {

Neighbourhood neighbourhood(const Centre& centre, const Approximation& approximation) {
    Neighbourhood result;
    result.radius = std::max(4.0 * centre.residual, std::ldexp(1.0, -static_cast<int>(kBits)));
    result.box = centre.theta;
    const auto p = static_cast<Size>(result.box.size());
    for (Size j = 0; j < p; ++j) {
        double sum = 0.0;
        for (Size l = 0; l < p; ++l) sum += std::abs(approximation.vectors(l, j));
        // Generous against the rounding of this sum and of the product.
        result.box[j].widen(rounded_up(1.000001 * sum * result.radius * approximation.scale[j]));
    }
    return result;
}

// The Newton map T(xi) = xi - Lambda^-1 V D grad has |T(0)| <= residual and, its derivative being I -
// Lambda^-1 V D H D V^T, the Lipschitz constant `contraction`: it maps the neighbourhood into itself when
// residual + contraction radius < radius. V and Lambda are regular, so that its fixed point is stationary.
Existence existence(const Centre& centre, const Neighbourhood& neighbourhood,
                    const Approximation& approximation, const Congruence& congruence) {
    Existence result;
    const BallMatrix& m = congruence.product;
    for (Size k = 0; k < m.rows(); ++k) {
        const Ball value(approximation.values[k]);
        Ball sum;
        for (Size l = 0; l < m.cols(); ++l) sum += absolute(l == k ? value - m(k, l) : m(k, l));
        const double row = upper_bound(sum / absolute(value));
        result.contraction =
            std::isfinite(row) ? std::max(result.contraction, row) : std::numeric_limits<double>::infinity();
    }
    if (!(result.contraction < 1.0) || !(congruence.defect < 1.0)) return result;
    const Ball room = (Ball(1.0) - Ball(result.contraction)) * Ball(neighbourhood.radius);
    result.proven = centre.residual < lower_bound(room);
    return result;
}

}  // namespace tepui::balls
