// A growing Rayleigh-Ritz subspace of one symmetric matrix that is known through products alone. Two Ritz
// values of opposite sign, both beyond their error, prove it indefinite (MATH.md section 10).
#pragma once

#include <vector>

#include "core/matrix.hpp"

namespace tepui {

class RitzSubspace {
  public:
    RitzSubspace(Size order, Size capacity)
        : order_(order), basis_(capacity, order), images_(capacity, order) {}

    // Adds a direction and its image under the matrix. Call with the vector that `next` gave, or any vector
    // at first: it and its image are divided by its norm.
    void extend(const double* direction, const double* image);
    // A unit vector orthogonal to the subspace towards the Krylov space; false when there is none.
    bool next(double* direction) const;

    // Takes out of a direction, and of its image alike, what lies along the one vector of the subspace;
    // false, and both are of no use, when that is more than half of it: the image's error relative to its
    // norm grows by at most (1 + 1/2) / sqrt(1 - 1/4).
    bool make_orthogonal(std::vector<double>& direction, std::vector<double>& image) const;

    Size size() const noexcept { return size_; }
    double lowest() const noexcept { return values_.front(); }
    double highest() const noexcept { return values_.back(); }
    // |A v - value v| of the Ritz vector.
    double residual(bool highest) const;
    std::vector<double> vector(bool highest) const;

  private:
    Size order_;
    Size size_ = 0;
    Matrix basis_, images_;           // row l: a unit vector and its image
    std::vector<double> values_;      // ascending
    std::vector<double> low_, high_;  // coordinates of the extreme Ritz vectors
};

}  // namespace tepui
