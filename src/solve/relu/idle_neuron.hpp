// Where a neuron at w = 0 should go for a lower loss.
#pragma once

#include <optional>
#include <vector>

#include "solve/start_run.hpp"

namespace tepui {

// With a = output, the loss falls from w = 0 along `weights`.
struct FallingDirection {
    std::vector<double> weights;
    double output = 0.0;  // 1 or -1
};

// From w = 0 the loss changes along v at the rate a D(v) = a psi(v) (MATH.md section 9). The steepest of the
// directions found from random ones, which differ from trial to trial; empty when none falls beyond rounding.
std::optional<FallingDirection> falling_direction(const SolveSetting& setting, const Network& network,
                                                  std::uint64_t trial);

}  // namespace tepui
