// The loss of classes inside groups that are told apart, less what samples between two groups hold of it:
// the Lagrangian of the limit (MATH.md section 13, contacts).
#pragma once

#include "network/model/loss.hpp"

namespace tepui {

// Outputs: f of K classes, then g of the groups, if there are any. Targets: of a class 1 where it is the
// label, 0 where it is another one of its group (or shares, of sum 1), kOfAnotherGroup else; of a group c. l
// = log sum_group e^(f_o - f_y) + c . g. Which classes are of a sample's group may differ from sample to
// sample.
class GroupedLoss final : public Loss {
  public:
    static constexpr double kOfAnotherGroup = -1.0;
    enum class Outputs { of_classes, of_groups_too };
    explicit GroupedLoss(Size classes, Outputs outputs = Outputs::of_groups_too)
        : classes_(classes), outputs_(outputs) {}

    LossKind kind() const override { return LossKind::softmax; }
    void evaluate(const OutputRows& rows, const LossRows& out) const override;
    bool scalar_hessian() const override { return false; }
    bool shift_invariant() const override { return outputs_ == Outputs::of_classes; }
    bool sees(double target) const override {
        return outputs_ == Outputs::of_groups_too || target != kOfAnotherGroup;
    }
    bool targets_average() const override { return false; }
    Difference difference(const OutputChange& change) const override;
    void best_output(Size outputs, const double* target, double* f) const override;
    const char* refused(Size, const double*) const override { return nullptr; }

  private:
    Size classes_;
    Outputs outputs_;
};

}  // namespace tepui
