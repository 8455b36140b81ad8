// The prepared table and the library's objects made of it.
#pragma once
#include <memory>

#include "cli/data/samples.hpp"
#include "cli/data/weight_files.hpp"
#include "cli/options/habits.hpp"
#include "cli/options/options.hpp"
#include "cli/report/report.hpp"
#include "cli/support/handles.hpp"

namespace tepui::cli {

// What the library asks for samples that lie in a file.
struct SampleReader {
    Inputs inputs;
    const double* targets;  // of all samples
    const double* weights;  // or null: all 1
};

struct Problem {
    Samples samples;                       // the data set borrows its arrays
    std::unique_ptr<SampleReader> reader;  // where they are read whenever they are asked for
    Context context;
    ActivationHandle activation;
    DatasetHandle dataset;

    bool relu_like() const { return tepui_activation_is_relu_like(activation.get()) != 0; }
};

// Reads and prepares the data, checks the activation, and fills in what the report says about both. What the
// options leave open goes by the habits.
Problem open_problem(const DataOptions& data, const ModelOptions& model, const RunOptions& run,
                     const Habits& habits, Report& report);

// Without data: context and activation alone.
Problem open_model(const ModelOptions& model, const RunOptions& run, const Habits& habits);

// Reads the weights of a network on these data and says in the report what network it is. Throws UserError,
// with what is likely wrong, where they do not fit the data or the options.
Weights read_fitting_weights(const std::vector<std::string>& files, const ModelOptions& model,
                             Report& report);

// Throws UserError unless the network has such a neuron.
void require_neuron(std::int64_t neuron, const Report& report);

// Adds the warning that goes with so many parameters, and shows all warnings on standard error.
void show_warnings(Report& report);

}  // namespace tepui::cli
