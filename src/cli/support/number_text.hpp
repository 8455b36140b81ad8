// Numbers and lists from and to text, whatever the locale.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tepui::cli {

std::string_view trimmed(std::string_view text);

// The whole text as one number ("1.5", "+2e-3", "nan"); none when it is not. The nearest double, as strtod
// has it: a magnitude beyond double precision becomes infinity or zero, with its sign.
std::optional<double> parse_number(std::string_view text);

// Comma-separated items, trimmed; an item in double quotes may hold commas, and quotes written twice. An item
// with other quotes stays as it is.
std::vector<std::string> split_list(std::string_view text);

// The shortest text that gives the number back.
std::string shortest(double value);
// A quantity with so many significant digits.
std::string significant(double value, int digits);
// With so many decimals; never "-0.000".
std::string with_decimals(double value, int decimals);
// "-1.234e-05": for magnitudes and changes.
std::string scientific(double value, int digits);
// "1 start", "2 starts".
std::string counted(long long count, std::string_view noun);

}  // namespace tepui::cli
