// Tells a run to infinity from slow convergence by how the parameters move.
//
// Newton's steps to a point contract: quadratically at a regular point, by (q - 1) / q at a root of order q.
// Towards infinity they do not: on a tail t^-q of the loss they grow geometrically, on e^-t they stay equal,
// on e^-t^2 they shrink like 1 / sqrt(iterations). The record keeps the natural sizes of every neuron and
// reads off which it is.
#pragma once

#include <string>
#include <vector>

#include "network/derivatives/objective.hpp"
#include "solve/input_metric.hpp"

namespace tepui {

class GrowthRecord {
  public:
    GrowthRecord(const InputMetric& metric, const Network& start);

    // After every accepted step.
    void accept(const Network& point);

    // The largest relative change of any neuron's weights or output in the last step; infinite before the
    // first one.
    double last_change() const noexcept { return last_change_; }

    // Clause naming what grows steadily over the last `window` steps; empty when nothing does.
    std::string growing(Size window) const;
    // Clause naming what has doubled over the last half of all steps, or is a thousand times what it was at
    // the start, and still grew in the last quarter; empty when nothing did. Weaker than growing(): evidence
    // only where the Hessian cannot tell the point from one further on.
    std::string drifting() const;
    // Clause naming a parameter that is `factor` times its natural scale; empty when none is. diagonal: of
    // the Hessian.
    std::string beyond(const Network& point, std::span<const double> diagonal, double factor) const;

  private:
    struct Sizes {
        std::vector<double> weight;  // root-mean-square preactivation
        std::vector<double> output;  // |a_i| over the natural size of outputs
        std::vector<double> linear;  // the same of output biases and of skip connections, where there are any
    };
    Sizes sizes(const Network& point) const;
    template <class Grows>
    std::string clause(Grows&& grows) const;

    const InputMetric* metric_;
    std::vector<Sizes> history_;
    std::vector<double> previous_;
    double last_change_;
};

}  // namespace tepui
