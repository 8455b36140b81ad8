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

void pack_samples(const double* x, Size ldx, Size begin, Size end, Size d, double* xt, Size stride) {
    for (Size k0 = begin; k0 < end; k0 += kTile) {
        const Size k1 = std::min(k0 + kTile, end);
        for (Size j0 = 0; j0 < d; j0 += kTile) {
            const Size j1 = std::min(j0 + kTile, d);
            for (Size j = j0; j < j1; ++j) {
                for (Size k = k0; k < k1; ++k) xt[j * stride + k] = x[k * ldx + j];
            }
        }
    }
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
