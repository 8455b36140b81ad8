// The report as JSON. The schema is stable: names are added, never changed ("format" counts breaks).
#include "cli/report/report.hpp"
#include "cli/support/visible_text.hpp"

namespace tepui::cli {

namespace {

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
