// How stationary a network of ReLU-like neurons is, in one number.
#pragma once

#include "solve/start_run.hpp"

namespace tepui {

// How far a point is from directional stationarity: the largest of |psi_io|, of the derivatives by b
// and C and of the components of sum_o a_io G_io along the face of K_i, each relative to the sum of its
// absolute terms and 0 within so many times its rounding error. K_i by the default tolerance.
double stationarity_level(const SolveSetting& setting, const Network& network, double roundings);

}  // namespace tepui
