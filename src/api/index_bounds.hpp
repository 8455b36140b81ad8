// Bounds of Morse index and nullity as callers get them.
#pragma once

#include <cstdint>

#include "classification/spectrum/index_bounds.hpp"

namespace tepui::api {

// -1: not known.
inline std::int64_t known_count(const CountBounds& count) {
    return count.known() ? count.least : -1;
}

// Any pointer may be null.
inline void give_bounds(const IndexBounds& bounds, std::int64_t* index_least, std::int64_t* index_most,
                        std::int64_t* nullity_least, std::int64_t* nullity_most) {
    if (index_least != nullptr) *index_least = bounds.morse_index.least;
    if (index_most != nullptr) *index_most = bounds.morse_index.most;
    if (nullity_least != nullptr) *nullity_least = bounds.nullity.least;
    if (nullity_most != nullptr) *nullity_most = bounds.nullity.most;
}

}  // namespace tepui::api
