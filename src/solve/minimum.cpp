// Trust-region Newton on the exact Hessian. Far from the end steps are judged by the loss; where differences
// of the loss are rounding, by the scaled gradient norm.
#include <algorithm>
#include <cmath>
#include <optional>

#include "core/euclidean.hpp"
#include "solve/factored_model.hpp"
#include "solve/start_run.hpp"
#include "solve/trust_region.hpp"

namespace tepui {
namespace {

constexpr int kHalvings = 6;
constexpr double kContraction = 0.9;
constexpr double kLeastRatio = 1e-4;  // of the fall of the loss to what the model predicts
constexpr const char* kNoStep = "no step lowers loss or gradient";
// The first radius, relative to the residuals. Long first steps leave the valleys that have a finite minimum.
constexpr double kFirstRadius = 0.1;
// Without a Hessian: what steps may leave of the gradient. Less and less of it, so that the last ones are
// Newton's.
constexpr double kFirstAccuracy = 0.1;

std::optional<TrustRegionStep> step_within(const ScaledModel& model, double radius) {
    return solve_trust_region(model.lambda.span(), model.gradient, radius);
}
std::optional<TrustRegionStep> step_within(FactoredModel& model, double radius) {
    return model.step(radius);
}

// One step that lowers the loss measurably; shrinks the radius until there is one. False when every step
// worth trying is predicted to change the loss by less than its rounding, or the model knows none.
template <class Model>
bool descend(StartRun& run, Model& model, double& radius) {
    for (;;) {
        const std::optional<TrustRegionStep> step = step_within(model, radius);
        if (!step || !(step->predicted > run.loss_noise())) return false;
        const double size = norm_of(step->step);
        Network next = run.moved(model.parameters_step(step->step));
        const double least = kLeastRatio * step->predicted;
        const std::optional<double> fall = run.fall_to(next, least);
        const double ratio = fall ? *fall / step->predicted : -1.0;
        if (fall && *fall > least) {
            if (ratio < 0.25) {
                radius = 0.5 * size;
            } else if (ratio > 0.75 && step->boundary) {
                radius *= ratio > 0.9 && ratio < 1.1 ? 3.0 : 2.0;
            } else if (!step->boundary) {
                radius = std::min(radius, 8.0 * size);
            }
            return true;
        }
        radius = fall ? 0.25 * size : 0.1 * size;
        if (radius < 1e-150) return false;
    }
}

// A step along negative curvature long enough to be seen in the loss, where the current radius is too short
// for it.
bool descend_along_negative_curvature(StartRun& run, ScaledModel& model, double& radius) {
    const double lowest = model.lambda[0];
    if (!(lowest < -10.0 * model.tau)) return false;
    double reach = std::sqrt(8.0 * run.loss_noise() / -lowest);
    if (reach <= radius) return false;
    if (!descend(run, model, reach)) return false;
    radius = std::max(radius, reach);
    return true;
}

double gradient_norm(const ScaledModel& model) {
    return model.gradient_norm;
}
double gradient_norm(const FactoredModel& model) {
    return model.gradient_norm();
}

// A Newton step judged by the scaled gradient norm.
template <class Model>
bool contract_gradient(StartRun& run, const Model& model, const Scaling& scaling) {
    std::vector<double> step = model.parameters_step(model.newton_step());
    for (int halving = 0; halving < kHalvings; ++halving) {
        Network next = run.moved(step);
        if (next.parameters == run.point().parameters) return false;
        const HessianValue* there = run.look_at(next);
        if (there != nullptr && there->gradient.loss.loss <= run.loss() + run.loss_noise() &&
            norm_of(scaling.pull_gradient(there->gradient.value)) < kContraction * gradient_norm(model)) {
            run.take(std::move(next));
            return true;
        }
        for (double& component : step) component *= 0.5;
    }
    return false;
}

enum class Progress { moved, ended, spectrum_needed };

// What ends a run whatever its spectrum is.
bool drifts(StartRun& run, StartReport& outcome, bool* paused) {
    if (run.conclude_on_a_tail(outcome)) return true;
    if (paused == nullptr || !run.pauses(outcome)) return false;
    *paused = true;
    return true;
}

// An iteration by factors of the Hessian, wherever they tell enough.
Progress advance_by_factors(StartRun& run, const Scaling& scaling, double& radius, double& shift,
                            StartReport& outcome, bool* paused) {
    if (!run.forms_hessian() || run.loss_vanishes()) return Progress::spectrum_needed;
    FactoredModel model(scaling, run.hessian(), shift);
    if (run.gradient_vanishes()) {
        if (!model.definite()) return Progress::spectrum_needed;
        if (run.conclude_at_rest(outcome, true)) return Progress::ended;
    }
    if (drifts(run, outcome, paused)) return Progress::ended;
    const bool moved = descend(run, model, radius);
    shift = model.shift();
    if (moved) return Progress::moved;
    if (!model.definite()) return Progress::spectrum_needed;
    if (contract_gradient(run, model, scaling)) return Progress::moved;
    outcome = run.conclude_without_progress(kNoStep, true);
    return Progress::ended;
}

}  // namespace

StartReport find_minimum(const SolveSetting& setting, const Network& start, bool* paused) {
    StartRun run(setting, start);
    StartReport outcome{StartOutcome::stalled, {}, start};
    double radius = kFirstRadius * std::max(run.residual_length(), 1e-100);
    double accuracy = kFirstAccuracy, first_gradient = 0.0, shift = 0.0;
    while (run.may_continue(outcome)) {
        const Scaling scaling =
            Scaling::at(*setting.data, *setting.metric, run.point(), run.hessian(), radius);
        const Progress progress = advance_by_factors(run, scaling, radius, shift, outcome, paused);
        if (progress == Progress::ended) return outcome;
        if (progress == Progress::moved) continue;
        ScaledModel model = run.model(scaling, radius, accuracy);
        if (first_gradient == 0.0) first_gradient = model.gradient_norm;
        accuracy = std::min(kFirstAccuracy, std::sqrt(model.gradient_norm / first_gradient));
        const bool downhill = model.lambda[0] < -10.0 * model.tau;
        const bool resolved = model.lambda[0] > 10.0 * model.tau;
        if (run.loss_vanishes() || (run.gradient_vanishes() && !downhill)) {
            if (run.conclude_at_rest(outcome, resolved)) return outcome;
        }
        if (drifts(run, outcome, paused)) return outcome;
        if (descend(run, model, radius) || descend_along_negative_curvature(run, model, radius)) continue;
        if (!contract_gradient(run, model, scaling)) return run.conclude_without_progress(kNoStep, resolved);
    }
    return outcome;
}

}  // namespace tepui
