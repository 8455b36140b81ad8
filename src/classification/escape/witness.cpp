#include "classification/escape/witness.hpp"

#include <cmath>

#include "classification/escape/loss_change.hpp"

namespace tepui {
namespace {

// Steps are tried in units of the one that changes a preactivation by about 1 (or, when no weight moves, the
// outputs by about the residuals): beyond it the leading order says nothing, far below it rounding hides the
// change.
double natural_step(const Witness& witness, const LossChanges& changes, double residual_size) {
    const LossChanges::Motion motion = changes.motion(witness.curve(1.0));
    if (motion.preactivation > 0.0 && std::isfinite(motion.preactivation)) return 1.0 / motion.preactivation;
    if (motion.output > 0.0 && std::isfinite(motion.output) && residual_size > 0.0) {
        return residual_size / motion.output;
    }
    return 1.0;
}

struct Best {
    double epsilon = 0.0;
    LossChange change;
};

void try_steps(const Witness& witness, const LossChanges& changes, const std::vector<double>& steps,
               Best& best) {
    std::vector<std::vector<double>> points;
    points.reserve(steps.size());
    for (const double step : steps) points.push_back(witness.curve(step));
    const std::vector<LossChange> found = changes.evaluate(points, true);
    for (std::size_t e = 0; e < steps.size(); ++e) {
        if (!std::isfinite(found[e].value) || !std::isfinite(found[e].error)) continue;
        if (best.epsilon == 0.0 || falls_further(found[e], best.change)) best = {steps[e], found[e]};
    }
}

std::vector<double> powers_of_two(double unit, int from, int to) {
    std::vector<double> steps;
    for (int k = from; k >= to; --k) steps.push_back(std::ldexp(unit, k));
    return steps;
}

}  // namespace

void measure_witness(const Dataset& data, Witness& witness, const Execution& execution) {
    measure_witness(data, witness, point_residuals(data, witness.base, execution), execution);
}

void measure_witness(const Dataset& data, Witness& witness, const PointResiduals& residuals,
                     const Execution& execution) {
    const LossChanges changes(data, witness.base, residuals, execution);
    const double unit = natural_step(witness, changes, residuals.size);
    constexpr int kLargest = 4, kSmallest = -12, kTiniest = -40;
    Best best;
    try_steps(witness, changes, powers_of_two(unit, kLargest, kSmallest), best);
    const auto proven = [&] { return best.change.value < -best.change.error; };
    if (!proven()) try_steps(witness, changes, powers_of_two(unit, kSmallest - 1, kTiniest), best);
    if (best.epsilon == 0.0) best.epsilon = std::ldexp(unit, kTiniest);  // every larger step overflows
    const double centre = best.epsilon;
    try_steps(witness, changes,
              {centre * 0.59, centre * 0.71, centre * 0.84, centre * 1.19, centre * 1.41, centre * 1.68},
              best);
    witness.epsilon = best.epsilon;
    witness.point = witness.curve(best.epsilon);
    witness.predicted = witness.coefficient * std::pow(best.epsilon, witness.order);
    witness.measured = best.change.value;
    witness.measured_error = best.change.error;
}

}  // namespace tepui
