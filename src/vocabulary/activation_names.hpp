// "tanh, sigmoid, ...": the names of the built-in activations.
#pragma once

#include <string>

namespace tepui {

inline std::string activation_names() {
    std::string names;
#define TEPUI_WORD(identifier, ...) names += (names.empty() ? "" : ", ") + std::string(#identifier);
#include "vocabulary/built_in_activations.def"
#undef TEPUI_WORD
    return names;
}

}  // namespace tepui
