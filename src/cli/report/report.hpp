// Everything the command has to say: what it knows of its own about data, options and files, and the
// library's reports on the points.
#pragma once
#include <tepui/tepui.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/data/preprocessing.hpp"
#include "cli/options/options.hpp"
#include "cli/report/tree.hpp"

namespace tepui::cli {

// Where a way down leads, to be written beside the report.
struct Way {
    std::string stem;  // of the files' names, behind that of the point
    NetworkHandle network;
};

struct Point {
    Json json;
    std::vector<Way> ways;

    bool analysed() const { return json.contains("rule"); }
    // The library has no verdict on such a network.
    bool unjudged() const { return !analysed() && json.contains("gradient_norm"); }
    // Of a network that is not plain.
    bool of_model() const { return json.contains("weight_decay"); }
    bool directional() const { return json.contains("kink_tolerance"); }
    bool stationary() const {
        return analysed() ? json["verdict"] != "not_stationary"
                          : unjudged() && json["stationary"].get<bool>();
    }
};

struct TimingsReport {
    struct Phase {
        std::string name;
        double seconds;
    };
    double seconds = 0.0;       // in all
    std::vector<Phase> phases;  // in the order in which they began; they sum to no more than the whole
};

struct Report {
    std::string command;
    std::string file;
    std::int64_t samples = 0;
    std::vector<std::string> features;
    std::string target;  // its name, or their names
    std::vector<TargetColumn> targets;
    std::vector<std::string> outputs;  // what each is called
    std::string weight_column;
    Preprocessing preprocessing;
    std::string activation;
    std::int64_t width = 0;
    std::int64_t inputs = 0;  // with the bias
    bool bias = false;
    bool output_bias = false;  // apart from what skip connections of the bias do
    bool skip = false;
    LossChoice loss;
    Decay decay;
    Json search;            // null: none was made
    std::size_t found = 0;  // distinct points of the search
    Json polish;            // null: not asked for
    std::vector<std::string> weight_files;
    std::vector<Point> points;
    std::vector<std::string> warnings;
    std::string advice;  // what to do about a point that could not be judged; empty: nothing
    bool interrupted = false;
    std::optional<TimingsReport> timings;  // when asked for

    // One output without bias and skip connections, the squared loss without decay.
    bool plain() const {
        return output_count() == 1 && !output_bias && !skip && loss.kind == LossKind::squared && !decay.any();
    }
    // One output without decay, whatever the loss and what is beside the neurons: what the library's theory
    // of one output speaks of.
    bool one_output() const { return output_count() == 1 && !decay.any(); }
    std::int64_t output_count() const { return std::int64_t(outputs.size()); }
    std::int64_t parameter_count() const {
        const std::int64_t into_outputs = width + (output_bias ? 1 : 0) + (skip ? inputs : 0);
        return width * inputs + into_outputs * output_count();
    }
};

std::string report_as_json(const Report& report);
std::string report_as_text(const Report& report);
// Data, network and where the weights come from.
std::string report_head_as_text(const Report& report);
// "W from W.npy, a from a.npy"
std::string weights_text(const std::vector<std::string>& files);
// The network and its loss.
std::string model_text(const Report& report);
Json report_head_as_json(const Report& report);
std::string json_text(const Json& json);

// Writes the report where the options say: text or JSON to standard output, files into the directory.
void deliver(const Report& report, const OutputOptions& output);

}  // namespace tepui::cli
