// The caller's own loss, in the order of the caller: sample by sample.
#include <algorithm>
#include <cmath>
#include <string>

#include "core/buffer.hpp"
#include "core/rounding.hpp"
#include "network/model/loss.hpp"

namespace tepui {
namespace {

class CustomLoss final : public Loss {
  public:
    CustomLoss(LossCallback callback, void* user, bool convex)
        : callback_(callback), user_(user), convex_(convex) {}
    LossKind kind() const override { return LossKind::custom; }
    bool scalar_hessian() const override { return false; }
    bool convex() const override { return convex_; }
    bool targets_average() const override { return false; }
    void best_output(Size outputs, const double*, double* f) const override { std::fill_n(f, outputs, 0.0); }
    const char* refused(Size, const double*) const override { return nullptr; }

    void evaluate(const OutputRows& rows, const LossRows& out) const override {
        const Size outputs = rows.outputs, count = rows.count;
        if (count == 0) return;
        Buffer<double> f(checked_product(count, outputs)), y(f.size()), value(count), gradient(f.size());
        Buffer<double> hessian(checked_product(f.size(), outputs));
        for (Size k = 0; k < count; ++k) {
            for (Size o = 0; o < outputs; ++o) {
                f.data()[k * outputs + o] = rows.f[o * rows.stride + k];
                y.data()[k * outputs + o] = rows.targets[o * rows.stride + k];
            }
        }
        call(count, outputs, f.data(), y.data(), value.data(), gradient.data(), hessian.data());
        for (Size k = 0; k < count; ++k) {
            const double s = rows.weights[k];
            const double* g = gradient.data() + k * outputs;
            const double* bends = hessian.data() + k * outputs * outputs;
            double most = 0.0, square = 0.0;
            for (Size o = 0; o < outputs; ++o) {
                double row = 0.0;
                for (Size q = 0; q < outputs; ++q) row += std::abs(bends[o * outputs + q]);
                most = std::max(most, row);
                const double error = rows.error[o * rows.stride + k];
                square += error * error;
            }
            out.value[k] = s * value.data()[k];
            out.rounding[k] = 0.5 * s * most * square;
            for (Size o = 0; o < outputs; ++o) {
                double wrong = 4.0 * kEps * std::abs(g[o]);
                for (Size q = 0; q < outputs; ++q)
                    wrong += std::abs(bends[o * outputs + q]) * rows.error[q * rows.stride + k];
                out.gradient[o * rows.stride + k] = s * g[o];
                out.gradient_error[o * rows.stride + k] = s * wrong;
                for (Size q = 0; q <= o; ++q)
                    out.hessian[packed_index(o, q) * rows.stride + k] = s * bends[o * outputs + q];
            }
        }
    }

    // Both values, and what subtracting them loses.
    Difference difference(const OutputChange& moved) const override {
        const Size outputs = moved.outputs;
        Buffer<double> f(2 * outputs), y(2 * outputs), gradient(2 * outputs);
        Buffer<double> hessian(checked_product(2 * outputs, outputs));
        double value[2];
        for (Size o = 0; o < outputs; ++o) {
            y.data()[o] = y.data()[outputs + o] = moved.target[o];
            f.data()[o] = moved.f[o];
            f.data()[outputs + o] = moved.f[o] + moved.change[o];
        }
        call(2, outputs, f.data(), y.data(), value, gradient.data(), hessian.data());
        Difference result{value[1] - value[0], 4.0 * kEps * (std::abs(value[0]) + std::abs(value[1]))};
        for (Size o = 0; o < outputs; ++o) {
            const double here = gradient.data()[o], there = gradient.data()[outputs + o];
            result.error += std::abs(there) * moved.change_error[o] +
                            std::abs(there - here) * moved.f_error[o] +
                            kEps * std::abs(f.data()[outputs + o] * there);
        }
        return result;
    }

  private:
    void call(Size count, Size outputs, const double* f, const double* y, double* value, double* gradient,
              double* hessian) const {
        const std::int32_t answer = callback_(user_, count, outputs, f, y, value, gradient, hessian);
        if (answer != 0) {
            throw Error(Status::callback,
                        "the loss function returned " + std::to_string(answer) + ", 0 is expected");
        }
    }
    LossCallback callback_;
    void* user_;
    bool convex_;
};

}  // namespace

std::unique_ptr<const Loss> custom_loss(LossCallback callback, void* user, bool convex) {
    return std::make_unique<CustomLoss>(callback, user, convex);
}

}  // namespace tepui
