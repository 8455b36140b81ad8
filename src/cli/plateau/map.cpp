#include "cli/plateau/map.hpp"

#include <algorithm>
#include <map>

#include "cli/report/collect.hpp"

namespace tepui::cli {
namespace {

constexpr std::int64_t steps_on_line = 40;
constexpr std::int64_t steps_on_plane = 9;

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

void summarise(const std::vector<const SplitReport*>& splits, PlateauPart& part) {
    std::map<tepui_verdict, std::size_t> votes;
    for (const SplitReport* split : splits) ++votes[split->verdict];
    const auto most = std::max_element(votes.begin(), votes.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    part.splits = splits.size();
    part.verdict = most->first;
    part.others = splits.size() - most->second;
    part.least_fall = part.largest_fall = fall_of(*splits.front());
    for (const SplitReport* split : splits) {
        if (split->verdict == part.verdict) {
            part.rule = split->rule;
            part.morse_index = split->morse_index;
            part.nullity = split->nullity;
        }
        part.least_fall = std::min(part.least_fall, fall_of(*split));
        part.largest_fall = std::max(part.largest_fall, fall_of(*split));
    }
}

void divide(PlateauMap& map) {
    std::map<std::vector<int>, std::vector<const SplitReport*>> groups;
    const auto signs_of = [](const SplitReport& split) {
        std::vector<int> signs;
        for (const double gamma : split.gamma) signs.push_back(sign_of(gamma));
        return signs;
    };
    for (const SplitReport& split : map.splits) groups[signs_of(split)].push_back(&split);
    for (const auto& [signs, splits] : groups) {
        PlateauPart& part = map.parts.emplace_back();
        part.signs = signs;
        summarise(splits, part);
    }
    for (const SplitReport& split : map.splits)
        map.part_of.push_back(std::size_t(std::distance(groups.begin(), groups.find(signs_of(split)))));
}

}  // namespace

bool PlateauPart::boundary() const {
    return std::count(signs.begin(), signs.end(), 0) > 0;
}

std::string PlateauPart::name() const {
    const auto positive = std::count(signs.begin(), signs.end(), 1);
    if (boundary()) return "boundary";
    if (positive == std::ptrdiff_t(signs.size())) return "Gamma+";
    return positive == 1 ? "Gamma-" : "mixed signs";
}

double fall_of(const SplitReport& split) {
    return split.witness ? std::max(0.0, -split.witness->measured) : 0.0;
}

PlateauMap map_plateau(tepui_context* context, const tepui_analysis* analysis, std::int64_t neuron,
                       std::int64_t daughters, std::int64_t steps, const Progress& progress) {
    PlateauMap map;
    map.daughters = daughters;
    map.steps = steps > 0 ? steps : (daughters == 2 ? steps_on_line : steps_on_plane);
    // Three quarters of a unit beyond the edge on the line, two thirds on the plane.
    const std::int64_t least = daughters == 2 ? -(3 * map.steps / 4) : -(2 * map.steps / 3);
    map.lower = double(least) / double(map.steps);
    for (const std::vector<double>& gamma : lattice(daughters, map.steps, least)) {
        progress.require_no_interrupt();
        map.splits.push_back(judge_split(context, analysis, neuron, gamma));
    }
    divide(map);
    return map;
}

}  // namespace tepui::cli
