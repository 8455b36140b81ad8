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

// Without data: context and activation alone.
Problem open_model(const ModelOptions& model, const RunOptions& run);

// Throws UserError, with what is likely wrong, unless the hidden weights from that file fit the data.
void require_inputs(const Weights& weights, const std::string& file, const Report& report);

// Throws UserError unless the network has such a neuron.
void require_neuron(std::int64_t neuron, const Report& report);

// Adds the warning that goes with so many parameters, and shows all warnings on standard error.
void show_warnings(Report& report);

}  // namespace tepui::cli
