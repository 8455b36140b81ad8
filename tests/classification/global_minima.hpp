// Points where psi vanishes by structure and the loss is convex in what the function can reach: class means
// on groups of equal inputs, zero loss, least squares over polynomials, half spaces of relu3. All are minima,
// global ones but for the last, and so is every split, null neuron and cancelling group. The exact points are
// made in 60 digits, rounded, and moved by up to 1e-9: none may be called a saddle, few may be left open.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "support/judged.hpp"

namespace tepui::test {

struct Tiny {
    SmallProblem narrow, wide;  // the same function; wide with what adds nothing
    std::string family;
};

std::optional<Tiny> draw_tiny(std::uint64_t seed);

}  // namespace tepui::test
