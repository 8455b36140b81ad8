#include "cli/options/activation_names.hpp"

#include "cli/support/handles.hpp"

namespace tepui::cli {

std::string activation_names() {
    const Context context = make_context();
    std::string names;
    for (tepui_activation_kind kind = 1; kind < TEPUI_ACTIVATION_CUSTOM; ++kind) {
        tepui_activation* raw = nullptr;
        if (tepui_activation_create(context.get(), kind, &raw) != TEPUI_OK) continue;
        const ActivationHandle activation(raw);
        if (!names.empty()) names += ", ";
        names += tepui_activation_name(activation.get());
    }
    return names;
}

}  // namespace tepui::cli
