// How the samples of a data set are cut into slabs: by their number alone. Sums over a slab are taken in
// order, and those of slabs merged along a binary tree, so that neither threads nor ranks change a bit
// (docs/RANKS.md).
#pragma once

#include "core/sizes.hpp"

namespace tepui {

inline constexpr Size kSamplePadding =
    16;  // blocks are padded to a multiple of it: two of the widest vectors

class Slabs {
  public:
    // count: a power of two.
    Slabs(Size samples, Size count) : samples_(samples), count_(count) {}
    // The finest that sums over so many samples may be cut into.
    explicit Slabs(Size samples) : Slabs(samples, finest(samples)) {}

    Size count() const noexcept { return count_; }
    Size levels() const noexcept {
        Size levels = 0;
        while ((Size{1} << levels) < count_) ++levels;
        return levels;
    }
    // Where a slab begins; of slab `count`: the number of samples. Those of half as many slabs are every
    // other one.
    Size begin(Size slab) const noexcept {
        if (slab >= count_) return samples_;
        // samples * slab / count without overflow
        const Size whole = samples_ / count_ * slab + samples_ % count_ * slab / count_;
        return whole / kSamplePadding * kSamplePadding;
    }
    Size end(Size slab) const noexcept { return begin(slab + 1); }

    // Merging a slab costs about as much as the products of 50 samples.
    static constexpr Size finest(Size samples) {
        constexpr Size kShort = 1024, kFew = 16, kLong = 4096, kMost = 4096;
        Size count = 1;
        while (count < kFew && 2 * count * kShort <= samples) count *= 2;
        while (count < kMost && 2 * count * kLong <= samples) count *= 2;
        return count;
    }

  private:
    Size samples_, count_;
};

}  // namespace tepui
