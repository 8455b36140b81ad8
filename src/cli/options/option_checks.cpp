#include "cli/options/option_checks.hpp"

#include <charconv>
#include <cmath>
#include <string>

#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

// Empty when the value will do.
std::string expected(bool good, const std::string& value, const std::string& what) {
    return good ? std::string() : "\"" + value + "\" is given, " + what + " is expected";
}

CLI::Validator validator(std::function<std::string(std::string&)> check) {
    return {std::move(check), "", ""};
}

bool is_whole_number(const std::string& text, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end && value >= least && value <= most;
}

}  // namespace

CLI::Validator whole_number(std::int64_t least, std::int64_t most) {
    const bool bounded = most < std::numeric_limits<std::int64_t>::max();
    const std::string what =
        bounded ? "a whole number from " + std::to_string(least) + " to " + std::to_string(most)
                : "a whole number of at least " + std::to_string(least);
    return validator(
        [=](std::string& text) { return expected(is_whole_number(text, least, most), text, what); });
}

CLI::Validator positive_number(double most) {
    const bool bounded = most < std::numeric_limits<double>::max();
    const std::string what =
        bounded ? "a number above 0, at most " + significant(most, 6) : std::string("a number above 0");
    return validator([=](std::string& text) {
        const std::optional<double> value = parse_number(text);
        return expected(value && *value > 0.0 && *value <= most, text, what);
    });
}

CLI::Validator nonnegative_number() {
    return validator([](std::string& text) {
        const std::optional<double> value = parse_number(text);
        return expected(value && std::isfinite(*value) && *value >= 0.0, text, "a number of at least 0");
    });
}

CLI::Validator number_between(double least, double most) {
    const std::string what = "a number from " + significant(least, 6) + " to " + significant(most, 6);
    return validator([=](std::string& text) {
        const std::optional<double> value = parse_number(text);
        return expected(value && *value >= least && *value <= most, text, what);
    });
}

char delimiter_of(const std::string& name) {
    if (name == "TAB" || name == "tab" || name == "\\t") return '\t';
    return name == "SPACE" || name == "space" ? ' ' : name[0];
}

CLI::Validator delimiter_name() {
    return validator([](std::string& text) {
        const bool good = !text.empty() && (text.size() == 1 || delimiter_of(text) != text[0]) &&
                          std::string_view("\"#\r\n").find(delimiter_of(text)) == std::string_view::npos;
        return expected(good, text, "a single character (but no quote or #), TAB or SPACE");
    });
}

CLI::Validator not_empty() {
    return validator([](std::string& text) { return expected(!text.empty(), text, "a value"); });
}

CLI::Option* add_choice_flag(CLI::App& command, const std::string& name, std::optional<bool>& choice,
                             const std::string& description) {
    return command.add_flag_function(
        "--" + name + ",!--no-" + name,
        [&choice, name](std::int64_t balance) {
            if (balance == 0)
                throw UserError("--" + name + " and --no-" + name + " are both given: one is expected");
            choice = balance > 0;
        },
        description);
}

}  // namespace tepui::cli
