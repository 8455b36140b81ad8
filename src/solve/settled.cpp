#include "solve/settled.hpp"

#include <cmath>

#include "classification/point/parts.hpp"
#include "core/text.hpp"
#include "network/derivatives/kink_sums.hpp"
#include "solve/ends/given_end.hpp"

namespace tepui {
namespace {

// What the verdict calls stationary, points of zero loss included.
bool stationary(const Dataset& data, const Gradient& gradient, const Tolerances& tolerances) {
    PointReport unused;
    if (stationarity(gradient, tolerances, unused)) return true;
    return data.loss().zero_is_least() &&
           gradient.loss.loss <= tolerances.zero_loss_factor * gradient.loss.rounding_loss;
}

void judge_smooth(const SearchSpace& space, const SolveOptions& options, const Execution& execution,
                  StartReport& report) {
    const Gradient slope = gradient(space.given(), report.point, execution);
    report.loss = slope.loss.loss;
    report.gradient_relative = slope.relative_norm();
    const bool is_point = stationary(space.given(), slope, options.tolerances);
    if (report.outcome == StartOutcome::converged && !is_point) {
        report.outcome = StartOutcome::stalled;
        report.reason = "stationary, but no weights of double precision are, nearer than relative gradient " +
                        scientific_text(report.gradient_relative);
    } else if (report.outcome == StartOutcome::stalled && !report.ran_off && is_point) {
        report.outcome = StartOutcome::converged;
        report.reason = "gradient within the tolerance of verdicts";
    }
}

// A change of coordinates must not lose the kinks on which the point stands.
void judge_kinks(const SearchSpace& space, const Network& inside, const Execution& execution,
                 StartReport& report) {
    const LossValue value = loss(space.given(), report.point, execution);
    report.loss = value.loss;
    if (report.outcome != StartOutcome::converged || space.in_given_inputs()) return;
    const KinkValue here = kink_sums(space.merged(), report.point, {}, execution);
    const KinkValue there = kink_sums(space.data(), inside, {}, execution);
    for (std::size_t i = 0; i < here.kinks.size(); ++i) {
        if (here.kinks[i].samples == there.kinks[i].samples) continue;
        report.outcome = StartOutcome::stalled;
        report.reason = "stationary on kinks, which no weights of double precision hold";
        return;
    }
}

}  // namespace

StartReport settled(const SearchSpace& space, const SolveOptions& options, StartReport inside,
                    const Execution& execution) {
    const bool kinks = inside.point.activation.piecewise_linear();
    StartReport report = inside;
    report.point = space.outward(inside.point);
    if (report.end) {
        report.end = outward(space, *report.end);
        report.loss = report.end->loss;
    }
    if (std::isnan(report.loss) || report.end) return report;  // it overflows, or stands on its limit
    try {
        if (kinks && !space.as_given()) judge_kinks(space, inside.point, execution, report);
        if (!kinks) judge_smooth(space, options, execution, report);
    } catch (const Error& error) {
        if (error.status() != Status::numeric) throw;
        if (report.outcome == StartOutcome::converged) report.outcome = StartOutcome::stalled;
        report.reason = std::string("numeric failure: ") + error.what();
    }
    return report;
}

}  // namespace tepui
