#include "cli/search/choices.hpp"

#include "cli/support/number_text.hpp"

namespace tepui::cli {
namespace {

// A table used where it lies would be copied: for a large one its user must ask for that.
constexpr double most_bytes_copied = 1073741824.0;

double bytes_of_copy(const Samples& samples) {
    return 8.0 * double(samples.count) * double(samples.features.size());
}

constexpr std::int64_t most_dense = 6000;  // parameters

// One output, the squared loss, neither decay nor skip connections: an output bias is all that could keep
// what is for such networks alone from this one.
bool plain_otherwise(const Problem& problem, const ModelOptions& model) {
    const Targets& targets = problem.samples.targets;
    return targets.outputs.size() == 1 && targets.loss.kind == LossKind::squared && !model.skip &&
           !model.decay.any();
}

// Why a network has no output bias that would have had one; empty: it has.
std::string against_output_bias(const Problem& problem, const ModelOptions& model, const RunOptions& run,
                                bool bias, std::int64_t width) {
    if (model.skip && bias) return "the skip connection of the bias is one";
    if (problem.relu_like()) return "searches of ReLU-like neurons take none as yet";
    if (!plain_otherwise(problem, model)) return "";
    if (run.certify) return "certificates take none as yet";
    if (run.hessian_method != 0 || run.neuron_method != 0 || run.precision != 0 || run.neurons_only)
        return "the methods asked for take none as yet";
    if (width * (std::int64_t(problem.samples.features.size()) + 2) > most_dense)
        return "points of so many parameters are judged without one as yet";
    return "";
}

}  // namespace

Choices choose(const Problem& problem, const DataOptions& data, const ModelOptions& model,
               const RunOptions& run, const Habits& habits, Report& report) {
    const auto note = [&](const char* option, const std::string& what, const std::string& because = "") {
        if (habits.sought) report.chosen.push_back({option, what, because});
    };
    Choices choices;
    const bool large = problem.samples.file && bytes_of_copy(problem.samples) > most_bytes_copied;
    choices.standardize = data.standardize.value_or(habits.standardize && !large);
    if (!data.standardize && large)
        note("--standardize", "not standardised", "the table is used where it lies, which takes no memory");
    else if (!data.standardize)
        note("--no-standardize", "standardised");
    choices.bias = model.bias.value_or(habits.bias);
    if (!model.bias) note("--no-bias", "input biases");
    const std::string against = against_output_bias(problem, model, run, choices.bias, report.width);
    choices.output_bias = model.output_bias ? *model.output_bias && !(model.skip && choices.bias)
                                            : habits.output_bias && against.empty();
    if (!model.output_bias && choices.output_bias)
        note("--no-output-bias", "an output bias",
             plain_otherwise(problem, model)
                 ? "ways down for each plateau, certificates and the commands that "
                   "draw are for networks without one as yet"
                 : "");
    if (!model.output_bias && habits.output_bias && !against.empty())
        note("--output-bias", "no output bias", against);
    const Targets& targets = problem.samples.targets;
    if (!targets.because.empty())
        note("--loss", "the " + std::string(name_of(targets.loss.kind)) + " loss", targets.because);
    if (!model.activation) note("--activation", report.activation);
    return choices;
}

}  // namespace tepui::cli
