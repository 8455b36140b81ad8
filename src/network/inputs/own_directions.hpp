// Samples with directions of input space that no other sample has.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/execution.hpp"
#include "core/matrix.hpp"
#include "network/data/dataset.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {

// Samples with equal inputs, which have one output.
using SampleGroup = std::vector<Size>;

// Of samples whose pulls on the output, s l', are no more than rounding or the slack of stationarity, summed
// over equal inputs and beside the root mean square of all.
struct UnpulledSamples {
    std::vector<SampleGroup> groups;  // by their first samples, ascending
    double least = 0.0;               // of s l' beside s: less is nothing
};
// apart: each sample by itself, without the pass over the inputs that tells which are equal.
enum class SameInputs { apart, together };
UnpulledSamples unpulled_samples(const Dataset& data, std::span<const double> pulls, SameInputs same);

struct OwnDirections {
    std::vector<SampleGroup> groups;
    InputSpace rest;  // what the other samples span
    Matrix inputs;    // x of each group
    // Each x without its part in the span of the others, as a weight vector, which is orthogonal to every
    // other sample.
    Matrix directions;

    Size count() const noexcept { return static_cast<Size>(groups.size()); }
    std::vector<Size> samples() const;  // ascending
};

// How outputs of these groups move with the weights of each linear form of the inputs: [forms][groups].
using FormSlopes = std::function<Matrix(const OwnDirections&)>;

// The largest set found among these whose inputs lie outside the span of all other samples, and whose outputs
// move independently, by these directions, by more than `least`. Empty when there are none, or very many.
std::optional<OwnDirections> own_directions(const Dataset& data, UnpulledSamples unpulled,
                                            const FormSlopes& slopes, const Execution& execution);

// J J^T with J the derivatives of the outputs by the weights within the directions; nothing where it
// overflows, as it may where outputs are finite.
std::optional<Matrix> normal_matrix(const OwnDirections& of, const Matrix& slopes);

// Of the data, 0 for some samples.
Buffer<double> weights_without(const Dataset& data, const std::vector<Size>& samples);
// The data, which must outlive the result, with weight zero on some samples.
Dataset without(const Dataset& data, const std::vector<Size>& samples);

}  // namespace tepui
