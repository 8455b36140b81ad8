#include "classification/spectrum/index_bounds.hpp"

#include <algorithm>

namespace tepui {

SignCounts sign_counts(const SpectralReport& spectrum, Size order, Size explained_zeros) {
    SignCounts counts;
    counts.negative = spectrum.inertia.negative;
    counts.positive = spectrum.inertia.positive;
    if (spectrum.counted) {
        if (!spectrum.clear()) {  // those that another order of summation might count as zero
            counts.negative -= spectrum.near_negative;
            counts.positive -= spectrum.near_positive;
        }
        // Zeros beyond rounding may hide one that is none; which they are is not known then.
        if (spectrum.zero_level <= 0.5) counts.zero = std::min(explained_zeros, spectrum.inertia.zero);
    }
    counts.open = order - counts.negative - counts.zero - counts.positive;
    return counts;
}

IndexBounds within(const IndexBounds& bounds, Size order, bool minimum) {
    const auto cut = [](const CountBounds& count, Size most) {
        return CountBounds{std::clamp(count.least, Size{0}, most), std::clamp(count.most, Size{0}, most)};
    };
    return {cut(bounds.morse_index, minimum ? 0 : order), cut(bounds.nullity, order)};
}

}  // namespace tepui
