#include "solve/ends/boundary_descent.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/reduced_loss.hpp"
#include "solve/ends/limit_fit.hpp"
#include "solve/ends/reduced_descent.hpp"
#include "solve/trust_region.hpp"

namespace tepui {
namespace {

constexpr Size kIterations = 200, kIterationsMore = 40;  // after those on the reduced loss
constexpr double kFirstRadius = 0.1;                     // relative to the residuals
constexpr double kLeastRadius = 1e-14;
constexpr double kContraction = 0.9;
constexpr int kBurst = 4;
// Newton steps to the best coefficients, of losses that are not squared.
constexpr int kFirstFits = 8, kFits = 2;
// Iterations that a fall is measured over, and how many times faster the loss may yet fall.
constexpr std::size_t kPace = 20;
constexpr double kFaster = 10.0;
constexpr double kAtRest = 1e-10;  // of a loss: a fall that is left of it

// theta + D V p
BoundaryNetwork moved(const BoundaryPoint& point, const Equilibrated& model, std::span<const double> p) {
    const Size count = Size(point.free.at.size());
    std::vector<double> step(std::size_t(count), 0.0);
    for (Size l = 0; l < count; ++l)
        for (Size j = 0; j < count; ++j) step[j] += model.scaling.scale[j] * model.eigen.vectors(l, j) * p[l];
    BoundaryNetwork next = point.network;
    point.free.add(step, 1.0, next.parameters);
    next.normalise();
    return next;
}

std::vector<double> in_eigenbasis(const Equilibrated& model, const std::vector<double>& gradient) {
    const Size count = Size(gradient.size());
    std::vector<double> result(std::size_t(count), 0.0);
    for (Size l = 0; l < count; ++l)
        for (Size j = 0; j < count; ++j)
            result[l] += model.eigen.vectors(l, j) * model.scaling.scale[j] * gradient[j];
    return result;
}

double scaled_norm(const BoundaryPoint& point, const Equilibrated& model) {
    double square = 0.0;
    for (std::size_t j = 0; j < point.free.at.size(); ++j) {
        const double of = model.scaling.scale[j] * point.sums.gradient.value[point.free.at[j]];
        square += of * of;
    }
    return std::sqrt(square);
}

// Where differences of the loss are rounding: Newton steps judged by the scaled gradient. In a curved valley
// the first one may raise it, and the next ones take that back.
bool contract_gradient(const SolveSetting& setting, const Tolerances& tolerances, BoundaryPoint& point) {
    if (point.free.at.empty() || is_stationary(point, tolerances) || !setting.keep_going()) return false;
    const NewtonStep newton = newton_step(point, setting.data->samples(), tolerances);
    const double before = scaled_norm(point, newton.equilibrated);
    for (double factor = 1.0; factor > 1e-2; factor *= 0.5) {
        std::optional<BoundaryPoint> there;
        for (int taken = 0; taken < kBurst; ++taken) {
            const BoundaryPoint& from = there ? *there : point;
            const std::vector<double> step =
                there ? newton_step(from, setting.data->samples(), tolerances).step : newton.step;
            BoundaryNetwork next = from.network;
            from.free.add(step, -factor, next.parameters);
            there = try_boundary_point(*setting.data, std::move(next));
            if (!there || there->loss() > point.loss() + point.loss_noise()) break;
            if (!(scaled_norm(*there, newton.equilibrated) < kContraction * before)) continue;
            point = std::move(*there);
            return true;
        }
    }
    return false;
}

// Whether iterations of the pace of the last ones, so many more, leave the loss above what it must come to,
// or, getting slower as they do, still falling. losses: before every iteration, and now.
bool out_of_reach(const Aim& aim, const std::vector<double>& losses, Size left) {
    const std::size_t now = losses.size() - 1;
    if (now < kPace) return false;
    const double last = losses[now - kPace] - losses[now], paces = double(left) / double(kPace);
    if (losses[now] - kFaster * paces * last > aim.highest) return true;
    if (!aim.rest_in_sight || now < 3 * kPace) return false;
    const double before = losses[now - 2 * kPace] - losses[now - kPace];
    return last * std::pow(std::min(1.0, last / before), paces) > kAtRest * std::abs(losses[now]);
}

}  // namespace

std::optional<BoundaryPoint> descend_on_boundary(const SolveSetting& setting, const SampleInputs& inputs,
                                                 BoundaryNetwork limit, const Aim& aim, Size& budget) {
    const Tolerances& tolerances = setting.options->tolerances;
    limit.normalise();
    limit = descend_reduced(setting, inputs, std::move(limit), budget);
    if (!setting.data->loss().quadratic()) fit_coefficients_anew(*setting.data, limit, kFirstFits);
    std::optional<BoundaryPoint> point = try_boundary_point(*setting.data, std::move(limit));
    if (!point) return std::nullopt;
    double radius = kFirstRadius * std::sqrt(2.0 * std::abs(point->loss()));
    const Size enough = ReducedLoss::is_known(*setting.data, point->network) ? kIterationsMore : kIterations;
    const Size most = std::min<Size>(enough, setting.options->max_iterations);
    std::vector<double> losses;
    for (Size iteration = 0; iteration < most && budget > 0 && setting.keep_going(); ++iteration) {
        losses.push_back(point->loss());
        if (out_of_reach(aim, losses, std::min(most - iteration, budget))) return point;
        --budget;
        if (point->free.at.empty() || point->loss_vanishes(*setting.data, tolerances)) break;
        const NewtonStep newton = newton_step(*point, setting.data->samples(), tolerances);
        const Equilibrated& model = newton.equilibrated;
        const std::vector<double> gradient = in_eigenbasis(model, newton.gradient);
        bool accepted = false;
        while (!accepted && radius > kLeastRadius) {
            const TrustRegionStep step = solve_trust_region(model.eigen.values.span(), gradient, radius);
            if (!(step.predicted > point->loss_noise())) break;
            BoundaryNetwork next = moved(*point, model, step.step);
            if (!setting.data->loss().quadratic()) fit_coefficients(*setting.data, next, kFits);
            std::optional<BoundaryPoint> there = try_boundary_point(*setting.data, std::move(next));
            const double ratio = there ? (point->loss() - there->loss()) / step.predicted : -1.0;
            if (ratio < 0.25) radius *= 0.25;
            if (ratio > 0.75 && step.boundary) radius *= 2.0;
            if (!(ratio > 1e-4)) continue;
            point = std::move(there);
            accepted = true;
        }
        if (!accepted) break;
    }
    while (contract_gradient(setting, tolerances, *point)) {
    }
    walk_to_stationary(*setting.data, tolerances, *point);
    return point;
}

}  // namespace tepui
