#include "solve/ends/look.hpp"

#include <algorithm>
#include <vector>

#include "solve/ends/boundary_descent.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/ends/kept_samples.hpp"
#include "solve/ends/recognise.hpp"
#include "solve/ends/separated_classes.hpp"

namespace tepui {
namespace {

constexpr int kChanges = 24;
// Networks that limits are recognised in, at most: the run's and those that limits have come to.
constexpr std::size_t kLooks = 4;
// Of a loss: two that differ by less are one.
constexpr double kSameLoss = 1e-12;

// A limit that lies above the run.
EndReport unrelated(const BoundaryPoint& point) {
    EndReport report;
    report.limit = point.network;
    report.loss = point.loss();
    return report;
}

// The limit at rest, its units as the descent left them.
std::optional<EndReport> end_of(const SolveSetting& setting, const SampleInputs& inputs,
                                BoundaryNetwork limit, Look& look) {
    double last_let_go = HUGE_VAL;
    const Aim aim = {look.hopeless(), look.on_the_way};
    for (int change = 0; change < kChanges; ++change) {
        std::optional<BoundaryPoint> point =
            descend_on_boundary(setting, inputs, std::move(limit), aim, look.budget);
        if (!point) return std::nullopt;
        if (!(point->loss() <= aim.highest)) return unrelated(*point);
        limit = point->network;
        const std::optional<bool> released = release_samples(inputs, limit);
        if (!released) return std::nullopt;
        if (*released) continue;
        const Tolerances& tolerances = setting.options->tolerances;
        if (!is_stationary(*point, tolerances) && !point->loss_vanishes(*setting.data, tolerances) &&
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
                                        const BoundaryNetwork& limit, Look& look) {
    std::optional<EndReport> end = end_of(setting, inputs, limit, look);
    if (!end || end->rule != EndRule::degenerate || !(end->loss <= look.highest)) return end;
    for (const BoundaryNetwork& next : with_one_kept_less(inputs, end->limit)) {
        std::optional<EndReport> fewer = end_of(setting, inputs, next, look);
        if (fewer && fewer->verdict != EndVerdict::undetermined && fewer->loss <= look.highest) return fewer;
    }
    return end;
}

// The same, once for limits that are the same.
std::optional<EndReport> tried_end_of(const SolveSetting& setting, const SampleInputs& inputs,
                                      const BoundaryNetwork& limit, Look& look) {
    const std::optional<double> from = try_boundary_loss(*setting.data, limit);
    if (!from) return settled_end_of(setting, inputs, limit, look);
    if (const TriedLimits::Outcome* known = look.tried.find(limit, *from, look.hopeless())) return known->end;
    std::optional<EndReport> end = settled_end_of(setting, inputs, limit, look);
    if (look.budget > 0) look.tried.add(limit, *from, {end});
    return end;
}

int rank(const EndReport& end) {
    return end.verdict == EndVerdict::undetermined ? 1 : 0;
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

}  // namespace

void Lowest::offer(const SolveSetting& setting, Network next) {
    const std::optional<double> there = trial_loss(setting, next);
    if (!there || !(*there < loss)) return;
    loss = *there;
    network = std::move(next);
}

double highest_loss(const SolveSetting& setting, const Network& point) {
    const LossValue value = loss(*setting.data, point, setting.execution);
    return value.loss + 4.0 * std::sqrt(std::abs(value.loss) * value.rounding_loss) +
           kSameLoss * std::abs(value.loss);
}

// One that does not come to rest, or has come to rest where its Hessian is degenerate, runs off in turn: what
// it has come to is looked at again, and offered as a way down.
std::optional<EndReport> best_end(const SolveSetting& setting, const Network& point, Look& look) {
    const SampleInputs inputs(*setting.data);
    std::string& reason = look.reason;
    std::vector<Network> from = {point};
    std::vector<std::vector<UnitKind>> seen;
    const auto look_again = [&](const BoundaryNetwork& limit) {
        std::vector<UnitKind> kinds;
        for (const BoundaryUnit& unit : limit.units) kinds.push_back(unit.kind);
        if (std::find(seen.begin(), seen.end(), kinds) != seen.end()) return;
        seen.push_back(std::move(kinds));
        Network next = approaching(limit);
        look.lowest.offer(setting, next);
        if (from.size() < kLooks) from.push_back(std::move(next));
    };
    std::optional<EndReport> best;
    for (std::size_t looked_at = 0; looked_at < from.size(); ++looked_at) {
        const std::vector<bool> idle = samples_told_apart(*setting.data, from[looked_at]);
        for (const BoundaryNetwork& limit :
             recognise(inputs, *setting.metric, from[looked_at], idle, !look.on_the_way)) {
            if (!setting.keep_going() || look.budget <= 0) return best;
            std::optional<EndReport> end;
            try {
                end = tried_end_of(setting, inputs, limit, look);
            } catch (const Error& error) {
                if (error.status() != Status::numeric) throw;
            }
            if (!end) {
                reason = "the limit that fits best is left as its weights run off in turn";
                continue;
            }
            if (!(end->loss <= look.highest)) {
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

}  // namespace tepui
