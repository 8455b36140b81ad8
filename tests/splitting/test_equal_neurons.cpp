#include "splitting/equal_neurons.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "support/catch.hpp"
#include "support/listener.hpp"

using namespace tepui;

namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

Network drawn(Size width, Size inputs, std::uint64_t seed) {
    // Few distinct lengths and directions, with noise of the size of the tolerances below: near ties abound.
    Random random(seed, 0);
    Network network(Activation(ActivationKind::tanh), width, inputs);
    for (Size i = 0; i < width; ++i) {
        const double length = std::pow(2.0, std::floor(3.0 * random.uniform()));
        for (Size j = 0; j < inputs; ++j) {
            const double direction = std::floor(3.0 * random.uniform()) - 1.0;
            network.weights(i)[j] = length * (direction + 0.1 * random.normal());
        }
    }
    return network;
}

bool near(const SeenWeights& seen, Size i, Size j, int sign, double tolerance) {
    double square = 0.0;
    for (Size l = 0; l < seen.inputs; ++l) {
        const double difference = seen.of(i)[l] - sign * seen.of(j)[l];
        square += difference * difference;
    }
    return std::sqrt(square) <= tolerance * std::max(seen.lengths[at(i)], seen.lengths[at(j)]);
}

// Labels spread over near pairs until nothing changes.
std::vector<Size> brute_force(const SeenWeights& seen, bool mirrored, double tolerance) {
    const auto width = static_cast<Size>(seen.lengths.size());
    const auto zero = [&](Size i) { return seen.lengths[at(i)] <= tolerance * seen.unit; };
    std::vector<Size> label(at(width));
    for (Size i = 0; i < width; ++i) label[at(i)] = i;
    for (bool changed = true; changed;) {
        changed = false;
        for (Size i = 0; i < width; ++i) {
            for (Size j = 0; j < width; ++j) {
                const bool both = zero(i) && zero(j), one = zero(i) != zero(j);
                const bool equal =
                    near(seen, i, j, 1, tolerance) || (mirrored && near(seen, i, j, -1, tolerance));
                if (one || !(both || equal) || label[at(i)] <= label[at(j)]) continue;
                label[at(i)] = label[at(j)];
                changed = true;
            }
        }
    }
    return label;
}

}  // namespace

TEST_CASE("groups are those of a search over all pairs") {
    Size merged = 0, several = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const Size width = 2 + static_cast<Size>(seed % 29), inputs = 1 + static_cast<Size>(seed % 3);
        const SeenWeights seen = see_weights(drawn(width, inputs, seed), nullptr, Execution{1});
        for (const bool mirrored : {false, true}) {
            for (const double tolerance : {0.0, 0.02, 0.1, 0.3}) {
                const std::vector<EqualNeurons> groups = equal_neurons(seen, mirrored, tolerance, {});
                const std::vector<Size> label = brute_force(seen, mirrored, tolerance);
                std::vector<Size> found(at(width), -1);
                Size previous = -1;
                for (const EqualNeurons& group : groups) {
                    REQUIRE(group.signs.size() == group.members.size());
                    CHECK(group.members.front() > previous);
                    CHECK(group.signs.front() == 1);
                    CHECK(std::is_sorted(group.members.begin(), group.members.end()));
                    previous = group.members.front();
                    for (const Size i : group.members) found[at(i)] = group.members.front();
                }
                INFO("seed " << seed << ", tolerance " << tolerance);
                REQUIRE(found == label);
                merged += width - static_cast<Size>(groups.size());
                several += groups.size() > 1 ? 1 : 0;
            }
        }
    }
    // The cases are neither all trivial nor all one group.
    CHECK(merged > 3000);
    CHECK(several > 1000);
}

TEST_CASE("signs make every member the mirror image of its neighbour in the chain") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const SeenWeights seen = see_weights(drawn(20, 2, seed), nullptr, Execution{1});
        for (const EqualNeurons& group : equal_neurons(seen, true, 0.05, {})) {
            if (group.zero) continue;
            for (std::size_t p = 0; p < group.members.size(); ++p) {
                bool linked = group.members.size() == 1;
                for (std::size_t q = 0; q < group.members.size(); ++q) {
                    const int sign = group.signs[p] * group.signs[q];
                    linked = linked || (p != q && near(seen, group.members[p], group.members[q], sign, 0.05));
                }
                CHECK(linked);
            }
        }
    }
}

TEST_CASE("a long comparison tells how far it is and can be stopped") {
    // All of one length, none equal: every pair is looked at.
    constexpr Size kWidth = 4000;
    Network network(Activation(ActivationKind::tanh), kWidth, 2);
    for (Size i = 0; i < kWidth; ++i) {
        const double angle = static_cast<double>(i) / static_cast<double>(kWidth);
        network.weights(i)[0] = std::cos(angle);
        network.weights(i)[1] = std::sin(angle);
    }
    const SeenWeights seen = see_weights(network, nullptr, {});
    const auto compare = [&](const Execution& execution) {
        return equal_neurons(seen, false, 1e-9, execution);
    };
    test::Listener listener;
    CHECK(compare(listener.execution()).size() == static_cast<std::size_t>(kWidth));
    CHECK(listener.sound);
    CHECK(listener.calls == 7);  // 8.0 million pairs, a question for each 2^20
    CHECK(test::stops_at_every_question(listener.calls, compare));
}
