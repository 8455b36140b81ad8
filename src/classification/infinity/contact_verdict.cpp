#include "classification/infinity/contact_verdict.hpp"

#include <algorithm>
#include <cmath>

#include "core/rounding.hpp"
#include "network/derivatives/objective.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

// How many times the bound on its rounding a margin must be.
constexpr double kDoubt = 4.0;
constexpr int kReturns = 6;
constexpr double kLossRounding = 64.0 * kEps;
// Slopes of contacts that are nearer to dependence have no known multipliers.
constexpr double kIndependent = 1e-7;

// The Hessian along the contacts, its entries known but for what the next step changes: of the Hessian
// itself, and of the slopes that say what is along.
SpectralReport spectrum_along(const ContactPoint& point, const ContactPoint& there, const ContactStep& step,
                              Size samples, const Tolerances& tolerances) {
    const Size left = step.along.rows(), size = Size(step.scale.size());
    std::vector<double> magnitude(std::size_t(left), 0.0);
    for (Size l = 0; l < left; ++l) {
        double sum = 0.0;
        for (Size j = 0; j < size; ++j)
            sum += std::abs(step.along(l, j)) * step.scale[j] *
                   std::sqrt(point.sums.magnitude[point.free.at[j]]);
        magnitude[l] = sum * sum;
    }
    double turned = 0.0, slopes = 0.0;  // without contacts nothing says what is along
    for (Size a = 0; a < point.slopes.rows(); ++a) {
        for (Size j = 0; j < size; ++j) {
            const double here = point.slopes(a, j) * step.scale[j];
            slopes = std::hypot(slopes, here);
            turned = std::hypot(turned, there.slopes(a, j) * step.scale[j] - here);
        }
    }
    const Matrix here = point.free.restrict(point.sums.hessian);
    Matrix change = point.free.restrict(there.sums.hessian);
    double bent = 0.0;  // |scaled Hessian|: along and off the contacts
    for (Size i = 0; i < size; ++i) {
        for (Size j = 0; j < size; ++j) {
            const double scale = step.scale[i] * step.scale[j];
            bent = std::hypot(bent, here(i, j) * scale);
            change(i, j) = (change(i, j) - here(i, j)) * scale;
        }
    }
    const double angle = (turned / slopes + double(size) * kEps) / step.condition;
    const double rotation = slopes > 0.0 ? 2.0 * angle * (1.0 + angle) * bent : 0.0;
    Matrix uncertainty = restricted(change, step.along);
    for (Size l = 0; l < left; ++l)
        for (Size p = 0; p < left; ++p) uncertainty(l, p) = std::abs(uncertainty(l, p)) + rotation;
    return spectral_report(step.hessian, magnitude, samples, &uncertainty, tolerances.rounding_factor);
}

// How far a multiplier may be off: the next step's change, and what rounding makes of the gradient that it
// balances.
double multiplier_doubt(const ContactStep& step, std::size_t contact) {
    return kDoubt * (std::abs(step.multiplier_change[contact]) + step.multiplier_rounding[contact]);
}

// Every multiplier above 0 beyond its doubt.
bool press(const ContactPoint& point, const ContactStep& step) {
    for (std::size_t a = 0; a < point.contacts.size(); ++a)
        if (!(point.contacts[a].multiplier > multiplier_doubt(step, a))) return false;
    return step.condition > kIndependent;
}

// Some multiplier below 0 as clearly: without this contact the loss falls.
bool pulls(const ContactPoint& point, const ContactStep& step) {
    for (std::size_t a = 0; a < point.contacts.size(); ++a)
        if (point.contacts[a].multiplier < -multiplier_doubt(step, a)) return true;
    return false;
}

bool touch(const ContactPoint& point) {
    for (std::size_t a = 0; a < point.margin.size(); ++a)
        if (!(std::abs(point.margin[a]) <= kDoubt * point.margin_error[a])) return false;
    return true;
}

