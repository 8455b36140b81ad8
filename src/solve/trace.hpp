// Saddle-to-saddle runs: gradient flow from vanishing weights, and the exact stationary point behind every
// plateau of its loss curve (MATH.md section 9).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "classification/directional/directional.hpp"
#include "solve/gradient_flow.hpp"
#include "solve/plateaus.hpp"
#include "solve/solve.hpp"

namespace tepui {

struct TraceOptions {
    FlowOptions flow;
    double contrast = 5.0;     // of rates of descent, between plateaus and what separates them
    double least_fall = 1e-3;  // of the loss between two plateaus, relative to the first loss
    double same_loss = 1e-2;   // an exact point belongs to a plateau when its loss agrees this well, relative
                               // to the first loss
    SolveOptions solve;        // of the exact points
    Tolerances tolerances;     // of their verdicts
    DirectionalOptions directional;
};

// The exact point's, by the theory of one output (directional.hpp) or of any (several_outputs.hpp).
struct PlateauVerdict {
    Verdict verdict = Verdict::undetermined;
    const char* reason = "";
    std::vector<Size> escapes;  // neurons through which the loss falls
    std::optional<Witness> witness;
};

// A plateau with its stationary point: neurons still small are at w = 0, a = 0, the others settle exactly.
struct TracedPlateau {
    Plateau plateau;
    bool found = false;  // the point's loss is the plateau's
    StartReport point;   // how the exact point, or the end at infinity, was reached; another outcome: it was
                         // not
    std::vector<Size> idle;                  // neurons at w = 0, a = 0
    double loss_difference = 0.0;            // plateau's loss, where it is slowest, minus the point's
    std::optional<PlateauVerdict> verdict;   // of the exact point, when it was reached
    std::optional<DistinctEnd> at_infinity;  // where the run was on its way to no point
};

struct TraceResult {
    FlowRecord flow;
    std::vector<TracedPlateau> plateaus;
};

// Refuses what cannot be held before any of it is filled: the field's n (d + 3 m + 2 K) numbers and a few
// networks.
void require_trace_memory(const Dataset& data, const Layout& layout);

// Of a network of this layout and activation, whose parameters do not matter. Throws Error(unsupported)
// unless all neurons are relu, leaky_relu or abs alike and the loss is convex.
TraceResult trace(const Dataset& data, const Network& like, const TraceOptions& options,
                  const Execution& execution);

}  // namespace tepui
