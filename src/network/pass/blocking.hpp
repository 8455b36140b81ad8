// How samples are cut into blocks and blocks into strips: by problem size alone, so that sums do not depend
// on threads.
#pragma once

#include "network/data/slabs.hpp"

namespace tepui {

struct Blocking {
    Size block = 0;  // samples a block, a multiple of kSamplePadding
    Size strip = 0;  // samples a task of the per-sample phase, a multiple of kSamplePadding
    Size slabs = 1;  // summed one by one and merged along a binary tree; a power of two
};

// preferred: the least block size the accumulators wish for.
Blocking choose_blocking(Size samples, Size width, Size inputs, Size preferred);
// As many of these slabs as sums of so many bytes are worth copies of: where they leave the cache, and a
// sweep through them costs as much as the samples of some blocks, fewer.
Size slabs_of_large_sums(Size samples, const Blocking& blocking, Size bytes);

}  // namespace tepui
