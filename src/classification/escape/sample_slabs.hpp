// Samples in slabs cut by their number alone: sums made slab by slab and merged in order have the same bits
// for every number of threads.
#pragma once

#include <algorithm>

#include "core/execution.hpp"
#include "core/parallel.hpp"
#include "network/dataset.hpp"

namespace tepui {

struct SampleSlabs {
    static constexpr Size kBlock = 256;  // samples of a packed block
    static constexpr Size kMaxSlabs = 64;

    Size samples = 0;
    Size length = 0;  // samples of a slab, the last one excepted
    Size count = 0;

    explicit SampleSlabs(Size samples_) : samples(samples_) {
        const Size blocks = (samples + kBlock - 1) / kBlock;
        const Size blocks_per_slab = std::max<Size>(1, (blocks + kMaxSlabs - 1) / kMaxSlabs);
        length = blocks_per_slab * kBlock;
        count = (samples + length - 1) / length;
    }
};

// make(slab) returns a worker that is called with each packed block of its slab, in order, and does about so
// many products for each sample.
template <class Make>
void for_each_block(const Dataset& data, const Execution& execution, const SampleSlabs& slabs,
                    double products_per_sample, Make&& make) {
    const double products = products_per_sample * static_cast<double>(slabs.samples);
    parallel_for(worthwhile_threads(products, execution.threads), slabs.count, [&](Size slab, Size) {
        auto worker = make(slab);
        PackedBlock block(data.inputs(), data.outputs(), SampleSlabs::kBlock);
        const Size end = std::min(slabs.samples, (slab + 1) * slabs.length);
        for (Size first = slab * slabs.length; first < end; first += SampleSlabs::kBlock) {
            block.first = first;
            block.count = std::min(SampleSlabs::kBlock, end - first);
            block.stride = round_up(block.count, 8);
            data.pack(block, 0, block.stride);
            worker(block);
        }
    });
}

}  // namespace tepui
