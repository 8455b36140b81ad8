#include "certify/newton.hpp"

#include <cmath>
#include <limits>

namespace tepui::balls {
namespace {

constexpr Size kMostSteps = 40;

// Lambda^-1 V D gradient.
BallVector coordinates(const Approximation& approximation, const BallVector& gradient, Bits precision) {
    const Size p = gradient.size();
    BallVector scaled(p), row(p), result(p);
    Ball factor;
    for (Size j = 0; j < p; ++j) {
        arb_set_d(factor, approximation.scale[j]);
        arb_mul(scaled[j], gradient[j], factor, precision);
    }
    for (Size l = 0; l < p; ++l) {
        for (Size j = 0; j < p; ++j) arb_set_d(row[j], approximation.vectors(l, j));
        arb_dot(result[l], nullptr, 0, row[0], 1, scaled[0], 1, p, precision);
        arb_set_d(factor, approximation.values[l]);
        arb_div(result[l], result[l], factor, precision);
    }
    return result;
}

double largest(const BallVector& values) {
    double bound = 0.0;
    for (Size l = 0; l < values.size(); ++l) {
        const double size = magnitude_bound(values[l]);
        if (!std::isfinite(size)) return std::numeric_limits<double>::infinity();
        bound = std::max(bound, size);
    }
    return bound;
}

// centre - D V^T xi, its midpoints.
BallVector moved(const Approximation& approximation, const BallVector& centre, const BallVector& xi,
                 Bits precision) {
    const Size p = centre.size();
    BallVector result(p);
    Ball step;
    for (Size j = 0; j < p; ++j) {
        double along = 0.0;
        for (Size l = 0; l < p; ++l) along += approximation.vectors(l, j) * middle(xi[l]);
        arb_set_d(step, approximation.scale[j] * along);
        arb_sub(result[j], centre[j], step, precision);
        mag_zero(arb_radref(result[j]));
    }
    return result;
}

}  // namespace

BallVector exact_parameters(const Network& network) {
    BallVector theta(network.parameter_count());
    for (Size j = 0; j < theta.size(); ++j) arb_set_d(theta[j], network.parameters[j]);
    return theta;
}

Network rounded(const Network& like, const BallVector& theta) {
    Network network(like);
    for (Size j = 0; j < theta.size(); ++j) network.parameters[j] = middle(theta[j]);
    return network;
}

double newton_residual(const Approximation& approximation, const BallVector& gradient, Bits precision) {
    return largest(coordinates(approximation, gradient, precision));
}

Centre refine(const BallNetwork& balls, const Approximation& approximation, BallVector start, double enough) {
    const Bits precision = balls.precision();
    BallVector xi = coordinates(approximation, balls.gradient(start), precision);
    Centre centre{std::move(start), largest(xi), 0};
    while (centre.steps < kMostSteps && centre.residual > enough && std::isfinite(centre.residual)) {
        BallVector next = moved(approximation, centre.theta, xi, precision);
        BallVector next_xi = coordinates(approximation, balls.gradient(next), precision);
        const double residual = largest(next_xi);
        if (!(residual < centre.residual)) break;
        const bool falling = residual < 0.25 * centre.residual;
        xi = std::move(next_xi);
        centre = {std::move(next), residual, centre.steps + 1};
        if (!falling) break;
    }
    return centre;
}

double scaled_distance(const Approximation& approximation, const BallVector& a, const BallVector& b) {
    double distance = 0.0;
    Ball difference;
    for (Size j = 0; j < a.size(); ++j) {
        arb_sub(difference, a[j], b[j], 64);
        distance = std::hypot(distance, middle(difference) / approximation.scale[j]);
    }
    return distance;
}

double scaled_size(const Approximation& approximation, const BallVector& a) {
    double size = 0.0;
    for (Size j = 0; j < a.size(); ++j) size = std::hypot(size, middle(a[j]) / approximation.scale[j]);
    return size;
}

double distance_bound(const BallVector& a, const BallVector& b, Bits precision) {
    Ball sum, difference;
    for (Size j = 0; j < a.size(); ++j) {
        arb_sub(difference, a[j], b[j], precision);
        arb_addmul(sum, difference, difference, precision);
    }
    Ball largest_square(upper_bound(sum));
    arb_sqrt(sum, largest_square, precision);
    return upper_bound(sum);
}

}  // namespace tepui::balls
