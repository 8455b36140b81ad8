#include "cli/report/output_directory.hpp"
#include "cli/report/report.hpp"

namespace tepui::cli {
namespace {

void add_weights(const std::string& stem, const tepui_network* network, OutputDirectory& out) {
    out.add_weights(stem, tepui_network_width(network), tepui_network_inputs(network),
                    tepui_network_parameters(network));
}

void write_files(const Report& report, const std::string& json, const std::string& directory) {
    std::vector<std::string> inputs = report.weight_files;
    inputs.push_back(report.file);
    OutputDirectory out(directory, inputs);
    out.add("report.json", json);
    for (std::size_t index = 0; index < report.points.size(); ++index) {
        const Point& point = report.points[index];
        const std::string stem = "point_" + std::to_string(index + 1);
        out.add_weights(stem, report.width, report.inputs, parameters_of(point.json).data());
        for (const Way& way : point.ways) add_weights(stem + way.stem, way.network.get(), out);
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
