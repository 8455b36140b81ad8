// What a context holds: options, allocator, progress listener, and the last message.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "api/options.hpp"
#include "core/allocator.hpp"
#include "core/collective.hpp"
#include "core/execution.hpp"
#include "tepui/context.h"

namespace tepui::api {

// The message lives in the context itself: recording a failure needs no memory, so it cannot fail in turn.
inline constexpr std::size_t kMessageCapacity = 1024;
inline constexpr std::size_t kInfoItems = 10;

struct ProgressListener {
    tepui_progress_function function = nullptr;
    void* user = nullptr;
    std::chrono::steady_clock::time_point last{};  // of the last call; the epoch: never called
    bool cancelled = false;                        // during the present library call
};

}  // namespace tepui::api

struct tepui_context {
    tepui::api::Options options;
    std::shared_ptr<tepui::Collective> collective;  // null: one process by itself
    bool has_all_samples = true;  // in the present call; a listener then stops this rank at once
    tepui::Allocator allocator = tepui::default_allocator();
    tepui::api::ProgressListener listener;
    std::array<std::string, tepui::api::kInfoItems> info;
    std::string json;  // of the report that was last asked for it
    std::array<char, tepui::api::kMessageCapacity> message{};
};

namespace tepui::api {

// How an operation called through this context runs: threads resolved, progress throttled.
Execution execution(tepui_context& context);

int resolved_threads(const tepui_context& context);

}  // namespace tepui::api
