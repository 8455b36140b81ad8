// How far the loss of classes pulls each sample, and how far neurons bring its class above others: what tells
// samples that are told apart (MATH.md section 13).
#pragma once

#include <span>
#include <vector>

#include "core/execution.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

// Of each sample the largest |dl/df|, its weight in it. residuals: [samples][outputs].
std::vector<double> largest_pulls(const Dataset& data, std::span<const double> residuals);
// The same at a network.
std::vector<double> largest_pulls(const Dataset& data, const Network& network, const Execution& execution);

// What the output weights of a neuron bring a class above another; of one output the classes are 0 and 1.
inline double class_lead(const Network& network, Size neuron, Size label, Size other) {
    if (network.output_count > 1) return network.output(neuron, label) - network.output(neuron, other);
    return label == 1 ? network.output(neuron) : -network.output(neuron);
}

}  // namespace tepui
