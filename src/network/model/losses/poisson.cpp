// The Poisson loss: half the deviance of counts with mean e^f.
#include "core/rounding.hpp"
#include "kernels/activation.hpp"
#include "network/model/losses/pointwise.hpp"

namespace tepui {
namespace {

constexpr double kFar = -30.0;

// e^D - 1 - D
double expm1_minus(double delta) {
    if (std::abs(delta) > 0.5) return std::expm1(delta) - delta;
    double term = 0.5 * delta * delta, sum = term;
    for (int order = 3; std::abs(term) > 0.25 * kEps * std::abs(sum); ++order) sum += term *= delta / order;
    return sum;
}

class PoissonLoss final : public PointwiseLoss<PoissonLoss> {
  public:
    LossKind kind() const override { return LossKind::poisson; }

    // With D = f - log y: y (e^D - 1 - D).
    void chunk(Size count, const double* f, const double* y, const double* error, PointwiseRow* row) const {
        double mean[kChunk];
        kernels::evaluate_activation(ActivationKind::exp, 0.0, count, f, {mean, nullptr, nullptr, nullptr});
        for (Size k = 0; k < count; ++k) {
            row[k].value = y[k] > 0.0 ? y[k] * expm1_minus(f[k] - std::log(y[k])) : mean[k];
            row[k].slope = mean[k] - y[k];
            row[k].slope_rounding = 4.0 * kEps * (mean[k] + y[k]);
            row[k].bend = mean[k];
            row[k].most = std::max(mean[k] * std::exp(error[k]), y[k]);
        }
    }
    Difference change(double f, double y, double delta) const {
        const double mean = std::exp(f), linear = (mean - y) * delta, rest = mean * expm1_minus(delta);
        return {linear + rest, 16.0 * kEps * ((mean + y) * std::abs(delta) + std::abs(rest))};
    }
    double most_between(double f, double delta, double error) const {
        return std::exp(f + std::max(delta, 0.0) + error);
    }
    double separated_below(Size outputs, const double* target) const override {
        return std::all_of(target, target + outputs, [](double y) { return y == 0.0; }) ? 1.0 : 0.0;
    }
    void best_output(Size outputs, const double* target, double* f) const override {
        for (Size o = 0; o < outputs; ++o) f[o] = std::max(std::log(target[o]), kFar);
    }
    const char* refused(Size outputs, const double* target) const override {
        for (Size o = 0; o < outputs; ++o) {
            if (!(target[o] >= 0.0)) return "a number >= 0 for the Poisson loss";
        }
        return nullptr;
    }
};

}  // namespace

const Loss& poisson_loss() {
    static const PoissonLoss loss;
    return loss;
}

}  // namespace tepui
