#include "classification/spectrum/slack_point.hpp"

#include <cmath>
#include <vector>

#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/rounding.hpp"
#include "linalg/symmetric.hpp"
#include "network/model/evaluable.hpp"
#include "network/pass/pass.hpp"

namespace tepui {
namespace {

using Vector = std::vector<double>;

// Directions in which the Hessian has no curvature, as steps of the parameters that are orthonormal in its
// equilibrated coordinates, and change the outputs: those that do not are symmetries and plateaus, on which
// the given point is as good as any.
class NullDirections {
  public:
    NullDirections(const Dataset& data, const Network& network, const Equilibrated& equilibrated, double tau,
                   double size, const Execution& execution)
        : data_(data), network_(network), execution_(execution) {
        const Size count = network.parameter_count();
        for (Size l = 0; l < count; ++l) {
            if (std::abs(equilibrated.eigen.values[l]) > tau) continue;
            Vector& v = null_.emplace_back(equilibrated.eigen.vectors.row(l),
                                           equilibrated.eigen.vectors.row(l) + count);
            for (std::size_t p = 0; p < v.size(); ++p) v[p] *= equilibrated.scaling.scale[p];
        }
        if (!null_.empty()) keep_what_changes_outputs(size);
    }
    const std::vector<Vector>& steps() const noexcept { return steps_; }

  private:
    // Of the outputs along v, times the roots of the sample weights.
    Vector derivative(const Vector& v, double h) const {
        const Size outputs_of = network_.output_count, count = checked_product(data_.samples(), outputs_of);
        Vector difference(static_cast<std::size_t>(count));
        for (const double sign : {1.0, -1.0}) {
            Network moved = network_;
            for (std::size_t p = 0; p < v.size(); ++p) moved.parameters[p] += sign * h * v[p];
            Buffer<double> f(count);
            outputs(data_, moved, f.data(), nullptr, execution_);
            for (Size k = 0; k < count; ++k) difference[k] += sign * f[k] / (2.0 * h);
        }
        if (data_.loss().shift_invariant()) take_shared(difference);
        for (Size k = 0; k < count; ++k) difference[k] *= std::sqrt(data_.weight(k / outputs_of));
        return difference;
    }
    // What all outputs of a sample share is nothing to the loss.
    void take_shared(Vector& difference) const {
        const auto outputs_of = static_cast<std::size_t>(network_.output_count);
        for (std::size_t k = 0; k < difference.size(); k += outputs_of) {
            double mean = 0.0;
            for (std::size_t o = 0; o < outputs_of; ++o)
                mean += difference[k + o] / static_cast<double>(outputs_of);
            for (std::size_t o = 0; o < outputs_of; ++o) difference[k + o] -= mean;
        }
    }
    void keep_what_changes_outputs(double size) {
        constexpr double kStep = 1e-5, kVisible = 1e-7;
        const Size count = static_cast<Size>(null_.size());
        std::vector<Vector> changes;
        for (const Vector& v : null_) changes.push_back(derivative(v, kStep * size));
        Matrix gram(count, count);
        for (Size a = 0; a < count; ++a) {
            for (Size b = 0; b <= a; ++b) {
                double sum = 0.0;
                for (std::size_t k = 0; k < changes[a].size(); ++k) sum += changes[a][k] * changes[b][k];
                gram(a, b) = gram(b, a) = sum;
            }
        }
        const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(gram, true);
        for (Size l = 0; l < count; ++l) {
            if (!(eigen.values[l] > kVisible * kVisible)) continue;
            Vector& step = steps_.emplace_back(null_.front().size(), 0.0);
            for (Size q = 0; q < count; ++q)
                for (std::size_t p = 0; p < step.size(); ++p) step[p] += eigen.vectors(l, q) * null_[q][p];
        }
    }

    const Dataset& data_;
    const Network& network_;
    const Execution& execution_;
    std::vector<Vector> null_, steps_;
};

// How far the gradient stays at its rounding along a null direction, corrected across it.
class Drift {
  public:
    Drift(const Dataset& data, const Network& network, const HessianValue& hessian,
          const Equilibrated& equilibrated, double tau, const Execution& execution)
        : data_(data),
          network_(network),
          equilibrated_(equilibrated),
          tau_(tau),
          execution_(execution),
          allowed_(std::max(kFloor, above_rounding(hessian.gradient))) {}

    // The farthest change of the parameters that still passes, up to `farthest` along v; empty when none
    // does.
    Vector along(const Vector& v, double farthest) const {
        constexpr double kNearest = 1e-9, kFactor = 4.0;  // of the farthest; from one trial to the next
        Vector best;
        double reached = 0.0;
        for (const double sign : {1.0, -1.0}) {
            for (double t = kNearest * farthest; t <= farthest; t *= kFactor) {
                Vector there = trial(v, sign * t);
                if (there.empty()) break;
                if (!(t > reached)) continue;
                reached = t;
                best = std::move(there);
            }
        }
        return best;
    }

