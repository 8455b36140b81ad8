// The report of each kind of result. Names and nesting are those of the command's JSON
// (src/docs/report.schema.json). Neurons are numbered from 0, as the rows of W; points and starts of a search
// from 1.
#pragma once

#include <optional>
#include <span>

#include "certify/certificate.hpp"
#include "classification/critical_set/critical_set.hpp"
#include "classification/directional/embedding.hpp"
#include "classification/directional/several_outputs.hpp"
#include "classification/layer/layer.hpp"
#include "classification/model/model.hpp"
#include "report/report.hpp"
#include "report/telling.hpp"
#include "solve/solve.hpp"
#include "solve/trace.hpp"
#include "splitting/reduction.hpp"

namespace tepui {

// Of an analysis, where its time went, and of the verdict on a network with the analysis, told in coordinates
// of its own, of the distinct neurons (null: none).
tepui_report analysis_report(const Analysis& analysis, const Telling& telling);
tepui_report timings_report(const PhaseTimes& times);
tepui_report network_report(const Whole& whole, const Analysis* narrow, const Telling& narrow_telling);

// Of a split of one neuron, of several at once with what each alone would give.
tepui_report split_report(const SplitReport& split, const std::vector<NeuronSplit>& asked,
                          const Telling& telling);
tepui_report splits_report(const SplitReport& whole, const std::vector<SplitVerdict>& parts,
                           const std::vector<NeuronSplit>& asked, const Telling& telling);

// Of a layer and of a split of one of its neurons.
tepui_report layer_report(const LayerReport& layer);
tepui_report layer_split_report(const LayerSplit& split, const std::vector<double>& gamma);
// Of a point of a network of any layout and loss.
tepui_report model_report(const ModelReport& model);

// Of a way down, told already.
tepui_report witness_report(const Witness& told, const Telling& telling,
                            const std::vector<NeuronSplit>& splits);

// Of networks of ReLU-like neurons.
tepui_report directional_report(const DirectionalReport& verdict, const Telling& telling);
tepui_report embedding_report(const EmbeddingReport& embedding, const Telling& telling);
tepui_report several_outputs_report(const OutputsReport& verdict);

// networks: of the distinct points, which the result has not. Told already.
tepui_report solution_report(const SolveResult& result, const std::vector<const Network*>& networks);
// Of an end at infinity, told already.
tepui_report end_report(const DistinctEnd& end, Size number);
// points: the networks behind the plateaus.
tepui_report trace_report(const TraceResult& trace, const std::vector<const Network*>& points);

// minimal: the network that the set is about, told already.
tepui_report critical_set_report(const CriticalSet& set, const Network& minimal, const Telling& telling);
// Told already.
tepui_report reduction_report(const Reduction& reduction);

// narrow: about the distinct neurons of a network that was reduced.
tepui_report certificate_report(const Certificate& certificate, bool narrow);

// ---- Parts that several reports share ----

// What is split on the way down that stands for a neuron: nothing where it is the point's own.
std::vector<NeuronSplit> splits_to_escape(const NeuronReport& neuron, Size number);
// Null where there is none.
tepui_report way_report(const std::optional<Witness>& witness, const Telling& telling,
                        const std::vector<NeuronSplit>& splits = {});
// Adds W, a list for each neuron, and a; with several outputs a list for each neuron (of ReLU-like networks
// for each output), output biases b and skip connections C, a list for each output, where there are any.
void add_parameters(tepui_report& report, const Network& network);
// Adds "morse_index" and "nullity", null where they are not known, and their bounds.
void add_index(tepui_report& report, const IndexBounds& index);
tepui_report spectrum_report(const SpectralReport& spectrum);
// Of a point: with the method, and what products alone found.
tepui_report hessian_of_point_report(const SpectralReport& spectrum,
                                     const std::optional<HessianEvidence>& evidence);
// -1: null.
tepui_report known(Size number);
tepui_report layer_neuron_report(const LayerReport& layer, Size neuron);
tepui_report inertia_report(const Inertia& inertia, bool counted);

}  // namespace tepui
