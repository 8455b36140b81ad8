// The wall between exceptions and C: nothing passes but a status, and the context keeps the sentence.
#pragma once

#include "api/context.hpp"
#include "core/allocator.hpp"

namespace tepui::api {

// Translates the exception being handled into a status and a message on the context. Needs no memory.
tepui_status record_failure(tepui_context& context) noexcept;

// Throws when an environment variable that the library reads holds what it cannot be.
void require_environment();

// Runs the body of a public function. A body writes its output arguments last, once nothing can fail any
// more.
template <class Body>
tepui_status guarded_in_any_environment(tepui_context* context, Body&& body) noexcept {
    if (context == nullptr) return TEPUI_ERROR_NULL_POINTER;
    context->message[0] = '\0';
    context->listener.cancelled = false;
    const AllocatorScope scope(context->allocator);
    try {
        body();
        return TEPUI_OK;
    } catch (...) {
        return record_failure(*context);
    }
}

template <class Body>
tepui_status guarded(tepui_context* context, Body&& body) noexcept {
    return guarded_in_any_environment(context, [&] {
        require_environment();
        body();
    });
}

}  // namespace tepui::api
