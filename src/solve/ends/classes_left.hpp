// The classes that each sample still sees where others are left behind without bound (MATH.md section 13).
#pragma once

#include <vector>

#include "classification/infinity/end_verdict.hpp"
#include "network/data/dataset.hpp"

namespace tepui {

struct ClassesLeft {
    Size classes = 0;
    std::vector<bool> of;  // [samples][classes]

    ClassesLeft() = default;
    ClassesLeft(Size samples, Size classes_)
        : classes(classes_), of(static_cast<std::size_t>(samples * classes_), true) {}

    Size samples() const noexcept { return classes > 0 ? Size(of.size()) / classes : 0; }
    bool at(Size k, Size o) const { return of[static_cast<std::size_t>(k * classes + o)]; }
    void leave(Size k, Size o) { of[static_cast<std::size_t>(k * classes + o)] = false; }
    void take_back(Size k, Size o) { of[static_cast<std::size_t>(k * classes + o)] = true; }
    Size count(Size k) const;
    // One class alone is no loss.
    bool counts(Size k) const { return count(k) > 1; }
    // All classes of its group, each group having a number.
    bool sees_group(Size k, const std::vector<Size>& group) const;
    bool operator==(const ClassesLeft&) const = default;
};

// Those that an end without contacts leaves.
ClassesLeft classes_left(const Dataset& data, const EndReport& end);

}  // namespace tepui
