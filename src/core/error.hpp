// Status numbers and the one exception type used inside the library.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include "vocabulary/status.hpp"

namespace tepui {

// Carries the full sentence: what was wrong, which argument, its value, what is expected.
class Error : public std::exception {
  public:
    Error(Status status, std::string message) : status_(status), message_(std::move(message)) {}
    Status status() const noexcept { return status_; }
    const char* what() const noexcept override { return message_.c_str(); }

  private:
    Status status_;
    std::string message_;
};

}  // namespace tepui
