#include "api/context.hpp"

#include <omp.h>

#include <algorithm>
#include <new>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "certify/certificate.hpp"
#include "core/forking.hpp"
#include "kernels/isa.hpp"
#include "linalg/blas.hpp"
#include "linalg/linear_program.hpp"
#include "tepui/solve.h"
#include "tepui/version.h"

namespace tepui::api {
namespace {

constexpr std::chrono::milliseconds kProgressInterval{100};

// At most ten calls a second, counted over the life of the context; once cancelled, an operation stays
// cancelled.
bool progress(void* user, const char* phase, double fraction) {
    auto& listener = *static_cast<ProgressListener*>(user);
    if (listener.cancelled) return false;
    const auto now = std::chrono::steady_clock::now();
    const bool first = listener.last == std::chrono::steady_clock::time_point{};
    if (!first && now - listener.last < kProgressInterval) return true;
    listener.last = now;
    listener.cancelled = listener.function(listener.user, phase, std::clamp(fraction, 0.0, 1.0)) != 0;
    return !listener.cancelled;
}

// What ranks do next depends on the answer: it changes when all of them know that one listener wants to stop.
bool progress_of_ranks(void* user, const char* phase, double fraction) {
    auto& context = *static_cast<tepui_context*>(user);
    if (context.listener.function != nullptr && !progress(&context.listener, phase, fraction))
        context.collective->wish_to_stop();
    return !context.collective->stopped() && !(context.has_all_samples && context.listener.cancelled);
}

template <class Value>
std::string text(Value value) {
    if constexpr (std::is_same_v<Value, double>) {
        return number_text(value);
    } else {
        return std::to_string(value);
    }
}

template <class Value>
void set_option(Options& options, const OptionEntry<Value>& entry, Value value) {
    if (!(value >= entry.lower && value <= entry.upper)) {  // NaN included
        throw Error(Status::invalid_value, "value of " + std::string(entry.name) + " is " + text(value) +
                                               ", expected " + text(entry.lower) + " .. " +
                                               text(entry.upper));
    }
    options.*entry.member = value;
}

template <class Value>
void write_bounds(const OptionEntry<Value>& entry, Value* lower, Value* upper) {
    require_pointer(lower, "lower");
    require_pointer(upper, "upper");
    *lower = entry.lower;
    *upper = entry.upper;
}

tepui_status create_context(const Allocator& allocator, tepui_context** context) noexcept {
    if (context == nullptr) return TEPUI_ERROR_NULL_POINTER;
    auto* made = new (std::nothrow) tepui_context;
    if (made == nullptr) return TEPUI_ERROR_OUT_OF_MEMORY;
    made->allocator = allocator;
    *context = made;
    return TEPUI_OK;
}

std::string info_text(const tepui_context& context, tepui_info_item item) {
    switch (item) {
        case TEPUI_INFO_ISA:
            return std::string(kernels::active_isa());
        case TEPUI_INFO_ISAS:
            return kernels::available_isa_names();
        case TEPUI_INFO_THREADS:
            return std::to_string(resolved_threads(context));
        case TEPUI_INFO_BLAS:
            return linalg::blas_report().blas;
        case TEPUI_INFO_BLAS_KERNELS:
            return linalg::blas_report().kernels;
        case TEPUI_INFO_LAPACK:
            return linalg::blas_report().lapack;
        case TEPUI_INFO_LAPACK_BLAS:
            return linalg::blas_report().lapack_blas;
        case TEPUI_INFO_BLAS_REMEDY:
            return linalg::blas_report().remedy;
        case TEPUI_INFO_CERTIFICATES:
            return certificate_backend();
        case TEPUI_INFO_LINEAR_PROGRAMS:
            return linalg::linear_program_backend();
        default:
            throw Error(Status::invalid_value,
                        "item is " + std::to_string(item) + ", a TEPUI_INFO_ number is expected");
    }
}

}  // namespace

int resolved_threads(const tepui_context& context) {
    if (lost_threads_in_fork()) {
        linalg::use_one_blas_thread();
        return 1;
    }
    return context.options.threads > 0 ? static_cast<int>(context.options.threads)
                                       : std::max(1, omp_get_max_threads());
}

Execution execution(tepui_context& context) {
    Execution result;
    result.threads = resolved_threads(context);
    if (context.collective && context.collective->open()) {
        result.progress = progress_of_ranks;
        result.progress_user = &context;
    } else if (context.listener.function != nullptr) {
        result.progress = progress;
        result.progress_user = &context.listener;
    }
    return result;
}

}  // namespace tepui::api

