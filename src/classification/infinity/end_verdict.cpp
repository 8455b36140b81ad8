#include "classification/infinity/end_verdict.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/fitted_at_end.hpp"
#include "classification/infinity/reduced_loss.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

// Of the loss: what coefficients that cancel leave of it is to be known better.
constexpr double kLossKnown = 1e-4;

// Where one more Newton step leads, the other point that may be the stationary one.
struct Slack {
    std::optional<BoundaryPoint> point;
    Matrix hessian;  // |difference of the Hessians|, free parameters
};

Slack slack_of(const Dataset& data, const BoundaryPoint& point, const NewtonStep& newton) {
    Slack slack;
    slack.point = one_step_on(data, point, newton);
    if (!slack.point) return slack;
    slack.hessian = point.free.restrict(slack.point->sums.hessian);
    const Matrix here = point.free.restrict(point.sums.hessian);
    for (Size i = 0; i < here.rows(); ++i)
        for (Size j = 0; j < here.cols(); ++j)
            slack.hessian(i, j) = std::abs(slack.hessian(i, j) - here(i, j));
    return slack;
}

// A direction of little curvature, along which a gradient within its rounding leaves open where on that way,
// to either side, the limit is at rest.
struct SoftMode {
    std::vector<double> v;
    double way;
};

// Those along which the curvature may be another at its ends.
std::vector<SoftMode> soft_modes(const Equilibrated& equilibrated, double tau,
                                 const std::vector<double>& rounding, double factor, double unit) {
    constexpr Size kModes = 4;
    constexpr double kSoft = 1e-3;  // of the curvature
    std::vector<SoftMode> result;
    const linalg::SymmetricEigen& eigen = equilibrated.eigen;
    for (Size l = 0; l < std::min(kModes, Size(eigen.values.size())); ++l) {
        const double curvature = eigen.values[l];
        if (!(curvature > tau)) continue;
        std::vector<double> v(eigen.vectors.row(l), eigen.vectors.row(l) + rounding.size());
        double square = 0.0;
        for (std::size_t j = 0; j < v.size(); ++j) {
            v[j] *= equilibrated.scaling.scale[j];
            square += v[j] * rounding[j] * v[j] * rounding[j];
        }
        const double way = factor * std::sqrt(square) / curvature;
        if (way > kSoft * curvature * unit) result.push_back({std::move(v), way});
    }
    return result;
}

// The largest changes of the Hessian along them, which the Newton step does not see.
void add_soft_modes(const Dataset& data, const BoundaryPoint& point, const NewtonStep& newton, double factor,
                    Slack& slack) {
    const Matrix here = point.free.restrict(point.sums.hessian);
    const double unit = std::sqrt(2.0 * std::abs(point.loss()));
    for (const SoftMode& mode : soft_modes(newton.equilibrated, newton.limits.tau,
                                           point.free.restrict(point.sums.gradient.rounding), factor, unit)) {
        for (const double way : {-mode.way, mode.way}) {
            BoundaryNetwork moved = point.network;
            point.free.add(mode.v, way, moved.parameters);
            const std::optional<BoundaryPoint> there = try_boundary_point(data, std::move(moved));
            if (!there) continue;
            const Matrix other = point.free.restrict(there->sums.hessian);
            for (Size i = 0; i < here.rows(); ++i)
                for (Size j = 0; j < here.cols(); ++j)
                    slack.hessian(i, j) = std::max(slack.hessian(i, j), std::abs(other(i, j) - here(i, j)));
        }
    }
}

// The fall along the negative eigenvalue, with the sign that the gradient does not oppose.
std::optional<WayDown> fall_along(const Dataset& data, const BoundaryPoint& point,
                                  const std::vector<double>& v, const Execution& execution) {
    std::optional<WayDown> best;
    double size = 0.0;
    for (std::size_t j = 0; j < v.size(); ++j)
        size = std::max(size, std::abs(v[j]) / (1e-3 + std::abs(point.network.parameters[point.free.at[j]])));
    for (const double sign : {-1.0, 1.0}) {
        for (int halving = 0; halving < 12; halving += 2) {
            BoundaryNetwork moved = point.network;
            point.free.add(v, sign * std::pow(2.0, -halving) / size, moved.parameters);
            std::vector<Approach> approaches(point.network.units.size());
            std::optional<WayDown> fall =
                measure_fall(data, moved, point.sums.outputs, std::move(approaches), -1, execution);
            if (fall && (!best || falls_further(fall->change, best->change))) best = std::move(fall);
        }
    }
    return best;
}

