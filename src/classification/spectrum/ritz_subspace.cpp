#include "classification/spectrum/ritz_subspace.hpp"

#include <algorithm>
#include <cmath>

#include "core/rounding.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

double inner(const double* a, const double* b, Size n) {
    double lane[4] = {};
    Size k = 0;
    for (; k + 4 <= n; k += 4) {
        for (Size l = 0; l < 4; ++l) lane[l] += a[k + l] * b[k + l];
    }
    for (; k < n; ++k) lane[0] += a[k] * b[k];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

}  // namespace

void RitzSubspace::extend(const double* direction, const double* image) {
    const double norm = std::sqrt(inner(direction, direction, order_));
    double* v = basis_.row(size_);
    double* w = images_.row(size_);
    for (Size j = 0; j < order_; ++j) v[j] = direction[j] / norm;
    for (Size j = 0; j < order_; ++j) w[j] = image[j] / norm;
    ++size_;
    Matrix projected(size_, size_);
    for (Size i = 0; i < size_; ++i) {
        for (Size j = 0; j <= i; ++j) {
            // The images carry rounding errors: the mean of both halves is as good as either.
            const double entry = 0.5 * (inner(basis_.row(i), images_.row(j), order_) +
                                        inner(basis_.row(j), images_.row(i), order_));
            projected(i, j) = projected(j, i) = entry;
        }
    }
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(projected, true);
    values_.assign(eigen.values.data(), eigen.values.data() + size_);
    low_.assign(eigen.vectors.row(0), eigen.vectors.row(0) + size_);
    high_.assign(eigen.vectors.row(size_ - 1), eigen.vectors.row(size_ - 1) + size_);
}

bool RitzSubspace::make_orthogonal(std::vector<double>& direction, std::vector<double>& image) const {
    const double norm = std::sqrt(inner(direction.data(), direction.data(), order_));
    const double along = inner(direction.data(), basis_.row(0), order_);
    if (!(std::abs(along) <= 0.5 * norm) || !(norm > 0.0)) return false;
    for (Size j = 0; j < order_; ++j) {
        direction[j] -= along * basis_(0, j);
        image[j] -= along * images_(0, j);
    }
    return true;
}

bool RitzSubspace::next(double* direction) const {
    std::copy_n(images_.row(size_ - 1), order_, direction);
    const double before = std::sqrt(inner(direction, direction, order_));
    for (int sweep = 0; sweep < 2; ++sweep) {
        for (Size l = 0; l < size_; ++l) {
            const double along = inner(direction, basis_.row(l), order_);
            for (Size j = 0; j < order_; ++j) direction[j] -= along * basis_(l, j);
        }
    }
    const double norm = std::sqrt(inner(direction, direction, order_));
    if (!(norm > static_cast<double>(order_) * kEps * before)) return false;
    for (Size j = 0; j < order_; ++j) direction[j] /= norm;
    return true;
}

double RitzSubspace::residual(bool highest) const {
    const std::vector<double>& s = highest ? high_ : low_;
    const double value = highest ? values_.back() : values_.front();
    std::vector<double> left(order_, 0.0);
    for (Size l = 0; l < size_; ++l) {
        for (Size j = 0; j < order_; ++j) left[j] += s[l] * (images_(l, j) - value * basis_(l, j));
    }
    return std::sqrt(inner(left.data(), left.data(), order_));
}

std::vector<double> RitzSubspace::vector(bool highest) const {
    const std::vector<double>& s = highest ? high_ : low_;
    std::vector<double> v(order_, 0.0);
    for (Size l = 0; l < size_; ++l) {
        for (Size j = 0; j < order_; ++j) v[j] += s[l] * basis_(l, j);
    }
    const double norm = std::sqrt(inner(v.data(), v.data(), order_));
    for (double& component : v) component /= norm;
    return v;
}

}  // namespace tepui
