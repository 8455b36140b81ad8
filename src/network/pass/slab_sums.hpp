// Sums of slabs, taken out of their accumulators and merged along a binary tree: node (level, i) is the sum
// of the slabs [i 2^level, (i + 1) 2^level), its left half plus its right one, whoever finishes first.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "network/pass/pass.hpp"

namespace tepui {

using Lane = std::vector<Accumulator*>;  // of one pass

struct SlabSum {
    Size level = 0, index = 0;
    std::vector<Buffer<double>> values;  // of each accumulator
};

class SlabSums {
  public:
    // The shape is that of `lane`, which is open. room: nodes that are to need no memory later.
    SlabSums(const Lane& lane, Size levels, Size room);

    Size levels() const noexcept { return levels_; }
    // The sums of the lane, which begins anew.
    SlabSum take_out(const Lane& lane, Size slab);
    // Those in their place.
    static void put_in(const Lane& lane, SlabSum& sum);
    // Zeros, of node (level, index).
    SlabSum zeros(Size level, Size index);
    void drop(SlabSum&& sum);

    // Keeps the node; merges it with its other half as long as that is here. From any thread.
    void place(SlabSum sum);
    // The same in steps, which several threads may share: the other half of the node, if it is here.
    std::optional<SlabSum> other_half(const SlabSum& sum);
    void keep(SlabSum sum);
    // A node that is here.
    SlabSum take(Size level, Size index);
    // Nothing is here any more.
    void clear();

    Size numbers() const noexcept;  // of all accumulators
    // left += right, piece by piece of pieces().
    Size pieces() const noexcept { return pieces_; }
    void add(SlabSum& left, const SlabSum& right, Size piece) const;
    // Both halves into the left one, which becomes the node above.
    static void rise(SlabSum& left) noexcept {
        ++left.level;
        left.index /= 2;
    }

  private:
    std::vector<Buffer<double>> room();
    // The node, no longer among those that wait. Under the mutex.
    std::optional<SlabSum> taken(Size level, Size index);
    void wait(SlabSum&& sum);

    const Lane shape_;
    const Size levels_;
    Size pieces_ = 0;
    std::mutex mutex_;
    std::vector<SlabSum> nodes_;  // as many as are waiting: few
    std::vector<std::vector<Buffer<double>>> free_;
};

}  // namespace tepui
