#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cmath>

#include "cli/critical_set/critical_set.hpp"
#include "cli/options/option_checks.hpp"
#include "cli/search/chosen_point.hpp"
#include "cli/support/gnuplot.hpp"
#include "cli/support/output_files.hpp"
#include "cli/support/progress.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

constexpr const char* examples =
    R"(Examples:
  tepui critical-set diabetes.csv --target progression --features bmi --bias --standardize --activation gelu \
      --width 2 --wide 5 --out branches.svg
  tepui critical-set --data X.npy --y y.npy --activation silu --weights W.npy a.npy --wide 6 --json

The point, searched for (--width) or given (--weights), is reduced first; what is left has r neurons. Branch l
of its critical set in width M (--wide) has l null neurons. Pictures are drawn by gnuplot (Debian: apt-get
install gnuplot-nox).

Exit status: 0 report given, 2 bad input, 3 no stationary point, 4 failure of the library,
128 + the signal when interrupted (Ctrl-C: 130, SIGTERM: 143).)";

using CriticalSetHandle = std::unique_ptr<tepui_critical_set, Destroyer<tepui_critical_set_destroy>>;

BranchSampleReport describe_sample(tepui_context* context, const tepui_critical_set* set, std::int64_t branch,
                                   std::int64_t index) {
    BranchSampleReport sample;
    require(context, tepui_critical_set_sample(context, set, branch, index, &sample.verdict, &sample.rule,
                                               nullptr, nullptr, &sample.counted_nullity));
    require(context,
            tepui_critical_set_index_bounds(context, set, branch, index, &sample.index.morse_index.least,
                                            &sample.index.morse_index.most, &sample.index.nullity.least,
                                            &sample.index.nullity.most));
    require(context, tepui_critical_set_measures(context, set, branch, index, &sample.gradient_relative,
                                                 &sample.psi_residual, &sample.fall, &sample.flattest));
    const tepui_network* network = tepui_critical_set_network(set, branch, index);
    const std::int64_t count = tepui_network_parameter_count(network);
    const double* parameters = tepui_network_parameters(network);
    sample.parameters.assign(parameters, parameters + count);
    if (const double* direction = tepui_critical_set_flattest_direction(set, branch, index))
        sample.flattest_direction.assign(direction, direction + count);
    return sample;
}

BranchReport describe_branch(tepui_context* context, const tepui_critical_set* set, std::int64_t branch) {
    BranchReport report;
    std::int32_t reached = 0;
    const char *surjections = nullptr, *pieces = nullptr;
    require(context,
            tepui_critical_set_branch(context, set, branch, &report.dimension, &report.meeting_dimension,
                                      &report.content, &reached, &surjections, &pieces));
    report.reached = reached != 0;
    report.surjections = surjections;
    report.pieces = pieces;
    require(context, tepui_critical_set_existence(context, set, branch, &report.existence));
    const auto search = [&](tepui_branch_goal goal, BranchReport::Optimum& found) {
        require(context, tepui_critical_set_optimum(context, set, branch, goal, &found.sample, &found.from,
                                                    &found.tried, &found.improved));
    };
    search(TEPUI_GOAL_DEEPEST, report.deepest);
    search(TEPUI_GOAL_FLATTEST, report.flattest);
    report.drawn = std::size_t(tepui_critical_set_samples(set, branch));
    const std::int64_t last =
        std::max({std::int64_t(report.drawn) - 1, report.deepest.sample, report.flattest.sample});
    for (std::int64_t index = 0; index <= last; ++index)
        report.samples.push_back(describe_sample(context, set, branch, index));
    return report;
}

