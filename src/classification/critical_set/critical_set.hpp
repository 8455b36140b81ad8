// The critical set of a stationary point's function in a wider network: its branches, what they consist of,
// and points sampled on each, verified and classified (MATH.md sections 7, 14; arXiv:2405.17501).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "classification/any_network/any_network.hpp"
#include "core/random.hpp"
#include "splitting/branches.hpp"
#include "vocabulary/critical_set.hpp"
#include "vocabulary/methods.hpp"

namespace tepui {

struct BranchSample {
    explicit BranchSample(NetworkReport report_) : report(std::move(report_)) {}

    NetworkReport report;       // of the wide network, in the coordinates of the input space
    double psi_residual = 0.0;  // of null neurons: largest |psi(w)| over the sum of its absolute terms
    double fall = 0.0;          // of the loss along the best way down that was measured; 0: none
    // Of the wide Hessian's eigenvalues that are not zero the one nearest to zero, in the coordinates of the
    // input space, and its eigenvector in the given parameters; NaN and empty where the Hessian is too large
    // or has none.
    double flattest = 0.0;
    std::vector<double> flattest_direction;
    Size counted_nullity = -1;  // zero eigenvalues of the wide Hessian itself; -1: not counted
};

struct BranchOptimum {
    BranchGoal goal = BranchGoal::deepest;
    Size sample = 0;  // where the search ended; the sample that it began at when nothing nearby is better
    Size from = 0;    // the best of the samples drawn
    Size tried = 0, improved = 0;  // steps
};

struct MappedBranch {
    Branch shape;
    BranchContent content = BranchContent::undetermined;  // of its points, if there are any
    BranchExistence existence = BranchExistence::found;
    std::vector<BranchSample> samples;  // those drawn, then those that searches ended at
    Size drawn = 0;
    std::vector<BranchOptimum> optima;
};

inline constexpr Size kMostSamples = 1000000;  // of all branches together

struct CriticalSetOptions {
    Size samples = 8;  // of each branch, >= 0
    Size steps = 24;   // of each search from the best sample, >= 0; a search needs a sample
    std::uint64_t seed = 1;
    WaysDown ways_down = WaysDown::all;  // without them nothing is searched for the deepest
    // Parameters up to which the wide Hessian's spectrum is computed; of the first samples of each branch
    // alone where there are many of both.
    Size largest_spectrum = 400;
};

struct CriticalSet {
    explicit CriticalSet(NetworkReport minimal_) : minimal(std::move(minimal_)) {}

    NetworkReport minimal;  // of the given network; its narrow network is what the set is about
    // Of the narrow network's point, and of its splits: C^{r,0} in a larger width.
    Verdict verdict = Verdict::undetermined;
    bool unclear = false;
    BranchContent splits = BranchContent::undetermined;
    BranchShape shape;
    std::vector<Meeting> meetings;  // of each neuron of the narrow network
    // Of several outputs, for each neuron of the narrow network an orthonormal basis, one a row, of the
    // output weights that its daughters may share: ker Psi_i.
    std::vector<Matrix> shared_outputs;
    std::vector<MappedBranch> branches;
};

// The network is reduced first. Throws Error(not_stationary) when its point is not stationary, Error
// (invalid_size) for a width below that of the reduced network, Error(invalid_value) when no neuron is left
// of it.
CriticalSet map_critical_set(const Dataset& data, const Network& network, Size wide_width,
                             const Tolerances& tolerances, const ReductionTolerances& reduction,
                             const CriticalSetOptions& options, const Execution& execution);

// ---- Steps ----

// A random point of C^{r,l}: neurons dealt out and mirrored at random, splitting coefficients of every sign
// pattern in turn. Empty when no null weights are found.
struct BranchPoint {
    Embedding embedding;
    double psi_residual = 0.0;
};
class PsiZeros;
std::optional<BranchPoint> random_branch_point(const CriticalSet& set, Size null_neurons, Size number,
                                               const PsiZeros& zeros, Random& random);

// The set of a network of several outputs without its branches; set.minimal has the verdict on the network,
// and what its inputs span.
CriticalSet minimal_of_outputs(const Dataset& data, const Network& network, Size wide_width,
                               const Tolerances& tolerances, const ReductionTolerances& reduction,
                               const Execution& execution);
// The verdict on any network of several outputs.
NetworkReport classify_outputs(const Dataset& data, const Network& network, const Tolerances& tolerances,
                               const Execution& execution);

}  // namespace tepui
