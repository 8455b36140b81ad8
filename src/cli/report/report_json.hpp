// Pieces of the JSON report that several commands share. The schema is stable: names are added, never changed
// ("format" counts breaks).
#pragma once
#include <nlohmann/json.hpp>

#include "cli/report/report.hpp"

namespace tepui::cli {

using Json = nlohmann::ordered_json;

// Data, preprocessing, model and where the weights come from.
Json report_head_as_json(const Report& report);
Json witness_json(const std::optional<WitnessReport>& witness);  // null: none
// {"W": [[...], ...], "a": [...]} of W row by row, then a.
Json network_json(std::int64_t width, std::int64_t inputs, const std::vector<double>& parameters);
// "morse_index" and "nullity", null where they are not known, and their bounds.
void add_index(Json& json, const IndexReport& index);
std::string json_text(const Json& json);

}  // namespace tepui::cli
