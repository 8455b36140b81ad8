// Words of the reports, as people say them.
#pragma once
#include <set>
#include <string>

#include "cli/report/tree.hpp"
#include "cli/support/text_table.hpp"
#include "vocabulary/verdicts.hpp"

namespace tepui::cli {

// "Gamma+", "positive definite", "all saddles", ...
template <class Enum>
std::string phrase(const Json& word) {
    return phrase_of(value_named<Enum>(text_of(word)).value());
}
// "strict local minimum", "saddle", ...
std::string verdict_phrase(const Json& verdict, bool strict = false, bool global = false);

// "(0.5, 0.5)"
std::string gamma_text(const Json& gamma);
// The same, the first few of many.
std::string short_gamma_text(const Json& gamma);
// "0, 2, 3", the first few of many.
std::string neurons_text(const Json& neurons);
// "3", or "1 to 4" where the count of that name is not known.
std::string count_text(const Json& report, const std::string& name);
// "Morse index 1, nullity 2"
std::string index_text(const Json& report);
// "loss changes by ... measured, ... predicted (order 2, step 0.1)"
std::string witness_text(const Json& witness);

// What each of these rules says, in the order of the vocabulary.
template <class Enum>
std::string rules_text(const std::set<std::string>& rules) {
    std::string text;
    for (const Word& rule : Vocabulary<Enum>::words)
        if (rules.count(rule.name)) text += wrapped("    ", std::string(rule.name) + ": " + rule.sentence);
    return text;
}

}  // namespace tepui::cli
