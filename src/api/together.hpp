// Public functions that ranks call together (include/tepui/collective.h): all begin and end alike, an error
// on one is the same error on all. Without a collective, calls like any others.
#pragma once

#include <memory>
#include <utility>

#include "api/guard.hpp"
#include "api/handles.hpp"
#include "core/collective.hpp"

namespace tepui::api {

class Together {
  public:
    // Throws on every rank unless all call the same function with the same options and instruction set.
    Together(tepui_context& context, const char* function);
    Together(const Together&) = delete;
    Together& operator=(const Together&) = delete;
    ~Together();

    // What the call is about, once it has been checked: the same network on all, and a data set of this
    // collective. asks: bits of what this rank wants and others need not; returns what any rank wants.
    std::int32_t about(const tepui_dataset& dataset, const Network* network = nullptr, std::int32_t asks = 0);
    std::int32_t about(const Dataset& data, const Network* network = nullptr, std::int32_t asks = 0);
    // No rank has failed, nor will: outputs may be written.
    void finish();
    // The same, and hands the result over.
    template <class Handle>
    void give(std::unique_ptr<Handle> result, Handle** to) {
        finish();
        *to = result.release();
    }
    template <class Handle>
    void give(Handle* result, Handle** to) {
        give(std::unique_ptr<Handle>(result), to);
    }
    // With the exception that is being handled: throws the error that the ranks agree on.
    [[noreturn]] void fail();

  private:
    tepui_context& context_;
    Collective* ranks_;
};

// Body: body(Together&), which calls finish before it writes outputs.
template <class Body>
tepui_status guarded_together(tepui_context* context, const char* function, Body&& body) noexcept {
    return guarded(context, [&] {
        Together together(*context, function);
        try {
            body(together);
        } catch (...) {
            together.fail();
        }
    });
}

}  // namespace tepui::api
