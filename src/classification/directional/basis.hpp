// Orthonormal bases grown one vector at a time, with the coordinates of the vectors taken in.
#pragma once

#include <span>
#include <vector>

#include "core/sizes.hpp"

namespace tepui {

// A unit vector nearer than this to the span of others depends on them.
inline constexpr double kDependent = 1e-9;

class GrowingBasis {
  public:
    explicit GrowingBasis(Size dimension) : dimension_(dimension) {}

    Size size() const noexcept { return static_cast<Size>(vectors_.size()); }
    // Takes in a unit vector; false and unchanged when it depends on those before.
    bool add(std::span<const double> unit);
    void pop() {
        vectors_.pop_back();
        coordinates_.pop_back();
    }
    // What is left of a vector orthogonal to all taken in.
    std::vector<double> remainder(std::span<const double> vector) const;
    // b with sum_l b_l (vector l taken in) the orthogonal projection of `vector`.
    std::vector<double> solve(std::span<const double> vector) const;
    // v in the span with v . (vector l taken in) = right_l.
    std::vector<double> dual(std::span<const double> right) const;

  private:
    Size dimension_;
    std::vector<std::vector<double>> vectors_;      // orthonormal
    std::vector<std::vector<double>> coordinates_;  // of vector l in the first l + 1 of them
};

}  // namespace tepui
