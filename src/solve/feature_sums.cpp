#include "solve/feature_sums.hpp"

#include "kernels/sample_rows.hpp"
#include "network/pass/part_range.hpp"

namespace tepui {

FeatureSum::FeatureSum(const Layout& layout)
    : layout_(layout),
      gram_(sums_, layout.features(), layout.features()),
      gradient_(sums_.reserve(layout.features() * layout.output_count)) {}

void FeatureSum::begin(Size stride) {
    feature_rows_ = Buffer<double>(checked_product(layout_.features(), stride));
}

void FeatureSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    kernels::scale_rows(nullptr, block.g_slope + begin, layout_.features(), block.features + begin,
                        block.stride, end - begin, feature_rows_.data() + begin, block.stride);
}

void FeatureSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    PartRange range(begin, end);
    range.take(gram_.parts(), [&](Size from, Size to) {
        gram_.add(from, to, feature_rows_.data(), block.features, block.stride, block.padded);
    });
    range.take(1, [&](Size, Size) {
        loss_.add(block.padded, block.loss_value, block.loss_rounding);
        for (Size o = 0; o < layout_.output_count; ++o)
            kernels::row_dots(block.g + o * block.stride, layout_.features(), block.features, block.stride,
                              block.padded, sums_.at(gradient_) + o * layout_.features());
    });
}

}  // namespace tepui
