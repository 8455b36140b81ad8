// What is left of a problem of classes when some classes or samples are told apart without bound.
#pragma once

#include <optional>

#include "classification/infinity/end_verdict.hpp"
#include "solve/ends/classes_left.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/start_run.hpp"

namespace tepui {

struct Remaining {
    std::vector<Size> classes, samples;
};
Dataset data_of(const Dataset& data, const SampleInputs& inputs, const Remaining& remaining);
// All classes, but in each sample those alone that are left to it; `loss` is of such samples.
Dataset data_of(const Dataset& data, const SampleInputs& inputs, const ClassesLeft& left, const Loss& loss);

// The limit that a start of what is left ended in, as far as it says anything of the whole: a way down does
// not. Nothing where it came to no point.
std::optional<EndReport> end_of_remaining(const SolveSetting& setting, const StartReport& found);

// That limit with all outputs and samples. False when a sample that was left out lies on a hyperplane.
bool lift(const SampleInputs& inputs, const Remaining& remaining, Size outputs, EndReport& end);

}  // namespace tepui
