#include "classification/point/least_loss.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "classification/point/cost_model.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/rounding.hpp"
#include "network/inputs/input_factor.hpp"
#include "network/inputs/reachable_targets.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

// Gauss-Newton steps are taken as long as each of them halves the loss: along a valley in which the residuals
// grow like t^2 each halves t.
constexpr int kMostSteps = 100;
// Beyond a multiple of the first step it is not the stationary point nearby that is reached.
constexpr double kReach = 8.0;
// Where the terms of the outputs exceed the outputs by more, what they cancel to is known too badly: the
// least loss may be approached along weights that grow without bound, and reached nowhere.
constexpr double kCancellation = 1e3;
// A sum of squares may hide one that is large: no residual may exceed its rounding by this many times what
// they may as a root mean square.
constexpr double kOneSample = 4.0;
// What counts as zero may grow along the walk by no more.
constexpr double kSteady = 4.0;

// The largest residual of a sample that counts, beside what rounding makes of it.
class LargestResidual final : public Accumulator {
  public:
    explicit LargestResidual(std::span<const double> errors)
        : errors_(errors), level_(sums_.reserve_largest()) {}
    int derivative_order() const override { return 0; }
    Size parts() const override { return 1; }
    void add(const EvaluatedBlock& block, Size, Size) override {
        double& level = *sums_.at(level_);
        for (Size k = 0; k < block.count; ++k) {
            const double residual = block.f[k] - block.targets[k];
            if (block.weights[k] == 0.0 || residual == 0.0) continue;
            const double error = errors_.empty() ? 0.0 : errors_[block.first + k];
            level = std::max(level, std::abs(residual) / (block.f_error[k] + error));
        }
    }
    std::unique_ptr<Accumulator> sibling() const override {
        return std::make_unique<LargestResidual>(errors_);
    }
    double level() const { return *sums_.at(level_); }

  private:
    std::span<const double> errors_;
    Size level_;
};

// Targets to be reached, and whether a network reaches them.
class Goal {
  public:
    Goal(const Dataset& data, std::optional<ReachableTargets> reachable, const Tolerances& tolerances,
         const Execution& execution)
        : tolerances_(tolerances), execution_(execution), given_(data) {
        double squares = 0.0;
        if (reachable) {
            errors_ = std::move(reachable->errors);
            for (Size k = 0; k < data.samples(); ++k)
                error_loss_ += 0.5 * data.weight(k) * errors_[k] * errors_[k];
            projected_.emplace(data.with_targets(std::move(reachable->targets)));
        }
        for (Size k = 0; k < data.samples(); ++k) squares += data.weight(k) * data.target(k) * data.target(k);
        target_loss_ = 0.5 * squares;
    }
    const Dataset& data() const { return projected_ ? *projected_ : given_; }

    // The loss of residuals at the edge of rounding.
    double zero(const LossValue& loss) const {
        return tolerances_.zero_loss_factor * (loss.rounding_loss + error_loss_);
    }
    // The loss of residuals as large as their terms.
    static double terms(const LossValue& loss) {
        return loss.rounding_loss / (kResidualError * kResidualError);
    }

    // All samples, each by itself, within rounding, from outputs that cancel to not too many digits.
    bool reached(const Network& network, const LossValue& loss) const {
        if (!(loss.loss <= zero(loss))) return false;
        if (terms(loss) > kCancellation * kCancellation * std::max(target_loss_, loss.loss) &&
            loss.loss > 0.0)
            return false;
        LargestResidual largest(errors_.span());
        run_pass(data(), network, execution_, largest);
        return largest.level() <= kOneSample * std::sqrt(tolerances_.zero_loss_factor);
    }

    // The targets themselves, but for rounding.
    bool is(const Dataset& data) const {
        for (Size k = 0; k < data.samples() && projected_; ++k) {
            const double difference = std::abs(data.target(k) - projected_->target(k));
            if (data.weight(k) > 0.0 &&
                difference > 4.0 * (errors_[k] + kResidualError * std::abs(data.target(k))))
                return false;
        }
        return true;
    }

