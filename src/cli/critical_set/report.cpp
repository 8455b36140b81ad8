// The critical set as text and as JSON.
#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/critical_set/critical_set.hpp"
#include "cli/report/phrases.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"
#include "vocabulary/critical_set.hpp"

namespace tepui::cli {
namespace {

// A count in full, or its first digits and its power of ten.
std::string short_count(const std::string& digits) {
    if (digits.size() <= 9) return digits;
    return digits.substr(0, 1) + "." + digits.substr(1, 2) + "e" + std::to_string(digits.size() - 1);
}

std::string samples_text(const Json& branch) {
    if (branch["existence"] == "open") return "none found: may be empty";
    if (!branch["reached"].get<bool>()) return "none found";
    const auto drawn = branch["drawn"].get<std::ptrdiff_t>(), first = std::ptrdiff_t{0};
    const auto samples = branch["samples"].begin();
    const auto count = [&](const char* verdict) {
        return std::count_if(samples + first, samples + drawn,
                             [&](const Json& sample) { return sample["verdict"] == verdict; });
    };
    const auto minima = count("local_minimum"), saddles = count("saddle");
    std::string text;
    const auto add = [&](std::ptrdiff_t number, const std::string& what) {
        if (number > 0) text += (text.empty() ? "" : ", ") + std::to_string(number) + " " + what;
    };
    add(minima, minima == 1 ? "minimum" : "minima");
    add(saddles, saddles == 1 ? "saddle" : "saddles");
    add(drawn - minima - saddles, "undetermined");
    return text.empty() ? "-" : text;
}

// Of all samples of the branch.
std::string index_text_of(const Json& branch) {
    Json all;
    for (const Json& sample : branch["samples"]) {
        const Json& bounds = sample["morse_index_bounds"];
        if (all.is_null()) all = bounds;
        all = {std::min(all[0], bounds[0]), std::max(all[1], bounds[1])};
    }
    return all.is_null() ? "-" : count_text({{"morse_index_bounds", all}}, "morse_index");
}

std::string fall_text(const Json& branch) {
    if (branch["largest_fall"].is_null()) return "-";
    return scientific(real_of(branch["least_fall"]), 2) + " to " +
           scientific(real_of(branch["largest_fall"]), 2);
}

// The non-zero eigenvalue nearest to zero of all samples.
std::string flattest_text(const Json& branch) {
    double flattest = std::numeric_limits<double>::quiet_NaN();
    for (const Json& sample : branch["samples"]) {
        const double value = real_of(sample["flattest_curvature"]);
        if (!(std::fabs(value) >= std::fabs(flattest)) && !std::isnan(value)) flattest = value;
    }
    return std::isnan(flattest) ? "-" : scientific(flattest, 2);
}

std::string branch_table(const CriticalSetReport& report) {
    using Align = TextTable::Align;
    TextTable table;
    table.column("branch", Align::left);
    for (const char* name : {"dimension", "pieces", "meets"}) table.column(name, Align::right);
    table.column("consists of", Align::left);
    table.column("sampled", Align::left);
    table.column("index", Align::right);
    table.column("loss falls by", Align::left);
    table.column("flattest", Align::right);
    for (const Json& branch : report.branches())
        table.row(
            {"C^{" + report.set["narrow_width"].dump() + "," + branch["null_neurons"].dump() + "}",
             branch["dimension"].dump(), short_count(text_of(branch["pieces"])),
             branch["meeting_dimension"].is_null() ? "-" : branch["meeting_dimension"].dump(),
             phrase<BranchContent>(branch["content"]) + (branch["existence"] == "open" ? ", if any" : ""),
             samples_text(branch), index_text_of(branch), fall_text(branch), flattest_text(branch)});
    return table.text("  ");
}

// " (9 of 72 steps improved)": an improvement, not a proven optimum.
std::string search_text(const CriticalSetReport& report, const char* goal) {
    std::int64_t tried = 0, improved = 0;
    for (const Json& branch : report.branches()) {
        if (branch[goal].is_null()) continue;
        tried += branch[goal]["tried"].get<std::int64_t>();
        improved += branch[goal]["improved"].get<std::int64_t>();
    }
    return tried == 0 ? ""
                      : " (" + std::to_string(improved) + " of " + std::to_string(tried) +
                            " steps improved; no proven optimum)";
}

}  // namespace

std::string critical_set_as_text(const CriticalSetReport& report) {
    std::string text = report_head_as_text(report.head);
    const Json &set = report.set, &point = set["point"];
    text +=
        "\n" +
        wrapped("", "Critical set in width " + set["wide_width"].dump() + " of " + report.point_description +
                        ": " + counted(set["narrow_width"].get<std::int64_t>(), "distinct neuron") +
                        ", loss " + significant(real_of(point["loss"]), 12) + ", " +
                        verdict_phrase(point["verdict"]) + ", N = " + set["narrow_nullity"].dump());
    text += "\n" + branch_table(report) + "\n";
    std::string meetings;
    for (std::size_t i = 0; i < set["meetings"].size(); ++i)
        meetings += (i ? ", " : "") + std::to_string(i) + ": " + text_of(set["meetings"][i]);
    text += wrapped("  psi = 0 reaches the weights of neuron  ", meetings);
    text += "\nReading this\n";
    text +=
        wrapped("  C^{r,l}        ",
                "all stationary points of the wide network with this function and l null neurons, of output "
                "weight 0 and weights on psi(w) = sum_k s_k r_k sigma(w . x_k) = 0; the others repeat the r "
                "distinct neurons");
    text += wrapped("  N              ", "zero eigenvalues of the distinct neurons' own Hessian");
    text += wrapped("  pieces         ", "choices of the null neurons and ways to deal out the others");
    text += wrapped("  meets          ",
                    "dimension in which it meets the branch before it, where a null neuron has "
                    "the weights of another; in the limit where psi = 0 reaches these");
    text += wrapped("  sampled        ", "points drawn at random, each classified as it stands");
    text += wrapped("  index          ",
                    "number of negative eigenvalues of the Hessian there, as far as it is known");
    text += wrapped("  loss falls by  ",
                    "smallest and largest measured fall on the best ways down of the samples; the largest is "
                    "then improved by a search along the branch" +
                        search_text(report, "deepest"));
    text += wrapped("  flattest       ",
                    "the non-zero eigenvalue nearest to zero in any of their Hessians, improved likewise" +
                        search_text(report, "flattest") + " (direction: --json)");
    const bool open = std::any_of(report.branches().begin(), report.branches().end(),
                                  [](const Json& branch) { return branch["existence"] == "open"; });
    if (open)
        text += wrapped("  if any         ",
                        "no zero of psi was found beyond the weights of the distinct neurons, and none is "
                        "proven");
    return text;
}

std::string critical_set_as_json(const CriticalSetReport& report) {
    Json json = report_head_as_json(report.head);
    json["point"]["description"] = report.point_description;
    for (const auto& [name, value] : report.set.items()) {
        if (name == "point")
            json["point"].update(value);
        else
            json[name] = value;
    }
    json["warnings"] = report.head.warnings;
    return json_text(json);
}

}  // namespace tepui::cli
