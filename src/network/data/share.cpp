#include "network/data/share.hpp"

#include <algorithm>

namespace tepui {

Size Share::owner(Size sample) const noexcept {
    return std::upper_bound(held.begin(), held.end(), sample) - held.begin() - 1;
}

std::vector<Size> given_samples(Collective& collective, Size mine) {
    const auto ranks = static_cast<std::size_t>(collective.size());
    std::vector<Size> counts(ranks, 0), places(ranks + 1);
    counts[static_cast<std::size_t>(collective.rank())] = mine;
    for (std::size_t r = 0; r <= ranks; ++r) places[r] = static_cast<Size>(r);
    collective.gather(counts.data(), places);
    std::vector<Size> first(ranks + 1, 0);
    for (std::size_t r = 0; r < ranks; ++r) first[r + 1] = checked_sum(first[r], counts[r]);
    return first;
}

Share share_of(std::shared_ptr<Collective> collective, std::vector<Size> given) {
    const Size samples = given.back();
    const Slabs slabs(samples);
    Share share{std::move(collective), std::move(given), {}};
    Size slab = 0;
    for (const Size first : share.given) {
        while (slab < slabs.count() && slabs.begin(slab) < first) ++slab;
        share.held.push_back(slabs.begin(slab));
    }
    return share;
}

}  // namespace tepui
