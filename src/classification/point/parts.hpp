// The steps of an analysis, one file each.
#pragma once

#include "classification/escape/loss_change.hpp"
#include "classification/escape/psi.hpp"
#include "classification/point/analysis.hpp"
#include "classification/spectrum/uncertainty.hpp"

namespace tepui {

// Everything known about the point before its neurons are looked at.
struct PointContext {
    const Dataset& data;
    const Network& network;
    const Tolerances& tolerances;
    const Execution& execution;
    const Uncertainty& uncertainty;
    const PointResiduals& residuals;
    const PsiField& psi;
    const std::vector<bool>& constant;                     // locally constant neurons
    mutable std::optional<bool> effective = std::nullopt;  // effective_by_theory, once asked for
};

// Fills gradient_norm, gradient_relative and stationarity_tolerance; true when stationary.
bool stationarity(const Gradient& gradient, const Tolerances& tolerances, PointReport& report);

// Verdict of a stationary point with L > 0 whose spectral report is filled in.
void classify_point(const PointContext& context, PointReport& report);

// psi is not identically zero near w_i because the inputs and the activation make that impossible.
bool effective_by_theory(const PointContext& context);

std::vector<NeuronReport> classify_neurons(const PointContext& context, const PointReport& point,
                                           const AnalysisOptions& options);

// Lemma 4: saddles from stationarity and the inertia alone.
GammaRegion lemma_4_region(Definiteness inner);
bool contains(GammaRegion region, const GammaSigns& signs);

// Whether H_i is semidefinite and singular, or zero, as far as rounding can tell.
bool asks_for_higher_order(const PointContext& context, const NeuronReport& neuron);
// Fills null_direction and third, or else fourth, of such neurons (MATH.md section 6), many to a pass.
void higher_order_tests(const PointContext& context, const PointReport& point, std::span<const Size> indices,
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

// The best measured witness of a split that is a saddle through its inner Hessian or through a zero
// coefficient. psi: null when not needed.
std::optional<Witness> split_escape(const Dataset& data, const Network& network, Size index,
                                    const NeuronReport& neuron, std::span<const double> gamma,
                                    const PsiField* psi, const PointResiduals& residuals,
                                    const Execution& execution);

}  // namespace tepui
