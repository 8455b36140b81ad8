#include "network/model/loss.hpp"

#include <cmath>
#include <limits>

namespace tepui {
namespace {

constexpr double kUlp = std::numeric_limits<double>::epsilon();

class SquaredLoss final : public Loss {
  public:
    void evaluate(const OutputRows& rows, const LossRows& out) const override {
        for (Size o = 0; o < rows.outputs; ++o) {
            const double* f = rows.f + o * rows.stride;
            const double* y = rows.targets + o * rows.stride;
            const double* error = rows.error + o * rows.stride;
            double* g = out.gradient + o * rows.stride;
            double* g_error = out.gradient_error + o * rows.stride;
#pragma omp simd
            for (Size k = 0; k < rows.count; ++k) {
                const double r = f[k] - y[k];
                g[k] = rows.weights[k] * r;
                g_error[k] = rows.weights[k] * error[k];
                const double value = 0.5 * (g[k] * r), rounding = 0.5 * (g_error[k] * error[k]);
                out.value[k] = o == 0 ? value : out.value[k] + value;
                out.rounding[k] = o == 0 ? rounding : out.rounding[k] + rounding;
            }
        }
        for (Size k = 0; k < rows.count; ++k) out.hessian[k] = rows.weights[k];
    }
    bool scalar_hessian() const override {
        return true;
    }
    bool quadratic() const override {
        return true;
    }
    Difference difference(Size outputs, const double* f, const double* target, const double* change,
                          const double* change_error) const override {
        Difference sum;
        for (Size o = 0; o < outputs; ++o) {
            const double r = f[o] - target[o], delta = change[o], error = change_error[o];
            sum.value += delta * (r + 0.5 * delta);
            sum.error += error * (std::abs(r) + std::abs(delta) + 0.5 * error) +
                         4.0 * kUlp * std::abs(delta) * (std::abs(r) + 0.5 * std::abs(delta));
        }
        return sum;
    }
};

class LinearLoss final : public Loss {
  public:
    void evaluate(const OutputRows& rows, const LossRows& out) const override {
        for (Size k = 0; k < rows.count; ++k) out.value[k] = out.rounding[k] = out.hessian[k] = 0.0;
        for (Size o = 0; o < rows.outputs; ++o) {
            for (Size k = 0, at = o * rows.stride; k < rows.count; ++k, ++at) {
                out.gradient[at] = rows.weights[k] * rows.targets[at];
                out.gradient_error[at] = 0.0;
                out.value[k] += out.gradient[at] * rows.f[at];
                out.rounding[k] += std::abs(out.gradient[at]) * rows.error[at];
            }
        }
    }
    bool scalar_hessian() const override { return true; }
    Difference difference(Size outputs, const double*, const double* target, const double* change,
                          const double* change_error) const override {
        Difference sum;
        for (Size o = 0; o < outputs; ++o) {
            sum.value += target[o] * change[o];
            sum.error += std::abs(target[o]) * (change_error[o] + 4.0 * kUlp * std::abs(change[o]));
        }
        return sum;
    }
};

}  // namespace

const Loss& squared_loss() {
    static const SquaredLoss loss;
    return loss;
}

const Loss& linear_loss() {
    static const LinearLoss loss;
    return loss;
}

}  // namespace tepui
