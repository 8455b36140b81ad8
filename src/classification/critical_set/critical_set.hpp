// The critical set of a stationary point's function in a wider network: its branches, what they consist of,
// and points sampled on each, verified and classified (MATH.md section 7; arXiv:2405.17501).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "classification/any_network/any_network.hpp"
#include "core/random.hpp"
#include "splitting/branches.hpp"

namespace tepui {

enum class BranchContent : std::int32_t {
    global_minima = 1,       // zero loss: every point
    local_minima = 2,        // every point
    saddles = 3,             // every point
    minima_and_saddles = 4,  // local minima and saddles are known to be on it
    some_minima = 5,         // local minima are; saddles are not known
    some_saddles = 6,        // saddles are; local minima are not known
    undetermined = 7
};

// Whether the hypersurface psi = 0, where null neurons live, comes arbitrarily near a parent's weights, so
// that C^{r,l} meets C^{r,l-1} there in the limit. psi and its gradient vanish at w_i and its Hessian is H_i
// / a_i: the hypersurface is a cone to leading order where H_i is indefinite, and w_i is alone where it is
// definite.
enum class Meeting : std::int32_t { yes = 1, no = 2, undetermined = 3 };

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

// Whether a branch with null neurons has points but those where each null neuron has the weights of a parent,
// which are of the branch before too.
enum class BranchExistence : std::int32_t {
    found = 1,   // zeros of psi were found between points where it has different signs, or none are needed
    proven = 2,  // psi has both signs: it is odd and not zero everywhere, or some H_i is indefinite
    open = 3     // none were found: it may be empty
};

// What a search along a branch is for.
enum class BranchGoal : std::int32_t {
    deepest = 1,  // the largest fall of the loss along the best way down measured; not proven largest
    // The non-zero eigenvalue of the Hessian nearest to zero. There is no flattest point: as a splitting
    // coefficient tends to zero, as many eigenvalues as H_i has do too (MATH.md section 7). The search keeps
    // coefficients above 0.02 and null weights as far from the parents', and what it finds is better than
    // where it began, not proven best.
    flattest = 2
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
    BranchShape shape;
    std::vector<Meeting> meetings;  // of each neuron of the narrow network
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
std::optional<BranchPoint> random_branch_point(const Network& narrow, Size wide_width, Size null_neurons,
                                               Size number, const PsiZeros& zeros, Random& random);

}  // namespace tepui
