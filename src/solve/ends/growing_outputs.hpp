// What ReLU-like neurons tell apart while their weights grow: classes that some samples leave behind, and a
// motion of the weights along which all outputs that are left keep their differences (MATH.md section 13).
#pragma once

#include <optional>
#include <vector>

#include "classification/infinity/separation.hpp"
#include "solve/ends/classes_left.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/relu/active_point.hpp"

namespace tepui {

class GrowingOutputs {
  public:
    // labels: the class of each sample, -1 where it has none and nothing is told apart.
    GrowingOutputs(const Dataset& data, const SampleInputs& inputs, const ActivePoint& point,
                   const std::vector<Size>& labels);

    // The classes left behind among those whose share in a sample is at most so much.
    bool find(double idle);
    // These; false unless all of them are left behind, and the kinks hold however far that goes.
    bool take(const ClassesLeft& left, const Matrix& beyond);

    const ClassesLeft& left() const noexcept { return left_; }
    // [width][inputs]: the part of the hidden weights that no sample sees which has classes left.
    const Matrix& beyond() const noexcept { return beyond_; }
    // Orthonormal rows that span what of the inputs no such sample has.
    const Matrix& unseen() const noexcept { return unseen_; }
    Separation separation() const;

  private:
    bool settle();
    void find_beyond();
    void find_motion();
    void find_growth();
    bool kinks_hold() const;
    bool is_kink(Size neuron, Size k) const;
    bool grows(Size feature) const;
    double sigma(double z) const;
    double feature(Size q, Size k) const;
    double coefficient(Size q, Size o) const;
    double target_of(Size k, Size o) const;
    std::vector<double> shares(Size k) const;
    std::pair<double, double> lead(Size k, Size o) const;

    const Dataset& data_;
    const SampleInputs& inputs_;
    const ActivePoint& point_;
    const std::vector<Size>& labels_;
    ClassesLeft left_;
    Matrix motion_;  // [features][classes]: of the coefficients, constant on what is left of every sample
    Matrix unseen_, beyond_;
    Matrix z_beyond_;  // [width][samples]: of beyond_, 0 where that is rounding
};

}  // namespace tepui
