// Points of networks of any layout, loss and weight decay.
#include "cli/report/fit.hpp"
#include "cli/report/point.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

using ModelVerdictHandle = std::unique_ptr<tepui_model_verdict, Destroyer<tepui_model_verdict_destroy>>;
using LayerSplitHandle = std::unique_ptr<tepui_layer_split, Destroyer<tepui_layer_split_destroy>>;

void judge_split(tepui_context* context, const tepui_layer* layer, std::size_t neuron,
                 const std::vector<double>& gamma, Json& neurons) {
    tepui_layer_split* raw = nullptr;
    require(context, tepui_classify_layer_split(context, layer, std::int64_t(neuron),
                                                std::int64_t(gamma.size()), gamma.data(), &raw));
    const LayerSplitHandle split(raw);
    Json& reports = neurons[neuron]["splits"];
    if (reports.is_null()) reports = Json::array();
    reports.push_back(told(context, tepui_layer_split_report, raw));
}

// Each --split by itself: there is no verdict on several at once.
void judge_splits(tepui_context* context, const tepui_model_verdict* verdict, const SplitRequest& asked,
                  Json& point) {
    const tepui_layer* layer = tepui_model_verdict_layer(verdict);
    Json& neurons = point["neurons"];
    for (const std::vector<double>& gamma : asked.gammas)
        for (std::size_t i = 0; i < neurons.size(); ++i)
            if (asked.asks_for(std::int64_t(i))) judge_split(context, layer, i, gamma, neurons);
    for (const AskedSplit& split : asked.at_once)
        judge_split(context, layer, std::size_t(split.neuron), split.gamma, neurons);
}

void require_judged(const PointRequest& asked) {
    if (asked.certify)
        throw UserError(
            "--certify: certificates are of networks of one output and the squared loss, without output "
            "biases, "
            "skip connections and weight decay, as yet");
    if (asked.splits.at_once.size() > 1)
        throw UserError(
            "--split: splits of several neurons at once are judged for networks of one output and the "
            "squared loss "
            "alone as yet; give one of them");
}

}  // namespace

Point judge_model(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                  const PointRequest& asked, Timings& timings) {
    require_judged(asked);
    const bool splits_asked = !asked.splits.gammas.empty() || !asked.splits.at_once.empty();
    Point point;
    tepui_model_verdict* raw = nullptr;
    const tepui_status status = tepui_classify_model(context, dataset, network, &raw);
    if (status == TEPUI_ERROR_UNSUPPORTED && !splits_asked) {
        point.json = unjudged_json(context, dataset, network, tepui_context_message(context));
    } else {
        require(context, status);
        const ModelVerdictHandle verdict(raw);
        point.json = told(context, tepui_model_verdict_report, raw);
        keep_way(context, asked, tepui_model_verdict_witness(raw), point.json, "", point);
        if (splits_asked && point.stationary()) {
            const bool reduced = point.json["neurons_of"] == "reduced_network";
            judge_splits(context, raw,
                         reduced ? of_distinct_neurons(point.json["whole"], asked.splits) : asked.splits,
                         point.json);
        }
    }
    timings.add("verdict");
    return point;
}

}  // namespace tepui::cli
