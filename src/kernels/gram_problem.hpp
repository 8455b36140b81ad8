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
};

// The row i of pair p = i (i + 1) / 2 + j.
inline Size row_of_pair(Size p) {
    Size i = static_cast<Size>((std::sqrt(8.0 * static_cast<double>(p) + 1.0) - 1.0) / 2.0);
    while (triangle(i) > p) --i;
    while (triangle(i + 1) <= p) ++i;
    return i;
}

// The pairs of [pair_begin, pair_end) in blocks of columns j, so that the x_j of one block stay in L2 while
// all rows i pass.
class PairWalk {
  public:
    explicit PairWalk(const GramProblem& problem)
        : pair_begin_(problem.pair_begin),
          pair_end_(problem.pair_end),
          block_(problem.inputs),
          first_row_(row_of_pair(problem.pair_begin)),
          end_row_(row_of_pair(problem.pair_end - 1) + 1) {
        start_block(0);
    }

    bool done() const { return done_; }
    Size i() const { return i_; }
    Size j() const { return j_; }
    Size pair() const { return triangle(i_) + j_; }

    void next() {
        if (++j_ < row_end_) return;
        ++i_;
        find_row();
    }

  private:
    void start_block(Size j0) {
        j0_ = j0;
        i_ = std::max(first_row_, j0);
        find_row();
    }
    // The first row from i_ on that has pairs here, in this block or the next.
    void find_row() {
        for (;;) {
            for (; i_ < end_row_; ++i_) {
                j_ = std::max(j0_, pair_begin_ - triangle(i_));
                row_end_ = std::min({i_ + 1, j0_ + block_, pair_end_ - triangle(i_)});
                if (j_ < row_end_) return;
            }
            j0_ += block_;
            if (j0_ >= end_row_) break;
            i_ = std::max(first_row_, j0_);
        }
        done_ = true;
    }

    Size pair_begin_, pair_end_, block_, first_row_, end_row_;
    Size j0_ = 0, i_ = 0, j_ = 0, row_end_ = 0;
    bool done_ = false;
};

}  // namespace tepui::kernels
