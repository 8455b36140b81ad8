// Loss, gradient and Hessian of a limit network in all its parameters, with what rounding makes of them.
#pragma once

#include <optional>

#include "classification/infinity/boundary_network.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

// One unit at a block of samples: rows [..][count].
struct UnitRows {
    Size count = 0;
    std::vector<double> inputs;      // [forms][size of the form][count]: coordinates of h along its basis
    std::vector<double> z;           // [forms]: the forms themselves
    std::vector<double> value;       // [coefficients]: F
    std::vector<double> first;       // [coefficients][forms]
    std::vector<double> second;      // [coefficients][forms (forms + 1) / 2]: 11, 12, 22
    std::vector<Size> inputs_begin;  // of each form
};
// x: samples [first, first + count) of the data, [count][inputs].
void evaluate_unit(const BoundaryNetwork& network, Size unit, Size first, Size count, const double* x,
                   UnitRows& rows);

// What the network and the loss say of every sample, [n][K].
struct BoundaryOutputs {
    LossValue loss;
    Buffer<double> f, f_error, g, g_error;
};
BoundaryOutputs boundary_outputs(const Dataset& data, const BoundaryNetwork& network);
// The loss of outputs that are 0 in every sample.
double loss_of_zero(const Dataset& data);
// The loss alone; nothing where it overflows.
std::optional<double> try_boundary_loss(const Dataset& data, const BoundaryNetwork& network);

struct BoundarySums {
    BoundaryOutputs outputs;
    Gradient gradient;
    Matrix hessian;
    std::vector<double> magnitude;  // as HessianValue::magnitude
};
BoundarySums boundary_sums(const Dataset& data, const BoundaryNetwork& network);

}  // namespace tepui
