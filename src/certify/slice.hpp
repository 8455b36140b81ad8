// Where the loss is the same along whole subspaces of parameters, whatever the point: a slice across them, on
// which stationary points can be isolated (MATH.md section 10, certificates).
#pragma once

#include <vector>

#include "certify/ball.hpp"
#include "core/matrix.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui::balls {

// Parameters that move, and those that stay as given. Every point of the whole space has exactly one on the
// slice that differs from it by such motions, and is stationary if and only if that one is.
class Slice {
  public:
    // All parameters move.
    explicit Slice(const Network& network);
    Slice(const Dataset& data, const Network& network);

    const BallVector& given() const noexcept { return given_; }
    const std::vector<Size>& free() const noexcept { return free_; }
    const std::vector<Size>& held() const noexcept { return held_; }
    // The coefficients of a feature in all outputs alike (softmax), b against the C of a constant input.
    bool shifts() const noexcept { return shifts_; }
    bool exchanges() const noexcept { return exchanges_; }

    BallVector of(const BallVector& whole) const;
    BallMatrix of(const BallMatrix& whole) const;
    std::vector<double> of(const std::vector<double>& whole) const;
    Matrix of(const Matrix& whole) const;
    BallVector whole(const BallVector& on_slice) const;

  private:
    void hold(const std::vector<bool>& held);

    BallVector given_;
    std::vector<Size> free_, held_;
    bool shifts_ = false, exchanges_ = false;
};

}  // namespace tepui::balls
