#include <filesystem>
#include <fstream>
#include <iostream>

#include "npy_file.hpp"
#include "report.hpp"
#include "user_error.hpp"

namespace tepui::cli {
namespace {

void write_text(const std::string& path, const std::string& text) {
    std::ofstream stream(path, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream) throw UserError(path + ": cannot be written");
}

void write_files(const Report& report, const std::string& json, const std::string& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) throw UserError("--out " + directory + ": " + error.message());
    write_text(directory + "/report.json", json);
    for (std::size_t index = 0; index < report.points.size(); ++index) {
        const PointReport& point = report.points[index];
        const std::string stem = directory + "/point_" + std::to_string(index + 1);
        write_npy(stem + "_W.npy", {point.width, point.inputs}, point.parameters.data());
        write_npy(stem + "_a.npy", {point.width}, point.parameters.data() + point.width * point.inputs);
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
