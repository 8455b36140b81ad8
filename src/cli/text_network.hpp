// What the report says of the network as a whole.
#pragma once
#include "report.hpp"

namespace tepui::cli {

// Rank of the inputs, groups of equal neurons, Morse index; lines of the point's head.
std::string whole_text(const PointReport& point);
std::string joint_split_text(const PointReport& point);

}  // namespace tepui::cli
