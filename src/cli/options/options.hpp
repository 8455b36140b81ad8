// What the user asked for.
#pragma once
#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/options/decay.hpp"
#include "cli/options/loss_choice.hpp"

namespace tepui::cli {

struct DataOptions {
    std::string file;
    std::string target;              // column names, or indices where columns have no names, comma-separated
    std::optional<LossChoice> loss;  // says what targets are: numbers or classes; none: found out
    std::string targets_file;        // --y FILE.npy
    std::string features;            // comma-separated; empty: every other column
    std::string sample_weights;      // column; empty: all 1
    std::string categorical;         // comma-separated columns, to be spread over columns of 0 and 1
    std::optional<char> delimiter;   // of a CSV; ' ': white space; none: found out
    bool header = false;             // the first line holds names even if they are numbers
    bool no_header = false;          // and it does not
    bool decimal_comma = false;
    bool drop_missing = false;        // leave rows with missing values out
    std::optional<bool> standardize;  // none: as the command does without being told
    bool keep_constant = false;

    // Something is said about a table, if not which.
    bool any_but_file() const {
        return !target.empty() || !targets_file.empty() || !features.empty() || !sample_weights.empty() ||
               !categorical.empty() || loss || delimiter || header || no_header || decimal_comma ||
               drop_missing || standardize || keep_constant;
    }
};

struct ModelOptions {
    std::optional<std::string>
        activation;  // none, as of the two below: as the command does without being told
    std::optional<bool> bias;
    std::optional<bool> output_bias;
    bool skip = false;  // inputs connected to the outputs
    DecayOptions decay = {};

    bool any_but_activation() const { return bias || output_bias || skip || decay.any(); }
};

struct RunOptions {
    std::int64_t threads = 0;
    std::optional<double> stationarity;
    std::int32_t neuron_method = 0;   // tepui_neuron_method
    std::int32_t hessian_method = 0;  // tepui_hessian_method
    std::int32_t precision = 0;       // tepui_precision
    bool neurons_only = false;
    bool certify = false;
};

struct OutputOptions {
    bool json = false;
    bool timings = false;
    std::string directory;  // empty: none
};

struct SolveOptions {
    std::int64_t width = 0;
    std::optional<std::int64_t> starts;
    std::int64_t seed = 1;
    std::optional<std::int64_t> max_iterations;
    bool saddles = false;  // the stationary point nearby, whatever its index
};

// A picture of one of the ends at infinity.
struct EndPictureOptions {
    std::string file;         // empty: none
    std::int64_t number = 1;  // of the ends found, in the order of their losses
};

struct AnalyzeOptions {
    EndPictureOptions picture;
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
    std::vector<std::string> weight_files;  // W.npy, a.npy, ... or an archive
    std::vector<std::string> gammas;        // each a comma-separated list
    std::optional<std::int64_t> neuron;     // numbered from 0; none: every neuron
    std::vector<std::string> splits;        // each NEURON:G1,G2,...: all at once
    bool polish = false;
};

struct ReduceOptions {
    DataOptions data;  // no file: weights are compared as they are
    ModelOptions model;
    RunOptions run;
    OutputOptions output;
    std::vector<std::string> weight_files;
    std::optional<double> weight_tolerance;
    std::optional<double> output_tolerance;
};

struct EmbedOptions {
    OutputOptions output;
    std::vector<std::string> weight_files;  // of the narrow network
    std::optional<std::string> activation;  // none: that of the embedding file, or tanh
    std::string embedding_file;
    std::vector<std::string> splits;  // each NEURON:G1,G2,...
    std::vector<std::string> nulls;   // each a comma-separated list of weights
};

// The point that a picture is about: from weights, or from a search (width 0: none).
struct PointOptions {
    std::vector<std::string> weight_files;  // W.npy, a.npy, ... or an archive
    SolveOptions solve;
    std::int64_t number = 1;  // of the points found, in the order of their losses
};

struct FigureOptions {
    bool json = false;
    std::string file;  // .svg, .pdf or .png; empty: no picture
};

// What the commands that draw have in common.
struct PictureOptions {
    DataOptions data;
    ModelOptions model;
    RunOptions run;
    PointOptions point;
    FigureOptions figure;
};

struct PlateauOptions : PictureOptions {
    std::int64_t neuron = 0;
    std::int64_t daughters = 2;
    std::optional<std::int64_t> steps;  // gammas per unit
};

// Each adds its subcommand; the options must outlive the parse.
CLI::App* add_analyze_command(CLI::App& app, AnalyzeOptions& options);
CLI::App* add_classify_command(CLI::App& app, ClassifyOptions& options);
CLI::App* add_reduce_command(CLI::App& app, ReduceOptions& options);
CLI::App* add_embed_command(CLI::App& app, EmbedOptions& options);
CLI::App* add_plateau_command(CLI::App& app, PlateauOptions& options);

// What several subcommands have in common.
void add_data_options(CLI::App& command, DataOptions& data, bool required);
void add_sample_weights_option(CLI::App& command, DataOptions& data);
// For commands that have no network's weights to be given: says what they might have been meant for.
void refuse_weights_option(CLI::App& command);
void add_model_options(CLI::App& command, ModelOptions& model);
void add_threads_option(CLI::App& command, RunOptions& run);
// data: that of the command; null: it has none. With data_required the command needs it, and add_data_options
// leaves it to this option to say so: of the values given here the last may be it.
CLI::Option* add_weights_option(CLI::App& command, std::vector<std::string>& files, DataOptions* data,
                                bool data_required);
void add_stationarity_option(CLI::App& command, RunOptions& run);
void add_search_options(CLI::App& command, SolveOptions& solve);
void add_point_options(CLI::App& command, PointOptions& point, DataOptions& data);
void add_figure_options(CLI::App& command, FigureOptions& figure);

// "0.3,0.7" or "1/3,2/3" as numbers; option: what was given, with its option, for people.
std::vector<double> parse_gamma(const std::string& option, const std::string& text);

}  // namespace tepui::cli
