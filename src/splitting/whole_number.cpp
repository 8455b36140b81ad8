#include "splitting/whole_number.hpp"

#include <algorithm>

namespace tepui {

WholeNumber::WholeNumber(std::uint32_t value) {
    for (; value > 0; value /= kBase) digits_.push_back(value % kBase);
}

void WholeNumber::trim() {
    while (!digits_.empty() && digits_.back() == 0) digits_.pop_back();
}

void WholeNumber::add(const WholeNumber& other) {
    digits_.resize(std::max(digits_.size(), other.digits_.size()) + 1, 0);
    std::uint32_t carry = 0;
    for (std::size_t i = 0; i < digits_.size(); ++i) {
        const std::uint32_t sum = digits_[i] + carry + (i < other.digits_.size() ? other.digits_[i] : 0);
        digits_[i] = sum % kBase;
        carry = sum / kBase;
    }
    trim();
}

void WholeNumber::multiply(std::uint32_t factor) {
    std::uint64_t carry = 0;
    for (std::uint32_t& digit : digits_) {
        carry += static_cast<std::uint64_t>(digit) * factor;
        digit = static_cast<std::uint32_t>(carry % kBase);
        carry /= kBase;
    }
    for (; carry > 0; carry /= kBase) digits_.push_back(static_cast<std::uint32_t>(carry % kBase));
    trim();
}

void WholeNumber::divide(std::uint32_t divisor) {
    std::uint64_t rest = 0;
    for (std::size_t i = digits_.size(); i-- > 0;) {
        rest = rest * kBase + digits_[i];
        digits_[i] = static_cast<std::uint32_t>(rest / divisor);
        rest %= divisor;
    }
    trim();
}

std::string WholeNumber::decimal() const {
    if (digits_.empty()) return "0";
    std::string text = std::to_string(digits_.back());
    for (std::size_t i = digits_.size() - 1; i-- > 0;) {
        const std::string digit = std::to_string(digits_[i]);
        text += std::string(9 - digit.size(), '0') + digit;
    }
    return text;
}

}  // namespace tepui
