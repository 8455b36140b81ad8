#include "solve/start_run.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "classification/spectrum/hidden_slope.hpp"
#include "core/rounding.hpp"
#include "core/text.hpp"
#include "solve/diagonal_sum.hpp"
#include "solve/factored_model.hpp"

namespace tepui {
namespace {

constexpr Size kGrowthWindow = 6;
// A relative change of the parameters at or below this is the end of a contraction, not a stride along a
// tail.
constexpr double kAtRest = 1e-3;
constexpr Size kPatience = 30;
// A step that lowers the loss by less than this, relatively, lowers it no more.
constexpr double kTailDecrease = 1e-11;
// Iterations before the limit may be called divergence.
constexpr Size kLongRun = 50;
// A run this long is looked at on its way whether weights drift or not.
constexpr Size kLongPause = 200;
constexpr int kPolishSteps = 8;
// Every trial point gets its best output layer, as far as so many of Newton's steps reach. The floors of the
// valleys that lead far away are curves on which products of weights and outputs stay fixed; straight steps
// can only creep along them.
constexpr double kRidge = 1e-10;
constexpr int kOutputSteps = 1;
constexpr double kTight = 1e-6;  // of the gradient that a step on a Krylov space may leave
// A loss this small, relative to that of f = 0, is on its way to zero: its points are often singular, and
// Newton's steps only halve the distance to them.
constexpr double kNearlyFitted = 1e-8;
constexpr int kFitSteps = 100;
constexpr double kFitDecrease = 0.8;

template <class Evaluate>
auto unless_overflow(Evaluate&& evaluate) -> std::optional<decltype(evaluate())> {
    try {
        return evaluate();
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        return std::nullopt;
    }
}

// An exactly flat neuron (a saturated one that underflows) has a gradient without terms.
Size flat_neuron(const Network& point, const Gradient& gradient) {
    for (Size i = 0; i < point.width; ++i) {
        double sum = 0.0;
        for (Size j = 0; j < point.inputs; ++j) sum += gradient.magnitude[i * point.inputs + j];
        for (Size o = 0; o < point.output_count && sum < 1e-280; ++o)
            if (point.output(i, o) != 0.0) return i;
    }
    return -1;
}

}  // namespace

std::optional<double> trial_loss(const SolveSetting& setting, const Network& trial) {
    return unless_overflow([&] { return loss(*setting.data, trial, setting.execution).loss; });
}

StartRun::StartRun(const SolveSetting& setting, const Network& start)
    : setting_(&setting), point_(start), sums_(*setting.data, start), growth_(*setting.metric, start) {
    derivatives(start, hessian_);
}

void StartRun::derivatives(const Network& network, HessianValue& value) {
    if (!forms_hessian()) {
        value = hessian_diagonal(*setting_->data, network, setting_->execution);
        return;
    }
    sums_.move_to(network.parameters);
    sums_.hessian(setting_->execution, value);
}

const HessianValue* StartRun::look_at(const Network& next) {
    const auto look = [&] {
        derivatives(next, trial_);
        return true;
    };
    return unless_overflow(look) ? &trial_ : nullptr;
}

std::optional<Gradient> StartRun::trial_gradient(const Network& next) {
    return unless_overflow([&] {
        sums_.move_to(next.parameters);
        return sums_.gradient(setting_->execution);
    });
}

ScaledModel StartRun::model(const Scaling& scaling, double radius, double accuracy) const {
    if (hessian_.value.rows() > 0) return scaled_model(scaling, hessian_);
    return krylov_model(*setting_->data, point_, scaling, hessian_.gradient,
                        {radius, accuracy, gradient_vanishes()}, setting_->execution);
}

// rounding(j): of a component, which then is known no better.
template <class Rounding>
bool StartRun::gradient_within(Rounding&& rounding) const {
    const Gradient& g = hessian_.gradient;
    for (std::size_t j = 0; j < g.value.size(); ++j) {
        const double value = std::abs(g.value[j]), error = rounding(j);
        if (value <= setting_->options->gradient_tolerance * g.magnitude[j]) continue;
        if (!(value <= error) || is_hidden(g.loss, g.magnitude[j], error, setting_->options->tolerances))
            return false;
    }
    return true;
}

bool StartRun::gradient_vanishes() const {
    return gradient_within([&](std::size_t j) { return gradient_rounding(hessian_.gradient, j); });
}

bool StartRun::loss_vanishes() const {
    if (!setting_->data->loss().zero_is_least()) return false;
    const LossValue& value = hessian_.gradient.loss;
    return value.loss <= setting_->options->tolerances.zero_loss_factor * value.rounding_loss;
}

// A preactivation is known to eps sum_j |w_j x_j|: as if the weights differed by that much from sample to
// sample. The absolute terms of the Hessian, at most sqrt(T_pp T_qq) in entry (p, q), carry this to the
// gradient.
bool StartRun::gradient_at_floor() const {
    const Size weights = point_.width * point_.inputs;
    double moved = 0.0;
    for (std::size_t q = 0; q < static_cast<std::size_t>(weights); ++q)
        moved += std::sqrt(hessian_.magnitude[q]) * std::abs(point_.parameters[q]);
    moved *= kEps;
    return gradient_within([&](std::size_t p) {
        return gradient_rounding(hessian_.gradient, p) + std::sqrt(hessian_.magnitude[p]) * moved;
    });
}

double StartRun::loss_noise() const {
    const LossValue& value = hessian_.gradient.loss;
    const double size = std::abs(value.loss);
    return 2.0 * std::sqrt(size * value.rounding_loss) + 4.0 * kEps * size;
}

double StartRun::residual_length() const {
    const SolveSetting& setting = *setting_;
    const double loss = setting.data->loss().quadratic()
                            ? this->loss()
                            : setting.metric->output.loss(setting.metric->weight_sum);
    return std::sqrt(2.0 * loss);
}

Network StartRun::moved(std::span<const double> step) const {
    Network next = point_;
    for (std::size_t j = 0; j < step.size(); ++j) next.parameters[j] += step[j];
    return next;
}

void StartRun::take(Network next) {
    last_decrease_ = loss() - trial_.gradient.loss.loss;
    std::swap(hessian_, trial_);
    point_ = std::move(next);
    growth_.accept(point_);
    ++steps_;
}

bool StartRun::move_to(Network next) {
    if (look_at(next) == nullptr) return false;
    take(std::move(next));
    return true;
}

std::optional<double> StartRun::fit_outputs_of(Network& next) {
    const Dataset& data = *setting_->data;
    if (data.loss().quadratic()) {
        if (!output_fit_) output_fit_.emplace(data, point_);
        if (const auto after = output_fit_->fit(next, kRidge, setting_->execution)) return after;
    } else {
        fit_outputs(data, next, {kRidge, kOutputSteps});
    }
    return unless_overflow([&] {
        sums_.move_to(next.parameters);
        return sums_.loss(setting_->execution);
    });
}

std::optional<double> StartRun::fall_to(Network& next, double least) {
    const std::optional<double> after = fit_outputs_of(next);
    if (!after) return std::nullopt;
    if (!(loss() - *after > least)) return loss() - *after;
    if (look_at(next) == nullptr) return std::nullopt;
    const double fall = loss() - trial_.gradient.loss.loss;  // the sums before the fit are less exact
    if (fall > least) take(next);
    return fall;
}

std::vector<double> StartRun::newton_step() const {
    const Scaling scaling =
        Scaling::at(*setting_->data, *setting_->metric, point_, hessian_, residual_length());
    if (forms_hessian()) {
        const FactoredModel quick(scaling, hessian_);
        if (quick.definite()) return quick.parameters_step(quick.newton_step());
    }
    const ScaledModel model = this->model(scaling, residual_length(), kTight);
    return model.parameters_step(model.newton_step());
}

void StartRun::polish() {
    for (int step = 0; step < kPolishSteps; ++step) {
        const double before = hessian_.gradient.relative_norm();
        if (before == 0.0) return;
        Network next = moved(newton_step());
        GrowthRecord change(*setting_->metric, point_);
        change.accept(next);
        if (change.last_change() > kAtRest) return;
        const HessianValue* there = look_at(next);
        if (there == nullptr || !(there->gradient.relative_norm() < before)) return;
        if (there->gradient.loss.loss > loss() + loss_noise()) return;
        std::swap(hessian_, trial_);
        point_ = std::move(next);
        if (hessian_.gradient.relative_norm() > 0.5 * before) return;
    }
}

void StartRun::fit() {
    const InputMetric& metric = *setting_->metric;
    const double unit = metric.output.loss(metric.weight_sum);
    if (!setting_->data->loss().zero_is_least()) return;
    for (int step = 0; step < kFitSteps; ++step) {
        if (loss() > kNearlyFitted * unit || loss_vanishes()) return;
        const Scaling scaling = Scaling::at(*setting_->data, metric, point_, hessian_, residual_length());
        const ScaledModel model = this->model(scaling, residual_length(), kTight);
        std::vector<double> descent(model.gradient.size(), 0.0);
        for (std::size_t l = 0; l < descent.size(); ++l) {
            const double curvature = std::abs(model.lambda[static_cast<Size>(l)]);
            if (curvature > model.tau) descent[l] = -model.gradient[l] / curvature;
        }
        Network next = moved(model.parameters_step(descent));
        const HessianValue* there = look_at(next);
        if (there == nullptr || !(there->gradient.loss.loss < kFitDecrease * loss())) return;
        std::swap(hessian_, trial_);
        point_ = std::move(next);
    }
}

StartReport StartRun::report(StartOutcome outcome, std::string reason) const {
    const double relative = hessian_.gradient.relative_norm();
    return StartReport{outcome, std::move(reason), point_, iterations_, loss(), relative, -1};
}

StartReport StartRun::ran_off(std::string reason) const {
    StartReport outcome = report(StartOutcome::stalled, std::move(reason));
    outcome.ran_off = true;
    return outcome;
}

StartReport StartRun::converged() {
    fit();
    if (!loss_vanishes()) polish();
    if (loss_vanishes()) return report(StartOutcome::converged, "zero loss");
    if (hessian_.gradient.relative_norm() <= setting_->options->gradient_tolerance) {
        return report(StartOutcome::converged, "gradient within tolerance");
    }
    return report(StartOutcome::converged, "gradient within its rounding error");
}

bool StartRun::may_continue(StartReport& outcome) {
    if (!setting_->keep_going()) {
        outcome = report(StartOutcome::cancelled, "cancelled by the caller");
        return false;
    }
    if (loss() < setting_->metric->output.separated_loss) {
        outcome = ran_off("the classes are separated: the loss falls to its infimum as output weights grow");
        return false;
    }
    std::vector<double> diagonal(point_.parameters.size());
    for (std::size_t p = 0; p < diagonal.size(); ++p)
        diagonal[p] = coefficient_curvature(hessian_, static_cast<Size>(p));
    const std::string beyond = growth_.beyond(point_, diagonal, setting_->options->divergence_factor);
    if (!beyond.empty()) {
        outcome = ran_off(beyond);
        return false;
    }
    if (iterations_ >= setting_->options->max_iterations) {
        const std::string drift = iterations_ < kLongRun ? std::string() : growth_.drifting();
        const std::string norm = scientific_text(hessian_.gradient.relative_norm());
        outcome = drift.empty()
                      ? report(StartOutcome::stalled, "iteration limit reached at relative gradient " + norm)
                      : ran_off(drift + " up to the iteration limit");
        return false;
    }
    ++iterations_;
    return true;
}

bool StartRun::pauses(StartReport& outcome) const {
    if (iterations_ != setting_->pause_at) return false;
    const std::string drift = growth_.drifting();
    if (drift.empty() && iterations_ < kLongPause) return false;
    outcome = drift.empty() ? report(StartOutcome::stalled, "still on its way") : ran_off(drift);
    return true;
}

bool StartRun::conclude_on_a_tail(StartReport& outcome) {
    if (!(last_decrease_ <= kTailDecrease * loss())) return false;
    const std::string growing = growth_.growing(kGrowthWindow);
    if (growing.empty()) return false;
    outcome =
        ran_off(growing + (loss_vanishes() ? ", the loss falls to zero" : ", the loss no longer changes"));
    return true;
}

bool StartRun::conclude_at_rest(StartReport& outcome, bool resolved) {
    std::string growing = growth_.growing(kGrowthWindow);
    // A loss of zero is least wherever it is found: only weights that run on make it one at infinity.
    if (loss_vanishes() && growing.empty()) {
        outcome = converged();
        return true;
    }
    if (growing.empty() && !resolved) growing = growth_.drifting();
    if (!growing.empty()) {
        outcome = ran_off(
            growing + (loss_vanishes() ? ", the loss falls to zero" : ", the gradient vanishes on the way"));
        return true;
    }
    const ActivationTraits& traits = point_.activation.traits();
    const Size flat = flat_neuron(point_, hessian_.gradient);
    if (flat >= 0 && traits.smoothness == Smoothness::analytic && !loss_vanishes()) {
        outcome = ran_off("neuron " + std::to_string(flat) + " is saturated on every sample");
        return true;
    }
    if (steps_ == 0 || growth_.last_change() <= kAtRest || ++waiting_ > kPatience) {
        outcome = converged();
        return true;
    }
    return false;
}

StartReport StartRun::conclude_without_progress(const std::string& obstacle, bool resolved) {
    std::string growing = growth_.growing(kGrowthWindow);
    if (growing.empty() && !resolved) growing = growth_.drifting();
    if (!growing.empty()) {
        return ran_off(growing + ", further than double precision resolves");
    }
    if (loss_vanishes() || gradient_vanishes() || (resolved && gradient_at_floor())) return converged();
    return report(StartOutcome::stalled,
                  obstacle + " at relative gradient " + scientific_text(hessian_.gradient.relative_norm()));
}

}  // namespace tepui
