#include "api/sample_block.hpp"

#include <algorithm>

namespace tepui::api {
namespace {

constexpr Size kTile = 8;                    // one cache line of doubles each way
constexpr Size kBlockBytes = Size{1} << 19;  // of a packed block: it stays in the second-level cache
constexpr Size kMinSamples = 256;  // enough for the output's traffic not to dominate when d is large
constexpr Size kMaxSamples = 4096;

}  // namespace

Size block_samples(Size d) {
    const Size fitting = kBlockBytes / static_cast<Size>(sizeof(double)) / d;
    return std::clamp(fitting / kTile * kTile, kMinSamples, kMaxSamples);
}

void unpack_pairs(const double* pairs, Size stride, Size d, Size begin, Size end, double* out, Size ld) {
    const Size matrix = d * ld;
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j <= i; ++j) {
            const double* entry = pairs + (triangle(i) + j) * stride;
            for (Size q = begin; q < end; ++q) {
                out[q * matrix + i * ld + j] = entry[q];
                out[q * matrix + j * ld + i] = entry[q];
            }
        }
    }
}

}  // namespace tepui::api
