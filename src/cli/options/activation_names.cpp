#include "cli/options/activation_names.hpp"

#include "vocabulary/activations.hpp"

namespace tepui::cli {

std::string activation_names() {
    std::string names;
    for (const std::string& name : public_names<ActivationKind>()) {
        if (name == name_of(ActivationKind::custom)) continue;
        names += (names.empty() ? "" : ", ") + name;
    }
    return names;
}

}  // namespace tepui::cli
