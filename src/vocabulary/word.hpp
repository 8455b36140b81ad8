// The words of an enumeration: the number, identifier and public constant of each value, and what it is
// called in reports. One table (*.def) says all of it, a row for each value:
//
//     TEPUI_ENUM(Verdict, TEPUI_VERDICT_LOCAL_MINIMUM)      the enumeration, and any of its public constants
//     TEPUI_WORD(saddle, 2, TEPUI_VERDICT_SADDLE)           identifier, pinned number, public constant
//     TEPUI_WORD(lemma_4, 17, TEPUI_RULE_LEMMA_4, .sentence = "At a stationary point, ...")
//     TEPUI_INSIDE(of_the_network, 2)                       a value that callers never see
//     TEPUI_END
//
// From it come the enum class and its words here, and in src/api/words.cpp the check that the public header
// has these constants, with these numbers, and no others.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tepui {

struct Word {
    std::int32_t number;
    const char* identifier;
    const char* constant;            // of the public header; null: callers never see it
    const char* name = identifier;   // in JSON and on command lines
    const char* phrase = nullptr;    // for people; null: the name with spaces
    const char* sentence = nullptr;  // for people: what a rule says
};

// Vocabulary<Enum>::words, for each enumeration of a table.
template <class Enum>
struct Vocabulary;

// No number or name twice; sentences of all values or of none.
template <std::size_t Count>
constexpr bool is_sound(const Word (&words)[Count]) {
    for (std::size_t i = 0; i < Count; ++i) {
        if ((words[i].sentence == nullptr) != (words[0].sentence == nullptr)) return false;
        for (std::size_t j = 0; j < i; ++j) {
            if (words[i].number == words[j].number) return false;
            if (std::string_view(words[i].name) == words[j].name) return false;
        }
    }
    return true;
}

// Null when the number, which may come from a caller, is none of the enumeration.
template <class Enum>
constexpr const Word* word_of(Enum value) {
    const auto& words = Vocabulary<Enum>::words;
    const Word* word = std::find_if(std::begin(words), std::end(words), [&](const Word& known) {
        return known.number == static_cast<std::int32_t>(value);
    });
    return word == std::end(words) ? nullptr : word;
}

// Whether callers may give this number.
template <class Enum>
constexpr bool is_public(Enum value) {
    const Word* word = word_of(value);
    return word != nullptr && word->constant != nullptr;
}

// Nothing when no value that callers may give has this name.
template <class Enum>
constexpr std::optional<Enum> value_named(std::string_view name) {
    for (const Word& word : Vocabulary<Enum>::words) {
        if (word.constant != nullptr && word.name == name) return static_cast<Enum>(word.number);
    }
    return std::nullopt;
}

// The names of those that callers may give, in the order of the table.
template <class Enum>
std::vector<std::string> public_names() {
    std::vector<std::string> names;
    for (const Word& word : Vocabulary<Enum>::words) {
        if (word.constant != nullptr) names.emplace_back(word.name);
    }
    return names;
}

// Static strings; "unknown" for a number that is none of the enumeration.
template <class Enum>
constexpr const char* name_of(Enum value) {
    const Word* word = word_of(value);
    return word != nullptr ? word->name : "unknown";
}

template <class Enum>
constexpr const char* sentence_of(Enum value) {
    static_assert(Vocabulary<Enum>::words[0].sentence != nullptr, "this enumeration has no sentences");
    const Word* word = word_of(value);
    return word != nullptr ? word->sentence : "unknown";
}

template <class Enum>
std::string phrase_of(Enum value) {
    const Word* word = word_of(value);
    if (word != nullptr && word->phrase != nullptr) return word->phrase;
    std::string spaced = name_of(value);
    std::replace(spaced.begin(), spaced.end(), '_', ' ');
    return spaced;
}

}  // namespace tepui
