// Escape directions: every saddle verdict comes with a curve along which the loss falls, its predicted
// leading change and the change measured (MATH.md section 5).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "classification/escape/loss_change.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

struct Witness {
    explicit Witness(Network base_) : base(std::move(base_)) {}

    Network base;                 // the saddle, in the parameters of the network it speaks about
    int order = 2;                // predicted change ~ coefficient * epsilon^order
    double coefficient = 0.0;     // negative
    double epsilon = 0.0;         // step chosen by line search on the measured change
    double predicted = 0.0;       // predicted change of the loss at epsilon
    double measured = 0.0;        // L(point) - L(base), evaluated without cancellation
    double measured_error = 0.0;  // bound on the rounding error of `measured`
    std::vector<double> point;    // parameters at epsilon
    std::function<std::vector<double>(double)> curve;  // parameters at any epsilon >= 0; curve(0) is the base

    bool descends() const noexcept { return measured < -measured_error; }
    LossChange change() const noexcept { return {measured, measured_error}; }
};

// Fills epsilon, predicted, measured, measured_error and point by a line search along the curve for the
// largest decrease beyond its rounding error.
void measure_witness(const Dataset& data, Witness& witness, const Execution& execution);
// residuals: of the base, or of the network that it is a split of.
void measure_witness(const Dataset& data, Witness& witness, const PointResiduals& residuals,
                     const Execution& execution);

// Of any number, in few passes over the data. Their bases are networks of one function, of which the
// residuals are.
void measure_witnesses(const Dataset& data, std::span<Witness* const> witnesses,
                       const PointResiduals& residuals, const Execution& execution);
// The one that falls furthest; empty when none falls beyond its rounding error.
std::optional<Witness> best_measured(std::vector<Witness> witnesses, const Dataset& data,
                                     const PointResiduals& residuals, const Execution& execution);

}  // namespace tepui
