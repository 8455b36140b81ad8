#include "network/pass/slab_sums.hpp"

#include <algorithm>

namespace tepui {
namespace {

constexpr Size kPiece = Size{1} << 14;  // numbers that one thread adds at once

Size pieces_of(Size count) {
    return (count + kPiece - 1) / kPiece;
}

}  // namespace

SlabSums::SlabSums(const Lane& lane, Size levels, Size room) : shape_(lane), levels_(levels) {
    for (Accumulator* accumulator : shape_) pieces_ += pieces_of(accumulator->sums().size());
    for (Size r = 0; r < room; ++r) {
        std::vector<Buffer<double>> values;
        for (Accumulator* accumulator : shape_) values.emplace_back(accumulator->sums().size());
        free_.push_back(std::move(values));
    }
}

Size SlabSums::numbers() const noexcept {
    Size count = 0;
    for (Accumulator* accumulator : shape_) count += accumulator->sums().size();
    return count;
}

std::vector<Buffer<double>> SlabSums::room() {
    std::vector<Buffer<double>> values;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!free_.empty()) {
            values = std::move(free_.back());
            free_.pop_back();
        }
    }
    if (values.empty()) {
        for (Accumulator* accumulator : shape_) values.emplace_back(accumulator->sums().size());
    } else {
        for (Buffer<double>& one : values) one.fill(0.0);
    }
    return values;
}

SlabSum SlabSums::zeros(Size level, Size index) {
    return {level, index, room()};
}

void SlabSums::drop(SlabSum&& sum) {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(std::move(sum.values));
}

SlabSum SlabSums::take_out(const Lane& lane, Size slab) {
    SlabSum sum = zeros(0, slab);
    put_in(lane, sum);
    return sum;
}

void SlabSums::put_in(const Lane& lane, SlabSum& sum) {
    for (std::size_t a = 0; a < lane.size(); ++a) lane[a]->sums().exchange(sum.values[a]);
}

std::optional<SlabSum> SlabSums::other_half(const SlabSum& sum) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = nodes_.find({sum.level, sum.index ^ 1});
    if (sum.level == levels_ || found == nodes_.end()) return std::nullopt;
    std::optional<SlabSum> half(std::move(found->second));
    nodes_.erase(found);
    return half;
}

void SlabSums::keep(SlabSum sum) {
    const std::lock_guard<std::mutex> lock(mutex_);
    nodes_.insert_or_assign({sum.level, sum.index}, std::move(sum));
}

void SlabSums::place(SlabSum sum) {
    for (;;) {
        std::optional<SlabSum> half;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            const auto found = nodes_.find({sum.level, sum.index ^ 1});
            if (sum.level == levels_ || found == nodes_.end()) {
                nodes_.insert_or_assign({sum.level, sum.index}, std::move(sum));
                return;
            }
            half.emplace(std::move(found->second));
            nodes_.erase(found);
        }
        if ((sum.index & 1) != 0) std::swap(sum, *half);
        for (Size piece = 0; piece < pieces_; ++piece) add(sum, *half, piece);
        drop(std::move(*half));
        rise(sum);
    }
}

SlabSum SlabSums::take(Size level, Size index) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = nodes_.find({level, index});
    if (found == nodes_.end()) throw Error(Status::internal, "the sum of a slab is not there");
    SlabSum sum = std::move(found->second);
    nodes_.erase(found);
    return sum;
}

void SlabSums::clear() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto& node : nodes_) free_.push_back(std::move(node.second.values));
    nodes_.clear();
}

void SlabSums::add(SlabSum& left, const SlabSum& right, Size piece) const {
    std::size_t a = 0;
    for (; piece >= pieces_of(shape_[a]->sums().size()); ++a) piece -= pieces_of(shape_[a]->sums().size());
    const SumBuffer& sums = shape_[a]->sums();
    sums.add_values(left.values[a].data(), right.values[a].data(), piece * kPiece,
                    std::min(sums.size(), (piece + 1) * kPiece));
}

}  // namespace tepui
