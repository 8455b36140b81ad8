// Everything the command has to say, gathered from the library once and written as text and as JSON.
#pragma once
#include <tepui/tepui.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/data/preprocessing.hpp"
#include "cli/options/options.hpp"
#include "cli/report/certificate_report.hpp"
#include "cli/report/directional_report.hpp"
#include "cli/report/index_report.hpp"

namespace tepui::cli {

struct SpectrumReport {
    std::array<std::int64_t, 3> inertia = {0, 0, 0};  // negative, zero, positive
    double lambda_min = 0.0;
    double lambda_max = 0.0;
    double tau = 0.0;
    double margin = 0.0;
};

// What a Hessian judged by products alone rests on.
struct EvidenceReport {
    std::int64_t products = 0;
    double ritz = 0.0;
    double residual = 0.0;
    double tau = 0.0;
    double miss_probability = 1.0;
};

struct SplitReport {
    std::vector<double> gamma;
    tepui_verdict verdict = 0;
    tepui_rule rule = 0;
    IndexReport index;
    double tau = 0.0;
    double margin = 0.0;
    double gradient_norm = 0.0;
    std::optional<WitnessReport> witness;
};

struct EscapeReport {
    std::array<double, 2> gamma = {0.0, 0.0};
    WitnessReport witness;
};

struct NeuronReport {
    std::vector<std::int64_t> given;  // in a reduced network: the given neurons that it stands for
    double output_weight = 0.0;
    SpectrumReport inner_hessian;  // inertia -1, -1, -1: not counted
    tepui_neuron_method method = 0;
    tepui_precision precision = 0;
    tepui_definiteness definiteness = 0;
    tepui_plateau_type plateau = 0;
    tepui_rule rule = 0;
    tepui_gamma_region minima = 0;
    tepui_gamma_region saddles = 0;
    std::optional<EscapeReport> escape;
    std::vector<SplitReport> splits;  // those asked for
};

// Neurons that the data cannot tell apart.
struct GroupReport {
    tepui_group_kind kind = 0;
    std::vector<std::int64_t> neurons;
    std::vector<std::int32_t> signs;
    std::vector<double> coefficients;  // gamma of daughters, output weights of others
    tepui_verdict verdict = 0;
    tepui_rule rule = 0;
    std::array<std::int64_t, 3> inertia = {0, 0, 0};  // -1, -1, -1: not counted
};

// The network as a whole, reduced on the space that the inputs span.
struct WholeReport {
    std::int64_t rank = 0;
    double rank_tolerance = 0.0;
    double smallest_kept = 0.0;
    double largest_dropped = 0.0;
    std::int64_t narrow_width = 0;
    IndexReport index;
    std::int64_t data_nullity = 0;
    std::vector<std::int64_t> fitted_samples;  // set apart
    std::vector<GroupReport> groups;

    bool reduced() const {
        for (const GroupReport& group : groups)
            if (group.kind != TEPUI_GROUP_PARENT || group.neurons.size() != 1) return true;
        return false;
    }
};

// Several neurons split at once.
struct JointSplitReport {
    struct Part {
        std::int64_t neuron;
        std::vector<double> gamma;
        tepui_verdict verdict;  // of this split alone
    };
    SplitReport whole;
    std::vector<Part> parts;
};

struct PointReport {
    std::int64_t width = 0;
    std::int64_t inputs = 0;
    std::vector<double> parameters;  // W row by row, then a
    std::int64_t hits = 0;           // starts that ended here; 0: not from a search
    bool analysed = false;           // false: interrupted before
    double loss = 0.0;
    double gradient_norm = 0.0;
    double gradient_relative = 0.0;
    double stationarity_tolerance = 0.0;
    tepui_verdict verdict = 0;
    tepui_rule rule = 0;
    bool strict = false;
    bool global = false;
    // Of a stationary point, as the neurons: of the reduced network where there is one; none: the neurons
    // alone.
    std::optional<SpectrumReport> hessian;
    std::optional<EvidenceReport> evidence;  // of a Hessian judged by products
    std::optional<WitnessReport> witness;
    std::vector<NeuronReport> neurons;
    std::optional<WholeReport> whole;              // none: the neurons alone
    std::optional<JointSplitReport> joint;         // when asked for
    std::optional<CertificateReport> certificate;  // when asked for
    // Of a ReLU-like network, in place of rule, Hessian, neurons and all that follows from them.
    std::optional<DirectionalReport> directional;

    bool stationary() const { return analysed && verdict != TEPUI_VERDICT_NOT_STATIONARY; }
    // Hessian, neurons and splits are those of the reduced network.
    bool of_reduced() const { return !neurons.empty() && !neurons.front().given.empty(); }
};

struct StartReport {
    tepui_start_outcome outcome = 0;
    std::string reason;
    std::int64_t iterations = 0;
    double loss = 0.0;
    double gradient_relative = 0.0;
    std::int64_t point = -1;  // index into the points, -1 when not converged
};

// What the search made of the inputs (include/tepui/solve.h).
struct SearchInputs {
    std::int64_t used = 0;
    double smallest_used = 0.0, largest_unused = 0.0;
    std::int64_t distinct_samples = 0;
    struct Dependence {
        std::vector<std::int64_t> inputs;
        double size = 0.0;
    };
    std::vector<Dependence> dependences;
};

struct SearchReport {
    bool saddles = false;
    std::int64_t seed = 0;
    std::int64_t max_iterations = 0;
    double tolerance = 0.0;
    SearchInputs inputs;
    std::vector<StartReport> starts;
};

struct PolishReport {
    StartReport start;
    double moved = 0.0;     // |theta - theta_given| / |theta_given|
    bool accepted = false;  // false: the weights are judged as given
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
    std::string target;
    std::string weight_column;
    Preprocessing preprocessing;
    std::string activation;
    std::int64_t width = 0;
    std::int64_t inputs = 0;  // with the bias
    bool bias = false;
    std::optional<SearchReport> search;
    std::optional<PolishReport> polish;
    std::vector<std::string> weight_files;
    std::vector<PointReport> points;
    std::vector<std::string> warnings;
    std::string advice;  // what to do about a point that could not be judged; empty: nothing
    bool interrupted = false;
    std::optional<TimingsReport> timings;  // when asked for

    std::int64_t parameter_count() const { return width * (inputs + 1); }
};

std::string report_as_json(const Report& report);
std::string report_as_text(const Report& report);
// Data, network and where the weights come from.
std::string report_head_as_text(const Report& report);

// Writes the report where the options say: text or JSON to standard output, files into the directory.
void deliver(const Report& report, const OutputOptions& output);

}  // namespace tepui::cli
