// The softmax loss: the negative log-likelihood of classes, or the cross-entropy of shares.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/rounding.hpp"
#include "kernels/activation.hpp"
#include "network/model/loss.hpp"
#include "network/model/losses/labels.hpp"

namespace tepui {
namespace {

constexpr Size kChunk = 64;
constexpr double kLeastShare = 1e-13;
constexpr double kShareSum = 1e-9;  // how far shares may sum from 1

class SoftmaxLoss final : public Loss {
  public:
    LossKind kind() const override { return LossKind::softmax; }

    void evaluate(const OutputRows& rows, const LossRows& out) const override {
        for (Size first = 0; first < rows.count; first += kChunk)
            evaluate_chunk(rows, out, first, std::min(kChunk, rows.count - first));
    }
    bool scalar_hessian() const override { return false; }
    bool shift_invariant() const override { return true; }

    // log sum_o p_o e^(D_o - y.D): the shift takes the part that cancels.
    Difference difference(const OutputChange& moved) const override {
        const Size outputs = moved.outputs;
        std::vector<double> p(outputs);
        const double top = *std::max_element(moved.f, moved.f + outputs);
        double sum = 0.0, mean = 0.0, mean_terms = 0.0, furthest = 0.0;
        for (Size o = 0; o < outputs; ++o) {
            sum += p[o] = std::exp(moved.f[o] - top);
            mean += moved.target[o] * moved.change[o];
            mean_terms += std::abs(moved.target[o] * moved.change[o]);
        }
        for (Size o = 0; o < outputs; ++o) furthest = std::max(furthest, moved.change[o] - mean);
        // Where something grows by more than e it is divided out.
        const double shift = furthest > 1.0 ? furthest : 0.0;
        double rest = 0.0, terms = 0.0, there = 0.0;
        for (Size o = 0; o < outputs; ++o) {
            p[o] /= sum;
            const double step = moved.change[o] - mean - shift;
            rest += p[o] * std::expm1(step);
            terms += p[o] * std::abs(std::expm1(step));
            there += p[o] * std::exp(step);
        }
        Difference result;
        result.value = shift + std::log1p(rest);
        const double falls = 1.0 + rest;  // log1p's own condition
        result.error = 16.0 * kEps * (shift + (terms + mean_terms) / falls + std::abs(result.value));
        for (Size o = 0; o < outputs; ++o) {
            const double share = p[o] * std::exp(moved.change[o] - mean - shift) / there;
            result.error += std::abs(share - moved.target[o]) * moved.change_error[o] +
                            (std::abs(share - p[o]) + 8.0 * kEps) * moved.f_error[o] +
                            0.5 * moved.change_error[o] * moved.change_error[o];
        }
        return result;
    }

    double separated_below(Size outputs, const double* target) const override {
        return labels_separated_below(outputs, target);
    }
    void best_output(Size outputs, const double* target, double* f) const override {
        double mean = 0.0;
        for (Size o = 0; o < outputs; ++o) mean += f[o] = std::log(std::max(target[o], kLeastShare));
        for (Size o = 0; o < outputs; ++o) f[o] -= mean / static_cast<double>(outputs);
    }
    const char* refused(Size outputs, const double* target) const override {
        double sum = 0.0;
        for (Size o = 0; o < outputs; ++o) {
            if (!(target[o] >= 0.0 && target[o] <= 1.0)) return "a share in [0, 1] for the softmax loss";
            sum += target[o];
        }
        return std::abs(sum - 1.0) <= kShareSum ? nullptr
                                                : "a row of shares that sum to 1 for the softmax loss";
    }

