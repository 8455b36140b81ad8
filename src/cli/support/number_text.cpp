#include "cli/support/number_text.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace tepui::cli {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<double> parse_number(std::string_view text) {
    text = trimmed(text);
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || text.empty()) return std::nullopt;
    if (error == std::errc()) return value;
    if (error != std::errc::result_out_of_range) return std::nullopt;
    // from_chars does not say on which side it left the range. strtod does, in the locale "C", which the
    // command never leaves.
    return std::strtod(std::string(text).c_str(), nullptr);
}

namespace {

// What the quotes around the item hold; none when it is not one quoted text.
std::optional<std::string> unquoted(std::string_view item) {
    if (item.size() < 2 || item.front() != '"' || item.back() != '"') return std::nullopt;
    item = item.substr(1, item.size() - 2);
    std::string text;
    for (std::size_t l = 0; l < item.size(); ++l) {
        if (item[l] == '"' && (++l == item.size() || item[l] != '"')) return std::nullopt;
        text += item[l];
    }
    return text;
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> items;
    for (std::size_t start = 0; start <= text.size();) {
        bool within = false;
        std::size_t end = start;
        for (; end < text.size() && (within || text[end] != ','); ++end) within ^= text[end] == '"';
        const std::string_view item = trimmed(text.substr(start, end - start));
        items.push_back(unquoted(item).value_or(std::string(item)));
        start = end + 1;
    }
    return items;
}

std::string shortest(double value) {
    char text[64];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string significant(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    return text;
}

std::string with_decimals(double value, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    const std::string_view shown = text;
    const bool minus_zero = shown[0] == '-' && shown.find_first_of("123456789") == std::string_view::npos;
    return std::string(minus_zero ? shown.substr(1) : shown);
}

std::string scientific(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
    return text;
}

std::string counted(long long count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace tepui::cli
