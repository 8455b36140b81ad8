// A way down, as the library measured it.
#pragma once
#include <cstdint>
#include <vector>

namespace tepui::cli {

struct WitnessReport {
    std::int32_t order = 0;
    double coefficient = 0.0;
    double epsilon = 0.0;
    double predicted = 0.0;
    double measured = 0.0;
    double measured_error = 0.0;
    // Where the step leads, when asked for: the network there, W row by row and then a, and how far it is per
    // unit of epsilon. Of a split's way down it is the split network. Empty where samples that are
    // set apart cannot be kept fitted there.
    std::int64_t width = 0, inputs = 0;
    std::vector<double> network, direction;
};

}  // namespace tepui::cli
