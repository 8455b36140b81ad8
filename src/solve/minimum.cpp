// Trust-region Newton on the exact Hessian. Far from the end steps are judged by the loss; where differences
// of the loss are rounding, by the scaled gradient norm.
#include <algorithm>
#include <cmath>
#include <optional>

#include "core/euclidean.hpp"
#include "solve/output_fit.hpp"
#include "solve/start_run.hpp"
#include "solve/trust_region.hpp"

namespace tepui {
namespace {

constexpr int kHalvings = 6;
constexpr double kContraction = 0.9;
// The first radius, relative to the residuals. Long first steps leave the valleys that have a finite minimum.
constexpr double kFirstRadius = 0.1;
// Every trial point gets its best output layer, as far as so many of Newton's steps reach. The floors of the
// valleys that lead far away are curves on which products of weights and outputs stay fixed; straight steps
// can only creep along them.
constexpr double kRidge = 1e-10;
constexpr int kSteps = 1;
// Without a Hessian: what steps may leave of the gradient. Less and less of it, so that the last ones are
// Newton's.
constexpr double kFirstAccuracy = 0.1;

std::span<const double> eigenvalues(const ScaledModel& model) {
    return model.lambda.span();
}

// One step that lowers the loss measurably; shrinks the radius until there is one. False when every step
// worth trying is predicted to change the loss by less than its rounding.
bool descend(StartRun& run, const ScaledModel& model, double& radius) {
    const double before = run.loss();
    for (;;) {
        const TrustRegionStep step = solve_trust_region(eigenvalues(model), model.gradient, radius);
        if (!(step.predicted > run.loss_noise())) return false;
        const double size = norm_of(step.step);
        Network next = run.moved(model.parameters_step(step.step));
        fit_outputs(*run.setting().data, next, {kRidge, kSteps});
        const std::optional<double> after = trial_loss(run.setting(), next);
        const double ratio = after ? (before - *after) / step.predicted : -1.0;
        if (ratio > 1e-4 && run.move_to(std::move(next))) {
            if (ratio < 0.25) {
                radius = 0.5 * size;
            } else if (ratio > 0.75 && step.boundary) {
                radius *= ratio > 0.9 && ratio < 1.1 ? 3.0 : 2.0;
            } else if (!step.boundary) {
                radius = std::min(radius, 8.0 * size);
            }
            return true;
        }
        radius = after ? 0.25 * size : 0.1 * size;
        if (radius < 1e-150) return false;
    }
}

// A step along negative curvature long enough to be seen in the loss, where the current radius is too short
// for it.
bool descend_along_negative_curvature(StartRun& run, const ScaledModel& model, double& radius) {
    const double lowest = model.lambda[0];
    if (!(lowest < -10.0 * model.tau)) return false;
    double reach = std::sqrt(8.0 * run.loss_noise() / -lowest);
    if (reach <= radius) return false;
    if (!descend(run, model, reach)) return false;
    radius = std::max(radius, reach);
    return true;
}

// A Newton step judged by the scaled gradient norm.
bool contract_gradient(StartRun& run, const ScaledModel& model) {
    std::vector<double> step = model.parameters_step(model.newton_step());
    for (int halving = 0; halving < kHalvings; ++halving) {
        Network next = run.moved(step);
        if (next.parameters == run.point().parameters) return false;
        const std::optional<Gradient> after = trial_gradient(run.setting(), next);
        if (after && after->loss.loss <= run.loss() + run.loss_noise() &&
            norm_of(model.scaling.pull_gradient(after->value)) < kContraction * model.gradient_norm &&
            run.move_to(std::move(next))) {
            return true;
        }
        for (double& component : step) component *= 0.5;
    }
    return false;
}

}  // namespace

StartReport find_minimum(const SolveSetting& setting, const Network& start, bool* paused) {
    StartRun run(setting, start);
    StartReport outcome{StartOutcome::stalled, {}, start};
    double radius = kFirstRadius * std::max(run.residual_length(), 1e-100);
    double accuracy = kFirstAccuracy, first_gradient = 0.0;
    while (run.may_continue(outcome)) {
        const Scaling scaling =
            Scaling::at(*setting.data, *setting.metric, run.point(), run.hessian(), radius);
        const ScaledModel model = run.model(scaling, radius, accuracy);
        if (first_gradient == 0.0) first_gradient = model.gradient_norm;
        accuracy = std::min(kFirstAccuracy, std::sqrt(model.gradient_norm / first_gradient));
        const bool downhill = model.lambda[0] < -10.0 * model.tau;
        const bool resolved = model.lambda[0] > 10.0 * model.tau;
        if (run.loss_vanishes() || (run.gradient_vanishes() && !downhill)) {
            if (run.conclude_at_rest(outcome, resolved)) return outcome;
        }
        if (run.conclude_on_a_tail(outcome)) return outcome;
        if (paused && run.pauses(outcome)) {
            *paused = true;
            return outcome;
        }
        if (descend(run, model, radius) || descend_along_negative_curvature(run, model, radius)) continue;
        if (!contract_gradient(run, model)) {
            return run.conclude_without_progress("no step lowers loss or gradient", resolved);
        }
    }
    return outcome;
}

}  // namespace tepui
