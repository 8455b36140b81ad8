// Balls [mid +- rad] of Arb, owned: every operation returns a ball that contains all results of operands in
// the given ones (F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic",
// 2017). Only src/certify includes this header.
#pragma once

#include <arb.h>
#include <arb_mat.h>

#include <string>
#include <utility>

#include "core/sizes.hpp"

namespace tepui::balls {

using Bits = slong;  // working precision

class Ball {
  public:
    Ball() { arb_init(value_); }
    explicit Ball(double exact) : Ball() { arb_set_d(value_, exact); }
    explicit Ball(arb_srcptr other) : Ball() { arb_set(value_, other); }
    Ball(const Ball& other) : Ball() { arb_set(value_, other.value_); }
    Ball(Ball&& other) noexcept : Ball() { arb_swap(value_, other.value_); }
    Ball& operator=(const Ball& other) {
        if (this != &other) arb_set(value_, other.value_);
        return *this;
    }
    Ball& operator=(Ball&& other) noexcept {
        arb_swap(value_, other.value_);
        return *this;
    }
    ~Ball() { arb_clear(value_); }
    // To be handed to Arb's functions.
    operator arb_ptr() noexcept { return value_; }           // NOLINT(google-explicit-constructor)
    operator arb_srcptr() const noexcept { return value_; }  // NOLINT(google-explicit-constructor)

  private:
    arb_t value_;
};

class BallVector {
  public:
    BallVector() = default;
    explicit BallVector(Size count) : values_(_arb_vec_init(count)), size_(count) {}
    BallVector(const BallVector& other) : BallVector(other.size_) {
        _arb_vec_set(values_, other.values_, size_);
    }
    BallVector(BallVector&& other) noexcept
        : values_(std::exchange(other.values_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    BallVector& operator=(BallVector other) noexcept {
        std::swap(values_, other.values_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~BallVector() {
        if (values_ != nullptr) _arb_vec_clear(values_, size_);
    }
    Size size() const noexcept { return size_; }
    arb_ptr operator[](Size i) noexcept { return values_ + i; }
    arb_srcptr operator[](Size i) const noexcept { return values_ + i; }

  private:
    arb_ptr values_ = nullptr;
    Size size_ = 0;
};

class BallMatrix {
  public:
    BallMatrix(Size rows, Size cols) { arb_mat_init(value_, rows, cols); }
    BallMatrix(const BallMatrix& other) : BallMatrix(other.rows(), other.cols()) {
        arb_mat_set(value_, other.value_);
    }
    BallMatrix(BallMatrix&& other) noexcept : BallMatrix(0, 0) { arb_mat_swap(value_, other.value_); }
    BallMatrix& operator=(BallMatrix other) noexcept {
        arb_mat_swap(value_, other.value_);
        return *this;
    }
    ~BallMatrix() { arb_mat_clear(value_); }
    Size rows() const noexcept { return arb_mat_nrows(value_); }
    Size cols() const noexcept { return arb_mat_ncols(value_); }
    arb_ptr operator()(Size i, Size j) noexcept { return arb_mat_entry(value_, i, j); }
    arb_srcptr operator()(Size i, Size j) const noexcept { return arb_mat_entry(value_, i, j); }
    operator arb_mat_struct*() noexcept { return value_; }              // NOLINT(google-explicit-constructor)
    operator const arb_mat_struct*() const noexcept { return value_; }  // NOLINT(google-explicit-constructor)

  private:
    arb_mat_t value_;
};

// ---- Bounds as doubles, rounded outwards ----
double lower_bound(arb_srcptr ball);
double upper_bound(arb_srcptr ball);
double magnitude_bound(arb_srcptr ball);  // of |x|
double middle(arb_srcptr ball);           // nearest double of the midpoint
Size sign(arb_srcptr ball);               // -1, 1; 0 when the ball contains zero

// Makes the ball contain everything within |radius| of it.
void widen(arb_ptr ball, double radius);

// "[1.25 +/- 3.1e-30]": a decimal ball that contains this one, with at most that many digits of the midpoint.
std::string decimal(arb_srcptr ball, Size digits);

// "Arb 2.23.0, FLINT 2.9.0"
std::string backend();

}  // namespace tepui::balls
