#include "network/pass/row_sums.hpp"

#include <algorithm>

#include "core/machine.hpp"
#include "kernels/hidden_layer.hpp"

namespace tepui {
namespace {

// Tiles are cut by problem size alone: the same sums for every number of threads.
constexpr Size kRowTile = 24;     // as many as the kernel takes at once
constexpr Size kInputTile = 128;  // at least, but where there are fewer
static_assert(kInputTile > 2 * kernels::kFewInputs);

constexpr Size tiles(Size count, Size tile) {
    return (count + tile - 1) / tile;
}

}  // namespace

RowSums::RowSums(SumBuffer& sums, Size rows, Size inputs)
    : rows_(rows),
      inputs_(inputs),
      row_tiles_(tiles(rows, kRowTile)),
      input_tiles_(std::max<Size>(1, inputs / kInputTile)),
      input_tile_(round_up(tiles(inputs, input_tiles_), machine::kVectorDoubles)),
      sums_(&sums),
      first_(sums.reserve(checked_product(rows, inputs))) {
    // Rounding up may have left the last ones nothing.
    if (inputs > 0) input_tiles_ = tiles(inputs, input_tile_);
}

RowSums::Tile RowSums::tile(Size part) const noexcept {
    const Size row = part / input_tiles_ * kRowTile;
    const Size input = part % input_tiles_ * input_tile_;
    return {row, std::min(kRowTile, rows_ - row), input, std::min(input_tile_, inputs_ - input)};
}

// Neighbouring tiles of the same rows in one call, which reorders the rows for the kernel once.
void RowSums::add(Size begin, Size end, const double* rows, const double* xt, Size stride, Size count,
                  const double* common) {
    while (begin < end) {
        const Size last = std::min(end, (begin / input_tiles_ + 1) * input_tiles_) - 1;
        const Tile t = tile(begin);
        const Size inputs = tile(last).input + tile(last).inputs - t.input;
        kernels::weighted_sums(common, {rows + t.row * stride, stride, t.rows},
                               {xt + t.input * stride, stride, count, inputs},
                               sums_->at(first_) + t.row * inputs_ + t.input, inputs_);
        begin = last + 1;
    }
}

}  // namespace tepui
