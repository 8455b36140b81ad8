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

// What is compared of the inputs of a sample.
struct Hashed {
    std::uint64_t key, other;  // 128 bits that agree are taken for equal inputs
    std::int64_t sign;
    bool zero() const noexcept { return sign == kZero; }
    static constexpr std::int64_t kZero = 2;  // all of them, where every neuron gives sigma(0) = 0
};

Hashed hashed(double* x, Size d, const ActivationTraits& traits) {
    const std::int64_t sign = traits.parity == Parity::none ? 1 : turn(x, d);
    const bool zero = traits.value_at_zero == 0.0 && std::all_of(x, x + d, [](double v) { return v == 0.0; });
    return {hash(x, d, kFirst), hash(x, d, kSecond), zero ? Hashed::kZero : sign};
}

// Calls visit(k, hashed) for every sample that counts and whose inputs are here.
template <class Visit>
void each_held(const Dataset& data, const ActivationTraits& traits, Visit&& visit) {
    const Size d = data.inputs(), end = data.held_end();
    Matrix rows(std::min(kPiece, data.samples()), d);
    for (Size first = data.held_begin(); first < end; first += kPiece) {
        const Size count = std::min(kPiece, end - first);
        data.held_rows(first, count, rows.data());
        for (Size k = 0; k < count; ++k) {
            if (data.weight(first + k) == 0.0) continue;
            visit(first + k, hashed(rows.row(k), d, traits));
        }
    }
}

// The samples in order. Ranks tell each other theirs, once.
class Samples {
  public:
    Samples(const Dataset& data, const ActivationTraits& traits) : data_(data), traits_(traits) {
        const Share* share = data.share();
        if (share == nullptr) return;
        of_all_.resize(data.samples());
        each_held(data, traits, [&](Size k, const Hashed& one) { of_all_[k] = one; });
        share->collective->settle(Signature().add("equal inputs").value());
        share->collective->gather(of_all_.data(), share->held);
    }
    template <class Visit>
    void each(Visit&& visit) const {
        if (of_all_.empty()) return each_held(data_, traits_, visit);
        for (Size k = 0; k < data_.samples(); ++k)
            if (data_.weight(k) != 0.0) visit(k, of_all_[k]);
    }

  private:
    const Dataset& data_;
    const ActivationTraits& traits_;
    std::vector<Hashed> of_all_;
};

struct Known {
    std::uint64_t other = 0;  // a second hash of the inputs
    Size first = 0;           // sample
    Size group = -1;          // once a second sample has come
};

}  // namespace

EqualInputs equal_inputs(const Dataset& data, const ActivationTraits& traits) {
    const Samples samples(data, traits);
    std::vector<std::uint64_t> seen;
    seen.reserve(data.samples());
    bool vanishing = false;
    samples.each([&](Size, const Hashed& one) {
        seen.push_back(one.key);
        vanishing = vanishing || one.zero();
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
    samples.each([&](Size k, const Hashed& one) {
        const std::uint64_t key = one.key, other = one.other;
        const bool zero = one.zero();
        if (!zero && !std::binary_search(repeated.begin(), repeated.end(), key)) return;
        const std::size_t at = static_cast<std::size_t>(k);
        if (zero || traits.parity == Parity::odd)
            result.sign[at] = static_cast<signed char>(zero ? 0 : one.sign);
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
