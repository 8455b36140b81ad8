// Verdicts on networks of any layout, loss and decay, and on their splits.
#pragma once
#include <memory>
#include <vector>

#include "cli/report/point.hpp"

namespace tepui::cli {

using ModelVerdictHandle = std::unique_ptr<tepui_model_verdict, Destroyer<tepui_model_verdict_destroy>>;

ModelVerdictHandle model_split(tepui_context* context, const tepui_dataset* dataset,
                               const tepui_model_verdict* verdict, const SplitArrays& splits);
// The layer's report on the split of one distinct neuron.
Json layer_split_json(tepui_context* context, const tepui_model_verdict* verdict, std::int64_t neuron,
                      const std::vector<double>& gamma);

}  // namespace tepui::cli
