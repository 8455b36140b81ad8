#include "tepui/status.h"

#include "core/error.hpp"

namespace {

using tepui::Status;

constexpr bool agree(tepui_status number, Status status) {
    return number == static_cast<tepui_status>(status);
}

static_assert(agree(TEPUI_OK, Status::ok));
static_assert(agree(TEPUI_ERROR_NULL_POINTER, Status::null_pointer));
static_assert(agree(TEPUI_ERROR_INVALID_SIZE, Status::invalid_size));
static_assert(agree(TEPUI_ERROR_NOT_FINITE, Status::not_finite));
static_assert(agree(TEPUI_ERROR_INVALID_VALUE, Status::invalid_value));
static_assert(agree(TEPUI_ERROR_OUT_OF_MEMORY, Status::out_of_memory));
static_assert(agree(TEPUI_ERROR_CANCELLED, Status::cancelled));
static_assert(agree(TEPUI_ERROR_NOT_STATIONARY, Status::not_stationary));
static_assert(agree(TEPUI_ERROR_UNSUPPORTED, Status::unsupported));
static_assert(agree(TEPUI_ERROR_NUMERIC, Status::numeric));
static_assert(agree(TEPUI_ERROR_CALLBACK, Status::callback));
static_assert(agree(TEPUI_ERROR_INTERNAL, Status::internal));

}  // namespace

extern "C" {

const char* tepui_status_name(tepui_status status) {
    switch (status) {
        case TEPUI_OK:
            return "TEPUI_OK";
        case TEPUI_ERROR_NULL_POINTER:
            return "TEPUI_ERROR_NULL_POINTER";
        case TEPUI_ERROR_INVALID_SIZE:
            return "TEPUI_ERROR_INVALID_SIZE";
        case TEPUI_ERROR_NOT_FINITE:
            return "TEPUI_ERROR_NOT_FINITE";
        case TEPUI_ERROR_INVALID_VALUE:
            return "TEPUI_ERROR_INVALID_VALUE";
        case TEPUI_ERROR_OUT_OF_MEMORY:
            return "TEPUI_ERROR_OUT_OF_MEMORY";
        case TEPUI_ERROR_CANCELLED:
            return "TEPUI_ERROR_CANCELLED";
        case TEPUI_ERROR_NOT_STATIONARY:
            return "TEPUI_ERROR_NOT_STATIONARY";
        case TEPUI_ERROR_UNSUPPORTED:
            return "TEPUI_ERROR_UNSUPPORTED";
        case TEPUI_ERROR_NUMERIC:
            return "TEPUI_ERROR_NUMERIC";
        case TEPUI_ERROR_CALLBACK:
            return "TEPUI_ERROR_CALLBACK";
        case TEPUI_ERROR_INTERNAL:
            return "TEPUI_ERROR_INTERNAL";
        default:
            return "unknown status";
    }
}

}  // extern "C"
