// Points of networks of any layout, loss and weight decay.
#include "cli/report/fit.hpp"
#include "cli/report/model_verdict.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

using LayerSplitHandle = std::unique_ptr<tepui_layer_split, Destroyer<tepui_layer_split_destroy>>;

}  // namespace

ModelVerdictHandle model_split(tepui_context* context, const tepui_dataset* dataset,
                               const tepui_model_verdict* verdict, const SplitArrays& splits) {
    tepui_model_verdict* raw = nullptr;
    require(context,
            tepui_classify_model_splits(context, dataset, verdict, splits.count(), splits.neurons.data(),
                                        splits.offsets.data(), splits.gammas.data(), &raw));
    return ModelVerdictHandle(raw);
}

Json layer_split_json(tepui_context* context, const tepui_model_verdict* verdict, std::int64_t neuron,
                      const std::vector<double>& gamma) {
    tepui_layer_split* raw = nullptr;
    require(context, tepui_classify_layer_split(context, tepui_model_verdict_layer(verdict), neuron,
                                                std::int64_t(gamma.size()), gamma.data(), &raw));
    const LayerSplitHandle split(raw);
    return told(context, tepui_layer_split_report, raw);
}

namespace {

// A point whose splits are judged.
struct Splitting {
    tepui_context* context;
    const tepui_dataset* dataset;
    const tepui_model_verdict* verdict;
    const PointRequest& asked;
    Point& point;

    void judge(std::int64_t neuron, const std::vector<double>& gamma) {
        SplitArrays one;
        one.add(neuron, gamma);
        const ModelVerdictHandle split = model_split(context, dataset, verdict, one);
        Json json = layer_split_json(context, verdict, neuron, gamma);
        json["witness"] = told(context, tepui_model_verdict_report, split.get())["witness"];
        Json& reports = point.json["neurons"][std::size_t(neuron)]["splits"];
        if (reports.is_null()) reports = Json::array();
        reports.push_back(std::move(json));
        keep_way(context, asked, tepui_model_verdict_witness(split.get()), reports.back(),
                 "_neuron_" + std::to_string(neuron) + "_split_" + std::to_string(reports.size()), point);
    }
    void judge(const std::vector<AskedSplit>& at_once) {
        SplitArrays all;
        Json parts = Json::array();
        for (const AskedSplit& split : at_once) {
            all.add(split.neuron, split.gamma);
            Json part = layer_split_json(context, verdict, split.neuron, split.gamma);
            parts.push_back(
                {{"neuron", split.neuron}, {"gamma", part["gamma"]}, {"verdict_alone", part["verdict"]}});
        }
        const ModelVerdictHandle split = model_split(context, dataset, verdict, all);
        const Json whole = told(context, tepui_model_verdict_report, split.get());
        Json json;
        for (const char* name : {"verdict", "rule", "reason", "witness"}) json[name] = whole[name];
        for (const char* name : {"morse_index", "morse_index_bounds", "nullity", "nullity_bounds"})
            json[name] = whole["whole"][name];
        json["parts"] = std::move(parts);
        add_before_parameters(point.json, "split_at_once", std::move(json));
        keep_way(context, asked, tepui_model_verdict_witness(split.get()), point.json["split_at_once"],
                 "_splits", point);
    }
    void judge(const SplitRequest& splits) {
        for (const std::vector<double>& gamma : splits.gammas)
            for (std::size_t i = 0; i < point.json["neurons"].size(); ++i)
                if (splits.asks_for(std::int64_t(i))) judge(std::int64_t(i), gamma);
        if (!splits.at_once.empty()) judge(splits.at_once);
    }
};

}  // namespace

Point judge_model(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                  const PointRequest& asked, Timings& timings) {
    const bool splits_asked = !asked.splits.gammas.empty() || !asked.splits.at_once.empty();
    Point point;
    tepui_model_verdict* raw = nullptr;
    const tepui_status status = tepui_classify_model(context, dataset, network, &raw);
    if (status == TEPUI_ERROR_UNSUPPORTED && !splits_asked) {
        const std::string reason = tepui_context_message(context);
        point.json = unjudged_json(context, dataset, network, reason);
        if (asked.certify) add_before_parameters(point.json, "certificate", uncertified_json(reason, false));
    } else {
        require(context, status);
        const ModelVerdictHandle verdict(raw);
        point.json = told(context, tepui_model_verdict_report, raw);
        keep_way(context, asked, tepui_model_verdict_witness(raw), point.json, "", point);
        const bool reduced = point.stationary() && point.json["neurons_of"] == "reduced_network";
        const SplitRequest splits =
            reduced ? of_distinct_neurons(point.json["whole"], asked.splits) : asked.splits;
        if (splits_asked && point.stationary()) Splitting{context, dataset, raw, asked, point}.judge(splits);
        timings.add("verdict");
        if (!asked.certify) return point;
        const auto make = [&](tepui_certificate** made) {
            return tepui_certify_model(context, dataset, raw, made);
        };
        add_before_parameters(point.json, "certificate",
                              certify_point(context, make, reduced ? &point.json["whole"] : nullptr, splits));
        timings.add("certificate");
        return point;
    }
    timings.add("verdict");
    return point;
}

}  // namespace tepui::cli
