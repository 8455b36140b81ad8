#include "solve/ends/end.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/end_verdict.hpp"
#include "classification/infinity/reduced_loss.hpp"
#include "solve/ends/at_infinity.hpp"
#include "solve/ends/beside_growing.hpp"
#include "solve/ends/decayed_end.hpp"
#include "solve/ends/look.hpp"
#include "solve/ends/own_limit.hpp"
#include "solve/ends/reduced_descent.hpp"
#include "solve/ends/separated_classes.hpp"
#include "solve/factored_model.hpp"

namespace tepui {
namespace {

// How often a way down may be taken.
constexpr int kWaysDown = 24;
// Iterations of a run that drifts before its limit is sought; twice as many each time that it is not found.
constexpr Size kFirstPause = 50;
// Iterations at least for the classes that are not told apart from each other.
constexpr Size kInside = 200;
// Iterations on boundaries, of all limits that one look at a run tries: on its way, and at its end.
constexpr Size kBudgetOnTheWay = 800, kBudget = 3000;
// And by all looks at a run, before it goes on no more; and at one and all that it begins, before none looks.
constexpr Size kMostSpent = 6000, kMostOfAll = 12000;
// How often ways down may lead back to where they began, and of a loss: two that differ by less are one.
constexpr int kReturns = 3;
constexpr double kSameLoss = 1e-12;
// Of a loss: a fall that a run is worth going on for, and iterations at least that it does so with.
constexpr double kFurther = 1e-8;
constexpr Size kAgain = 50;
// How often it does.
constexpr int kGoesOn = 12;
// Least share of a regular point's curvatures in the largest, and the largest change by Newton's step there.
constexpr double kRegular = 1e-7;

// A unit whose approach has a first term of even order tends to the same limit from the other side, with the
// opposite sign: not connected with this end, and a way on where this one has none.
std::optional<EndReport> fall_on_the_other_side(const SolveSetting& setting, const EndReport& end) {
    for (Size u = 0; u < Size(end.limit.units.size()); ++u) {
        const UnitKind kind = end.limit.units[u].kind;
        if (kind != UnitKind::linear && kind != UnitKind::square) continue;
        BoundaryNetwork mirrored = end.limit;
        for (Size j = 0; j < mirrored.form_size(u, 0); ++j)
            mirrored.parameters[mirrored.form_at(u, 0) + j] *= -1.0;
        for (Size o = 0; kind == UnitKind::linear && o < mirrored.output_count; ++o)
            mirrored.coefficient(u, 0, o) *= -1.0;
        EndReport there =
            classify_end(*setting.data, std::move(mirrored), setting.options->tolerances, setting.execution);
        if (there.verdict == EndVerdict::saddle) return there;
    }
    return std::nullopt;
}

// The search from there, with the iterations that are left after those spent, or so many at least.
StartReport run_on(const SolveSetting& setting, Size spent, const Network& from, Size pause, bool& paused,
                   Size least = 0) {
    SolveOptions rest = *setting.options;
    rest.max_iterations = std::max(rest.max_iterations - spent, least);
    SolveSetting with_rest = setting;
    with_rest.options = &rest;
    with_rest.pause_at = pause;
    paused = false;
    StartReport next = find_minimum(with_rest, from, &paused);
    next.iterations += spent;
    return next;
}

// Where the valley leads that the run is stuck in, in coordinates in which it is straight.
void offer_further_down(const SolveSetting& setting, const StartReport& report, Lowest& lowest) {
    const BoundaryNetwork own = own_limit(setting, report.point);
    if (!ReducedLoss::is_known(*setting.data, own)) return;
    Size budget = kInside;
    const BoundaryNetwork lower = descend_reduced(setting, SampleInputs(*setting.data), own, budget);
    lowest.offer(setting, finite_network(lower, std::vector<Approach>(lower.units.size())));
}

// The problem that is left when classes are told apart, with the iterations that are left, or a few.
StartReport run_inside(const SolveSetting& setting, const StartReport& before, const Network& from) {
    SolveOptions rest = *setting.options;
    rest.max_iterations = std::max<Size>(kInside, rest.max_iterations - before.iterations);
    SolveSetting with_rest = setting;
    with_rest.options = &rest;
    return minimum_or_end(with_rest, from);
}

// What the run's own network is, judged as a limit that nothing runs off to.
std::optional<EndReport> own_verdict(const SolveSetting& setting, const StartReport& report) {
    if (report.point.parameter_count() > setting.options->most_dense) return std::nullopt;
    try {
        return classify_end(*setting.data, own_limit(setting, report.point), setting.options->tolerances,
                            setting.execution);
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        return std::nullopt;
    }
}

// Whether the scaled Hessian is definite far beyond its rounding and Newton's step all but none, which along
// whatever runs off it is not.
bool is_regular(const SolveSetting& setting, const Network& point) {
    const StartRun here(setting, point);
    if (!here.forms_hessian()) return false;
    const Scaling scaling =
        Scaling::at(*setting.data, *setting.metric, point, here.hessian(), here.residual_length());
    const FactoredModel model(scaling, here.hessian());
    if (!model.definite() || !model.definite_beyond(kRegular)) return false;
    GrowthRecord change(*setting.metric, point);
    change.accept(here.moved(model.parameters_step(model.newton_step())));
    return change.last_change() <= kRegular;
}

// Whether a point that has come to rest may be on its way to a limit: its Hessian, but for scales and gauges,
// has eigenvalues that are zero within rounding.
bool is_nearly_degenerate(const SolveSetting& setting, const StartReport& report) {
    if (is_regular(setting, report.point)) return false;
    const std::optional<EndReport> own = own_verdict(setting, report);
    return own && own->verdict == EndVerdict::undetermined;
}

// A stuck run is brought to where its gradient is least. True when it has come to rest there as far as
// doubles can tell: the gradient is rounding, and nothing ran off or the Hessian is proven definite, if not
// by the search's own sums.
bool comes_to_rest(const SolveSetting& setting, StartReport& report) {
    const std::optional<EndReport> own = own_verdict(setting, report);
    if (!own || own->rule == EndRule::not_stationary) return false;
    Network point = finite_network(own->limit, std::vector<Approach>(own->limit.units.size()));
    const StartRun there(setting, point);
    const double left = there.hessian().gradient.relative_norm();
    if (!(left < report.gradient_relative) || there.loss() > report.loss + there.loss_noise()) return false;
    report.point = std::move(point);
    report.loss = there.loss();
    report.gradient_relative = left;
    const bool definite = own->verdict == EndVerdict::minimum;
    if (!there.gradient_vanishes() && !(definite && there.gradient_at_floor())) return false;
    if (!definite && report.ran_off) return false;
    report.outcome = StartOutcome::converged;
    report.reason = "gradient within its rounding error";
    report.ran_off = false;
    return true;
}

}  // namespace

StartReport minimum_or_end(const SolveSetting& given, const Network& start) {
    if (!given.data->decay().none()) return minimum_or_end_under_decay(given, start);
    Size of_all = kMostOfAll;
    SolveSetting setting = given;
    if (setting.on_boundaries == nullptr) setting.on_boundaries = &of_all;
    bool paused = false, drifted = false;
    std::optional<EndReport> seen;  // the lowest end on the way that is not known
    double last_saddle = HUGE_VAL;
    Size pause = kFirstPause, spent = 0;  // on boundaries
    StartReport report = run_on(setting, 0, start, pause, paused);
    for (int way = 0, goes = 0, returns = 0;;) {
        drifted = drifted || paused;
        const bool iterations_left = report.iterations < setting.options->max_iterations;
        // A run that the caller's limit stopped early has not run off, unless its weights drifted before.
        const bool stuck = report.outcome == StartOutcome::stalled && std::isfinite(report.loss) &&
                           (iterations_left || drifted || report.iterations >= kFirstPause);
        const bool far = report.outcome == StartOutcome::converged && is_nearly_degenerate(setting, report);
        if ((!report.ran_off && !stuck && !far) || !setting.keep_going()) return report;
        std::string of_classes;
        const auto run = [&](const SolveSetting& of, const Network& from) {
            return run_inside(of, report, from);
        };
        const std::optional<StartReport> apart = judged_separated(setting, report, run, !paused, of_classes);
        if (apart && (!paused || apart->end->verdict != EndVerdict::undetermined)) return *apart;
        const Size budget = std::min(paused ? kBudgetOnTheWay : kBudget, *setting.on_boundaries);
        Look look{.on_the_way = paused, .highest = highest_loss(setting, report.point), .budget = budget};
        std::optional<EndReport> end = best_end(setting, report.point, look);
        spent += budget - look.budget;
        *setting.on_boundaries -= budget - look.budget;
        if (paused && (!end || end->verdict == EndVerdict::undetermined)) {
            if (end && (!seen || end->loss < seen->loss)) seen = std::move(end);
            pause *= 2;
            report = run_on(setting, report.iterations, report.point, pause, paused);
            continue;
        }
        const bool open = !end || end->verdict == EndVerdict::undetermined;
        if (open && goes < kGoesOn && spent < kMostSpent) {
            offer_further_down(setting, report, look.lowest);
            const double lower = std::min(report.loss, end ? end->loss : HUGE_VAL);
            if (look.lowest.loss < lower - kFurther * std::abs(lower)) {
                ++goes;
                report = run_on(setting, report.iterations, *look.lowest.network, pause, paused, kAgain);
                continue;
            }
        }
        if (open && !paused && setting.beside_growing) {
            BesideGrowing beside = beside_growing(setting, report, run);
            if (beside.judged && beside.judged->end->verdict != EndVerdict::undetermined)
                return *beside.judged;
            const double lower = std::min(
                {report.loss, end ? end->loss : HUGE_VAL, beside.judged ? beside.judged->loss : HUGE_VAL});
            if (goes < kGoesOn && beside.lower.loss < lower - kFurther * std::abs(lower)) {
                ++goes;
                if (end && (!seen || end->loss < seen->loss)) seen = std::move(end);
                report = run_on(setting, report.iterations, *beside.lower.network, pause, paused, kAgain);
                continue;
            }
            if (beside.judged && !end) return *beside.judged;
        }
        if (far && open) return report;
        if (open && !paused && comes_to_rest(setting, report)) return report;
        if (open && seen && seen->loss <= look.highest && (!end || seen->loss < end->loss)) end = seen;
        if (!end) {
            report.reason += "; " + (of_classes.empty() ? look.reason : of_classes);
            return report;
        }
        std::optional<EndReport> other;
        const EndReport* saddle = end->verdict == EndVerdict::saddle ? &*end : nullptr;
        if (!saddle && (other = fall_on_the_other_side(setting, *end))) saddle = &*other;
        returns = end->loss < last_saddle - kSameLoss * std::abs(end->loss) ? 0 : returns + 1;
        last_saddle = end->loss;
        if (!saddle || way >= kWaysDown || returns >= kReturns || !iterations_left)
            return at_infinity(std::move(report), std::move(*end));
        // A fall below what doubles resolve proves the saddle, but leads nowhere.
        std::optional<double> below;
        if (saddle->way) below = trial_loss(setting, saddle->way->network);
        if (!below || !(*below < end->loss)) return at_infinity(std::move(report), EndReport(*saddle));
        ++way;
        report = run_on(setting, report.iterations, saddle->way->network, pause, paused);
    }
}

}  // namespace tepui
