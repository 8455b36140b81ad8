#include "cli/report/output_directory.hpp"
#include "cli/report/report.hpp"

namespace tepui::cli {
namespace {

void add_way(const std::optional<WitnessReport>& way, const std::string& stem, OutputDirectory& out) {
    if (way && !way->network.empty())
        out.add_weights(stem + "_escape", way->width, way->inputs, way->network.data());
}

// Where each way down leads: of the point, of each neuron's best split, of the splits asked for.
void add_ways(const PointReport& point, const std::string& stem, OutputDirectory& out) {
    const auto add_splits = [&](const auto& splits, const std::string& neuron) {
        for (std::size_t j = 0; j < splits.size(); ++j)
            add_way(splits[j].witness, neuron + "_split_" + std::to_string(j + 1), out);
    };
    add_way(point.witness, stem, out);
    for (std::size_t i = 0; i < point.neurons.size(); ++i) {
        const std::string neuron = stem + "_neuron_" + std::to_string(i);
        if (point.neurons[i].escape) add_way(point.neurons[i].escape->witness, neuron, out);
        add_splits(point.neurons[i].splits, neuron);
    }
    if (point.joint) add_way(point.joint->whole.witness, stem + "_splits", out);
    if (!point.directional) return;
    for (std::size_t i = 0; i < point.directional->neurons.size(); ++i)
        add_splits(point.directional->neurons[i].splits, stem + "_neuron_" + std::to_string(i));
}

void write_files(const Report& report, const std::string& json, const std::string& directory) {
    std::vector<std::string> inputs = report.weight_files;
    inputs.push_back(report.file);
    OutputDirectory out(directory, inputs);
    out.add("report.json", json);
    for (std::size_t index = 0; index < report.points.size(); ++index) {
        const PointReport& point = report.points[index];
        const std::string stem = "point_" + std::to_string(index + 1);
        out.add_weights(stem, point.width, point.inputs, point.parameters.data());
        add_ways(point, stem, out);
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
