// All sums of an accumulator in one flat buffer: adding another's, testing them for finite numbers and
// sending them elsewhere need not know what they are.
#pragma once

#include <algorithm>
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
        for (Size l = 0; l < count; ++l) others_.push_back({begin + 2 * l, true});
        return begin;
    }
    // For the largest of numbers >= 0.
    Size reserve_largest() {
        const Size at = reserve(1);
        others_.push_back({at, false});
        return at;
    }
    // The sums are 0 then, unless they are open already.
    void open() {
        if (values_.size() != size_) values_ = Buffer<double>(size_);
    }

    void clear() { values_.fill(0.0); }

    Size size() const noexcept { return size_; }
    double* at(Size begin) noexcept { return values_.data() + begin; }
    const double* at(Size begin) const noexcept { return values_.data() + begin; }
    CompensatedSum compensated(Size at) const noexcept { return CompensatedSum::read(values_.data() + at); }

    // Adds sums of the same shape.
    void add(const SumBuffer& other) noexcept { add_values(values_.data(), other.values_.data(), 0, size_); }
    // The same for sums that were taken out, [begin, end) of them; both multiples of kAlignedSums, or the
    // end.
    void add_values(double* to, const double* from, Size begin, Size end) const noexcept {
        Size at = begin;
        const auto first = std::lower_bound(others_.begin(), others_.end(), begin,
                                            [](const Other& other, Size place) { return other.at < place; });
        for (auto other = first; other != others_.end() && other->at < end; ++other) {
            add_plain(to, from, at, other->at);
            at = other->at + (other->compensated ? 2 : 1);
            if (other->compensated) {
                CompensatedSum sum = CompensatedSum::read(to + other->at);
                sum.add(CompensatedSum::read(from + other->at));
                sum.write(to + other->at);
            } else {
                to[other->at] = std::max(to[other->at], from[other->at]);
            }
        }
        add_plain(to, from, at, end);
    }
    // Nothing is left behind.
    Buffer<double> take() noexcept { return std::move(values_); }
    // Others in their place; both of this size.
    void exchange(Buffer<double>& values) noexcept { std::swap(values_, values); }

    static constexpr Size kAlignedSums = kAlignment / static_cast<Size>(sizeof(double));

  private:
    struct Other {  // what is not plainly added
        Size at;
        bool compensated;
    };
    static void add_plain(double* to, const double* from, Size begin, Size end) noexcept {
        for (Size at = begin; at < end; ++at) to[at] += from[at];
    }

    Size size_ = 0;
    std::vector<Other> others_;  // ascending
    Buffer<double> values_;
};

// Throws Error(numeric) with the message unless all values are finite.
inline void require_finite(std::span<const double> values, const char* message) {
    double vanishes = 0.0;
    for (const double value : values) vanishes += 0.0 * value;
    if (vanishes != 0.0) throw Error(Status::numeric, message);
}

}  // namespace tepui
