// What the samples pull at a neuron without weights by (MATH.md section 9): with w = v and output weights b,
// both small, the loss changes by b . D(v) to leading order,
//     D(v) = sum_k g_k sigma(v . x_k),   g = s dl/df.
#pragma once

#include <span>
#include <vector>

#include "classification/directional/kinked_point.hpp"
#include "core/matrix.hpp"

namespace tepui {

class PullField {
  public:
    // pulls: of loss_derivatives. Samples that do not pull are left out.
    PullField(const KinkedPoint& point, std::span<const double> pulls);

    Size samples() const noexcept { return x_.rows(); }
    Size inputs() const noexcept { return x_.cols(); }
    Size outputs() const noexcept { return pulls_.cols(); }
    std::span<const double> input(Size k) const noexcept { return row(x_, k); }
    std::span<const double> pull(Size k) const noexcept { return row(pulls_, k); }
    const Slopes& slopes() const noexcept { return slopes_; }

    std::vector<double> value(std::span<const double> v) const;
    // What rounding of the terms of a component, and of pulls that stationarity leaves open, may make of it.
    std::vector<double> doubt(std::span<const double> v, double relative) const;
    // The derivative by v of e . D.
    std::vector<double> slope(std::span<const double> v, std::span<const double> e) const;

  private:
    static std::span<const double> row(const Matrix& m, Size k) noexcept {
        return {m.row(k), static_cast<std::size_t>(m.cols())};
    }
    double slope_at(double z) const noexcept { return z >= 0.0 ? slopes_.above : slopes_.below; }

    Matrix x_, pulls_;
    Slopes slopes_;
};

}  // namespace tepui
