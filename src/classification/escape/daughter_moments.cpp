#include "classification/escape/daughter_moments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tepui {
namespace {

constexpr std::size_t kMostSubsets = 16;  // daughters whose subsets are gone through
constexpr std::size_t kMostGroups = 10;   // ... whose partitions into three are

DaughterMotionMoments moments(std::span<const double> gamma, std::vector<double> t) {
    DaughterMotionMoments motion{std::move(t)};
    for (std::size_t j = 0; j < gamma.size(); ++j) {
        const double square = motion.t[j] * motion.t[j];
        motion.square += gamma[j] * square;
        motion.fourth += gamma[j] * square * square;
    }
    return motion;
}

// The daughters of a subset of share p against the others: t = 1 - p and -p, of size 1.
DaughterMotionMoments against_the_others(std::span<const double> gamma, const std::vector<bool>& subset) {
    double inside = 0.0, outside = 0.0;
    for (std::size_t j = 0; j < gamma.size(); ++j) (subset[j] ? inside : outside) += gamma[j];
    const double size = std::max(std::abs(inside), std::abs(outside));
    std::vector<double> t(gamma.size());
    for (std::size_t j = 0; j < t.size(); ++j) t[j] = (subset[j] ? outside : -inside) / size;
    return moments(gamma, std::move(t));
}

void keep(DaughterMotionMoments motion, MomentRange& range) {
    if (motion.square == 0.0) return;
    if (range.lowest.t.empty() || motion.ratio() < range.lowest.ratio()) range.lowest = motion;
    if (range.highest.t.empty() || motion.ratio() > range.highest.ratio()) range.highest = std::move(motion);
}

// All of one sign: two values of t suffice.
MomentRange range_of_positive(std::span<const double> gamma) {
    const std::size_t r = gamma.size();
    MomentRange range;
    std::vector<bool> subset(r, false);
    if (r <= kMostSubsets) {
        for (std::size_t bits = 1; bits < std::size_t{1} << (r - 1); ++bits) {
            for (std::size_t j = 0; j + 1 < r; ++j) subset[j] = ((bits >> j) & 1U) != 0;
            keep(against_the_others(gamma, subset), range);
        }
        range.least = range.lowest.ratio();
        range.greatest = range.highest.ratio();
        return range;
    }
    std::vector<std::size_t> order(r);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return gamma[a] > gamma[b]; });
    subset[order.back()] = true;
    keep(against_the_others(gamma, subset), range);
    // Nearly in halves: the largest first, each to the lighter side.
    double inside = 0.0, outside = 0.0;
    for (const std::size_t j : order) {
        subset[j] = inside < outside;
        (subset[j] ? inside : outside) += gamma[j];
    }
    keep(against_the_others(gamma, subset), range);
    range.least = 1.0;
    range.greatest = range.highest.ratio();
    return range;
}

}  // namespace

std::vector<DaughterMotionMoments> grouped_motions(std::span<const double> gamma) {
    std::vector<DaughterMotionMoments> motions;
    const std::size_t r = gamma.size();
    std::vector<int> group(r, 0);
    for (;;) {
        // The next assignment to three groups.
        std::size_t j = 0;
        while (j < r && group[j] == 2) group[j++] = 0;
        if (j + 1 >= r) return motions;  // the last daughter stays in group 0
        ++group[j];
        double share[3] = {0.0, 0.0, 0.0};
        bool used[3] = {true, false, false};
        for (std::size_t l = 0; l < r; ++l) {
            share[group[l]] += gamma[l];
            used[group[l]] = true;
        }
        if (used[2] && !used[1]) continue;  // the same with 1 for 2
        // Two groups: orthogonal to the shares. Three: orthogonal to (1, 1, 1) too.
        const double value[3] = {used[2] ? share[2] - share[1] : share[1],
                                 used[2] ? share[0] - share[2] : -share[0], share[1] - share[0]};
        double size = 0.0;
        for (int g = 0; g < (used[2] ? 3 : 2); ++g) size = std::max(size, std::abs(value[g]));
        if (size == 0.0) continue;
        std::vector<double> t(r);
        for (std::size_t l = 0; l < r; ++l) t[l] = value[group[l]] / size;
        motions.push_back(moments(gamma, std::move(t)));
    }
}

MomentRange moment_range(std::span<const double> gamma) {
    if (std::all_of(gamma.begin(), gamma.end(), [](double g) { return g > 0.0; }))
        return range_of_positive(gamma);
    MomentRange range;
    if (gamma.size() <= kMostGroups) {
        for (DaughterMotionMoments& motion : grouped_motions(gamma)) keep(std::move(motion), range);
        range.least = range.lowest.ratio();
        range.greatest = range.highest.ratio();
        return range;
    }
    for (std::size_t j = 0; j < gamma.size(); ++j) {
        std::vector<bool> subset(gamma.size(), false);
        subset[j] = true;
        keep(against_the_others(gamma, subset), range);
    }
    range.least = -std::numeric_limits<double>::infinity();
    range.greatest = 0.0;
    return range;
}

}  // namespace tepui
