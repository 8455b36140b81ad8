#include "network/pass/lanes.hpp"

namespace tepui {

Lanes::Lanes(std::span<Accumulator* const> accumulators, Size wanted) {
    lanes_.emplace_back(accumulators.begin(), accumulators.end());
    for (Size l = 1; l < wanted; ++l) {
        Lane lane;
        for (const Accumulator* accumulator : accumulators) {
            std::unique_ptr<Accumulator> sibling = accumulator->sibling();
            if (sibling == nullptr) return;
            lane.push_back(sibling.get());
            siblings_.push_back(std::move(sibling));
        }
        lanes_.push_back(std::move(lane));
    }
}

void Lanes::clear() {
    for (const Lane& lane : lanes_) {
        for (Accumulator* accumulator : lane) accumulator->clear();
    }
}

void Lanes::open(Size stride) {
    for (const Lane& lane : lanes_) {
        for (Accumulator* accumulator : lane) accumulator->open(stride);
    }
}

// Neighbours at distance 1, then those at distance 2, ...: the same order on every number of threads.
void Lanes::merge(Team& team) {
    const Size each = static_cast<Size>(lanes_.front().size());
    for (Size step = 1; step < count(); step *= 2) {
        const Size pairs = (count() + step - 1) / (2 * step);
        team.phase(pairs * each, [&](Size task, Size) {
            const auto lane = static_cast<std::size_t>(task / each * 2 * step);
            const auto which = static_cast<std::size_t>(task % each);
            lanes_[lane][which]->merge(*lanes_[lane + static_cast<std::size_t>(step)][which]);
        });
    }
}

RunQueue::RunQueue(Size runs, Size lanes)
    : runs_(runs), next_(static_cast<std::size_t>(lanes)), busy_(static_cast<std::size_t>(lanes), false) {}

void RunQueue::open() {
    closed_ = false;
    for (std::size_t lane = 0; lane < next_.size(); ++lane) {
        next_[lane] = static_cast<Size>(lane);
        busy_[lane] = false;
    }
}

Size RunQueue::take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return earliest();
}

Size RunQueue::take_after(Size finished) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto lane = static_cast<std::size_t>(finished) % next_.size();
    next_[lane] += static_cast<Size>(next_.size());
    busy_[lane] = false;
    return earliest();
}

void RunQueue::close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
}

Size RunQueue::earliest() {
    std::size_t found = next_.size();
    for (std::size_t lane = 0; lane < next_.size(); ++lane) {
        if (!closed_ && !busy_[lane] && next_[lane] < runs_ &&
            (found == next_.size() || next_[lane] < next_[found]))
            found = lane;
    }
    if (found == next_.size()) return -1;
    busy_[found] = true;
    return next_[found];
}

}  // namespace tepui
