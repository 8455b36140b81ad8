// The steps of an analysis, one file each.
#pragma once

#include "classification/point/analysis.hpp"
#include "classification/point/point_on_data.hpp"

namespace tepui {

// The analysis of a point that others look at too. stationary: it is taken as such whatever its gradient
// says.
Analysis analyze(PointOnData& context, const AnalysisOptions& options, bool stationary);

// Fills gradient_norm, gradient_relative and stationarity_tolerance; true when stationary.
bool stationarity(const Gradient& gradient, const Tolerances& tolerances, PointReport& report);

// Zero eigenvalues of the point's Hessian that are zero by structure: idle parameters and continuous
// symmetries.
Size explained_zeros(const PointOnData& context, const SpectralReport& hessian);

// Verdict of a stationary point with L > 0 whose spectral report is filled in.
void classify_point(const PointOnData& context, PointReport& report);

// Its way down where it is a saddle, unmeasured.
std::optional<Witness> point_escape(const PointOnData& context, const PointReport& report);

std::vector<NeuronReport> classify_neurons(const PointOnData& context, const PointReport& point,
                                           const AnalysisOptions& options);

// Lemma 4: saddles from stationarity and the inertia alone.
GammaRegion lemma_4_region(Definiteness inner);
bool contains(GammaRegion region, const GammaSigns& signs);

// Whether H_i is semidefinite and singular, or zero, by structure: not just as far as doubles can tell.
bool asks_for_higher_order(const PointOnData& context, const NeuronReport& neuron);
// Fills null_direction and third, or else fourth, of such neurons (MATH.md section 6), many to a pass.
void higher_order_tests(const PointOnData& context, const PointReport& point, std::span<const Size> indices,
                        std::vector<NeuronReport>& neurons);

// Third and fourth order see the null vectors of a singular H_i. An eigenvalue that is zero within tau only
// may stop the fall they promise, near the point at least: it has to be measured before a saddle is claimed.
constexpr bool must_be_measured(Rule rule) {
    return rule == Rule::third_order || rule == Rule::fourth_order;
}

// The verdict where the higher orders do not decide.
SplitVerdict second_order_verdict(const PointReport& point, const NeuronReport& neuron);

// What theory says about a gamma, given the reports on the point and the neuron.
SplitVerdict split_verdict(const PointReport& point, const NeuronReport& neuron,
                           std::span<const double> gamma);

// A split that is a saddle through its inner Hessian or through a zero coefficient.
struct SplitAtSaddle {
    Size neuron = 0;
    const NeuronReport* report = nullptr;
    std::span<const double> gamma;
};
// The best measured witness of each, in few passes over the data.
std::vector<std::optional<Witness>> split_escapes(const PointOnData& context,
                                                  std::span<const SplitAtSaddle> splits);

}  // namespace tepui
