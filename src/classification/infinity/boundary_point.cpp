#include "classification/infinity/boundary_point.hpp"

#include <algorithm>
#include <cmath>

#include "classification/spectrum/slack_point.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/euclidean.hpp"
#include "core/rounding.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

constexpr int kSteps = 30;
constexpr double kContraction = 0.5;
// Of the loss of outputs that are 0: a larger one has not vanished, however badly it is known.
constexpr double kVanished = 1e-18;

}  // namespace

std::vector<double> FreeParameters::restrict(const std::vector<double>& all) const {
    std::vector<double> some;
    for (const Size j : at) some.push_back(all[j]);
    return some;
}

Matrix FreeParameters::restrict(const Matrix& all) const {
    Matrix some(Size(at.size()), Size(at.size()));
    for (Size i = 0; i < some.rows(); ++i)
        for (Size j = 0; j < some.cols(); ++j) some(i, j) = all(at[i], at[j]);
    return some;
}

void FreeParameters::add(const std::vector<double>& step, double factor,
                         std::vector<double>& parameters) const {
    for (std::size_t j = 0; j < at.size(); ++j) parameters[at[j]] += factor * step[j];
}

FreeParameters free_parameters(const BoundaryNetwork& network, const std::vector<double>& magnitude,
                               bool shift_invariant) {
    std::vector<bool> held(magnitude.size(), false);
    for (Size u = 0; u < Size(network.units.size()); ++u) {
        for (const UnitShape::Scale& scale : shape_of(network.units[u].kind).scales) {
            const Size first = network.form_at(u, scale.form), count = network.form_size(u, scale.form);
            Size most = -1;
            double size = 0.0;
            for (Size j = first; j < first + count; ++j) {
                const double of_j = std::abs(network.parameters[j]) * std::sqrt(magnitude[j]);
                if (most >= 0 && !(of_j > size)) continue;
                most = j;
                size = of_j;
            }
            if (most < 0) continue;
            held[most] = true;
            if (const auto& bend = shape_of(network.units[u].kind).bend)
                held[network.form_at(u, bend->bend) + most - first] = true;
        }
    }
    for (Size u = 0; network.output_bias && u < Size(network.units.size()); ++u) {
        const BoundaryUnit& unit = network.units[u];
        if (!is_one_sided(unit) || !(unit.kept.empty() || unit.independent)) continue;
        // Kept samples undo one factor of its coefficients, nothing undoes their direction.
        Size largest = 0;
        for (Size o = 0; o < network.output_count; ++o) {
            if (std::abs(network.coefficient(u, 0, o)) > std::abs(network.coefficient(u, 0, largest)))
                largest = o;
            if (unit.kept.empty()) held[network.coefficient_at(u, 0, o)] = true;
        }
        held[network.coefficient_at(u, 0, largest)] = true;
    }
    const Size last = network.output_count - 1;
    if (shift_invariant) {
        for (Size u = 0; u < Size(network.units.size()); ++u)
            for (Size q = 0; q < shape_of(network.units[u].kind).coefficients; ++q)
                held[network.coefficient_at(u, q, last)] = true;
        if (network.output_bias) held[network.rest_at() + last] = true;
        for (Size j = 0; network.skip && j < network.inputs; ++j)
            held[network.skip_at() + last * network.inputs + j] = true;
    }
    if (network.output_bias && network.skip && network.bias_value != 0.0)
        for (Size o = 0; o < network.output_count; ++o) held[network.rest_at() + o] = true;
    FreeParameters free;
    for (Size j = 0; j < Size(held.size()); ++j)
        if (!held[j]) free.at.push_back(j);
    return free;
}

double BoundaryPoint::loss_noise() const noexcept {
    const LossValue& value = sums.outputs.loss;
    return 2.0 * std::sqrt(std::abs(value.loss) * value.rounding_loss) + 4.0 * kEps * std::abs(value.loss);
}

