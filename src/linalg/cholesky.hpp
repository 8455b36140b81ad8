// A Cholesky factor to solve with more than once.
#pragma once

#include <span>

#include "core/matrix.hpp"

namespace tepui::linalg {

// L L^T = a + shift I; the lower triangle of a is read.
class CholeskyFactor {
  public:
    // False, and nothing to solve with, when a + shift I is not positive definite. Room is made once an
    // order.
    bool factor(const Matrix& a, double shift);
    // x becomes (a + shift I)^-1 x.
    void solve(std::span<double> x) const;
    // x becomes L^-1 x.
    void solve_lower(std::span<double> x) const;

  private:
    Buffer<double> lower_;
    Size order_ = 0;
};

}  // namespace tepui::linalg
