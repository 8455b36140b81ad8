#include "certify/existence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tepui::balls {

Neighbourhood neighbourhood(const Centre& centre, const Approximation& approximation, Bits precision) {
    Neighbourhood result;
    result.radius = std::max(4.0 * centre.residual, std::ldexp(1.0, -static_cast<int>(precision)));
    result.box = centre.theta;
    const Size p = result.box.size();
    for (Size j = 0; j < p; ++j) {
        double sum = 0.0;
        for (Size l = 0; l < p; ++l) sum += std::abs(approximation.vectors(l, j));
        // Generous against the rounding of this sum and of the product.
        widen(result.box[j], 1.000001 * sum * result.radius * approximation.scale[j]);
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
    Ball sum, term, value;
    for (Size k = 0; k < m.rows(); ++k) {
        arb_set_d(value, approximation.values[k]);
        arb_zero(sum);
        for (Size l = 0; l < m.cols(); ++l) {
            if (l == k) {
                arb_sub(term, value, m(k, l), 128);
                arb_abs(term, term);
            } else {
                arb_abs(term, m(k, l));
            }
            arb_add(sum, sum, term, 64);
        }
        arb_abs(value, value);
        arb_div(sum, sum, value, 64);
        const double row = upper_bound(sum);
        result.contraction =
            std::isfinite(row) ? std::max(result.contraction, row) : std::numeric_limits<double>::infinity();
    }
    if (!(result.contraction < 1.0) || !(congruence.defect < 1.0)) return result;
    Ball room(1.0), bound(result.contraction), radius(neighbourhood.radius), residual(centre.residual);
    arb_sub(room, room, bound, 64);
    arb_mul(room, room, radius, 64);
    result.proven = arb_lt(residual, room) != 0;
    return result;
}

}  // namespace tepui::balls
