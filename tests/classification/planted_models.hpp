// Stationary points of networks of every layout and loss: the pull g is taken from the null space of the
// Jacobian's transpose, and the targets are those that the loss pulls so at (MATH.md sections 11, 15).
#pragma once

#include <memory>
#include <optional>

#include "classification/spectrum/index_bounds.hpp"
#include "core/random.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui::test {

struct ModelShape {
    LossKind loss = LossKind::squared;
    Layout layout;  // of the narrow network
    ActivationKind activation = ActivationKind::tanh;
    std::vector<ActivationKind> units = {};  // one a neuron; empty: all alike
    Size flat = 0;                           // Psi_i = 0 for so many neurons
    Size null = 0;                           // H_i e = 0 of the first neuron for so many unit vectors e
    bool constant_input = false;
    double size = 0.1;  // of g, at most 1: beside what the loss can pull
};

struct PlantedModel {
    std::vector<double> x, targets;
    Size samples = 0;
    const Loss* loss = nullptr;
    Network network;

    Dataset dataset() const;  // borrows: this object must stay
};
std::optional<PlantedModel> plant_model(Random& random, const ModelShape& shape);

// Neuron i replaced by daughters (w_i, gamma_j a_i), whatever the layout.
Network split_model(const Network& network, Size i, const std::vector<double>& gamma);

struct HessianInertia {
    Size negative = 0, zero = 0;
    bool clear = false;  // no eigenvalue that may be either
};
HessianInertia hessian_inertia(const Dataset& data, const Network& network);

}  // namespace tepui::test
