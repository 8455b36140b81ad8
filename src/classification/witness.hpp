// Escape directions: every saddle verdict comes with a curve along which the loss falls, its predicted leading change and
// the change measured (MATH.md section 5).
#pragma once

#include <functional>
#include <vector>

#include "network/objective.hpp"

namespace tepui {

struct Witness {
    Network base;                    // the saddle, in the parameters of the network it speaks about
    int order = 2;                   // predicted change ~ coefficient * epsilon^order
    double coefficient = 0.0;        // negative
    double epsilon = 0.0;            // step chosen by line search on the measured change
    double predicted = 0.0;          // predicted change of the loss at epsilon
    double measured = 0.0;           // L(point) - L(base), evaluated without cancellation
    double measured_error = 0.0;     // bound on the rounding error of `measured`
    std::vector<double> point;       // parameters at epsilon
    std::function<std::vector<double>(double)> curve;  // parameters at any epsilon >= 0; curve(0) is the base

    bool descends() const noexcept { return measured < -measured_error; }
};

struct LossChange {
    double value = 0.0;
    double error = 0.0;  // bound on its rounding error
};
// L(to) - L(from) for two networks of the same shape, from the moved neurons alone:
// sum_k s_k (r_k D_k + D_k^2 / 2) with D = f(to) - f(from).
LossChange loss_change(const Dataset& data, const Network& from, const std::vector<double>& to,
                       const Execution& execution);

// Fills epsilon, predicted, measured, measured_error and point by a line search along the curve.
void measure_witness(const Dataset& data, Witness& witness, const Execution& execution);

}  // namespace tepui
