// The prepared table and the library's objects made of it.
#pragma once
#include "cli/data/samples.hpp"
#include "cli/data/weight_files.hpp"
#include "cli/options/options.hpp"
#include "cli/report/report.hpp"
#include "cli/support/handles.hpp"

namespace tepui::cli {

struct Problem {
    Samples samples;  // the data set borrows its arrays
    Context context;
    ActivationHandle activation;
    DatasetHandle dataset;

    bool relu_like() const { return tepui_activation_is_relu_like(activation.get()) != 0; }
};

// Reads and prepares the data, checks the activation, and fills in what the report says about both.
Problem open_problem(const DataOptions& data, const ModelOptions& model, const RunOptions& run,
                     Report& report);

// The same for commands that take one output and the squared loss without decay alone, and for those that
// take no output bias and skip connections either: throws UserError for other models.
Problem open_one_output_problem(const DataOptions& data, const ModelOptions& model, const RunOptions& run,
                                Report& report);
Problem open_plain_problem(const DataOptions& data, const ModelOptions& model, const RunOptions& run,
                           Report& report);

// Throws UserError, naming the report's command, unless the network has one output, and the loss is the
// squared one without decay.
void require_one_output(const Report& report);

// Without data: context and activation alone.
Problem open_model(const ModelOptions& model, const RunOptions& run);

// Reads the weights of a network on these data and says in the report what network it is. Throws UserError,
// with what is likely wrong, where they do not fit the data or the options.
Weights read_fitting_weights(const std::vector<std::string>& files, const ModelOptions& model,
                             Report& report);

// Throws UserError unless the network has such a neuron.
void require_neuron(std::int64_t neuron, const Report& report);

// Adds the warning that goes with so many parameters, and shows all warnings on standard error.
void show_warnings(Report& report);

}  // namespace tepui::cli
