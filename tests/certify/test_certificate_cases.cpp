// Certificates of published points and of real data (MATH.md section 12), and what they print.
#include <algorithm>
#include <cmath>

#include "certify/certificate.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/listener.hpp"
#include "support/martinelli.hpp"
#include "support/table.hpp"

using namespace tepui;
using namespace tepui::test::martinelli;

namespace {

const Execution kSerial{1};

}  // namespace

TEST_CASE("Martinelli et al., figure 6: the plateau's stability is a theorem") {
    const Quadrature quadrature;
    const Dataset data = quadrature.dataset(false);
    const Certificate certificate =
        certify(data, claim_of(analyze(data, one_neuron(false), Tolerances{}, kSerial)), kSerial);
    CAPTURE(certificate.reason, certificate.statement);
    REQUIRE(certificate.complete);
    REQUIRE(certificate.verdict == Verdict::local_minimum);
    REQUIRE(certificate.morse_index == 0);
    // The published digits are those of the true point.
    REQUIRE(certificate.distance < 1e-12);
    REQUIRE(certificate.bounds[0].lower <= certificate.bounds[0].upper);
    REQUIRE(std::abs(certificate.bounds[0].lower - kWeight) < 1e-12);
    REQUIRE(certificate.parameters[0].substr(0, 12) == "[1.399554149");
    // Half of E[r^2], to the last digit of a double.
    REQUIRE(2.0 * certificate.loss.lower == Approx(kExactLoss).epsilon(1e-14));
    REQUIRE(2.0 * certificate.loss.upper == Approx(kExactLoss).epsilon(1e-14));
    REQUIRE(certificate.loss.lower <= certificate.loss.upper);
    const NeuronProof& neuron = certificate.neurons.at(0);
    REQUIRE(neuron.minima == GammaRegion::gamma_plus);
    REQUIRE(neuron.saddles == GammaRegion::off_gamma_plus);
    REQUIRE(neuron.inner.smallest.lower <= neuron.inner.smallest.upper);
    REQUIRE(neuron.inner.smallest.lower == Approx(kCurvature).epsilon(1e-9));
}

TEST_CASE("Martinelli et al., figure 6, with a bias: the singular inner Hessian is not proven definite") {
    const Quadrature quadrature;
    const Dataset data = quadrature.dataset(true);
    const Analysis analysis = analyze(data, one_neuron(true), Tolerances{}, kSerial);
    const Certificate certificate = certify(data, claim_of(analysis), kSerial);
    CAPTURE(certificate.reason, certificate.statement);
    REQUIRE(certificate.verdict == Verdict::local_minimum);
    const NeuronProof& neuron = certificate.neurons.at(0);
    REQUIRE(neuron.inner.positive == 1);
    REQUIRE(neuron.inner.negative == 0);
    REQUIRE(neuron.minima == GammaRegion::none);
    REQUIRE(neuron.saddles == GammaRegion::off_gamma_plus);
}

TEST_CASE("Yun, Sra, Jadbabaie, Theorem 2: their minima lie on a family and are refused as degenerate") {
    const std::vector<double> x{1.0, 0.0, 0.0, 1.0, 0.5, 0.5}, y{0.0, 0.0, 1.0};
    const Dataset data({3, 2, x.data(), 2, y.data(), nullptr}, false, false, LossScaling::sum);
    const auto sigmoid = [](double v) { return 1.0 / (1.0 + std::exp(-v)); };
    Network network(Activation(ActivationKind::sigmoid), 2, 2);
    network.parameters = {-0.5, -0.5, -1.0, -1.0, 0.5 / 3.0 / sigmoid(-0.5), 0.5 / 3.0 / sigmoid(-1.0)};
    Analysis analysis = analyze(data, network, Tolerances{}, kSerial);
    Certificate certificate = certify(data, claim_of(analysis), kSerial);
    REQUIRE(certificate.failed == CertificateStep::claim);
    analysis.point.verdict = Verdict::local_minimum;
    certificate = certify(data, claim_of(analysis), kSerial);
    REQUIRE(certificate.failed == CertificateStep::approximation);
    REQUIRE(certificate.reason.find("singular") != std::string::npos);
}

TEST_CASE("diabetes: a small fit and what its splits are") {
    test::Table table = test::standardised(test::read_table(TEPUI_TEST_DATA "/diabetes.csv"));
    const Dataset data = table.dataset(false);
    SolveOptions options;
    options.starts = 6;
    const SolveResult result = solve(data, Activation(ActivationKind::tanh), 1, options, kSerial);
    REQUIRE_FALSE(result.points.empty());
    for (const auto& point : result.points) {
        const Analysis analysis = analyze(data, point.network, Tolerances{}, kSerial);
        const Certificate certificate = certify(data, claim_of(analysis), kSerial);
        CAPTURE(certificate.reason, certificate.statement);
        REQUIRE(certificate.verdict == analysis.point.verdict);
        REQUIRE(certificate.distance < 1e-6);
        REQUIRE(certificate.loss.lower <= analysis.point.loss * (1.0 + 1e-12));
        REQUIRE(certificate.loss.upper >= analysis.point.loss * (1.0 - 1e-12));
        REQUIRE(certificate.hessian.smallest.lower <=
                analysis.point.hessian.lambda_min + analysis.point.hessian.lambda_error + 1e-9);
    }
}

TEST_CASE("a larger fit in several threads: the same certificate") {
    test::Table table = test::standardised(test::read_table(TEPUI_TEST_DATA "/diabetes.csv"));
    const Dataset data = table.dataset(true);
    SolveOptions options;
    options.starts = 2;
    const SolveResult result = solve(data, Activation(ActivationKind::gelu), 2, options, Execution{2});
    REQUIRE_FALSE(result.points.empty());
    const Analysis analysis = analyze(data, result.points[0].network, Tolerances{}, kSerial);
    const Certificate one = certify(data, claim_of(analysis), kSerial);
    const Certificate three = certify(data, claim_of(analysis), Execution{3});
    CAPTURE(one.reason);
    REQUIRE(one.statement == three.statement);
    REQUIRE(one.parameters == three.parameters);
    REQUIRE(one.distance == three.distance);
    REQUIRE(one.reason == three.reason);
    REQUIRE(one.neurons.size() == three.neurons.size());
    for (std::size_t i = 0; i < one.neurons.size(); ++i)
        REQUIRE(one.neurons[i].statement == three.neurons[i].statement);
}

TEST_CASE("every step of a proof asks whether to go on") {
    const Quadrature quadrature;
    const Dataset data = quadrature.dataset(false);
    const Analysis analysis = analyze(data, one_neuron(false), Tolerances{}, kSerial);
    const auto prove = [&](const Execution& execution) {
        return certify(data, claim_of(analysis), execution);
    };
    test::Listener listener;
    REQUIRE(prove(listener.execution()).complete);
    REQUIRE(listener.sound);
    for (const char* step : {"centre", "gradient", "existence", "Hessian", "inner Hessians"})
        CHECK(listener.phases.contains(std::string("certificate: ") + step));
    // Of the Hessian and of the one inner Hessian, scaled and as they are: three products each.
    CHECK(listener.phases["certificate: eigenvalues"] == 12);
    listener.phases.erase("pass over samples");  // told by the clock
    int questions = 0;
    for (const auto& [phase, count] : listener.phases) questions += count;
    CHECK(test::stops_at_every_question(questions, prove));
}
