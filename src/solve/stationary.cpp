// The stationary point nearby, saddles included: Gauss-Newton steps on the squared scaled gradient norm,
// which become Newton's own steps at the end.
#include <algorithm>
#include <cmath>
#include <optional>

#include "core/euclidean.hpp"
#include "solve/diagonal_sum.hpp"
#include "solve/start_run.hpp"
#include "solve/trust_region.hpp"

namespace tepui {
namespace {

constexpr double kNullOutput = 1e-15;
constexpr double kAccuracy = 1e-3;  // without a Hessian: what steps may leave of the gradient

// The norm is kept as long as its lengths fit the point: a norm that changed in every step would not be a
// merit function.
bool outdated(const Scaling& used, const Scaling& fresh) {
    const auto apart = [](double a, double b) { return a > 10.0 * b || b > 10.0 * a; };
    for (std::size_t i = 0; i < used.weight.size(); ++i) {
        if (apart(used.weight[i], fresh.weight[i])) return true;
    }
    for (std::size_t c = 0; c < used.output.size(); ++c) {
        if (apart(used.output[c], fresh.output[c])) return true;
    }
    for (std::size_t o = 0; o < used.skip.size(); ++o) {
        if (apart(used.skip[o], fresh.skip[o])) return true;
    }
    return false;
}

// |H g| against |H| |g|: zero at a stationary point of the gradient norm that is none of the loss.
double slope_of_norm(const ScaledModel& model) {
    double largest = 0.0, square = 0.0;
    for (std::size_t l = 0; l < model.gradient.size(); ++l) {
        const double curvature = model.lambda[static_cast<Size>(l)];
        largest = std::max(largest, std::abs(curvature));
        square += curvature * model.gradient[l] * curvature * model.gradient[l];
    }
    return std::sqrt(square) / (largest * model.gradient_norm);
}

double smallest_curvature(const ScaledModel& model) {
    double smallest = HUGE_VAL;
    for (const double curvature : model.lambda.span()) smallest = std::min(smallest, std::abs(curvature));
    return smallest;
}

bool contract(StartRun& run, const ScaledModel& model, double& radius) {
    const double before = 0.5 * model.gradient_norm * model.gradient_norm;
    for (;;) {
        const TrustRegionStep step = solve_least_squares_region(model.lambda.span(), model.gradient, radius);
        const double size = norm_of(step.step);
        Network next = run.moved(model.parameters_step(step.step));
        if (!(size > 0.0) || next.parameters == run.point().parameters) return false;
        const std::optional<Gradient> after = run.trial_gradient(next);
        const double norm = after ? norm_of(model.scaling.pull_gradient(after->value)) : HUGE_VAL;
        const double ratio = (before - 0.5 * norm * norm) / step.predicted;
        if (ratio > 1e-4 && norm < model.gradient_norm && run.move_to(std::move(next))) {
            if (ratio < 0.25) {
                radius = 0.5 * size;
            } else if (ratio > 0.75 && step.boundary) {
                radius *= 2.0;
            }
            return true;
        }
        radius = after ? 0.25 * size : 0.1 * size;
    }
}

// An output weight that has shrunk below what the network's output shows: at exactly 0 the gradient of the
// neuron's weights is 0 as well, which no small number gives relative to its own terms.
Network without_null_outputs(const StartRun& run) {
    Network result = run.point();
    const InputMetric& metric = *run.setting().metric;
    for (Size i = 0; i < result.width; ++i) {
        bool shows = false;
        for (Size o = 0; o < result.output_count; ++o) {
            const Size own = result.coefficient(i, o);
            const double square = coefficient_curvature(run.hessian(), own) / metric.output.bend;
            const double contribution = std::abs(result.output(i, o)) * std::sqrt(square / metric.weight_sum);
            shows = shows || !(contribution <= kNullOutput * metric.output.size);
        }
        for (Size o = 0; o < result.output_count && !shows; ++o) result.output(i, o) = 0.0;
    }
    return result;
}

}  // namespace

StartReport find_stationary(const SolveSetting& setting, const Network& start) {
    StartRun run(setting, start);
    StartReport outcome{StartOutcome::stalled, {}, start};
    double radius = std::max(run.residual_length(), 1e-100);
    std::optional<Scaling> scaling;
    while (run.may_continue(outcome)) {
        Network cleared = without_null_outputs(run);
        if (cleared.parameters != run.point().parameters) run.move_to(std::move(cleared));
        Scaling fresh = Scaling::at(*setting.data, *setting.metric, run.point(), run.hessian(), radius);
        if (!scaling || outdated(*scaling, fresh)) scaling = std::move(fresh);
        const ScaledModel model = run.model(*scaling, radius, kAccuracy);
        const bool resolved = smallest_curvature(model) > 10.0 * model.tau;
        if ((run.loss_vanishes() || run.gradient_vanishes()) && run.conclude_at_rest(outcome, resolved))
            return outcome;
        if (slope_of_norm(model) < 1e-9) {
            return run.conclude_without_progress(
                "local minimum of the gradient norm, not a stationary point,", resolved);
        }
        if (!contract(run, model, radius)) {
            return run.conclude_without_progress("no step lowers the gradient norm", resolved);
        }
    }
    return outcome;
}

namespace {

// How far the change of the loss may be from that of the model: a saddle is no minimum of anything that could
// judge steps.
constexpr double kFarOff = 0.75, kNear = 0.25;
constexpr double kFirstRadius = 0.1;

Size negative_count(const ScaledModel& model) {
    Size count = 0;
    for (const double curvature : model.lambda.span()) count += curvature < -10.0 * model.tau;
    return count;
}

struct FollowingStep {
    std::vector<double> step;  // in the eigenbasis
    double predicted = 0.0;    // change of the loss
    bool boundary = false;
};

// Newton's step of the loss mirrored along the lowest eigenvectors, every curvature taken as positive.
FollowingStep following_step(const ScaledModel& model, Size index, double radius) {
    std::vector<double> curvature(model.gradient.size()), mirrored = model.gradient;
    for (std::size_t l = 0; l < curvature.size(); ++l) {
        curvature[l] = std::abs(model.lambda[static_cast<Size>(l)]);
        if (static_cast<Size>(l) < index) mirrored[l] = -mirrored[l];
    }
    TrustRegionStep found = solve_trust_region(curvature, mirrored, radius);
    FollowingStep result{std::move(found.step), 0.0, found.boundary};
    for (std::size_t l = 0; l < curvature.size(); ++l)
        result.predicted +=
            result.step[l] * (model.gradient[l] + 0.5 * model.lambda[static_cast<Size>(l)] * result.step[l]);
    return result;
}

bool follow(StartRun& run, const ScaledModel& model, Size index, double& radius) {
    for (;;) {
        const FollowingStep step = following_step(model, index, radius);
        const double size = norm_of(step.step);
        Network next = run.moved(model.parameters_step(step.step));
        if (!(size > 0.0) || next.parameters == run.point().parameters) return false;
        const std::optional<Gradient> after = run.trial_gradient(next);
        if (after) {
            const double change = after->loss.loss - run.loss();
            const bool rounding = std::abs(step.predicted) <= 100.0 * run.loss_noise();
            const double off = rounding ? 0.0 : std::abs(change / step.predicted - 1.0);
            const bool good = rounding
                                  ? norm_of(model.scaling.pull_gradient(after->value)) < model.gradient_norm
                                  : off < kFarOff;
            if (good && run.move_to(std::move(next))) {
                if (off < kNear && step.boundary) radius = 2.0 * size;
                return true;
            }
        }
        radius = 0.25 * size;
    }
}

}  // namespace

StartReport find_saddle(const SolveSetting& setting, const Network& start) {
    StartRun run(setting, start);
    StartReport outcome{StartOutcome::stalled, {}, start};
    double radius = kFirstRadius * std::max(run.residual_length(), 1e-100);
    Size index = 0;
    while (run.may_continue(outcome)) {
        Network cleared = without_null_outputs(run);
        if (cleared.parameters != run.point().parameters) run.move_to(std::move(cleared));
        const ScaledModel model =
            run.model(Scaling::at(*setting.data, *setting.metric, run.point(), run.hessian(), radius), radius,
                      kAccuracy);
        if (index == 0) index = std::max<Size>(1, negative_count(model));
        const bool resolved = smallest_curvature(model) > 10.0 * model.tau;
        if ((run.loss_vanishes() || run.gradient_vanishes()) && run.conclude_at_rest(outcome, resolved))
            return outcome;
        if (!follow(run, model, index, radius))
            return run.conclude_without_progress("no step changes the loss as predicted", resolved);
    }
    return outcome;
}

}  // namespace tepui
