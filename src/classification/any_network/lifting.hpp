// Escapes found in the narrow network, or beside it, as curves of the wide network in its own parameters: all
// daughters follow their parent, and what the data cannot see stays where it is (MATH.md sections 5, 8).
#pragma once

#include <memory>

#include "classification/any_network/fitted_samples.hpp"
#include "classification/any_network/grouping.hpp"
#include "classification/escape/witness.hpp"
#include "classification/point/continuous_symmetry.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {

class Lift {
  public:
    // wide: the network in its own parameters; space: what the grouping's inputs are, null when they are
    // those of the wide network; fitted: samples that stay fitted all along, null: none; gauge: in which the
    // grouping's weights are.
    Lift(const Grouping& grouping, const Network& wide, const InputSpace* space,
         std::shared_ptr<const FittedSamples> fitted = nullptr, SymmetryGauge gauge = {});

    // The curve of a witness of the narrow network, in which the daughters of `parent` may stand in its place
    // (-1: none) and one neuron for each group without a parent may come last. Not measured.
    Witness follow(const Witness& witness, Size parent) const;

    // theta + epsilon rates with the change coefficient * epsilon^2. rates: of the wide network's parameters
    // with the grouping's inputs, all neurons turned as their groups are. Not measured.
    Witness straight(std::vector<double> rates, double coefficient) const;

    // Adds to rates the motion of one member of a group, given in the group's orientation. weights: null when
    // they rest.
    void move_member(const NeuronGroup& group, std::size_t member, const double* weights, double output,
                     std::vector<double>& rates) const;
    // The motion of a whole group as of one neuron: its weights move together, and the output weight is
    // shared out among daughters, or given to the first member of a group without a parent.
    void move_group(const NeuronGroup& group, const double* weights, double output,
                    std::vector<double>& rates) const;
    // The motion of what is beside the neurons, output biases and skip connections.
    void move_beside(const double* moves, std::vector<double>& rates) const;
    std::vector<double> no_rates() const;

  private:
    struct Scene;
    std::shared_ptr<const Scene> scene_;
};

}  // namespace tepui
