// Certificates where a constant is a sum of inputs, the levels of a category: what it makes free is held, but
// only where the sum is that constant without rounding.
#include <cmath>

#include "certify/certificate.hpp"
#include "classification/planted_models.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"

using namespace tepui;
using test::ModelShape;
using test::plant_model;
using test::PlantedModel;

namespace {

const Execution kSerial{1};

}  // namespace

// Two levels of a category beside a number: their sum is 1, b and C share a line in each output and exp a
// shift, which no single input shows.
TEST_CASE("constants that a sum of inputs makes are held: output biases, weights of exp") {
    int proven = 0;
    for (const ActivationKind kind : {ActivationKind::tanh, ActivationKind::exp}) {
        const bool shifts = kind == ActivationKind::exp;
        for (std::uint64_t seed = 0; seed < 24; ++seed) {
            Random random(27, seed);
            PlantedModel model{
                {}, {}, 30, &squared_loss(), Network(Activation(kind), {1, 3, 2, !shifts, !shifts})};
            for (Size k = 0; k < model.samples; ++k) {
                const bool level = random.bits() % 2 == 0;
                for (const double x : {level ? 1.0 : 0.0, level ? 0.0 : 1.0, random.normal()})
                    model.x.push_back(x);
                for (Size o = 0; o < 2; ++o) model.targets.push_back(random.normal());
            }
            for (double& p : model.network.parameters) p = 0.5 * random.normal();
            const Dataset data = model.dataset();
            const StartReport found = solve_from(data, model.network, SolveOptions{}, kSerial);
            if (found.outcome != StartOutcome::converged) continue;
            Network network = found.point;
            if (shifts) {  // outputs of size 1: the Hessian in doubles has its zeros by rounding alone
                const double size = std::hypot(network.output(0, 0), network.output(0, 1));
                for (Size j = 0; j < 2; ++j) network.weights(0)[j] += std::log(size);
                for (Size o = 0; o < 2; ++o) network.output(0, o) /= size;
            }
            CAPTURE(static_cast<int>(kind), seed);
            const ModelReport report = classify_model(data, network, Tolerances{}, false, kSerial);
            const Certificate proof = certify(data, claim_of(report), kSerial);
            CAPTURE(name_of(report.verdict), proof.reason, proof.statement);
            if (!proof.stationary) continue;
            // The first level's weight of the neuron, or both output biases.
            CHECK(proof.held == (shifts ? std::vector<Size>{0} : std::vector<Size>{5, 6}));
            const test::HessianInertia truth = test::hessian_inertia(data, network);
            if (!truth.clear) continue;
            CHECK(truth.negative == 0);
            CHECK(truth.zero == static_cast<Size>(proof.held.size()));
            CHECK(proof.verdict == Verdict::local_minimum);
            CHECK(proof.complete);
            ++proven;
        }
    }
    CHECK(proven >= 10);
}

// Levels that sum to 1 but for the last digit of one sample: no such line, and nothing is held.
TEST_CASE("a sum of inputs that is constant to rounding alone is not held") {
    Random random(30, 0);
    ModelShape shape;
    shape.layout = {1, 2, 1, true, true};
    PlantedModel model = plant_model(random, shape).value();
    for (Size k = 0; k < model.samples; ++k)
        for (Size j = 0; j < 2; ++j) model.x[k * 2 + j] = k % 2 == j ? 1.0 : 0.0;
    model.x[0] = 1.0 + 0x1p-52;
    Claim claim(model.network);
    claim.verdict = Verdict::local_minimum;
    const Certificate proof = certify(model.dataset(), claim, kSerial);
    CAPTURE(proof.reason);
    CHECK(proof.held.empty());
    CHECK(proof.failed == CertificateStep::approximation);
}