std::optional<Separation> separation_of(const ContactProblem& problem, const ContactPoint& point) {
    Separation result;
    const ContactProblem::Margins margins = problem.margins(point.sums.outputs);
    std::vector<bool> contact(margins.value.size(), false);
    for (const Contact& of : point.contacts) contact[of.sample * problem.groups() + of.group] = true;
    double least = HUGE_VAL, most = 0.0;
    for (std::size_t at = 0; at < margins.value.size(); ++at) {
        if (margins.value[at] == HUGE_VAL || contact[at]) continue;
        least = std::min(least, margins.value[at] - kDoubt * margins.error[at]);
        most = std::max(most, margins.value[at]);
    }
    if (!(least > 0.0) || !(most > 0.0)) return std::nullopt;
    result.margin = least / most;
    result.group = problem.group();
    double size = 0.0;
    result.direction = problem.direction(point.network, size);
    result.contacts = point.contacts;
    for (Contact& of : result.contacts) of.multiplier *= size;
    std::vector<Size> members(std::size_t(problem.groups()), 0);
    for (const Size of : result.group) ++members[of];
    for (const Size label : problem.labels()) result.samples += members[result.group[label]] == 1 ? 1 : 0;
    return result;
}

// A unit left for finite weights, the direction far out: the loss there is that inside the groups, known to
// its own rounding, and what the margins leave of the others, at most.
std::optional<WayDown> fall_of(const ContactProblem& problem, const ContactPoint& point, Size u,
                               const Approach& fall) {
    std::optional<WayDown> best;
    const Dataset data = problem.given();
    const auto noise = [](const ContactPoint& of) {
        double sum =
            2.0 * std::sqrt(std::abs(of.loss) * of.sums.outputs.loss.rounding_loss) + kLossRounding * of.loss;
        for (std::size_t a = 0; a < of.contacts.size(); ++a)
            sum += std::abs(of.contacts[a].multiplier) * of.margin_error[a];
        return sum;
    };
    for (double halving = -2.0; halving < 14.0; halving += 1.0) {
        std::optional<ContactPoint> left = with_unit_left(problem, point, u, fall, std::pow(2.0, -halving));
        if (!left || !(left->loss < point.loss)) continue;
        for (const double size : {1e6, 1e8, 1e10, 1e12, 1e14}) {
            std::vector<Approach> approaches(left->network.units.size());
            for (Approach& approach : approaches) approach.step = 1e-3;
            try {
                OnTheWay there = contact_network(problem, *left, size, approaches);
                const std::optional<ContactPoint> at = problem.at(there.both, {});
                if (!at || !(loss(data, there.network, Execution{1}).loss < point.loss)) continue;
                const LossChange change{at->loss - point.loss + problem.across_groups(*at, there.size),
                                        noise(*at) + noise(point)};
                if (!(change.value < -change.error)) continue;
                if (!best || falls_further(change, best->change))
                    best.emplace(std::move(there.network), change);
            } catch (const Error& error) {
                if (!cannot_evaluate(error)) throw;
            }
        }
    }
    return best;
}

std::optional<WayDown> fall_across(const ContactProblem& problem, const ContactPoint& point,
                                   const std::vector<Across>& across) {
    std::optional<WayDown> best;
    for (Size u = 0; u < Size(across.size()); ++u) {
        if (across[u].sign != AcrossSign::falls) continue;
        std::optional<WayDown> fall = fall_of(problem, point, u, across[u].fall);
        if (fall && (!best || falls_further(fall->change, best->change))) best = std::move(fall);
    }
    return best;
}

BoundaryPoint as_boundary_point(const ContactPoint& point) {
    BoundaryPoint result{point.network, {}, point.free};
    result.sums.gradient = point.sums.gradient;
    result.sums.magnitude = point.sums.magnitude;
    return result;
}

}  // namespace

