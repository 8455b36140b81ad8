// The change of the loss from the moved neurons alone, against long double, down to steps where subtracting
// two losses has no digit left (MATH.md section 5).
#include <cmath>
#include <limits>

#include "classification/escape/witness.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

long double reference_loss(const Dataset& data, const Network& network) {
    return test::reference_sums(data, network).loss;
}

}  // namespace

TEST_CASE("loss_change agrees with long double within its error bound") {
    std::uint64_t seed = 0;
    int meaningful = 0, cases = 0;
    for (const Activation& activation : test::smooth_activations()) {
        for (const Size samples : {1, 7, 40, 300, 777}) {
            ++seed;
            const Size width = 1 + static_cast<Size>(seed % 4), features = 1 + static_cast<Size>(seed % 5);
            const test::Problem problem =
                test::random_problem(samples, features, features + 1, seed % 2 == 0, seed);
            const Dataset data(problem.source(), true, seed % 3 == 0,
                               seed % 2 == 0 ? LossScaling::sum : LossScaling::mean);
            Network network = test::random_network(activation, width, data.inputs(), seed);
            for (double& p : network.parameters) p *= 0.5;
            Random random(seed, 5);
            std::vector<double> direction;
            for (std::size_t p = 0; p < network.parameters.size(); ++p) {
                direction.push_back(random.uniform() < 0.7 ? random.normal() : 0.0);
            }
            for (const double step : {1.0, 1e-2, 1e-5, 1e-8, 1e-12}) {
                Network moved = network;
                for (std::size_t p = 0; p < direction.size(); ++p) moved.parameters[p] += step * direction[p];
                const LossChange change = loss_change(data, network, moved.parameters, Execution{2});
                const long double exact = reference_loss(data, moved) - reference_loss(data, network);
                CAPTURE(activation.name(), samples, step);
                // The reference itself cancels: its own rounding is granted.
                const double slack = 1e-17 *
                                     static_cast<double>(reference_loss(data, network) + std::abs(exact)) *
                                     std::sqrt(static_cast<double>(samples));
                REQUIRE(std::abs(change.value - static_cast<double>(exact)) <= change.error + slack);
                ++cases;
                meaningful += change.error < 1e-3 * std::abs(change.value);
            }
        }
    }
    // A bound that swallows everything proves nothing: away from the tiniest steps it must be sharp.
    CHECK(meaningful > cases / 2);
}

TEST_CASE("the bound on a change holds where the residuals are mostly rounding") {
    test::Problem problem = test::random_problem(200, 3, 3, true, 31);
    Network network = test::random_network(Activation(ActivationKind::tanh), 5, 4, 32);
    // Large outputs that stay and a small one that moves: its own errors are nothing beside theirs.
    for (Size i = 0; i < 4; ++i) network.output(i) *= 1e6;
    network.output(4) = 1e-3;
    {
        const Dataset data(problem.source(), true, true, LossScaling::sum);
        outputs(data, network, problem.targets.data(), nullptr, Execution{1});
    }
    for (double& y : problem.targets) y *= 1.0 + 1e-14;
    const Dataset data(problem.source(), true, true, LossScaling::sum);
    const test::ReferenceSums exact = test::reference_sums(data, network);
    for (const double step : {1e-4, 1e-6, 1e-8}) {
        std::vector<double> moved = network.parameters;
        moved[20 - 1] += step;
        Network there = network;
        there.parameters = moved;
        const test::ReferenceSums after = test::reference_sums(data, there);
        long double expected = 0;
        for (std::size_t k = 0; k < 200; ++k) {
            const long double d = after.f[k] - exact.f[k];
            expected += data.weight(static_cast<Size>(k)) * d * (exact.residuals[k] + d / 2);
        }
        const LossChange change = loss_change(data, network, moved, Execution{1});
        CAPTURE(step, change.value, change.error);
        CHECK(std::abs(change.value - static_cast<double>(expected)) <= change.error);
        CHECK(change.error <= 1e-6 * step);
    }
}

TEST_CASE("nothing moved, nothing changed; threads change no bit") {
    const test::Problem problem = test::random_problem(5000, 3, 3, true, 11);
    const Dataset data(problem.source(), true, true, LossScaling::sum);
    const Network network = test::random_network(Activation(ActivationKind::tanh), 4, data.inputs(), 12);
    const LossChange none = loss_change(data, network, network.parameters, Execution{1});
    CHECK(none.value == 0.0);
    CHECK(none.error == 0.0);
    std::vector<double> moved = network.parameters;
    moved[1] += 1e-3;
    moved.back() -= 1e-2;
    const LossChange one = loss_change(data, network, moved, Execution{1});
    for (const int threads : {2, 3, 5}) {
        const LossChange many = loss_change(data, network, moved, Execution{threads});
        CHECK(many.value == one.value);
        CHECK(many.error == one.error);
    }
}

TEST_CASE("many points at once are measured as each alone, whichever neurons they move") {
    const test::Problem problem = test::random_problem(700, 3, 3, true, 21);
    const Dataset data(problem.source(), true, true, LossScaling::sum);
    const Network network = test::random_network(Activation(ActivationKind::sigmoid), 110, data.inputs(), 22);
    const PointResiduals residuals = point_residuals(data, network, Execution{1});
    const Execution execution{1};
    const LossChanges changes(data, network, residuals, execution);
    Random random(23, 0);
    std::vector<std::vector<double>> points;
    for (const Size moved : {1, 2, 2, 2, 0, 24, 25, 25, 110, 110, 110, 110, 110, 3}) {
        points.push_back(network.parameters);
        for (Size q = 0; q < moved; ++q) {
            const Size i = moved == 110 ? q : (7 * q + static_cast<Size>(points.size())) % 110;
            for (Size j = 0; j < network.inputs; ++j)
                points.back()[i * network.inputs + j] += 1e-3 * random.normal();
            points.back()[110 * network.inputs + i] += 1e-3 * random.normal();
        }
    }
    const std::vector<LossChange> together = changes.evaluate(points, true);
    REQUIRE(together.size() == points.size());
    for (std::size_t t = 0; t < points.size(); ++t) {
        const LossChange alone = changes.evaluate(points[t]);
        CAPTURE(t, together[t].error);
        CHECK(std::abs(together[t].value - alone.value) <= 2e-3 * alone.error);
        CHECK(std::abs(together[t].error - alone.error) <= 1e-12 * alone.error);
        CHECK((together[t].error > 0.0) == (t != 4));
    }
}

TEST_CASE("an overflow on the way counts as no descent") {
    const test::Problem problem = test::random_problem(20, 2, 2, false, 3);
    const Dataset data(problem.source(), true, false, LossScaling::sum);
    const Network network = test::random_network(Activation(ActivationKind::exp), 1, 2, 4);
    std::vector<double> moved = network.parameters;
    moved[0] = 1e6;
    CHECK(loss_change(data, network, moved, Execution{1}).value == std::numeric_limits<double>::infinity());
}
