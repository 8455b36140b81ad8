// Status numbers and the one exception type used inside the library.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace tepui {

// Pinned numbers: the C ABI exposes the same ones (src/api asserts that they agree).
enum class Status : std::int32_t {
    ok = 0,
    null_pointer = 1,
    invalid_size = 2,   // a size, index or leading dimension out of range, or an overflow of their product
    not_finite = 3,     // NaN or infinity in an input array
    invalid_value = 4,  // any other argument outside its accepted set
    out_of_memory = 5,
    cancelled = 6,       // the progress callback asked to stop
    not_stationary = 7,  // the theorems need a stationary point and the given one is not
    unsupported = 8,     // a combination that the mathematics or this build does not cover
    numeric = 9,         // overflow or a factorisation that failed on finite input
    callback = 10,       // a user callback returned an error or non-finite values
    internal = 11        // a defect in the library
};

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
