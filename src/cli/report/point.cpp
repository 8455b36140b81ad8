#include "cli/report/point.hpp"

#include <algorithm>

#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

void judge_splits(tepui_context* context, const tepui_analysis* analysis, const PointRequest& asked,
                  const SplitRequest& splits, Point& point) {
    for (std::size_t i = 0; i < point.json["neurons"].size() && !splits.gammas.empty(); ++i) {
        if (!splits.asks_for(std::int64_t(i))) continue;
        Json& reports = point.json["neurons"][i]["splits"] = Json::array();
        for (const std::vector<double>& gamma : splits.gammas) {
            tepui_split_verdict* raw = nullptr;
            require(context, tepui_classify_split(context, analysis, std::int64_t(i),
                                                  std::int64_t(gamma.size()), gamma.data(), &raw));
            const SplitVerdictHandle verdict(raw);
            reports.push_back(told(context, tepui_split_verdict_report, raw));
            keep_way(context, asked, tepui_split_verdict_witness(raw), reports.back(),
                     "_neuron_" + std::to_string(i) + "_split_" + std::to_string(reports.size()), point);
        }
    }
    if (splits.at_once.empty()) return;
    SplitArrays arrays;
    for (const AskedSplit& split : splits.at_once) arrays.add(split.neuron, split.gamma);
    tepui_split_verdict* raw = nullptr;
    require(context, tepui_classify_splits(context, analysis, arrays.count(), arrays.neurons.data(),
                                           arrays.offsets.data(), arrays.gammas.data(), &raw));
    const SplitVerdictHandle verdict(raw);
    add_before_parameters(point.json, "split_at_once", told(context, tepui_split_verdict_report, raw));
    keep_way(context, asked, tepui_split_verdict_witness(raw), point.json["split_at_once"], "_splits", point);
}

void keep_escapes(tepui_context* context, const tepui_analysis* analysis, const PointRequest& asked,
                  Point& point) {
    for (std::size_t i = 0; i < point.json["neurons"].size(); ++i) {
        const Json& escape = point.json["neurons"][i]["best_escape"];
        if (escape.is_null()) continue;
        keep_way(context, asked, tepui_analysis_escape(analysis, std::int64_t(i)), escape,
                 "_neuron_" + std::to_string(i), point);
    }
}

}  // namespace

// Splits asked for by the numbers of given neurons, as splits of the reduced network's.
void require_no_smoothness(const PointRequest& asked) {
    if (!asked.splits.at_once.empty())
        throw UserError(
            "--split: several splits at once are for smooth activations; with ReLU-like ones "
            "--gamma splits one neuron at a time (--neuron says which)");
    if (asked.certify)
        throw UserError(
            "--certify: certificates are for smooth activations; relu, leaky_relu and abs "
            "are judged without (softplus, gelu and silu are smooth ones near relu)");
}

SplitRequest of_distinct_neurons(const Json& whole, const SplitRequest& asked) {
    SplitRequest splits = asked;
    if (asked.neuron >= 0) splits.neuron = distinct_neuron(whole, "--neuron", asked.neuron);
    for (std::size_t j = 0; j < asked.at_once.size(); ++j) {
        splits.at_once[j].neuron = distinct_neuron(whole, "--split", asked.at_once[j].neuron);
        for (std::size_t l = 0; l < j; ++l) {
            if (splits.at_once[l].neuron != splits.at_once[j].neuron) continue;
            throw UserError("--split " + std::to_string(asked.at_once[l].neuron) + " and " +
                            std::to_string(asked.at_once[j].neuron) +
                            ": the same neuron of the reduced network, split once");
        }
    }
    return splits;
}

std::int64_t distinct_neuron(const Json& whole, const std::string& option, std::int64_t neuron) {
    for (std::size_t g = 0; g < whole["groups"].size(); ++g) {
        const Json& group = whole["groups"][g];
        const auto& neurons = group["neurons"];
        if (std::find(neurons.begin(), neurons.end(), neuron) == neurons.end()) continue;
        if (group.value("kind", "parent") == "parent") return std::int64_t(g);
        throw UserError(option + " " + std::to_string(neuron) +
                        (group["kind"] == "null"
                             ? ": its output weight is 0"
                             : ": its output weight cancels with those of neurons of equal weights") +
                        ", so that no other neuron splits into it (tepui classify judges it)");
    }
    throw UserError(option + " " + std::to_string(neuron) + ": the network has no such neuron");
}

