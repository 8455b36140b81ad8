// Morse index and nullity of a wide network in closed form (MATH.md section 4): what each group of neurons
// adds to those of the compressed Hessian.
#pragma once

#include "classification/any_network/free_groups.hpp"
#include "classification/point/analysis.hpp"

namespace tepui {

// Of the analysed network's own Hessian.
IndexBounds narrow_index(const Analysis& analysis);

// What a split of this neuron adds to it, in d inputs.
IndexBounds split_index(const NeuronReport& neuron, const GammaSigns& signs, Size inputs);
// Daughters of a parent with such eigenvalues of its inner Hessian, in d inputs.
IndexBounds split_index(const GammaSigns& signs, const SignCounts& inner, Size inputs);

// A null neuron or a cancelled group.
IndexBounds free_index(const NeuronGroup& group, const FreeGroup& report, Size inputs);

}  // namespace tepui
