// Sums of slabs that ranks hold, merged along the tree that one process merges them along (docs/RANKS.md). A
// node is with the rank that has its first slab; of a slab that several ranks hold samples of, that is the
// last of them.
#pragma once

#include <string>
#include <vector>

#include "network/data/share.hpp"
#include "network/pass/slab_sums.hpp"

namespace tepui {

class RankSums {
  public:
    RankSums(const Share& share, const Slabs& slabs);

    // Room for messages.
    void open(const SlabSums& tree);
    // What the ranks must have in common.
    std::uint64_t signature() const noexcept { return signature_; }
    bool settle(const Outcome& outcome) { return ranks().settle(outcome); }

    // Some slab is held by several ranks.
    bool chained() const noexcept { return chained_; }
    // To the next rank, and from the one before, that holds samples: false where that one has failed.
    void pass_on(const SlabSum& sum, bool good);
    bool take_on(SlabSum& sum);

    // The sum of all slabs, on every rank.
    SlabSum merge(SlabSums& tree);
    // values[each] of every sample, of which this rank has those of its own.
    void gather(double* values, Size each);

  private:
    Collective& ranks() const noexcept { return *share_.collective; }
    Size owner(Size slab) const noexcept { return share_.owner(slabs_.end(slab) - 1); }
    void send(Size to, const SlabSum& sum);
    void receive(Size from, SlabSum& sum);
    void broadcast(Size root, SlabSum& sum);
    bool together() const noexcept { return message_.size() > 0; }

    const Share& share_;
    const Slabs slabs_;
    std::uint64_t signature_ = 0;
    bool chained_ = false;
    Buffer<double> message_;  // small sums of several accumulators are sent together
};

}  // namespace tepui
