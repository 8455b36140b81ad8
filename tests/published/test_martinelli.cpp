// Martinelli et al. 2025, "channels to infinity", figure 6 (MATH.md section 12): one erf neuron fitted to
// two, inputs normal, the expectation by 2,001 trapezoid nodes on [-10, 10], no bias.
#include <cmath>
#include <vector>

#include "classification/point/analysis.hpp"
#include "kernels/activation/real.hpp"
#include "support/catch.hpp"
#include "support/martinelli.hpp"

using namespace tepui;
using namespace tepui::test::martinelli;

TEST_CASE("Martinelli et al., figure 6: the one-neuron optimum") {
    const Quadrature quadrature;
    const Dataset data = quadrature.dataset(false);
    const Analysis analysis = analyze(data, one_neuron(false), Tolerances{}, Execution{1});
    // L = E[r^2] / 2. Published to 11 digits of the exact sum.
    CHECK(2.0 * analysis.point.loss == Approx(kExactLoss).epsilon(1e-13));
    CHECK(2.0 * analysis.point.loss == Approx(kLoss).epsilon(1e-11));
    CHECK(analysis.point.verdict == Verdict::local_minimum);
    CHECK(analysis.point.strict);
    CHECK(analysis.point.gradient_relative < 1e-12);
    // The optimum is the published weight: the Newton step from it is below its last digits.
    REQUIRE(analysis.newton_step.size() == 2);
    CHECK(std::abs(analysis.newton_step[0]) < 1e-12);
}

TEST_CASE("Martinelli et al., figure 6: the plateau is stable exactly for gamma in (0, 1)") {
    const Quadrature quadrature;
    const Dataset data = quadrature.dataset(false);
    const Analysis analysis = analyze(data, one_neuron(false), Tolerances{}, Execution{1});
    const NeuronReport& neuron = analysis.neurons[0];
    CHECK(neuron.definiteness == Definiteness::positive_definite);
    CHECK(neuron.inner.lambda_min == Approx(kCurvature).epsilon(1e-9));
    CHECK(neuron.rule == Rule::theorem_1_positive_definite);
    CHECK(neuron.plateau == PlateauType::local_minima_and_saddles);
    CHECK(neuron.minima == GammaRegion::gamma_plus);
    for (const double first : {0.01, 0.1, 0.5, 0.9, 0.99}) {
        const std::vector<double> gamma{first, 1.0 - first};
        const SplitReport report = classify_split(data, analysis, 0, gamma, Execution{1});
        CHECK(report.verdict == Verdict::local_minimum);
        CHECK(report.index.known());
        CHECK(report.index.morse_index.least == 0);
        CHECK(report.index.nullity.least == 1);
    }
    for (const double first : {-5.0, -0.5, -0.01, 0.0, 1.0, 1.01, 1.5, 6.0}) {
        const std::vector<double> gamma{first, 1.0 - first};
        const SplitReport report = classify_split(data, analysis, 0, gamma, Execution{1});
        CAPTURE(first);
        CHECK(report.verdict == Verdict::saddle);
        REQUIRE(report.witness.has_value());
        CHECK(report.witness->descends());
    }
}

TEST_CASE("Martinelli et al., figure 6, with a bias input: the inner Hessian is singular") {
    // sigma'' = -z sigma' makes the bias entry of every erf neuron's inner Hessian -a sum s r z sigma' = -w .
    // dL/dw = 0.
    const Quadrature quadrature;
    const Dataset data = quadrature.dataset(true);
    const Analysis analysis = analyze(data, one_neuron(true), Tolerances{}, Execution{1});
    const NeuronReport& neuron = analysis.neurons[0];
    CHECK(analysis.point.verdict == Verdict::local_minimum);
    CHECK(neuron.definiteness == Definiteness::positive_semidefinite);
    CHECK(neuron.inner.lambda_max == Approx(kCurvature).epsilon(1e-9));
    // Double precision does not know a zero from a small eigenvalue; more digits do, where the compiler has
    // them.
    if (!kHasQuad) {
        CHECK(neuron.rule == Rule::semidefinite_inner_hessian);
        return;
    }
    // Second order leaves Gamma+ open; along the null vector, the bias, fourth order leads down (MATH.md
    // section 6).
    CHECK(neuron.rule == Rule::fourth_order);
    CHECK(neuron.saddles == GammaRegion::everywhere);
    const std::vector<double> inside{0.5, 0.5}, outside{1.5, -0.5};
    const SplitReport by_fourth = classify_split(data, analysis, 0, inside, Execution{1});
    CHECK(by_fourth.verdict == Verdict::saddle);
    CHECK(by_fourth.rule == Rule::fourth_order);
    REQUIRE(by_fourth.witness.has_value());
    const Witness& down = *by_fourth.witness;
    CAPTURE(down.epsilon, down.measured, down.measured_error);
    CHECK(down.descends());
    Network below = down.base;
    below.parameters = down.point;
    const double before = loss(data, down.base, Execution{1}).loss,
                 after = loss(data, below, Execution{1}).loss;
    CHECK(after - before == Approx(down.measured).epsilon(1e-3));
    CHECK(classify_split(data, analysis, 0, outside, Execution{1}).verdict == Verdict::saddle);
}
