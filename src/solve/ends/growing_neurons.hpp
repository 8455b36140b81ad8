// Smooth neurons whose outputs grow without bound on samples that they tell from the other classes, while all
// other samples lie in one of their tails (MATH.md section 13).
#pragma once

#include <optional>
#include <vector>

#include "solve/ends/hyperplane.hpp"
#include "solve/start_run.hpp"

namespace tepui {

struct GrowingNeuron {
    Size neuron;
    int side;               // of the tail that all other samples lie in: -1 or 1
    std::vector<double> v;  // the hyperplane v . h = 0 lies between them and what it tells apart, side v . h
                            // > 0 on theirs
    bool operator==(const GrowingNeuron&) const = default;
};

struct GrowingNeurons {
    std::vector<GrowingNeuron> neurons;
    std::vector<bool> apart;  // of each sample
    bool operator==(const GrowingNeurons&) const = default;
};

// sigma in the tail where the others are.
double tail_value(const Activation& activation, int side);
// What the limit of the neuron makes of a sample with v . h = z, its output weight 1: sigma beyond the
// hyperplane less sigma of the tail.
double growth_at(const Activation& activation, const GrowingNeuron& growing, double z);

// Guesses, likeliest first, with at least one sample that counts on either part. labels: -1 where a sample is
// of no one class.
std::vector<GrowingNeurons> find_growing_neurons(const SolveSetting& setting, const SampleInputs& inputs,
                                                 const Network& network, const std::vector<Size>& labels);

}  // namespace tepui
