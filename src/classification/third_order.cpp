// The third-order test of MATH.md section 6: what happens along the null vectors of a singular inner Hessian.
#include <cmath>

#include "classification/parts.hpp"
#include "core/random.hpp"

namespace tepui {
namespace {

// Vectors v_l = D u_l with orthonormal u_l that span the null space of H_i, D its equilibration.
struct NullSpace {
    std::vector<std::vector<double>> basis;
    std::vector<double> scale;
    double tilt = 0.0;  // sine of the angle by which rounding may have turned it

    std::vector<double> vector(const std::vector<double>& coordinates) const {
        std::vector<double> v(scale.size(), 0.0);
        for (std::size_t l = 0; l < basis.size(); ++l) {
            for (std::size_t j = 0; j < v.size(); ++j) v[j] += coordinates[l] * basis[l][j];
        }
        return v;
    }
};

NullSpace null_space(const PointContext& context, Size index, const SpectralReport& inner) {
    const Psi psi = context.psi.at(index);
    const Equilibrated equilibrated = equilibrate(psi.hessian, psi.hessian_magnitude);
    const Size d = context.network.inputs, dimension = inner.inertia.zero;
    // The eigenvalues of least absolute value stand together in ascending order.
    Size first = 0;
    while (first + dimension < d && std::abs(equilibrated.eigen.values[first]) >
                                        std::abs(equilibrated.eigen.values[first + dimension]))
        ++first;
    NullSpace space;
    space.scale = equilibrated.scaling.scale;
    for (Size l = first; l < first + dimension; ++l) {
        std::vector<double> v(static_cast<std::size_t>(d));
        for (Size j = 0; j < d; ++j) v[j] = space.scale[j] * equilibrated.eigen.vectors(l, j);
        space.basis.push_back(std::move(v));
    }
    space.tilt = dimension == d ? 0.0 : 1.0 / inner.margin;
    return space;
}

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

Trial evaluate(const PointContext& context, Size index, const NullSpace& space,
               std::vector<double> coordinates) {
    normalise(coordinates);
    Trial trial{std::move(coordinates), {}, false};
    trial.third = context.psi.third(index, space.vector(trial.coordinates));
    // v turned by the tilt changes T3(v) by at most 3 tilt |D T3(v, v, .)|.
    double slope = 0.0;
    for (std::size_t j = 0; j < space.scale.size(); ++j)
        slope = std::hypot(slope, space.scale[j] * trial.third.slope[j]);
    trial.proven = std::abs(trial.third.value) > trial.third.tolerance + 3.0 * space.tilt * slope;
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
Trial search(const PointContext& context, Size index, const NullSpace& space) {
    const std::size_t dimension = space.basis.size();
    const int trials = dimension == 1 ? 1 : 12, steps = dimension == 1 ? 0 : 4;
    Trial best;
    for (int start = 0; start < trials; ++start) {
        Random random(0x3d, static_cast<std::uint64_t>(start));
        std::vector<double> coordinates(dimension);
        for (double& c : coordinates) c = dimension == 1 ? 1.0 : random.normal();
        for (int step = 0; step <= steps; ++step) {
            Trial trial = evaluate(context, index, space, std::move(coordinates));
            coordinates = ascent(space, trial);
            const bool larger = std::abs(trial.third.value) > std::abs(best.third.value);
            if (trial.proven ? larger || !best.proven : larger && !best.proven) best = std::move(trial);
        }
    }
    return best;
}

}  // namespace

void third_order_test(const PointContext& context, Size index, NeuronReport& neuron) {
    const bool singular = neuron.definiteness == Definiteness::zero ||
                          neuron.definiteness == Definiteness::positive_semidefinite ||
                          neuron.definiteness == Definiteness::negative_semidefinite;
    // An eigenvalue that is zero only within what is known of the point may be a small one.
    if (!singular || !neuron.inner.clear() || neuron.output == 0.0 ||
        context.network.activation.derivatives() < 3)
        return;
    const NullSpace space = null_space(context, index, neuron.inner);
    const Trial best = search(context, index, space);
    if (!best.proven) return;
    std::vector<double> v = space.vector(best.coordinates);
    const double size = preactivation_size(context.data, v, context.execution);
    if (!(size > 0.0)) return;
    for (double& component : v) component /= size;
    neuron.null_direction = std::move(v);
    neuron.third = neuron.output * best.third.value / (size * size * size);
}

}  // namespace tepui
