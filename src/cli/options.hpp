// What the user asked for.
#pragma once
#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tepui::cli {

struct DataOptions {
    std::string file;
    std::string target;          // column name, or index for .npy
    std::string targets_file;    // --y FILE.npy
    std::string features;        // comma-separated; empty: every other column
    std::string sample_weights;  // column; empty: all 1
    char delimiter = ',';
    bool standardize = false;
    bool keep_constant = false;
};

struct ModelOptions {
    std::string activation = "tanh";
    bool bias = false;
};

struct RunOptions {
    std::int64_t threads = 0;
    std::optional<double> stationarity;
};

struct OutputOptions {
    bool json = false;
    bool timings = false;
    std::string directory;  // empty: none
};

struct SolveOptions {
    std::int64_t width = 0;
    std::int64_t starts = 16;
    std::int64_t seed = 1;
    std::optional<std::int64_t> max_iterations;
    bool saddles = false;  // the stationary point nearby, whatever its index
};

struct AnalyzeOptions {
    DataOptions data;
    ModelOptions model;
    RunOptions run;
    OutputOptions output;
    SolveOptions solve;
};

struct ClassifyOptions {
    DataOptions data;
    ModelOptions model;
    RunOptions run;
    OutputOptions output;
    std::vector<std::string> weight_files;  // W.npy, a.npy
    std::vector<std::string> gammas;        // each a comma-separated list
    std::optional<std::int64_t> neuron;     // numbered from 0; none: every neuron
    bool polish = false;
};

// Each adds its subcommand; the options must outlive the parse.
CLI::App* add_analyze_command(CLI::App& app, AnalyzeOptions& options);
CLI::App* add_classify_command(CLI::App& app, ClassifyOptions& options);

// "0.3,0.7" or "1/3,2/3" as numbers.
std::vector<double> parse_gamma(const std::string& text);

}  // namespace tepui::cli
