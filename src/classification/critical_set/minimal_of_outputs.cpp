// What a critical set of several outputs is made of: the distinct neurons, what their daughters may share,
// and what is known of their splits (MATH.md section 14).
#include <algorithm>
#include <numeric>

#include "classification/critical_set/branch_content.hpp"
#include "classification/critical_set/critical_set.hpp"
#include "classification/model/model.hpp"
#include "classification/point/parts.hpp"
#include "linalg/singular.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

// Orthonormal rows that span ker Psi, of this rank.
Matrix kernel_of(const Matrix& slopes, Size rank) {
    const Size outputs = slopes.cols();
    const linalg::RightSingular singular = linalg::right_singular(slopes);
    Matrix projection(outputs, outputs);
    for (Size l = 0; l < rank; ++l)
        for (Size o = 0; o < outputs; ++o)
            for (Size p = 0; p < outputs; ++p)
                projection(o, p) += singular.vectors(l, o) * singular.vectors(l, p);
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(projection, true);
    Matrix kernel(outputs - rank, outputs);
    std::copy_n(eigen.vectors.data(), kernel.rows() * outputs, kernel.data());
    return kernel;
}

// Where one equation more than rank Psi_i is left near w_i, it is v^T H_i v = 0 on ker Psi_i^T to leading
// order.
Meeting meeting_of(const LayerNeuron& neuron, Size equations) {
    if (neuron.shape.slopes.rank.least + 1 != equations) return Meeting::undetermined;
    return neuron.shape.order == 0 ? Meeting::no : meeting_at(neuron.definiteness);
}

// C^{r,0} in this width. Where Psi_i is not zero daughters with linearly dependent output weights make a
// saddle: all of them where there are more than ker Psi_i has dimensions, gauges apart.
BranchContent content_of_splits(const LayerReport& layer, Size wide_width, Size gauge) {
    bool minima = false, saddles = false, all_saddles = true, in_proportion = true, slopes = true;
    Size independent = 0;
    for (const LayerNeuron& neuron : layer.neurons) {
        minima = minima || neuron.plateau.minima != GammaRegion::none;
        saddles = saddles || neuron.plateau.saddles != GammaRegion::none;
        all_saddles = all_saddles && neuron.plateau.saddles == GammaRegion::everywhere;
        const Size rank = neuron.shape.slopes.rank.least;
        const Size dimension = layer.layer.output_count - rank - gauge;
        in_proportion = in_proportion && dimension <= 1;
        slopes = slopes && rank > 0;
        independent += dimension;
    }
    if (all_saddles && (in_proportion || (slopes && wide_width > independent))) return BranchContent::saddles;
    if (minima && saddles) return BranchContent::minima_and_saddles;
    if (minima) return BranchContent::some_minima;
    return saddles ? BranchContent::some_saddles : BranchContent::undetermined;
}

void take_over(const ModelReport& point, NetworkReport& report) {
    report.verdict = point.verdict;
    report.rule = point.rule;
    report.strict = point.strict;
    report.least = report.global = point.global;
    report.loss = point.loss;
    report.gradient_norm = point.gradient_norm;
    report.gradient_relative = point.gradient_relative;
    report.stationarity_tolerance = point.stationarity_tolerance;
    report.index = point.index;
    report.data_nullity = point.data_nullity;
    report.witness = point.witness;
}

}  // namespace

NetworkReport classify_outputs(const Dataset& data, const Network& network, const Tolerances& tolerances,
                               const Execution& execution) {
    NetworkReport report(network);
    take_over(classify_model(data, network, tolerances, false, execution, AnalysisScope::complete,
                             HessianMethod::dense),
              report);
    return report;
}

CriticalSet minimal_of_outputs(const Dataset& data, const Network& network, Size wide_width,
                               const Tolerances& tolerances, const ReductionTolerances& reduction,
                               const Execution& execution) {
    CriticalSet set((NetworkReport(network)));
    NetworkReport& minimal = set.minimal;
    PointReport given;
    const bool stationary = stationarity(gradient(data, network, execution), tolerances, given);
    const Network narrow = reduce(network, &data, reduction, execution).narrow;
    minimal.grouping.narrow = narrow;
    minimal.gradient_relative = given.gradient_relative;
    minimal.stationarity_tolerance = given.stationarity_tolerance;
    if (!stationary) minimal.verdict = Verdict::not_stationary;
    if (!stationary || narrow.width == 0) return set;

    const ModelReport point = classify_model(data, narrow, tolerances, false, execution,
                                             AnalysisScope::complete, HessianMethod::dense);
    take_over(point, minimal);
    set.verdict = point.verdict;
    if (point.verdict == Verdict::not_stationary) return set;
    minimal.space = input_space(data, execution);
    if (!minimal.space.full()) {
        minimal.projected = project(data, minimal.space, execution);
        minimal.grouping.narrow = project(narrow, minimal.space);
    }
    const LayerReport& layer = *point.layer;
    set.unclear = layer.kink || layer.neurons.empty();
    set.shape.narrow_nullity = point.hessian.inertia.zero;
    set.shape.gauge = data.loss().shift_invariant() ? 1 : 0;
    set.shape.equations = narrow.output_count - layer.idle_outputs;
    const Dataset& inside = minimal.projected ? *minimal.projected : data;
    const Network& distinct = minimal.grouping.narrow;
    const LayerSums sums = layer_sums(inside, distinct, 0, distinct.width, execution);
    for (std::size_t i = 0; i < layer.neurons.size(); ++i) {
        const LayerNeuron& neuron = layer.neurons[i];
        const Size rank = neuron.shape.slopes.rank.least;
        set.shape.sharing = std::max(set.shape.sharing, narrow.output_count - rank);
        set.meetings.push_back(meeting_of(neuron, set.shape.equations));
        set.shared_outputs.push_back(kernel_of(sums.neurons[i].slopes, rank));
    }
    if (!layer.neurons.empty()) set.splits = content_of_splits(layer, wide_width, set.shape.gauge);
    return set;
}

}  // namespace tepui
