// The report as JSON. The schema is stable: names are added, never changed ("format" counts breaks).
#include "cli/report/report_json.hpp"

#include "cli/report/certificate_json.hpp"
#include "cli/report/json_directional.hpp"
#include "cli/support/visible_text.hpp"
#include "vocabulary/solve.hpp"

namespace tepui::cli {

// Neurons are numbered from 0, as the rows of W; points and starts from 1, as on the screen.
Json witness_json(const std::optional<WitnessReport>& witness) {
    if (!witness) return nullptr;
    Json json = {{"order", witness->order},       {"coefficient", witness->coefficient},
                 {"epsilon", witness->epsilon},   {"predicted", witness->predicted},
                 {"measured", witness->measured}, {"measured_error", witness->measured_error},
                 {"direction", nullptr}};
    constexpr std::size_t largest_direction = 20000;  // beyond, --out holds it alone
    if (!witness->direction.empty() && witness->direction.size() <= largest_direction)
        json["direction"] = network_json(witness->width, witness->inputs, witness->direction);
    return json;
}

Json network_json(std::int64_t width, std::int64_t inputs, const std::vector<double>& parameters) {
    const auto values = parameters.begin();
    Json w = Json::array();
    for (std::int64_t i = 0; i < width; ++i)
        w.push_back(std::vector<double>(values + i * inputs, values + (i + 1) * inputs));
    return {{"W", std::move(w)}, {"a", std::vector<double>(values + width * inputs, parameters.end())}};
}

void add_index(Json& json, const IndexReport& index) {
    const auto add = [&](const std::string& name, const CountReport& count) {
        json[name] = count.known() ? Json(count.least) : Json(nullptr);
        json[name + "_bounds"] = {count.least, count.most};
    };
    add("morse_index", index.morse_index);
    add("nullity", index.nullity);
}

namespace {

// Counts that may be unknown: negative.
Json known(std::int64_t value) {
    return value < 0 ? Json(nullptr) : Json(value);
}

Json spectrum_json(const SpectrumReport& spectrum) {
    return {{"inertia",
             {{"negative", known(spectrum.inertia[0])},
              {"zero", known(spectrum.inertia[1])},
              {"positive", known(spectrum.inertia[2])}}},
            {"lambda_min", spectrum.lambda_min},
            {"lambda_max", spectrum.lambda_max},
            {"tau", spectrum.tau},
            {"margin", spectrum.margin}};
}

Json evidence_json(const EvidenceReport& evidence) {
    return {{"products", evidence.products},
            {"ritz_value", evidence.ritz},
            {"residual", evidence.residual},
            {"tau", evidence.tau},
            {"miss_probability", evidence.miss_probability}};
}

Json split_json(const SplitReport& split) {
    Json json = {{"gamma", split.gamma},
                 {"verdict", tepui_verdict_name(split.verdict)},
                 {"rule", tepui_rule_name(split.rule)},
                 {"reason", tepui_rule_sentence(split.rule)},
                 {"tau", split.tau},
                 {"margin", split.margin},
                 {"gradient_norm", split.gradient_norm},
                 {"witness", witness_json(split.witness)}};
    add_index(json, split.index);
    return json;
}

Json neuron_json(const NeuronReport& neuron, std::size_t number) {
    Json json = {{"neuron", number},
                 {"a", neuron.output_weight},
                 {"inner_hessian", spectrum_json(neuron.inner_hessian)},
                 {"method", tepui_neuron_method_name(neuron.method)},
                 {"precision", tepui_precision_name(neuron.precision)},
                 {"definiteness", tepui_definiteness_name(neuron.definiteness)},
                 {"plateau", tepui_plateau_type_name(neuron.plateau)},
                 {"rule", tepui_rule_name(neuron.rule)},
                 {"reason", tepui_rule_sentence(neuron.rule)},
                 {"local_minima", tepui_gamma_region_name(neuron.minima)},
                 {"saddles", tepui_gamma_region_name(neuron.saddles)},
                 {"best_escape", nullptr}};
    if (!neuron.given.empty()) json["given_neurons"] = neuron.given;
    if (neuron.escape)
        json["best_escape"] = {{"gamma", neuron.escape->gamma},
                               {"witness", witness_json(neuron.escape->witness)}};
    if (!neuron.splits.empty()) {
        json["splits"] = Json::array();
        for (const SplitReport& split : neuron.splits) json["splits"].push_back(split_json(split));
    }
    return json;
}

Json group_json(const GroupReport& group, bool judged) {
    Json json = {{"kind", tepui_group_kind_name(group.kind)},
                 {"neurons", group.neurons},
                 {"signs", group.signs},
                 {group.kind == TEPUI_GROUP_PARENT ? "gamma" : "outputs", group.coefficients}};
    if (!judged) return json;
    json["verdict"] = tepui_verdict_name(group.verdict);
    json["rule"] = tepui_rule_name(group.rule);
    json["reason"] = tepui_rule_sentence(group.rule);
    json["inertia"] = {{"negative", known(group.inertia[0])},
                       {"zero", known(group.inertia[1])},
                       {"positive", known(group.inertia[2])}};
    return json;
}

Json whole_json(const PointReport& point) {
    const WholeReport& whole = *point.whole;
    Json groups = Json::array();
    for (const GroupReport& group : whole.groups) groups.push_back(group_json(group, point.stationary()));
    Json json = {{"rank", whole.rank},
                 {"rank_tolerance", whole.rank_tolerance},
                 {"smallest_singular_value_kept", whole.smallest_kept},
                 {"largest_singular_value_dropped", whole.largest_dropped},
                 {"narrow_width", whole.narrow_width},
                 {"data_nullity", whole.data_nullity},
                 {"fitted_samples", whole.fitted_samples},
                 {"groups", std::move(groups)}};
    add_index(json, whole.index);
    return json;
}

Json joint_json(const JointSplitReport& joint) {
    Json json = split_json(joint.whole);
    json.erase("gamma");
    json["parts"] = Json::array();
    for (const JointSplitReport::Part& part : joint.parts)
        json["parts"].push_back({{"neuron", part.neuron},
                                 {"gamma", part.gamma},
                                 {"verdict_alone", tepui_verdict_name(part.verdict)}});
    return json;
}

Json point_json(const PointReport& point, std::size_t number) {
    Json json = {{"point", number}, {"loss", point.loss}};
    if (point.hits > 0) json["starts"] = point.hits;
    if (point.directional) {
        add_directional(point, json);
    } else if (point.analysed) {
        json["gradient_norm"] = point.gradient_norm;
        json["gradient_relative"] = point.gradient_relative;
        json["stationarity_tolerance"] = point.stationarity_tolerance;
        json["stationary"] = point.stationary();
        json["verdict"] = tepui_verdict_name(point.verdict);
        json["strict"] = point.strict;
        json["global"] = point.global;
        json["rule"] = tepui_rule_name(point.rule);
        json["reason"] = tepui_rule_sentence(point.rule);
    } else {
        json["verdict"] = nullptr;
        json["reason"] = "interrupted before it was analysed";
    }
    if (point.stationary() && !point.directional) {
        json["hessian"] = point.hessian ? spectrum_json(*point.hessian) : Json(nullptr);
        if (point.evidence) json["hessian"]["evidence"] = evidence_json(*point.evidence);
        json["witness"] = witness_json(point.witness);
        json["neurons_of"] = point.of_reduced() ? "reduced_network" : "network";
        json["neurons"] = Json::array();
        for (std::size_t i = 0; i < point.neurons.size(); ++i)
            json["neurons"].push_back(neuron_json(point.neurons[i], i));
    }
    if (point.whole) json["whole"] = whole_json(point);
    if (point.joint) json["split_at_once"] = joint_json(*point.joint);
    if (point.certificate) json["certificate"] = certificate_json(*point.certificate);
    json.update(network_json(point.width, point.inputs, point.parameters));
    return json;
}

Json start_json(const StartReport& start) {
    return {{"outcome", tepui_start_outcome_name(start.outcome)},
            {"reason", start.reason},
            {"iterations", start.iterations},
            {"loss", start.loss},
            {"gradient_relative", start.gradient_relative}};
}

Json search_inputs_json(const SearchInputs& inputs) {
    Json dependences = Json::array();
    for (const SearchInputs::Dependence& found : inputs.dependences)
        dependences.push_back({{"inputs", found.inputs}, {"size", found.size}});
    return {{"used", inputs.used},
            {"smallest_used", inputs.smallest_used},
            {"largest_unused", inputs.largest_unused},
            {"distinct_samples", inputs.distinct_samples},
            {"dependences", std::move(dependences)}};
}

Json search_json(const SearchReport& search) {
    Json counts = Json::object();
    for (const Word& outcome : Vocabulary<StartOutcome>::words)
        counts[outcome.name] =
            std::count_if(search.starts.begin(), search.starts.end(),
                          [&](const StartReport& start) { return start.outcome == outcome.number; });
    Json starts = Json::array();
    for (std::size_t index = 0; index < search.starts.size(); ++index) {
        Json start = {{"start", index + 1}};
        start.update(start_json(search.starts[index]));
        const std::int64_t point = search.starts[index].point;
        start["point"] = point < 0 ? Json(nullptr) : Json(point + 1);
        starts.push_back(std::move(start));
    }
    return {{"find", search.saddles ? "stationary" : "minimum"},
            {"seed", search.seed},
            {"max_iterations", search.max_iterations},
            {"tolerance", search.tolerance},
            {"inputs", search_inputs_json(search.inputs)},
            {"outcomes", std::move(counts)},
            {"starts", std::move(starts)}};
}

Json data_json(const Report& report) {
    Json categorical = Json::object();
    for (const CategoricalColumn& column : report.preprocessing.categorical)
        categorical[column.name] = column.values;
    return {{"file", report.file},
            {"samples", report.samples},
            {"features", report.features},
            {"target", report.target},
            {"sample_weights", report.weight_column.empty() ? Json(nullptr) : Json(report.weight_column)},
            {"categorical", std::move(categorical)},
            {"left_out_constant", report.preprocessing.dropped},
            {"left_out_rows", report.preprocessing.missing_rows},
            {"comment_lines", report.preprocessing.comment_lines}};
}

// The network sees (value - mean) / scale.
Json preprocessing_json(const Preprocessing& preprocessing) {
    Json means = Json::array();
    Json scales = Json::array();
    for (const Scaling& scaling : preprocessing.features) {
        means.push_back(scaling.mean);
        scales.push_back(scaling.scale);
    }
    return {{"standardized", preprocessing.standardized},
            {"features", {{"mean", std::move(means)}, {"scale", std::move(scales)}}},
            {"target", {{"mean", preprocessing.target.mean}, {"scale", preprocessing.target.scale}}},
            {"target_variation", preprocessing.target_variation}};
}

Json timings_json(const TimingsReport& timings) {
    Json phases = Json::array();
    for (const TimingsReport::Phase& phase : timings.phases)
        phases.push_back({{"phase", phase.name}, {"seconds", phase.seconds}});
    return {{"seconds", timings.seconds}, {"phases", std::move(phases)}};
}

}  // namespace

Json report_head_as_json(const Report& report) {
    Json json = {{"tepui", tepui_version()}, {"format", 1}, {"command", report.command}};
    json["data"] = data_json(report);
    json["preprocessing"] = preprocessing_json(report.preprocessing);
    json["model"] = {{"activation", report.activation},
                     {"width", report.width},
                     {"inputs", report.inputs},
                     {"bias", report.bias},
                     {"parameters", report.parameter_count()},
                     {"loss", "1/2 sum_k s_k (f(x_k) - y_k)^2"}};
    if (!report.weight_files.empty()) json["weight_files"] = report.weight_files;
    if (report.search) json["search"] = search_json(*report.search);
    if (report.polish) {
        json["polish"] = start_json(report.polish->start);
        json["polish"]["relative_distance_moved"] = report.polish->moved;
        json["polish"]["accepted"] = report.polish->accepted;
    }
    return json;
}

std::string json_text(const Json& json) {
    return without_controls(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

std::string report_as_json(const Report& report) {
    Json json = report_head_as_json(report);
    json["points"] = Json::array();
    for (std::size_t index = 0; index < report.points.size(); ++index)
        json["points"].push_back(point_json(report.points[index], index + 1));
    json["advice"] = report.advice.empty() ? Json(nullptr) : Json(report.advice);
    json["warnings"] = report.warnings;
    json["interrupted"] = report.interrupted;
    if (report.timings) json["timings"] = timings_json(*report.timings);
    return json_text(json);
}

}  // namespace tepui::cli
