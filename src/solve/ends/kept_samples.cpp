#include "solve/ends/kept_samples.hpp"

#include <algorithm>
#include <cmath>

#include "solve/ends/hyperplane.hpp"

namespace tepui {
namespace {

// A kept sample this far out has left the hyperplane, or may have.
constexpr double kGone = 16.0, kFarOut = 5.0;
constexpr std::size_t kReleases = 6;
// Of the size of a ramp's v: how far a sample lets it go.
constexpr double kNudge = 1e-6;

// The same limit with fewer samples on the hyperplane of a unit, the others on the side that they are on.
// Nothing when no v is left that has all samples on their sides.
std::optional<BoundaryNetwork> with_fewer_kept(const SampleInputs& inputs, const BoundaryNetwork& limit,
                                               Size u, const std::vector<Size>& kept) {
    const BoundaryUnit& unit = limit.units[u];
    // Weights with these samples at their z, the released ones and all others far on their sides.
    std::vector<double> w = limit.weights(u, 0);
    double far = 1.0;
    for (const double z : inputs.preactivations(w.data())) far = std::max(far, std::abs(z));
    for (std::size_t j = 0; j < w.size(); ++j) w[j] += 4.0 * far * unit.direction[j];
    BoundaryUnit fewer = unit;
    std::vector<double> at;
    if (!make_saturated(inputs, kept, w, fewer, at)) return std::nullopt;
    BoundaryNetwork next = limit;
    next.replace_unit(u, std::move(fewer));
    next.set_weights(u, 0, at.data());
    return next;
}

// The ramp with these samples on its kink, v the part of w along it.
void replace_ramp(const SampleInputs& inputs, const std::vector<Size>& kept, const std::vector<double>& w,
                  BoundaryNetwork& limit, Size u) {
    BoundaryUnit ramp = limit.units[u];
    std::vector<double> v;
    make_rectified(inputs, kept, w, ramp, v);
    limit.replace_unit(u, std::move(ramp));
    limit.set_weights(u, 0, v.data());
}

}  // namespace

std::optional<bool> release_samples(const SampleInputs& inputs, BoundaryNetwork& limit) {
    for (Size u = 0; u < Size(limit.units.size()); ++u) {
        const BoundaryUnit& unit = limit.units[u];
        if (unit.kind != UnitKind::saturated || unit.kept.empty()) continue;
        const std::vector<double> z = inputs.preactivations(limit.weights(u, 0).data());
        std::vector<Size> kept;
        for (const Size k : unit.kept)
            if (std::abs(z[k]) < kGone) kept.push_back(k);
        if (kept.size() == unit.kept.size()) continue;
        if (!kept.empty()) kept = samples_in_span(inputs, kept);
        if (kept.size() == unit.kept.size()) continue;
        std::optional<BoundaryNetwork> next = with_fewer_kept(inputs, limit, u, kept);
        if (!next) return std::nullopt;
        limit = std::move(*next);
        return true;
    }
    return false;
}

std::vector<BoundaryNetwork> with_one_kept_less(const SampleInputs& inputs, const BoundaryNetwork& limit) {
    std::vector<BoundaryNetwork> result;
    for (Size u = 0; u < Size(limit.units.size()); ++u) {
        const BoundaryUnit& unit = limit.units[u];
        if (unit.kind != UnitKind::saturated) continue;
        const std::vector<double> z = inputs.preactivations(limit.weights(u, 0).data());
        for (const Size k : unit.kept) {
            const bool shared =
                std::any_of(limit.units.begin(), limit.units.end(), [&](const BoundaryUnit& other) {
                    return &other != &unit && other.kind == UnitKind::saturated &&
                           std::binary_search(other.kept.begin(), other.kept.end(), k);
                });
            if (!shared && std::abs(z[k]) < kFarOut) continue;
            std::vector<Size> kept = unit.kept;
            std::erase(kept, k);
            if (!unit.independent && samples_in_span(inputs, kept).size() == unit.kept.size()) continue;
            if (std::optional<BoundaryNetwork> next = with_fewer_kept(inputs, limit, u, kept))
                result.push_back(std::move(*next));
            if (result.size() >= kReleases) return result;
        }
    }
    return result;
}

bool keep_nearest(const SampleInputs& inputs, BoundaryNetwork& limit) {
    for (Size u = 0; u < Size(limit.units.size()); ++u) {
        const BoundaryUnit& unit = limit.units[u];
        if (unit.kind != UnitKind::rectified || limit.form_size(u, 0) < 2) continue;
        const std::vector<double> v = limit.weights(u, 0), z = inputs.preactivations(v.data());
        Size nearest = -1;
        for (Size k = 0; k < Size(z.size()); ++k) {
            if (std::binary_search(unit.kept.begin(), unit.kept.end(), k)) continue;
            if (nearest < 0 || std::abs(z[k]) < std::abs(z[nearest])) nearest = k;
        }
        if (nearest < 0) continue;
        std::vector<double> at_kept = z;
        for (const Size k : unit.kept) at_kept[k] = 0.0;
        const std::optional<std::vector<Size>> kept = samples_within(inputs, at_kept, std::abs(z[nearest]));
        if (!kept) continue;
        replace_ramp(inputs, *kept, v, limit, u);
        return true;
    }
    return false;
}

bool let_go(const SampleInputs& inputs, const EndReport& end, BoundaryNetwork& limit) {
    for (Size u = 0; u < Size(end.across.size()); ++u) {
        const Across& across = end.across[u];
        if (limit.units[u].kind != UnitKind::rectified || across.sign != AcrossSign::falls ||
            across.sample < 0 || limit.units[u].kept.empty())
            continue;
        const BoundaryUnit& unit = limit.units[u];
        const double* h = inputs.h.row(across.sample);
        std::vector<Size> kept;
        for (const Size k : unit.kept)
            if (!std::equal(h, h + inputs.h.cols(), inputs.h.row(k))) kept.push_back(k);
        std::vector<double> v = limit.weights(u, 0);
        for (std::size_t j = 0; j < v.size(); ++j) v[j] += kNudge * across.fall.direction[j];
        replace_ramp(inputs, kept, v, limit, u);
        return true;
    }
    return false;
}

}  // namespace tepui
