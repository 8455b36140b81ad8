#include "certify/claim.hpp"

#include "core/error.hpp"

namespace tepui {
namespace {

[[noreturn]] void refuse_neurons_alone() {
    throw Error(Status::unsupported,
                "the analysis is of the neurons alone: a certificate needs the verdict on the point");
}

}  // namespace

Claim claim_of(const Analysis& analysis) {
    if (analysis.scope != AnalysisScope::complete) refuse_neurons_alone();
    Claim claim(analysis.network);
    claim.verdict = analysis.point.verdict;
    claim.least = analysis.point.least;
    claim.gradient_relative = analysis.point.gradient_relative;
    claim.stationarity_tolerance = analysis.point.stationarity_tolerance;
    for (const NeuronReport& neuron : analysis.neurons)
        claim.neurons.push_back({neuron.minima, neuron.saddles});
    return claim;
}

Claim claim_of(const ModelReport& model) {
    if (model.rule == Rule::neurons_alone) refuse_neurons_alone();
    if (model.verdict != Verdict::not_stationary && model.rank < model.network.inputs)
        throw Error(Status::unsupported,
                    "the inputs have deficient rank and the verdict is on the space that they span: a "
                    "certificate is about the data as given, of full rank");
    Claim claim(model.narrow);
    const bool reduced = model.narrow.width != model.network.width;
    claim.verdict = reduced && model.layer->stationary ? model.layer->narrow.verdict : model.verdict;
    claim.least = model.global;
    claim.gradient_relative = model.gradient_relative;
    claim.stationarity_tolerance = model.stationarity_tolerance;
    for (const LayerNeuron& neuron : model.layer->neurons)
        claim.neurons.push_back({neuron.plateau.minima, neuron.plateau.saddles});
    return claim;
}

}  // namespace tepui
