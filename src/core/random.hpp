// Counter-based random numbers (SplitMix64 finaliser over seed, stream and counter): the same seed gives the
// same numbers on every machine and for every thread count.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace tepui {

class Random {
  public:
    Random(std::uint64_t seed, std::uint64_t stream) noexcept : key_(mix(seed + kStep * (stream + 1))) {}

    std::uint64_t bits() noexcept { return mix(key_ + kStep * ++counter_); }
    // In (0, 1): never 0, so that its logarithm is finite.
    double uniform() noexcept { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
    double normal() noexcept {
        const double radius = std::sqrt(-2.0 * std::log(uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

  private:
    static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15u;
    static std::uint64_t mix(std::uint64_t z) noexcept {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    std::uint64_t key_;
    std::uint64_t counter_ = 0;
};

}  // namespace tepui
