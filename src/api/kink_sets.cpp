#include "api/kink_sets.hpp"

#include "api/checks.hpp"

namespace tepui::api {
namespace {

[[noreturn]] void refuse(const char* array, Size index, std::int64_t value, const std::string& expected) {
    throw Error(Status::invalid_value,
                element(array, index) + " is " + std::to_string(value) + ", " + expected + " is expected");
}

// No neuron has more kinks than there are samples.
void require_offsets(const std::int64_t* offsets, Size width, Size count) {
    if (offsets[0] != 0) refuse("kink_offsets", 0, offsets[0], "0");
    for (Size i = 0; i < width; ++i) {
        if (offsets[i + 1] < offsets[i])
            refuse("kink_offsets", i + 1, offsets[i + 1], "at least " + std::to_string(offsets[i]));
        if (offsets[i + 1] - offsets[i] > count) {
            refuse("kink_offsets", i + 1, offsets[i + 1],
                   "at most " + std::to_string(offsets[i]) + " + n = " + std::to_string(offsets[i] + count));
        }
    }
}

}  // namespace

KinkSets kink_sets(const std::int64_t* offsets, const std::int64_t* samples, Size width, Size count) {
    require_offsets(offsets, width, count);
    if (offsets[width] > 0) require_pointer(samples, "kink_samples");
    KinkSets sets(static_cast<std::size_t>(width));
    for (Size i = 0; i < width; ++i) {
        for (Size s = offsets[i]; s < offsets[i + 1]; ++s) {
            const Size lower = s == offsets[i] ? 0 : samples[s - 1] + 1;
            if (samples[s] < lower || samples[s] >= count) {
                refuse("kink_samples", s, samples[s],
                       "a number from " + std::to_string(lower) + " below n = " + std::to_string(count) +
                           ", ascending within each neuron,");
            }
        }
        if (samples != nullptr)
            sets[static_cast<std::size_t>(i)].assign(samples + offsets[i], samples + offsets[i + 1]);
    }
    return sets;
}

}  // namespace tepui::api
