// Sizes are int64_t everywhere; every product of two sizes that becomes an allocation is checked.
#pragma once

#include <cstdint>

#include "core/error.hpp"

namespace tepui {

using Size = std::int64_t;

inline Size checked_product(Size a, Size b) {
    Size product = 0;
    if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product) || product > (INT64_MAX >> 4)) {
        throw Error(Status::invalid_size, "size overflow: " + std::to_string(a) + " * " + std::to_string(b));
    }
    return product;
}

inline Size checked_sum(Size a, Size b) {
    Size sum = 0;
    if (a < 0 || b < 0 || __builtin_add_overflow(a, b, &sum) || sum > (INT64_MAX >> 4)) {
        throw Error(Status::invalid_size, "size overflow: " + std::to_string(a) + " + " + std::to_string(b));
    }
    return sum;
}

constexpr Size round_up(Size value, Size multiple) {
    return (value + multiple - 1) / multiple * multiple;
}
constexpr Size triangle(Size d) {
    return d * (d + 1) / 2;
}
// Entry (i, j) of a symmetric matrix that is kept as its lower triangle, row by row.
constexpr Size packed_index(Size i, Size j) {
    return i >= j ? triangle(i) + j : triangle(j) + i;
}

}  // namespace tepui
