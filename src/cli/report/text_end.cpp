#include "cli/report/text_end.hpp"

#include <algorithm>

#include "cli/report/phrases.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/text_table.hpp"
#include "vocabulary/infinity.hpp"

namespace tepui::cli {
namespace {

// "0.5", or "(0.5, -1)" of several outputs.
std::string coefficients_text(const Json& of) {
    std::string text;
    for (const Json& value : of) text += (text.empty() ? "" : ", ") + significant(real_of(value), 6);
    return of.size() == 1 ? text : "(" + text + ")";
}

std::string kept_text(const Json& kept, const char* what) {
    if (kept.empty()) return "";
    const auto count = std::int64_t(kept.size());
    return "; on it " + counted(count, "sample") + " (" + neurons_text(kept) + ")" + what;
}

std::string neuron_names(const Json& unit) {
    const Json& neurons = unit["neurons"];
    if (neurons.size() == 1) return "neuron " + neurons[0].dump();
    return "neurons " + neurons[0].dump() + " and " + neurons[1].dump();
}

bool all_zero(const Json& coefficients) {
    return std::all_of(coefficients.begin(), coefficients.end(), [](const Json& of) { return of == 0.0; });
}

// Of a step or ramp without output in the limit.
std::string growing_text(const std::string& names) {
    return "the hidden and output weights of " + names +
           " grow: samples in front of the hyperplane v . x = 0 are told apart, and the others are in its "
           "tail";
}

// What the unit is, as one clause. Unit vectors v are among the numbers of --json.
std::string unit_text(const Json& unit) {
    const std::string names = neuron_names(unit);
    switch (value_named<UnitKind>(text_of(unit["kind"])).value()) {
        case UnitKind::neuron:
            return names + " stays finite, a = " + coefficients_text(unit["a"]);
        case UnitKind::channel:
            return names +
                   " meet while their output weights grow with opposite signs: in the limit c sigma(w . x) + "
                   "alpha "
                   "(v . x) sigma'(w . x), c = " +
                   coefficients_text(unit["c"]) + ", alpha = " + coefficients_text(unit["alpha"]) +
                   ", |v| = 1";
        case UnitKind::linear:
            return "the hidden weights of " + names +
                   " vanish while the output weight grows: in the limit alpha v . x, alpha = " +
                   coefficients_text(unit["alpha"]) + ", |v| = 1";
        case UnitKind::saturated:
            if (all_zero(unit["a"])) return growing_text(names);
            return "the hidden weights of " + names +
                   " grow: in the limit a step across the hyperplane v . x = 0, a = " +
                   coefficients_text(unit["a"]) + kept_text(unit["kept"], ", each at a finite preactivation");
        case UnitKind::rectified:
            if (all_zero(unit["alpha"])) return growing_text(names);
            return "the hidden weights of " + names +
                   " grow while the output weight falls: in the limit alpha max(0, v . x), alpha = " +
                   coefficients_text(unit["alpha"]) + ", |v| = 1" + kept_text(unit["kept"], "");
        case UnitKind::exponential:
            return "the bias of " + names +
                   " runs into the tail while the output weight grows: in the limit alpha exp(v . x), alpha "
                   "= " +
                   coefficients_text(unit["alpha"]);
        case UnitKind::exponential_channel:
            return names +
                   " meet as their biases run into the tail, while their output weights grow with opposite "
                   "signs: in the limit (c + alpha v . x) exp(w . x), c = " +
                   coefficients_text(unit["c"]) + ", alpha = " + coefficients_text(unit["alpha"]) +
                   ", |v| = 1";
        case UnitKind::triple_channel:
            return names +
                   " meet along one line while their output weights grow: in the limit c sigma(w . x) + "
                   "alpha "
                   "(v . x) sigma'(w . x) + beta ((v . x)^2 sigma''(w . x) / 2 + (q . x) sigma'(w . x)), c "
                   "= " +
                   coefficients_text(unit["c"]) + ", alpha = " + coefficients_text(unit["alpha"]) +
                   ", beta = " + coefficients_text(unit["beta"]) + ", |v| = 1";
        case UnitKind::exponential_pair:
            return names +
                   " run into one tail while their output weights grow with opposite signs: in the limit c "
                   "exp(w . x) + beta (exp(2 w . x) + (q . x) exp(w . x)), c = " +
                   coefficients_text(unit["c"]) + ", beta = " + coefficients_text(unit["beta"]);
        case UnitKind::quadratic:
            return "the hidden weights of " + names +
                   " vanish along one line while their output weights grow: in the limit alpha v . x + beta "
                   "((v . x)^2 + q . x), alpha = " +
                   coefficients_text(unit["alpha"]) + ", beta = " + coefficients_text(unit["beta"]) +
                   ", |v| = 1";
        case UnitKind::square:
            return "the hidden weights of " + names +
                   " vanish where sigma' = 0 while its output weight grows: in the limit beta (v . x)^2, "
                   "beta = " +
                   coefficients_text(unit["beta"]) + ", |v| = 1";
        case UnitKind::asymptote:
            return "the bias of " + names +
                   ", which does not decay, grows, and the output bias takes it up: in the limit a w . x, a "
                   "= " +
                   coefficients_text(unit["a"]);
        case UnitKind::cubic:
            return "the hidden weights of " + names +
                   " vanish along one line while their output weights grow: in the limit w . x + alpha (v . "
                   "x)^3, "
                   "alpha = " +
                   coefficients_text(unit["alpha"]) + ", |v| = 1";
    }
    return names;
}

std::string across_text(const Json& unit) {
    if (!unit.contains("across")) return "";
    const Json& across = unit["across"];
    const std::string& sign = text_of(across["sign"]);
    std::string text = sign == "open" ? "whether the loss grows or falls towards finite weights is open"
                                      : "the loss " + sign + " towards finite weights";
    if (!text_of(across["reason"]).empty()) text += ": " + text_of(across["reason"]);
    return ". Here " + text;
}

std::string contacts_text(const Json& contacts) {
    if (contacts.empty()) return "";
    return "; " + counted(std::int64_t(contacts.size()), "sample") +
           (contacts.size() == 1 ? " lies" : " lie") + " on the border between groups and " +
           (contacts.size() == 1 ? "holds" : "hold") + " it";
}

std::string separation_text(const Json& separation) {
    const Json& groups = separation["groups"];
    const auto samples = separation["samples"].get<std::int64_t>();
    const auto partly = separation["partly"].get<std::int64_t>();
    std::string dropped;
    if (samples > 0 || partly == 0)
        dropped = counted(samples, "sample") + (samples == 1 ? " drops" : " drop") + " out of the loss";
    if (partly > 0)
        dropped += (dropped.empty() ? "" : ", ") + counted(partly, "sample") +
                   (partly == 1 ? " leaves" : " leave") + " some of the classes behind";
    dropped += " (how the weights grow: --json)";
    if (std::all_of(groups.begin(), groups.end(), [&](const Json& group) { return group == groups[0]; }))
        return "not told apart, but in some samples: " + dropped;
    std::string text;
    for (std::int64_t group = 0;; ++group) {
        std::string members;
        for (std::size_t o = 0; o < groups.size(); ++o)
            if (groups[o].get<std::int64_t>() == group)
                members += (members.empty() ? "" : ", ") + std::to_string(o);
        if (members.empty()) break;
        text += (text.empty() ? "{" : ", {") + members + "}";
    }
    return "told apart without bound: " + text + "; " + dropped + contacts_text(separation["contacts"]);
}

std::string end_text(const Json& end) {
    std::string text = "\nEnd " + end["end"].dump() + " at infinity, reached by " +
                       counted(end["starts"].get<std::int64_t>(), "start") + "\n";
    std::string verdict = phrase<EndVerdict>(end["verdict"]);
    std::transform(verdict.begin(), verdict.end(), verdict.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    text += wrapped("  Limit       ", "loss " + significant(real_of(end["loss"]), 10) +
                                          ", gradient norm of the limit " +
                                          scientific(real_of(end["gradient_norm"]), 1));
    text += wrapped("  Verdict     ", verdict + " (" + text_of(end["rule"]) + "): " + text_of(end["reason"]));
    const bool still = end["rule"] == "definite" && !end["hessian"].is_null() &&
                       end["hessian"]["inertia"]["zero"].get<std::int64_t>() > 0;
    if (!end["hessian"].is_null())
        text += wrapped("  Hessian     ",
                        "of the limit, scales held: " + end["hessian"]["inertia"]["negative"].dump() +
                            " negative, " + end["hessian"]["inertia"]["zero"].dump() +
                            (still ? " zero (along such motions), " : " zero, ") +
                            end["hessian"]["inertia"]["positive"].dump() + " positive; smallest " +
                            scientific(real_of(end["hessian"]["lambda_min"]), 2) + ", margin " +
                            scientific(real_of(end["hessian"]["margin"]), 1));
    const Json& fitted = end["fitted_samples"];
    if (!fitted.empty())
        text += wrapped("  Set apart   ",
                        counted(std::int64_t(fitted.size()), "sample") + " (number " + neurons_text(fitted) +
                            ", from 0): fitted exactly through directions of the inputs that no other sample "
                            "has; Hessian and signs are those of the others");
    const char* head = "  Units       ";
    for (const Json& unit : end["units"]) {
        text += wrapped(head, unit_text(unit) + across_text(unit) + ".");
        head = "              ";
    }
    if (!end["separation"].is_null()) text += wrapped("  Classes     ", separation_text(end["separation"]));
    if (!end["way"].is_null())
        text += wrapped("  Way down    ", "a network at finite weights has a loss lower by " +
                                              scientific(-real_of(end["way"]["change"]), 3) +
                                              " (its weights: --json)");
    else if (end["verdict"] == "saddle")
        text += wrapped("  Way down    ",
                        "that of one unit, the others at their limits: rounding hides it in "
                        "every network at finite weights that was tried");
    return text;
}

}  // namespace

std::string ends_text(const Report& report) {
    if (report.search.is_null() || !report.search.contains("ends")) return "";
    std::string text;
    for (const Json& end : report.search["ends"]) text += end_text(end);
    return text;
}

}  // namespace tepui::cli
