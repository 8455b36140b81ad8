// What the command's readers make of files and texts, for tests in Python: a request as JSON on each line of
// standard input, an answer on each line of standard output. Doubles go as hexadecimal text, to the bit.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/data/csv_reader.hpp"
#include "cli/data/npy_file.hpp"
#include "cli/data/npz_file.hpp"
#include "cli/data/samples.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace {

using namespace tepui::cli;
using Json = nlohmann::json;

std::string exactly(double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%a", value);
    return text;
}

Json exactly(const std::vector<double>& values) {
    Json list = Json::array();
    for (const double value : values) list.push_back(exactly(value));
    return list;
}

// Bytes that may be no UTF-8, each as the character of its number.
std::string bytes_as_characters(const std::string& bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 128) {
            text += c;
        } else {
            text += char(0xC0 | (byte >> 6));
            text += char(0x80 | (byte & 63));
        }
    }
    return text;
}

Json array(const std::string& path) {
    const NpyArray array = read_npy(path);
    return {{"shape", array.shape}, {"values", exactly(array.values)}};
}

Json mapped(const std::string& path) {
    const auto file = MappedNpy::open(path);
    if (!file) return nullptr;
    std::vector<double> values;
    for (std::int64_t row = 0; row < file->rows(); ++row)
        for (std::int64_t column = 0; column < file->columns(); ++column)
            values.push_back(file->value(row, column));
    return {{"shape", {file->rows(), file->columns()}}, {"values", exactly(values)}};
}

Json records(const Json& request) {
    const std::string path = request["file"];
    CsvReader reader(CsvSource::of_file(path), path, request["delimiter"].get<std::string>()[0], true);
    CsvRecord record;
    Json list = Json::array();
    while (reader.next(record)) {
        list.push_back(Json::array());
        for (const CsvField& field : record) list.back().push_back(bytes_as_characters(field.text));
    }
    return list;
}

Json table(const Json& request) {
    DataOptions options;
    options.file = request["file"];
    options.target = request.value("target", "");
    options.targets_file = request.value("y", "");
    options.loss = parse_loss(request.value("loss", "squared"));
    options.features = request.value("features", "");
    options.categorical = request.value("categorical", "");
    options.sample_weights = request.value("sample_weights", "");
    if (request.contains("delimiter")) options.delimiter = request["delimiter"].get<std::string>()[0];
    options.header = request.value("header", false);
    options.no_header = request.value("no_header", false);
    options.decimal_comma = request.value("decimal_comma", false);
    options.drop_missing = request.value("drop_missing", false);
    Samples samples = read_samples(options);
    const bool in_place = samples.inputs.in_place();
    samples.inputs.load();
    Json classes = Json::array();
    for (const TargetColumn& column : samples.targets.columns) classes.push_back(column.classes);
    return {{"count", samples.count},
            {"features", samples.features},
            {"target", samples.targets.text()},
            {"classes", std::move(classes)},
            {"outputs", samples.targets.outputs},
            {"x", exactly(samples.inputs.values())},
            {"y", exactly(samples.targets.values)},
            {"weights", exactly(samples.weights)},
            {"missing", samples.missing_rows},
            {"comments", samples.comment_lines},
            {"in_place", in_place}};
}

Json answer(const Json& request) {
    const std::string what = request["what"];
    if (what == "number") {
        const std::optional<double> value = parse_number(request["text"].get<std::string>());
        return value ? Json(exactly(*value)) : Json(nullptr);
    }
    if (what == "list") return split_list(request["text"].get<std::string>());
    if (what == "array") return array(request["file"]);
    if (what == "mapped") return mapped(request["file"]);
    if (what == "records") return records(request);
    return table(request);
}

}  // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        Json reply;
        try {
            reply = {{"result", answer(Json::parse(line))}};
        } catch (const UserError& error) {
            reply = {{"error", error.what()}};
        }
        std::cout << reply.dump(-1, ' ', true, Json::error_handler_t::replace) << '\n';
    }
}
