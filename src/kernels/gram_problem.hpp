// What both forms of the weighted Gram share: the problem and the walk over its index pairs.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/sizes.hpp"

namespace tepui::kernels {

struct GramProblem {
    const double* xt;
    Size ldx;
    Size count;
    Size d;
    Size pair_begin;
    Size pair_end;
    Size ldg;
    Size depth;   // samples of one chunk
    Size inputs;  // inputs of one block of x_j
    Size fold;    // first row i whose x_i is multiplied into the panel of coefficient rows
};

// The row i of pair p = i (i + 1) / 2 + j.
inline Size row_of_pair(Size p) {
    Size i = static_cast<Size>((std::sqrt(8.0 * static_cast<double>(p) + 1.0) - 1.0) / 2.0);
    while (triangle(i) > p) --i;
    while (triangle(i + 1) <= p) ++i;
    return i;
}

// The rows i of [pair_begin, pair_end), each with the columns [begin, end) that lie in the range, in blocks
// of columns so that the x_j of one block stay in L2 while all rows pass.
class RowWalk {
  public:
    RowWalk(Size pair_begin, Size pair_end, Size block)
        : pair_begin_(pair_begin), pair_end_(pair_end), block_(block) {
        if (pair_begin >= pair_end) return;
        first_row_ = row_of_pair(pair_begin);
        end_row_ = row_of_pair(pair_end - 1) + 1;
        i_ = first_row_;
        find();
    }

    bool done() const { return begin_ >= end_; }
    Size i() const { return i_; }
    Size begin() const { return begin_; }
    Size end() const { return end_; }
    void next() {
        ++i_;
        find();
    }

  private:
    // The first row from i_ on that has columns in this block, or else in the next ones.
    void find() {
        for (; j0_ < end_row_; j0_ += block_, i_ = std::max(first_row_, j0_)) {
            for (; i_ < end_row_; ++i_) {
                begin_ = std::max(j0_, pair_begin_ - triangle(i_));
                end_ = std::min({i_ + 1, j0_ + block_, pair_end_ - triangle(i_)});
                if (begin_ < end_) return;
            }
        }
        begin_ = end_ = 0;
    }

    Size pair_begin_, pair_end_, block_;
    Size first_row_ = 0, end_row_ = 0, j0_ = 0, i_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace tepui::kernels
