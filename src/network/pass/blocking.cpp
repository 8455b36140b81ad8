#include "network/pass/blocking.hpp"

#include <algorithm>

#include "core/machine.hpp"

namespace tepui {
namespace {

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
    // The rows of no neurons are nowhere: not even the address of a later strip may be computed from theirs.
    const Size strip = width > 0 ? std::min(machine::kStrip, block) : block;
    return {block, strip, Slabs::finest(samples)};
}

Size slabs_of_large_sums(Size samples, const Blocking& blocking, Size bytes) {
    constexpr Size kBlocks = 8;  // at least in a slab
    constexpr Size kMiB = Size{1} << 20;
    const Size most = bytes <= 16 * kMiB ? 64 : bytes <= 64 * kMiB ? 16 : bytes <= 256 * kMiB ? 4 : 1;
    Size slabs = 1;
    while (2 * slabs <= std::min(most, blocking.slabs) && 2 * slabs * kBlocks * blocking.block <= samples)
        slabs *= 2;
    return slabs;
}

}  // namespace tepui
