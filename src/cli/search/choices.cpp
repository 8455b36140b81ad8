#include "cli/search/choices.hpp"

#include "cli/support/number_text.hpp"

namespace tepui::cli {

Choices choose(const Problem& problem, const DataOptions& data, const ModelOptions& model,
               const Habits& habits, Report& report) {
    const auto note = [&](const char* option, const std::string& what, const std::string& because = "") {
        if (habits.sought) report.chosen.push_back({option, what, because});
    };
    Choices choices;
    choices.standardize = data.standardize.value_or(habits.standardize);
    if (!data.standardize) note("--no-standardize", "standardised");
    choices.bias = model.bias.value_or(habits.bias);
    if (!model.bias) note("--no-bias", "input biases");
    const bool skips_bias = model.skip && choices.bias;
    choices.output_bias = model.output_bias.value_or(habits.output_bias) && !skips_bias;
    if (!model.output_bias && choices.output_bias) note("--no-output-bias", "an output bias");
    if (!model.output_bias && habits.output_bias && skips_bias)
        note("--output-bias", "no output bias", "the skip connection of the bias is one");
    const Targets& targets = problem.samples.targets;
    if (!targets.because.empty())
        note("--loss", "the " + std::string(name_of(targets.loss.kind)) + " loss", targets.because);
    if (!model.activation) note("--activation", report.activation);
    return choices;
}

}  // namespace tepui::cli
