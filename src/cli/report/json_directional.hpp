#pragma once
#include "cli/report/report_json.hpp"

namespace tepui::cli {

// What a point of a ReLU-like network has in place of gradient, Hessian and inner Hessians.
void add_directional(const PointReport& point, Json& json);

}  // namespace tepui::cli
