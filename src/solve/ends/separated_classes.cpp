#include "solve/ends/separated_classes.hpp"

#include <algorithm>

#include "classification/infinity/end_verdict.hpp"
#include "network/model/evaluable.hpp"
#include "solve/ends/at_infinity.hpp"
#include "solve/ends/contact_search.hpp"
#include "solve/ends/own_limit.hpp"
#include "solve/ends/remaining_data.hpp"

namespace tepui {
namespace {

constexpr double kIdle = 1e-12;  // a slope of the loss by an output, beside the sample's weight

// The classes of the one group that has several, and their samples. Nothing where none or more than one has.
std::optional<Remaining> inside_of(const std::vector<Size>& labels, const std::vector<Size>& group) {
    Size large = -1;
    for (const Size of : group) {
        if (std::count(group.begin(), group.end(), of) < 2 || of == large) continue;
        if (large >= 0) return std::nullopt;
        large = of;
    }
    if (large < 0) return std::nullopt;
    Remaining inside;
    for (Size o = 0; o < Size(group.size()); ++o)
        if (group[o] == large) inside.classes.push_back(o);
    for (Size k = 0; k < Size(labels.size()); ++k)
        if (group[labels[k]] == large) inside.samples.push_back(k);
    return inside;
}

Network network_inside(const Network& network, const Remaining& inside) {
    Layout layout = network;
    layout.output_count = Size(inside.classes.size());
    Network result(network.activation, layout);
    result.unit_activations = network.unit_activations;
    std::copy_n(network.parameters.begin(), network.width * network.inputs, result.parameters.begin());
    for (Size q = 0; q < network.features(); ++q) {
        double mean = 0.0;  // what all outputs share has grown with the direction, and says nothing
        for (const Size o : inside.classes)
            mean += network.parameters[network.coefficient(q, o)] / double(layout.output_count);
        for (Size o = 0; o < layout.output_count; ++o)
            result.parameters[result.coefficient(q, o)] =
                network.parameters[network.coefficient(q, inside.classes[o])] - mean;
    }
    return result;
}

bool all_equal(const std::vector<Size>& group) {
    return std::all_of(group.begin(), group.end(), [&](Size of) { return of == group[0]; });
}

// The motion that tells samples of the classes inside apart, as large as leaves the groups told apart: it is
// they that make no difference inside a group. False when none is so large.
bool add_motion(const Dataset& data, const BoundaryNetwork& limit, const std::vector<Size>& labels,
                const Remaining& inside, const Separation& within, Separation& separation) {
    constexpr int kHalvings = 40;
    const std::size_t outputs = std::size_t(data.outputs()), few = inside.classes.size();
    std::vector<double> motion(separation.direction.size(), 0.0);
    for (std::size_t q = 0; q * outputs < motion.size(); ++q)
        for (std::size_t o = 0; o < few; ++o)
            motion[q * outputs + std::size_t(inside.classes[o])] = within.direction[q * few + o];
    double share = 1.0;
    for (int halving = 0; halving < kHalvings; ++halving, share *= 0.5) {
        std::vector<double> both = separation.direction;
        for (std::size_t c = 0; c < both.size(); ++c) both[c] += share * motion[c];
        std::vector<double> hidden = within.hidden;
        for (double& v : hidden) v *= share;
        const double margin = margin_along(data, limit, labels, separation.group, both, hidden);
        if (!(margin > 0.0)) continue;
        separation.direction = std::move(both);
        separation.hidden = std::move(hidden);
        separation.margin = std::min(margin, within.margin);
        separation.samples += within.samples;
        separation.partly += within.partly;
        return true;
    }
    return false;
}

bool is_known(const std::optional<StartReport>& judged) {
    return judged && judged->end->verdict != EndVerdict::undetermined;
}

// With these groups, the run going on inside the one that has several classes.
std::optional<StartReport> judged_inside(const SolveSetting& setting, const StartReport& report,
                                         const RunFrom& run, const Remaining& inside,
                                         const std::vector<Size>& labels, std::vector<Size> group,
                                         std::string& reason) {
    const Dataset& data = *setting.data;
    const SampleInputs inputs(data);
    const Dataset rest = data_of(data, inputs, inside);
    const InputMetric metric = measure_inputs(rest);
    SolveSetting of_rest = setting;
    of_rest.data = &rest;
    of_rest.metric = &metric;
    StartReport found = run(of_rest, network_inside(report.point, inside));
    reason = "classes are told apart, and of the others: " + found.reason;
    std::optional<EndReport> end = end_of_remaining(of_rest, found);
    if (!end) return std::nullopt;
    const std::optional<Separation> within = end->separation;
    const bool of_samples = within && all_equal(within->group);
    for (std::size_t o = 0; within && !of_samples && o < within->group.size(); ++o)
        group[inside.classes[o]] = data.outputs() + within->group[o];
    if (!lift(inputs, inside, data.outputs(), *end)) return std::nullopt;
    std::optional<Separation> separation = separation_of(data, end->limit, labels, group);
    if (!separation) {
        reason = "classes are told apart, but no longer at the limit of the others";
        return std::nullopt;
    }
    if (of_samples && !add_motion(data, end->limit, labels, inside, *within, *separation)) {
        reason = "classes are told apart, but not beside samples of the others";
        return std::nullopt;
    }
    StartReport result = report;
    result.iterations += found.iterations;
    if (end->rule == EndRule::separated)
        return at_infinity(std::move(result), all_told_apart(end->limit, std::move(*separation)));
    end->separation = std::move(separation);
    return at_infinity(std::move(result), std::move(*end));
}

std::optional<StartReport> judged_with(const SolveSetting& setting, const StartReport& report,
                                       const RunFrom& run, const BoundaryNetwork& whole,
                                       const std::vector<Size>& labels, const std::vector<Size>& group,
                                       std::string& reason) {
    const Dataset& data = *setting.data;
    if (*std::max_element(group.begin(), group.end()) + 1 == Size(group.size())) {
        std::optional<Separation> separation = separation_of(data, whole, labels, group);
        if (!separation) return std::nullopt;
        return at_infinity(report, all_told_apart(whole, std::move(*separation)));
    }
    const std::optional<Remaining> inside = inside_of(labels, group);
    if (!inside || inside->classes.size() == group.size()) return std::nullopt;
    if (!separation_of(data, whole, labels, group)) return std::nullopt;
    // A limit at which samples inside are told apart seldom tells the groups apart, too.
    SolveSetting alone = setting;
    alone.beside_growing = false;
    std::optional<StartReport> judged = judged_inside(alone, report, run, *inside, labels, group, reason);
    if (is_known(judged) || !setting.beside_growing || report.point.activation.piecewise_linear())
        return judged;
    std::optional<StartReport> beside = judged_inside(setting, report, run, *inside, labels, group, reason);
    return is_known(beside) || !judged ? beside : judged;
}

}  // namespace

EndReport all_told_apart(BoundaryNetwork limit, Separation separation) {
    EndReport end;
    end.limit = with_coefficients(std::move(limit), separation.direction);
    end.verdict = EndVerdict::minimum;
    end.rule = EndRule::separated;
    end.separation = std::move(separation);
    return end;
}

std::optional<StartReport> judged_separated(const SolveSetting& setting, const StartReport& report,
                                            const RunFrom& run, bool last, std::string& reason) {
    const Dataset& data = *setting.data;
    const std::optional<std::vector<Size>> labels = labels_of(data);
    if (!labels || !data.decay().none()) return std::nullopt;
    const BoundaryNetwork whole = own_limit(setting, report.point);
    std::vector<Size> before;
    std::optional<StartReport> best;
    for (const bool means : {false, true}) {
        std::vector<Size> group;
        try {
            group = groups_told_apart(*labels, data.outputs(), boundary_outputs(data, whole).f.data(), means);
        } catch (const Error& error) {
            if (!cannot_evaluate(error)) throw;
            return std::nullopt;
        }
        if (group == before) break;
        before = group;
        std::optional<StartReport> judged = judged_with(setting, report, run, whole, *labels, group, reason);
        if (is_known(judged)) return judged;
        if (!best) best = std::move(judged);
        if (!last || report.point.skip || *std::max_element(group.begin(), group.end()) == 0) continue;
        std::optional<EndReport> touching = end_in_contact(setting, whole, *labels, group, report.loss);
        if (!touching) continue;
        const bool known = touching->verdict != EndVerdict::undetermined;
        if (known || !best) best = at_infinity(report, std::move(*touching));
        if (known) return best;
    }
    return best;
}

std::vector<bool> samples_told_apart(const Dataset& data, const Network& network) {
    if (!labels_of(data)) return {};
    std::vector<bool> idle(std::size_t(data.samples()), false);
    bool any = false, all = true;
    try {
        const BoundaryOutputs outputs = boundary_outputs(data, as_limit(network, 0.0));
        for (Size k = 0; k < data.samples(); ++k) {
            double slope = 0.0;
            for (Size o = 0; o < data.outputs(); ++o)
                slope = std::max(slope, std::abs(outputs.g[k * data.outputs() + o]));
            idle[k] = slope <= kIdle * data.weight(k);
            any = any || idle[k];
            all = all && idle[k];
        }
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
    }
    return any && !all ? idle : std::vector<bool>();
}

}  // namespace tepui