std::optional<ContactPoint> restored(const ContactProblem& problem, const ContactPoint& point, int steps) {
    std::optional<ContactPoint> there = moved(problem, point, problem.step(point), 0.0);
    for (int taken = 1; there && taken < steps; ++taken)
        there = moved(problem, *there, problem.step(*there), 0.0);
    return there;
}

std::optional<ContactPoint> moved(const ContactProblem& problem, const ContactPoint& point,
                                  const ContactStep& step, double radius) {
    const double part = step.along_size > radius ? radius / step.along_size : 1.0;
    BoundaryNetwork network = point.network;
    point.free.add(step.restoring, 1.0, network.parameters);
    point.free.add(step.along_step, part, network.parameters);
    std::vector<Contact> contacts = point.contacts;
    for (std::size_t a = 0; a < contacts.size(); ++a)
        contacts[a].multiplier += (1.0 - part) * step.restoring_change[a] + part * step.multiplier_change[a];
    return problem.at(std::move(network), std::move(contacts));
}

std::optional<ContactPoint> with_unit_left(const ContactProblem& problem, const ContactPoint& point, Size u,
                                           const Approach& fall, double step) {
    std::vector<Approach> approaches(point.network.units.size());
    for (Approach& approach : approaches) approach.step = 1e-3;
    approaches[u] = fall;
    approaches[u].step = step;
    // Of the other units only the weights at which they have left matter: they stay as they are.
    try {
        const BoundaryNetwork finite =
            as_limit(finite_network(point.network, approaches), point.network.bias_value);
        BoundaryNetwork left = point.network;
        std::vector<double> parameters;
        for (Size v = 0; v < Size(left.units.size()); ++v) {
            const bool leaves = v == u;
            const BoundaryNetwork& of = leaves ? finite : point.network;
            const Size at = leaves ? left.units[v].neurons[0] : v;
            for (Size p = 0; p < shape_of(of.units[at].kind).forms; ++p)
                parameters.insert(parameters.end(), of.parameters.begin() + of.form_at(at, p),
                                  of.parameters.begin() + of.form_at(at, p) + of.form_size(at, p));
            const Size coefficients = shape_of(of.units[at].kind).coefficients * of.output_count;
            parameters.insert(parameters.end(), of.parameters.begin() + of.coefficient_at(at, 0),
                              of.parameters.begin() + of.coefficient_at(at, 0) + coefficients);
        }
        left.units[u] = finite.units[left.units[u].neurons[0]];
        parameters.insert(parameters.end(), finite.parameters.begin() + finite.rest_at(),
                          finite.parameters.end());
        left.parameters = std::move(parameters);
        std::optional<ContactPoint> there = problem.at(std::move(left), point.contacts);
        if (there) there = restored(problem, *there, kReturns);
        if (!there) return std::nullopt;
        return problem.fitted(std::move(*there), 10);
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return std::nullopt;
    }
}

bool is_at_rest(const ContactPoint& point, const Tolerances& tolerances) {
    return touch(point) && is_stationary(as_boundary_point(point), tolerances);
}

