// From the library's result objects to plain report data.
#pragma once
#include "handles.hpp"
#include "report.hpp"
#include "timings.hpp"

namespace tepui::cli {

// The point without its analysis.
PointReport describe_network(const tepui_network* network);

// The point with its analysis.
PointReport describe_analysis(tepui_context* context, const tepui_network* network,
                              const tepui_analysis* analysis);

// Analyses the network; gammas: splits to judge of the given neuron (from 0), or of each when it is -1.
PointReport analyse_point(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                          const std::vector<std::vector<double>>& gammas, std::int64_t neuron,
                          Timings& timings);

// The verdict on one split.
SplitReport judge_split(tepui_context* context, const tepui_analysis* analysis, std::int64_t neuron,
                        const std::vector<double>& gamma);

StartReport describe_start(tepui_context* context, const tepui_solution* solution, std::int64_t index);

}  // namespace tepui::cli
