// The activations that the library knows by name.
#pragma once
#include <string>

namespace tepui::cli {

// "tanh, sigmoid, ...", as the library itself lists them.
std::string activation_names();

}  // namespace tepui::cli
