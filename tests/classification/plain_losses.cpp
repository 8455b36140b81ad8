#include "plain_losses.hpp"

#include <algorithm>
#include <cmath>

namespace tepui::test {

using Real = long double;
using Reals = std::vector<Real>;

std::pair<Real, Real> pulls(LossKind kind, Real share) {
    switch (kind) {
        case LossKind::logistic:
        case LossKind::softmax:
            return {share - 1, share};
        case LossKind::poisson:
            return {-1e9L, share};
        case LossKind::pseudo_huber:
            return {-0.9L, 0.9L};
        default:
            return {-1e9L, 1e9L};
    }
}

Reals shares(LossKind kind, const Reals& f) {
    Reals p(f);
    Real sum = 0, top = *std::max_element(f.begin(), f.end());
    for (std::size_t o = 0; o < f.size(); ++o) {
        if (kind == LossKind::logistic) p[o] = 1 / (1 + std::exp(-f[o]));
        if (kind == LossKind::poisson) p[o] = std::exp(f[o]);
        if (kind == LossKind::softmax) sum += p[o] = std::exp(f[o] - top);
    }
    for (Real& share : p) share /= kind == LossKind::softmax ? sum : 1;
    return p;
}

Real target_of(LossKind kind, Real share, Real pull) {
    if (kind == LossKind::pseudo_huber) return share - pull / std::sqrt(1 - pull * pull);
    return share - pull;
}

Real loss_of(LossKind kind, const Reals& f, const double* y) {
    Real sum = 0, shared = 0;
    const Real top = *std::max_element(f.begin(), f.end());
    for (std::size_t o = 0; o < f.size(); ++o) {
        const Real r = f[o] - y[o];
        if (kind == LossKind::squared) sum += r * r / 2;
        if (kind == LossKind::pseudo_huber) sum += std::sqrt(1 + r * r) - 1;
        if (kind == LossKind::logistic) sum += std::log1p(std::exp(f[o])) - y[o] * f[o];
        if (kind == LossKind::poisson) sum += std::exp(f[o]) - y[o] * f[o];
        if (kind == LossKind::softmax) {
            sum -= y[o] * (f[o] - top);
            shared += std::exp(f[o] - top);
        }
    }
    return kind == LossKind::softmax ? sum + std::log(shared) : sum;
}

Reals pull_of(LossKind kind, const Reals& f, const double* y) {
    Reals g = shares(kind, f);
    for (std::size_t o = 0; o < f.size(); ++o) {
        g[o] -= y[o];
        if (kind == LossKind::pseudo_huber) g[o] /= std::sqrt(1 + g[o] * g[o]);
    }
    return g;
}

}  // namespace tepui::test
