// Weighted sums of samples, out[q][j] = sum_k rows[q][k] x[j][k], in tiles that are added independently.
#pragma once

#include "network/pass/sum_buffer.hpp"

namespace tepui {

class RowSums {
  public:
    struct Tile {
        Size row, rows;      // [row, row + rows)
        Size input, inputs;  // [input, input + inputs)
    };

    // A view of an accumulator's sums, which must be where they are as long as it is used.
    RowSums(SumBuffer& sums, Size rows, Size inputs);

    Size parts() const noexcept { return row_tiles_ * input_tiles_; }
    Tile tile(Size part) const noexcept;
    // Adds tiles [begin, end); rows, xt and common as in kernels::weighted_sums, with the same stride.
    void add(Size begin, Size end, const double* rows, const double* xt, Size stride, Size count,
             const double* common = nullptr);

    double operator()(Size row, Size input) const noexcept { return values()[row * inputs_ + input]; }
    const double* values() const noexcept { return sums_->at(first_); }  // [rows][inputs]

  private:
    Size rows_ = 0, inputs_ = 0;
    Size row_tiles_ = 0, input_tiles_ = 0, input_tile_ = 0;
    SumBuffer* sums_;
    Size first_;
};

}  // namespace tepui
