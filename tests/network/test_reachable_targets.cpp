// The targets' projection on what networks can reach: against the definition, L(f) - L(P y) = 1/2 |f - P y|^2
// for every network, and the gradient that stays.
#include <cmath>

#include "network/derivatives/objective.hpp"
#include "network/inputs/equal_inputs.hpp"
#include "network/inputs/reachable_targets.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};
const ActivationTraits kPlain{Smoothness::analytic, false, Parity::none, 1.0};
const ActivationTraits kOdd{Smoothness::analytic, false, Parity::odd, 0.0};
const ActivationTraits kEven{Smoothness::analytic, false, Parity::even, 1.0};

struct Table {
    Size samples = 0, features = 0;
    std::vector<double> x, targets, weights;
};

// Rows drawn from few different ones, some of them mirrored.
Table repeated(Size samples, Size features, Size distinct, bool mirrored, std::uint64_t seed) {
    Table table;
    table.samples = samples;
    table.features = features;
    Random random(seed, 0);
    std::vector<double> rows;
    for (Size e = 0; e < distinct * features; ++e) rows.push_back(random.normal());
    for (Size k = 0; k < samples; ++k) {
        const Size row = static_cast<Size>(random.uniform() * static_cast<double>(distinct)) % distinct;
        const double sign = mirrored && random.uniform() < 0.5 ? -1.0 : 1.0;
        for (Size j = 0; j < features; ++j)
            table.x.push_back(sign * rows[static_cast<std::size_t>(row * features + j)]);
        table.targets.push_back(random.normal());
        table.weights.push_back(random.uniform() < 0.1 ? 0.0 : 0.25 + random.uniform());
    }
    return table;
}

Dataset data_of(const Table& table) {
    return Dataset({table.samples, table.features, table.x.data(), table.features, table.targets.data(),
                    table.weights.empty() ? nullptr : table.weights.data()},
                   true, false, LossScaling::sum);
}

void check_projection(const Dataset& data, const Activation& activation, Size width, std::uint64_t seed) {
    const Network given = test::random_network(activation, width, data.inputs(), seed);
    std::optional<ReachableTargets> reachable = reachable_targets(data, given, kSerial);
    REQUIRE(reachable);
    if (reachable->everywhere) REQUIRE(reachable->accurate);
    if (!reachable->accurate) return;  // forms on few active samples nearly depend on one another
    const Dataset projected = data.with_targets(std::move(reachable->targets));
    Buffer<double> best(data.samples());
    for (Size k = 0; k < data.samples(); ++k) best[k] = projected.target(k);
    double rest = 0.0;  // 1/2 |y - P y|^2
    for (Size k = 0; k < data.samples(); ++k)
        rest += 0.5 * data.weight(k) * std::pow(data.target(k) - best[k], 2);
    REQUIRE(rest > 1e-3);
    for (std::uint64_t other = 0; other < 4; ++other) {
        const Network network = reachable->everywhere ? test::random_network(activation, width + 1,
                                                                             data.inputs(), seed + 1 + other)
                                                      : given;
        const Gradient there = gradient(data, network, kSerial), here = gradient(projected, network, kSerial);
        CHECK(there.loss.loss == Approx(here.loss.loss + rest).epsilon(1e-12));
        for (std::size_t p = 0; p < there.value.size(); ++p)
            CHECK(std::abs(there.value[p] - here.value[p]) < 1e-11 * (1.0 + there.magnitude[p]));
    }
}

}  // namespace

TEST_CASE("equal inputs are found and grouped", "[reachable]") {
    const std::vector<double> x = {1, 0, 0, 1, 1, -0.0, -1, 0, 0, 0, 2, 2};
    const std::vector<double> y = {1, 2, 3, 4, 5, 6};
    const Dataset data({6, 2, x.data(), 2, y.data(), nullptr}, true, false, LossScaling::sum);
    const EqualInputs plain = equal_inputs(data, kPlain);
    CHECK(plain.groups == 1);
    CHECK(plain.group == std::vector<Size>{0, -1, 0, -1, -1, -1});
    const EqualInputs odd = equal_inputs(data, kOdd);
    CHECK(odd.groups == 2);
    CHECK(odd.group == std::vector<Size>{0, -1, 0, 0, 1, -1});
    CHECK(odd.sign[3] == -1);
    CHECK(odd.sign[4] == 0);
    const EqualInputs even = equal_inputs(data, kEven);
    CHECK(even.groups == 1);
    CHECK(even.group == std::vector<Size>{0, -1, 0, 0, -1, -1});
    CHECK(even.sign[3] == 1);
}

TEST_CASE("samples of weight zero join no group", "[reachable]") {
    const std::vector<double> x = {1, 1, 2, 3}, y = {1, 2, 3, 4}, s = {1, 0, 1, 1};
    const Dataset data({4, 1, x.data(), 1, y.data(), s.data()}, true, false, LossScaling::sum);
    CHECK_FALSE(equal_inputs(data, kPlain).any());
}

TEST_CASE("means over groups are what every network can reach", "[reachable]") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const bool mirrored = seed % 2 == 1;
        const Dataset data = data_of(repeated(60, 3, 7, mirrored, seed));
        check_projection(data, Activation(ActivationKind::softplus), 2, seed);
        check_projection(data, Activation(ActivationKind::tanh), 2, seed);
        check_projection(data, Activation(ActivationKind::gaussian), 2, seed);
    }
}

TEST_CASE("polynomial activations reach forms of their degree", "[reachable]") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Dataset data = data_of(repeated(80, 3, 80, false, seed));
        check_projection(data, Activation(ActivationKind::identity), 2, seed);
        check_projection(data, Activation(ActivationKind::square), 2, seed);
        check_projection(data, Activation(ActivationKind::cube), 2, seed);
    }
}

TEST_CASE("relu3 reaches cubic forms on the samples where its neurons are active", "[reachable]") {
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        check_projection(data_of(repeated(90, 2, 90, false, seed)), Activation(ActivationKind::relu3), 2,
                         seed);
    // A preactivation at the kink may turn either way.
    const std::vector<double> x = {1, 0, 0, 1, 1, 1, 2, 1, 1, 3, -1, 2}, y = {1, 2, 3, 4, 5, 6};
    const Dataset data({6, 2, x.data(), 2, y.data(), nullptr}, true, false, LossScaling::sum);
    Network network(Activation(ActivationKind::relu3), 1, 2);
    network.parameters = {1.0, 0.0, 1.0};
    CHECK_FALSE(reachable_targets(data, network, kSerial));
}

TEST_CASE("a streamed data set keeps its rows under other targets", "[reachable]") {
    const Table table = repeated(50, 2, 5, false, 3);
    const Dataset whole = data_of(table);
    StreamedSource source{table.samples, table.features, true, {}};
    source.read = [&](Size first, Size count, double* x, double* targets, double* weights) {
        std::copy_n(table.x.data() + first * table.features, count * table.features, x);
        if (targets != nullptr) std::copy_n(table.targets.data() + first, count, targets);
        if (weights != nullptr) std::copy_n(table.weights.data() + first, count, weights);
    };
    const Dataset streamed(std::move(source), false, LossScaling::sum);
    const Network network = test::random_network(Activation(ActivationKind::tanh), 2, 2, 1);
    const auto of = [&](const Dataset& data) {
        std::optional<ReachableTargets> reachable = reachable_targets(data, network, kSerial);
        REQUIRE(reachable);
        return loss(data.with_targets(std::move(reachable->targets)), network, kSerial).loss;
    };
    CHECK(of(streamed) == of(whole));
}
