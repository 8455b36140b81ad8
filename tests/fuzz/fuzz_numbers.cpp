// Numbers and lists as the command reads them: numbers against strtod, lists against what was quoted.
#include <bit>
#include <cmath>
#include <cstring>

#include "cli/options/options.hpp"
#include "cli/options/split_text.hpp"
#include "cli/support/number_text.hpp"
#include "cli/support/user_error.hpp"
#include "fuzz/fuzz.hpp"

using namespace tepui::cli;
using tepui::test::require_that;

namespace {

// What strtod takes besides: hexadecimal digits, "nan(...)", and other white space before the number.
bool only_for_strtod(const std::string& text) {
    return text.find_first_of("xX(") != std::string::npos || text.front() == '\v' || text.front() == '\f';
}

void against_strtod(const std::string& text) {
    const std::optional<double> value = parse_number(text);
    const std::string plain(trimmed(text));
    char* end = nullptr;
    const double expected = std::strtod(plain.c_str(), &end);
    const bool whole = !plain.empty() && end == plain.c_str() + plain.size();
    if (value) {
        require_that(whole, "what is read as a number is one for strtod");
        require_that(std::bit_cast<std::uint64_t>(*value) == std::bit_cast<std::uint64_t>(expected) ||
                         (std::isnan(*value) && std::isnan(expected)),
                     "numbers are read to the bit as by strtod");
    } else {
        require_that(!whole || only_for_strtod(plain), "numbers of strtod are read");
    }
}

void lists_round_trip(const std::string& text) {
    const std::vector<std::string> items = split_list(text);
    require_that(!items.empty(), "a list has an item");
    std::string quoted;
    for (const std::string& item : items) {
        quoted += quoted.empty() ? "\"" : ",\"";
        for (const char c : item) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        quoted += '"';
    }
    require_that(split_list(quoted) == items, "a quoted list gives its items");
}

void splits(const std::string& text) {
    constexpr std::int64_t width = 3;
    try {
        const AskedSplit split = parse_split(text, width);
        require_that(split.neuron >= 0 && split.neuron < width, "a split neuron is there");
        require_that(split.gamma.size() >= 2, "a split has two coefficients");
        for (const double gamma : split.gamma) require_that(std::isfinite(gamma), "coefficients are finite");
    } catch (const UserError& error) {
        require_that(std::strlen(error.what()) > 0, "a refusal says why");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    against_strtod(text);
    lists_round_trip(text);
    splits(text);
    return 0;
}
