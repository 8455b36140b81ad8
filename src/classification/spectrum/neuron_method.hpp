// How the inner Hessians of the neurons and the Hessian of the point are judged, and how much of a point is
// analysed. Numbers are pinned: the C ABI exposes the same ones.
#pragma once

#include <cstdint>

#include "network/gram_sums.hpp"

namespace tepui {

enum class NeuronMethod : std::int32_t {
    automatic = 0,   // the cheapest that gives what the scope asks for: see cost_model.hpp
    spectrum = 1,    // H_i formed, all eigenvalues: the batched solver up to its order, LAPACK above
    inertia = 2,     // H_i formed, eigenvalues counted by factorisation, extreme ones by Lanczos
    matrix_free = 3  // products H_i v alone prove indefiniteness; neurons that resist are judged by inertia
};

enum class AnalysisScope : std::int32_t {
    complete = 1,  // the point by its Hessian, then its neurons
    neurons = 2    // the neurons alone: what follows from stationarity and H_i, as if the point were exact
};

// How the Hessian of the point itself is judged.
enum class HessianMethod : std::int32_t {
    automatic = 0,   // dense up to kLargestDenseHessian parameters
    dense = 1,       // formed, with all of its eigenvalues: P^2 memory, P^3 time
    matrix_free = 2  // products H v alone: saddles are proven, minima indicated
};

// Ways down from saddles. Verdicts are closed form and need none, but for those on third or fourth order,
// which are claimed only where the loss was measured to fall.
enum class WaysDown : std::int32_t {
    needed = 0,  // those that a verdict hangs on
    all = 1,
    of_the_network = 2  // of the network as it is given, not of each neuron of the reduced one
};

struct AnalysisOptions {
    NeuronMethod neuron_method = NeuronMethod::automatic;
    AnalysisScope scope = AnalysisScope::complete;
    HessianMethod hessian_method = HessianMethod::automatic;
    // Of formed inner Hessians. What single precision leaves unclear is formed again in double, so that the
    // verdicts are the same.
    GramPrecision gram_precision = GramPrecision::double_precision;
    WaysDown ways_down = WaysDown::all;
    // Eigenvalues within tau are zero, whatever more digits would say: for points planted so that they are,
    // up to the rounding of their data.
    bool exact_zeros = false;
};

}  // namespace tepui
