// A dense row-major matrix that owns its values. Symmetric matrices are stored full.
#pragma once

#include "core/buffer.hpp"

namespace tepui {

class Matrix {
  public:
    Matrix() = default;
    Matrix(Size rows, Size cols) : values_(checked_product(rows, cols)), rows_(rows), cols_(cols) {}

    Size rows() const noexcept { return rows_; }
    Size cols() const noexcept { return cols_; }
    double* data() noexcept { return values_.data(); }
    const double* data() const noexcept { return values_.data(); }
    double* row(Size i) noexcept { return values_.data() + i * cols_; }
    const double* row(Size i) const noexcept { return values_.data() + i * cols_; }
    double& operator()(Size i, Size j) noexcept { return values_[i * cols_ + j]; }
    double operator()(Size i, Size j) const noexcept { return values_[i * cols_ + j]; }
    Matrix copy() const {
        Matrix other(rows_, cols_);
        std::copy_n(data(), rows_ * cols_, other.data());
        return other;
    }

  private:
    Buffer<double> values_;
    Size rows_ = 0;
    Size cols_ = 0;
};

}  // namespace tepui
