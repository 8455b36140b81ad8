// Block sizes of the panel kernels. They are data: the defaults belong to the instruction set, and tests
// force tiny ones so that small cases cross every loop edge.
#pragma once

#include "core/sizes.hpp"
#include "kernels/weighted_gram.hpp"

namespace tepui::kernels {

// What the vector lanes run across: the coefficient rows, the inputs j of one index pair (i, j), or, in
// double precision, the samples.
enum class GramLanes { automatic, rows, inputs, samples };

struct GramBlocking {
    Size samples = 0;  // samples of one chunk, at most the ISA's own; 0: the default
    Size inputs = 0;   // inputs of one block of x_j; 0: the default
    GramLanes lanes = GramLanes::automatic;
    Size fold =
        -1;  // rows i from here on multiply x_i into the coefficients instead of into x_j; -1: the default
};

void weighted_gram_blocked(const PackedSamples& x, const GramRow* rows, Size q_count, PairRange pairs,
                           double* g, Size ldg, const GramBlocking& blocking);
void weighted_gram_blocked(const PackedSamplesOf<float>& x, const GramRowOf<float>* rows, Size q_count,
                           PairRange pairs, double* g, Size ldg, const GramBlocking& blocking);

struct LayerBlocking {
    Size depth = 0;  // terms of one partial sum, at most the ISA's own; 0: the default
};

void preactivations_blocked(const double* w, Size ldw, Size m, const PackedSamples& x, double* z, Size ldz,
                            const LayerBlocking& blocking);
void weighted_sums_blocked(const double* common, const SampleRows& rows, const PackedSamples& x, double* out,
                           Size ldo, const LayerBlocking& blocking);

}  // namespace tepui::kernels
