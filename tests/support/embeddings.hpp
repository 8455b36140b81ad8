// Random embeddings: every kind of neuron, in random order.
#pragma once

#include "core/random.hpp"
#include "splitting/embedding.hpp"

namespace tepui::test {

struct EmbeddingShape {
    Size most_daughters = 4;  // of each parent: 1 to that many
    Size nulls = 2;
    Size cancelled_groups = 1;  // of 2 to 4 neurons
    Size idle = 1;              // only where sigma(0) = 0
    bool zero_gammas = true;    // about one coefficient in five is 0
};

// Mirror images where the activation's parity allows them; coefficients of either sign, at most a few units
// large.
Embedding random_embedding(const Network& narrow, const EmbeddingShape& shape, std::uint64_t seed);

}  // namespace tepui::test
