// How samples are cut into blocks and blocks into strips: by problem size alone, so that sums do not depend
// on threads.
#pragma once

#include "core/sizes.hpp"

namespace tepui {

inline constexpr Size kSamplePadding =
    16;  // blocks are padded to a multiple of it: two of the widest vectors

struct Blocking {
    Size block = 0;  // samples a block, a multiple of kSamplePadding
    Size strip = 0;  // samples a task of the per-sample phase, a multiple of kSamplePadding
    Size lanes = 1;  // sums that threads form independently, where accumulators have siblings
    Size run = 1;    // consecutive blocks for one lane
};

// preferred: the least block size the accumulators wish for.
Blocking choose_blocking(Size samples, Size width, Size inputs, Size preferred);

}  // namespace tepui