  private:
    const Tolerances& tolerances_;
    const Execution& execution_;
    const Dataset& given_;
    std::optional<Dataset> projected_;
    Buffer<double> errors_;
    double error_loss_ = 0.0, target_loss_ = 0.0;
};

// J^T S J of the network, from the Hessian of data that it fits exactly.
HessianValue gauss_newton(const Dataset& data, const Network& network, const Execution& execution) {
    Buffer<double> f(data.samples());
    outputs(data, network, f.data(), nullptr, execution);
    return hessian(data.with_targets(std::move(f)), network, execution);
}

// The absolute terms of the diagonal, those of each input the largest of all neurons: a neuron of tiny output
// weight moves no more easily than others.
std::vector<double> levelled(std::vector<double> magnitude, const Network& network) {
    const auto level = [&](Size first, Size step, Size count) {
        double largest = 0.0;
        for (Size i = 0; i < count; ++i) largest = std::max(largest, magnitude[first + i * step]);
        for (Size i = 0; i < count; ++i) magnitude[first + i * step] = largest;
    };
    for (Size j = 0; j < network.inputs; ++j) level(j, network.inputs, network.width);
    level(network.width * network.inputs, 1, network.width);
    return magnitude;
}

// The Gauss-Newton step in the directions of the largest eigenvalues, as many as it takes to promise nearly
// all of the loss: in the others it would follow rounding. Empty where all of them do not promise half of it.
std::vector<double> shortest_step(const Equilibrated& equilibrated, const std::vector<double>& slope,
                                  double loss) {
    constexpr double kNearlyAll = 0.999;
    const double least = 8.0 * kEps * equilibrated.eigen.values[static_cast<Size>(slope.size()) - 1];
    std::vector<double> step(slope.size(), 0.0);
    double promised = 0.0;
    for (Size l = static_cast<Size>(slope.size()) - 1; l >= 0 && promised < kNearlyAll * loss; --l) {
        const double lambda = equilibrated.eigen.values[l];
        if (!(lambda > least)) break;
        const double* u = equilibrated.eigen.vectors.row(l);
        double component = 0.0;
        for (std::size_t j = 0; j < slope.size(); ++j)
            component += u[j] * equilibrated.scaling.scale[j] * slope[j];
        promised += 0.5 * component * (component / lambda);
        for (std::size_t j = 0; j < slope.size(); ++j)
            step[j] += component / lambda * u[j] * equilibrated.scaling.scale[j];
    }
    return promised >= 0.5 * loss ? step : std::vector<double>{};
}

// Of v . x over the samples.
double root_mean(const Matrix& factor, const double* v) {
    double square = 0.0;
    for (Size row = 0; row < factor.rows(); ++row) {
        double z = 0.0;
        for (Size j = row; j < factor.cols(); ++j) z += factor(row, j) * v[j];
        square += z * z;
    }
    return std::sqrt(square);
}

// How far a network has moved: the largest change of a preactivation, root mean square over the samples, and
// of an output weight beside the largest.
double motion(const Matrix& factor, const Network& from, const Network& to) {
    double largest = 0.0, outputs = 0.0, turned = 0.0;
    const Size d = from.inputs;
    std::vector<double> change(d);
    for (Size i = 0; i < from.width; ++i) {
        for (Size j = 0; j < d; ++j) change[j] = to.weights(i)[j] - from.weights(i)[j];
        largest = std::max(largest, root_mean(factor, change.data()));
        outputs = std::max(outputs, std::abs(from.output(i)));
        turned = std::max(turned, std::abs(to.output(i) - from.output(i)));
    }
    Size next = neuron_parameters(from);
    if (from.output_bias) {
        outputs = std::max(outputs, std::abs(from.parameters[next]));
        turned = std::max(turned, std::abs(to.parameters[next] - from.parameters[next]));
        ++next;
    }
    if (from.skip) {
        outputs = std::max(outputs, root_mean(factor, from.parameters.data() + next));
        for (Size j = 0; j < d; ++j) change[j] = to.parameters[next + j] - from.parameters[next + j];
        turned = std::max(turned, root_mean(factor, change.data()));
    }
    return outputs > 0.0 ? std::max(largest, turned / outputs) : largest;
}

