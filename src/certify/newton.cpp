#include "certify/newton.hpp"

#include <cmath>
#include <limits>

namespace tepui::balls {
namespace {

constexpr Size kMostSteps = 40;

// Lambda^-1 V D gradient.
BallVector coordinates(const Approximation& approximation, const BallVector& gradient) {
    const auto p = static_cast<Size>(gradient.size());
    BallVector scaled(gradient), result(gradient.size());
    for (Size j = 0; j < p; ++j) scaled[j] = gradient[j] * Ball(approximation.scale[j]);
    for (Size l = 0; l < p; ++l) {
        Ball sum;
        for (Size j = 0; j < p; ++j) sum += Ball(approximation.vectors(l, j)) * scaled[j];
        result[l] = sum / Ball(approximation.values[l]);
    }
    return result;
}

double largest(const BallVector& values) {
    double bound = 0.0;
    for (const Ball& value : values) {
        const double size = magnitude_bound(value);
        if (!std::isfinite(size)) return std::numeric_limits<double>::infinity();
        bound = std::max(bound, size);
    }
    return bound;
}

// centre - D V^T xi, its middle.
BallVector moved(const Approximation& approximation, const BallVector& centre, const BallVector& xi) {
    const auto p = static_cast<Size>(centre.size());
    BallVector result(centre);
    for (Size j = 0; j < p; ++j) {
        double along = 0.0;
        for (Size l = 0; l < p; ++l) along += approximation.vectors(l, j) * middle(xi[l]);
        result[j] = (centre[j] - Ball(approximation.scale[j] * along)).centre();
    }
    return result;
}

}  // namespace

Network rounded(const Network& like, const BallVector& theta) {
    Network network(like);
    for (Size j = 0; j < network.parameter_count(); ++j) network.parameters[j] = middle(theta[j]);
    return network;
}

Centre refine(const BallNetwork& balls, const Slice& slice, const Approximation& approximation,
              BallVector start, double enough) {
    const auto step = [&](const BallVector& theta) {
        return coordinates(approximation, slice.of(balls.gradient(slice.whole(theta))));
    };
    BallVector xi = step(start);
    Centre centre{std::move(start), largest(xi), 0};
    while (centre.steps < kMostSteps && centre.residual > enough && std::isfinite(centre.residual)) {
        BallVector next = moved(approximation, centre.theta, xi);
        BallVector next_xi = step(next);
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
    for (std::size_t j = 0; j < a.size(); ++j)
        distance = std::hypot(distance, middle(a[j] - b[j]) / approximation.scale[j]);
    return distance;
}

double scaled_size(const Approximation& approximation, const BallVector& a) {
    double size = 0.0;
    for (std::size_t j = 0; j < a.size(); ++j) size = std::hypot(size, middle(a[j]) / approximation.scale[j]);
    return size;
}

double distance_bound(const BallVector& a, const BallVector& b) {
    Ball sum;
    for (std::size_t j = 0; j < a.size(); ++j) {
        const Ball difference(magnitude_bound(a[j] - b[j]));
        sum += squared(difference);
    }
    return rounded_up(std::sqrt(upper_bound(sum)));
}

}  // namespace tepui::balls
