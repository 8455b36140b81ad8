// The row space of the inputs. The loss depends on w only through X w: where rank X < d, the network is
// analysed in coordinates of that space (MATH.md section 8).
#pragma once

#include <vector>

#include "core/execution.hpp"
#include "core/matrix.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui {

struct InputSpace {
    Size rank = 0;
    // Powers of two D near the root mean square of each input: the space is that of X D^-1, so that the
    // units of the inputs do not matter. All 1 when rank = d.
    std::vector<double> scale;
    // d x rank, orthonormal columns Q with X D^-1 = X D^-1 Q Q^T; the identity when rank = d, columns of the
    // identity when the deficiency is that of inputs that are always zero. One zero column when rank = 0.
    Matrix basis;
    // Singular values of X D^-1 at or below this, relative to the largest, are zero:
    // 32 eps (d + sqrt n), what the rounding of the inputs themselves can make of a zero.
    double tolerance = 0.0;
    double smallest_kept = 0.0,
           largest_dropped = 0.0;  // relative singular values beside the gap; 0 when there are none

    Size inputs() const noexcept { return basis.rows(); }  // d
    bool full() const noexcept { return rank == basis.rows(); }
};

// Samples count with their weights, those of weight zero not at all. Streams over the samples; memory does
// not grow with their number. The result has the same bits for every number of threads.
InputSpace input_space(const Dataset& data, const Execution& execution);

// X D^-1 Q with the same targets, loss and sample weights; the bias, when there is one, is inside.
Dataset project(const Dataset& data, const InputSpace& space, const Execution& execution);
// W D Q, and C D Q of skip connections: the same function of the projected data.
Network project(const Network& network, const InputSpace& space);
// W = V Q^T D^-1, for weights or directions V of the projected network's shape: the same function of the
// data. project(lift(V)) = V; lift(project(W)) is W without what the data cannot see.
Network lift(const Network& projected, const InputSpace& space);

}  // namespace tepui
