// Numbers as messages show them: the shortest digits that read back as the same value.
#pragma once

#include <charconv>
#include <string>

namespace tepui {

inline std::string number_text(double value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

}  // namespace tepui
