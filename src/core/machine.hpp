// What is assumed of the machine, in one place: the widest vectors, the caches, and the lengths of loops that
// follow from them. They were measured (bench/README.md) and decide how sums are cut: changing one changes
// results in their last bits. What belongs to an instruction set, such as the shape of a register tile, is in
// kernels/panel-inl.hpp.
#pragma once

#include "core/sizes.hpp"

namespace tepui::machine {

// doubles of the widest vectors, 512 bits: rows that are worked on together are padded to it
inline constexpr Size kVectorDoubles = 8;

inline constexpr Size kL2Bytes = Size{1} << 20;  // the second-level cache, of one core alone
// Of the cache that cores share: what one sum may take, what each of a few copies of it may.
inline constexpr Size kSharedBytes = Size{8} << 20;
inline constexpr Size kSharedCopyBytes = Size{2} << 20;
inline constexpr Size kBeyondCaches = Size{16} << 20;  // leaves every cache

// Samples that a kernel sums before its sums leave the registers. Long ones make their way out cheap.
inline constexpr Size kL1Depth =
    256;  // a panel of them, three vectors wide, is about the size of the first-level cache
inline constexpr Size kL2Depth = 512;     // panels stream from the second-level cache
inline constexpr Size kLongDepth = 1024;  // each chunk sweeps through an output beyond all caches

// Samples of a block of a pass.
inline constexpr Size kShortBlock = 256;
inline constexpr Size kBlock = 512;
inline constexpr Size kLongBlock = 2048;  // each block sweeps through a large output
inline constexpr Size kMaxBlock = 4096;
inline constexpr Size kStrip = 256;  // of a task that threads share a block by

}  // namespace tepui::machine
