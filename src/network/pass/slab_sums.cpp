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
    nodes_.reserve(room);
    free_.reserve(2 * room);
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

std::optional<SlabSum> SlabSums::taken(Size level, Size index) {
    for (SlabSum& node : nodes_) {
        if (node.level != level || node.index != index) continue;
        std::optional<SlabSum> found(std::move(node));
        if (&node != &nodes_.back()) node = std::move(nodes_.back());
        nodes_.pop_back();
        return found;
    }
    return std::nullopt;
}

void SlabSums::wait(SlabSum&& sum) {
    for (SlabSum& node : nodes_) {
        if (node.level != sum.level || node.index != sum.index) continue;
        node = std::move(sum);
        return;
    }
    nodes_.push_back(std::move(sum));
}

std::optional<SlabSum> SlabSums::other_half(const SlabSum& sum) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return sum.level == levels_ ? std::nullopt : taken(sum.level, sum.index ^ 1);
}

void SlabSums::keep(SlabSum sum) {
    const std::lock_guard<std::mutex> lock(mutex_);
    wait(std::move(sum));
}

void SlabSums::place(SlabSum sum) {
    for (;;) {
        std::optional<SlabSum> half;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (sum.level < levels_) half = taken(sum.level, sum.index ^ 1);
            if (!half) {
                wait(std::move(sum));
                return;
            }
        }
        if ((sum.index & 1) != 0) std::swap(sum, *half);
        for (Size piece = 0; piece < pieces_; ++piece) add(sum, *half, piece);
        drop(std::move(*half));
        rise(sum);
    }
}

SlabSum SlabSums::take(Size level, Size index) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::optional<SlabSum> sum = taken(level, index);
    if (!sum) throw Error(Status::internal, "the sum of a slab is not there");
    return std::move(*sum);
}

void SlabSums::clear() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (SlabSum& node : nodes_) free_.push_back(std::move(node.values));
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
