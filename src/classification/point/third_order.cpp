// The third-order test of MATH.md section 6, and the call of the fourth-order one: what happens along the
// null vectors of a singular inner Hessian.
#include <cmath>

#include "classification/escape/null_space.hpp"
#include "classification/point/parts.hpp"
#include "core/random.hpp"

namespace tepui {
namespace {

void normalise(std::vector<double>& v) {
    double norm = 0.0;
    for (const double component : v) norm = std::hypot(norm, component);
    if (!(norm > 0.0)) return;
    for (double& component : v) component /= norm;
}

struct Trial {
    std::vector<double> coordinates;
    PsiField::Third third;
    bool proven = false;
};

Trial evaluate(const PointContext& context, Size index, const NullSpace& space, double tilt,
               std::vector<double> coordinates) {
    normalise(coordinates);
    Trial trial{std::move(coordinates), {}, false};
    trial.third = context.psi.third(index, space.vector(trial.coordinates));
    // Rounding may have turned v by an angle whose sine is the tilt. That changes T3(v) by at most 3 tilt |D
    // T3(v, v, .)|.
    double slope = 0.0;
    for (std::size_t j = 0; j < space.scale.size(); ++j)
        slope = std::hypot(slope, space.scale[j] * trial.third.slope[j]);
    trial.proven = std::abs(trial.third.value) > trial.third.tolerance + 3.0 * tilt * slope;
    return trial;
}

// A step of the power iteration for the largest T3 on the unit sphere: along the gradient of the cubic form.
std::vector<double> ascent(const NullSpace& space, const Trial& trial) {
    std::vector<double> next(space.basis.size(), 0.0);
    for (std::size_t l = 0; l < next.size(); ++l) {
        for (std::size_t j = 0; j < space.scale.size(); ++j)
            next[l] += trial.third.slope[j] * space.basis[l][j];
    }
    return next;
}

// A cubic form that is not zero is zero at almost no random point, and its values there are a share of its
// coefficients that shrinks with the dimension only; the power iteration then finds where it is large.
Trial search(const PointContext& context, Size index, const NullSpace& space, double tilt) {
    const std::size_t dimension = space.basis.size();
    const int trials = dimension == 1 ? 1 : 12, steps = dimension == 1 ? 0 : 4;
    Trial best;
    for (int start = 0; start < trials; ++start) {
        Random random(0x3d, static_cast<std::uint64_t>(start));
        std::vector<double> coordinates(dimension);
        for (double& c : coordinates) c = dimension == 1 ? 1.0 : random.normal();
        for (int step = 0; step <= steps; ++step) {
            Trial trial = evaluate(context, index, space, tilt, std::move(coordinates));
            coordinates = ascent(space, trial);
            const bool larger = std::abs(trial.third.value) > std::abs(best.third.value);
            if (trial.proven ? larger || !best.proven : larger && !best.proven) best = std::move(trial);
        }
    }
    return best;
}

}  // namespace

void higher_order_test(const PointContext& context, const PointReport& point, Size index,
                       NeuronReport& neuron) {
    const bool singular = neuron.definiteness == Definiteness::zero ||
                          neuron.definiteness == Definiteness::positive_semidefinite ||
                          neuron.definiteness == Definiteness::negative_semidefinite;
    // An eigenvalue that is zero only within what is known of the point may be a small one.
    if (!singular || !neuron.inner.clear() || neuron.output == 0.0 ||
        context.network.activation.derivatives() < 3)
        return;
    const Size dimension = neuron.inner.inertia.zero;
    const NullSpace space = null_space(context.psi.at(index), dimension);
    const double tilt = dimension == context.network.inputs ? 0.0 : 1.0 / neuron.inner.margin;
    const Trial best = search(context, index, space, tilt);
    if (!best.proven) {
        // The narrow Hessian decides with it: not asked for when the neurons alone are.
        if (point.rule == Rule::neurons_alone) return;
        neuron.fourth = fourth_order({context.data, context.network, context.residuals, context.uncertainty,
                                      index, neuron.inner.tau, tilt, context.tolerances.rounding_factor},
                                     space, context.execution);
        if (neuron.fourth && vanishes(*neuron.fourth)) neuron.fourth.reset();
        if (!neuron.fourth) return;
        neuron.fourth->narrow_minimum = point.rule == Rule::hessian_positive_definite;
        neuron.fourth->effective = neuron.definiteness == Definiteness::zero &&
                                   (context.psi.leave(index).has_value() || effective_by_theory(context));
        return;
    }
    std::vector<double> v = space.vector(best.coordinates);
    const double size = preactivation_size(context.data, v, context.execution);
    if (!(size > 0.0)) return;
    for (double& component : v) component /= size;
    neuron.null_direction = std::move(v);
    neuron.third = neuron.output * best.third.value / (size * size * size);
}

}  // namespace tepui
