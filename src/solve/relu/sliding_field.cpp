#include "solve/relu/sliding_field.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"

namespace tepui {
namespace {

constexpr int kRounds = 3;   // in which the slid-along kinks may grow in number
constexpr int kSweeps = 64;  // of the box-constrained projection
constexpr double kSettled = 1e-10;

double product(Size count, const double* a, const double* b) {
    double sum = 0.0;
    for (Size j = 0; j < count; ++j) sum += a[j] * b[j];
    return sum;
}

}  // namespace

SlidingField::SlidingField(const Dataset& data, const Network& network)
    : samples_(data.samples()),
      inputs_(data.inputs()),
      width_(network.width),
      slopes_(slopes_of(network.activation)),
      x_(samples_, inputs_),
      z_(samples_, width_),
      pulls_(samples_, width_),
      change_(samples_, width_),
      weighted_residuals_(samples_),
      gradient_(width_, inputs_) {
    for (Size k = 0; k < samples_; ++k) {
        data.sample(k, x_.row(k));
        targets_.push_back(data.target(k));
        weights_.push_back(data.weight(k));
    }
    move_to(network);
}

double SlidingField::move_to(const Network& network) {
    w_.assign(network.parameters.begin(), network.parameters.begin() + width_ * inputs_);
    a_.assign(network.outputs(), network.outputs() + width_);
    linalg::gemm(false, true, samples_, width_, inputs_, 1.0, x_.data(), inputs_, w_.data(), inputs_, 0.0,
                 z_.data(), width_, 1);
    double lane[4] = {};
    for (Size k = 0; k < samples_; ++k) {
        const double* z = z_.row(k);
        double* pull = pulls_.row(k);
        double f = 0.0;
        for (Size i = 0; i < width_; ++i) {
            const double slope = z[i] >= 0.0 ? slopes_.above : slopes_.below;
            f += a_[i] * slope * z[i];
            pull[i] = slope;
        }
        const double r = f - targets_[k];
        weighted_residuals_[k] = weights_[k] * r;
        lane[k & 3] += weighted_residuals_[k] * r;
        for (Size i = 0; i < width_; ++i) pull[i] *= weighted_residuals_[k];
    }
    loss_ = 0.5 * ((lane[0] + lane[2]) + (lane[1] + lane[3]));
    if (!std::isfinite(loss_)) return loss_ = HUGE_VAL;
    linalg::gemm(true, false, width_, inputs_, samples_, 1.0, pulls_.data(), width_, x_.data(), inputs_, 0.0,
                 gradient_.data(), inputs_, 1);
    return loss_;
}

std::vector<double> SlidingField::velocity(double length) {
    std::vector<double> result(width_ * (inputs_ + 1), 0.0);
    for (Size i = 0; i < width_; ++i) {
        double psi = 0.0;
        for (Size j = 0; j < inputs_; ++j) {
            psi += gradient_(i, j) * w_[i * inputs_ + j];
            result[i * inputs_ + j] = -a_[i] * gradient_(i, j);
        }
        result[width_ * inputs_ + i] = -psi;
    }
    linalg::gemm(false, true, samples_, width_, inputs_, 1.0, x_.data(), inputs_, result.data(), inputs_, 0.0,
                 change_.data(), width_, 1);
    for (Size i = 0; i < width_; ++i) slide(i, length, result.data() + i * inputs_);
    return result;
}

// The shortest of -(a g + sum t_k c_k x_k), |t_k| <= 1, over the kinks that would be crossed; t_k = 1 and -1
// are the slopes of the two sides.
void SlidingField::slide(Size i, double length, double* velocity) {
    struct Kink {
        Size sample;
        double strength;  // c_k
        double square;    // |x_k|^2
        double side;      // t_k
    };
    std::vector<Kink> kinks;
    const double beta = a_[i] * slopes_.kink();
    for (int round = 0; round < kRounds; ++round) {
        const std::size_t before = kinks.size();
        for (Size k = 0; k < samples_; ++k) {
            const double z = z_(k, i);
            const double q = round == 0 ? change_(k, i) : product(inputs_, x_.row(k), velocity);
            const double strength = beta * weighted_residuals_[k];
            if (!(strength > 0.0) || (z >= 0.0) == (z + length * q >= 0.0)) continue;
            const bool known =
                std::any_of(kinks.begin(), kinks.end(), [&](const Kink& kink) { return kink.sample == k; });
            if (known) continue;
            const double square = product(inputs_, x_.row(k), x_.row(k));
            if (square > 0.0) kinks.push_back({k, strength, square, z >= 0.0 ? 1.0 : -1.0});
        }
        if (kinks.size() == before) return;
        for (int sweep = 0; sweep < kSweeps; ++sweep) {
            double moved = 0.0;
            for (Kink& kink : kinks) {
                const double* x = x_.row(kink.sample);
                const double rate = kink.strength * kink.square;
                const double side = std::clamp(kink.side + product(inputs_, x, velocity) / rate, -1.0, 1.0);
                const double change = side - kink.side;
                for (Size j = 0; j < inputs_; ++j) velocity[j] -= change * kink.strength * x[j];
                kink.side = side;
                moved = std::max(moved, std::abs(change));
            }
            if (moved <= kSettled) break;
        }
    }
}

}  // namespace tepui
