#include "cli/data/npy_file.hpp"
#include "cli/report/output_directory.hpp"
#include "cli/report/report.hpp"

namespace tepui::cli {
namespace {

std::string of_scalings(const std::vector<Scaling>& scalings, double Scaling::*part) {
    std::vector<double> values;
    for (const Scaling& scaling : scalings) values.push_back(scaling.*part);
    return npy_content({std::int64_t(values.size())}, values.data());
}

void append(const Json& values, std::vector<double>& all) {
    for (const Json& value : values)
        if (value.is_array())
            append(value, all);
        else
            all.push_back(value.get<double>());
}

// Of {"W": [[...], ...], "a": ...} and, where they are, "b" and "C".
Weights weights_in(const Json& network, std::int64_t inputs, std::int64_t outputs) {
    Weights weights;
    weights.width = std::int64_t(network.at("W").size());
    weights.inputs = inputs;
    weights.outputs = outputs;
    append(network.at("W"), weights.w);
    append(network.at("a"), weights.a);
    append(network.value("b", Json::array()), weights.b);
    append(network.value("C", Json::array()), weights.c);
    return weights;
}

// What one needs to use the network again: it sees (value - mean) / scale, and its outputs are of targets
// seen so.
std::vector<NpzMember> telling(const Report& report) {
    const Preprocessing& seen = report.preprocessing;
    const double bias = report.bias ? 1.0 : 0.0;
    return {{"activation", npy_text(report.activation)},
            {"loss", npy_text(loss_text(report.loss))},
            {"bias", npy_content({}, &bias)},
            {"features", npy_texts(report.features)},
            {"feature_mean", of_scalings(seen.features, &Scaling::mean)},
            {"feature_scale", of_scalings(seen.features, &Scaling::scale)},
            {"outputs", npy_texts(report.outputs)},
            {"target_mean", of_scalings(seen.targets, &Scaling::mean)},
            {"target_scale", of_scalings(seen.targets, &Scaling::scale)}};
}

void write_files(const Report& report, const std::string& json, const std::string& directory) {
    std::vector<std::string> inputs = report.weight_files;
    inputs.push_back(report.file);
    OutputDirectory out(directory, inputs);
    out.add("report.json", json);
    for (std::size_t index = 0; index < report.points.size(); ++index) {
        const Point& point = report.points[index];
        const std::string stem = "point_" + std::to_string(index + 1);
        out.add_network(stem, weights_in(point.json, report.inputs, report.output_count()), telling(report));
        for (const Way& way : point.ways)
            out.add_network(stem + way.stem, weights_of(way.network.get()), telling(report));
    }
    out.commit();
}

}  // namespace

void deliver(const Report& report, const OutputOptions& output) {
    const std::string json =
        output.json || !output.directory.empty() ? report_as_json(report) : std::string();
    write_and_show(
        [&] {
            if (!output.directory.empty()) write_files(report, json, output.directory);
        },
        output.json ? json : report_as_text(report));
}

}  // namespace tepui::cli
