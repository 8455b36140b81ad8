// What this machine can do at most, measured: the rate of multiply-adds and the memory bandwidth.
#pragma once

#include <string_view>

namespace tepui::bench {

// Multiply-add rate in flops per second with `threads` threads at once, on the best vectors of this CPU: the
// best of `repetitions` runs of about a quarter of a millisecond each. Cheap enough to be interleaved with
// what is compared to it.
double fma_peak(int threads, int repetitions = 8);

// The same for the register tile at the heart of the kernels, its operands in the first-level cache: what a
// kernel could reach if nothing but its inner loop took time. Beside its multiply-adds a tile issues half as
// many loads; the loop behind fma_peak issues none. On a core of its own the two rates are equal. Where
// another hardware thread shares the core, each gets half of the issue slots: enough for fma_peak, not enough
// for a tile. One run of about a tenth of a millisecond: the state of the core at this moment. With one
// thread the processor time of that thread counts, otherwise the wall clock.
double tile_rate(int threads);

// Bytes per second of a streaming triad a = b + s c (three arrays of `bytes` together) with `threads`
// threads; the best of `repetitions`. The line that a store reads first is counted: four streams.
double memory_bandwidth(int threads, double bytes = 384e6, int repetitions = 5);

// The ISA fma_peak measures on.
std::string_view peak_isa();

}  // namespace tepui::bench
