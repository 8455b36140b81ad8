#include "classification/infinity/tied_samples.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/seen_directions.hpp"
#include "core/euclidean.hpp"
#include "core/rounding.hpp"

namespace tepui {
namespace {

// Samples as near as that, relatively, are equally near.
constexpr double kTied = 1e-9;

// v . h is the same for every v, which the directions are that the samples see, but for the rounding of
// columns that are large beside what they differ by.
bool are_tied(const EqualSamples& samples, Size k, Size l, const Matrix& directions) {
    const Size d = samples.rows.cols();
    for (Size q = 0; q < directions.rows(); ++q) {
        double apart = 0.0, terms = 0.0;
        for (Size j = 0; j < d; ++j) {
            apart += directions(q, j) * (samples.rows(k, j) - samples.rows(l, j));
            terms += std::abs(directions(q, j) * samples.rows(k, j));
        }
        if (std::abs(apart) > kTied + double(d + 2) * kEps * terms) return false;
    }
    return true;
}

// Of tails that fall faster than exponentially the nearest decides, others weigh all of them.
void weigh(const AcrossContext& context, Size unit, const EqualSamples& samples, TiedSamples& tied) {
    const std::vector<double> u = context.network->weights(unit, 0),
                              there = context.slack_network->weights(unit, 0);
    std::vector<double> behind;
    for (const Size l : tied.equal) behind.push_back(preactivation(samples, l, u));
    const auto first = std::min_element(behind.begin(), behind.end());
    const double least = *first;
    tied.nearest = tied.equal[std::size_t(first - behind.begin())];
    double doubt = 0.0;
    if (tied.equal.size() > 1)
        for (std::size_t at = 0; at < behind.size(); ++at)
            doubt = std::max(
                doubt, 2.0 * std::abs(preactivation(samples, tied.equal[at], there) - behind[at]) + kTied);
    const double rate = tail_rate(context.network->units[unit].activation);
    Pull& sum = tied.pull;
    for (std::size_t at = 0; at < behind.size(); ++at) {
        const double later = behind[at] - least, weight = std::exp(-rate * later);
        const Pull& of = samples.pull[tied.equal[at]];
        if (rate == 0.0 && later > 2.0 * doubt) continue;
        sum.value += weight * of.value;
        sum.error += weight * (of.error + 4.0 * rate * doubt * std::abs(of.value));
        // Within doubt of each other, either may be the nearest.
        if (rate == 0.0 && later > 0.0) sum.error += 2.0 * std::abs(of.value) + std::abs(sum.value);
    }
}

}  // namespace

double preactivation(const EqualSamples& samples, Size l, const std::vector<double>& w) {
    return dot({samples.rows.row(l), w.size()}, w);
}

std::vector<TiedSamples> tied_samples(const AcrossContext& context, Size unit, const EqualSamples& samples,
                                      const Matrix& kept) {
    const std::vector<double>& v = context.network->units[unit].direction;
    const Size n = samples.rows.rows();
    if (n == 0) return {};
    std::vector<double> distance;
    for (Size l = 0; l < n; ++l) distance.push_back(preactivation(samples, l, v));
    std::vector<Size> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), Size{0});
    std::stable_sort(order.begin(), order.end(), [&](Size k, Size l) { return distance[k] < distance[l]; });
    std::vector<TiedSamples> result;
    if (kept.rows() == 0) {
        for (const Size l : order) result.push_back({{l}, {}, -1});
    } else {
        const Matrix directions = seen_directions(samples.rows, kept);
        const double apart = kTied * std::abs(distance[order.back()]);
        std::size_t window = 0;  // those before are too near for the next
        for (const Size l : order) {
            const double near = distance[l] - apart;
            while (window < result.size() && distance[result[window].equal.front()] < near) ++window;
            std::size_t at = window;
            while (at < result.size() && !are_tied(samples, result[at].equal.front(), l, directions)) ++at;
            if (at == result.size()) result.push_back({});
            result[at].equal.push_back(l);
        }
    }
    for (TiedSamples& tied : result) weigh(context, unit, samples, tied);
    return result;
}

}  // namespace tepui
