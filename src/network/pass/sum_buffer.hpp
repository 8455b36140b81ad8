// All sums of an accumulator in one flat buffer: adding another's, testing them for finite numbers and
// sending them elsewhere need not know what they are.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "core/buffer.hpp"
#include "core/compensated.hpp"

namespace tepui {

class SumBuffer {
  public:
    // Room for more sums; returns where they begin. Before open().
    Size reserve(Size count) {
        const Size begin = size_;
        size_ = round_up(checked_sum(size_, count), kAlignedSums);
        return begin;
    }
    // For compensated sums, two numbers each.
    Size reserve_compensated(Size count) {
        const Size begin = reserve(checked_product(2, count));
        for (Size l = 0; l < count; ++l) compensated_.push_back(begin + 2 * l);
        return begin;
    }
    // The sums are 0 then, unless they are open already.
    void open() {
        if (values_.size() != size_) values_ = Buffer<double>(size_);
    }

    void clear() { values_.fill(0.0); }

    double* at(Size begin) noexcept { return values_.data() + begin; }
    const double* at(Size begin) const noexcept { return values_.data() + begin; }
    CompensatedSum compensated(Size at) const noexcept { return CompensatedSum::read(values_.data() + at); }

    // Adds sums of the same shape.
    void add(const SumBuffer& other) noexcept {
        Size at = 0;
        for (const Size pair : compensated_) {
            add_plain(other, at, pair);
            CompensatedSum sum = compensated(pair);
            sum.add(other.compensated(pair));
            sum.write(values_.data() + pair);
            at = pair + 2;
        }
        add_plain(other, at, size_);
    }
    // Nothing is left behind.
    Buffer<double> take() noexcept { return std::move(values_); }

  private:
    static constexpr Size kAlignedSums = kAlignment / static_cast<Size>(sizeof(double));

    void add_plain(const SumBuffer& other, Size begin, Size end) noexcept {
        for (Size at = begin; at < end; ++at) values_[at] += other.values_[at];
    }

    Size size_ = 0;
    std::vector<Size> compensated_;  // where they are, ascending
    Buffer<double> values_;
};

// Throws Error(numeric) with the message unless all values are finite.
inline void require_finite(std::span<const double> values, const char* message) {
    double vanishes = 0.0;
    for (const double value : values) vanishes += 0.0 * value;
    if (vanishes != 0.0) throw Error(Status::numeric, message);
}

}  // namespace tepui
