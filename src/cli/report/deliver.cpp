#include <iostream>

#include "cli/data/weight_files.hpp"
#include "cli/report/report.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

void write_files(const Report& report, const std::string& json, const std::string& directory) {
    make_directory(directory);
    write_text(directory + "/report.json", json);
    for (std::size_t index = 0; index < report.points.size(); ++index) {
        const PointReport& point = report.points[index];
        write_weights(directory + "/point_" + std::to_string(index + 1), point.width, point.inputs,
                      point.parameters.data());
    }
}

}  // namespace

void deliver(const Report& report, const OutputOptions& output) {
    const std::string json =
        output.json || !output.directory.empty() ? report_as_json(report) : std::string();
    std::cout << (output.json ? json : report_as_text(report)) << std::flush;
    const bool shown = std::cout.good();
    if (!output.directory.empty()) write_files(report, json, output.directory);
    if (!shown) throw UserError("standard output cannot be written");
}

}  // namespace tepui::cli