  private:
    static constexpr double kFloor = 4.0;
    Vector trial(const Vector& v, double t) const {
        constexpr int kCorrections = 3;
        Network moved = network_;
        for (std::size_t p = 0; p < v.size(); ++p) moved.parameters[p] += t * v[p];
        for (int round = 0;; ++round) {
            Gradient there;
            try {
                there = gradient(data_, moved, execution_, Bounds::with, nullptr);
            } catch (const Error& error) {
                if (!cannot_evaluate(error)) throw;
                return {};
            }
            if (above_rounding(there) <= allowed_) break;
            if (round == kCorrections) return {};
            const Vector step = pseudo_solve(equilibrated_, tau_, there.value);
            for (std::size_t p = 0; p < step.size(); ++p) moved.parameters[p] -= step[p];
        }
        for (std::size_t p = 0; p < v.size(); ++p) moved.parameters[p] -= network_.parameters[p];
        return std::move(moved.parameters);
    }

    const Dataset& data_;
    const Network& network_;
    const Equilibrated& equilibrated_;
    const double tau_;
    const Execution& execution_;
    const double allowed_;
};

// Changes the network; whether it did.
bool drift(const Dataset& data, const HessianValue& hessian, const Tolerances& tolerances,
           const Execution& execution, Network& network) {
    const Equilibrated equilibrated = equilibrate(hessian.value, hessian.magnitude);
    const double tau = thresholds(equilibrated, data.samples(), nullptr, tolerances.rounding_factor).tau;
    // In equilibrated coordinates a unit step changes the outputs by about one.
    const double size = std::sqrt(2.0 * hessian.gradient.loss.rounding_loss) / kResidualError;
    const NullDirections null(data, network, equilibrated, tau, size, execution);
    const Drift far(data, network, hessian, equilibrated, tau, execution);
    std::vector<double> change(network.parameters.size(), 0.0);
    bool any = false;
    for (const Vector& v : null.steps()) {
        const Vector one = far.along(v, tolerances.nearby * size);
        for (std::size_t p = 0; p < one.size(); ++p) change[p] += one[p];
        any = any || !one.empty();
    }
    for (std::size_t p = 0; p < change.size(); ++p) network.parameters[p] += change[p];
    return any;
}

// A preactivation is known to eps sum_j |w_j x_j|, as if the weights were known no better than that: where
// the terms cancel this is more than the rounding of the sums over samples. All terms move one way, as far as
// the means of the inputs tell. Changes the network; whether it did.
bool blur_weights(const Dataset& data, const Tolerances& tolerances, Network& network) {
    const Size d = network.inputs;
    Vector squares(static_cast<std::size_t>(network.width), 0.0), x(static_cast<std::size_t>(d)), sums(x);
    double weights = 0.0;
    for (Size k = 0; k < data.samples(); ++k) {
        const double s = data.weight(k);
        if (s == 0.0) continue;
        weights += s;
        data.sample(k, x.data());
        for (Size j = 0; j < d; ++j) sums[j] += s * x[j];
        for (Size i = 0; i < network.width; ++i) {
            double terms = 0.0;
            for (Size j = 0; j < d; ++j) terms += std::abs(network.weights(i)[j] * x[j]);
            squares[i] += s * terms * terms;
        }
    }
    const double ordinary = static_cast<double>(d) + std::sqrt(static_cast<double>(data.samples()));
    const double blur = tolerances.rounding_factor * kEps;
    bool changed = false;
    for (Size i = 0; i < network.width; ++i) {
        if (!(squares[i] > ordinary * ordinary * weights)) continue;
        changed = true;
        for (Size j = 0; j < d; ++j)
            network.weights(i)[j] += blur * std::copysign(network.weights(i)[j], sums[j]);
    }
    return changed;
}

}  // namespace

double above_rounding(const Gradient& gradient) {
    double level = 0.0;
    for (std::size_t p = 0; p < gradient.value.size(); ++p) {
        const double size = std::abs(gradient.value[p]);
        if (size > 0.0) level = std::max(level, size / gradient.rounding[p]);
    }
    return level;
}

std::optional<Network> slack_point(const Dataset& data, const Network& network, const HessianValue& hessian,
                                   bool singular, const Tolerances& tolerances, const Execution& execution) {
    Network other = network;
    const bool drifted = singular && drift(data, hessian, tolerances, execution, other);
    const bool blurred = blur_weights(data, tolerances, other);
    return drifted || blurred ? std::optional(std::move(other)) : std::nullopt;
}

}  // namespace tepui
