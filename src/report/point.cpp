// A point, its neurons and its splits.
#include "report/builders.hpp"

namespace tepui {
namespace {

tepui_report hessian_report(const Analysis& analysis) {
    if (analysis.scope != AnalysisScope::complete || analysis.point.rule == Rule::kink) return nullptr;
    const PointReport& point = analysis.point;
    return hessian_of_point_report(point.hessian, point.evidence);
}

tepui_report escape_report(const Analysis& analysis, Size neuron, const Telling& telling) {
    const NeuronReport& one = analysis.neurons[std::size_t(neuron)];
    const std::optional<Witness>& way = escape_of(analysis.point, one);
    if (!way) return nullptr;
    const std::vector<double> itself{0.0, 0.0};
    return tepui_report::object({{"gamma", one.escape_gamma.empty() ? itself : one.escape_gamma},
                                 {"witness", way_report(way, telling, splits_to_escape(one, neuron))}});
}

tepui_report neuron_report(const Analysis& analysis, Size neuron, double output, const Telling& telling) {
    const NeuronReport& one = analysis.neurons[std::size_t(neuron)];
    return tepui_report::object({{"neuron", neuron},
                                 {"a", output},
                                 {"inner_hessian", spectrum_report(one.inner)},
                                 {"method", one.inner.method},
                                 {"precision", one.inner.precision},
                                 {"definiteness", one.definiteness},
                                 {"plateau", one.plateau},
                                 {"rule", one.rule},
                                 {"reason", sentence_of(one.rule)},
                                 {"local_minima", one.minima},
                                 {"saddles", one.saddles},
                                 {"best_escape", escape_report(analysis, neuron, telling)}});
}

// outputs: a_i of each neuron. given: of each neuron the neurons of the given network that it stands for;
// empty: itself.
void add_analysis(tepui_report& report, const Analysis* analysis, const double* outputs,
                  std::span<const NeuronGroup> given, const std::optional<Witness>& witness,
                  const Telling& witness_telling, const Telling& telling) {
    report.add({{"hessian", analysis ? hessian_report(*analysis) : nullptr},
                {"witness", way_report(witness, witness_telling)},
                {"neurons_of", given.empty() ? "network" : "reduced_network"}});
    tepui_report neurons = tepui_report::array();
    for (std::size_t i = 0; analysis && i < analysis->neurons.size(); ++i) {
        tepui_report neuron = neuron_report(*analysis, Size(i), outputs[i], telling);
        if (!given.empty()) neuron.add("given_neurons", given[i].members);
        neurons.push_back(std::move(neuron));
    }
    report.add("neurons", std::move(neurons));
}

// What PointReport and NetworkReport both have.
template <class Point>
tepui_report verdict_report(const Point& point, const Telling& telling) {
    return tepui_report::object({{"loss", telling.loss(point.loss)},
                                 {"gradient_norm", point.gradient_norm},
                                 {"gradient_relative", point.gradient_relative},
                                 {"stationarity_tolerance", point.stationarity_tolerance},
                                 {"stationary", point.verdict != Verdict::not_stationary},
                                 {"verdict", point.verdict},
                                 {"strict", point.strict},
                                 {"global", point.global},
                                 {"rule", point.rule},
                                 {"reason", sentence_of(point.rule)}});
}

tepui_report group_report(const NeuronGroup& group, const GroupReport* judged) {
    tepui_report report =
        tepui_report::object({{"kind", group.kind},
                              {"neurons", group.members},
                              {"signs", tepui_report::Integers(group.signs.begin(), group.signs.end())}});
    const bool parent = group.kind == GroupKind::parent;
    report.add(parent ? "gamma" : "outputs", parent ? group.gamma : group.outputs);
    if (judged)
        report.add({{"verdict", judged->verdict},
                    {"rule", judged->rule},
                    {"reason", sentence_of(judged->rule)},
                    {"inertia", inertia_report(judged->inertia, judged->counted)}});
    return report;
}

// The network as a whole, reduced on the space that the inputs span.
tepui_report whole_report(const NetworkReport& report) {
    tepui_report groups = tepui_report::array();
    for (std::size_t g = 0; g < report.grouping.groups.size(); ++g)
        groups.push_back(
            group_report(report.grouping.groups[g], report.groups.empty() ? nullptr : &report.groups[g]));
    tepui_report whole = tepui_report::object(
        {{"rank", report.space.rank},
         {"rank_tolerance", report.space.tolerance},
         {"smallest_singular_value_kept", report.space.smallest_kept},
         {"largest_singular_value_dropped", report.space.largest_dropped},
         {"narrow_width", report.grouping.narrow.width},
         {"data_nullity", report.data_nullity},
         {"fitted_samples", report.fitted ? report.fitted->samples() : std::vector<Size>()},
         {"groups", std::move(groups)}});
    add_index(whole, report.index);
    return whole;
}

tepui_report verdict_on_split(const SplitReport& split) {
    return tepui_report::object({{"verdict", split.verdict},
                                 {"rule", split.rule},
                                 {"reason", sentence_of(split.rule)},
                                 {"tau", split.tau},
                                 {"margin", split.margin},
                                 {"gradient_norm", split.gradient_norm}});
}

}  // namespace

std::vector<NeuronSplit> splits_to_escape(const NeuronReport& neuron, Size number) {
    if (neuron.escape_gamma.empty()) return {};
    return {{number, neuron.escape_gamma}};
}

tepui_report analysis_report(const Analysis& analysis, const Telling& telling) {
    tepui_report report = verdict_report(analysis.point, telling);
    const Network network = telling.network(analysis.network);
    if (analysis.point.verdict != Verdict::not_stationary)
        add_analysis(report, &analysis, network.outputs(), {}, analysis.point.witness, telling, telling);
    add_parameters(report, network);
    return report;
}

tepui_report timings_report(const PhaseTimes& times) {
    tepui_report phases = tepui_report::array();
    for (const PhaseTimes::Phase& phase : times.phases())
        phases.push_back(
            tepui_report::object({{"phase", std::string(phase.name)}, {"seconds", phase.seconds}}));
    return phases;
}

tepui_report network_report(const Whole& whole, const Analysis* narrow, const Telling& narrow_telling) {
    const NetworkReport& found = whole.report;
    const Telling telling{whole.scale};
    tepui_report report = verdict_report(found, telling);
    const Network network = telling.network(found.network);
    if (found.verdict != Verdict::not_stationary) {
        const bool reduced = narrow && whole.reduced();
        const Network distinct = telling.network(narrow_in_given_inputs(found));
        add_analysis(report, narrow, reduced ? distinct.outputs() : network.outputs(),
                     reduced ? found.grouping.parents() : std::span<const NeuronGroup>(), found.witness,
                     telling, narrow_telling);
    }
    report.add("whole", whole_report(found));
    add_parameters(report, network);
    return report;
}

tepui_report split_report(const SplitReport& split, const std::vector<NeuronSplit>& asked,
                          const Telling& telling) {
    tepui_report report = tepui_report::object({{"gamma", asked.front().gamma}});
    report.append(verdict_on_split(split));
    report.add("witness", way_report(split.witness, telling, asked));
    add_index(report, split.index);
    return report;
}

tepui_report splits_report(const SplitReport& whole, const std::vector<SplitVerdict>& parts,
                           const std::vector<NeuronSplit>& asked, const Telling& telling) {
    tepui_report report = verdict_on_split(whole);
    report.add("witness", way_report(whole.witness, telling, asked));
    add_index(report, whole.index);
    tepui_report alone = tepui_report::array();
    for (std::size_t j = 0; j < parts.size(); ++j)
        alone.push_back(tepui_report::object(
            {{"neuron", asked[j].neuron}, {"gamma", asked[j].gamma}, {"verdict_alone", parts[j].verdict}}));
    report.add("parts", std::move(alone));
    return report;
}

}  // namespace tepui
