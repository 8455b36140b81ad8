#include "classification/directional/turns.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "core/matrix.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

constexpr std::size_t kMostTurns = 1500;  // their Gram matrix is dense
constexpr double kClear = 1e-6;           // singular values of unit vectors, which their squares tell

struct Turn {
    Size one, other;
    double sign;  // of the other's weights: -1 where abs mirrors it
};

std::vector<Turn> turns_of(const KinkedPoint& point, const std::vector<std::vector<signed char>>& sides) {
    const bool even = point.sums.slopes.above == -point.sums.slopes.below;
    std::vector<Turn> turns;
    for (std::size_t l = 0; l < sides.size(); ++l) {
        if (sides[l].empty()) continue;
        std::vector<signed char> mirrored(sides[l]);
        for (signed char& side : mirrored) side = static_cast<signed char>(-side);
        for (std::size_t i = 0; i < l; ++i) {
            if (sides[i] == sides[l])
                turns.push_back({static_cast<Size>(i), static_cast<Size>(l), 1.0});
            else if (even && sides[i] == mirrored)
                turns.push_back({static_cast<Size>(i), static_cast<Size>(l), -1.0});
        }
    }
    return turns;
}

// What the turn makes of the decayed parameters, in units in which decay is |.|^2 / 2: neuron by neuron.
std::vector<double> motion_of(const KinkedPoint& point, const Turn& turn,
                              std::span<const double> parameters) {
    const Network& network = point.network;
    const Size each = network.inputs + network.output_count;
    std::vector<double> motion(static_cast<std::size_t>(network.width * each), 0.0);
    const auto turn_pair = [&](Size q, Size i, Size l, double sign) {
        motion[turn.one * each + q] = sign * std::sqrt(point.lambda(i)) * parameters[l];
        motion[turn.other * each + q] = -sign * std::sqrt(point.lambda(l)) * parameters[i];
    };
    for (Size j = 0; j < network.inputs; ++j)
        turn_pair(j, network.weight(turn.one, j), network.weight(turn.other, j), turn.sign);
    for (Size o = 0; o < network.output_count; ++o)
        turn_pair(network.inputs + o, network.coefficient(turn.one, o), network.coefficient(turn.other, o),
                  1.0);
    return motion;
}

}  // namespace

Size turned_dimensions(const KinkedPoint& point, const std::vector<std::vector<signed char>>& sides,
                       const Network& exact) {
    if (point.lambdas.empty()) return 0;
    const std::vector<Turn> turns = turns_of(point, sides);
    if (turns.empty() || turns.size() > kMostTurns) return 0;
    std::vector<double> step(exact.parameters);
    for (std::size_t p = 0; p < step.size(); ++p) step[p] -= point.network.parameters[p];
    std::vector<std::vector<double>> motions;
    double doubt = 0.0;  // a turn is linear in the parameters: what the step makes of all of them
    for (const Turn& turn : turns) {
        std::vector<double> motion = motion_of(point, turn, point.network.parameters);
        const double length = norm_of(motion);
        if (!(length > 0.0)) continue;
        for (double& component : motion) component /= length;
        doubt = std::hypot(doubt, norm_of(motion_of(point, turn, step)) / length);
        motions.push_back(std::move(motion));
    }
    const Size count = static_cast<Size>(motions.size());
    Matrix gram(count, count);
    for (Size i = 0; i < count; ++i)
        for (Size l = 0; l <= i; ++l)
            gram(i, l) = gram(l, i) =
                dot(motions[static_cast<std::size_t>(i)], motions[static_cast<std::size_t>(l)]);
    if (count == 0) return 0;
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(gram, false);
    const double least = std::max(kClear, 2.0 * doubt);
    Size rank = 0;
    for (Size l = 0; l < count; ++l) rank += eigen.values[l] > least * least ? 1 : 0;
    return rank;
}

}  // namespace tepui
