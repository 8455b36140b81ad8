// Samples with directions of input space that no other sample has.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/execution.hpp"
#include "core/matrix.hpp"
#include "network/data/dataset.hpp"
#include "network/inputs/input_space.hpp"

namespace tepui {

// Beside the root mean square of all residuals: what a sample may have that is fitted exactly.
inline constexpr double kFittedResidual = 1e-6;

struct OwnDirections {
    std::vector<Size> samples;  // ascending
    InputSpace rest;            // what the other samples span
    Matrix inputs;              // x_k of each
    // g_k: x_k without its part in the span of the others, as a weight vector; g_k . x = 0 for every other
    // sample.
    Matrix directions;

    Size count() const noexcept { return static_cast<Size>(samples.size()); }
};

// How outputs at these samples move with the weights of each linear form of the inputs: [forms][samples].
using FormSlopes = std::function<Matrix(const OwnDirections&)>;

// The largest set found among the candidates whose inputs lie outside the span of all other samples, and
// whose outputs move independently, by their own directions, by more than `least`. Empty when there are none,
// or very many.
std::optional<OwnDirections> own_directions(const Dataset& data, std::vector<Size> candidates,
                                            const FormSlopes& slopes, double least,
                                            const Execution& execution);

// J J^T with J the derivatives of the outputs by the weights within the directions; nothing where it
// overflows, as it may where outputs are finite.
std::optional<Matrix> normal_matrix(const OwnDirections& of, const Matrix& slopes);

// Of the data, 0 for some samples.
Buffer<double> weights_without(const Dataset& data, const std::vector<Size>& samples);
// The data, which must outlive the result, with weight zero on some samples.
Dataset without(const Dataset& data, const std::vector<Size>& samples);

}  // namespace tepui
