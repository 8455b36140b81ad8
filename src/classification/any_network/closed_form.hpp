// Morse index and nullity of a wide network in closed form (MATH.md section 4): what each group of neurons
// adds to those of the compressed Hessian.
#pragma once

#include "classification/any_network/free_groups.hpp"

namespace tepui {

struct Counts {
    Size index = 0;
    Size nullity = 0;
    Counts& operator+=(const Counts& other) {
        index += other.index;
        nullity += other.nullity;
        return *this;
    }
};

// Daughters of a parent with this inertia of its inner Hessian, in d inputs.
Counts split_counts(const GammaSigns& signs, const Inertia& inner, Size inputs);

// A null neuron or a cancelled group.
Counts free_counts(const NeuronGroup& group, const FreeGroup& report, Size inputs);

}  // namespace tepui
