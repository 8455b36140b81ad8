#include "network/blocking.hpp"

#include <algorithm>

namespace tepui {
namespace {

constexpr Size kBlockBytes = Size{1} << 20;  // a block with its activations and coefficient rows, roughly
constexpr Size kMinBlock = 512;
constexpr Size kMaxBlock = 4096;
constexpr Size kStrip = 256;
// Merging a lane costs about as much as the products of 50 samples.
constexpr Size kLanes = 4;
constexpr Size kLeastForLanes = 4096;
constexpr Size kRun = 1024;
constexpr Size kRowsPerNeuron = 10;  // z, sigma and its derivatives, coefficient rows
constexpr Size kRowsPerInput = 2;    // x, and |x| or x^2

}  // namespace

Blocking choose_blocking(Size samples, Size width, Size inputs, Size preferred) {
    const Size doubles =
        checked_sum(checked_product(kRowsPerNeuron, width), checked_product(kRowsPerInput, inputs));
    const Size fitting = kBlockBytes / static_cast<Size>(sizeof(double)) / doubles;
    const Size wanted = std::max(std::clamp(fitting, kMinBlock, kMaxBlock), std::min(preferred, kMaxBlock));
    const Size block = std::min(round_up(wanted, kStrip), round_up(samples, kSamplePadding));
    const Size lanes = samples >= kLeastForLanes ? kLanes : 1;
    return {block, std::min(kStrip, block), lanes, std::max(Size{1}, kRun / block)};
}

}  // namespace tepui
