// Where a neuron at w = 0 should go for a lower loss.
#pragma once

#include <optional>
#include <vector>

#include "solve/start_run.hpp"

namespace tepui {

// With a = outputs, of length 1, the loss falls from w = 0 along `weights`; under decay from w = 0, a = 0
// along both.
struct FallingDirection {
    std::vector<double> weights, outputs;
};

// From w = 0 the loss changes along v at the rate sum a_o D_o(v) = a . psi(v) (MATH.md section 9), at most by
// -|psi(v)|; under decay from w = 0, a = 0 by eps^2 (a . psi(v) + (lambda_a |a|^2 + v.Lambda v) / 2) along
// (v, a). The steepest of the directions found from random ones, which differ from trial to trial; empty when
// none falls beyond rounding.
std::optional<FallingDirection> falling_direction(const SolveSetting& setting, const Network& network,
                                                  std::uint64_t trial);

}  // namespace tepui
