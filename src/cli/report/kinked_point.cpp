// A point of a network of ReLU-like neurons with several outputs, output biases or skip connections. Splits
// of its neurons are points of wider networks, and are judged as such; under weight decay by daughters of the
// same decay.
#include "cli/report/fit.hpp"
#include "cli/report/point.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

using SeveralOutputsHandle = std::unique_ptr<tepui_several_outputs, Destroyer<tepui_several_outputs_destroy>>;

void judge_split(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                 std::size_t neuron, const std::vector<double>& gamma, const PointRequest& asked,
                 Point& point) {
    tepui_network* wide = nullptr;
    const auto split_as = asked.decayed ? tepui_split_homogeneous : tepui_split;
    require(context, split_as(context, network, std::int64_t(neuron), std::int64_t(gamma.size()),
                              gamma.data(), &wide));
    const NetworkHandle owner(wide);
    tepui_several_outputs* raw = nullptr;
    require(context, tepui_classify_directional_model(context, dataset, wide, nullptr, nullptr, &raw));
    const SeveralOutputsHandle verdict(raw);
    const Json report = told(context, tepui_several_outputs_report, raw);
    Json split = {{"gamma", gamma}};
    for (const char* name : {"verdict", "rule", "reason", "deciding_neuron", "witness"})
        split[name] = report[name];
    Json& splits = point.json["neurons"][neuron]["splits"];
    if (splits.is_null()) splits = Json::array();
    splits.push_back(std::move(split));
    keep_way(context, asked, tepui_several_outputs_witness(raw), splits.back(),
             "_neuron_" + std::to_string(neuron) + "_split_" + std::to_string(splits.size()), point);
}

}  // namespace

Point judge_kinked_model(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                         const PointRequest& asked, Timings& timings) {
    require_no_smoothness(asked);
    const SplitRequest& splits = asked.splits;
    Point point;
    tepui_several_outputs* raw = nullptr;
    const tepui_status status =
        tepui_classify_directional_model(context, dataset, network, nullptr, nullptr, &raw);
    if (status == TEPUI_ERROR_UNSUPPORTED && splits.gammas.empty()) {
        point.json = unjudged_json(context, dataset, network, tepui_context_message(context));
        return point;
    }
    require(context, status);
    const SeveralOutputsHandle verdict(raw);
    const Json report = told(context, tepui_several_outputs_report, raw);
    const Json weights = unjudged_json(context, dataset, network, "");  // as every point shows them
    point.json = {{"loss", report["loss"]},
                  {"stationarity_tolerance", weights["stationarity_tolerance"]},
                  {"kink_tolerance", report["kink_tolerance"]},
                  {"outputs", tepui_network_outputs(network)},
                  {"stationary", report["verdict"] != "not_stationary"},
                  {"verdict", report["verdict"]},
                  {"global", report["rule"] == "zero_loss" || report["rule"] == "dual_minimum"}};
    for (const char* name : {"rule", "reason", "deciding_neuron", "face", "witness", "neurons"})
        point.json[name] = report[name];
    for (const char* name : {"W", "a", "b", "C"})
        if (weights.contains(name)) point.json[name] = weights[name];
    keep_way(context, asked, tepui_several_outputs_witness(raw), point.json, "", point);
    for (std::size_t i = 0; i < point.json["neurons"].size() && point.stationary(); ++i)
        for (std::size_t j = 0; j < splits.gammas.size() && splits.asks_for(std::int64_t(i)); ++j)
            judge_split(context, dataset, network, i, splits.gammas[j], asked, point);
    timings.add("directional derivatives");
    return point;
}

}  // namespace tepui::cli
