// A point of a network of any layout and loss.
#include "report/builders.hpp"

namespace tepui {
namespace {

tepui_report whole_report(const ModelReport& model) {
    tepui_report groups = tepui_report::array();
    for (const DaughterGroup& group : model.groups)
        groups.push_back(
            tepui_report::object({{"neurons", group.members},
                                  {"signs", tepui_report::Integers(group.signs.begin(), group.signs.end())},
                                  {"gamma", group.gamma}}));
    tepui_report whole = tepui_report::object({{"rank", model.rank},
                                               {"narrow_width", model.narrow.width},
                                               {"data_nullity", model.data_nullity},
                                               {"idle_outputs", model.layer->idle_outputs},
                                               {"groups", std::move(groups)}});
    add_index(whole, model.index);
    return whole;
}

}  // namespace

tepui_report model_report(const ModelReport& model) {
    const bool stationary = model.verdict != Verdict::not_stationary;
    tepui_report report = tepui_report::object({{"loss", model.loss},
                                                {"gradient_norm", model.gradient_norm},
                                                {"gradient_relative", model.gradient_relative},
                                                {"stationarity_tolerance", model.stationarity_tolerance},
                                                {"stationary", stationary},
                                                {"verdict", model.verdict},
                                                {"strict", model.strict},
                                                {"global", model.global},
                                                {"rule", model.rule},
                                                {"reason", sentence_of(model.rule)},
                                                {"outputs", model.network.output_count},
                                                {"weight_decay", model.decayed}});
    if (stationary) {
        tepui_report hessian = model.evidence || model.hessian.counted
                                   ? hessian_of_point_report(model.hessian, model.evidence)
                                   : spectrum_report(model.hessian);
        hessian.add("explained_zeros", model.explained_zeros);
        const bool reduced = model.narrow.width < model.network.width;
        report.add({{"hessian", std::move(hessian)},
                    {"witness", way_report(model.witness, {})},
                    {"neurons_of", reduced ? "reduced_network" : "network"}});
        tepui_report neurons = tepui_report::array();
        for (std::size_t i = 0; i < model.layer->neurons.size(); ++i) {
            tepui_report neuron = layer_neuron_report(*model.layer, static_cast<Size>(i));
            if (reduced) neuron.add("given_neurons", model.groups[i].members);
            neurons.push_back(std::move(neuron));
        }
        report.add({{"neurons", std::move(neurons)},
                    {"splits_refused",
                     model.decayed ? tepui_report(sentence_of(Rule::decayed_split)) : tepui_report(nullptr)},
                    {"whole", whole_report(model)}});
    }
    add_parameters(report, model.network);
    return report;
}

}  // namespace tepui
