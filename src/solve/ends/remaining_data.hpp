// What is left of a problem of classes when some classes or samples are told apart without bound.
#pragma once

#include "solve/ends/hyperplane.hpp"

namespace tepui {

struct Remaining {
    std::vector<Size> classes, samples;
};
Dataset data_of(const Dataset& data, const SampleInputs& inputs, const Remaining& remaining);

}  // namespace tepui
