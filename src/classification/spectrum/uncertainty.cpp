#include "classification/spectrum/uncertainty.hpp"

#include "classification/spectrum/slack_point.hpp"
#include "network/derivatives/hessian.hpp"
#include "network/model/evaluable.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tepui {

std::vector<double> pseudo_solve(const Equilibrated& equilibrated, double tau,
                                 const std::vector<double>& gradient) {
    const Size size = static_cast<Size>(gradient.size());
    std::vector<double> step(gradient.size(), 0.0);
    for (Size l = 0; l < size; ++l) {
        const double lambda = equilibrated.eigen.values[l];
        if (std::abs(lambda) <= tau) continue;
        const double* u = equilibrated.eigen.vectors.row(l);
        double component = 0.0;
        for (Size j = 0; j < size; ++j) component += u[j] * equilibrated.scaling.scale[j] * gradient[j];
        component /= lambda;
        for (Size j = 0; j < size; ++j) step[j] += component * u[j] * equilibrated.scaling.scale[j];
    }
    return step;
}

double relative_residual_error(const LossValue& loss) {
    return loss.loss > 0.0 ? std::min(1.0, std::sqrt(loss.rounding_loss / loss.loss)) : 1.0;
}

void doubt_hidden_zeros(const HessianValue& hessian, const Layout& layout, SpectralReport& report) {
    constexpr double kVisible = 1e-6;  // tau beside the scaled diagonal entry
    if (report.inertia.zero == 0) return;
    const Size size = hessian.value.rows();
    for (Size j = layout.width * layout.inputs; j < size; ++j) {
        const double entry = hessian.value(j, j);  // a sum of squares: its own absolute terms
        if (entry > 0.0 && report.tau * (hessian.magnitude[j] / entry) > kVisible) report.zero_level = 1.0;
    }
}

namespace {

// Whether second derivatives have lost digits to underflow, as those by the output weight of a neuron deep in
// its tail: its square is what they are made of.
bool underflows(const HessianValue& hessian) {
    constexpr double kLeast = std::numeric_limits<double>::min() / kEps;
    return std::any_of(hessian.magnitude.begin(), hessian.magnitude.end(),
                       [](double terms) { return terms > 0.0 && terms < kLeast; });
}

// Newton steps from a point towards the stationary point nearby.
class Approach {
  public:
    Approach(const Dataset& data, const Network& network, const Tolerances& tolerances,
             const Execution& execution)
        : data_(data), tolerances_(tolerances), execution_(execution), end_(network) {}

    // Moves by one step of the Hessian's pseudo-inverse; false when nothing moves.
    bool step(const HessianValue& hessian, const Equilibrated& equilibrated) {
        const double tau =
            thresholds(equilibrated, data_.samples(), nullptr, tolerances_.rounding_factor).tau;
        const std::vector<double> move = pseudo_solve(equilibrated, tau, hessian.gradient.value);
        double square = 0.0;
        bool moved = false;
        for (std::size_t p = 0; p < move.size(); ++p) {
            const double before = end_.parameters[p];
            const double scaled = move[p] / equilibrated.scaling.scale[p];
            if (!(std::abs(scaled) > kEps)) continue;  // no output shows it; what is 0 stays so
            end_.parameters[p] -= move[p];
            moved = moved || end_.parameters[p] != before;
            square += scaled * scaled;
        }
        walked_ += std::sqrt(square);
        return moved;
    }
    void evaluate() {
        residuals_ = Buffer<double>(checked_product(data_.samples(), data_.outputs()));
        there_ = hessian_and_residuals(data_, end_, execution_, residuals_.data());
    }
    // Further steps, as long as each brings the gradient much nearer to its rounding and none leads far away.
    void go_on(const HessianValue& from) {
        constexpr int kMostSteps = 40;
        constexpr double kFloor = 4.0, kNearer = 0.75;
        const double farthest =
            tolerances_.nearby * std::sqrt(2.0 * from.gradient.loss.rounding_loss) / kResidualError;
        double level = above_rounding(there_.gradient);
        if (!(level <= kNearer * above_rounding(from.gradient))) return;
        for (int more = 0; more < kMostSteps && level > kFloor; ++more) {
            Approach next(data_, end_, tolerances_, execution_);
            next.walked_ = walked_;
            try {
                if (!next.step(there_, equilibrate(there_.value, there_.magnitude)) ||
                    next.walked_ > farthest)
                    return;
                next.evaluate();
            } catch (const Error& error) {
                if (!cannot_evaluate(error)) throw;
                return;
            }
            const double reached = above_rounding(next.there_.gradient);
            if (!(reached <= kNearer * level)) return;
            level = reached;
            end_ = std::move(next.end_);
            walked_ = next.walked_;
            there_ = std::move(next.there_);
            residuals_ = std::move(next.residuals_);
        }
    }

    const Network& end() const { return end_; }
    const HessianValue& there() const { return there_; }
    Buffer<double> take_residuals() { return std::move(residuals_); }

  private:
    const Dataset& data_;
    const Tolerances& tolerances_;
    const Execution& execution_;
    Network end_;
    HessianValue there_;
    Buffer<double> residuals_;
    double walked_ = 0.0;  // in units of the outputs
};

}  // namespace

Uncertainty point_uncertainty(const Dataset& data, const Network& network, const HessianValue& hessian,
                              const Equilibrated& equilibrated, const Tolerances& tolerances,
                              const Execution& execution) {
    const Size size = network.parameter_count();
    Uncertainty result;
    result.residual = relative_residual_error(hessian.gradient.loss);
    result.hessian = Matrix(size, size);
    const auto add_change = [&](const HessianValue& there) {
        for (Size i = 0; i < size; ++i) {
            for (Size j = 0; j < size; ++j)
                result.hessian(i, j) =
                    std::max(result.hessian(i, j), std::abs(there.value(i, j) - hessian.value(i, j)));
        }
    };
    const auto nothing_certain = [&] {
        result.corrected_failed = true;
        result.corrected.reset();
        for (Size i = 0; i < size; ++i) {
            for (Size j = 0; j < size; ++j)
                result.hessian(i, j) += std::sqrt(hessian.magnitude[i] * hessian.magnitude[j]);
        }
        return std::move(result);
    };
    if (underflows(hessian)) return nothing_certain();
    Approach approach(data, network, tolerances, execution);
    try {
        const bool moved = approach.step(hessian, equilibrated);
        if (moved) {
            approach.evaluate();
            approach.go_on(hessian);
            add_change(approach.there());
            result.corrected_residuals = approach.take_residuals();
            result.corrected = approach.end();
        }
        const double tau =
            thresholds(equilibrated, data.samples(), &result.hessian, tolerances.rounding_factor).tau;
        const std::span<const double> values(equilibrated.eigen.values.data(),
                                             static_cast<std::size_t>(size));
        const bool singular = std::any_of(values.begin(), values.end(),
                                          [tau](double lambda) { return std::abs(lambda) <= tau; });
        if (std::optional<Network> other =
                slack_point(data, moved ? approach.end() : network, moved ? approach.there() : hessian,
                            singular, tolerances, execution)) {
            result.corrected_residuals = Buffer<double>(checked_product(data.samples(), data.outputs()));
            add_change(hessian_and_residuals(data, *other, execution, result.corrected_residuals.data()));
            result.corrected = std::move(other);
        }
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return nothing_certain();
    }
    if (!result.corrected) return result;
    result.step.resize(network.parameters.size());
    for (std::size_t p = 0; p < result.step.size(); ++p)
        result.step[p] = network.parameters[p] - result.corrected->parameters[p];
    return result;
}

}  // namespace tepui
