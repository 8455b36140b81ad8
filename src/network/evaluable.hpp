// Points where a network cannot be evaluated, told apart from failures of the caller's functions.
#pragma once

#include "core/error.hpp"

namespace tepui {

// The activation callback answered, but not with finite numbers.
class NotFiniteActivation : public Error {
  public:
    explicit NotFiniteActivation(std::string message) : Error(Status::callback, std::move(message)) {}
};

// Something overflows at the point, or its activation is not finite there: another point may do.
inline bool cannot_evaluate(const Error& error) {
    return error.status() == Status::numeric || dynamic_cast<const NotFiniteActivation*>(&error) != nullptr;
}

}  // namespace tepui
