// What all forms of the weighted Gram share: the problem and the walk over its index pairs.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/weighted_gram.hpp"

namespace tepui::kernels {

// Terms of one partial sum.
template <class T>
constexpr Size kMostTerms = sizeof(T) < sizeof(double) ? kSingleTerms : std::numeric_limits<Size>::max();

template <class T>
struct GramProblem {
    const T* xt;
    Size ldx;
    Size count;
    Size d;
    Size pair_begin;
    Size pair_end;
    Size ldg;
};

// Chunks of samples of equal length, at most `most`: cut by the count alone, so that every entry is summed in
// the same order whatever range of pairs is asked for.
inline Size chunk_length(Size count, Size most, Size lanes) {
    const Size chunks = std::max<Size>(1, (count + most - 1) / most);
    return std::min(most, round_up((count + chunks - 1) / chunks, lanes));
}

// The row i of pair p = i (i + 1) / 2 + j.
inline Size row_of_pair(Size p) {
    Size i = static_cast<Size>((std::sqrt(8.0 * static_cast<double>(p) + 1.0) - 1.0) / 2.0);
    while (triangle(i) > p) --i;
    while (triangle(i + 1) <= p) ++i;
    return i;
}

// Columns [begin, end) of a row.
struct Columns {
    Size begin, end;
};

// The rows i of [pair_begin, pair_end), each with those of columns(i) that lie in the range, in blocks of
// columns so that the x_j of one block stay in L2 while all rows pass.
template <class OfRow>
class RowWalk {
  public:
    template <class T>
    RowWalk(const GramProblem<T>& problem, Size block, OfRow columns)
        : pair_begin_(problem.pair_begin), pair_end_(problem.pair_end), block_(block), columns_(columns) {
        if (pair_begin_ >= pair_end_) return;
        first_row_ = row_of_pair(pair_begin_);
        end_row_ = row_of_pair(pair_end_ - 1) + 1;
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
                const Columns columns = columns_(i_);
                begin_ = std::max({j0_, columns.begin, pair_begin_ - triangle(i_)});
                end_ = std::min({j0_ + block_, columns.end, pair_end_ - triangle(i_)});
                if (begin_ < end_) return;
            }
        }
        begin_ = end_ = 0;
    }

    Size pair_begin_, pair_end_, block_;
    OfRow columns_;
    Size first_row_ = 0, end_row_ = 0, j0_ = 0, i_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace tepui::kernels
