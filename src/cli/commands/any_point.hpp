// A point of whatever network the problem is about.
#pragma once
#include "cli/report/point.hpp"
#include "cli/search/problem.hpp"

namespace tepui::cli {

// Of networks that are not plain also how they fit the targets.
Point analyse_any_point(const Problem& problem, const tepui_network* network, const PointRequest& asked,
                        const Report& report, Timings& timings);

}  // namespace tepui::cli
