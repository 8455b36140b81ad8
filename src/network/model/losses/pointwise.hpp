// Losses that are a sum over the outputs of one function of f and y.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/rounding.hpp"
#include "network/model/loss.hpp"

namespace tepui {

// What a function of one output says at f: all without the sample weight.
struct PointwiseRow {
    double value;
    double slope, slope_rounding;  // l' and what evaluating it at the given f makes it wrong by
    double bend;                   // l''
    double most;                   // l'' within the error of f is at most this
};

// Function::chunk(count, f, y, error, PointwiseRow*) for up to kChunk samples of one output.
template <class Function>
class PointwiseLoss : public Loss {
  public:
    static constexpr Size kChunk = 64;

    void evaluate(const OutputRows& rows, const LossRows& out) const final {
        PointwiseRow row[kChunk];
        for (Size first = 0; first < rows.count; first += kChunk) {
            const Size count = std::min(kChunk, rows.count - first);
            for (Size o = 0; o < rows.outputs; ++o) {
                const Size at = o * rows.stride + first;
                static_cast<const Function*>(this)->chunk(count, rows.f + at, rows.targets + at,
                                                          rows.error + at, row);
                for (Size k = 0; k < count; ++k) {
                    const double s = rows.weights[first + k], error = rows.error[at + k];
                    const double value = s * row[k].value, rounding = 0.5 * s * row[k].most * error * error;
                    out.value[first + k] = o == 0 ? value : out.value[first + k] + value;
                    out.rounding[first + k] = o == 0 ? rounding : out.rounding[first + k] + rounding;
                    out.gradient[at + k] = s * row[k].slope;
                    out.gradient_error[at + k] = s * (row[k].most * error + row[k].slope_rounding);
                    for (Size q = 0; q < o; ++q)
                        out.hessian[packed_index(o, q) * rows.stride + first + k] = 0.0;
                    out.hessian[packed_index(o, o) * rows.stride + first + k] = s * row[k].bend;
                }
            }
        }
    }
    bool scalar_hessian() const final { return false; }

    // Function::change(f, y, D) without cancellation, with its rounding; the rest by the slope's bound.
    Difference difference(const OutputChange& moved) const final {
        Difference sum;
        const auto* function = static_cast<const Function*>(this);
        for (Size o = 0; o < moved.outputs; ++o) {
            const double f = moved.f[o], y = moved.target[o], delta = moved.change[o];
            const double f_error = moved.f_error[o], delta_error = moved.change_error[o];
            PointwiseRow row;
            const double there = f + delta, reach = f_error + delta_error;
            function->chunk(1, &there, &y, &reach, &row);
            const Difference change = function->change(f, y, delta);
            sum.value += change.value;
            // d/dD = l'(f + D), d/df = l'(f + D) - l'(f) = D l'' in between, l'' at most that at the ends.
            const double bend = std::max(row.most, function->most_between(f, delta, f_error));
            sum.error += change.error +
                         (std::abs(row.slope) + row.slope_rounding + row.most * reach) * delta_error +
                         bend * std::abs(delta) * f_error;
        }
        return sum;
    }
};

}  // namespace tepui
