// What one measurement has to say, and all of one run together.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tepui::bench {

using Shape = std::vector<std::pair<std::string, std::int64_t>>;

// One kernel on one shape, beside one rival. A kernel with several rivals has a row for each; its own
// figures are then the same in all of them.
struct Row {
    std::string kernel;
    Shape shape;
    int threads = 1;
    int repetitions = 0;
    double seconds = 0.0;  // medians and minima of one call
    double seconds_best = 0.0;
    double flops = 0.0;  // useful ones; 0: not a matter of flops
    double peak = 0.0;   // flops per second, the best seen between the repetitions
    // The median call over the register tile of the same moments; 0: not a matter of flops.
    double ratio_to_tile = 0.0;
    int undisturbed = 0;               // repetitions during which no other hardware thread shared the core
    double seconds_undisturbed = 0.0;  // their median
    std::string rival;                 // empty: none
    double rival_seconds = 0.0;
    double rival_seconds_best = 0.0;

    double ratio_to_peak() const { return flops / seconds / peak; }
    double ratio_to_peak_best() const { return flops / seconds_best / peak; }
    double ratio_to_peak_undisturbed() const { return flops / seconds_undisturbed / peak; }
    double ratio_to_rival() const { return rival_seconds / seconds; }
};

struct MachineLimit {
    int threads = 1;
    double fma_peak = 0.0;          // flops per second
    double tile_rate = 0.0;         // flops per second, median
    double memory_bandwidth = 0.0;  // bytes per second
};

// Memory that a pass over so many samples took at its highest, the samples themselves not counted.
struct PassMemory {
    std::int64_t samples = 0;
    std::int64_t bytes = 0;
};

struct Machine {
    std::string cpu, isa, blas, blas_kernels, lapack;
    int cores = 1;
    double load_before = 0.0;  // processes that wanted a core, averaged over the last minute
    double load_after = 0.0;
};

struct Roofline {
    Machine machine;
    std::vector<MachineLimit> limits;
    std::vector<Row> rows;
    std::vector<PassMemory> memory;
};

std::string as_json(const Roofline& roofline);
std::string as_text(const Roofline& roofline);

}  // namespace tepui::bench