  private:
    // Shares stand in the rows of the gradient until the targets are taken from them.
    void evaluate_chunk(const OutputRows& rows, const LossRows& out, Size first, Size count) const {
        double top[kChunk], sum[kChunk], from_top[kChunk], error[kChunk];
        std::copy_n(rows.f + first, count, top);
        std::fill_n(sum, count, 0.0);
        std::fill_n(error, count, 0.0);
        const auto row = [&](auto* of, Size o) { return of + o * rows.stride + first; };
        for (Size o = 0; o < rows.outputs; ++o) {
            for (Size k = 0; k < count; ++k) {
                top[k] = std::max(top[k], row(rows.f, o)[k]);
                error[k] = std::max(error[k], row(rows.error, o)[k]);
            }
        }
        for (Size o = 0; o < rows.outputs; ++o) {
            double* share = row(out.gradient, o);
            for (Size k = 0; k < count; ++k) from_top[k] = row(rows.f, o)[k] - top[k];
            kernels::evaluate_activation(ActivationKind::exp, 0.0, count, from_top,
                                         {share, nullptr, nullptr, nullptr});
            for (Size k = 0; k < count; ++k) sum[k] += share[k];
        }
        const double* s = rows.weights + first;
        for (Size k = 0; k < count; ++k) {
            out.value[first + k] = std::log(sum[k]);
            out.rounding[first + k] = 0.5 * s[k] * error[k] * error[k];
        }
        for (Size o = 0; o < rows.outputs; ++o) {
            for (Size k = 0; k < count; ++k) {
                row(out.gradient, o)[k] /= sum[k];
                const double below = top[k] - row(rows.f, o)[k];
                if (row(rows.targets, o)[k] != 0.0) out.value[first + k] += row(rows.targets, o)[k] * below;
            }
        }
        for (Size k = 0; k < count; ++k) out.value[first + k] *= s[k];
        for (Size o = 0; o < rows.outputs; ++o) {
            const double* p = row(out.gradient, o);
            for (Size q = 0; q < o; ++q) {
                double* entry = row(out.hessian, packed_index(o, q));
                const double* other = row(out.gradient, q);
                for (Size k = 0; k < count; ++k) entry[k] = -s[k] * p[k] * other[k];
            }
            // p (1 - p) with 1 - p from the others where it would cancel.
            double* entry = row(out.hessian, packed_index(o, o));
            for (Size k = 0; k < count; ++k) entry[k] = 1.0 - p[k];
            for (Size k = 0; k < count; ++k) {
                if (p[k] > 0.5) entry[k] = others(rows.outputs, o, out.gradient + first + k, rows.stride);
            }
            // Its error while the shares still stand: dp = p (df - mean of df).
            double* wrong = row(out.gradient_error, o);
            for (Size k = 0; k < count; ++k) {
                const double y = row(rows.targets, o)[k], rest = entry[k];
                const double moved =
                    std::min(1.0, 2.0 * p[k] * rest * error[k] * std::exp(std::min(2.0 * error[k], 4.0)));
                wrong[k] = s[k] * (moved + 8.0 * kEps * (p[k] * std::abs(1.0 - y) + y * rest));
                entry[k] *= s[k] * p[k];
            }
        }
        for (Size k = 0; k < count; ++k) subtract_targets(rows, out, first + k);
    }

    static double others(Size outputs, Size o, const double* share, Size stride) {
        double sum = 0.0;
        for (Size q = 0; q < outputs; ++q) sum += q == o ? 0.0 : share[q * stride];
        return sum;
    }

    // p_o - y_o = (1 - y_o) p_o - y_o (1 - p_o), which loses nothing where p_o is near y_o = 1.
    static void subtract_targets(const OutputRows& rows, const LossRows& out, Size k) {
        const double s = rows.weights[k];
        Size most = 0;
        for (Size o = 1; o < rows.outputs; ++o) {
            if (out.gradient[o * rows.stride + k] > out.gradient[most * rows.stride + k]) most = o;
        }
        const double rest = others(rows.outputs, most, out.gradient + k, rows.stride);
        for (Size o = 0; o < rows.outputs; ++o) {
            double& g = out.gradient[o * rows.stride + k];
            const double y = rows.targets[o * rows.stride + k];
            g = s * ((1.0 - y) * g - y * (o == most ? rest : 1.0 - g));
        }
    }
};

}  // namespace

const Loss& softmax_loss() {
    static const SoftmaxLoss loss;
    return loss;
}

}  // namespace tepui
