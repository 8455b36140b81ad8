// The squared loss, and the linear one that sums at other weights are made of.
#include "core/rounding.hpp"
#include "network/model/loss.hpp"

#include <algorithm>
#include <cmath>

namespace tepui {
namespace {

class SquaredLoss final : public Loss {
  public:
    LossKind kind() const override { return LossKind::squared; }
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
    Difference difference(const OutputChange& moved) const override {
        Difference sum;
        for (Size o = 0; o < moved.outputs; ++o) {
            const double r = moved.f[o] - moved.target[o], delta = moved.change[o];
            const double error = moved.change_error[o];
            sum.value += delta * (r + 0.5 * delta);
            sum.error += error * (std::abs(r) + std::abs(delta) + 0.5 * error) +
                         std::abs(delta) * moved.f_error[o] +
                         4.0 * kEps * std::abs(delta) * (std::abs(r) + 0.5 * std::abs(delta));
        }
        return sum;
    }
    bool quadratic() const override {
        return true;
    }
    bool zero_is_least() const override {
        return true;
    }
    void best_output(Size outputs, const double* target, double* f) const override {
        std::copy_n(target, outputs, f);
    }
    const char* refused(Size, const double*) const override {
        return nullptr;
    }
};

class LinearLoss final : public Loss {
  public:
    LossKind kind() const override { return LossKind::linear; }
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
    Difference difference(const OutputChange& moved) const override {
        Difference sum;
        for (Size o = 0; o < moved.outputs; ++o) {
            sum.value += moved.target[o] * moved.change[o];
            sum.error +=
                std::abs(moved.target[o]) * (moved.change_error[o] + 4.0 * kEps * std::abs(moved.change[o]));
        }
        return sum;
    }
    void best_output(Size outputs, const double*, double* f) const override { std::fill_n(f, outputs, 0.0); }
    const char* refused(Size, const double*) const override { return nullptr; }
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
