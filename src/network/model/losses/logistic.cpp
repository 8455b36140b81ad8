// The logistic loss: the negative log-likelihood of independent yes-or-no outputs.
#include "core/rounding.hpp"
#include "kernels/activation.hpp"
#include "network/model/losses/labels.hpp"
#include "network/model/losses/pointwise.hpp"

namespace tepui {
namespace {

constexpr double kFar = 30.0;  // sigmoid is 0 or 1 to double precision

class LogisticLoss final : public PointwiseLoss<LogisticLoss> {
  public:
    LossKind kind() const override { return LossKind::logistic; }

    // From log(1 + e^z), its slope and its bend at z = -|f|, where none of them cancels.
    void chunk(Size count, const double* f, const double* y, const double* error, PointwiseRow* row) const {
        double z[kChunk], small[kChunk], share[kChunk], bend[kChunk];
        for (Size k = 0; k < count; ++k) z[k] = -std::abs(f[k]);
        kernels::evaluate_activation(ActivationKind::softplus, 0.0, count, z, {small, share, bend, nullptr});
        for (Size k = 0; k < count; ++k) {
            const bool above = f[k] > 0.0;
            const double p = above ? 1.0 - share[k] : share[k], q = above ? share[k] : 1.0 - share[k];
            const double yes = y[k], no = 1.0 - yes;
            row[k].value = small[k] + (above ? no : yes) * std::abs(f[k]);
            row[k].slope = no * p - yes * q;
            row[k].slope_rounding = 8.0 * kEps * (no * p + yes * q);
            row[k].bend = bend[k];
            row[k].most =
                std::min(0.25, bend[k] * std::exp(std::min(error[k], 2.0)));  // |log l''| has slope <= 1
        }
    }

    // y log(p + q e^-D) + (1 - y) log(q + p e^D)
    Difference change(double f, double y, double delta) const {
        const double no = (1.0 - y) * log_of_share(f, delta), yes = y * log_of_share(-f, -delta);
        return {no + yes, 16.0 * kEps * (std::abs(no) + std::abs(yes))};
    }
    double most_between(double, double, double) const { return 0.25; }

    double separated_below(Size outputs, const double* target) const override {
        return labels_separated_below(outputs, target);
    }
    void best_output(Size outputs, const double* target, double* f) const override {
        for (Size o = 0; o < outputs; ++o)
            f[o] = std::clamp(std::log(target[o] / (1.0 - target[o])), -kFar, kFar);
    }
    const char* refused(Size outputs, const double* target) const override {
        for (Size o = 0; o < outputs; ++o) {
            if (!(target[o] >= 0.0 && target[o] <= 1.0)) return "a number in [0, 1] for the logistic loss";
        }
        return nullptr;
    }

  private:
    // log(q + p e^D), p = 1 - q = sigmoid(f), in the form that loses nothing.
    static double log_of_share(double f, double delta) {
        const double p = 1.0 / (1.0 + std::exp(-f)), q = 1.0 / (1.0 + std::exp(f));
        if (delta > 600.0) {
            const double log_p = f < -30.0 ? f : -std::log1p(std::exp(-f));
            return delta + log_p > 30.0 ? delta + log_p : std::log1p(std::exp(delta + log_p));
        }
        const double change = p * std::expm1(delta);
        return change > -0.5 ? std::log1p(change) : std::log(q + p * std::exp(delta));
    }
};

}  // namespace

const Loss& logistic_loss() {
    static const LogisticLoss loss;
    return loss;
}

}  // namespace tepui
