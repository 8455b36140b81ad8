// Numbers and lists as the command reads them: numbers against strtod, lists against what was quoted.
#include <bit>
#include <cmath>

#include "cli/support/number_text.hpp"
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

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    against_strtod(text);
    lists_round_trip(text);
    return 0;
}
