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

// A plateau with its stationary point: neurons still small are at w = 0, a = 0, the others settle exactly.
struct TracedPlateau {
    Plateau plateau;
    bool found = false;      // the point's loss is the plateau's
    StartReport point;       // how the exact point was reached; outcome other than converged: it was not
    std::vector<Size> idle;  // neurons at w = 0, a = 0
    double loss_difference = 0.0;             // plateau's loss, where it is slowest, minus the point's
    std::optional<DirectionalReport> report;  // of the exact point, when it was reached
};

struct TraceResult {
    FlowRecord flow;
    std::vector<TracedPlateau> plateaus;
};

// Activations: relu, leaky_relu, abs. Throws Error(unsupported) for others.
TraceResult trace(const Dataset& data, const Activation& activation, Size width, const TraceOptions& options,
                  const Execution& execution);

}  // namespace tepui
