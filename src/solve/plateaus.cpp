#include "solve/plateaus.hpp"

#include <algorithm>
#include <cmath>

namespace tepui {
namespace {

// Points over which the rate is taken: rates of single steps jump where samples cross kinks.
constexpr std::size_t kReach = 6;

// log(-dL/dt) around every point, floored: a loss that does not fall, or by less than its rounding, has the
// smallest rate that could be seen.
std::vector<double> log_rates(const std::vector<FlowPoint>& curve) {
    std::vector<double> rates(curve.size());
    for (std::size_t l = 0; l < curve.size(); ++l) {
        const FlowPoint& from = curve[l < kReach ? 0 : l - kReach];
        const FlowPoint& to = curve[std::min(l + kReach, curve.size() - 1)];
        const double time = to.time - from.time;
        const double visible = 1e-13 * curve.front().loss;
        rates[l] = time > 0.0 ? std::log(std::max(from.loss - to.loss, visible) / time) : HUGE_VAL;
    }
    return rates;
}

}  // namespace

// Walks along the curve between a valley and the next peak: a turn counts when the rate has changed by the
// contrast since the last extreme.
std::vector<Plateau> find_plateaus(const std::vector<FlowPoint>& curve, double contrast, double least_fall) {
    std::vector<Plateau> plateaus;
    if (curve.size() < 2) return plateaus;
    const std::vector<double> rates = log_rates(curve);
    const double turn = std::log(contrast);
    std::vector<std::size_t> valleys, peaks;
    std::size_t low = 0, high = 0;
    bool falling = true;  // looking for a valley
    for (std::size_t l = 1; l < curve.size(); ++l) {
        if (falling) {
            if (rates[l] < rates[low]) low = l;
            if (rates[l] > rates[low] + turn) {
                valleys.push_back(low);
                high = l;
                falling = false;
            }
        } else {
            if (rates[l] > rates[high]) high = l;
            if (rates[l] < rates[high] - turn) {
                peaks.push_back(high);
                low = l;
                falling = true;
            }
        }
    }
    if (falling) {
        valleys.push_back(low);
    } else {
        peaks.push_back(high);
    }
    for (std::size_t v = 0; v < valleys.size(); ++v) {
        Plateau plateau{valleys[v], valleys[v], valleys[v], std::exp(rates[valleys[v]])};
        // Up to where the rate has risen to the geometric mean of valley and peak.
        const auto slow = [&](std::size_t l, std::size_t peak) {
            return rates[l] < 0.5 * (rates[valleys[v]] + rates[peak]);
        };
        const std::size_t left = v > 0 ? peaks[v - 1] : 0;
        const std::size_t right = v < peaks.size() ? peaks[v] : curve.size() - 1;
        // Before the first one the loss may fall at once: by what is beside the neurons.
        const double level = curve[valleys[v]].loss + least_fall * curve.front().loss;
        const auto before = [&](std::size_t l) { return v > 0 ? slow(l, left) : curve[l].loss <= level; };
        while (plateau.begin > left && before(plateau.begin - 1)) --plateau.begin;
        while (plateau.end < right && (v >= peaks.size() || slow(plateau.end + 1, right))) ++plateau.end;
        if (!plateaus.empty()) {
            const double fall = curve[plateaus.back().slowest].loss - curve[plateau.slowest].loss;
            if (fall < least_fall * curve.front().loss) {
                // The same level twice: one plateau, at its slower place.
                Plateau& last = plateaus.back();
                if (plateau.rate < last.rate) {
                    last.rate = plateau.rate;
                    last.slowest = plateau.slowest;
                }
                last.end = plateau.end;
                continue;
            }
        }
        plateaus.push_back(plateau);
    }
    return plateaus;
}

}  // namespace tepui
