// Whole numbers without a bound, as far as counting needs them: sums, products and quotients by small
// numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tepui {

class WholeNumber {
  public:
    WholeNumber(std::uint32_t value = 0);  // NOLINT(google-explicit-constructor): a number is a number

    void add(const WholeNumber& other);
    void multiply(std::uint32_t factor);
    void divide(std::uint32_t divisor);  // rounds down; the divisor is not 0
    std::string decimal() const;

    bool operator==(const WholeNumber&) const = default;

  private:
    void trim();

    static constexpr std::uint32_t kBase = 1000000000;
    std::vector<std::uint32_t> digits_;  // base 1e9, lowest first; none: zero
};

}  // namespace tepui
