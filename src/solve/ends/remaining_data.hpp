// What is left of a problem of classes when some classes or samples are told apart without bound.
#pragma once

#include "classification/infinity/end_verdict.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/start_run.hpp"

namespace tepui {

struct Remaining {
    std::vector<Size> classes, samples;
};
Dataset data_of(const Dataset& data, const SampleInputs& inputs, const Remaining& remaining);

// The constant that the last input is; 0: it is none.
double bias_value(const SolveSetting& setting);

// A point of ReLU-like neurons as a limit in which nothing runs off.
EndReport kinked_end(const SolveSetting& setting, const StartReport& found);

}  // namespace tepui
