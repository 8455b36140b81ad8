// A way down, as the library measured it.
#pragma once
#include <cstdint>

namespace tepui::cli {

struct WitnessReport {
    std::int32_t order = 0;
    double coefficient = 0.0;
    double epsilon = 0.0;
    double predicted = 0.0;
    double measured = 0.0;
    double measured_error = 0.0;
};

}  // namespace tepui::cli
