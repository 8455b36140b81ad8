// What a random sequence of calls works on: handles made so far, numbers and arrays out of the fuzzer's
// bytes.
#pragma once
#include <tepui/tepui.h>

#include <limits>
#include <memory>
#include <vector>

#include "cli/support/handles.hpp"
#include "fuzz/fuzz.hpp"

namespace tepui::test {

using cli::Destroyer;

// Handles of one kind. Picking gives null now and then, and where there is none.
template <class Handle, auto destroy>
class Pool {
  public:
    Handle* pick(Bytes& bytes) const {
        const std::uint8_t which = bytes.next();
        return which == 255 || handles_.empty() ? nullptr : handles_[which % handles_.size()].get();
    }
    void add(Handle* handle) { handles_.emplace_back(handle); }
    void drop(Bytes& bytes) {
        if (!handles_.empty()) handles_.erase(handles_.begin() + bytes.next() % handles_.size());
    }

  private:
    std::vector<std::unique_ptr<Handle, Destroyer<destroy>>> handles_;
};

// Arrays of exactly the size that a call may read, so that the address sanitizer sees one byte more. They
// live as long as the sequence: data sets may borrow them.
class Arrays {
  public:
    explicit Arrays(Bytes& bytes) : bytes_(bytes) {}

    double number() {
        constexpr double inf = std::numeric_limits<double>::infinity();
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        constexpr double special[] = {0.0,  -0.0, 1.0,   -1.0,   0.5,   -0.5, 2.0,  0.25,
                                      1e-9, 1e9,  1e308, 1e-308, -1e16, inf,  -inf, nan};
        const std::uint8_t byte = bytes_.next();
        return byte >= 240 ? special[byte - 240] : double(byte) / 64.0 - 1.875;
    }
    // 0 to 5, and now and then what no array has.
    std::int64_t size() {
        constexpr std::int64_t impossible[] = {-1, std::int64_t(1) << 62,
                                               std::numeric_limits<std::int64_t>::max(),
                                               std::numeric_limits<std::int64_t>::min()};
        const std::uint8_t byte = bytes_.next();
        return byte >= 252 ? impossible[byte - 252] : byte % 6;
    }
    // As size(), and larger.
    std::int64_t samples() {
        const std::int64_t count = size();
        return possible(count) ? 3 * count : count;
    }
    // An impossible size is refused before anything is read; 0 elements are an address nonetheless.
    const double* numbers(std::int64_t count) {
        double* const array = room(count);
        for (std::int64_t l = 0; possible(count) && l < count; ++l) array[l] = number();
        return array;
    }
    // Splitting coefficients with sum 1, more or less.
    const double* shares(std::int64_t count) {
        double* const array = room(count);
        if (!possible(count) || count == 0) return array;
        array[0] = 1.0;
        for (std::int64_t l = 1; l < count; ++l) array[0] -= array[l] = number();
        return array;
    }
    const std::int64_t* integers(std::vector<std::int64_t> values) {
        integers_.push_back(std::make_unique<std::int64_t[]>(values.size()));
        std::copy(values.begin(), values.end(), integers_.back().get());
        return integers_.back().get();
    }
    double* room(std::int64_t count) {
        numbers_.push_back(std::make_unique<double[]>(possible(count) ? std::size_t(count) : 1));
        return numbers_.back().get();
    }
    static bool possible(std::int64_t count) { return count >= 0 && count < 100000; }

  private:
    Bytes& bytes_;
    std::vector<std::unique_ptr<double[]>> numbers_;
    std::vector<std::unique_ptr<std::int64_t[]>> integers_;
};

}  // namespace tepui::test
