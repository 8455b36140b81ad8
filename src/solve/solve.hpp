// Stationary points from many starts, to machine precision (MATH.md section 10).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "classification/spectrum/tolerances.hpp"
#include "network/derivatives/objective.hpp"
#include "solve/ends/approach_path.hpp"
#include "vocabulary/methods.hpp"
#include "vocabulary/solve.hpp"

namespace tepui {

struct EndReport;

struct SolveOptions {
    SolveTarget target = SolveTarget::minimum;
    Size starts = 16;
    std::uint64_t seed = 1;
    Size max_iterations = 500;
    double gradient_tolerance = 1e-12;  // |grad_j| over the sum of absolute terms of component j
    double divergence_factor =
        1e6;                 // a parameter this many times its natural scale counts as running to infinity
    Tolerances tolerances;   // what a verdict calls stationary
    Size most_dense = 2000;  // parameters: beyond, the Hessian is not formed
};

struct StartReport {
    StartOutcome outcome = StartOutcome::stalled;
    std::string reason;  // one clause for people
    Network point;       // where it ended
    Size iterations = 0;
    double loss = 0.0;
    double gradient_relative = 0.0;
    Size distinct = -1;  // index into SolveResult::points, -1 when not converged
    // At infinity: its limit, of which loss and gradient_relative are.
    std::shared_ptr<const EndReport> end = nullptr;
    Size distinct_end = -1;  // index into SolveResult::ends
    bool ran_off = false;    // stalled: with weights that grow without bound
};

struct DistinctEnd {
    std::shared_ptr<const EndReport> end;
    Size hits = 0;  // starts that ended there
    ApproachPath path = {};
};

struct DistinctPoint {
    Network network;
    double loss = 0.0;
    double gradient_relative = 0.0;
    Size hits = 0;  // starts that ended here
};

// Inputs of which one is a combination of the others but for a relative part of `size`.
struct Dependence {
    std::vector<Size> inputs;  // largest part first
    double size = 0.0;
};

struct InputReport {
    Size inputs = 0;
    Size used = 0;  // directions that the search moves in
    // Singular values beside the gap, of the inputs near unit mean square, relative to the largest; 0: none.
    double smallest_used = 0.0, largest_unused = 0.0;
    Size distinct_samples = 0;  // after merging those with equal inputs
    // Of the directions with a relative singular value below 1e-4; empty where fewer samples than inputs say
    // it all, or where there are more than a few.
    std::vector<Dependence> dependences;
};

struct SolveResult {
    InputReport inputs;
    std::vector<StartReport> starts;
    std::vector<DistinctPoint> points;  // by ascending loss
    std::vector<DistinctEnd> ends;      // likewise
};

// Networks of any layout, a smooth activation a neuron and any loss; ReLU-like ones of one activation, under
// a convex loss and decay of hidden and output weights or of neither. Throws Error(unsupported) of others,
// Error(invalid_size) where data and network differ.
void require_searchable(const Dataset& data, const Network& network);
// Both throw what it does. inputs: receives what the search made of them, or null.
StartReport solve_from(const Dataset& data, const Network& start, const SolveOptions& options,
                       const Execution& execution, InputReport* inputs = nullptr);
// Starts of the prototype's layout and activations; its parameters do not matter.
SolveResult solve(const Dataset& data, const Network& prototype, const SolveOptions& options,
                  const Execution& execution);
// Of a network of one output that is a sum of neurons.
SolveResult solve(const Dataset& data, const Activation& activation, Size width, const SolveOptions& options,
                  const Execution& execution);

// Same function up to neuron permutation and the activation's sign (and, if homogeneous, scale) symmetry,
// within `tolerance` relative to each parameter's scale.
bool same_up_to_symmetry(const Network& a, const Network& b, double tolerance);

}  // namespace tepui
