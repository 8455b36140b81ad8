// From proven signs to the theorems of MATH.md sections 4 and 14, and to sentences.
#pragma once

#include <string>

#include "certify/certificate.hpp"

namespace tepui::balls {

// Fills regions, completeness and statement from the proven spectrum and slopes and the proven verdict on the
// point.
void conclude_neuron(Verdict point, const SplitClaim& claimed, Size index, NeuronProof& proof);

// The theorem about the point.
std::string point_statement(const Certificate& certificate);

}  // namespace tepui::balls
