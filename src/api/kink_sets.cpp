#include "api/kink_sets.hpp"

#include "api/checks.hpp"

namespace tepui::api {

KinkSets kink_sets(const std::int64_t* offsets, const std::int64_t* samples, Size width) {
    KinkSets sets(static_cast<std::size_t>(width));
    if (offsets[0] != 0) {
        throw Error(Status::invalid_value,
                    "kink_offsets[0] is " + std::to_string(offsets[0]) + ", 0 is expected");
    }
    for (Size i = 0; i < width; ++i) {
        if (offsets[i + 1] < offsets[i]) {
            throw Error(Status::invalid_value, "kink_offsets[" + std::to_string(i + 1) + "] is " +
                                                   std::to_string(offsets[i + 1]) + ", at least " +
                                                   std::to_string(offsets[i]) + " is expected");
        }
        if (offsets[i + 1] > offsets[i]) require_pointer(samples, "kink_samples");
        if (samples == nullptr) continue;
        sets[static_cast<std::size_t>(i)].assign(samples + offsets[i], samples + offsets[i + 1]);
    }
    return sets;
}

}  // namespace tepui::api
