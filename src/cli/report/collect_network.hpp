// The verdict on a whole network, and on several splits at once, as plain report data.
#pragma once
#include "cli/options/split_text.hpp"
#include "cli/report/report.hpp"
#include "cli/support/handles.hpp"

namespace tepui::cli {

struct SplitRequest;
struct WayFrame;

WholeReport describe_whole(tepui_context* context, const tepui_network_verdict* verdict);

// The neuron of the reduced network that a given neuron, named by this option, is part of. Refuses those that
// add nothing.
std::int64_t distinct_neuron(const WholeReport& whole, const std::string& option, std::int64_t neuron);

// Splits asked for by the numbers of given neurons, as splits of the reduced network's.
SplitRequest of_distinct_neurons(const WholeReport& whole, const SplitRequest& asked);

JointSplitReport judge_splits(tepui_context* context, const tepui_analysis* analysis,
                              const std::vector<AskedSplit>& splits, const WayFrame& frame);

}  // namespace tepui::cli
