// What verdicts rest on: the walk to the stationary point, the least loss sample by sample, activations in
// more digits.
#include <cmath>
#include <limits>

#include "classification/point/least_loss.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {
const Execution kSerial{1};
}

TEST_CASE("how far the Hessian moves is the difference to the one at the corrected point, entry by entry") {
    test::PlantedOptions options;
    options.features = 2;
    options.bias = true;
    options.wanted = {Definiteness::indefinite, Definiteness::indefinite};
    options.seed = 3;
    const std::optional<test::Planted> planted = test::plant(options);
    REQUIRE(planted);
    const Dataset data = planted->dataset();
    Network near = planted->network;
    Random random(5, 0);
    for (double& p : near.parameters) p *= 1.0 + 1e-7 * random.normal();
    const HessianValue here = hessian(data, near, kSerial);
    const Uncertainty found =
        point_uncertainty(data, near, here, equilibrate(here.value, here.magnitude), {}, kSerial);
    REQUIRE(found.corrected);
    const HessianValue there = hessian(data, *found.corrected, kSerial);
    int up = 0, down = 0;
    for (Size i = 0; i < here.value.rows(); ++i) {
        for (Size j = 0; j < here.value.rows(); ++j) {
            const double change = there.value(i, j) - here.value(i, j);
            CHECK(found.hessian(i, j) == std::abs(change));
            (change < 0.0 ? down : up) += 1;
        }
    }
    CHECK((up > 0 && down > 0));
    // The walk leads back to the planted point.
    for (std::size_t p = 0; p < near.parameters.size(); ++p) {
        CHECK(found.corrected->parameters[p] == Approx(planted->network.parameters[p]).margin(1e-11));
        CHECK(found.step[p] == near.parameters[p] - found.corrected->parameters[p]);
    }
}

TEST_CASE("one residual beyond its rounding is no fit, whatever the sum over all samples says") {
    const test::Problem drawn = test::random_problem(4000, 2, 2, false, 12);
    const Network network = test::random_network(Activation(ActivationKind::tanh), 2, 3, 13);
    std::vector<double> targets(4000);
    double rounding = 0.0;  // of the sample's residual
    {
        const Dataset data(drawn.source(), true, true, LossScaling::sum);
        outputs(data, network, targets.data(), nullptr, kSerial);
        DatasetSource fitted = drawn.source();
        fitted.targets = targets.data();
        const test::ReferenceSums sums =
            test::reference_sums(Dataset(fitted, true, true, LossScaling::sum), network);
        rounding = kResidualError * static_cast<double>(sums.magnitude[1234]);
    }
    const auto reached = [&](double residual) {
        std::vector<double> moved = targets;
        moved[1234] += residual;
        DatasetSource source = drawn.source();
        source.targets = moved.data();
        const Dataset data(source, true, true, LossScaling::sum);
        const LossValue value = loss(data, network, kSerial);
        CHECK(value.loss <= Tolerances{}.zero_loss_factor * value.rounding_loss);
        return least_loss(data, network, value, false, {}, kSerial).reached;
    };
    CHECK(reached(0.0));
    CHECK(reached(rounding));
    CHECK_FALSE(reached(50.0 * rounding));
}

TEST_CASE("outputs that cancel to few digits are no fit") {
    // a (tanh(w x) - tanh((w + h) x)) with a h = 1: the outputs are ordinary, their terms are not.
    const Size n = 40;
    Random random(3, 3);
    std::vector<double> x, y(static_cast<std::size_t>(n));
    for (Size k = 0; k < n; ++k) x.push_back(random.normal());
    for (const double large : {1.0, 1e8}) {
        Network network(Activation(ActivationKind::tanh), 2, 1);
        network.parameters = {0.5, 0.5 + 1.0 / large, large, -large};
        const Dataset blank({n, 1, x.data(), 1, y.data(), nullptr}, false, false, LossScaling::sum);
        outputs(blank, network, y.data(), nullptr, kSerial);
        for (double& target : y) target += 1e-16 * large * random.normal();
        const Dataset data({n, 1, x.data(), 1, y.data(), nullptr}, true, false, LossScaling::sum);
        const LossValue value = loss(data, network, kSerial);
        REQUIRE(value.loss > 0.0);
        REQUIRE(value.loss <= Tolerances{}.zero_loss_factor * value.rounding_loss);
        CHECK(least_loss(data, network, value, false, {}, kSerial).reached == (large == 1.0));
    }
}
