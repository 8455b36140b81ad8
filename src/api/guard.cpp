#include "api/guard.hpp"

#include "core/failure.hpp"
#include "kernels/isa.hpp"

namespace tepui::api {

void require_environment() {
    const std::string_view refused = kernels::refused_isa();
    if (refused.empty()) return;
    throw Error(Status::invalid_value, "the environment variable TEPUI_ISA is '" + std::string(refused) +
                                           "', one of " + kernels::available_isa_names() + " is expected");
}

tepui_status record_failure(tepui_context& context) noexcept {
    return with_failure([&](Status status, const char* text) {
        copy_text(text, context.message);
        return static_cast<tepui_status>(status);
    });
}

}  // namespace tepui::api