std::optional<EndReport> classify_contacts(const ContactProblem& problem, const ContactPoint& point,
                                           const Tolerances& tolerances) {
    EndReport report;
    report.separation = separation_of(problem, point);
    if (!report.separation) return std::nullopt;
    report.limit = problem.inside(point.network);
    report.loss = point.loss;
    const BoundaryPoint stationary = as_boundary_point(point);
    report.gradient_norm = point.sums.gradient.norm();
    report.gradient_relative = relative_gradient(stationary);
    if (!is_at_rest(point, tolerances)) return report;
    const ContactStep step = problem.step(point);
    BoundaryNetwork next = point.network;
    point.free.add(step.restoring, 1.0, next.parameters);
    point.free.add(step.along_step, 1.0, next.parameters);
    std::vector<Contact> contacts = point.contacts;
    for (std::size_t a = 0; a < contacts.size(); ++a) contacts[a].multiplier += step.multiplier_change[a];
    const std::optional<ContactPoint> there = problem.at(std::move(next), contacts);
    if (!there) return report;
    const Dataset data = problem.lagrangian(point.contacts);
    report.hessian = spectrum_along(point, *there, step, data.samples(), tolerances);
    report.across = across({&data, &point.network, &point.sums.outputs, &there->network, &there->sums.outputs,
                            tolerances.rounding_factor});
    const bool definite = report.hessian.inertia.positive == step.along.rows() && report.hessian.clear();
    if (any(report.across, AcrossSign::falls) && press(point, step)) {
        report.way = fall_across(problem, point, report.across);
        report.rule = report.way ? EndRule::falls_across : EndRule::not_measured;
    } else if (report.hessian.inertia.negative > 0 || pulls(point, step)) {
        report.rule = EndRule::not_measured;
    } else if (!press(point, step) || !definite) {
        report.rule = EndRule::degenerate;
    } else {
        report.rule = any(report.across, AcrossSign::open) ? EndRule::sign_open : EndRule::definite;
    }
    if (report.rule == EndRule::definite) report.verdict = EndVerdict::minimum;
    if (report.way) report.verdict = EndVerdict::saddle;
    return report;
}

OnTheWay contact_network(const ContactProblem& problem, const ContactPoint& limit, double size,
                         std::span<const Approach> approaches) {
    // At finite weights first: there the contacts are on the border again.
    BoundaryNetwork finite = as_limit(finite_network(limit.network, approaches), limit.network.bias_value);
    // Where output weights grow, the direction there has larger coefficients for the same margins.
    double of_limit = 0.0, grown = 0.0;
    problem.direction(limit.network, of_limit);
    problem.direction(finite, grown);
    size *= grown / of_limit;
    std::optional<ContactPoint> point = problem.at(std::move(finite), limit.contacts);
    if (point) point = restored(problem, *point, kReturns);
    if (!point) throw Error(Status::numeric, "the network overflows");
    // Margins are counted in units of the direction as it stands.
    double unit = 0.0, unit_there = 0.0;
    problem.direction(point->network, unit);
    std::vector<double> wanted = problem.behind(*point);
    for (double& margin : wanted) margin = unit / size * (std::log1p(size) - margin);
    BoundaryNetwork moved = point->network;
    point->free.add(problem.away(*point, wanted), 1.0, moved.parameters);
    const BoundaryNetwork inside = problem.inside(moved);
    std::vector<double> coefficients = coefficients_of(inside);
    const std::vector<double> direction = problem.direction(moved, unit_there);
    for (std::size_t c = 0; c < coefficients.size(); ++c)
        coefficients[c] += size * unit_there / unit * direction[c];
    return {
        finite_network(with_coefficients(inside, coefficients), std::vector<Approach>(inside.units.size())),
        std::move(moved), size / unit};
}

std::optional<ContactPoint> contact_point(const ContactProblem& problem, const EndReport& end) {
    for (const Contact& contact : end.separation->contacts)
        if (contact.sample < 0) return std::nullopt;
    std::vector<double> coefficients = coefficients_of(end.limit);
    // Large beside the coefficients inside, which are taken off again.
    for (std::size_t c = 0; c < coefficients.size(); ++c) coefficients[c] = end.separation->direction[c];
    ContactProblem::Split split = problem.split(with_coefficients(end.limit, coefficients));
    BoundaryNetwork& both = split.network;
    const std::vector<double> inside = coefficients_of(end.limit);
    std::size_t at = 0;
    const auto fill = [&](Size first) {
        for (Size o = 0; o < problem.classes(); ++o) both.parameters[first + o] = inside[at++];
    };
    for (Size u = 0; u < Size(both.units.size()); ++u)
        for (Size q = 0; q < shape_of(both.units[u].kind).coefficients; ++q) fill(both.coefficient_at(u, q));
    if (both.output_bias) fill(both.rest_at());
    return problem.at(std::move(both), end.separation->contacts);
}

}  // namespace tepui
