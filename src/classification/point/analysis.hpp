// The verdict on a stationary point, on each of its neurons, and on any split of one neuron (MATH.md sections
// 4, 5, 10).
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "classification/escape/fourth_order.hpp"
#include "classification/escape/witness.hpp"
#include "classification/spectrum/hessian_search.hpp"
#include "classification/spectrum/index_bounds.hpp"
#include "classification/spectrum/spectral.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "splitting/split.hpp"
#include "vocabulary/verdicts.hpp"

namespace tepui {

struct PointReport {
    Verdict verdict = Verdict::undetermined;
    Rule rule = Rule::degenerate_hessian;
    bool strict = false;  // strict local minimum
    bool least = false;  // no network nearby, of any width, has a smaller loss: every split is a minimum, too
    bool global = false;   // and none anywhere
    bool unclear = false;  // it may have the least loss: nothing about its residuals is known
    // Zero eigenvalues of the Hessian that structure explains: parameters that do not matter, symmetries. The
    // others may be small ones.
    Size explained_zeros = 0;
    double loss = 0.0;
    double gradient_norm = 0.0;           // Euclidean
    double gradient_relative = 0.0;       // max_j |grad_j| / sum of absolute terms
    double stationarity_tolerance = 0.0;  // what gradient_relative was compared with
    SpectralReport hessian;  // of the narrow point; empty when not stationary or in the scope `neurons`
    std::optional<HessianEvidence> evidence;  // where the Hessian was judged matrix-free
    std::optional<Witness> witness;           // for a saddle, where ways down are asked for
};

struct NeuronReport {
    double output = 0.0;   // a_i
    SpectralReport inner;  // of H_i
    Definiteness definiteness = Definiteness::zero;
    PlateauType plateau = PlateauType::undetermined;
    Rule rule = Rule::zero_inner_hessian;
    GammaRegion minima = GammaRegion::none;   // where local minima are known to be
    GammaRegion saddles = GammaRegion::none;  // where saddles are known to be; the rest is undetermined
    // Where H_i is singular: a null vector v of unit preactivation change (root mean square) along which
    // third = a_i sum_k s_k r_k sigma'''(w_i . x_k) (v . x_k)^3 is not zero; empty when none is known.
    Size explained_zeros = 0;     // zero eigenvalues of H_i that structure explains
    bool third_vanishes = false;  // the third-order form on the null space of H_i is zero by structure
    std::vector<double> null_direction;
    double third = 0.0;
    // Where H_i is singular and its third-order form is zero on its null space within rounding.
    std::optional<FourthOrder> fourth;
    // The escape with the largest measured decrease among the two-daughter splits (1/2, 1/2), (2, -1) and (1,
    // 0) of this neuron that are saddles; absent when there is none, and when the point is a saddle already.
    // Sought where AnalysisOptions::ways_down asks for it, and not in the scope `neurons`.
    std::vector<double> escape_gamma;
    std::optional<Witness> escape;
};

// Every eigenvalue is far from the threshold, or zero by structure.
inline bool index_is_known(const SpectralReport& spectrum, Size explained_zeros) {
    return spectrum.counted && spectrum.clear() && spectrum.inertia.zero == explained_zeros;
}
inline bool index_is_known(const PointReport& point) {
    return index_is_known(point.hessian, point.explained_zeros);
}
inline bool index_is_known(const NeuronReport& neuron) {
    return index_is_known(neuron.inner, neuron.explained_zeros);
}
// In d inputs.
inline SignCounts sign_counts(const NeuronReport& neuron, Size inputs) {
    return sign_counts(neuron.inner, inputs, neuron.explained_zeros);
}

// How the loss falls from splits of the neuron: the point's own way down, without gamma, when it is a saddle.
inline const std::optional<Witness>& escape_of(const PointReport& point, const NeuronReport& neuron) {
    return neuron.escape ? neuron.escape : point.witness;
}

struct Analysis {
    Analysis(Network network_, const Tolerances& tolerances_)
        : network(std::move(network_)), tolerances(tolerances_) {}

    Network network;
    Tolerances tolerances;
    AnalysisScope scope = AnalysisScope::complete;
    PointReport point;
    std::vector<NeuronReport> neurons;  // empty when the point is not stationary
    std::vector<double>
        newton_step;  // to the stationary point nearby, subtracted from the parameters; may be empty
};
Analysis analyze(const Dataset& data, const Network& network, const Tolerances& tolerances,
                 const Execution& execution, const AnalysisOptions& options = {});

struct SplitVerdict {
    Verdict verdict = Verdict::undetermined;
    Rule rule = Rule::zero_inner_hessian;
};

struct SplitReport {
    Verdict verdict = Verdict::undetermined;
    Rule rule = Rule::zero_inner_hessian;
    GammaSigns signs;
    IndexBounds index;  // of the split network's Hessian, in closed form (MATH.md section 4)
    double tau = 0.0;
    double margin = 0.0;
    double gradient_norm = 0.0;
    std::optional<Witness> witness;  // for a saddle, in the parameters of the split network, where asked for
};
// The analysis must be of the same data. Throws Error(not_stationary) when its point is not stationary.
SplitReport classify_split(const Dataset& data, const Analysis& analysis, Size neuron,
                           std::span<const double> gamma, const Execution& execution,
                           WaysDown ways_down = WaysDown::all);

}  // namespace tepui
