#include "cli/support/visible_text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace tepui::cli {
namespace {

struct Character {
    std::uint32_t code = 0;
    std::size_t bytes = 0;  // 0: no valid UTF-8 here
};

Character next_character(std::string_view text) {
    const auto byte = [&](std::size_t l) { return std::uint32_t(static_cast<unsigned char>(text[l])); };
    const std::uint32_t first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t bytes = first >= 0xf0 ? 4 : (first >= 0xe0 ? 3 : 2);
    if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {};
    std::uint32_t code = first & (0x7fU >> bytes);
    for (std::size_t l = 1; l < bytes; ++l) {
        if ((byte(l) & 0xc0U) != 0x80) return {};
        code = code << 6 | (byte(l) & 0x3fU);
    }
    const bool overlong = code < (bytes == 2 ? 0x80U : (bytes == 3 ? 0x800U : 0x10000U));
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
    return {code, bytes};
}

bool acts_on_a_terminal(std::uint32_t code) {
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool direction = code == 0x61c || code == 0x200e || code == 0x200f ||
                           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    const bool line = code == 0x2028 || code == 0x2029;
    const bool no_character = code == 0xfffe || code == 0xffff;  // not allowed in XML
    return control || direction || line || no_character;
}

std::string escape(const char* format, std::uint32_t code) {
    char text[16];
    std::snprintf(text, sizeof text, format, unsigned(code));
    return text;
}

std::string escaped(std::uint32_t code) {
    switch (code) {
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        default:
            return escape(code < 0x100 ? "\\x%02x" : "\\u%04x", code);
    }
}

}  // namespace

std::string visible(std::string_view text, Lines lines) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const auto [code, bytes] = next_character(text);
        if (bytes == 0)
            result += escape("\\x%02x", static_cast<unsigned char>(text[0]));
        else if (acts_on_a_terminal(code) && !(code == '\n' && lines == Lines::many))
            result += escaped(code);
        else
            result += text.substr(0, bytes);
        text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
    return result;
}

std::string without_controls(std::string_view json) {
    std::string result;
    result.reserve(json.size());
    while (!json.empty()) {
        const auto [code, bytes] = next_character(json);
        if (bytes > 0 && code != '\n' && acts_on_a_terminal(code))
            result += escape("\\u%04x", code);
        else
            result += json.substr(0, std::max<std::size_t>(bytes, 1));
        json.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return result;
}

}  // namespace tepui::cli
