// The verdict on a whole network, and on several splits at once, as plain report data.
#pragma once
#include "handles.hpp"
#include "report.hpp"
#include "split_text.hpp"

namespace tepui::cli {

WholeReport describe_whole(tepui_context* context, const tepui_network_verdict* verdict);

JointSplitReport judge_splits(tepui_context* context, const tepui_analysis* analysis,
                              const std::vector<AskedSplit>& splits);

}  // namespace tepui::cli
