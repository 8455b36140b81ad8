#include "solve/relu/kink_release.hpp"

#include <algorithm>
#include <span>

#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

constexpr double kLess = 0.5;
// How far into its plateau a neuron goes, in times its largest preactivation.
constexpr double kInside = 0.125;

// The step of unit preactivations off the kinks, or by their slopes, and the kinks that are left. In the
// order of their neurons.
struct Leaving {
    ParameterStep direction;
    KinkSets held;
};
Leaving leaving(const ActivePoint& point, std::span<const Violation> found, bool scaled) {
    Leaving result{ParameterStep(point.network.parameters.size(), 0.0), point.kinks};
    for (std::size_t first = 0; first < found.size();) {
        const Size neuron = found[first].release.neuron;
        const auto& members = point.faces[neuron].members();
        std::vector<bool> left(members.size(), false);
        for (; first < found.size() && found[first].release.neuron == neuron; ++first) {
            const Violation& violation = found[first];
            const KinkFace::Member& member = members[violation.release.member];
            left[violation.release.member] = true;
            const double length = scaled ? violation.slope / (member.dual_length * member.dual_length) : 1.0;
            for (std::size_t j = 0; j < member.dual.size(); ++j) {
                result.direction[neuron * member.dual.size() + j] +=
                    violation.release.sign * length * member.dual[j];
            }
        }
        std::vector<Size>& set = result.held[neuron];
        set.clear();
        for (std::size_t l = 0; l < members.size(); ++l) {
            if (left[l]) continue;
            for (const KinkFace::Member::Parallel& parallel : members[l].parallels)
                set.push_back(parallel.sample);
        }
        std::sort(set.begin(), set.end());
    }
    return result;
}

// The steepest first.
std::vector<Violation> sorted(std::vector<Violation> found) {
    std::sort(found.begin(), found.end(),
              [](const Violation& p, const Violation& q) { return p.steepness > q.steepness; });
    return found;
}

// Slopes that verdicts would see.
double steepest(const FaceDescent& steps) {
    double most = 0.0;
    for (const Violation& violation : violations(*steps.point()))
        most = std::max(most, violation.slope / violation.terms);
    return most <= steps.setting().options->tolerances.stationarity ? 0.0 : most;
}

}  // namespace

bool leave_all_kinks(FaceDescent& steps) {
    const std::vector<Violation> found = violations(*steps.point());
    if (found.empty()) return false;
    const Leaving all = leaving(*steps.point(), found, true);
    return steps.leave_along(all.direction, all.held);
}

bool leave_one_kink(FaceDescent& steps) {
    const std::vector<Violation> found = sorted(violations(*steps.point()));
    return std::any_of(found.begin(), found.end(), [&](const Violation& one) {
        const Leaving single = leaving(*steps.point(), {&one, 1}, false);
        return steps.leave_along(single.direction, single.held);
    });
}

bool leave_kinks_quietly(FaceDescent& steps) {
    const double before = steepest(steps);
    if (before == 0.0) return false;
    for (const Violation& one : sorted(violations(*steps.point()))) {
        const Leaving single = leaving(*steps.point(), {&one, 1}, false);
        Network network = steps.point()->network;
        KinkSets kinks = steps.point()->kinks;
        if (steps.leave_along(single.direction, single.held, Noise::allowed)) {
            steps.polish();
            if (steepest(steps) < kLess * before) return true;
        }
        steps.point() = active_point(steps.setting(), std::move(network), std::move(kinks));
    }
    return false;
}

bool push_on(FaceDescent& steps) {
    bool any = false;
    for (Size i = 0; i < steps.point()->network.width; ++i) {
        const ActivePoint& point = *steps.point();
        const std::span<const double> z(point.z.row(i), static_cast<std::size_t>(point.z.cols()));
        const auto [least, most] = std::minmax_element(z.begin(), z.end());
        if (point.spare_bias < 0 || *least > 0.0 || !(*most > 0.0)) continue;
        const double rise = kInside * *most - *least;
        Network pushed = point.network;
        KinkSets held = point.kinks;
        held[i].clear();
        pushed.weights(i)[point.spare_bias] += rise / steps.setting().metric->mean[point.spare_bias];
        add_to_output_bias(pushed, i, -point.sums.slopes.above * rise);
        std::optional<ActivePoint> there = active_point(steps.setting(), std::move(pushed), std::move(held));
        if (!there || !(there->loss <= point.loss + point.loss_noise())) continue;
        steps.point() = std::move(there);
        any = true;
    }
    return any;
}

}  // namespace tepui
