// Dot products of sample rows, summed in an order that depends on the length alone.
#pragma once

#include <cmath>

#include "core/sizes.hpp"

namespace tepui {

namespace detail {

// term(k) summed in eight interleaved partial sums.
template <class Term>
double sum_terms(Size count, Term&& term) {
    double lane[8] = {};
    Size k = 0;
    for (; k + 8 <= count; k += 8) {
        for (Size l = 0; l < 8; ++l) lane[l] += term(k + l);
    }
    for (; k < count; ++k) lane[k & 7] += term(k);
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

}  // namespace detail

inline double dot(Size count, const double* a, const double* b) {
    return detail::sum_terms(count, [=](Size k) { return a[k] * b[k]; });
}
inline double absolute_dot(Size count, const double* a, const double* b) {
    return detail::sum_terms(count, [=](Size k) { return std::abs(a[k] * b[k]); });
}

}  // namespace tepui
