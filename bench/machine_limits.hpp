// What this machine can do at most, measured: the rate of multiply-adds and the memory bandwidth.
#pragma once

#include <string_view>

namespace tepui::bench {

// Multiply-add rate in flops per second with `threads` threads at once, on the best vectors of this CPU: the
// best of `repetitions` runs of about a quarter of a millisecond each. Cheap enough to be interleaved with
// what is compared to it.
double fma_peak(int threads, int repetitions = 8);

// Bytes per second of a streaming triad a = b + s c (three arrays of `bytes` together) with `threads`
// threads; the best of `repetitions`. The line that a store reads first is counted: four streams.
double memory_bandwidth(int threads, double bytes = 384e6, int repetitions = 5);

// The ISA fma_peak measures on.
std::string_view peak_isa();

}  // namespace tepui::bench
