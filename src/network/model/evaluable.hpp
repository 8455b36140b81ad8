// Points where a network cannot be evaluated, told apart from failures of the caller's functions.
#pragma once

#include "core/error.hpp"

namespace tepui {

// Something overflows at the point: another point may do.
inline bool cannot_evaluate(const Error& error) {
    return error.status() == Status::numeric;
}

}  // namespace tepui
