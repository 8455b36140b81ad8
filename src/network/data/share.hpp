// Which samples of a data set each rank holds: whole slabs, in order (docs/RANKS.md). Targets and weights are
// on every rank; of inputs each has those of its own slabs.
#pragma once

#include <memory>
#include <vector>

#include "core/collective.hpp"
#include "network/data/slabs.hpp"

namespace tepui {

struct Share {
    std::shared_ptr<Collective> collective;
    std::vector<Size> given;  // first sample that each rank was given; at the end: how many there are
    std::vector<Size> held;  // the same of what it holds: its own from the first slab that begins there, with
                             // what following ranks were given of its last one

    Size begin() const noexcept { return held[static_cast<std::size_t>(collective->rank())]; }
    Size end() const noexcept { return held[static_cast<std::size_t>(collective->rank()) + 1]; }
    Size owner(Size sample) const noexcept;  // who holds it
};

// Every rank is told how many samples each was given.
std::vector<Size> given_samples(Collective& collective, Size mine);
Share share_of(std::shared_ptr<Collective> collective, std::vector<Size> given);

}  // namespace tepui
