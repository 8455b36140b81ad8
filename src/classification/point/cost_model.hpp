// Which way to judge the inner Hessians is cheapest, from measured costs.
#pragma once

#include "classification/spectrum/neuron_method.hpp"
#include "core/sizes.hpp"

namespace tepui {

// Seconds on one thread of one machine: only their ratios count.
struct NeuronCosts {
    double forming = 0.0;      // every inner Hessian
    double spectrum = 0.0;     // all their eigenvalues, with the eigenvectors that witnesses need
    double inertia = 0.0;      // their counts and extreme pairs
    double matrix_free = 0.0;  // the products that prove every one of them indefinite, if they all are
};
NeuronCosts neuron_costs(Size samples, Size width, Size inputs);

// Whether another direction for the `open` neurons whose matrices resisted so far is likely to cost less than
// forming these.
bool more_products_pay(Size samples, Size width, Size inputs, Size open);

// A choice of the caller's stands. Automatic: counts where they are cheaper than spectra; matrix-free only
// where nobody needs the counts (scope `neurons`: without the point's Hessian no Morse index follows from
// them) and where it pays even if half of the matrices must be formed in the end.
NeuronMethod chosen_method(const AnalysisOptions& options, Size samples, Size width, Size inputs);

// A dense Hessian takes about seven P x P arrays and P^3: some minutes and 2 GB at this many parameters.
inline constexpr Size kLargestDenseHessian = 6000;
// A choice of the caller's stands. Dense or matrix_free.
HessianMethod chosen_hessian_method(const AnalysisOptions& options, Size parameters);

}  // namespace tepui
