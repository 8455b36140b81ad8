#include "solve/ends/classes_left.hpp"

#include <algorithm>
#include <cmath>

namespace tepui {
namespace {

constexpr double kMoves = 1e-9;  // of the largest output of a motion: less is rounding

}  // namespace

Size ClassesLeft::count(Size k) const {
    const auto first = of.begin() + k * classes;
    return Size(std::count(first, first + classes, true));
}

bool ClassesLeft::sees_group(Size k, const std::vector<Size>& group) const {
    for (Size o = 0; o < classes; ++o)
        if (at(k, o)) return count(k) == std::count(group.begin(), group.end(), group[std::size_t(o)]);
    return false;
}

ClassesLeft classes_left(const Dataset& data, const EndReport& end) {
    const Size outputs = end.limit.output_count;
    const std::vector<Size>& group = end.separation->group;
    ClassesLeft left(data.samples(), Size(group.size()));
    const std::optional<std::vector<Size>> classes = classes_of(data);
    if (!classes) return left;
    const Buffer<double> growth =
        outputs_along(data, end.limit, end.separation->direction, end.separation->hidden).f;
    double largest = 0.0;
    for (const double of : growth.span()) largest = std::max(largest, std::abs(of));
    const auto grown = [&](Size k, Size o) {
        return outputs > 1 ? growth[k * outputs + o] : o == 1 ? growth[k] : 0.0;
    };
    for (Size k = 0; k < data.samples(); ++k) {
        const Size label = (*classes)[std::size_t(k)];
        for (Size o = 0; o < left.classes && label >= 0; ++o) {
            const bool same = group[std::size_t(o)] == group[std::size_t(label)];
            if (o != label && (!same || grown(k, label) - grown(k, o) > kMoves * largest)) left.leave(k, o);
        }
    }
    return left;
}

}  // namespace tepui
