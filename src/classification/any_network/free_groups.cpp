#include "classification/any_network/free_groups.hpp"

#include <cmath>

#include "classification/escape/locally_constant.hpp"
#include "classification/escape/null_space.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

std::vector<std::vector<double>> identity(Size d) {
    std::vector<std::vector<double>> basis(d, std::vector<double>(d, 0.0));
    for (Size j = 0; j < d; ++j) basis[j][j] = 1.0;
    return basis;
}

FreeGroup classify(const PointOnData& context, const NeuronGroup& group, Size neuron) {
    FreeGroup report;
    report.psi = context.psi().hessian_report(neuron);
    report.leave = context.psi().leave(neuron);
    report.slope = group.kind == GroupKind::null && report.leave && report.leave->order == 1;
    report.clear = report.slope ? report.leave->margin >= 2.0
                                : report.psi.clear() && context.psi().slope_level(neuron) <= 0.5;
    if (group.kind == GroupKind::cancelled)
        report.kernel = null_space(context.psi().at(neuron), report.psi.inertia.zero).basis;
    if (report.leave || context.effective_by_theory()) {
        report.verdict = Verdict::saddle;
        report.rule = group.kind == GroupKind::null ? Rule::null_neuron : Rule::cancelled_group;
    } else if (context.constant()[neuron] && flat_value(context.network().activation) == 0.0) {
        report.verdict = Verdict::local_minimum;
        report.rule = Rule::theorem_3_constant;
    }
    return report;
}

}  // namespace

Network with_free_neurons(const Network& narrow, const Grouping& grouping) {
    const std::span<const NeuronGroup> others = grouping.others();
    Network result = with_neurons(narrow, narrow.width + static_cast<Size>(others.size()));
    for (Size i = 0; i < narrow.width; ++i) {
        std::copy_n(narrow.weights(i), narrow.inputs, result.weights(i));
        result.output(i) = narrow.output(i);
    }
    for (std::size_t g = 0; g < others.size(); ++g) {
        std::copy_n(others[g].weights.data(), narrow.inputs,
                    result.weights(narrow.width + static_cast<Size>(g)));
    }
    return result;
}

std::vector<FreeGroup> classify_free_groups(const PointOnData& context, const Grouping& grouping,
                                            std::optional<Rule> least) {
    std::vector<FreeGroup> reports;
    for (const NeuronGroup& group : grouping.others()) {
        const Size neuron = grouping.narrow.width + static_cast<Size>(reports.size());
        if (!least) {
            reports.push_back(classify(context, group, neuron));
            continue;
        }
        FreeGroup report;
        report.verdict = Verdict::local_minimum;
        report.rule = *least;
        report.psi.inertia.zero = context.network().inputs;
        report.kernel = identity(context.network().inputs);
        report.clear = true;
        reports.push_back(std::move(report));
    }
    return reports;
}

}  // namespace tepui
