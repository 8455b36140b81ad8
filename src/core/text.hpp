// Numbers as messages show them.
#pragma once

#include <charconv>
#include <string>

namespace tepui {

// The shortest digits that read back as the same value.
inline std::string number_text(double value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

// Three digits and an exponent: 1.23e-05.
inline std::string scientific_text(double value) {
    char digits[32];
    return {digits,
            std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific, 2).ptr};
}

}  // namespace tepui
