// How well a network of several outputs, or with a loss other than the squared one, fits the targets.
#pragma once
#include "cli/data/samples.hpp"
#include "cli/report/report.hpp"

namespace tepui::cli {

// {"r_squared": of each output, or null; "correct_classes", "accuracy": the share, by weight, of samples
// whose class has the largest output (one output: a positive one for the second class), or null}.
Json fit_json(tepui_context* context, const tepui_dataset* dataset, const Samples& samples,
              const tepui_network* network, const Report& report);
std::string fit_text(const Json& fit, const Report& report);

// A point that the library has no verdict on: what can be said without, and the reason.
Json unjudged_json(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                   const std::string& reason);
std::string unjudged_text(const Json& point);

}  // namespace tepui::cli
