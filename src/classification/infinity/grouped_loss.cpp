#include "classification/infinity/grouped_loss.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/rounding.hpp"

namespace tepui {
namespace {

// The classes of one sample's group: its shares, and 1 less each of them.
struct Shares {
    std::vector<Size> classes;
    std::vector<double> share, rest, target;
    double value = 0.0;
};

// f and target of class o.
template <class Output, class Target>
Shares shares_of(Size classes, Output&& f, Target&& target) {
    Shares result;
    double top = -HUGE_VAL, sum = 0.0, hit = 0.0;
    for (Size o = 0; o < classes; ++o) {
        if (target(o) == GroupedLoss::kOfAnotherGroup) continue;
        result.classes.push_back(o);
        result.target.push_back(target(o));
        if (target(o) != 0.0) hit += target(o) * f(o);
        top = std::max(top, f(o));
    }
    for (const Size o : result.classes) {
        result.share.push_back(std::exp(f(o) - top));
        sum += result.share.back();
    }
    for (double& p : result.share) p /= sum;
    for (std::size_t l = 0; l < result.share.size(); ++l) {
        double others = 0.0;
        for (std::size_t q = 0; q < result.share.size(); ++q) others += q == l ? 0.0 : result.share[q];
        result.rest.push_back(others);
    }
    result.value = std::log(sum) + top - hit;
    return result;
}

}  // namespace

void GroupedLoss::evaluate(const OutputRows& rows, const LossRows& out) const {
    for (Size k = 0; k < rows.count; ++k) {
        const auto at = [&](const double* of, Size o) { return of[o * rows.stride + k]; };
        const double s = rows.weights[k];
        const Shares shares = shares_of(
            classes_, [&](Size o) { return at(rows.f, o); }, [&](Size o) { return at(rows.targets, o); });
        double error = 0.0;
        for (const Size o : shares.classes) error = std::max(error, at(rows.error, o));
        out.value[k] = s * shares.value;
        out.rounding[k] = 0.5 * s * error * error;
        for (Size o = 0; o < rows.outputs; ++o) {
            const bool of_group = o >= classes_;
            const double c = of_group ? at(rows.targets, o) : 0.0;
            if (c != 0.0) out.value[k] += s * c * at(rows.f, o);
            out.gradient[o * rows.stride + k] = s * c;
            out.gradient_error[o * rows.stride + k] = 4.0 * kEps * s * std::abs(c);
            for (Size q = 0; q <= o; ++q) out.hessian[packed_index(o, q) * rows.stride + k] = 0.0;
        }
        for (std::size_t l = 0; l < shares.classes.size(); ++l) {
            const Size o = shares.classes[l];
            const double p = shares.share[l], rest = shares.rest[l];
            const double y = shares.target[l];
            out.gradient[o * rows.stride + k] = s * (y == 1.0 ? -rest : p - y);
            const double moved = std::min(1.0, 2.0 * p * rest * error * std::exp(std::min(2.0 * error, 4.0)));
            out.gradient_error[o * rows.stride + k] = s * (moved + 8.0 * kEps * (y == 1.0 ? rest : p));
            for (std::size_t q = 0; q <= l; ++q)
                out.hessian[packed_index(o, shares.classes[q]) * rows.stride + k] =
                    s * p * (q == l ? rest : -shares.share[q]);
        }
    }
}

Loss::Difference GroupedLoss::difference(const OutputChange& moved) const {
    std::vector<double> f, f_error, target, change, change_error;
    Difference result;
    for (Size o = 0; o < moved.outputs; ++o) {
        if (o >= classes_) {
            result.value += moved.target[o] * moved.change[o];
            result.error +=
                std::abs(moved.target[o]) * (moved.change_error[o] + 4.0 * kEps * std::abs(moved.change[o]));
            continue;
        }
        if (moved.target[o] == kOfAnotherGroup) continue;
        f.push_back(moved.f[o]);
        f_error.push_back(moved.f_error[o]);
        target.push_back(moved.target[o]);
        change.push_back(moved.change[o]);
        change_error.push_back(moved.change_error[o]);
    }
    const Difference inside = softmax_loss().difference(
        {Size(f.size()), f.data(), f_error.data(), target.data(), change.data(), change_error.data()});
    result.value += inside.value;
    result.error += inside.error;
    return result;
}

void GroupedLoss::best_output(Size outputs, const double*, double* f) const {
    std::fill_n(f, outputs, 0.0);
}

}  // namespace tepui
