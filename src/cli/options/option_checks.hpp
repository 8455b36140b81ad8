// What the value of an option must be: checked as text, before anything is read from it, so that each mistake
// gets a sentence with the value and what is expected instead of it.
#pragma once
#include <CLI/App.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace tepui::cli {

// Far more than a search can find points for: what follows takes memory for each.
constexpr std::int64_t most_neurons = 1000000;

CLI::Validator whole_number(std::int64_t least, std::int64_t most = std::numeric_limits<std::int64_t>::max());
// Finite, above 0, at most `most`.
CLI::Validator positive_number(double most = std::numeric_limits<double>::max());
// Finite.
CLI::Validator nonnegative_number();
CLI::Validator number_between(double least, double most);
CLI::Validator delimiter_name();
// ' ' stands for white space, however much of it.
char delimiter_of(const std::string& name);
CLI::Validator not_empty();
// "--NAME" and "--no-NAME": none given leaves it open.
CLI::Option* add_choice_flag(CLI::App& command, const std::string& name, std::optional<bool>& choice,
                             const std::string& description);

}  // namespace tepui::cli
