#include "cli/plateau/map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace tepui::cli {
namespace {

constexpr std::int64_t steps_on_line = 40;
constexpr std::int64_t steps_on_plane = 9;
// Steps per unit of gamma at which ways down are sought: more markers than that overlap in a picture.
constexpr std::int64_t most_shown_on_line = 80;
constexpr std::int64_t most_shown_on_plane = 12;

int sign_of(double value) {
    return (value > 0.0) - (value < 0.0);
}

// Every tuple of multiples of 1 / steps that sums to 1, none below `least` / steps.
std::vector<std::vector<double>> lattice(std::int64_t daughters, std::int64_t steps, std::int64_t least) {
    const double unit = double(steps);
    std::vector<std::vector<double>> gammas;
    for (std::int64_t i = least; i <= steps - (daughters - 1) * least; ++i) {
        if (daughters == 2) {
            gammas.push_back({double(i) / unit, double(steps - i) / unit});
            continue;
        }
        for (std::int64_t j = least; i + j <= steps - least; ++j)
            gammas.push_back({double(i) / unit, double(j) / unit, double(steps - i - j) / unit});
    }
    return gammas;
}

void summarise(const PlateauMap& map, const std::vector<const MappedSplit*>& splits, PlateauPart& part) {
    std::map<Verdict, std::size_t> votes;
    for (const MappedSplit* split : splits) ++votes[split->verdict];
    const auto most = std::max_element(votes.begin(), votes.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    part.splits = splits.size();
    part.verdict = most->first;
    part.others = splits.size() - most->second;
    part.least_fall = std::numeric_limits<double>::infinity();
    for (const MappedSplit* split : splits) {
        if (split->verdict == part.verdict) {
            part.rule = split->rule;
            part.index = split->index;
        }
        if (!map.searched(*split)) continue;
        part.least_fall = std::min(part.least_fall, fall_of(*split));
        part.largest_fall = std::max(part.largest_fall, fall_of(*split));
    }
    if (part.least_fall > part.largest_fall) part.least_fall = 0.0;  // none was searched
}

void divide(PlateauMap& map) {
    std::map<std::vector<int>, std::vector<const MappedSplit*>> groups;
    const auto signs_of = [](const MappedSplit& split) {
        std::vector<int> signs;
        for (const double gamma : split.gamma) signs.push_back(sign_of(gamma));
        return signs;
    };
    for (const MappedSplit& split : map.splits) groups[signs_of(split)].push_back(&split);
    for (const auto& [signs, splits] : groups) {
        PlateauPart& part = map.parts.emplace_back();
        part.signs = signs;
        summarise(map, splits, part);
    }
    for (const MappedSplit& split : map.splits)
        map.part_of.push_back(std::size_t(std::distance(groups.begin(), groups.find(signs_of(split)))));
}

// Some of the splits, as many at a time as an interrupt can wait for.
void judge_some(const JudgeSplits& judge, const std::vector<MappedSplit*>& splits, bool ways_down,
                Progress& progress, std::size_t& done, std::size_t all) {
    constexpr std::size_t together = 512;
    for (std::size_t first = 0; first < splits.size(); first += together) {
        progress.go_on("splits", double(done) / double(all));
        std::vector<MappedSplit*> some(
            splits.begin() + std::ptrdiff_t(first),
            splits.begin() + std::ptrdiff_t(std::min(splits.size(), first + together)));
        judge(some, ways_down);
        done += some.size();
    }
}

}  // namespace

std::size_t PlateauMap::searched() const {
    return std::size_t(std::count_if(splits.begin(), splits.end(),
                                     [this](const MappedSplit& split) { return searched(split); }));
}

bool PlateauMap::searched(const MappedSplit& split) const {
    const auto on_grid = [this](double gamma) { return std::llround(gamma * double(steps)) % stride == 0; };
    if (!on_grid(split.gamma.front())) return split.gamma.size() == 2 && split.gamma.back() == 0.0;
    return split.gamma.size() == 2 || split.gamma.back() == 0.0 || on_grid(split.gamma[1]);
}

bool PlateauPart::boundary() const {
    return std::count(signs.begin(), signs.end(), 0) > 0;
}

std::string PlateauPart::name() const {
    const auto positive = std::count(signs.begin(), signs.end(), 1);
    if (boundary()) return "boundary";
    if (positive == std::ptrdiff_t(signs.size())) return "Gamma+";
    return positive == 1 ? "Gamma-" : "mixed signs";
}

double fall_of(const MappedSplit& split) {
    return split.way.is_null() ? 0.0 : std::max(0.0, -real_of(split.way["measured"]));
}

PlateauMap map_plateau(const JudgeSplits& judge, std::int64_t daughters, std::int64_t steps,
                       Progress& progress) {
    PlateauMap map;
    map.daughters = daughters;
    map.steps = steps > 0 ? steps : (daughters == 2 ? steps_on_line : steps_on_plane);
    // Three quarters of a unit beyond the edge on the line, two thirds on the plane.
    const std::int64_t least = daughters == 2 ? -(3 * map.steps / 4) : -(2 * map.steps / 3);
    map.lower = double(least) / double(map.steps);
    const std::int64_t most = daughters == 2 ? most_shown_on_line : most_shown_on_plane;
    map.stride = (map.steps + most - 1) / most;
    for (const std::vector<double>& gamma : lattice(daughters, map.steps, least)) {
        map.splits.emplace_back().gamma = gamma;
    }
    std::vector<MappedSplit*> shown, others;
    for (MappedSplit& split : map.splits) (map.searched(split) ? shown : others).push_back(&split);
    std::size_t done = 0;
    for (const bool ways_down : {true, false})
        judge_some(judge, ways_down ? shown : others, ways_down, progress, done, map.splits.size());
    divide(map);
    return map;
}

}  // namespace tepui::cli
