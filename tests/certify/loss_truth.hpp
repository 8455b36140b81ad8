// Losses of balls against MATH.md section 1 in 60-digit arithmetic.
#pragma once

#include <vector>

#include "kernels/activation_truth.hpp"
#include "network/model/loss.hpp"

namespace tepui::truth {

// l and its derivatives, as MATH.md section 1 has them; hessian: K x K.
struct LossTruth {
    Real value = 0;
    std::vector<Real> gradient, hessian;
};
inline LossTruth loss_at(const Loss& loss, const std::vector<Real>& f, const double* targets) {
    const std::size_t outputs = f.size();
    LossTruth at{0, std::vector<Real>(outputs, 0), std::vector<Real>(outputs * outputs, 0)};
    Real sum = 0, given = 0;
    for (std::size_t o = 0; o < outputs; ++o) {
        sum += exp(f[o]);
        given += targets[o];
    }
    if (loss.kind() == LossKind::softmax) at.value = log(sum);
    for (std::size_t o = 0; o < outputs; ++o) {
        const Real y = targets[o], r = f[o] - y, power = exp(f[o]), delta = loss.parameter();
        Real& bend = at.hessian[o * outputs + o];
        switch (loss.kind()) {
            case LossKind::logistic:
                at.value += log(1 + power) - y * f[o];
                at.gradient[o] = power / (1 + power) - y;
                bend = power / (1 + power) / (1 + power);
                break;
            case LossKind::softmax:
                at.value -= y / given * f[o];
                at.gradient[o] = power / sum - y / given;
                for (std::size_t q = 0; q < outputs; ++q)
                    at.hessian[o * outputs + q] =
                        (o == q ? power / sum : Real(0)) - power / sum * exp(f[q]) / sum;
                break;
            case LossKind::poisson:
                at.value += power - y * f[o] + (y > 0 ? Real(y * log(y) - y) : Real(0));
                at.gradient[o] = power - y;
                bend = power;
                break;
            case LossKind::pseudo_huber: {
                const Real h = sqrt(1 + r / delta * (r / delta));
                at.value += delta * delta * (h - 1);
                at.gradient[o] = r / h;
                bend = 1 / (h * h * h);
                break;
            }
            default:
                at.value += r * r / 2;
                at.gradient[o] = r;
                bend = 1;
        }
    }
    return at;
}

}  // namespace tepui::truth
