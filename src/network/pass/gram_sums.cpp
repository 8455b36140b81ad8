#include "network/pass/gram_sums.hpp"

#include <algorithm>

#include "core/machine.hpp"

namespace tepui {
namespace {

constexpr Size kRowPadding = machine::kVectorDoubles;  // matrices in a vector
constexpr Size kPairTile = 8;                          // pairs the kernel works on at once
constexpr Size kPartEntries = 4096;                    // pairs x rows: the least worth a task of its own
constexpr Size kMaxParts = 256;

// Parts of equal size in a number that teams can share evenly: each part packs the coefficient rows anew, so
// three parts for two threads are worse than two.
Size even_parts(Size most) {
    if (most < 4) return most < 2 ? 1 : 2;
    return most / 4 * 4;
}

}  // namespace

GramSums::GramSums(SumBuffer& sums, Size rows, Size inputs)
    : inputs_(inputs),
      pairs_(checked_product(inputs, checked_sum(inputs, 1)) / 2),
      stride_(round_up(rows, kRowPadding)),
      sums_(&sums),
      first_(sums.reserve(checked_product(pairs_, stride_))) {
    const Size least = std::max({Size{64}, kPartEntries / std::max<Size>(rows, 1), pairs_ / kMaxParts});
    const Size parts = even_parts(pairs_ / least);
    pairs_per_part_ = std::max(kPairTile, round_up((pairs_ + parts - 1) / parts, kPairTile));
    parts_ = (pairs_ + pairs_per_part_ - 1) / pairs_per_part_;
}

Size GramSums::preferred_block() const noexcept {
    return size() * static_cast<Size>(sizeof(double)) > machine::kSharedBytes ? machine::kLongBlock
                                                                              : machine::kBlock;
}

bool GramSums::stays_in_cache() const noexcept {
    return size() * static_cast<Size>(sizeof(double)) <= machine::kSharedCopyBytes;
}

}  // namespace tepui
