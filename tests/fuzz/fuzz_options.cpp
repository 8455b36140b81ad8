// Command lines, an argument a line, and each line as a split. What is taken is within its bounds, what is
// refused gets a sentence.
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cmath>
#include <cstring>

#include "cli/command_line.hpp"
#include "cli/options/option_checks.hpp"
#include "cli/options/split_text.hpp"
#include "cli/support/user_error.hpp"
#include "fuzz/fuzz.hpp"

using namespace tepui::cli;
using tepui::test::require_that;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        lines.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

void require_bounds(const SolveOptions& solve) {
    require_that(solve.width >= 0 && solve.width <= most_neurons, "a width is within its bounds");
    const auto starts = solve.starts.value_or(1);
    require_that(starts >= 1 && starts <= 100000, "starts are within their bounds");
    require_that(solve.seed >= 0, "a seed is within its bounds");
}

void require_bounds(const RunOptions& run) {
    require_that(run.threads >= 0 && run.threads <= 4096, "threads are within their bounds");
    require_that(!run.stationarity || (*run.stationarity > 0.0 && *run.stationarity <= 1.0),
                 "a stationarity is within its bounds");
}

void parse(CLI::App& app, const std::vector<std::string>& arguments) {
    std::vector<const char*> pointers{"tepui"};
    for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
    app.parse(int(pointers.size()), pointers.data());
}

void splits(const std::string& text) {
    constexpr std::int64_t width = 3;
    try {
        const AskedSplit split = parse_split(text, width);
        require_that(split.neuron >= 0 && split.neuron < width, "a split neuron is there");
        require_that(split.gamma.size() >= 2, "a split has two coefficients");
        for (const double gamma : split.gamma) require_that(std::isfinite(gamma), "coefficients are finite");
    } catch (const UserError& error) {
        require_that(std::strlen(error.what()) > 0, "a refusal says why");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::string> lines = lines_of(std::string(reinterpret_cast<const char*>(data), size));
    for (const std::string& line : lines) splits(line);
    CLI::App app("", "tepui");
    CommandLine all(app);
    try {
        parse(app, lines);
    } catch (const CLI::Success&) {  // the help
        return 0;
    } catch (const CLI::ParseError& error) {
        require_that(std::strlen(error.what()) > 0, "a refusal says why");
        return 0;
    } catch (const UserError& error) {
        require_that(std::strlen(error.what()) > 0, "a refusal says why");
        return 0;
    }
    require_bounds(all.analyze.solve);
    for (const RunOptions* run : {&all.analyze.run, &all.classify.run, &all.reduce.run, &all.plateau.run,
                                  &all.critical_set.run, &all.trace.run})
        require_bounds(*run);
    for (const PointOptions* point : {&all.plateau.point, &all.critical_set.point}) {
        require_bounds(point->solve);
        require_that(point->number >= 1, "points are numbered from 1");
    }
    return 0;
}