// The Hessian by the forms alone at the best coefficients, where it is positive definite beyond its rounding.
std::optional<SpectralReport> definite_parts(const std::optional<ReducedLoss::Doubt>& doubt,
                                             const ReducedLoss::Derivatives& of, Size samples,
                                             double factor) {
    if (!doubt) return std::nullopt;
    SpectralReport parts = spectral_report(of.hessian, equilibrate(of.hessian, doubt->magnitude), samples,
                                           &doubt->hessian, factor);
    if (parts.inertia.positive != Size(of.at.size()) || !parts.clear()) return std::nullopt;
    return parts;
}

// Whether no curvature falls to half of what it was: along e^-z, which runs off for ever, each of Newton's
// steps takes 1 - 1/e of it.
bool keeps_half(const Matrix& here, const Matrix& there) {
    Matrix left(here.rows(), here.cols());
    for (Size i = 0; i < here.rows(); ++i)
        for (Size j = 0; j <= i; ++j) left(i, j) = left(j, i) = there(i, j) - 0.5 * here(i, j);
    return linalg::is_positive_definite(left, 0.0);
}

// Of the squared loss: coefficients enter linearly, so that the Hessian is positive definite exactly where
// the features are independent and the Hessian of the loss by the forms alone is positive definite, which is
// known better than the whole one where coefficients are large. Here and one step of Newton's on, the
// flattest directions included, where it must be more than half of it: between them it is nearly a mean of
// both.
bool definite_by_parts(const Dataset& data, const BoundaryPoint& point, const Tolerances& tolerances,
                       SpectralReport& report) {
    constexpr double kNearby = 0.1;  // the longest step, in sizes of the forms
    if (!ReducedLoss::is_known(data, point.network)) return false;
    Matrix h(data.samples(), data.inputs());
    data.rows(0, data.samples(), h.data());
    const std::optional<ReducedLoss> here = ReducedLoss::at(data, h, point.network);
    if (!here) return false;
    const ReducedLoss::Derivatives of = here->derivatives();
    const Size free = Size(point.free.at.size());
    if (Size(of.at.size()) + here->independent_features() * point.network.output_count != free) return false;
    const std::optional<ReducedLoss::Doubt> doubt = here->doubt();
    const std::optional<SpectralReport> parts =
        definite_parts(doubt, of, data.samples(), tolerances.rounding_factor);
    std::vector<double> step(of.gradient.size());
    if (!parts || !linalg::solve_positive_definite(of.hessian, 0.0, of.gradient, step)) return false;
    for (std::size_t i = 0; i < step.size(); ++i)
        if (!(std::abs(step[i]) <= kNearby * of.scale[i])) return false;
    // bounded: definite beyond its rounding there, too.
    const auto keeps_half_at = [&](const std::vector<double>& change, double factor, bool bounded) {
        BoundaryNetwork on = here->network();
        for (std::size_t i = 0; i < change.size(); ++i) on.parameters[of.at[i]] += factor * change[i];
        const std::optional<ReducedLoss> there = ReducedLoss::at(data, h, std::move(on));
        if (!there) return false;
        const ReducedLoss::Derivatives next = there->derivatives();
        return keeps_half(of.hessian, next.hessian) &&
               (!bounded || definite_parts(there->doubt(), next, data.samples(), tolerances.rounding_factor));
    };
    if (!keeps_half_at(step, -1.0, true)) return false;
    const double unit = std::sqrt(2.0 * std::abs(point.loss()));
    for (const SoftMode& mode : soft_modes(equilibrate(of.hessian, doubt->magnitude), 0.0, doubt->gradient,
                                           tolerances.rounding_factor, unit)) {
        for (const double way : {-mode.way, mode.way})
            if (!keeps_half_at(mode.v, way, false)) return false;
    }
    report.inertia = {0, 0, free};
    report.margin = parts->margin;
    report.zero_level = 0.0;
    report.lambda_min = std::max(report.lambda_min, 0.0);  // below, it is rounding
    report.near_negative = 0;
    report.near_positive = parts->near_positive;
    return true;
}

// Whether all that falls are samples whose pull is next to nothing beside that of others, or not far above
// its error. At the stationary limit next to the point they may be fitted exactly: what Newton's step leaves
// out, where curvature is rounding, the error of a pull does not know.
bool falls_faintly(const Dataset& data, const BoundaryPoint& point, const std::vector<Across>& across) {
    constexpr double kFaint = 1e-6, kClear = 100.0;
    double square = 0.0;
    for (const double g : point.sums.outputs.g.span()) square += g * g;
    const double pull = std::sqrt(square / double(data.samples()));
    for (Size u = 0; u < Size(across.size()); ++u) {
        if (across[u].sign != AcrossSign::falls) continue;
        double size = 0.0;
        for (Size o = 0; o < point.network.output_count; ++o)
            size = std::max(size, std::abs(point.network.coefficient(u, 0, o)));
        const double least = std::max(kFaint * size * pull, kClear * across[u].error);
        if (across[u].sample < 0 || std::abs(across[u].value) > least) return false;
    }
    return true;
}

