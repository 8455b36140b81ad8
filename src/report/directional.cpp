// Points of networks of ReLU-like neurons.
#include "report/builders.hpp"

namespace tepui {
namespace {

// Whether a_i D_i >= 0.
void add_sign(tepui_report& report, const SignAnswer& sign) {
    report.add({{"nonnegative", sign.answer},
                {"method", sign.method},
                {"undetermined_because", sentence_of(sign.reason)},
                {"defect", sign.defect},
                {"defect_tolerance", sign.defect_tolerance},
                {"margin", sign.margin < 0.0 ? tepui_report() : tepui_report(sign.margin)}});
}

tepui_report direction_report(const DirectionalReport& verdict, const DirectionalNeuron& neuron,
                              const Telling& telling) {
    if (!neuron.escape && neuron.sign.answer != Answer::no) return nullptr;
    std::vector<double> v = neuron.direction;
    v.resize(std::size_t(verdict.network.inputs), 0.0);
    telling.scale.weights_to_given(v.data());
    return tepui_report::object({{"v", std::move(v)}, {"derivative", neuron.derivative}});
}

tepui_report neuron_report(const DirectionalReport& verdict, Size number, double output,
                           const Telling& telling) {
    const DirectionalNeuron& neuron = verdict.neurons[std::size_t(number)];
    tepui_report report = tepui_report::object({{"neuron", number},
                                                {"a", output},
                                                {"psi", neuron.psi},
                                                {"psi_tolerance", neuron.psi_tolerance},
                                                {"kinks", neuron.kinks},
                                                {"merged_kinks", neuron.merged_kinks},
                                                {"identically_zero", neuron.identically_zero},
                                                {"escape", neuron.escape}});
    add_sign(report, neuron.sign);
    const DirectionalPlateau plateau = directional_plateau(verdict, number);
    report.add({{"direction", direction_report(verdict, neuron, telling)},
                {"plateau", plateau.type},
                {"stationary", plateau.stationary},
                {"local_minima", plateau.minima},
                {"saddles", plateau.saddles}});
    return report;
}

tepui_report neuron_report(const OutputsNeuron& neuron, std::size_t number) {
    tepui_report report = tepui_report::object({{"neuron", number},
                                                {"psi", neuron.psi},
                                                {"psi_tolerance", neuron.psi_tolerance},
                                                {"kinks", neuron.kinks},
                                                {"escape", neuron.escape}});
    add_sign(report, neuron.sign);
    report.add(
        {{"curvature", neuron.curvature},
         {"direction", neuron.direction.empty() ? tepui_report()
                                                : tepui_report::object({{"v", neuron.direction},
                                                                        {"derivatives", neuron.derivatives},
                                                                        {"b", neuron.outputs}})}});
    return report;
}

// The Hessian on the faces of the kinks, where it was asked.
tepui_report face_report(const std::optional<FaceReport>& face) {
    if (!face) return nullptr;
    return tepui_report::object({{"dimension", face->dimension},
                                 {"negative", face->negative},
                                 {"zero", face->zero},
                                 {"still", face->still},
                                 {"turned", face->turned},
                                 {"lambda_min", face->lambda_min},
                                 {"tolerance", face->tolerance},
                                 {"kinks_hold", face->strict}});
}

}  // namespace

tepui_report directional_report(const DirectionalReport& verdict, const Telling& telling) {
    const Network network = telling.network(verdict.network);
    tepui_report neurons = tepui_report::array();
    for (Size i = 0; i < network.width; ++i)
        neurons.push_back(neuron_report(verdict, i, network.output(i), telling));
    tepui_report report = tepui_report::object({{"loss", telling.loss(verdict.sums.loss.loss)},
                                                {"stationarity_tolerance", verdict.tolerances.stationarity},
                                                {"kink_tolerance", verdict.kink_tolerance},
                                                {"stationary", verdict.stationary()},
                                                {"verdict", verdict.verdict},
                                                {"global", verdict.global},
                                                {"rule", verdict.rule},
                                                {"reason", sentence_of(verdict.rule)},
                                                {"deciding_neuron", known(verdict.deciding_neuron)},
                                                {"witness", way_report(verdict.witness, telling)},
                                                {"neurons", std::move(neurons)}});
    add_parameters(report, network);
    return report;
}

tepui_report embedding_report(const EmbeddingReport& embedding, const Telling& telling) {
    return tepui_report::object({{"verdict", embedding.verdict},
                                 {"rule", embedding.rule},
                                 {"reason", sentence_of(embedding.rule)},
                                 {"deciding_neuron", known(embedding.deciding_neuron)},
                                 {"witness", way_report(embedding.witness, telling)}});
}

tepui_report several_outputs_report(const OutputsReport& verdict) {
    tepui_report neurons = tepui_report::array();
    for (const OutputsNeuron& neuron : verdict.neurons)
        neurons.push_back(neuron_report(neuron, neurons.count()));
    return tepui_report::object({{"loss", verdict.loss},
                                 {"kink_tolerance", verdict.kink_tolerance},
                                 {"verdict", verdict.verdict},
                                 {"rule", verdict.rule},
                                 {"reason", sentence_of(verdict.rule)},
                                 {"deciding_neuron", known(verdict.deciding_neuron)},
                                 {"face", face_report(verdict.face)},
                                 {"witness", way_report(verdict.witness, {})},
                                 {"neurons", std::move(neurons)}});
}

}  // namespace tepui
