#include "solve/ends/decayed_end.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "classification/infinity/end_verdict.hpp"
#include "classification/model/model.hpp"
#include "classification/spectrum/slack_point.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/euclidean.hpp"
#include "core/random.hpp"
#include "network/derivatives/hessian.hpp"
#include "solve/decayed_minimum.hpp"
#include "solve/ends/asymptotes.hpp"
#include "solve/ends/at_infinity.hpp"

namespace tepui {
namespace {

constexpr int kWaysDown = 12;
// Where neurons may be on their way to their asymptotes: tried in turn, while the limit lies above the run.
constexpr FarOut kFar[] = {{3.0, 3.0}, {8.0, 8.0}, {16.0, 16.0}, {-HUGE_VAL, 8.0}};
// Of a loss: what rounding may make of it on the way.
constexpr double kSameLoss = 1e-12;

struct Limit {
    Network network;
    std::vector<Size> identities;
    Size iterations = 0;
};

// Newton steps across the motions that change nothing, which hold a descent up where the loss is flat to its
// rounding, as long as each brings the gradient much nearer to its own.
void come_to_rest(const SolveSetting& setting, Network& network) {
    constexpr int kMostSteps = 20;
    constexpr double kFloor = 1.0, kNearer = 0.5;
    // Of the relative gradient: what the curvature along such a motion may be off the stationary point.
    constexpr double kAlongMotions = 30.0;
    const Dataset& data = *setting.data;
    const Tolerances& tolerances = setting.options->tolerances;
    HessianValue here = hessian(data, network, setting.execution);
    for (int steps = 0; steps < kMostSteps && above_rounding(here.gradient) > kFloor; ++steps) {
        const Equilibrated equilibrated = equilibrate(here.value, here.magnitude);
        const double tau = thresholds(equilibrated, data.samples(), nullptr, tolerances.rounding_factor).tau;
        const double least = std::max(tau, kAlongMotions * here.gradient.relative_norm());
        const std::vector<double> step = pseudo_solve(equilibrated, least, here.gradient.value);
        Network next = network;
        for (std::size_t p = 0; p < step.size(); ++p)
            if (next.parameters[p] != 0.0) next.parameters[p] -= step[p];  // decay has left nothing there
        if (!trial_loss(setting, next)) return;
        HessianValue there = hessian(data, next, setting.execution);
        if (!(above_rounding(there.gradient) <= kNearer * above_rounding(here.gradient))) return;
        network = std::move(next);
        here = std::move(there);
    }
}

// Where the run goes on to with the neurons that are so far to the right on their asymptotes, and those that
// follow them there. Nothing: none is, or it comes to lie above the run.
std::optional<Limit> limit_of(const SolveSetting& setting, const StartReport& report, const FarOut& far) {
    const double highest = report.loss + kSameLoss * std::abs(report.loss);
    Limit limit{report.point, {}};
    StartReport run = report;
    const Decay& decay = setting.data->decay();
    for (Size turn = 0; turn <= report.point.width && setting.keep_going(); ++turn) {
        const std::vector<Size> next = far_to_the_right(*setting.data, run.point, far);
        if (next.empty()) break;
        limit.identities.insert(limit.identities.end(), next.begin(), next.end());
        Network from = with_identities(run.point, next);
        turn_to_fewest(decay, limit.identities, from);
        run = minimum_under_decay(setting, from);
        limit.iterations += run.iterations;
    }
    if (limit.identities.empty() || !(run.loss <= highest)) return std::nullopt;
    limit.network = std::move(run.point);
    turn_to_fewest(decay, limit.identities, limit.network);
    come_to_rest(setting, limit.network);
    limit.identities = settle_identities(report.point, limit.identities, limit.network);
    switch_idle_off(decay, limit.network);
    return limit;
}

// The first term of the loss across, for every unit.
std::vector<Across> across_of(const SolveSetting& setting, const Network& like, const Limit& limit,
                              const ModelReport& judged, const EndReport& end,
                              const BoundaryOutputs& outputs) {
    if (judged.corrected_failed) return {};
    const Network& corrected = judged.corrected ? *judged.corrected : limit.network;
    const BoundaryNetwork there = as_asymptotes(like, limit.identities, corrected);
    const BoundaryOutputs slack_outputs = boundary_outputs(*setting.data, there);
    return across({setting.data, &end.limit, &outputs, &there, &slack_outputs,
                   setting.options->tolerances.rounding_factor});
}

// The verdict on the limit as a network at finite weights, and the signs across.
EndReport judged(const SolveSetting& setting, const Network& like, const Limit& limit) {
    const ModelReport of =
        classify_model(*setting.data, limit.network, setting.options->tolerances, false, setting.execution);
    EndReport end;
    end.limit = as_asymptotes(like, limit.identities, limit.network);
    end.loss = of.loss;
    end.gradient_norm = of.gradient_norm;
    end.gradient_relative = of.gradient_relative;
    if (of.verdict == Verdict::not_stationary) return end;
    end.hessian = of.hessian;
    const BoundaryOutputs outputs = boundary_outputs(*setting.data, end.limit);
    end.across = across_of(setting, like, limit, of, end, outputs);
    if (any(end.across, AcrossSign::falls)) {
        FallAcross fall = fall_across(*setting.data, end.limit, outputs, end.across, setting.execution);
        end.way = std::move(fall.way);
        end.rule = fall.measured ? EndRule::falls_across : EndRule::not_measured;
        if (fall.measured) end.verdict = EndVerdict::saddle;
    } else if (of.verdict != Verdict::local_minimum || end.across.empty()) {
        end.rule = EndRule::degenerate;
    } else if (any(end.across, AcrossSign::open)) {
        end.rule = EndRule::sign_open;
    } else {
        end.rule = EndRule::definite;
        end.verdict = EndVerdict::minimum;
    }
    return end;
}

// Unit vectors of as many dimensions as there are identities: for one -1, where the limit is a network's on
// the other side of it, with weights and outputs of the opposite signs; for more, of all sides.
std::vector<std::vector<double>> sides(std::size_t count) {
    constexpr std::size_t kDrawn = 48;  // for each dimension but the first
    std::vector<std::vector<double>> result;
    for (std::size_t l = 0; l < count; ++l)
        for (const double sign : {1.0, -1.0}) result.emplace_back(count, 0.0)[l] = sign;
    Random random(1, count);
    for (std::size_t l = 0; l < kDrawn * (count - 1); ++l) {
        std::vector<double>& drawn = result.emplace_back();
        while (drawn.size() < count) drawn.push_back(random.normal());
        const double length = norm_of(drawn);
        for (double& v : drawn) v /= length;
    }
    return result;
}

// The identities turned into one another, the first to this side: the same function, the same decay.
Network turned(const Limit& limit, const std::vector<double>& side) {
    std::vector<double> v = side;  // of the reflection that exchanges it and the first unit vector
    v[0] -= 1.0;
    const double square = std::inner_product(v.begin(), v.end(), v.begin(), 0.0);
    Network result = limit.network;
    if (square == 0.0) return result;
    const auto turn = [&](auto&& at) {
        double along = 0.0;
        for (std::size_t l = 0; l < v.size(); ++l) along += v[l] * at(limit.identities[l]);
        for (std::size_t l = 0; l < v.size(); ++l) at(limit.identities[l]) -= 2.0 * v[l] * along / square;
    };
    for (Size j = 0; j < result.inputs; ++j) turn([&](Size i) -> double& { return result.weights(i)[j]; });
    for (Size o = 0; o < result.output_count; ++o)
        turn([&](Size i) -> double& { return result.output(i, o); });
    return result;
}

// Other networks with this limit from which the loss falls.
std::optional<EndReport> fall_on_another_side(const SolveSetting& setting, const Network& like,
                                              const Limit& limit) {
    const BoundaryOutputs outputs =  // turns leave them as they are
        boundary_outputs(*setting.data, as_asymptotes(like, limit.identities, limit.network));
    for (const std::vector<double>& side : sides(limit.identities.size())) {
        Limit other = limit;
        other.network = turned(limit, side);
        const BoundaryNetwork there = as_asymptotes(like, other.identities, other.network);
        if (!any(across({setting.data, &there, &outputs, &there, &outputs,
                         setting.options->tolerances.rounding_factor}),
                 AcrossSign::falls))
            continue;
        EndReport end = judged(setting, like, other);
        if (any(end.across, AcrossSign::falls)) return end;
    }
    return std::nullopt;
}

}  // namespace

StartReport minimum_or_end_under_decay(const SolveSetting& setting, const Network& start) {
    StartReport report = minimum_under_decay(setting, start);
    if (!biases_run_free(*setting.data, start) || start.parameter_count() > setting.options->most_dense)
        return report;
    for (int way = 0; way < kWaysDown; ++way) {
        const bool ended =
            report.outcome == StartOutcome::converged || report.outcome == StartOutcome::stalled;
        if (!ended || !std::isfinite(report.loss) || !setting.keep_going()) return report;
        std::optional<Limit> limit;
        for (const FarOut& far : kFar) {
            limit = limit_of(setting, report, far);
            if (limit) break;
        }
        if (!limit) return report;
        report.iterations += limit->iterations;
        if (limit->identities.empty()) {  // decay has left nothing of them
            const Size before = report.iterations;
            report = minimum_under_decay(setting, limit->network);
            report.iterations += before;
            continue;
        }
        EndReport end = judged(setting, report.point, *limit);
        const bool open = end.verdict == EndVerdict::undetermined;
        if (open && (report.outcome == StartOutcome::converged || end.rule == EndRule::not_stationary))
            return report;
        std::optional<EndReport> other;
        if (end.verdict != EndVerdict::saddle) other = fall_on_another_side(setting, report.point, *limit);
        // More than one identity turn into one another without a step: what falls on a side falls here.
        if (other && limit->identities.size() > 1) end = *other;
        const EndReport& saddle = other ? *other : end;
        if (!saddle.way) return at_infinity(std::move(report), std::move(end));
        StartReport next = minimum_under_decay(setting, saddle.way->network);
        if (!(next.loss < end.loss)) return at_infinity(std::move(report), std::move(end));
        next.iterations += report.iterations;
        report = std::move(next);
    }
    return report;
}

}  // namespace tepui
