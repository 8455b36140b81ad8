// The report as JSON. The schema is stable: names are added, never changed ("format" counts breaks).
#include "cli/report/report.hpp"
#include "cli/support/visible_text.hpp"

namespace tepui::cli {

namespace {

Json targets_json(const Report& report) {
    Json targets = Json::array();
    for (const TargetColumn& column : report.targets)
        targets.push_back({{"column", column.name}, {"classes", column.classes}});
    return targets;
}

Json data_json(const Report& report) {
    Json categorical = Json::object();
    for (const CategoricalColumn& column : report.preprocessing.categorical)
        categorical[column.name] = column.values;
    return {{"file", report.file},
            {"samples", report.samples},
            {"features", report.features},
            {"target", report.target},
            {"targets", targets_json(report)},
            {"sample_weights", report.weight_column.empty() ? Json(nullptr) : Json(report.weight_column)},
            {"categorical", std::move(categorical)},
            {"left_out_constant", report.preprocessing.dropped},
            {"left_out_rows", report.preprocessing.missing_rows},
            {"comment_lines", report.preprocessing.comment_lines}};
}

Json scalings_json(const std::vector<Scaling>& scalings) {
    Json means = Json::array();
    Json scales = Json::array();
    for (const Scaling& scaling : scalings) {
        means.push_back(scaling.mean);
        scales.push_back(scaling.scale);
    }
    return {{"mean", std::move(means)}, {"scale", std::move(scales)}};
}

// The network sees (value - mean) / scale. "target" is the first of the targets.
Json preprocessing_json(const Preprocessing& preprocessing) {
    const Scaling& first = preprocessing.targets.front();
    Json targets = scalings_json(preprocessing.targets);
    targets["variation"] = preprocessing.variations;
    return {{"standardized", preprocessing.standardized},
            {"features", scalings_json(preprocessing.features)},
            {"target", {{"mean", first.mean}, {"scale", first.scale}}},
            {"target_variation", preprocessing.variation()},
            {"targets", std::move(targets)}};
}

std::string loss_formula(const Report& report) {
    const bool several = report.output_count() > 1;
    std::string text;
    switch (report.loss.kind) {
        case LossKind::squared:
            text = several ? "1/2 sum_k s_k |f(x_k) - y_k|^2" : "1/2 sum_k s_k (f(x_k) - y_k)^2";
            break;
        case LossKind::softmax:
            text = "sum_k s_k (log sum_o exp f_o(x_k) - y_k . f(x_k))";
            break;
        case LossKind::logistic:
            text = "sum_k s_k sum_o (log(1 + exp f_o(x_k)) - y_ko f_o(x_k))";
            break;
        case LossKind::poisson:
            text = "sum_k s_k sum_o (exp f_o(x_k) - y_ko f_o(x_k) + y_ko log y_ko - y_ko)";
            break;
        case LossKind::pseudo_huber:
            text = "sum_k s_k sum_o delta^2 (sqrt(1 + (f_o(x_k) - y_ko)^2 / delta^2) - 1)";
            break;
        default:
            break;  // --loss has no others
    }
    return report.decay.any() ? text + " + 1/2 sum_p lambda_p theta_p^2" : text;
}

Json chosen_json(const std::vector<Chosen>& chosen) {
    Json all = Json::array();
    for (const Chosen& one : chosen)
        all.push_back({{"option", one.option},
                       {"what", one.what},
                       {"because", one.because.empty() ? Json(nullptr) : Json(one.because)}});
    return all;
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
                     {"loss", loss_formula(report)},
                     {"loss_name", loss_text(report.loss)},
                     {"outputs", report.outputs},
                     {"output_bias", report.output_bias},
                     {"skip", report.skip},
                     {"decay",
                      {{"w", report.decay.w},
                       {"a", report.decay.a},
                       {"c", report.decay.c},
                       {"biases", report.decay.biases}}}};
    json["chosen"] = chosen_json(report.chosen);
    if (!report.weight_files.empty()) json["weight_files"] = report.weight_files;
    if (!report.search.is_null()) json["search"] = report.search;
    if (!report.polish.is_null()) json["polish"] = report.polish;
    return json;
}

std::string json_text(const Json& json) {
    return without_controls(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

std::string report_as_json(const Report& report) {
    Json json = report_head_as_json(report);
    json["points"] = Json::array();
    for (const Point& point : report.points) json["points"].push_back(point.json);
    json["advice"] = report.advice.empty() ? Json(nullptr) : Json(report.advice);
    json["warnings"] = report.warnings;
    json["interrupted"] = report.interrupted;
    if (report.timings) json["timings"] = timings_json(*report.timings);
    return json_text(json);
}

}  // namespace tepui::cli
