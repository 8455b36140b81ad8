#include "api/guard.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>

#include "core/error.hpp"
#include "kernels/isa.hpp"

namespace tepui::api {
namespace {

void set_message(tepui_context& context, const char* text) noexcept {
    const std::size_t length = std::min(std::strlen(text), kMessageCapacity - 1);
    std::memcpy(context.message.data(), text, length);
    context.message[length] = '\0';
}

tepui_status fail(tepui_context& context, Status status, const char* text) noexcept {
    set_message(context, text);
    return static_cast<tepui_status>(status);
}

}  // namespace

void require_environment() {
    const std::string_view refused = kernels::refused_isa();
    if (refused.empty()) return;
    throw Error(Status::invalid_value, "the environment variable TEPUI_ISA is '" + std::string(refused) +
                                           "', one of " + kernels::available_isa_names() + " is expected");
}

tepui_status record_failure(tepui_context& context) noexcept {
    try {
        throw;
    } catch (const Error& error) {
        return fail(context, error.status(), error.what());
    } catch (const std::bad_alloc&) {
        return fail(context, Status::out_of_memory, "out of memory");
    } catch (const std::length_error&) {
        return fail(context, Status::invalid_size, "a size exceeds what memory can hold");
    } catch (const std::exception& error) {
        return fail(context, Status::internal, error.what());
    } catch (...) {
        return fail(context, Status::internal, "an exception of unknown type, perhaps from a callback");
    }
}

}  // namespace tepui::api
