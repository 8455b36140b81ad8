#include "network/inputs/equal_inputs.hpp"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "core/matrix.hpp"

namespace tepui {
namespace {

constexpr Size kPiece = 512;

// Turns the inputs so that their first component that is not zero is positive: opposite inputs become equal.
// Returns the sign, 0 for inputs that are all zero.
int turn(double* x, Size d) {
    Size j = 0;
    while (j < d && x[j] == 0.0) ++j;
    if (j == d) return 0;
    if (x[j] > 0.0) return 1;
    for (; j < d; ++j) x[j] = -x[j];
    return -1;
}

constexpr std::uint64_t kFirst = 0x9e3779b97f4a7c15u, kSecond = 0xc2b2ae3d27d4eb4fu;

std::uint64_t hash(const double* x, Size d, std::uint64_t h) {
    for (Size j = 0; j < d; ++j) {
        const double value = x[j] == 0.0 ? 0.0 : x[j];  // both zeros are one
        h = (h ^ std::bit_cast<std::uint64_t>(value)) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    return h;
}

// Calls visit(k, x, sign) for every sample that counts.
template <class Visit>
void each_sample(const Dataset& data, Parity parity, Visit&& visit) {
    const Size d = data.inputs(), n = data.samples();
    Matrix rows(std::min(kPiece, n), d);
    for (Size first = 0; first < n; first += kPiece) {
        const Size count = std::min(kPiece, n - first);
        data.rows(first, count, rows.data());
        for (Size k = 0; k < count; ++k) {
            if (data.weight(first + k) == 0.0) continue;
            visit(first + k, rows.row(k), parity == Parity::none ? 1 : turn(rows.row(k), d));
        }
    }
}

struct Known {
    std::uint64_t other = 0;  // a second hash of the inputs: 128 bits that agree are taken for equal inputs
    Size first = 0;           // sample
    Size group = -1;          // once a second sample has come
};

}  // namespace

EqualInputs equal_inputs(const Dataset& data, const ActivationTraits& traits) {
    const Size d = data.inputs();
    const Parity parity = traits.parity;
    // Inputs that are all zero: every neuron gives sigma(0) there.
    const auto vanishes = [&](const double* x) {
        return traits.value_at_zero == 0.0 && std::all_of(x, x + d, [](double v) { return v == 0.0; });
    };
    std::vector<std::uint64_t> seen;
    seen.reserve(data.samples());
    bool vanishing = false;
    each_sample(data, parity, [&](Size, const double* x, int) {
        seen.push_back(hash(x, d, kFirst));
        vanishing = vanishing || vanishes(x);
    });
    std::sort(seen.begin(), seen.end());
    // Hashes that occur once go: inputs that may be equal stay.
    std::vector<std::uint64_t> repeated;
    for (std::size_t e = 1; e < seen.size(); ++e) {
        if (seen[e] == seen[e - 1] && (repeated.empty() || repeated.back() != seen[e]))
            repeated.push_back(seen[e]);
    }
    seen.clear();
    seen.shrink_to_fit();
    EqualInputs result;
    if (repeated.empty() && !vanishing) return result;
    result.group.assign(data.samples(), -1);
    result.sign.assign(result.group.size(), 1);
    std::unordered_multimap<std::uint64_t, Known> known;
    each_sample(data, parity, [&](Size k, const double* x, int sign) {
        const std::uint64_t key = hash(x, d, kFirst);
        const bool zero = vanishes(x);
        if (!zero && !std::binary_search(repeated.begin(), repeated.end(), key)) return;
        const std::size_t at = static_cast<std::size_t>(k);
        if (zero || parity == Parity::odd) result.sign[at] = static_cast<signed char>(zero ? 0 : sign);
        const std::uint64_t other = hash(x, d, kSecond);
        const auto [begin, end] = known.equal_range(key);
        const auto same =
            std::find_if(begin, end, [&](const auto& entry) { return entry.second.other == other; });
        if (same == end) {
            result.group[at] = zero ? result.groups++ : -1;
            known.emplace(key, Known{other, k, result.group[at]});
            return;
        }
        Known& entry = same->second;
        if (entry.group < 0) {
            entry.group = result.groups++;
            result.group[entry.first] = entry.group;
        }
        result.group[at] = entry.group;
    });
    return result;
}

}  // namespace tepui
