// Weighted Gram matrices as sums over blocks, in ranges of index pairs that are added independently (MATH.md
// section 1).
#pragma once

#include <algorithm>
#include <vector>

#include "kernels/weighted_gram.hpp"
#include "network/pass/sum_buffer.hpp"
#include "vocabulary/methods.hpp"

namespace tepui {

class GramSums {
  public:
    // A view of an accumulator's sums, which must be where they are as long as it is used.
    GramSums(SumBuffer& sums, Size rows, Size inputs);

    Size parts() const noexcept { return parts_; }
    // Output that does not stay in cache wants long blocks.
    Size preferred_block() const noexcept;
    // As one of several copies.
    bool stays_in_cache() const noexcept;
    // Adds parts [begin, end); xt as in kernels::weighted_gram, as many rows as the constructor was told.
    template <class T>
    void add(Size begin, Size end, const std::vector<kernels::GramRowOf<T>>& rows, const T* xt, Size stride,
             Size count) {
        kernels::weighted_gram({xt, stride, count, inputs_}, rows.data(), static_cast<Size>(rows.size()),
                               {begin * pairs_per_part_, std::min(end * pairs_per_part_, pairs_)},
                               sums_->at(first_), stride_);
    }

    double products_per_sample() const noexcept { return static_cast<double>(size()); }
    Size size() const noexcept { return pairs_ * stride_; }

    Size stride() const noexcept { return stride_; }
    // Entry (i, j), i >= j, of matrix q.
    double operator()(Size q, Size i, Size j) const noexcept {
        return sums_->at(first_)[(triangle(i) + j) * stride_ + q];
    }

  private:
    Size inputs_ = 0, pairs_ = 0, stride_ = 0;
    Size pairs_per_part_ = 0, parts_ = 0;
    SumBuffer* sums_;
    Size first_;  // [pairs][stride]
};

}  // namespace tepui
