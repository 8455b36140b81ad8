// Data, activations and progress of the caller's own in random sequences of calls.
#pragma once
#include <array>
#include <cmath>
#include <cstdint>

namespace tepui::test {

// How a callback of the caller's behaves.
inline constexpr int good = 0, failing = 1, not_a_number = 2;
inline constexpr std::array<int, 3> behaviours{good, failing, not_a_number};

inline void* behaviour(std::uint8_t byte) {
    return const_cast<int*>(&behaviours[byte < 248 ? 0 : byte % 3]);
}

inline std::int32_t custom_tanh(void* user, std::int64_t count, const double* z, double* value, double* first,
                                double* second, double* third) {
    const int how = *static_cast<const int*>(user);
    for (std::int64_t l = 0; l < count; ++l) {
        const double t = how == not_a_number ? std::nan("") : std::tanh(z[l]), slope = 1.0 - t * t;
        if (value != nullptr) value[l] = t;
        if (first != nullptr) first[l] = slope;
        if (second != nullptr) second[l] = -2.0 * t * slope;
        if (third != nullptr) third[l] = slope * (6.0 * t * t - 2.0);
    }
    return how == failing ? 1 : 0;
}

// Samples of two columns.
inline std::int32_t fill(void* user, std::int64_t first, std::int64_t count, double* x, double* y,
                         double* weights) {
    const int how = *static_cast<const int*>(user);
    for (std::int64_t l = 0; l < count; ++l) {
        const double t = double(first + l) * 0.7 - 1.0;
        if (x != nullptr) x[2 * l] = t;
        if (x != nullptr) x[2 * l + 1] = how == not_a_number ? std::nan("") : t * t - 0.5;
        if (y != nullptr) y[l] = std::sin(t);
        if (weights != nullptr) weights[l] = 1.0 + 0.25 * double(l % 3);
    }
    return how == failing ? 1 : 0;
}

inline std::int32_t cancel(void*, const char*, double) {
    return 1;
}

}  // namespace tepui::test
