// The truth itself: the objective in 60 digits against long double, Newton's method, eigenvalues, least-norm
// changes.
#include "support/precise.hpp"

#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

double apart(const Precise& value, Real reference, Real size) {
    return static_cast<double>(Precise(abs(value - Precise(reference)) / Precise(size)));
}

}  // namespace

TEST_CASE("the objective in 60 digits is that in long double") {
    for (const Activation& activation : all_activations()) {
        const Problem problem = random_problem(9, 2, 3, true, 5);
        for (const LossScaling scaling : {LossScaling::sum, LossScaling::mean}) {
            const Dataset data(problem.source(), false, true, scaling);
            const Network network = random_network(activation, 2, 3, 7);
            const PreciseProblem precise(data, network);
            const PreciseVector point = precise_point(network.parameters);
            const PreciseSums sums = precise_sums(precise, point);
            const ReferenceSums reference = reference_sums(data, network);
            CAPTURE(activation.name());
            CHECK(apart(sums.loss, reference.loss, reference.loss) < 1e-15);
            CHECK(abs(precise.loss(point) - sums.loss) < Precise("1e-50") * sums.loss);
            Real largest = 0;
            for (const Real entry : reference.hessian) largest = std::max(largest, std::abs(entry));
            for (std::size_t i = 0; i < point.size(); ++i)
                CHECK(apart(sums.gradient[i], reference.gradient[i],
                            reference.gradient_magnitude[i] + 1e-300L) < 1e-15);
            for (std::size_t e = 0; e < sums.hessian.size(); ++e)
                CHECK(apart(sums.hessian[e], reference.hessian[e], largest) < 1e-15);
            for (std::size_t e = 0; e < 9; ++e) {
                CHECK(apart(sums.inner[0][e], reference.inner[e], largest) < 1e-15);
                CHECK(apart(sums.inner[1][e], reference.inner[9 + e], largest) < 1e-15);
            }
        }
    }
}

TEST_CASE("Newton's method in 60 digits finds the stationary point nearby") {
    // One neuron through one sample per parameter: zero loss at the given weights, moved a little.
    const std::vector<double> x{1.0, 0.5, -0.3, 0.8, 0.2, -1.1}, y{0.0, 0.0, 0.0};
    const Dataset data({3, 2, x.data(), 2, y.data(), nullptr}, false, false, LossScaling::sum);
    Network network(Activation(ActivationKind::tanh), 1, 2);
    network.parameters = {0.7, -0.4, 1.3};
    PreciseProblem precise(data, network);
    precise.targets = precise.outputs(precise_point(network.parameters));
    const auto refined = refine(precise, precise_point({0.7 + 1e-6, -0.4, 1.3 - 1e-6}), 1e-3);
    REQUIRE(refined.has_value());
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(abs(refined->point[i] - network.parameters[i]) < Precise("1e-40"));
    CHECK(refined->inertia.positive_definite());
    CHECK(refined->distance == Approx(1.4142135e-6 / 1.5297).epsilon(1e-3));
    CHECK_FALSE(refine(precise, precise_point({0.7 + 1e-2, -0.4, 1.3}), 1e-3).has_value());
}

TEST_CASE("eigenvalues and least-norm changes in 60 digits") {
    // Eigenvalues 1 and 3.
    std::vector<PreciseVector> vectors;
    const PreciseVector values = precise_eigenvalues({2, 1, 1, 2}, 2, &vectors);
    CHECK(abs(values[0] - 1) < Precise("1e-55"));
    CHECK(abs(values[1] - 3) < Precise("1e-55"));
    CHECK(abs(vectors[0][0] + vectors[0][1]) < Precise("1e-55"));
    const PreciseInertia inertia = precise_inertia({Precise("-1e-25"), Precise("1e-35"), 1});
    CHECK(inertia.negative == 1);
    CHECK(inertia.zero == 1);
    CHECK(inertia.positive == 1);
    // Rows that depend on each other, in agreement and not.
    const std::vector<PreciseVector> rows{{1, 1, 0}, {0, 1, 1}, {1, 2, 1}};
    const auto moved = least_norm_change(rows, {1, 2, 3}, {0, 0, 0});
    REQUIRE(moved.has_value());
    CHECK(abs((*moved)[0] + (*moved)[1] - 1) < Precise("1e-50"));
    CHECK(abs((*moved)[1] + (*moved)[2] - 2) < Precise("1e-50"));
    CHECK(abs((*moved)[0] - (*moved)[1] + (*moved)[2]) < Precise("1e-50"));  // nothing along the null space
    CHECK_FALSE(least_norm_change(rows, {1, 2, 4}, {0, 0, 0}).has_value());
}