void decide(const Dataset& data, const BoundaryPoint& point, const Execution& execution, EndReport& report) {
    const bool falls = any(report.across, AcrossSign::falls);
    const bool saddle = report.hessian.inertia.negative > 0 && report.hessian.clear();
    if (falls || saddle) {
        FallAcross across;
        if (falls) across = fall_across(data, point.network, point.sums.outputs, report.across, execution);
        report.way = std::move(across.way);
        report.rule = across.measured ? EndRule::falls_across : EndRule::not_measured;
        if (!report.way && saddle) {
            report.way = fall_along(data, point, report.hessian.v_negative, execution);
            if (report.way) report.rule = EndRule::negative_eigenvalue;
        }
        if (!report.way && !saddle && falls_faintly(data, point, report.across))
            report.rule = EndRule::sign_open;
        const bool known =
            report.rule == EndRule::falls_across || report.rule == EndRule::negative_eigenvalue;
        report.verdict = known ? EndVerdict::saddle : EndVerdict::undetermined;
        return;
    }
    const bool definite =
        report.hessian.inertia.positive == Size(point.free.at.size()) && report.hessian.clear();
    if (!definite) {
        report.rule = EndRule::degenerate;
    } else if (any(report.across, AcrossSign::open)) {
        report.rule = EndRule::sign_open;
    } else {
        report.rule = EndRule::definite;
        report.verdict = EndVerdict::minimum;
    }
}

struct Judged {
    EndReport report;
    BoundaryPoint point;
};

Judged judge(const Dataset& data, BoundaryNetwork limit, const Tolerances& tolerances,
             const Execution& execution) {
    limit.normalise();
    Judged judged{{}, boundary_point(data, std::move(limit))};
    BoundaryPoint& point = judged.point;
    EndReport& report = judged.report;
    walk_to_stationary(data, tolerances, point);
    report.limit = point.network;
    report.loss = point.loss();
    report.gradient_norm = point.sums.gradient.norm();
    report.gradient_relative = relative_gradient(point);
    if (point.loss_vanishes(data, tolerances)) {
        report.verdict = EndVerdict::minimum;
        report.rule = EndRule::zero_loss;
        return judged;
    }
    const bool known = point.loss_noise() <= kLossKnown * std::abs(point.loss());
    if (!known || !is_stationary(point, tolerances)) return judged;
    const NewtonStep newton = newton_step(point, data.samples(), tolerances);
    Slack slack = slack_of(data, point, newton);
    if (!slack.point) return judged;
    const auto spectrum = [&] {
        return spectral_report(point.free.restrict(point.sums.hessian), newton.equilibrated, data.samples(),
                               &slack.hessian, tolerances.rounding_factor);
    };
    report.hessian = spectrum();
    report.across = across({&data, &point.network, &point.sums.outputs, &slack.point->network,
                            &slack.point->sums.outputs, tolerances.rounding_factor});
    const auto whole = [&] {
        return report.hessian.inertia.positive == Size(point.free.at.size()) && report.hessian.clear();
    };
    if (whole()) {
        add_soft_modes(data, point, newton, tolerances.rounding_factor, slack);
        report.hessian = spectrum();
    }
    if (!whole() && report.hessian.inertia.negative == 0)
        definite_by_parts(data, point, tolerances, report.hessian);
    decide(data, point, execution, report);
    return judged;
}

// The same without samples that are fitted exactly: L >= L_rest + the least of theirs, which they have. A
// saddle that no network shows is to be one of the others, too.
void judge_without_fitted(const Dataset& data, const Tolerances& tolerances, const Execution& execution,
                          const BoundaryPoint& point, EndReport& report) {
    std::optional<WithoutFitted> left = without_fitted(data, point, execution);
    if (!left) return;
    EndReport rest = judge(left->data, std::move(left->limit), tolerances, execution).report;
    if (rest.verdict != EndVerdict::minimum && report.verdict != EndVerdict::saddle) return;
    report.verdict = rest.verdict;
    report.rule = rest.rule;
    report.hessian = std::move(rest.hessian);
    report.across = std::move(rest.across);
    report.fitted = std::move(left->samples);
}

}  // namespace

EndReport classify_end(const Dataset& data, BoundaryNetwork limit, const Tolerances& tolerances,
                       const Execution& execution) {
    if (!data.decay().none())
        throw Error(Status::unsupported,
                    "the data set has weight decay, expected none: weights that it holds do not "
                    "run to infinity");
    Judged judged = judge(data, std::move(limit), tolerances, execution);
    EndReport& report = judged.report;
    const bool open = report.rule == EndRule::degenerate || report.rule == EndRule::sign_open;
    const bool hidden = report.verdict == EndVerdict::saddle && !report.way;
    if (open || hidden) judge_without_fitted(data, tolerances, execution, judged.point, report);
    return std::move(report);
}

}  // namespace tepui
