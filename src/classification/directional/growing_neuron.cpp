#include "classification/directional/growing_neuron.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "core/random.hpp"

namespace tepui {
namespace {

class Ascent {
  public:
    Ascent(const KinkedPoint& point, const PullField& field, Size neuron, const Tolerances& tolerances)
        : point_(point), field_(field), tolerances_(tolerances) {
        const Network& network = point.network;
        double largest = 0.0;
        for (Size j = 0; j < network.inputs; ++j) {
            lambda_.push_back(point.lambda(network.weight(neuron, j)));
            largest = std::max(largest, lambda_.back());
        }
        // Along what does not decay a step has some length, too.
        for (const double lambda : lambda_)
            metric_.push_back(lambda > 0.0 ? lambda : (largest > 0.0 ? kFree * largest : 1.0));
        output_lambda_ = point.lambda(network.coefficient(neuron, 0));
    }

    std::optional<Growth> run() {
        for (const std::vector<double>& start : starts()) {
            for (const double sign : {1.0, -1.0}) {
                if (work_ > kMostWork) return std::move(best_);
                std::vector<double> v(start);
                for (double& component : v) component *= sign;
                climb(std::move(v));
            }
        }
        return std::move(best_);
    }

  private:
    static constexpr double kFree = 1e-3, kGain = 1e-6;
    static constexpr int kSteps = 40, kHalvings = 6;
    static constexpr Size kDrawn = 32;
    static constexpr double kMostWork = 1e9;  // products

    std::vector<std::vector<double>> starts() const {
        const Size d = field_.inputs();
        std::vector<std::vector<double>> found;
        std::vector<double> size(static_cast<std::size_t>(d), 0.0);
        for (Size k = 0; k < field_.samples(); ++k)
            for (Size j = 0; j < d; ++j) size[j] = std::hypot(size[j], field_.input(k)[j]);
        for (Size i = 0; i < point_.network.width; ++i) {
            const double* w = point_.network.weights(i);
            if (std::any_of(w, w + d, [](double one) { return one != 0.0; })) found.emplace_back(w, w + d);
        }
        const Size step = std::max<Size>(1, field_.samples() / kDrawn);
        for (Size k = 0; k < field_.samples(); k += step) {
            std::vector<double> v(field_.input(k).begin(), field_.input(k).end());
            for (Size j = 0; j < d; ++j) v[j] /= metric_[j];
            found.push_back(std::move(v));
        }
        Random random(0x67726f77, 0);
        for (Size t = 0; t < kDrawn; ++t) {
            std::vector<double> v;
            for (Size j = 0; j < d; ++j) v.push_back(size[j] > 0.0 ? random.normal() / size[j] : 0.0);
            found.push_back(std::move(v));
        }
        return found;
    }

    // |D|^2 / v . metric v
    double quotient(std::span<const double> v) {
        work_ += static_cast<double>(field_.samples() * (field_.inputs() + field_.outputs()));
        const double square = form(metric_, v);
        const std::vector<double> d = field_.value(v);
        return square > 0.0 ? dot(d, d) / square : 0.0;
    }
    static double form(std::span<const double> lambda, std::span<const double> v) {
        double sum = 0.0;
        for (std::size_t j = 0; j < v.size(); ++j) sum += lambda[j] * v[j] * v[j];
        return sum;
    }
    bool normalise(std::vector<double>& v) const {
        const double length = std::sqrt(form(metric_, v));
        if (!(length > 0.0) || !std::isfinite(length)) return false;
        for (double& component : v) component /= length;
        return true;
    }

    // With one e for D / |D| and the signs of v . x the maximum is along metric^-1 times the slope of e . D.
    void climb(std::vector<double> v) {
        if (!normalise(v)) return;
        double value = quotient(v);
        for (int step = 0; step < kSteps; ++step) {
            const std::vector<double> e = field_.value(v);
            std::vector<double> to = field_.slope(v, e);
            for (std::size_t j = 0; j < to.size(); ++j) to[j] /= metric_[j];
            if (!normalise(to)) break;
            double share = 1.0, there = 0.0;
            std::vector<double> next;
            for (int half = 0; half < kHalvings; ++half, share *= 0.5) {
                next = v;
                for (std::size_t j = 0; j < next.size(); ++j) next[j] += share * (to[j] - v[j]);
                if (!normalise(next)) continue;
                there = quotient(next);
                if (there > value) break;
            }
            if (!(there > value * (1.0 + kGain))) break;
            v = std::move(next);
            value = there;
        }
        offer(v);
    }

    // Beyond what stationarity leaves open of the pulls.
    void offer(const std::vector<double>& v) {
        const std::vector<double> d = field_.value(v);
        const std::vector<double> doubt =
            field_.doubt(v, std::max(tolerances_.stationarity, tolerances_.rounding_factor * kEps));
        double clear = 0.0;
        for (std::size_t o = 0; o < d.size(); ++o) {
            const double one = std::max(0.0, std::abs(d[o]) - doubt[o]);
            clear += one * one;
        }
        const double cost = form(lambda_, v), square = dot(d, d);
        if (!(clear > output_lambda_ * cost)) return;
        // Without decay of the output weights any fall can be had: one as large as the cost.
        const double factor =
            output_lambda_ > 0.0 ? 1.0 / output_lambda_ : std::max(cost, std::sqrt(square)) / square;
        const double coefficient =
            -factor * square + 0.5 * (cost + output_lambda_ * factor * factor * square);
        if (best_ && coefficient >= best_->coefficient) return;
        best_ = Growth{v, d, coefficient};
        for (double& one : best_->b) one *= -factor;
    }

    const KinkedPoint& point_;
    const PullField& field_;
    const Tolerances& tolerances_;
    std::vector<double> lambda_, metric_;
    double output_lambda_ = 0.0, work_ = 0.0;
    std::optional<Growth> best_;
};

}  // namespace

bool at_origin(const KinkedPoint& point, Size neuron) {
    const Network& network = point.network;
    bool zero = point.decays(neuron);
    for (Size j = 0; j < network.inputs; ++j) zero = zero && network.weights(neuron)[j] == 0.0;
    for (Size o = 0; o < point.outputs(); ++o) zero = zero && network.output(neuron, o) == 0.0;
    return zero;
}

std::optional<Growth> find_growth(const KinkedPoint& point, const PullField& field, Size neuron,
                                  const Tolerances& tolerances) {
    return Ascent(point, field, neuron, tolerances).run();
}

}  // namespace tepui
