#include "solve/relu/face_descent.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"

namespace tepui {
namespace {

// Steps that lower the gradient where the loss no longer tells; fewer once it is within its tolerance.
constexpr int kPolishSteps = 60, kLastSteps = 6, kShorterPolish = 4;
constexpr double kFlatter = 0.5;   // of the slope along a step, at its end: the loss still falls there
constexpr double kLowered = 0.25;  // of a fall that Newton's steps expect: less is progress
// Where the loss is not piecewise quadratic: what of an expected fall is enough and what makes steps longer,
// and how much shorter and longer they become, how often.
constexpr double kFraction = 0.1, kGood = 0.25, kShortening = 0.25, kLonger = 2.0;
constexpr int kShorter = 24;
// Times a direction off kinks: its minimum is looked for no farther.
constexpr double kFarthest = 0x1p20;

// Whether the loss changes less along the step at its end than at its beginning.
bool flatter(const ActivePoint& there, const FaceStep& step) {
    return std::abs(dot(parameter_gradient(there).value, step.step)) < -kFlatter * step.slope;
}

}  // namespace

bool FaceDescent::descend() {
    const FaceNewton newton(setting_, *point_);
    if (quadratic()) {
        const FaceStep whole = newton.step(HUGE_VAL);
        return -0.5 * whole.slope > point_->loss_noise() && follow(whole.step, point_->kinks, HUGE_VAL);
    }
    const double before = point_->loss;
    if (!(radius_ > 0.0)) radius_ = std::sqrt(2.0 * before);
    for (int shorter = 0; shorter < kShorter; ++shorter) {
        const FaceStep next = newton.step(radius_);
        if (!(-0.5 * next.slope > point_->loss_noise())) return false;
        if (follow(next.step, point_->kinks, 1.0)) {
            if (before - point_->loss > -kGood * next.slope)
                radius_ = std::max(radius_, kLonger * next.length);
            return true;
        }
        radius_ = kShortening * std::min(radius_, next.length);
    }
    return false;
}

bool FaceDescent::curve_down() {
    if (quadratic()) return false;
    const FaceNewton newton(setting_, *point_);
    double length = std::sqrt(2.0 * point_->loss);
    for (int shorter = 0; shorter < kShorter; ++shorter, length *= kShortening) {
        ParameterStep direction = newton.negative_curvature(length);
        if (direction.empty()) return false;
        if (follow(direction, point_->kinks, 1.0)) return true;
        for (double& component : direction) component = -component;
        if (follow(direction, point_->kinks, 1.0)) return true;
    }
    return false;
}

bool FaceDescent::leave_along(const ParameterStep& direction, const KinkSets& held, Noise fall) {
    double longest = quadratic() ? HUGE_VAL : kFarthest;
    for (int shorter = 0; shorter < (quadratic() ? 1 : kShorter); ++shorter, longest *= kShortening)
        if (follow(direction, held, longest, fall)) return true;
    return false;
}

// Along the kinks that the path comes to, or, where rounding does not let so many be held, to the first.
bool FaceDescent::follow(const ParameterStep& direction, const KinkSets& held, double longest, Noise fall) {
    const double noise = point_->loss_noise();
    for (const Size bends : {direction.size(), std::size_t{0}}) {
        PathMinimum path =
            minimise_along(setting_, *point_, direction, held, static_cast<Size>(bends), longest);
        if (!(path.decrease > (fall == Noise::exceeded ? noise : 0.0))) return false;
        const double least = quadratic() ? -noise : kFraction * path.decrease - noise;
        if (move(path.step, std::move(path.held), least)) return true;
    }
    return false;
}

std::optional<ActivePoint> FaceDescent::after(const ParameterStep& step, KinkSets held) const {
    Network next = point_->network;
    for (std::size_t j = 0; j < step.size(); ++j) next.parameters[j] += step[j];
    return active_point(setting_, std::move(next), std::move(held));
}

// To there, if the loss falls by so much at least.
bool FaceDescent::move(const ParameterStep& step, KinkSets held, double least) {
    std::optional<ActivePoint> there = after(step, std::move(held));
    if (!there || !(there->loss <= point_->loss - least)) return false;
    point_ = std::move(there);
    return true;
}

void FaceDescent::polish() {
    const double tolerance = setting_.options->gradient_tolerance;
    // Without decay weights may be on their way to infinity where the loss no longer tells.
    const bool held = !setting_.data->decay().none();
    const auto patient = [&](double level) { return held && level > tolerance; };
    double last = HUGE_VAL, before = face_gradient_level(*point_, 0.0), radius = HUGE_VAL;
    for (int step = 0; step < (patient(before) ? kPolishSteps : kLastSteps) && before > 0.0; ++step) {
        const FaceNewton newton(setting_, *point_);
        bool lowered = false;
        for (int shorter = 0; shorter < kShorterPolish; ++shorter) {
            const FaceStep next = newton.step(radius);
            std::optional<ActivePoint> there = in_cell(next);
            if (there) {
                const double after = face_gradient_level(*there, 0.0);
                lowered = after < before ||
                          (before > tolerance && (-next.slope < last || (held && flatter(*there, next))));
                if (lowered) {
                    before = after;
                    last = -kLowered * next.slope;
                    point_ = std::move(there);
                    radius = std::max(radius, kLonger * next.length);
                    break;
                }
            }
            if (!patient(before)) return;
            radius = kShortening * next.length;
        }
        if (!lowered) return;
    }
}

// Where the step leads, if on the same kinks and no higher.
std::optional<ActivePoint> FaceDescent::in_cell(const FaceStep& step) const {
    std::optional<ActivePoint> there = after(step.step, point_->kinks);
    if (!there || there->kinks != point_->kinks || !(there->loss <= point_->loss + point_->loss_noise()))
        return std::nullopt;
    return there;
}

}  // namespace tepui
