// Neumaier's compensated sum: the error does not grow with the number of terms.
#pragma once

#include <cmath>

namespace tepui {

class CompensatedSum {
  public:
    void add(double term) noexcept {
        const double next = sum_ + term;
        correction_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
        sum_ = next;
    }
    void add(const CompensatedSum& other) noexcept {
        add(other.sum_);
        correction_ += other.correction_;
    }
    double value() const noexcept { return sum_ + correction_; }

    // To and from two numbers of a flat buffer.
    static CompensatedSum read(const double* pair) noexcept {
        CompensatedSum sum;
        sum.sum_ = pair[0];
        sum.correction_ = pair[1];
        return sum;
    }
    void write(double* pair) const noexcept {
        pair[0] = sum_;
        pair[1] = correction_;
    }

  private:
    double sum_ = 0.0;
    double correction_ = 0.0;
};

}  // namespace tepui
