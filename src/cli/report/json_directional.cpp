#include "cli/report/json_directional.hpp"

namespace tepui::cli {
namespace {

Json split_json(const DirectionalSplitReport& split) {
    return {{"gamma", split.gamma},
            {"verdict", tepui_verdict_name(split.verdict)},
            {"rule", tepui_embedding_rule_name(split.rule)},
            {"reason", tepui_embedding_rule_sentence(split.rule)},
            {"deciding_neuron", split.deciding_neuron < 0 ? Json(nullptr) : Json(split.deciding_neuron)},
            {"witness", witness_json(split.witness)}};
}

Json neuron_json(const DirectionalNeuronReport& neuron, std::size_t number) {
    Json json = {{"neuron", number},
                 {"a", neuron.output_weight},
                 {"psi", neuron.psi},
                 {"psi_tolerance", neuron.psi_tolerance},
                 {"kinks", neuron.kinks},
                 {"merged_kinks", neuron.merged_kinks},
                 {"identically_zero", neuron.identically_zero},
                 {"escape", neuron.escape},
                 {"nonnegative", tepui_answer_name(neuron.answer)},
                 {"method", tepui_sign_method_name(neuron.method)},
                 {"undetermined_because", tepui_sign_reason_sentence(neuron.reason)},
                 {"defect", neuron.defect},
                 {"defect_tolerance", neuron.defect_tolerance},
                 {"margin", neuron.margin < 0.0 ? Json(nullptr) : Json(neuron.margin)},
                 {"direction", nullptr},
                 {"plateau", tepui_plateau_type_name(neuron.plateau)},
                 {"stationary", tepui_gamma_region_name(neuron.stationary)},
                 {"local_minima", tepui_gamma_region_name(neuron.minima)},
                 {"saddles", tepui_gamma_region_name(neuron.saddles)}};
    if (!neuron.direction.empty())
        json["direction"] = {{"v", neuron.direction}, {"derivative", neuron.derivative}};
    if (!neuron.splits.empty()) {
        json["splits"] = Json::array();
        for (const DirectionalSplitReport& split : neuron.splits) json["splits"].push_back(split_json(split));
    }
    return json;
}

}  // namespace

void add_directional(const PointReport& point, Json& json) {
    const DirectionalReport& directional = *point.directional;
    json["stationarity_tolerance"] = directional.stationarity_tolerance;
    json["kink_tolerance"] = directional.kink_tolerance;
    json["stationary"] = point.stationary() && point.verdict != TEPUI_VERDICT_UNDETERMINED;
    json["verdict"] = tepui_verdict_name(point.verdict);
    json["global"] = point.global;
    json["rule"] = tepui_directional_rule_name(directional.rule);
    json["reason"] = tepui_directional_rule_sentence(directional.rule);
    json["deciding_neuron"] =
        directional.deciding_neuron < 0 ? Json(nullptr) : Json(directional.deciding_neuron);
    json["witness"] = witness_json(point.witness);
    json["neurons"] = Json::array();
    for (std::size_t i = 0; i < directional.neurons.size(); ++i)
        json["neurons"].push_back(neuron_json(directional.neurons[i], i));
}

}  // namespace tepui::cli
