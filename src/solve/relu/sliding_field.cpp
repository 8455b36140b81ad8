#include "solve/relu/sliding_field.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "classification/directional/kinked_point.hpp"
#include "linalg/blas.hpp"

namespace tepui {
namespace {

constexpr Size kBlock = 256;  // samples whose losses are taken at once
constexpr int kRounds = 3;    // in which the slid-along kinks may grow in number
constexpr int kSweeps = 64;   // of the box-constrained projection
constexpr double kSettled = 1e-10;

double product(Size count, const double* a, const double* b) {
    double sum = 0.0;
    for (Size j = 0; j < count; ++j) sum += a[j] * b[j];
    return sum;
}

}  // namespace

SlidingField::SlidingField(const Dataset& data, const Network& network)
    : data_(data),
      layout_(network),
      samples_(data.samples()),
      inputs_(data.inputs()),
      width_(network.width),
      outputs_(network.output_count),
      slopes_(slopes_of(network.activation)),
      lambdas_(decay_by_parameter(data, network)),
      x_(samples_, inputs_),
      z_(samples_, width_),
      pulls_(samples_, width_),
      change_(samples_, width_),
      targets_(outputs_, samples_),
      f_(outputs_, samples_) {
    for (Size k = 0; k < samples_; ++k) {
        data.sample(k, x_.row(k));
        for (Size o = 0; o < outputs_; ++o) targets_(o, k) = data.target(k, o);
        weights_.push_back(data.weight(k));
    }
    move_to(network);
}

// Where C begins.
Size SlidingField::first_skip() const {
    return layout_.coefficient(width_ + (layout_.output_bias ? 1 : 0), 0);
}

// f = sum a sigma(z) + b + C x; sigma(z) in the place of what the last step changed.
void SlidingField::add_outputs() {
    linalg::gemm(false, true, samples_, width_, inputs_, 1.0, x_.data(), inputs_, parameters_.data(), inputs_,
                 0.0, z_.data(), width_, 1);
    for (Size q = 0; q < samples_ * width_; ++q) change_.data()[q] = z_.data()[q] * slope_at(z_.data()[q]);
    linalg::gemm(true, true, outputs_, samples_, width_, 1.0, parameters_.data() + layout_.coefficient(0, 0),
                 outputs_, change_.data(), width_, 0.0, f_.data(), samples_, 1);
    for (Size o = 0; o < outputs_ && layout_.output_bias; ++o) {
        const double bias = parameters_[layout_.coefficient(width_, o)];
        for (Size k = 0; k < samples_; ++k) f_(o, k) += bias;
    }
    if (!layout_.skip) return;
    linalg::gemm(false, true, outputs_, samples_, inputs_, 1.0, parameters_.data() + first_skip(), inputs_,
                 x_.data(), inputs_, 1.0, f_.data(), samples_, 1);
}

// Block by block, its outputs beside each other.
double SlidingField::losses() {
    const Loss& loss = data_.loss();
    const std::vector<double> no_error(outputs_ * kBlock, 0.0);
    std::vector<double> f(outputs_ * kBlock), y(f), g(f), error(f), value(kBlock), rounding(kBlock);
    std::vector<double> bend(loss.hessian_rows(outputs_) * kBlock);
    double lane[4] = {};
    for (Size first = 0; first < samples_; first += kBlock) {
        const Size count = std::min(kBlock, samples_ - first);
        for (Size o = 0; o < outputs_; ++o) {
            std::copy_n(f_.row(o) + first, count, f.data() + o * kBlock);
            std::copy_n(targets_.row(o) + first, count, y.data() + o * kBlock);
        }
        loss.evaluate({outputs_, count, kBlock, f.data(), no_error.data(), y.data(), weights_.data() + first},
                      {value.data(), rounding.data(), g.data(), error.data(), bend.data()});
        for (Size o = 0; o < outputs_; ++o) std::copy_n(g.data() + o * kBlock, count, f_.row(o) + first);
        for (Size k = 0; k < count; ++k) lane[k & 3] += value[k];
    }
    return (lane[0] + lane[2]) + (lane[1] + lane[3]);
}

double SlidingField::move_to(const Network& network) {
    parameters_ = network.parameters;
    gradient_.assign(parameters_.size(), 0.0);
    add_outputs();
    loss_ = losses() + data_.decay().value(layout_, parameters_);
    if (!std::isfinite(loss_)) return loss_ = HUGE_VAL;
    const auto slope = [&](Size at) { return slope_at(z_.data()[at]); };
    const Size a = layout_.coefficient(0, 0);
    linalg::gemm(true, true, width_, outputs_, samples_, 1.0, change_.data(), width_, f_.data(), samples_,
                 0.0, gradient_.data() + a, outputs_, 1);
    linalg::gemm(true, true, samples_, width_, outputs_, 1.0, f_.data(), samples_, parameters_.data() + a,
                 outputs_, 0.0, pulls_.data(), width_, 1);
    for (Size q = 0; q < samples_ * width_; ++q) change_.data()[q] = pulls_.data()[q] * slope(q);
    linalg::gemm(true, false, width_, inputs_, samples_, 1.0, change_.data(), width_, x_.data(), inputs_, 0.0,
                 gradient_.data(), inputs_, 1);
    for (Size o = 0; o < outputs_ && layout_.output_bias; ++o)
        gradient_[layout_.coefficient(width_, o)] = std::accumulate(f_.row(o), f_.row(o) + samples_, 0.0);
    if (layout_.skip)
        linalg::gemm(false, false, outputs_, inputs_, samples_, 1.0, f_.data(), samples_, x_.data(), inputs_,
                     0.0, gradient_.data() + first_skip(), inputs_, 1);
    for (std::size_t p = 0; p < lambdas_.size(); ++p) gradient_[p] += lambdas_[p] * parameters_[p];
    return loss_;
}

std::vector<double> SlidingField::velocity(double length) {
    std::vector<double> result(gradient_.size());
    std::transform(gradient_.begin(), gradient_.end(), result.begin(), std::negate<>());
    linalg::gemm(false, true, samples_, width_, inputs_, 1.0, x_.data(), inputs_, result.data(), inputs_, 0.0,
                 change_.data(), width_, 1);
    for (Size i = 0; i < width_; ++i) slide(i, length, result.data() + layout_.weight(i, 0));
    return result;
}

// The shortest of -(gradient + sum t_k c_k x_k), |t_k| <= 1, over the kinks that would be crossed; t_k = 1
// and -1 are the slopes of the two sides.
void SlidingField::slide(Size i, double length, double* velocity) {
    struct Kink {
        Size sample;
        double strength;  // c_k
        double square;    // |x_k|^2
        double side;      // t_k
    };
    std::vector<Kink> kinks;
    for (int round = 0; round < kRounds; ++round) {
        const std::size_t before = kinks.size();
        for (Size k = 0; k < samples_; ++k) {
            const double z = z_(k, i);
            const double q = round == 0 ? change_(k, i) : product(inputs_, x_.row(k), velocity);
            const double strength = slopes_.kink() * pulls_(k, i);
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
