#include "solve/ends/tried_limits.hpp"

#include <cmath>

namespace tepui {
namespace {

// Of a loss: two limits of the same units whose losses differ by less are one, and are near each other.
constexpr double kSame = 1e-12, kNear = 1e-3;
// So many descents of the same units that come to no rest speak for those from higher up.
constexpr int kRestless = 2;

}  // namespace

const TriedLimits::Outcome* TriedLimits::find(const BoundaryNetwork& limit, double loss,
                                              double highest) const {
    const Units units = units_of(limit);
    int restless = 0;
    for (const Tried& of : tried_) {
        if (of.units != units) continue;
        const std::optional<EndReport>& end = of.outcome.end;
        const double apart = std::abs(loss - of.loss);
        const bool above = end && !(end->loss <= highest);
        if (apart <= (above ? kNear : kSame) * std::abs(loss)) return &of.outcome;
        if (end && end->rule == EndRule::not_stationary && end->loss <= loss && ++restless >= kRestless)
            return &of.outcome;
    }
    return nullptr;
}

void TriedLimits::add(const BoundaryNetwork& limit, double loss, Outcome outcome) {
    tried_.push_back({units_of(limit), loss, std::move(outcome)});
}

TriedLimits::Units TriedLimits::units_of(const BoundaryNetwork& limit) {
    Units units;
    for (const BoundaryUnit& unit : limit.units) {
        units.push_back({unit.kind, unit.neurons});
        units.back().second.insert(units.back().second.end(), unit.kept.begin(), unit.kept.end());
    }
    return units;
}

}  // namespace tepui
