// The parts of an accumulator that is made of others: theirs, one after the other.
#pragma once

#include <algorithm>

#include "core/sizes.hpp"

namespace tepui {

class PartRange {
  public:
    PartRange(Size begin, Size end) : begin_(begin), end_(end) {}

    // add(from, to) with what of [begin, end) lies in the next `parts` ones, counted from their first.
    template <class Add>
    void take(Size parts, Add&& add) {
        const Size from = std::max(begin_, first_) - first_;
        const Size to = std::min(end_, first_ + parts) - first_;
        if (from < to) add(from, to);
        first_ += parts;
    }

  private:
    Size begin_, end_, first_ = 0;
};

}  // namespace tepui
