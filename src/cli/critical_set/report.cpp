// The critical set as text and as JSON.
#include <algorithm>
#include <cmath>

#include "cli/critical_set/critical_set.hpp"
#include "cli/report/report_json.hpp"
#include "cli/report/report_names.hpp"
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

std::string samples_text(const BranchReport& branch) {
    if (branch.existence == TEPUI_EXISTENCE_OPEN) return "none found: may be empty";
    if (!branch.reached) return "none found";
    const std::int64_t minima = branch.count(TEPUI_VERDICT_LOCAL_MINIMUM);
    const std::int64_t saddles = branch.count(TEPUI_VERDICT_SADDLE);
    const std::int64_t open = std::int64_t(branch.drawn) - minima - saddles;
    std::string text;
    const auto add = [&](std::int64_t count, const std::string& what) {
        if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
    };
    add(minima, minima == 1 ? "minimum" : "minima");
    add(saddles, saddles == 1 ? "saddle" : "saddles");
    add(open, "undetermined");
    return text.empty() ? "-" : text;
}

std::string index_text(const BranchReport& branch) {
    if (branch.samples.empty()) return "-";
    CountReport all = branch.samples.front().index.morse_index;
    for (const BranchSampleReport& sample : branch.samples) {
        all.least = std::min(all.least, sample.index.morse_index.least);
        all.most = std::max(all.most, sample.index.morse_index.most);
    }
    return all.text();
}

std::string fall_text(const BranchReport& branch) {
    const auto [least, most] = branch.falls();
    return most > 0.0 ? scientific(least, 2) + " to " + scientific(most, 2) : "-";
}

std::string flattest_text(const BranchReport& branch) {
    const std::ptrdiff_t index = branch.flattest_sample();
    return index < 0 ? "-" : scientific(branch.samples[std::size_t(index)].flattest, 2);
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
    for (std::size_t l = 0; l < report.branches.size(); ++l) {
        const BranchReport& branch = report.branches[l];
        table.row({"C^{" + std::to_string(report.narrow_width) + "," + std::to_string(l) + "}",
                   std::to_string(branch.dimension), short_count(branch.pieces),
                   branch.meeting_dimension < 0 ? "-" : std::to_string(branch.meeting_dimension),
                   phrase_of(BranchContent{branch.content}) +
                       (branch.existence == TEPUI_EXISTENCE_OPEN ? ", if any" : ""),
                   samples_text(branch), index_text(branch), fall_text(branch), flattest_text(branch)});
    }
    return table.text("  ");
}

// " (9 of 72 steps improved)": an improvement, not a proven optimum.
std::string search_text(const CriticalSetReport& report, BranchReport::Optimum BranchReport::*goal) {
    std::int64_t tried = 0, improved = 0;
    for (const BranchReport& branch : report.branches) {
        tried += (branch.*goal).tried;
        improved += (branch.*goal).improved;
    }
    return tried == 0 ? ""
                      : " (" + std::to_string(improved) + " of " + std::to_string(tried) +
                            " steps improved; no proven optimum)";
}

Json known_json(std::int64_t value) {
    return value < 0 ? Json(nullptr) : Json(value);
}

Json search_json(const BranchReport::Optimum& found) {
    if (found.sample < 0) return nullptr;
    return {
        {"sample", found.sample}, {"from", found.from}, {"tried", found.tried}, {"improved", found.improved}};
}

Json sample_json(const BranchSampleReport& sample) {
    Json json = {{"verdict", tepui_verdict_name(sample.verdict)},
                 {"rule", tepui_rule_name(sample.rule)},
                 {"counted_nullity", known_json(sample.counted_nullity)},
                 {"gradient_relative", sample.gradient_relative},
                 {"psi_residual", sample.psi_residual},
                 {"fall", sample.fall},
                 {"flattest_curvature", std::isnan(sample.flattest) ? Json(nullptr) : Json(sample.flattest)},
                 {"flattest_direction",
                  sample.flattest_direction.empty() ? Json(nullptr) : Json(sample.flattest_direction)},
                 {"parameters", sample.parameters}};
    add_index(json, sample.index);
    return json;
}

}  // namespace

std::string critical_set_as_text(const CriticalSetReport& report) {
    std::string text = report_head_as_text(report.head);
    text += "\n" + wrapped("", "Critical set in width " + std::to_string(report.wide_width) + " of " +
                                   report.point_description + ": " +
                                   counted(report.narrow_width, "distinct neuron") + ", loss " +
                                   significant(report.loss, 12) + ", " +
                                   verdict_phrase(report.verdict, false, false) +
                                   ", N = " + std::to_string(report.nullity));
    text += "\n" + branch_table(report) + "\n";
    std::string meetings;
    for (std::size_t i = 0; i < report.meetings.size(); ++i)
        meetings += (i ? ", " : "") + std::to_string(i) + ": " + tepui_meeting_name(report.meetings[i]);
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
                        search_text(report, &BranchReport::deepest));
    text += wrapped("  flattest       ",
                    "the non-zero eigenvalue nearest to zero in any of their Hessians, improved likewise" +
                        search_text(report, &BranchReport::flattest) + " (direction: --json)");
    const bool open =
        std::any_of(report.branches.begin(), report.branches.end(),
                    [](const BranchReport& branch) { return branch.existence == TEPUI_EXISTENCE_OPEN; });
    if (open)
        text += wrapped("  if any         ",
                        "no zero of psi was found beyond the weights of the distinct neurons, and none is "
                        "proven");
    return text;
}

std::string critical_set_as_json(const CriticalSetReport& report) {
    Json json = report_head_as_json(report.head);
    json["point"] = {{"description", report.point_description},
                     {"loss", report.loss},
                     {"verdict", tepui_verdict_name(report.verdict)}};
    json["narrow_width"] = report.narrow_width;
    json["wide_width"] = report.wide_width;
    json["narrow_nullity"] = report.nullity;
    json["minimal_parameters"] = report.minimal;
    json["meetings"] = Json::array();
    for (const tepui_meeting meeting : report.meetings)
        json["meetings"].push_back(tepui_meeting_name(meeting));
    json["branches"] = Json::array();
    for (std::size_t l = 0; l < report.branches.size(); ++l) {
        const BranchReport& branch = report.branches[l];
        Json entry = {{"null_neurons", l},
                      {"dimension", branch.dimension},
                      {"meeting_dimension", known_json(branch.meeting_dimension)},
                      {"surjections", branch.surjections},
                      {"pieces", branch.pieces},
                      {"content", tepui_branch_content_name(branch.content)},
                      {"reached", branch.reached},
                      {"existence", tepui_existence_name(branch.existence)},
                      {"drawn", branch.drawn},
                      {"deepest", search_json(branch.deepest)},
                      {"flattest", search_json(branch.flattest)}};
        const auto [least, most] = branch.falls();
        entry["least_fall"] = most > 0.0 ? Json(least) : Json(nullptr);
        entry["largest_fall"] = most > 0.0 ? Json(most) : Json(nullptr);
        entry["samples"] = Json::array();
        for (const BranchSampleReport& sample : branch.samples)
            entry["samples"].push_back(sample_json(sample));
        json["branches"].push_back(std::move(entry));
    }
    json["warnings"] = report.head.warnings;
    return json_text(json);
}

}  // namespace tepui::cli
