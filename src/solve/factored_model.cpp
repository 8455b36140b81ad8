#include "solve/factored_model.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "core/rounding.hpp"

namespace tepui {
namespace {

constexpr int kMostFactors = 16;
// Shifts below so many times the rounding of eigenvalues would let it choose the step.
constexpr double kResolved = 10.0, kSafeShift = 100.0;
// A bracket this narrow whose step is short: the gradient has next to nothing along the lowest eigenvector.
constexpr double kHardCase = 1e-6;

// No eigenvalue of a symmetric matrix is larger.
double row_sum_norm(const Matrix& a) {
    double largest = 0.0;
    for (Size i = 0; i < a.rows(); ++i) {
        double sum = 0.0;
        for (Size j = 0; j < a.cols(); ++j) sum += std::abs(a(i, j));
        largest = std::max(largest, sum);
    }
    return largest;
}

double dot(std::span<const double> a, const double* b) {
    double sum = 0.0;
    for (std::size_t p = 0; p < a.size(); ++p) sum += a[p] * b[p];
    return sum;
}

}  // namespace

FactoredModel::FactoredModel(const Scaling& scaling, const HessianValue& hessian, double shift)
    : scaling_(scaling),
      hessian_(scaling.pull_hessian(hessian.value)),
      gradient_(scaling.pull_gradient(hessian.gradient.value)),
      gradient_norm_(norm_of(gradient_)),
      largest_(row_sum_norm(hessian_)),
      shift_(shift) {
    tau_ = kEps * static_cast<double>(hessian_.rows() + 16) * std::max(1.0, largest_);
    definite_ = factor_.factor(hessian_, -kResolved * tau_);
    if (!definite_) return;
    // Newton's step, from the factor of what is smaller by the margin, and one refinement.
    newton_.resize(gradient_.size());
    for (std::size_t p = 0; p < newton_.size(); ++p) newton_[p] = -gradient_[p];
    factor_.solve(newton_);
    std::vector<double> rest(gradient_.size());
    for (std::size_t p = 0; p < rest.size(); ++p)
        rest[p] = -gradient_[p] - dot(newton_, hessian_.row(static_cast<Size>(p)));
    factor_.solve(rest);
    for (std::size_t p = 0; p < newton_.size(); ++p) newton_[p] += rest[p];
    newton_norm_ = norm_of(newton_);
}

TrustRegionStep FactoredModel::finished(std::vector<double> step, double shift) const {
    const double size = norm_of(step);
    TrustRegionStep result;
    result.predicted = std::max(0.0, 0.5 * (shift * size * size - dot(step, gradient_.data())));
    result.boundary = shift > 0.0;
    result.step = std::move(step);
    return result;
}

std::optional<TrustRegionStep> FactoredModel::step(double radius) {
    if (definite_ && newton_norm_ <= radius) return finished(newton_, 0.0);
    if (!(radius > 0.0) || !std::isfinite(largest_)) return std::nullopt;
    return at_boundary(radius);
}

// The shift > 0 with |p| = radius, p = -(H + shift I)^-1 g: Newton on 1/|p| inside a bracket.
std::optional<TrustRegionStep> FactoredModel::at_boundary(double radius) {
    double low = std::max(0.0, gradient_norm_ / radius - largest_), high = gradient_norm_ / radius + largest_;
    for (Size p = 0; p < hessian_.rows(); ++p) low = std::max(low, -hessian_(p, p));
    if (definite_) high = std::min(high, gradient_norm_ / radius);
    const auto inside = [&] { return std::max(std::sqrt(low * high), low + 0.01 * (high - low)); };
    double shift = shift_ > low && shift_ < high ? shift_ : inside();
    std::vector<double> step(gradient_.size()), half;
    for (int count = 0; count < kMostFactors; ++count) {
        if (!definite_ && shift < kSafeShift * tau_) return std::nullopt;
        if (!factor_.factor(hessian_, shift)) {
            low = std::max(low, shift);
            shift = inside();
            continue;
        }
        for (std::size_t p = 0; p < step.size(); ++p) step[p] = -gradient_[p];
        factor_.solve(step);
        const double size = norm_of(step);
        if (std::abs(size - radius) <= kTolerance * radius) {
            shift_ = shift;
            return finished(std::move(step), shift);
        }
        (size > radius ? low : high) = shift;
        if (size < radius && high - low <= kHardCase * high) return std::nullopt;
        // |p|^2 / (p^T (H + shift I)^-1 p)
        half = step;
        factor_.solve_lower(half);
        const double bend = norm_of(half);
        double next = shift + (size / bend) * (size / bend) * (size - radius) / radius;
        if (!(next > low && next < high)) next = inside();
        shift = next;
    }
    return std::nullopt;
}

}  // namespace tepui