bool BoundaryPoint::loss_vanishes(const Dataset& data, const Tolerances& tolerances) const {
    const LossValue& value = sums.outputs.loss;
    return data.loss().zero_is_least() && value.loss <= tolerances.zero_loss_factor * value.rounding_loss &&
           value.loss <= kVanished * loss_of_zero(data);
}

BoundaryPoint boundary_point(const Dataset& data, BoundaryNetwork network) {
    BoundarySums sums = boundary_sums(data, network);
    FreeParameters free = free_parameters(network, sums.magnitude, data.loss().shift_invariant());
    return {std::move(network), std::move(sums), std::move(free)};
}

std::optional<BoundaryPoint> try_boundary_point(const Dataset& data, BoundaryNetwork network) {
    try {
        return boundary_point(data, std::move(network));
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return std::nullopt;
    }
}

NewtonStep newton_step(const BoundaryPoint& point, Size samples, const Tolerances& tolerances) {
    NewtonStep result;
    result.gradient = point.free.restrict(point.sums.gradient.value);
    if (point.free.at.empty()) return result;
    const Matrix hessian = point.free.restrict(point.sums.hessian);
    result.equilibrated = equilibrate(hessian, point.free.restrict(point.sums.magnitude));
    result.limits = thresholds(result.equilibrated, samples, nullptr, tolerances.rounding_factor);
    result.step = pseudo_solve(result.equilibrated, result.limits.tau, result.gradient);
    return result;
}

std::optional<BoundaryPoint> one_step_on(const Dataset& data, const BoundaryPoint& point,
                                         const NewtonStep& newton) {
    BoundaryNetwork next = point.network;
    point.free.add(newton.step, -1.0, next.parameters);
    return try_boundary_point(data, std::move(next));
}

double relative_gradient(const BoundaryPoint& point) {
    const Gradient& gradient = point.sums.gradient;
    double largest = 0.0;
    for (std::size_t j = 0; j < gradient.value.size(); ++j) {
        const double terms = gradient.magnitude[j] + gradient.rounding[j] / kResidualError;
        if (gradient.value[j] != 0.0) largest = std::max(largest, std::abs(gradient.value[j]) / terms);
    }
    return largest;
}

bool is_stationary(const BoundaryPoint& point, const Tolerances& tolerances) {
    const Gradient& gradient = point.sums.gradient;
    const std::vector<double>& magnitude = point.sums.magnitude;
    // A form is known to eps sum |w_j h_j| only: as if its weights moved by that much.
    double moved = 0.0;
    for (std::size_t j = 0; j < magnitude.size(); ++j)
        moved += std::sqrt(magnitude[j]) * std::abs(point.network.parameters[j]);
    moved *= kEps;
    for (std::size_t j = 0; j < magnitude.size(); ++j) {
        const double floor =
            tolerances.rounding_factor * (gradient.rounding[j] + std::sqrt(magnitude[j]) * moved);
        const double allowed = std::max(tolerances.stationarity * gradient.magnitude[j], floor);
        if (!(std::abs(gradient.value[j]) <= allowed)) return false;
    }
    return true;
}

void walk_to_stationary(const Dataset& data, const Tolerances& tolerances, BoundaryPoint& point) {
    for (int steps = 0; steps < kSteps; ++steps) {
        const double before = above_rounding(point.sums.gradient);
        if (before <= 1.0) return;
        const NewtonStep newton = newton_step(point, data.samples(), tolerances);
        std::vector<double> scaled = newton.step;
        for (std::size_t j = 0; j < scaled.size(); ++j) scaled[j] /= newton.equilibrated.scaling.scale[j];
        if (norm_of(scaled) > tolerances.nearby * std::sqrt(2.0 * std::abs(point.loss()))) return;
        std::optional<BoundaryPoint> there = one_step_on(data, point, newton);
        if (!there || !(above_rounding(there->sums.gradient) < kContraction * before)) return;
        point = std::move(*there);
    }
}

}  // namespace tepui
