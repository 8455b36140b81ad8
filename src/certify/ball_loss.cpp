#include "certify/ball_loss.hpp"

#include <string>

#include "certify/ball_functions.hpp"
#include "core/error.hpp"

namespace tepui::balls {

BallLoss::BallLoss(const Loss& loss, Size outputs)
    : kind_(loss.kind()), outputs_(outputs), parameter_(loss.parameter()) {
    using enum LossKind;
    if (kind_ == squared || kind_ == logistic || kind_ == softmax || kind_ == poisson ||
        kind_ == pseudo_huber)
        return;
    throw Error(Status::unsupported, "the loss " + std::string(name_of(kind_)) +
                                         " has no form in ball arithmetic: a certificate needs one of the "
                                         "built-in losses");
}

BallLoss::Jet BallLoss::at(const Ball& f, double target) const noexcept {
    const Ball y(target);
    if (kind_ == LossKind::logistic) {
        // y log(1 + e^-f) + (1 - y) log(1 + e^f): neither cancels where a label is nearly certain.
        const BallJet yes = softplus_(-f), no = softplus_(f);
        const Ball rest = Ball(1.0) - y;
        return {y * yes.value + rest * no.value, rest * no.first - y * yes.first, no.second};
    }
    if (kind_ == LossKind::poisson) {
        const Ball mean = tepui::balls::exp(f);
        if (target == 0.0) return {mean, mean, mean};
        const Ball beyond = f - log_of(target);  // y (e^D - 1 - D)
        return {-(y * (one_minus_exp(beyond) + beyond)), mean - y, mean};
    }
    const Ball r = f - y;
    if (kind_ == LossKind::squared) return {scaled(squared(r), -1), r, Ball(1.0)};
    // Pseudo-Huber, h = sqrt(1 + (r / delta)^2): r^2 / (h + 1), r / h, 1 / h^3
    const Ball inside = squared(r / Ball(parameter_)) + Ball(1.0), h = root_of_at_least_one(inside);
    return {squared(r) / (h + Ball(1.0)), r / h, Ball(1.0) / (h * inside)};
}

// Exponentials of differences from the largest output: none overflows, and shares keep their digits.
void BallLoss::softmax(const Sample& sample, const Values& out) const {
    Size top = 0;
    for (Size o = 1; o < outputs_; ++o)
        if (mpfr_greater_p(sample.f[o].middle(), sample.f[top].middle()) != 0) top = o;
    Ball targets, others, above;
    for (Size o = 0; o < outputs_; ++o) targets += Ball(sample.targets[o]);
    BallVector share(static_cast<std::size_t>(outputs_), Ball(1.0));
    for (Size o = 0; o < outputs_; ++o) {
        if (o == top) continue;
        const Ball below = sample.f[top] - sample.f[o];
        others += share[o] = tepui::balls::exp(-below);
        above += Ball(sample.targets[o]) / targets * below;
    }
    out.value = (log1p_of_positive(others) + above) * sample.weight;
    const Ball sum = Ball(1.0) + others;
    for (Ball& one : share) one = one / sum;
    for (Size o = 0; o < outputs_; ++o) {
        // p - y = (1 - y) p - y (1 - p), with 1 - p from the others.
        Ball rest;
        for (Size q = 0; q < outputs_; ++q)
            if (q != o) rest += share[q];
        const Ball y = Ball(sample.targets[o]) / targets;
        out.gradient[o] = ((Ball(1.0) - y) * share[o] - y * rest) * sample.weight;
        for (Size q = 0; q < o; ++q) out.hessian[packed_index(o, q)] = -(share[o] * share[q] * sample.weight);
        out.hessian[packed_index(o, o)] = share[o] * rest * sample.weight;
    }
}

void BallLoss::evaluate(const Sample& sample, const Values& out) const {
    if (kind_ == LossKind::softmax) {
        softmax(sample, out);
        return;
    }
    out.value = Ball();
    for (Size o = 0; o < outputs_; ++o) {
        const Jet jet = at(sample.f[o], sample.targets[o]);
        out.value += jet.value * sample.weight;
        out.gradient[o] = jet.first * sample.weight;
        for (Size q = 0; q < o; ++q) out.hessian[packed_index(o, q)] = Ball();
        out.hessian[packed_index(o, o)] = jet.second * sample.weight;
    }
}

}  // namespace tepui::balls
