// The fastest composition of an activation that this machine offers.
#pragma once

#include <string>

#include "bench_activation_rivals.hpp"

namespace tepui::bench {

// Measured once, at first use.
const Rival& fastest_rival(const std::string& activation);

}  // namespace tepui::bench
