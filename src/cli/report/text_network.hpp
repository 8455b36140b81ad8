// What the report says of the network as a whole.
#pragma once
#include "cli/report/report.hpp"

namespace tepui::cli {

// What the network was reduced to before it was judged: the space of the inputs, groups of equal neurons.
// inputs: of the data.
std::string where_text(const PointReport& point, std::int64_t inputs);
// The same with the Morse index: lines of the point's head.
std::string whole_text(const PointReport& point);
// The number of a neuron, or those of the given ones that one of a reduced network stands for.
std::string neuron_label(const PointReport& point, std::size_t i);

std::string joint_split_text(const PointReport& point);

}  // namespace tepui::cli
