#include "classification/any_network/free_escapes.hpp"

#include <cmath>

#include "classification/escape/escape.hpp"
#include "kernels/hidden_layer.hpp"

namespace tepui {
namespace {

// sum s l'' (sigma'(w . x) v . x)^2 of a network of one neuron.
class SlopePowerSum final : public Accumulator {
  public:
    SlopePowerSum(const std::vector<double>& v, const PointResiduals& residuals)
        : v_(v), residuals_(residuals) {}

    int derivative_order() const override { return 1; }
    Size parts() const override { return 1; }
    void add(const EvaluatedBlock& block, Size, Size) override {
        kernels::preactivations(v_.data(), block.inputs, 1,
                                {block.xt, block.stride, block.padded, block.inputs}, step_.data(),
                                block.stride);
        for (Size k = 0; k < block.count; ++k) {
            const double change = block.first_derivative[k] * step_[k];
            *sums_.at(sum_) += block.weights[k] * residuals_.bend(block.first + k) * change * change;
        }
    }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<SlopePowerSum>(v_, residuals_);
    }

    double finish() const { return *sums_.at(sum_); }

  protected:
    void begin(Size stride) override { step_ = Buffer<double>(stride); }

  private:
    const std::vector<double>& v_;
    const PointResiduals& residuals_;
    Size sum_ = sums_.reserve(1);
    Buffer<double> step_;
};

double slope_power(const PointOnData& context, const double* w, const std::vector<double>& v) {
    Network one(context.network().activation, 1, context.data().inputs());
    std::copy_n(w, one.inputs, one.weights(0));
    SlopePowerSum sum(v, context.residuals());
    run_pass(context.data(), one, context.execution(), sum);
    return sum.finish();
}

// All members move by y, two of them apart so that sum a_j beta_j = b: with v of curvature lambda = v^T Hess
// psi v, b = v and y = -tau v, twice the change is epsilon^2 (-2 tau lambda + form lambda + sum s l''
// (u' v.x)^2).
Witness escape_cancelled(const PointOnData& context, const Lift& lift, const NeuronGroup& group, Size neuron,
                         const std::vector<double>& v, double lambda) {
    const CancelledPair pair = cancelled_pair(group);
    const double power = slope_power(context, context.network().weights(neuron), v);
    const double tau = std::copysign((power + std::abs(pair.form * lambda)) / std::abs(lambda) +
                                         std::max(pair.h_positive, -pair.h_negative),
                                     lambda);
    std::vector<double> rates = lift.no_rates(), move(v);
    const auto scaled = [&](double factor) {
        for (std::size_t j = 0; j < v.size(); ++j) move[j] = factor * v[j];
        return move.data();
    };
    for (std::size_t q = 0; q < group.members.size(); ++q)
        lift.move_member(group, q, scaled(-tau), 0.0, rates);
    lift.move_member(group, pair.positive, scaled(pair.h_positive), 0.0, rates);
    lift.move_member(group, pair.negative, scaled(pair.h_negative), 0.0, rates);
    return lift.straight(std::move(rates), 0.5 * (-2.0 * tau * lambda + pair.form * lambda + power));
}

}  // namespace

std::vector<Witness> free_escapes(const PointOnData& context, const Lift& lift, const NeuronGroup& group,
                                  const FreeGroup& report, Size neuron) {
    std::vector<Witness> found;
    if (report.leave)
        found.push_back(lift.follow(escape_null_neuron(context.network(), neuron, *report.leave), -1));
    if (group.kind != GroupKind::cancelled) return found;
    for (const bool upwards : {true, false}) {
        const std::vector<double>& v = upwards ? report.psi.v_positive : report.psi.v_negative;
        const double lambda = upwards ? report.psi.curvature_positive : report.psi.curvature_negative;
        if (!v.empty()) found.push_back(escape_cancelled(context, lift, group, neuron, v, lambda));
    }
    return found;
}

}  // namespace tepui
