#include "solve/ends/end.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/end_verdict.hpp"
#include "classification/infinity/reduced_loss.hpp"
#include "solve/ends/at_infinity.hpp"
#include "solve/ends/beside_growing.hpp"
#include "solve/ends/boundary_descent.hpp"
#include "solve/ends/decayed_end.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/ends/kept_samples.hpp"
#include "solve/ends/own_limit.hpp"
#include "solve/ends/recognise.hpp"
#include "solve/ends/reduced_descent.hpp"
#include "solve/ends/separated_classes.hpp"

namespace tepui {
namespace {

// How often a way down may be taken.
constexpr int kWaysDown = 24;
constexpr int kChanges = 24;
// Networks that limits are recognised in, at most: the run's and those that limits have come to.
constexpr std::size_t kLooks = 4;
// Iterations of a run that drifts before its limit is sought; twice as many each time that it is not found.
constexpr Size kFirstPause = 50;
// Iterations at least for the classes that are not told apart from each other.
constexpr Size kInside = 200;
// Iterations on boundaries, of all limits that one look at a run tries: on its way, and at its end.
constexpr Size kBudgetOnTheWay = 800, kBudget = 3000;
// And by all looks at a run, before it goes on no more.
constexpr Size kMostSpent = 6000;
// Of a loss: two that differ by less are one.
constexpr double kSameLoss = 1e-12;
// Of a loss: a fall that a run is worth going on for, and iterations at least that it does so with.
constexpr double kFurther = 1e-8;
constexpr Size kAgain = 50;
// How often it does.
constexpr int kGoesOn = 12;
// A limit at rest that lies this much above the run, relatively, is none of its.
constexpr double kHopeless = 1e-3;

// A limit that lies above the run.
EndReport unrelated(const BoundaryPoint& point) {
    EndReport report;
    report.limit = point.network;
    report.loss = point.loss();
    return report;
}

// The limit at rest, its units as the descent left them.
std::optional<EndReport> end_of(const SolveSetting& setting, const SampleInputs& inputs,
                                BoundaryNetwork limit, double highest, Size& budget) {
    double last_let_go = HUGE_VAL;
    for (int change = 0; change < kChanges; ++change) {
        std::optional<BoundaryPoint> point = descend_on_boundary(setting, inputs, std::move(limit), budget);
        if (!point) return std::nullopt;
        if (!(point->loss() <= highest + kHopeless * std::abs(highest))) return unrelated(*point);
        limit = point->network;
        const std::optional<bool> released = release_samples(inputs, limit);
        if (!released) return std::nullopt;
        if (*released) continue;
        const Tolerances& tolerances = setting.options->tolerances;
        if (!is_stationary(*point, tolerances) && !point->loss_vanishes(tolerances) &&
            keep_nearest(inputs, limit))
            continue;
        EndReport end = classify_end(*setting.data, limit, tolerances, setting.execution);
        if (!(end.loss < last_let_go - kSameLoss * std::abs(end.loss)) ||
            !let_go(inputs, end, limit = end.limit))
            return end;
        last_let_go = end.loss;
    }
    return std::nullopt;
}

// The same; where its Hessian is degenerate, that of the limit with a sample less on a hyperplane, if that is
// known better.
std::optional<EndReport> settled_end_of(const SolveSetting& setting, const SampleInputs& inputs,
                                        const BoundaryNetwork& limit, double highest, Size& budget) {
    std::optional<EndReport> end = end_of(setting, inputs, limit, highest, budget);
    if (!end || end->rule != EndRule::degenerate || !(end->loss <= highest)) return end;
    for (const BoundaryNetwork& next : with_one_kept_less(inputs, end->limit)) {
        std::optional<EndReport> fewer = end_of(setting, inputs, next, highest, budget);
        if (fewer && fewer->verdict != EndVerdict::undetermined && fewer->loss <= highest) return fewer;
    }
    return end;
}

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

int rank(const EndReport& end) {
    return end.verdict == EndVerdict::undetermined ? 1 : 0;
}

// The loss of the run, with what rounding may have taken from it.
double highest_loss(const SolveSetting& setting, const StartReport& report) {
    const LossValue value = loss(*setting.data, report.point, setting.execution);
    return value.loss + 4.0 * std::sqrt(std::abs(value.loss) * value.rounding_loss) +
           kSameLoss * std::abs(value.loss);
}

// A network on its way to the limit, far enough for its units to be recognised again.
Network approaching(const BoundaryNetwork& limit) {
    std::vector<Approach> approaches(limit.units.size());
    for (std::size_t u = 0; u < approaches.size(); ++u) {
        const UnitKind kind = limit.units[u].kind;
        approaches[u].step = kind == UnitKind::saturated ? 1.0 / 30.0
                             : kind == UnitKind::channel || kind == UnitKind::triple_channel ||
                                     kind == UnitKind::exponential_pair || kind == UnitKind::quadratic ||
                                     kind == UnitKind::square
                                 ? 1e-2
                                 : 1e-3;
    }
    return finite_network(limit, approaches);
}

// Of networks the one with the least loss.
struct Lowest {
    std::optional<Network> network;
    double loss = HUGE_VAL;
    void offer(const SolveSetting& setting, Network next) {
        const std::optional<double> there = trial_loss(setting, next);
        if (!there || !(*there < loss)) return;
        loss = *there;
        network = std::move(next);
    }
};

// Of the limits that the network may tend to the best known. One that does not come to rest, or has come to
// rest where its Hessian is degenerate, runs off in turn: what it has come to is looked at again, and offered
// as a way down.
std::optional<EndReport> best_end(const SolveSetting& setting, const StartReport& report, std::string& reason,
                                  Size& budget, Lowest& lowest) {
    const SampleInputs inputs(*setting.data);
    const double highest = highest_loss(setting, report);
    reason = "no limit that is known fits";
    std::vector<Network> from = {report.point};
    std::vector<std::vector<UnitKind>> seen;
    const auto look_again = [&](const BoundaryNetwork& limit) {
        std::vector<UnitKind> kinds;
        for (const BoundaryUnit& unit : limit.units) kinds.push_back(unit.kind);
        if (std::find(seen.begin(), seen.end(), kinds) != seen.end()) return;
        seen.push_back(std::move(kinds));
        Network next = approaching(limit);
        lowest.offer(setting, next);
        if (from.size() < kLooks) from.push_back(std::move(next));
    };
    std::optional<EndReport> best;
    for (std::size_t looked_at = 0; looked_at < from.size(); ++looked_at) {
        const std::vector<bool> idle = samples_told_apart(*setting.data, from[looked_at]);
        for (const BoundaryNetwork& limit : recognise(inputs, *setting.metric, from[looked_at], idle)) {
            if (!setting.keep_going() || budget <= 0) return best;
            std::optional<EndReport> end;
            try {
                end = settled_end_of(setting, inputs, limit, highest, budget);
            } catch (const Error& error) {
                if (error.status() != Status::numeric) throw;
            }
            if (!end) {
                reason = "the limit that fits best is left as its weights run off in turn";
                continue;
            }
            if (!(end->loss <= highest)) {
                reason = "the limit that fits best has a larger loss";
                continue;
            }
            if (end->verdict == EndVerdict::undetermined && end->rule == EndRule::not_stationary) {
                reason = "the limit that fits best does not come to rest";
                look_again(end->limit);
                continue;
            }
            if (end->rule == EndRule::degenerate) look_again(end->limit);
            if (!best || rank(*end) < rank(*best)) best = std::move(end);
            if (rank(*best) == 0) return best;
        }
    }
    return best;
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

// Whether a point that has come to rest may be on its way to a limit: its Hessian, but for scales and gauges,
// has eigenvalues that are zero within rounding.
bool is_nearly_degenerate(const SolveSetting& setting, const StartReport& report) {
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

StartReport minimum_or_end(const SolveSetting& setting, const Network& start) {
    if (!setting.data->decay().none()) return minimum_or_end_under_decay(setting, start);
    bool paused = false, drifted = false;
    Size pause = kFirstPause, spent = 0;  // on boundaries
    StartReport report = run_on(setting, 0, start, pause, paused);
    for (int way = 0, goes = 0;;) {
        drifted = drifted || paused;
        const bool iterations_left = report.iterations < setting.options->max_iterations;
        // A run that the caller's limit stopped early has not run off, unless its weights drifted before.
        const bool stuck = report.outcome == StartOutcome::stalled && std::isfinite(report.loss) &&
                           (iterations_left || drifted || report.iterations >= kFirstPause);
        const bool far = report.outcome == StartOutcome::converged && is_nearly_degenerate(setting, report);
        if ((!report.ran_off && !stuck && !far) || !setting.keep_going()) return report;
        std::string reason, of_classes;
        const auto run = [&](const SolveSetting& of, const Network& from) {
            return run_inside(of, report, from);
        };
        const std::optional<StartReport> apart = judged_separated(setting, report, run, !paused, of_classes);
        if (apart && (!paused || apart->end->verdict != EndVerdict::undetermined)) return *apart;
        Lowest lowest;
        Size budget = paused ? kBudgetOnTheWay : kBudget;
        std::optional<EndReport> end = best_end(setting, report, reason, budget, lowest);
        spent += (paused ? kBudgetOnTheWay : kBudget) - budget;
        if (paused && (!end || end->verdict == EndVerdict::undetermined)) {
            pause *= 2;
            report = run_on(setting, report.iterations, report.point, pause, paused);
            continue;
        }
        const bool open = !end || end->verdict == EndVerdict::undetermined;
        if (open && goes < kGoesOn && spent < kMostSpent) {
            offer_further_down(setting, report, lowest);
            const double lower = std::min(report.loss, end ? end->loss : HUGE_VAL);
            if (lowest.loss < lower - kFurther * std::abs(lower)) {
                ++goes;
                report = run_on(setting, report.iterations, *lowest.network, pause, paused, kAgain);
                continue;
            }
        }
        if (open && !paused) {
            BesideGrowing beside = beside_growing(setting, report, run);
            if (beside.judged && beside.judged->end->verdict != EndVerdict::undetermined)
                return *beside.judged;
            if (beside.lower && goes < kGoesOn) {
                ++goes;
                report = run_on(setting, report.iterations, *beside.lower, pause, paused, kAgain);
                continue;
            }
            if (beside.judged && !end) return *beside.judged;
        }
        if (far && open) return report;
        if (open && !paused && comes_to_rest(setting, report)) return report;
        if (!end) {
            report.reason += "; " + (of_classes.empty() ? reason : of_classes);
            return report;
        }
        std::optional<EndReport> other;
        const EndReport* saddle = end->verdict == EndVerdict::saddle ? &*end : nullptr;
        if (!saddle && (other = fall_on_the_other_side(setting, *end))) saddle = &*other;
        if (!saddle || way >= kWaysDown || !iterations_left)
            return at_infinity(std::move(report), std::move(*end));
        // A fall below what doubles resolve proves the saddle, but leads nowhere.
        const std::optional<double> below = trial_loss(setting, saddle->way->network);
        if (!below || !(*below < end->loss)) return at_infinity(std::move(report), EndReport(*saddle));
        ++way;
        report = run_on(setting, report.iterations, saddle->way->network, pause, paused);
    }
}

}  // namespace tepui