void SplitArrays::add(std::int64_t neuron, const std::vector<double>& gamma) {
    neurons.push_back(neuron);
    gammas.insert(gammas.end(), gamma.begin(), gamma.end());
    offsets.push_back(std::int64_t(gammas.size()));
}

void keep_way(tepui_context* context, const PointRequest& asked, const tepui_witness* witness,
              const Json& report, const std::string& stem, Point& point) {
    if (!asked.ways || witness == nullptr) return;
    tepui_network* raw = nullptr;
    const tepui_status status =
        tepui_witness_network(context, witness, real_of(report.at("witness").at("epsilon")), &raw);
    if (status == TEPUI_ERROR_NUMERIC) return;  // the samples that are set apart cannot be kept fitted there
    require(context, status);
    point.ways.push_back({stem + "_escape", NetworkHandle(raw)});
}

void add_before_parameters(Json& point, const char* name, Json value) {
    Json parameters = Json::object();
    for (const char* part : {"W", "a", "b", "C"}) {
        if (!point.contains(part)) continue;
        parameters[part] = std::move(point[part]);
        point.erase(part);
    }
    point[name] = std::move(value);
    for (auto& [part, values] : parameters.items()) point[part] = std::move(values);
}

Json numbered(Json point, std::size_t number, std::int64_t starts) {
    Json json = {{"point", number}, {"loss", point["loss"]}};
    if (starts > 0) json["starts"] = starts;
    for (auto& [name, value] : point.items()) json[name] = std::move(value);
    return json;
}

Point analyse_point(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                    const PointRequest& asked, Timings& timings) {
    if (asked.relu_like) return judge_directional(context, dataset, network, asked, timings);
    std::int64_t scope = 0;
    require(context, tepui_context_get_integer(context, TEPUI_OPTION_ANALYSIS_SCOPE, &scope));
    Point point;
    NetworkVerdictHandle whole;
    const tepui_analysis* analysis = nullptr;
    if (scope == TEPUI_SCOPE_COMPLETE) {
        tepui_network_verdict* raw = nullptr;
        require(context, tepui_classify_network(context, dataset, network, &raw));
        whole.reset(raw);
        analysis = tepui_network_verdict_analysis(raw);
        point.json = told(context, tepui_network_verdict_report, raw);
        keep_way(context, asked, tepui_network_verdict_witness(raw), point.json, "", point);
        if (analysis) timings.add_analysis(context, analysis);
    }
    AnalysisHandle given;
    if (!analysis && (!whole || point.stationary() || asked.certify)) {
        tepui_analysis* raw = nullptr;
        require(context, tepui_analyze(context, dataset, network, &raw));
        given.reset(raw);
        analysis = raw;
        timings.add_analysis(context, raw);
        Json own = told(context, tepui_analysis_report, analysis);
        if (!whole) {
            point.json = std::move(own);
            keep_way(context, asked, tepui_analysis_witness(analysis), point.json, "", point);
        } else if (point.stationary() &&
                   own.contains("neurons")) {  // no neuron of it was left to be analysed
            point.json["hessian"] = std::move(own["hessian"]);
            point.json["neurons"] = std::move(own["neurons"]);
        }
    }
    const bool reduced = point.stationary() && point.json["neurons_of"] == "reduced_network";
    const SplitRequest splits =
        reduced ? of_distinct_neurons(point.json["whole"], asked.splits) : asked.splits;
    if (point.stationary()) {
        if (asked.ways) keep_escapes(context, analysis, asked, point);
        judge_splits(context, analysis, asked, splits, point);
    }
    if (!splits.gammas.empty() || !splits.at_once.empty()) timings.add("splits");
    if (asked.certify) {
        const auto make = [&](tepui_certificate** made) { return tepui_certify(context, analysis, made); };
        add_before_parameters(point.json, "certificate",
                              certify_point(context, make, reduced ? &point.json["whole"] : nullptr, splits));
        timings.add("certificate");
    }
    return point;
}

}  // namespace tepui::cli
