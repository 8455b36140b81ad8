#include "solve/ends/end.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/end_verdict.hpp"
#include "solve/ends/at_infinity.hpp"
#include "solve/ends/boundary_descent.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/ends/recognise.hpp"
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
// A kept sample this far out has left the hyperplane, or may have.
constexpr double kGone = 16.0, kFarOut = 5.0;
constexpr std::size_t kReleases = 6;
// Iterations on boundaries, of all limits that one look at a run tries: on its way, and at its end.
constexpr Size kBudgetOnTheWay = 800, kBudget = 3000;
// Of a loss: two that differ by less are one.
constexpr double kSameLoss = 1e-12;

// The same limit with fewer samples on the hyperplane of a unit, the others on the side that they are on.
// Nothing when no v is left that has all samples on their sides.
std::optional<BoundaryNetwork> with_fewer_kept(const SampleInputs& inputs, const BoundaryNetwork& limit,
                                               Size u, const std::vector<Size>& kept) {
    const BoundaryUnit& unit = limit.units[u];
    // Weights with these samples at their z, the released ones and all others far on their sides.
    std::vector<double> w = limit.weights(u, 0);
    double far = 1.0;
    for (const double z : inputs.preactivations(w.data())) far = std::max(far, std::abs(z));
    for (std::size_t j = 0; j < w.size(); ++j) w[j] += 4.0 * far * unit.direction[j];
    BoundaryUnit fewer = unit;
    std::vector<double> at;
    if (!make_saturated(inputs, kept, w, fewer, at)) return std::nullopt;
    BoundaryNetwork next = limit;
    next.units[u] = fewer;
    const Size from = limit.form_at(u, 0), old_size = limit.form_size(u, 0), size = next.form_size(u, 0);
    next.parameters.erase(next.parameters.begin() + from, next.parameters.begin() + from + old_size);
    next.parameters.insert(next.parameters.begin() + from, std::size_t(size), 0.0);
    next.set_weights(u, 0, at.data());
    return next;
}

// Saturated units whose kept samples have run off, too, keep fewer. False when none has; nothing when no v
// is left that has all samples on their sides.
std::optional<bool> release_samples(const SampleInputs& inputs, BoundaryNetwork& limit) {
    for (Size u = 0; u < Size(limit.units.size()); ++u) {
        const BoundaryUnit& unit = limit.units[u];
        if (unit.kind != UnitKind::saturated || unit.kept.empty()) continue;
        const std::vector<double> z = inputs.preactivations(limit.weights(u, 0).data());
        std::vector<Size> kept;
        for (const Size k : unit.kept)
            if (std::abs(z[k]) < kGone) kept.push_back(k);
        if (kept.size() == unit.kept.size()) continue;
        std::optional<BoundaryNetwork> next = with_fewer_kept(inputs, limit, u, kept);
        if (!next) return std::nullopt;
        limit = std::move(*next);
        return true;
    }
    return false;
}

// What may come of a limit with a degenerate Hessian: a sample that several steps keep is moved by each of
// them, and one that is far out is hardly moved at all. Each released from one step.
std::vector<BoundaryNetwork> with_one_kept_less(const SampleInputs& inputs, const BoundaryNetwork& limit) {
    std::vector<BoundaryNetwork> result;
    for (Size u = 0; u < Size(limit.units.size()); ++u) {
        const BoundaryUnit& unit = limit.units[u];
        if (unit.kind != UnitKind::saturated) continue;
        const std::vector<double> z = inputs.preactivations(limit.weights(u, 0).data());
        for (const Size k : unit.kept) {
            const bool shared =
                std::any_of(limit.units.begin(), limit.units.end(), [&](const BoundaryUnit& other) {
                    return &other != &unit && other.kind == UnitKind::saturated &&
                           std::binary_search(other.kept.begin(), other.kept.end(), k);
                });
            if (!shared && std::abs(z[k]) < kFarOut) continue;
            std::vector<Size> kept = unit.kept;
            std::erase(kept, k);
            if (std::optional<BoundaryNetwork> next = with_fewer_kept(inputs, limit, u, kept))
                result.push_back(std::move(*next));
            if (result.size() >= kReleases) return result;
        }
    }
    return result;
}

// A ramp that does not come to rest stands on a kink: the nearest sample is kept on it. False when there is
// no ramp, or no room.
bool keep_nearest(const SampleInputs& inputs, BoundaryNetwork& limit) {
    for (Size u = 0; u < Size(limit.units.size()); ++u) {
        BoundaryUnit& unit = limit.units[u];
        if (unit.kind != UnitKind::rectified || limit.form_size(u, 0) < 2) continue;
        const std::vector<double> v = limit.weights(u, 0), z = inputs.preactivations(v.data());
        Size nearest = -1;
        for (Size k = 0; k < Size(z.size()); ++k) {
            if (std::binary_search(unit.kept.begin(), unit.kept.end(), k)) continue;
            if (nearest < 0 || std::abs(z[k]) < std::abs(z[nearest])) nearest = k;
        }
        if (nearest < 0) continue;
        std::vector<double> at_kept = z;
        for (const Size k : unit.kept) at_kept[k] = 0.0;
        const std::optional<std::vector<Size>> kept = samples_within(inputs, at_kept, std::abs(z[nearest]));
        if (!kept) continue;
        BoundaryUnit more = unit;
        std::vector<double> at;
        make_rectified(inputs, *kept, v, more, at);
        const Size from = limit.form_at(u, 0), old_size = limit.form_size(u, 0);
        unit = std::move(more);
        limit.parameters.erase(limit.parameters.begin() + from, limit.parameters.begin() + from + old_size);
        limit.parameters.insert(limit.parameters.begin() + from, std::size_t(limit.form_size(u, 0)), 0.0);
        limit.set_weights(u, 0, at.data());
        return true;
    }
    return false;
}

