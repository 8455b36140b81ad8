// The verdict on a whole network, and on several splits at once, as plain report data.
#pragma once
#include "handles.hpp"
#include "report.hpp"
#include "split_text.hpp"

namespace tepui::cli {

struct SplitRequest;

WholeReport describe_whole(tepui_context* context, const tepui_network_verdict* verdict);

// The neuron of the reduced network that a given neuron, named by this option, is part of. Refuses those that
// add nothing.
std::int64_t distinct_neuron(const WholeReport& whole, const std::string& option, std::int64_t neuron);

// Splits asked for by the numbers of given neurons, as splits of the reduced network's.
SplitRequest of_distinct_neurons(const WholeReport& whole, const SplitRequest& asked);

JointSplitReport judge_splits(tepui_context* context, const tepui_analysis* analysis,
                              const std::vector<AskedSplit>& splits);

}  // namespace tepui::cli
