#include "classification/directional/basis.hpp"
#include "core/euclidean.hpp"

#include <cmath>

namespace tepui {
namespace {

void subtract(std::vector<double>& a, double factor, const std::vector<double>& b) {
    for (std::size_t j = 0; j < a.size(); ++j) a[j] -= factor * b[j];
}

}  // namespace

// Gram and Schmidt twice: orthogonal to rounding.
bool GrowingBasis::add(std::span<const double> unit) {
    std::vector<double> left(unit.begin(), unit.end()), coordinates(vectors_.size() + 1, 0.0);
    for (int sweep = 0; sweep < 2; ++sweep) {
        for (std::size_t l = 0; l < vectors_.size(); ++l) {
            const double along = dot(left, vectors_[l]);
            coordinates[l] += along;
            subtract(left, along, vectors_[l]);
        }
    }
    const double length = norm_of(left);
    if (!(length > kDependent)) return false;
    for (double& component : left) component /= length;
    coordinates.back() = length;
    vectors_.push_back(std::move(left));
    coordinates_.push_back(std::move(coordinates));
    return true;
}

std::vector<double> GrowingBasis::remainder(std::span<const double> vector) const {
    std::vector<double> left(vector.begin(), vector.end());
    for (int sweep = 0; sweep < 2; ++sweep) {
        for (const std::vector<double>& q : vectors_) subtract(left, dot(left, q), q);
    }
    return left;
}

std::vector<double> GrowingBasis::solve(std::span<const double> vector) const {
    std::vector<double> left(vector.begin(), vector.end()), b(vectors_.size(), 0.0);
    for (std::size_t l = 0; l < vectors_.size(); ++l) {
        b[l] = dot(left, vectors_[l]);
        subtract(left, b[l], vectors_[l]);
    }
    for (std::size_t l = vectors_.size(); l-- > 0;) {
        b[l] /= coordinates_[l][l];
        for (std::size_t i = 0; i < l; ++i) b[i] -= coordinates_[l][i] * b[l];
    }
    return b;
}

std::vector<double> GrowingBasis::dual(std::span<const double> right) const {
    std::vector<double> v(dimension_, 0.0), t(vectors_.size(), 0.0);
    for (std::size_t l = 0; l < vectors_.size(); ++l) {
        double rest = right[l];
        for (std::size_t i = 0; i < l; ++i) rest -= coordinates_[l][i] * t[i];
        t[l] = rest / coordinates_[l][l];
        subtract(v, -t[l], vectors_[l]);
    }
    return v;
}

}  // namespace tepui
