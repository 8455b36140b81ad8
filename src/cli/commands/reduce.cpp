// tepui reduce: a network's weights -> the distinct neurons behind them, and where each neuron went.
#include "cli/data/npy_file.hpp"
#include "cli/data/weight_files.hpp"
#include "cli/options/commands.hpp"
#include "cli/options/embedding_file.hpp"
#include "cli/options/embedding_text.hpp"
#include "cli/report/output_directory.hpp"
#include "cli/report/report.hpp"
#include "cli/search/problem.hpp"
#include "cli/support/interrupt.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/progress.hpp"
#include "cli/support/text_table.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

using ReductionHandle = std::unique_ptr<tepui_reduction, Destroyer<tepui_reduction_destroy>>;

struct Tolerances {
    double weights = 0.0;
    double outputs = 0.0;
};

void set_tolerance(tepui_context* context, tepui_option option, const std::optional<double>& wanted,
                   double& used) {
    if (wanted) require(context, tepui_context_set_real(context, option, *wanted));
    require(context, tepui_context_get_real(context, option, &used));
}

void check_options(const ReduceOptions& options) {
    if (options.data.file.empty() && (options.data.any_but_file() || options.model.any_but_activation()))
        throw UserError(
            "options about the data (--target, --bias, ...) are given, but no data: give the "
            "table, or leave them out to compare weights as they are");
}

ReductionHandle reduce(const Problem& problem, const tepui_network* network) {
    tepui_reduction* raw = nullptr;
    require(problem.context.get(), tepui_reduce(problem.context.get(), network, problem.dataset.get(), &raw));
    return ReductionHandle(raw);
}

Json as_json(const ReduceOptions& options, const Report& report, const Tolerances& tolerances,
             const Json& reduction, const EmbeddingPlaces& places) {
    const Json data =
        options.data.file.empty() ? Json(nullptr) : Json{{"file", report.file}, {"samples", report.samples}};
    Json json = {{"tepui", tepui_version()},
                 {"format", 1},
                 {"command", "reduce"},
                 {"data", data},
                 {"weight_files", options.weight_files},
                 {"activation", places.activation},
                 {"tolerance", {{"weights", tolerances.weights}, {"outputs", tolerances.outputs}}}};
    json.update(reduction);
    json["embedding"] = embedding_json(places);
    json["warnings"] = report.warnings;
    return json;
}

// How far the network had to move to be an exact embedding of the narrow one.
std::string exactness(const Json& reduction) {
    const double weights = real_of(reduction["weight_spread"]), outputs = real_of(reduction["output_spread"]);
    if (weights == 0.0 && outputs == 0.0) return "exact: merged weights are equal to the last digit";
    std::string text =
        "merged weights are up to " + significant(weights, 3) + " of their length away from their parent's";
    if (outputs > 0.0)
        text += "; cancelled output weights leave up to " + significant(outputs, 3) +
                " of the sum of their absolute values";
    return text;
}

std::string as_text(const ReduceOptions& options, const Report& report, const Tolerances& tolerances,
                    const Json& reduction, const EmbeddingPlaces& places, const tepui_network* wide) {
    const tepui_model_flags flags = tepui_network_flags(wide);
    std::string formula = "f(x) = sum_i a_i " + places.activation + "(w_i . x)";
    if ((flags & TEPUI_MODEL_OUTPUT_BIAS) != 0) formula += " + b";
    if ((flags & TEPUI_MODEL_SKIP) != 0) formula += " + C x";
    const std::string within = "within " + significant(tolerances.weights, 3) + " of ";
    std::string text = wrapped("Network     ", formula + ": " + weights_text(options.weight_files) + "; " +
                                                   counted(places.inputs, "input"));
    text += wrapped("Equal       ", options.data.file.empty()
                                        ? within + "the length of their weights (no data given)"
                                        : within + "their root mean square preactivation on " + report.file +
                                              ", " + counted(report.samples, "sample"));
    text += wrapped("Reduction   ", places_summary(places));
    text += wrapped("            ", exactness(reduction));
    return text + "\n" + places_table(places, wide);
}

std::vector<std::string> inputs_of(const ReduceOptions& options) {
    std::vector<std::string> files = options.weight_files;
    files.push_back(options.data.file);
    files.push_back(options.data.targets_file);
    return files;
}

}  // namespace

int run_reduce(const ReduceOptions& options) {
    check_options(options);
    check_directory(options.output.directory);
    Report report;
    report.command = "reduce";
    const bool on_data = !options.data.file.empty();
    const Problem problem =
        on_data ? open_problem(options.data, options.model, options.run, of_given_weights, report)
                : open_model(options.model, options.run, of_given_weights);
    tepui_context* context = problem.context.get();
    const Weights weights = on_data ? read_fitting_weights(options.weight_files, options.model, report)
                                    : read_weights(options.weight_files);
    if (report.decay.any())
        throw UserError(
            "--decay: the distinct neurons behind a network have another penalty than the network, and other "
            "stationary points: leave the decay out to reduce its function");
    for (const std::string& warning : report.warnings) warn(warning);
    Tolerances tolerances;
    set_tolerance(context, TEPUI_OPTION_REDUCE_WEIGHTS, options.weight_tolerance, tolerances.weights);
    set_tolerance(context, TEPUI_OPTION_REDUCE_OUTPUTS, options.output_tolerance, tolerances.outputs);
    catch_interrupt();

    const Progress progress(context);
    const NetworkHandle wide = make_network(context, problem.activation.get(), weights);
    const ReductionHandle reduction = reduce(problem, wide.get());
    const EmbeddingPlaces places =
        places_of(reduction.get(), tepui_activation_name(problem.activation.get()));
    const Json told_of_it = told(context, tepui_reduction_report, reduction.get());
    const std::string json = json_text(as_json(options, report, tolerances, told_of_it, places));
    write_and_show(
        [&] {
            if (options.output.directory.empty()) return;
            OutputDirectory out(options.output.directory, inputs_of(options));
            const tepui_network* narrow = tepui_reduction_network(reduction.get());
            out.add("report.json", json);
            out.add("embedding.json", json_text(embedding_json(places)));
            out.add_network("narrow", weights_of(narrow), {{"activation", npy_text(places.activation)}});
            out.commit();
        },
        options.output.json ? json : as_text(options, report, tolerances, told_of_it, places, wide.get()));
    return exit_ok;
}

}  // namespace tepui::cli