// The network that reaches the goal at the end of a short walk of Gauss-Newton steps.
std::optional<Network> walk(const Goal& goal, const Network& network, bool level, double farthest,
                            const Tolerances& tolerances, const Execution& execution) {
    const Dataset& data = goal.data();
    const Matrix factor = input_factor(data, execution);
    Network here = network;
    double previous = std::numeric_limits<double>::infinity(), first = 0.0, most = 0.0;
    try {
        for (int step = 0; step < kMostSteps; ++step) {
            const Gradient slope = gradient(data, here, execution, Bounds::without);
            const LossValue& left = slope.loss;
            if (step == 0) most = kSteady * goal.zero(left);
            if (goal.zero(left) > most) return std::nullopt;
            if (goal.reached(here, left)) return here;
            if (!(left.loss <= 0.5 * previous)) return std::nullopt;
            previous = left.loss;
            const HessianValue curvature = gauss_newton(data, here, execution);
            const Equilibrated equilibrated = equilibrate(
                curvature.value, level ? levelled(curvature.magnitude, here) : curvature.magnitude);
            const std::vector<double> move = shortest_step(equilibrated, slope.value, left.loss);
            if (move.empty()) return std::nullopt;
            for (std::size_t p = 0; p < move.size(); ++p) here.parameters[p] -= move[p];
            const double away = motion(factor, network, here);
            if (step == 0) first = away;
            if (!(away <= std::min(farthest, kReach * first + farthest * tolerances.stationarity)))
                return std::nullopt;
        }
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
    }
    return std::nullopt;
}

}  // namespace

LeastLoss least_loss(const Dataset& data, const Network& network, const LossValue& loss, bool stationary,
                     const Tolerances& tolerances, const Execution& execution) {
    if (!data.loss().quadratic()) {
        const bool reached = least_of_all(data, network, tolerances.rounding_factor, execution);
        return {reached, reached, false, reached};
    }
    const Goal whole(data, std::nullopt, tolerances, execution);
    if (whole.reached(network, loss)) return {true, true, true};
    std::optional<ReachableTargets> reachable = reachable_targets(data, network, execution);
    const bool projected = reachable.has_value(), everywhere = !reachable || reachable->everywhere;
    const bool accurate = !reachable || reachable->accurate;
    const Goal goal(data, std::move(reachable), tolerances, execution);
    const LossValue left = projected ? tepui::loss(goal.data(), network, execution) : loss;
    LeastLoss open;
    // Residuals as small beside their terms as a gradient that counts as zero beside its own; a caller who
    // takes larger gradients wants them looked at.
    const double ratio = std::min(tolerances.stationarity, Tolerances{}.stationarity);
    const double slack = ratio * ratio * Goal::terms(left);
    open.unclear = stationary && left.loss <= std::max(slack, accurate ? 0.0 : goal.zero(left));
    std::optional<Network> end;
    if (accurate && goal.reached(network, left)) {
        end = network;
    } else {
        const double most = stationary ? tolerances.stationarity * Goal::terms(left) : slack;
        if (!accurate || !(left.loss <= most) || network.width == 0 ||
            network.parameter_count() > kLargestDenseHessian || network.activation.derivatives() < 2)
            return open;
        const double farthest = stationary ? tolerances.nearby : std::sqrt(tolerances.stationarity);
        for (const bool level : {true, false}) {
            if (!end) end = walk(goal, network, level, farthest, tolerances, execution);
        }
        // Near the end of the walk, too, the outputs must lie in the space.
        if (end && !everywhere) {
            const Goal there(data, reachable_targets(data, *end, execution), tolerances, execution);
            if (!there.reached(*end, tepui::loss(there.data(), *end, execution))) end.reset();
        }
    }
    if (!end) return open;
    const bool zero = goal.is(data);
    return {true, everywhere || zero, zero};
}

}  // namespace tepui
