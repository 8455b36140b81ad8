// The pseudo-Huber loss: squared near the target, linear far from it, analytic in between.
#include "core/rounding.hpp"
#include "network/model/losses/pointwise.hpp"

namespace tepui {
namespace {

class PseudoHuberLoss final : public PointwiseLoss<PseudoHuberLoss> {
  public:
    explicit PseudoHuberLoss(double delta) : delta_(delta) {}
    LossKind kind() const override { return LossKind::pseudo_huber; }
    double parameter() const override { return delta_; }

    // With h = sqrt(1 + (r / delta)^2): l = r^2 / (h + 1), l' = r / h, l'' = 1 / h^3.
    void chunk(Size count, const double* f, const double* y, const double*, PointwiseRow* row) const {
        for (Size k = 0; k < count; ++k) {
            const double r = f[k] - y[k], h = height(r);
            row[k] = {r * (r / (h + 1.0)), r / h, 4.0 * kEps * std::abs(r) / h, 1.0 / (h * h * h), 1.0};
        }
    }
    // delta^2 (h(r + D) - h(r)) = D (2 r + D) / (h(r + D) + h(r))
    Difference change(double f, double y, double delta) const {
        const double r = f - y, both = height(r + delta) + height(r);
        const double value = delta / both * (2.0 * r + delta);
        return {value, 8.0 * kEps * std::abs(delta) / both * (2.0 * std::abs(r) + std::abs(delta))};
    }
    double most_between(double, double, double) const { return 1.0; }
    bool zero_is_least() const override { return true; }
    bool targets_average() const override { return false; }
    void best_output(Size outputs, const double* target, double* f) const override {
        std::copy_n(target, outputs, f);
    }
    const char* refused(Size, const double*) const override { return nullptr; }

  private:
    double height(double r) const { return std::hypot(1.0, r / delta_); }
    double delta_;
};

}  // namespace

std::unique_ptr<const Loss> pseudo_huber_loss(double delta) {
    return std::make_unique<PseudoHuberLoss>(delta);
}

}  // namespace tepui
