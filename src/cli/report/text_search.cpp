#include "cli/report/text_search.hpp"

#include <algorithm>
#include <map>

#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"
#include "vocabulary/solve.hpp"

namespace tepui::cli {
namespace {

std::string input_name(const Report& report, std::int64_t input) {
    return input < std::int64_t(report.features.size()) ? report.features[std::size_t(input)] : "the bias";
}

// "bmi, bp and sum", the first few of many.
std::string names(const Report& report, const std::vector<std::int64_t>& inputs) {
    constexpr std::size_t shown = 6;
    std::string text;
    for (std::size_t l = 0; l < std::min(inputs.size(), shown); ++l) {
        const bool last = l + 1 == inputs.size();
        text += (l == 0 ? "" : last ? " and " : ", ") + input_name(report, inputs[l]);
    }
    return inputs.size() > shown ? text + ", ... (" + std::to_string(inputs.size()) + ")" : text;
}

std::string dependence_text(const Report& report, const SearchInputs::Dependence& found) {
    constexpr double exact = 1e-12;
    const std::string how =
        found.size <= exact ? "" : " but for " + scientific(found.size, 1) + " of their size";
    if (found.inputs.size() == 1) return input_name(report, found.inputs[0]) + " is always 0";
    if (found.inputs.size() == 2 && found.inputs[1] == report.inputs - 1 && report.bias)
        return input_name(report, found.inputs[0]) + " is constant" + how;
    if (found.inputs.size() == 2 && found.inputs[0] == report.inputs - 1 && report.bias)
        return input_name(report, found.inputs[1]) + " is constant" + how;
    return names(report, found.inputs) + " depend on each other" + how;
}

std::string inputs_text(const Report& report) {
    const SearchInputs& inputs = report.search->inputs;
    std::string text;
    if (inputs.distinct_samples < report.samples)
        text += wrapped("            ", "The samples have " +
                                            counted(inputs.distinct_samples, "different input") +
                                            ": of targets with equal inputs a network can fit the mean.");
    if (inputs.used < report.inputs) {
        std::string why = "The samples tell " + counted(inputs.used, "direction") + " of " +
                          std::to_string(report.inputs) + " inputs apart: weights are sought there";
        if (inputs.distinct_samples < report.inputs) why += " (there are more inputs than different samples)";
        text += wrapped("            ", why + ", and are the shortest that do the same.");
    }
    for (const SearchInputs::Dependence& found : inputs.dependences)
        text += wrapped("            ", "Inputs: " + dependence_text(report, found) + ".");
    return text;
}

// Of the starts, how many ended with a reason that holds any of the words.
std::int64_t starts_with(const SearchReport& search, tepui_start_outcome outcome,
                         const std::vector<std::string>& words) {
    return std::count_if(search.starts.begin(), search.starts.end(), [&](const StartReport& start) {
        return start.outcome == outcome &&
               std::any_of(words.begin(), words.end(), [&](const std::string& word) {
                   return start.reason.find(word) != std::string::npos;
               });
    });
}

}  // namespace

// Outcomes in numbers, then why each start that found nothing ended.
std::string search_text(const Report& report) {
    const SearchReport& search = *report.search;
    std::map<tepui_start_outcome, std::int64_t> count;
    std::map<std::pair<tepui_start_outcome, std::string>, std::vector<std::size_t>> failures;
    for (std::size_t index = 0; index < search.starts.size(); ++index) {
        const StartReport& start = search.starts[index];
        ++count[start.outcome];
        if (start.outcome != TEPUI_START_CONVERGED)
            failures[{start.outcome, start.reason}].push_back(index + 1);
    }
    std::string text = counted(std::int64_t(search.starts.size()), "random start") + " (seed " +
                       std::to_string(search.seed) + ", looking for " +
                       (search.saddles ? "stationary points of any kind" : "local minima") + ")";
    const char* before = ": ";
    for (const Word& outcome : Vocabulary<StartOutcome>::words) {
        text += before + std::to_string(count[outcome.number]) + " " + outcome.name;
        before = ", ";
    }
    text += ". " + counted(std::int64_t(report.points.size()), "distinct stationary point") + ".";
    text = wrapped("Search      ", text);
    for (const auto& [kind, starts] : failures) {
        std::string which = starts.size() == 1 ? "start" : "starts";
        constexpr std::size_t shown = 8;
        for (std::size_t l = 0; l < std::min(starts.size(), shown); ++l)
            which += (l ? ", " : " ") + std::to_string(starts[l]);
        if (starts.size() > shown) which += ", ... (" + std::to_string(starts.size()) + " in all)";
        text += wrapped("            ", std::string(tepui_start_outcome_name(kind.first)) + ", " + which +
                                            ": " + kind.second);
    }
    return text + inputs_text(report);
}

std::string nothing_found_text(const Report& report) {
    const SearchReport& search = *report.search;
    std::string text = wrapped("", "No start reached a stationary point, so there is nothing to classify.");
    const auto add = [&](std::int64_t count, const std::string& cause) {
        if (count > 0) text += wrapped("  ", counted(count, "start") + " " + cause);
    };
    add(starts_with(search, TEPUI_START_DIVERGING, {""}),
        "ran off with weights that grow without bound: the loss has its least value at infinity there. A "
        "smaller "
        "--width often has finite minima; so do targets that the network cannot reach in the limit.");
    const std::int64_t budget = starts_with(search, TEPUI_START_STALLED, {"iteration limit"});
    add(budget, "used up the iterations: raise --max-iterations (now " +
                    std::to_string(search.max_iterations) + ").");
    const std::int64_t overflow = starts_with(search, TEPUI_START_STALLED, {"numeric failure", "overflows"});
    add(overflow,
        std::string("left the range of numbers") +
            (report.preprocessing.standardized ? ": another --activation grows more slowly."
                                               : ": --standardize, or an --activation that grows more "
                                                 "slowly."));
    const std::int64_t rounding = starts_with(search, TEPUI_START_STALLED, {"double precision"});
    std::string columns;
    for (const SearchInputs::Dependence& found : search.inputs.dependences)
        columns += (columns.empty() ? "" : "; ") + names(report, found.inputs);
    add(rounding, "found points that the weights cannot hold to double precision" +
                      (columns.empty() ? std::string(".")
                                       : ": leave one of the inputs out that nearly depend on each other (" +
                                             columns + ")."));
    const std::int64_t stalled =
        starts_with(search, TEPUI_START_STALLED, {""}) - budget - overflow - rounding;
    add(stalled,
        "came to rest where no step lowers the loss or the gradient, above the tolerance: points that "
        "are nearly degenerate; more --starts reach others, and --stationarity sets what counts.");
    return text;
}

}  // namespace tepui::cli
