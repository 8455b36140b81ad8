#include "solve/ends/contact_search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/contact_verdict.hpp"
#include "core/euclidean.hpp"
#include "network/model/evaluable.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/ends/separated_classes.hpp"

namespace tepui {
namespace {

constexpr int kSteps = 150, kChanges = 12, kRounds = 4;
// Slopes of contacts that are nearer to dependence.
constexpr double kIndependent = 1e-9;
// Of Newton's method: back to the contacts, for the coefficients inside, where the loss tells no more.
constexpr int kReturns = 2, kFits = 3, kFirstFits = 20, kLastSteps = 8;
constexpr double kFirstRadius = 0.1, kLeastRadius = 1e-9;  // relative to the residuals
// A valley along which the loss falls by less than this, relatively, is left where the gradient passes.
constexpr double kSlow = 1e-6;
constexpr int kPatience = 4;
// A force this small beside the largest is none yet.
constexpr double kWeak = 1e-7;
constexpr double kNoForce = 1e-12;
// Of what is left inside the groups: below, they are told apart, too.
constexpr double kLeastLoss = 1e-3;
constexpr double kSameLoss = 1e-10;
constexpr double kTailCentre = 3.0;  // c of a neuron in a curved tail
constexpr double kDoubt = 4.0;

// The samples whose loss a direction of that size still leaves, by their forces.
std::vector<Contact> pressing(const ContactProblem& problem, const BoundaryNetwork& whole,
                              const BoundaryNetwork& both, const Dataset& data, double size) {
    const ContactProblem::Margins margins = problem.margins(both);
    const Size groups = problem.groups(), classes = problem.classes();
    const BoundaryOutputs outputs = boundary_outputs(data, whole);
    std::vector<Contact> contacts;
    double most = 0.0;
    for (Size k = 0; k < data.samples(); ++k) {
        for (Size g = 0; g < groups; ++g) {
            if (g == problem.group()[problem.labels()[k]]) continue;
            double share = 0.0;
            for (Size o = 0; o < classes; ++o)
                if (problem.group()[o] == g) share += outputs.g[k * classes + o];
            if (!(share > 0.0)) continue;
            contacts.push_back({k, g, size * share});
            most = std::max(most, size * share);
        }
    }
    std::erase_if(contacts, [=](const Contact& of) { return of.multiplier < kWeak * most; });
    std::sort(contacts.begin(), contacts.end(),
              [](const Contact& a, const Contact& b) { return a.multiplier > b.multiplier; });
    return contacts;
}

// One step along the contacts, no longer than the radius, and back onto them.
std::optional<ContactPoint> lower(const ContactProblem& problem, const ContactPoint& point,
                                  const ContactStep& step, double radius) {
    std::optional<ContactPoint> there = moved(problem, point, step, radius);
    if (there) there = restored(problem, *there, kReturns);
    if (!there || !(norm_of(there->margin) < 1e-6)) return std::nullopt;
    ContactPoint fitted = problem.fitted(std::move(*there), kFits);
    if (!(fitted.loss < point.loss)) return std::nullopt;
    return fitted;
}

// Newton's method with these contacts. False where it does not come to rest.
bool settle(const SolveSetting& setting, const ContactProblem& problem, ContactPoint& point) {
    std::optional<ContactPoint> there = restored(problem, point, kFits);
    if (!there) return false;
    point = problem.fitted(std::move(*there), kFirstFits);
    double radius = kFirstRadius * std::sqrt(2.0 * std::abs(point.loss));
    int slow = 0;
    for (int iteration = 0; iteration < kSteps && slow < kPatience && setting.keep_going(); ++iteration) {
        const ContactStep step = problem.step(point);
        if (!(step.condition > kIndependent)) return false;
        std::optional<ContactPoint> next;
        while (!(next = lower(problem, point, step, radius)) && radius > kLeastRadius &&
               std::isfinite(radius))
            radius = 0.25 * std::min(radius, step.along_size);
        if (!next) break;
        if (step.along_size > radius) radius *= 2.0;
        slow = next->loss > (1.0 - kSlow) * point.loss ? slow + 1 : 0;
        point = std::move(*next);
    }
    // The loss no longer tells: by the gradient.
    ContactStep last = problem.step(point);
    for (int taken = 0; taken < kLastSteps; ++taken) {
        std::optional<ContactPoint> next = moved(problem, point, last, HUGE_VAL);
        if (!next) break;
        ContactStep from_there = problem.step(*next);
        if (!(from_there.residual < 0.5 * last.residual)) break;
        point = std::move(*next);
        last = std::move(from_there);
    }
    there = restored(problem, point, kReturns);
    if (there) point = std::move(*there);
    return there && is_at_rest(point, setting.options->tolerances);
}

// With these units, the contacts put onto the border by the groups' biases, the classes inside anew.
BoundaryNetwork with_thresholds(const ContactProblem& problem, BoundaryNetwork both,
                                const std::vector<Contact>& contacts) {
    const Size classes = problem.classes(), groups = problem.groups(), rest = both.rest_at();
    for (int round = 0; both.output_bias && round < kRounds; ++round) {
        const ContactProblem::Margins margins = problem.margins(both);
        std::vector<double> sum(std::size_t(groups * groups), 0.0), count(sum.size(), 0.0);
        for (const Contact& contact : contacts) {
            const Size own = problem.group()[problem.labels()[contact.sample]], other = contact.group;
            const double margin = margins.value[contact.sample * groups + other];
            sum[own * groups + other] += margin;
            sum[other * groups + own] -= margin;
            count[own * groups + other] += 1.0;
            count[other * groups + own] += 1.0;
        }
        for (Size own = 0; own < groups; ++own)
            for (Size other = 0; other < own; ++other)
                if (const Size at = own * groups + other; count[at] > 0.0)
                    both.parameters[rest + classes + other] += sum[at] / count[at];
    }
    for (Size g = 0; both.output_bias && g < groups; ++g)
        both.parameters[rest + classes + g] -= both.parameters[rest + classes + groups - 1];
    return both;
}

// The neuron as a unit of another kind along the same weights.
std::optional<BoundaryNetwork> as_kind(const BoundaryNetwork& both, Size u, UnitKind kind, double factor,
                                       double sign, Size classes) {
    const BoundaryUnit& old = both.units[u];
    if (old.kind != UnitKind::neuron || !both.output_bias || both.bias_value == 0.0) return std::nullopt;
    BoundaryNetwork result = both;
    BoundaryUnit unit(old.activation);
    unit.kind = kind;
    unit.neurons = old.neurons;
    auto basis = std::make_shared<Matrix>(both.inputs - 1, both.inputs);
    for (Size j = 0; j + 1 < both.inputs; ++j) (*basis)(j, j) = 1.0;
    unit.bases[0] = std::move(basis);
    std::vector<double> v = both.weights(u, 0);
    for (double& x : v) x *= factor;
    result.replace_unit(u, std::move(unit));
    result.set_weights(u, 0, v.data());
    for (Size o = 0; o < both.output_count; ++o)
        result.coefficient(u, 0, o) = o < classes ? 0.0 : sign * both.coefficient(u, 0, o);
    for (Size o = 0; o < classes; ++o) result.parameters[result.rest_at() + o] = 0.0;
    return result;
}

// The sign of sigma' where the contacts are: how the groups' outputs go on along the weights.
double slope_at(const SampleInputs& inputs, const BoundaryNetwork& both, Size u,
                const std::vector<Contact>& contacts) {
    const std::vector<double> z = inputs.preactivations(both.weights(u, 0).data());
    double middle = 0.0, slope = 0.0, value = 0.0;
    for (const Contact& contact : contacts) middle += z[contact.sample] / double(contacts.size());
    both.units[u].activation.evaluate(1, &middle, {.value = &value, .first = &slope});
    return slope < 0.0 ? -1.0 : 1.0;
}

// What a network may become: what has run off already, and each neuron vanishing or in a tail.
std::vector<BoundaryNetwork> candidates(const SampleInputs& inputs, const BoundaryNetwork& both, Size classes,
                                        const std::vector<Contact>& contacts) {
    std::vector<BoundaryNetwork> result = {both};
    for (Size u = 0; u < Size(both.units.size()); ++u) {
        if (both.units[u].kind != UnitKind::neuron) continue;
        const ActivationEnds ends = ends_of(both.units[u].activation);
        const double slope = slope_at(inputs, both, u, contacts);
        const auto add = [&](UnitKind kind, double factor) {
            if (std::optional<BoundaryNetwork> next =
                    as_kind(both, u, kind, factor, factor < 0.0 ? -slope : slope, classes))
                result.push_back(std::move(*next));
        };
        add(UnitKind::linear, 1.0);
        if (ends.curved_tail) add(UnitKind::exponential, tail_slope(both.units[u].activation, kTailCentre));
        if (ends.exponential.rate > 0.0) add(UnitKind::exponential, ends.exponential.rate);
        if (ends.exponential.rate > 0.0 && ends.mirrors) add(UnitKind::exponential, -ends.exponential.rate);
    }
    return result;
}

int rank(const EndReport& end) {
    return end.verdict == EndVerdict::minimum ? 0 : end.verdict == EndVerdict::saddle ? 1 : 2;
}

bool holds(const ContactProblem& problem, const std::vector<Contact>& contacts, Size at) {
    return std::any_of(contacts.begin(), contacts.end(), [&](const Contact& of) {
        return of.sample == at / problem.groups() && of.group == at % problem.groups();
    });
}

// The margin that is violated most, where none of the contacts is; -1: none.
Size most_violated(const ContactProblem& problem, const ContactPoint& point) {
    const ContactProblem::Margins margins = problem.margins(point.sums.outputs);
    Size violated = -1;
    for (std::size_t at = 0; at < margins.value.size(); ++at) {
        if (!(margins.value[at] < -kDoubt * margins.error[at])) continue;
        if (holds(problem, point.contacts, Size(at))) continue;
        if (violated < 0 || margins.value[at] < margins.value[violated]) violated = Size(at);
    }
    return violated;
}

std::optional<EndReport> told_apart_altogether(const Dataset& data, const ContactProblem& problem,
                                               const ContactPoint& point) {
    std::vector<Size> each(std::size_t(problem.classes()));
    std::iota(each.begin(), each.end(), Size(0));
    BoundaryNetwork limit = problem.inside(point.network);
    std::optional<Separation> separation = separation_of(data, limit, problem.labels(), each);
    if (!separation) return std::nullopt;
    return all_told_apart(std::move(limit), std::move(*separation));
}

// The set of contacts that holds, from one that nearly does: those that pull leave, those that are crossed
// come in.
std::optional<EndReport> settled_end(const SolveSetting& setting, const ContactProblem& problem,
                                     BoundaryNetwork from, std::vector<Contact> contacts) {
    const double first = contacts.empty() ? 0.0 : contacts.front().multiplier;
    double before = HUGE_VAL;
    std::size_t count = 0;
    for (int change = 0; change < kChanges && !contacts.empty() && setting.keep_going(); ++change) {
        std::optional<ContactPoint> point = problem.at(from, contacts);
        // More contacts than directions: the weakest go.
        while (point && point->contacts.size() > 1 && !(problem.step(*point).condition > kIndependent)) {
            contacts.pop_back();
            point = problem.at(from, contacts);
        }
        if (!point) return std::nullopt;
        const bool rests = settle(setting, problem, *point);
        if (point->loss < kLeastLoss) return told_apart_altogether(*setting.data, problem, *point);
        if (!(problem.step(*point).condition > kIndependent)) return std::nullopt;
        contacts = point->contacts;
        from = point->network;
        if (contacts.size() == count && std::abs(point->loss - before) <= kSameLoss * before)
            return std::nullopt;  // one leaves and comes in again
        count = contacts.size();
        before = point->loss;
        const auto weakest =
            std::min_element(contacts.begin(), contacts.end(),
                             [](const Contact& a, const Contact& b) { return a.multiplier < b.multiplier; });
        if (weakest != contacts.end() && weakest->multiplier < kNoForce * first) {
            contacts.erase(weakest);
            continue;
        }
        if (const Size at = most_violated(problem, *point); at >= 0) {
            contacts.push_back({at / problem.groups(), at % problem.groups(), 0.0});
            continue;
        }
        if (!rests) return std::nullopt;
        return classify_contacts(problem, *point, setting.options->tolerances);
    }
    return std::nullopt;
}

}  // namespace

std::optional<EndReport> end_in_contact(const SolveSetting& setting, const BoundaryNetwork& whole,
                                        const std::vector<Size>& labels, const std::vector<Size>& group,
                                        double highest) {
    const ContactProblem problem(*setting.data, labels, group);
    if (problem.groups() == problem.classes()) return std::nullopt;
    const ContactProblem::Split split = problem.split(whole);
    if (!(split.size > 0.0)) return std::nullopt;
    const std::vector<Contact> contacts = pressing(problem, whole, split.network, *setting.data, split.size);
    std::optional<EndReport> best;
    const SampleInputs inputs(*setting.data);
    for (BoundaryNetwork& from : candidates(inputs, split.network, problem.classes(), contacts)) {
        std::optional<EndReport> end;
        try {
            end =
                settled_end(setting, problem, with_thresholds(problem, std::move(from), contacts), contacts);
        } catch (const Error& error) {
            if (!cannot_evaluate(error)) throw;
        }
        if (!end || !(end->loss <= highest)) continue;
        if (!best || rank(*end) < rank(*best)) best = std::move(end);
        if (rank(*best) == 0) break;
    }
    return best;
}

}  // namespace tepui
