// Products and lengths of short vectors, added up in their order.
#pragma once

#include <cmath>
#include <span>

#include "core/sizes.hpp"

namespace tepui {

inline double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0.0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += a[j] * b[j];
    return sum;
}

inline double norm_of(std::span<const double> v) {
    return std::sqrt(dot(v, v));
}

// Where squares could overflow, or lose what is small.
inline double scaled_norm_of(std::span<const double> v) {
    double norm = 0.0;
    for (const double component : v) norm = std::hypot(norm, component);
    return norm;
}

}  // namespace tepui
