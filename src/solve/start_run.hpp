// One start on its way: the point, its derivatives, how far it has come, and how it ended.
#pragma once

#include <cmath>
#include <functional>
#include <optional>

#include "network/derivatives/objective_sums.hpp"
#include "solve/growth.hpp"
#include "solve/output_fit.hpp"
#include "solve/scaled_model.hpp"
#include "solve/solve.hpp"

namespace tepui {

// What every start of one call shares.
struct SolveSetting {
    const Dataset* data;
    const InputMetric* metric;
    const SolveOptions* options;
    Execution execution;               // of the passes inside a start; no progress of its own
    std::function<bool()> keep_going;  // false: cancelled
    // After so many iterations a run whose weights drift, or a long one, stops to be looked at; -1: never.
    Size pause_at = -1;
    // Whether samples that smooth neurons tell apart beside others are looked for.
    bool beside_growing = true;
    // Iterations on boundaries that are left to a start and to all runs that it begins; null: not begun yet.
    Size* on_boundaries = nullptr;
};

class StartRun {
  public:
    // Throws Error(numeric) when the start itself overflows.
    StartRun(const SolveSetting& setting, const Network& start);

    const Network& point() const noexcept { return point_; }
    const HessianValue& hessian() const noexcept { return hessian_; }
    const GrowthRecord& growth() const noexcept { return growth_; }
    const SolveSetting& setting() const noexcept { return *setting_; }
    double loss() const noexcept { return hessian_.gradient.loss.loss; }
    Size steps() const noexcept { return steps_; }
    bool forms_hessian() const { return point_.parameter_count() <= setting_->options->most_dense; }

    // Every |grad_j| is within the tolerance or within its own rounding error.
    bool gradient_vanishes() const;
    bool loss_vanishes() const;
    // Every |grad_j| is within what rounding of the preactivations may do as well: no smaller gradient can be
    // had.
    bool gradient_at_floor() const;
    // Differences of the loss below this are rounding.
    double loss_noise() const;
    // The size of what there is to move, in the unit of a scaled step: the residuals' where the loss is
    // squared.
    double residual_length() const;

    // The model of the loss here, for steps of that radius. Where no Hessian is formed, on a Krylov space.
    ScaledModel model(const Scaling& scaling, double radius, double accuracy = 0.1) const;

    Network moved(std::span<const double> step) const;
    // Gradient there, without bounds; nothing when it overflows.
    std::optional<Gradient> trial_gradient(const Network& next);
    // The derivatives there, to be judged before take(); null when they overflow.
    const HessianValue* look_at(const Network& next);
    // Makes the point that was looked at last the point.
    void take(Network next);
    // Both at once; false, and nothing changed, when the derivatives overflow.
    bool move_to(Network next);
    // Gives `next` its best output layer, and makes it the point if the loss falls by more than `least`. By
    // how much it falls; nothing when it overflows.
    std::optional<double> fall_to(Network& next, double least);
    // Newton steps as long as they lower the relative gradient.
    void polish();
    // Steps on a loss that is nearly zero, as long as they lower it much.
    void fit();

    // One more iteration is about to begin: an outcome when it must not (cancelled, limit, out of scale).
    bool may_continue(StartReport& report);
    // Whether it is to be looked at on its way; `report` says what drifts.
    bool pauses(StartReport& report) const;
    // Whether a point that passes the gradient or zero-loss test has come to rest, or runs along a tail where
    // the gradient happens to vanish. True: `report` holds the outcome.
    // `resolved`: no eigenvalue of the Hessian is lost in rounding, so that a small Newton step proves rest.
    bool conclude_at_rest(StartReport& report, bool resolved);
    // The loss has all but stopped falling while parameters stride on.
    bool conclude_on_a_tail(StartReport& report);
    // No step makes progress any more.
    StartReport conclude_without_progress(const std::string& obstacle, bool resolved);

  private:
    template <class Rounding>
    bool gradient_within(Rounding&& rounding) const;
    // Hessian, or gradient and magnitudes where it is not formed.
    void derivatives(const Network& network, HessianValue& value);
    // The loss at `next` with the best output layer that it now gets; of losses that are not squared as far
    // as so many of Newton's steps reach. Nothing when it overflows.
    std::optional<double> fit_outputs_of(Network& next);
    // In parameters.
    std::vector<double> newton_step() const;
    StartReport report(StartOutcome outcome, std::string reason) const;
    StartReport ran_off(std::string reason) const;
    StartReport converged();

    const SolveSetting* setting_;
    Network point_;
    ObjectiveSums sums_;
    std::optional<SquaredOutputFit> output_fit_;
    HessianValue hessian_, trial_;  // here, and at the point that was looked at last
    GrowthRecord growth_;
    Size iterations_ = 0;
    Size steps_ = 0;
    double last_decrease_ = HUGE_VAL;  // of the loss, in the last step
    Size waiting_ = 0;                 // iterations spent waiting for a vanishing gradient to come to rest
};

// The loss at a trial point; nothing when it overflows there.
std::optional<double> trial_loss(const SolveSetting& setting, const Network& trial);

// paused: receives whether it ended at SolveSetting::pause_at, or null.
StartReport find_minimum(const SolveSetting& setting, const Network& start, bool* paused = nullptr);
// The stationary point nearby, saddles included, by the gradient norm.
StartReport find_stationary(const SolveSetting& setting, const Network& start);
// A stationary point of the Morse index that the start has, at least 1: up along so many eigenvectors, down
// along all others. With the Hessian alone, and further away than find_stationary reaches.
StartReport find_saddle(const SolveSetting& setting, const Network& start);

}  // namespace tepui
