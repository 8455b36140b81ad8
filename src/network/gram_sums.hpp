// Weighted Gram matrices as sums over blocks, in ranges of index pairs that are added independently (MATH.md
// section 1).
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "core/buffer.hpp"
#include "kernels/weighted_gram.hpp"

namespace tepui {

// What products and short sums of a weighted Gram are computed in. Numbers are pinned: the C ABI exposes the
// same ones.
enum class GramPrecision : std::int32_t {
    double_precision = 0,
    single_precision = 1  // about twice as fast, with a bound on what it costs in accuracy
};

class GramSums {
  public:
    GramSums() = default;
    GramSums(Size rows, Size inputs);

    Size parts() const noexcept { return parts_; }
    // Output that does not stay in cache wants long blocks.
    Size preferred_block() const noexcept;
    // As one of several copies.
    bool stays_in_cache() const noexcept;
    // Adds parts [begin, end); xt as in kernels::weighted_gram, as many rows as the constructor was told.
    template <class T>
    void add(Size begin, Size end, const std::vector<kernels::GramRowOf<T>>& rows, const T* xt, Size stride,
             Size count) {
        kernels::weighted_gram(xt, stride, count, inputs_, rows.data(), static_cast<Size>(rows.size()),
                               begin * pairs_per_part_, std::min(end * pairs_per_part_, pairs_), sums_.data(),
                               stride_);
    }
    template <class T>
    void add(Size part, const std::vector<kernels::GramRowOf<T>>& rows, const T* xt, Size stride,
             Size count) {
        add(part, part + 1, rows, xt, stride, count);
    }
    void merge(const GramSums& other);

    double products_per_sample() const noexcept { return static_cast<double>(sums_.size()); }

    Size stride() const noexcept { return stride_; }
    // Entry (i, j), i >= j, of matrix q.
    double operator()(Size q, Size i, Size j) const noexcept {
        return sums_[(triangle(i) + j) * stride_ + q];
    }
    // [pairs][stride]; nothing is left behind.
    Buffer<double> take_pairs() noexcept { return std::move(sums_); }

  private:
    Size inputs_ = 0, pairs_ = 0, stride_ = 0;
    Size pairs_per_part_ = 0, parts_ = 0;
    Buffer<double> sums_;  // [pairs][stride]
};

}  // namespace tepui
