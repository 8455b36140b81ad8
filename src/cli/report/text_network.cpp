// The network as a whole: the space of its inputs, and what it was reduced to.
#include <algorithm>

#include "cli/report/phrases.hpp"
#include "cli/report/text_point.hpp"
#include "cli/support/number_text.hpp"

namespace tepui::cli {
namespace {

bool trivial(const Json& group) {
    return group["kind"] == "parent" && group["neurons"].size() == 1;
}

std::string group_text(const Json& group, bool global) {
    std::string text =
        (group["neurons"].size() == 1 ? "neuron " : "neurons ") + neurons_text(group["neurons"]);
    if (group["kind"] == "parent")
        text += " are one neuron split by gamma " + short_gamma_text(group["gamma"]);
    else if (group["kind"] == "null")
        text += " has output weight 0";
    else
        text +=
            " have equal weights and output weights " + short_gamma_text(group["outputs"]) + " that sum to 0";
    if (!group.contains("verdict")) return text;
    const bool stays = group["kind"] != "parent" && group["verdict"] == "local_minimum";
    return text + ": " + (stays ? "no matter" : verdict_phrase(group["verdict"], false, global)) + " (" +
           text_of(group["rule"]) + ")";
}

}  // namespace

std::string where_text(const Json& point, std::int64_t inputs) {
    const Json& whole = point["whole"];
    const Json& groups = whole["groups"];
    std::string text;
    if (whole["rank"] < inputs)
        text +=
            wrapped("  Inputs    ",
                    "rank " + whole["rank"].dump() + " of " + std::to_string(inputs) +
                        ": analysed in the space that the samples span; singular values beside the gap " +
                        scientific(real_of(whole["smallest_singular_value_kept"]), 2) + " and " +
                        scientific(real_of(whole["largest_singular_value_dropped"]), 2) + " of the largest");
    if (!whole["fitted_samples"].empty())
        text += wrapped("  Set apart ",
                        counted(std::int64_t(whole["fitted_samples"].size()), "sample") + " (number " +
                            neurons_text(whole["fitted_samples"]) +
                            ", from 0): fitted exactly through directions of the inputs that no other sample "
                            "has; the point is a local minimum exactly when it is one without");
    if (std::all_of(groups.begin(), groups.end(), trivial)) return text;
    text += wrapped("  Reduced   ",
                    "to " + counted(whole["narrow_width"].get<std::int64_t>(), "distinct neuron") +
                        " of the same function:");
    for (const Json& group : groups)
        if (!trivial(group)) text += wrapped("            ", group_text(group, point["global"].get<bool>()));
    return text;
}

}  // namespace tepui::cli
