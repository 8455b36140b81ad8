// The fixed grid: which kernels, on which shapes, against whom.
#pragma once

#include "measure.hpp"

namespace tepui::bench {

void measure_weighted_gram(Meter& meter);
void measure_hidden_layer(Meter& meter);
void measure_passes(Meter& meter);
void measure_activations(Meter& meter);
void measure_eigensolves(Meter& meter);
void measure_neurons(Meter& meter);

// How much memory a pass for all inner Hessians takes as the samples become more.
std::vector<PassMemory> pass_memory(const Settings& settings);

}  // namespace tepui::bench