// The limit at rest, its units as the descent left them.
std::optional<EndReport> end_of(const SolveSetting& setting, const SampleInputs& inputs,
                                BoundaryNetwork limit, Size& budget) {
    for (int change = 0; change < kChanges; ++change) {
        std::optional<BoundaryPoint> point = descend_on_boundary(setting, std::move(limit), budget);
        if (!point) return std::nullopt;
        limit = point->network;
        const std::optional<bool> released = release_samples(inputs, limit);
        if (!released) return std::nullopt;
        if (*released) continue;
        const Tolerances& tolerances = setting.options->tolerances;
        if (!is_stationary(*point, tolerances) && !point->loss_vanishes(tolerances) &&
            keep_nearest(inputs, limit))
            continue;
        return classify_end(*setting.data, limit, tolerances, setting.execution);
    }
    return std::nullopt;
}

// The same; where its Hessian is degenerate, that of the limit with a sample less on a hyperplane, if that is
// known better.
std::optional<EndReport> settled_end_of(const SolveSetting& setting, const SampleInputs& inputs,
                                        const BoundaryNetwork& limit, double highest, Size& budget) {
    std::optional<EndReport> end = end_of(setting, inputs, limit, budget);
    if (!end || end->rule != EndRule::degenerate || !(end->loss <= highest)) return end;
    for (const BoundaryNetwork& next : with_one_kept_less(inputs, end->limit)) {
        std::optional<EndReport> fewer = end_of(setting, inputs, next, budget);
        if (fewer && fewer->verdict != EndVerdict::undetermined && fewer->loss <= highest) return fewer;
    }
    return end;
}

// A unit whose approach has a first term of even order tends to the same limit from the other side, with the
// opposite sign: not connected with this end, and a way on where this one has none.
std::optional<EndReport> fall_on_the_other_side(const SolveSetting& setting, const EndReport& end) {
    for (Size u = 0; u < Size(end.limit.units.size()); ++u) {
        if (end.limit.units[u].kind != UnitKind::linear) continue;
        BoundaryNetwork mirrored = end.limit;
        for (Size j = 0; j < mirrored.form_size(u, 0); ++j)
            mirrored.parameters[mirrored.form_at(u, 0) + j] *= -1.0;
        for (Size o = 0; o < mirrored.output_count; ++o) mirrored.coefficient(u, 0, o) *= -1.0;
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
                                     kind == UnitKind::exponential_pair || kind == UnitKind::quadratic
                                 ? 1e-2
                                 : 1e-3;
    }
    return finite_network(limit, approaches);
}

// Of the limits that the network may tend to the best known. One that does not come to rest runs off in turn:
// what it has come to is looked at again.
std::optional<EndReport> best_end(const SolveSetting& setting, const StartReport& report, std::string& reason,
                                  Size budget) {
    const SampleInputs inputs(*setting.data);
    const double highest = highest_loss(setting, report);
    reason = "no limit that is known fits";
    std::vector<Network> from = {report.point};
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
                if (from.size() < kLooks) from.push_back(approaching(end->limit));
                continue;
            }
            if (!best || rank(*end) < rank(*best)) best = std::move(end);
            if (rank(*best) == 0) return best;
        }
    }
    return best;
}

// The search from there, with the iterations that are left after those spent.
StartReport run_on(const SolveSetting& setting, Size spent, const Network& from, Size pause, bool& paused) {
    SolveOptions rest = *setting.options;
    rest.max_iterations -= spent;
    SolveSetting with_rest = setting;
    with_rest.options = &rest;
    with_rest.pause_at = pause;
    paused = false;
    StartReport next = find_minimum(with_rest, from, &paused);
    next.iterations += spent;
    return next;
}

// The problem that is left when classes are told apart, with the iterations that are left, or a few.
StartReport run_inside(const SolveSetting& setting, const StartReport& before, const Network& from) {
    SolveOptions rest = *setting.options;
    rest.max_iterations = std::max<Size>(kInside, rest.max_iterations - before.iterations);
    SolveSetting with_rest = setting;
    with_rest.options = &rest;
    return minimum_or_end(with_rest, from);
}

// Whether a point that has come to rest may be on its way to a limit: its Hessian, but for scales and gauges,
// has eigenvalues that are zero within rounding.
bool is_nearly_degenerate(const SolveSetting& setting, const StartReport& report) {
    if (report.point.parameter_count() > setting.options->most_dense) return false;
    const double bias =
        setting.metric->constant_input == report.point.inputs - 1 ? setting.metric->mean.back() : 0.0;
    try {
        const EndReport own = classify_end(*setting.data, as_limit(report.point, bias),
                                           setting.options->tolerances, setting.execution);
        return own.verdict == EndVerdict::undetermined;
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        return false;
    }
}

}  // namespace

StartReport minimum_or_end(const SolveSetting& setting, const Network& start) {
    if (!setting.data->decay().none()) return find_minimum(setting, start);  // holds the weights
    bool paused = false, drifted = false;
    Size pause = kFirstPause;
    StartReport report = run_on(setting, 0, start, pause, paused);
    for (int way = 0;;) {
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
        std::optional<EndReport> end = best_end(setting, report, reason, paused ? kBudgetOnTheWay : kBudget);
        if (paused && (!end || end->verdict == EndVerdict::undetermined)) {
            pause *= 2;
            report = run_on(setting, report.iterations, report.point, pause, paused);
            continue;
        }
        if (far && (!end || end->verdict == EndVerdict::undetermined)) return report;
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
