#include "cli/report/text_search.hpp"

#include <algorithm>
#include <map>

#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"

namespace tepui::cli {
namespace {

std::string input_name(const Report& report, std::int64_t input) {
    return input < std::int64_t(report.features.size()) ? report.features[std::size_t(input)] : "the bias";
}

// "bmi, bp and sum", the first few of many.
std::string names(const Report& report, const Json& inputs) {
    constexpr std::size_t shown = 6;
    std::string text;
    for (std::size_t l = 0; l < std::min(inputs.size(), shown); ++l) {
        const bool last = l + 1 == inputs.size();
        text += (l == 0 ? "" : last ? " and " : ", ") + input_name(report, inputs[l].get<std::int64_t>());
    }
    return inputs.size() > shown ? text + ", ... (" + std::to_string(inputs.size()) + ")" : text;
}

std::string dependence_text(const Report& report, const Json& found) {
    constexpr double exact = 1e-12;
    const double size = real_of(found["size"]);
    const std::string how = size <= exact ? "" : " but for " + scientific(size, 1) + " of their size";
    const auto inputs = found["inputs"].get<std::vector<std::int64_t>>();
    if (inputs.size() == 1) return input_name(report, inputs[0]) + " is always 0";
    for (const std::size_t other : {1, 0})
        if (inputs.size() == 2 && inputs[other] == report.inputs - 1 && report.bias)
            return input_name(report, inputs[1 - other]) + " is constant" + how;
    return names(report, found["inputs"]) + " depend on each other" + how;
}

std::string inputs_text(const Report& report) {
    const Json& inputs = report.search["inputs"];
    const auto distinct = inputs["distinct_samples"].get<std::int64_t>();
    std::string text;
    if (distinct < report.samples)
        text += wrapped("            ", "The samples have " + counted(distinct, "different input") +
                                            ": of targets with equal inputs a network can fit the mean.");
    if (inputs["used"] < report.inputs) {
        std::string why = "The samples tell " + counted(inputs["used"].get<std::int64_t>(), "direction") +
                          " of " + std::to_string(report.inputs) + " inputs apart: weights are sought there";
        if (distinct < report.inputs) why += " (there are more inputs than different samples)";
        text += wrapped("            ", why + ", and are the shortest that do the same.");
    }
    for (const Json& found : inputs["dependences"])
        text += wrapped("            ", "Inputs: " + dependence_text(report, found) + ".");
    return text;
}

// Of the starts, how many ended with a reason that holds any of the words.
std::int64_t starts_with(const Json& search, const char* outcome, const std::vector<std::string>& words) {
    const Json& starts = search["starts"];
    return std::count_if(starts.begin(), starts.end(), [&](const Json& start) {
        return start["outcome"] == outcome &&
               std::any_of(words.begin(), words.end(), [&](const std::string& word) {
                   return text_of(start["reason"]).find(word) != std::string::npos;
               });
    });
}

}  // namespace

// Outcomes in numbers, then why each start that found nothing ended.
std::string search_text(const Report& report) {
    const Json& search = report.search;
    std::map<std::string, std::map<std::string, std::vector<std::int64_t>>> starts;  // by outcome and reason
    for (const Json& start : search["starts"])
        starts[text_of(start["outcome"])][text_of(start["reason"])].push_back(start["start"]);
    std::string text = counted(std::int64_t(search["starts"].size()), "random start") + " (seed " +
                       search["seed"].dump() + ", looking for " +
                       (search["find"] == "minimum" ? "local minima" : "stationary points of any kind") + ")";
    const char* before = ": ";
    for (const auto& [outcome, count] : search["outcomes"].items()) {
        text += before + count.dump() + " " + (outcome == "at_infinity" ? "at infinity" : outcome);
        before = ", ";
    }
    text += ". " + counted(std::int64_t(report.found), "distinct stationary point");
    if (!search["ends"].empty())
        text += ", " + counted(std::int64_t(search["ends"].size()), "distinct end") + " at infinity";
    text += ".";
    text = wrapped("Search      ", text);
    for (const auto& [outcome, count] : search["outcomes"].items()) {
        if (outcome == "converged" || outcome == "at_infinity") continue;
        for (const auto& [reason, numbers] : starts[outcome]) {
            std::string which = numbers.size() == 1 ? "start" : "starts";
            constexpr std::size_t shown = 8;
            for (std::size_t l = 0; l < std::min(numbers.size(), shown); ++l)
                which += (l ? ", " : " ") + std::to_string(numbers[l]);
            if (numbers.size() > shown) which += ", ... (" + std::to_string(numbers.size()) + " in all)";
            text += wrapped("            ", outcome + ", " + which + ": " + reason);
        }
    }
    return text + inputs_text(report);
}

std::string nothing_found_text(const Report& report) {
    const Json& search = report.search;
    std::string text =
        wrapped("", search["ends"].empty()
                        ? "No start reached a stationary point, so there is nothing to classify."
                        : "No start reached a stationary point at finite weights: the ends at infinity "
                          "are all there is to classify.");
    const auto add = [&](std::int64_t count, const std::string& cause) {
        if (count > 0) text += wrapped("  ", counted(count, "start") + " " + cause);
    };
    const std::int64_t apart = starts_with(search, "stalled", {"classes are separated"});
    add(apart,
        "told all classes apart: the loss falls towards its infimum as output weights grow, and has no "
        "minimum. "
        "Weight decay (--decay) gives it one; a smaller --width may.");
    const std::int64_t far = starts_with(search, "stalled", {"grow without bound", "divergence factor"});
    add(far,
        "ran off with weights that grow without bound, to a limit that is not among those that are known. A "
        "smaller --width often has finite minima.");
    const std::int64_t budget = starts_with(search, "stalled", {"iteration limit reached"});
    add(budget,
        "used up the iterations: raise --max-iterations (now " + search["max_iterations"].dump() + ").");
    const std::int64_t overflow = starts_with(search, "stalled", {"numeric failure", "overflows"});
    add(overflow,
        std::string("left the range of numbers") +
            (report.preprocessing.standardized ? ": another --activation grows more slowly."
                                               : ": --standardize, or an --activation that grows more "
                                                 "slowly."));
    const std::int64_t rounding = starts_with(search, "stalled", {"weights of double precision"});
    std::string columns;
    for (const Json& found : search["inputs"]["dependences"])
        columns += (columns.empty() ? "" : "; ") + names(report, found["inputs"]);
    add(rounding, "found points that the weights cannot hold to double precision" +
                      (columns.empty() ? std::string(".")
                                       : ": leave one of the inputs out that nearly depend on each other (" +
                                             columns + ")."));
    const std::int64_t stalled =
        starts_with(search, "stalled", {""}) - apart - far - budget - overflow - rounding;
    add(stalled,
        "came to rest where no step lowers the loss or the gradient, above the tolerance: points that "
        "are nearly degenerate; more --starts reach others, and --stationarity sets what counts.");
    return text;
}

}  // namespace tepui::cli