#define TEPUI_TEXT_OF(token) #token
#define TEPUI_TEXT(macro) TEPUI_TEXT_OF(macro)

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_context_create(tepui_context** context) {
    return create_context(default_allocator(), context);
}

tepui_status tepui_context_create_with_allocator(tepui_allocate_function allocate,
                                                 tepui_release_function release, void* user,
                                                 tepui_context** context) {
    if (allocate == nullptr || release == nullptr) return TEPUI_ERROR_NULL_POINTER;
    return create_context(Allocator{allocate, release, user}, context);
}

void tepui_context_destroy(tepui_context* context) {
    delete context;
}

const char* tepui_context_message(const tepui_context* context) {
    return context == nullptr ? "context is null" : context->message.data();
}

tepui_status tepui_context_set_integer(tepui_context* context, tepui_option option, int64_t value) {
    return guarded(context, [&] { set_option(context->options, integer_option(option), Size{value}); });
}

tepui_status tepui_context_get_integer(tepui_context* context, tepui_option option, int64_t* value) {
    return guarded(context, [&] {
        require_pointer(value, "value");
        *value = context->options.*integer_option(option).member;
    });
}

tepui_status tepui_context_integer_bounds(tepui_context* context, tepui_option option, int64_t* lower,
                                          int64_t* upper) {
    return guarded(context, [&] { write_bounds(integer_option(option), lower, upper); });
}

tepui_status tepui_context_set_real(tepui_context* context, tepui_option option, double value) {
    return guarded(context, [&] { set_option(context->options, real_option(option), value); });
}

tepui_status tepui_context_get_real(tepui_context* context, tepui_option option, double* value) {
    return guarded(context, [&] {
        require_pointer(value, "value");
        *value = context->options.*real_option(option).member;
    });
}

tepui_status tepui_context_real_bounds(tepui_context* context, tepui_option option, double* lower,
                                       double* upper) {
    return guarded(context, [&] { write_bounds(real_option(option), lower, upper); });
}

tepui_status tepui_context_set_progress(tepui_context* context, tepui_progress_function function,
                                        void* user) {
    return guarded(context, [&] {
        context->listener = ProgressListener{};
        context->listener.function = function;
        context->listener.user = user;
    });
}

const char* tepui_version(void) {
    return TEPUI_TEXT(TEPUI_VERSION_MAJOR) "." TEPUI_TEXT(TEPUI_VERSION_MINOR) "." TEPUI_TEXT(
        TEPUI_VERSION_PATCH);
}

tepui_status tepui_info(tepui_context* context, tepui_info_item item, const char** text) {
    return guarded(context, [&] {
        require_pointer(text, "text");
        std::string found = info_text(*context, item);
        std::string& kept = context->info[static_cast<std::size_t>(item - TEPUI_INFO_ISA)];
        kept = std::move(found);
        *text = kept.c_str();
    });
}

tepui_status tepui_force_isa(tepui_context* context, const char* name) {
    return guarded_in_any_environment(context, [&] {
        require_pointer(name, "name");
        if (kernels::force_isa(name)) return;
        throw Error(Status::invalid_value, "name is '" + std::string(name) + "', one of " +
                                               kernels::available_isa_names() + " or '' is expected");
    });
}

}  // extern "C"