void describe(tepui_context* context, const tepui_critical_set* set, CriticalSetReport& report) {
    const tepui_network* minimal = tepui_critical_set_minimal(set);
    const double* parameters = tepui_network_parameters(minimal);
    report.minimal.assign(parameters, parameters + tepui_network_parameter_count(minimal));
    report.narrow_width = tepui_network_width(minimal);
    report.wide_width = tepui_critical_set_width(set);
    report.nullity = tepui_critical_set_nullity(set);
    report.loss = tepui_critical_set_loss(set);
    report.verdict = tepui_critical_set_verdict(set);
    for (std::int64_t i = 0; i < report.narrow_width; ++i) {
        tepui_meeting meeting = 0;
        require(context, tepui_critical_set_meeting(context, set, i, &meeting));
        report.meetings.push_back(meeting);
    }
    for (std::int64_t l = 0; l < tepui_critical_set_branches(set); ++l)
        report.branches.push_back(describe_branch(context, set, l));
}

}  // namespace

std::int64_t BranchReport::count(tepui_verdict verdict) const {
    return std::count_if(samples.begin(), samples.begin() + std::ptrdiff_t(drawn),
                         [&](const BranchSampleReport& sample) { return sample.verdict == verdict; });
}

std::pair<double, double> BranchReport::falls() const {
    std::pair<double, double> range = {0.0, 0.0};
    for (const BranchSampleReport& sample : samples) {
        if (sample.fall <= 0.0) continue;
        range.first = range.first > 0.0 ? std::min(range.first, sample.fall) : sample.fall;
        range.second = std::max(range.second, sample.fall);
    }
    return range;
}

std::ptrdiff_t BranchReport::flattest_sample() const {
    std::ptrdiff_t best = -1;
    for (std::size_t index = 0; index < samples.size(); ++index) {
        const double value = std::fabs(samples[index].flattest);
        if (std::isnan(value)) continue;
        if (best < 0 || value < std::fabs(samples[std::size_t(best)].flattest)) best = std::ptrdiff_t(index);
    }
    return best;
}

CLI::App* add_critical_set_command(CLI::App& app, CriticalSetOptions& options) {
    CLI::App* command = app.add_subcommand(
        "critical-set", "The stationary points of a wider network that compute what a point computes");
    add_data_options(*command, options.data, true);
    add_sample_weights_option(*command, options.data);
    add_model_options(*command, options.model);
    add_point_options(*command, options.point);
    command->add_option("--wide", options.wide_width, "Width M of the wider network, at most 1000")
        ->required()
        ->check(whole_number(1, 1000))
        ->type_name("M");
    command->add_option("--samples", options.samples, "Points drawn on each branch (default 8)")
        ->check(whole_number(0, 100000))
        ->type_name("K");
    add_threads_option(*command, options.run);
    add_stationarity_option(*command, options.run);
    add_figure_options(*command, options.figure);
    command->footer(examples);
    return command;
}

int run_critical_set(const CriticalSetOptions& options) {
    CriticalSetReport report;
    report.head.command = "critical-set";
    const std::optional<Scene> scene = open_scene(options, report.head);
    if (!scene) return exit_not_stationary;
    const auto& [problem, chosen] = *scene;
    tepui_context* context = problem.context.get();
    report.point_description = chosen.description;
    const Progress progress(context);
    tepui_critical_set* raw = nullptr;
    const tepui_status status = tepui_map_critical_set(context, problem.dataset.get(), chosen.network.get(),
                                                       options.wide_width, options.samples, &raw);
    if (status == TEPUI_ERROR_NOT_STATIONARY) {
        complain(std::string(tepui_context_message(context)) +
                 "; tepui classify --polish moves it to the stationary point nearby, if there is one");
        return exit_not_stationary;
    }
    if (status == TEPUI_ERROR_INVALID_SIZE)
        throw UserError("--wide " + std::to_string(options.wide_width) + ": " +
                        tepui_context_message(context));
    require(context, status);
    const CriticalSetHandle set(raw);
    describe(context, raw, report);
    show_and_draw(options.figure.json ? critical_set_as_json(report) : critical_set_as_text(report),
                  options.figure.file, [&] { return critical_set_figure(report); });
    return exit_ok;
}

}  // namespace tepui::cli
