#include "network/pass/blocking.hpp"

#include <algorithm>

#include "core/machine.hpp"

namespace tepui {
namespace {

// Merging a lane costs about as much as the products of 50 samples.
constexpr Size kLanes = 4;
constexpr Size kLeastForLanes = 4096;
constexpr Size kLongestRun = 2048;   // a lane's sums come back into the cache once for each
constexpr Size kRunsPerLane = 2;     // at least
constexpr Size kRowsPerNeuron = 10;  // z, sigma and its derivatives, coefficient rows
constexpr Size kRowsPerInput = 2;    // x, and |x| or x^2

static_assert(kSamplePadding == 2 * machine::kVectorDoubles);

}  // namespace

Blocking choose_blocking(Size samples, Size width, Size inputs, Size preferred) {
    const Size doubles =
        checked_sum(checked_product(kRowsPerNeuron, width), checked_product(kRowsPerInput, inputs));
    // A block stays in the cache with its activations and coefficient rows, roughly.
    const Size fitting = machine::kL2Bytes / static_cast<Size>(sizeof(double)) / doubles;
    const Size least = preferred > 0 ? std::min(preferred, machine::kMaxBlock) : machine::kBlock;
    const Size wanted = std::clamp(fitting, least, machine::kMaxBlock);
    const Size block = std::min(round_up(wanted, machine::kStrip), round_up(samples, kSamplePadding));
    const Size lanes = samples >= kLeastForLanes ? kLanes : 1;
    const Size run = std::min(kLongestRun, samples / (kLanes * kRunsPerLane));
    // The rows of no neurons are nowhere: not even the address of a later strip may be computed from theirs.
    const Size strip = width > 0 ? std::min(machine::kStrip, block) : block;
    return {block, strip, lanes, std::max(Size{1}, run / block)};
}

}  // namespace tepui
