#pragma once
#include "cli/report/collect.hpp"

namespace tepui::cli {

// Classifies a point of a ReLU-like network and the splits asked for; none: the activation is not ReLU-like.
std::optional<PointReport> judge_directional(tepui_context* context, const tepui_dataset* dataset,
                                             const tepui_network* network, const PointRequest& asked,
                                             Timings& timings);

}  // namespace tepui::cli
