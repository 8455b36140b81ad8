// From the library's result objects to plain report data.
#pragma once
#include "cli/options/split_text.hpp"
#include "cli/report/report.hpp"
#include "cli/report/timings.hpp"
#include "cli/support/handles.hpp"

namespace tepui::cli {

// In what the network at the end of a way down is told: the data's inputs, and the verdict whose analysis the
// way belongs to (null: it is told in these inputs already).
struct WayFrame {
    std::int64_t inputs = 0;
    const tepui_network_verdict* verdict = nullptr;
};

// The point without its analysis.
PointReport describe_network(const tepui_network* network);

// The point with its analysis. frame: of ways down, if they are asked for.
PointReport describe_analysis(tepui_context* context, const tepui_network* network,
                              const tepui_analysis* analysis, const WayFrame& frame = {});

// Splits to judge: each gamma of the given neuron (from 0), or of every neuron when it is -1; those of the
// list all at once.
struct SplitRequest {
    std::vector<std::vector<double>> gammas;
    std::int64_t neuron = -1;
    std::vector<AskedSplit> at_once;
};

// Classifies the network. Hessian, neurons and splits are those of the reduced network, in the space that the
// inputs span; `asked` numbers the given neurons. certify: prove it. ways: keep where the ways down lead.
struct PointRequest {
    SplitRequest splits;
    bool certify = false;
    bool ways = false;
};
PointReport analyse_point(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                          const PointRequest& asked, Timings& timings);

// The verdict on one split.
SplitReport judge_split(tepui_context* context, const tepui_analysis* analysis, std::int64_t neuron,
                        const std::vector<double>& gamma);
// The verdicts on many splits of one neuron, each alone.
std::vector<SplitReport> judge_each_split(tepui_context* context, const tepui_analysis* analysis,
                                          std::int64_t neuron,
                                          const std::vector<std::vector<double>>& gammas);

WitnessReport describe_witness(const tepui_witness* witness);
// The same with the network at its end. split: coefficients for each neuron that is split on the way.
WitnessReport describe_way(tepui_context* context, const tepui_witness* witness, const WayFrame& frame,
                           const std::vector<AskedSplit>& splits = {});

SplitReport describe_split(tepui_context* context, const tepui_split_verdict* verdict,
                           const std::vector<double>& gamma);

StartReport describe_start(tepui_context* context, const tepui_solution* solution, std::int64_t index);
SearchInputs describe_search_inputs(tepui_context* context, const tepui_solution* solution);

}  // namespace tepui::cli
