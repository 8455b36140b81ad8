// The scaled model on a Krylov space: Lanczos's process with full reorthogonalisation (Gould, Lucidi, Roma,
// Toint 1999 for its use in a trust region).
#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "core/random.hpp"
#include "core/rounding.hpp"
#include "linalg/symmetric.hpp"
#include "network/derivatives/objective_sums.hpp"
#include "solve/scaled_model.hpp"
#include "solve/trust_region.hpp"

namespace tepui {
namespace {

constexpr Size kMostSteps = 250, kProbeSteps = 80;
constexpr Size kFirstLook = 8;
constexpr double kMoreBeforeLooking = 1.25;

double product(std::span<const double> a, std::span<const double> b) {
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t p = 0; p < a.size(); ++p) sum += a[p] * b[p];
    return sum;
}

class KrylovSpace {
  public:
    explicit KrylovSpace(std::vector<double> start) {
        const double size = norm_of(start);
        for (double& component : start) component /= size;
        basis_.push_back(std::move(start));
    }
    std::span<const double> direction() const { return basis_.back(); }
    // Of the directions so far.
    Size rank() const noexcept { return static_cast<Size>(diagonal_.size()); }
    // What the Hessian leads out of the space by.
    double rest() const noexcept { return off_.empty() ? HUGE_VAL : off_.back(); }
    // Takes the product with direction(). False when it lies in the space.
    bool advance(std::vector<double> image) {
        const double size = norm_of(image);
        diagonal_.push_back(product(image, basis_.back()));
        for (int round = 0; round < 2; ++round) {
            for (const std::vector<double>& q : basis_) {
                const double part = product(image, q);
                for (std::size_t p = 0; p < image.size(); ++p) image[p] -= part * q[p];
            }
        }
        const double rest = norm_of(image);
        const bool out = rest > 16.0 * kEps * size;
        off_.push_back(out ? rest : 0.0);
        if (!out) return false;
        for (double& component : image) component /= rest;
        basis_.push_back(std::move(image));
        return true;
    }
    linalg::SymmetricEigen eigen() const {
        Matrix tridiagonal(rank(), rank());
        for (Size l = 0; l < rank(); ++l) {
            tridiagonal(l, l) = diagonal_[l];
            if (l > 0) tridiagonal(l, l - 1) = tridiagonal(l - 1, l) = off_[l - 1];
        }
        return linalg::symmetric_eigen(tridiagonal, true);
    }
    // Row l: of the coordinates in row l.
    Matrix vectors(const Matrix& coordinates) const {
        Matrix result(rank(), static_cast<Size>(basis_[0].size()));
        for (Size l = 0; l < rank(); ++l) {
            double* row = result.row(l);
            for (Size k = 0; k < rank(); ++k) {
                const double part = coordinates(l, k);
                for (Size p = 0; p < result.cols(); ++p) row[p] += part * basis_[k][p];
            }
        }
        return result;
    }

  private:
    std::vector<std::vector<double>> basis_;
    std::vector<double> diagonal_, off_;
};

// Of the step within the space that the gradient, |g| along its first direction, leads to: what it leaves of
// the gradient outside.
double left_over(const KrylovSpace& space, const linalg::SymmetricEigen& eigen, double size, double radius) {
    std::vector<double> gradient(static_cast<std::size_t>(space.rank()));
    for (Size l = 0; l < space.rank(); ++l) gradient[l] = size * eigen.vectors(l, 0);
    const TrustRegionStep step = solve_trust_region(eigen.values.span(), gradient, radius);
    double last = 0.0;
    for (Size l = 0; l < space.rank(); ++l) last += step.step[l] * eigen.vectors(l, space.rank() - 1);
    return std::abs(last) * space.rest();
}

std::vector<double> random_start(Size count) {
    Random random(5, 0);
    std::vector<double> start(static_cast<std::size_t>(count));
    for (double& component : start) component = random.normal();
    return start;
}

}  // namespace

ScaledModel krylov_model(const Dataset& data, const Network& point, Scaling scaling, const Gradient& gradient,
                         const KrylovOptions& options, const Execution& execution) {
    ObjectiveSums sums(data, point);
    const std::vector<double> scaled = scaling.pull_gradient(gradient.value);
    const double size = norm_of(scaled);
    const bool probe = options.probe || !(size > 0.0);
    KrylovSpace space(probe ? random_start(point.parameter_count()) : scaled);
    const Size most = std::min(probe ? kProbeSteps : kMostSteps, point.parameter_count());
    Size next_look = kFirstLook;
    linalg::SymmetricEigen eigen;
    for (;;) {
        const std::span<const double> direction = space.direction();
        const std::span<const double> image = sums.hessian_vector(scaling.push_step(direction), execution);
        const bool more = space.advance(scaling.pull_product(image, direction)) && space.rank() < most;
        if (more && space.rank() < next_look) continue;
        next_look = static_cast<Size>(kMoreBeforeLooking * static_cast<double>(space.rank())) + 1;
        eigen = space.eigen();
        if (!more) break;
        if (!probe && left_over(space, eigen, size, options.radius) <= options.accuracy * size) break;
        // A probe ends where the lowest value is known to be one below zero.
        const double open = std::abs(eigen.vectors(0, space.rank() - 1)) * space.rest();
        if (probe && eigen.values[0] < -10.0 * open) break;
    }
    return in_eigenbasis(std::move(scaling), std::move(eigen.values), space.vectors(eigen.vectors), gradient);
}

}  // namespace tepui
