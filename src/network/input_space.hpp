// The row space of the inputs. The loss depends on w only through X w: where rank X < d, the network is
// analysed in coordinates of that space (MATH.md section 8).
#pragma once

#include "core/execution.hpp"
#include "core/matrix.hpp"
#include "network/dataset.hpp"
#include "network/network.hpp"

namespace tepui {

struct InputSpace {
    Size rank = 0;
    Matrix basis;  // d x rank, orthonormal columns Q; the identity when rank = d
    double tolerance =
        0.0;  // singular values of the column-scaled X at or below this, relative to the largest, are zero
    double smallest_kept = 0.0,
           largest_dropped = 0.0;  // relative singular values beside the gap; 0 when there are none

    bool full() const noexcept { return rank == basis.rows(); }
};

// Samples of weight zero do not count. Streams over the samples; memory does not grow with their number.
InputSpace input_space(const Dataset& data, const Execution& execution);

// X Q with the same targets and sample weights; the bias, when there is one, is inside.
Dataset project(const Dataset& data, const InputSpace& space, const Execution& execution);
Network project(const Network& network, const InputSpace& space);  // W Q
// W = V Q^T, for weights or directions V of the projected network's shape.
Network lift(const Network& projected, const InputSpace& space);

}  // namespace tepui
