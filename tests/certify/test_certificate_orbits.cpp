// Certificates across continuous symmetries: scales of cube, relu3 and square, shifts of exp, square neurons
// turned into one another. Planted minima and saddles are theorems, with what their splits are, and nothing
// false ever is.
#include <algorithm>

#include "certify/certificate.hpp"
#include "classification/planted_models.hpp"
#include "network/derivatives/objective.hpp"
#include "support/catch.hpp"

using namespace tepui;
using test::ModelShape;
using test::plant_model;
using test::PlantedModel;

namespace {

const Execution kSerial{1};

struct Tally {
    int minima = 0, saddles = 0, clear = 0, split_minima = 0, all_saddles = 0;
};

// With the held parameters at other values than the certificate's the loss is the same network's: brute
// force.
void check_orbit(const Dataset& data, const Network& network, Size neuron, Size input) {
    Network moved = network;
    const Activation& activation = network.activation_of(neuron);
    const double step = 0.3;
    double output = 0.0;
    if (activation.kind() == ActivationKind::exp) {
        std::vector<double> x(static_cast<std::size_t>(data.inputs()));
        data.sample(0, x.data());
        moved.weights(neuron)[input] += step;
        output = std::exp(-step * x[static_cast<std::size_t>(input)]);
    } else {
        for (Size j = 0; j < network.inputs; ++j) moved.weights(neuron)[j] *= 1.0 + step;
        output = std::pow(1.0 + step, -activation.traits().homogeneity);
    }
    for (Size o = 0; o < network.output_count; ++o) moved.output(neuron, o) *= output;
    CHECK(moved.weights(neuron)[input] != network.weights(neuron)[input]);
    CHECK(loss(data, moved, kSerial).loss == Approx(loss(data, network, kSerial).loss).epsilon(1e-12));
}

void check_point(const Dataset& data, const Network& network, Size motions, Tally& tally) {
    const ModelReport report = classify_model(data, network, Tolerances{}, false, kSerial);
    const Certificate proof = certify(data, claim_of(report), kSerial);
    CAPTURE(name_of(report.verdict), proof.reason, proof.statement, report.explained_zeros);
    const test::HessianInertia truth = test::hessian_inertia(data, network);
    if (truth.clear && proof.verdict != Verdict::undetermined) {
        REQUIRE(proof.verdict == (truth.negative > 0 ? Verdict::saddle : Verdict::local_minimum));
        REQUIRE(truth.zero == static_cast<Size>(proof.held.size()));
        if (proof.morse_index >= 0) REQUIRE(proof.morse_index == truth.negative);
    }
    const bool explained = report.hessian.inertia.zero == report.explained_zeros;
    if (!truth.clear || !report.hessian.clear() || !explained || report.verdict == Verdict::undetermined)
        return;
    ++tally.clear;
    REQUIRE(proof.stationary);
    REQUIRE(static_cast<Size>(proof.held.size()) == motions);
    (proof.verdict == Verdict::saddle ? tally.saddles : tally.minima) += proof.complete;
    for (std::size_t i = 0; i < proof.neurons.size(); ++i) {
        const NeuronProof& neuron = proof.neurons[i];
        CAPTURE(i, neuron.statement);
        REQUIRE(neuron.across_symmetry);
        REQUIRE(neuron.inner.order == network.inputs - 1);
        // Splits by the Hessian of the wide network.
        for (const std::vector<double>& gamma : {std::vector{0.3, 0.7}, std::vector{1.4, -0.4}}) {
            const Network wide = test::split_model(network, static_cast<Size>(i), gamma);
            const test::HessianInertia split = test::hessian_inertia(data, wide);
            if (!split.clear) continue;
            const bool plus = gamma[1] > 0.0;
            const bool minimum = neuron.minima == (plus ? GammaRegion::gamma_plus : GammaRegion::gamma_minus);
            const bool saddle =
                neuron.saddles == GammaRegion::everywhere ||
                neuron.saddles == (plus ? GammaRegion::off_gamma_minus : GammaRegion::off_gamma_plus);
            if (minimum) CHECK(split.negative == 0);
            if (saddle && proof.verdict == Verdict::local_minimum) CHECK(split.negative > 0);
        }
        tally.split_minima += neuron.minima != GammaRegion::none;
        tally.all_saddles += neuron.saddles == GammaRegion::everywhere;
    }
}

ModelShape shape_of(ActivationKind kind, Size width, Size outputs, int variant) {
    ModelShape shape;
    shape.loss = variant % 3 == 0 && outputs > 1 ? LossKind::softmax
                 : variant % 3 == 1              ? LossKind::logistic
                                                 : LossKind::squared;
    shape.layout = {width, 3, outputs, variant % 2 == 1, false};
    shape.activation = kind;
    shape.constant_input = true;
    shape.size = variant % 4 == 0 ? 0.9 : 0.1;
    return shape;
}

}  // namespace

TEST_CASE("scales and shifts of single neurons: minima, saddles and splits are theorems") {
    for (const ActivationKind kind :
         {ActivationKind::cube, ActivationKind::relu3, ActivationKind::exp, ActivationKind::square}) {
        const Size most = kind == ActivationKind::square ? 1 : 2;
        Tally tally;
        for (Size width = 1; width <= most; ++width) {
            for (Size outputs = 1; outputs <= 3; ++outputs) {
                for (int variant = 0; variant < 12; ++variant) {
                    Random random(31, static_cast<std::uint64_t>(100 * variant + 10 * outputs + width));
                    const ModelShape shape = shape_of(kind, width, outputs, variant);
                    const std::optional<PlantedModel> model = plant_model(random, shape);
                    if (!model) continue;
                    CAPTURE(static_cast<int>(kind), width, outputs, variant);
                    const bool shifts = shape.loss == LossKind::softmax;
                    const Size motions = width + (shifts ? model->network.features() : 0);
                    check_point(model->dataset(), model->network, motions, tally);
                }
            }
        }
        CAPTURE(static_cast<int>(kind), tally.clear, tally.minima, tally.saddles, tally.split_minima,
                tally.all_saddles);
        CHECK(tally.minima >= 3);
        CHECK(tally.minima + tally.saddles >= tally.clear - 2);
        CHECK(tally.all_saddles >= 3);
    }
}

TEST_CASE("what is held is one weight of each such neuron, and other claims are refused") {
    for (const ActivationKind kind : {ActivationKind::cube, ActivationKind::exp}) {
        int posed = 0, minima = 0;
        for (int variant = 0; variant < 16; ++variant) {
            Random random(33, static_cast<std::uint64_t>(variant));
            ModelShape shape;
            shape.layout = {1, 3, 1, false, false};
            shape.activation = kind;
            shape.constant_input = true;
            const std::optional<PlantedModel> model = plant_model(random, shape);
            if (!model) continue;
            const Dataset data = model->dataset();
            const ModelReport report = classify_model(data, model->network, Tolerances{}, false, kSerial);
            if (report.verdict != Verdict::local_minimum || !report.hessian.clear()) continue;
            Claim claim = claim_of(report);
            const Certificate proof = certify(data, claim, kSerial);
            CAPTURE(static_cast<int>(kind), variant, proof.reason, proof.statement);
            REQUIRE(proof.held.size() == 1);
            const Size held = proof.held.front();
            CHECK(proof.bounds[static_cast<std::size_t>(held)].lower ==
                  model->network.parameters[static_cast<std::size_t>(held)]);
            check_orbit(data, model->network, 0, held);
            CHECK(proof.statement.find("grow") != std::string::npos);
            CHECK(proof.statement.find("strict but for these motions") != std::string::npos);
            minima += proof.complete && proof.neurons.at(0).minima == report.layer->neurons[0].plateau.minima;
            for (const GammaRegion bold : {GammaRegion::gamma_plus, GammaRegion::gamma_minus}) {
                if (bold == proof.neurons.at(0).minima) continue;
                Claim other = claim;
                other.neurons[0].minima = bold;
                const Certificate refused = certify(data, other, kSerial);
                CHECK_FALSE(refused.complete);
                CHECK(refused.failed == CertificateStep::inner_hessian);
            }
            claim.verdict = Verdict::saddle;
            CHECK(certify(data, claim, kSerial).failed == CertificateStep::hessian);
            ++posed;
        }
        CHECK(posed >= 4);
        CHECK(minima >= 3);
    }
}

TEST_CASE("a neuron that decays has no orbit, and nothing of it is held") {
    Random random(34, 0);
    ModelShape shape;
    shape.layout = {1, 3, 2, false, false};
    shape.activation = ActivationKind::cube;
    const PlantedModel model = plant_model(random, shape).value();
    for (const bool weights : {true, false}) {
        Dataset data = model.dataset();
        data.set_decay({.weights = weights ? 1e-9 : 0.0, .outputs = weights ? 0.0 : 1e-9});
        const Certificate proof = certify(
            data, claim_of(classify_model(data, model.network, Tolerances{}, false, kSerial)), kSerial);
        CHECK(proof.held.empty());
    }
}

namespace {

// The first two neurons turned into each other, by an angle or hyperbolically as the signs of a say.
Network turned(const Network& network, double angle) {
    Network result = network;
    const double p = network.output(0, 0), q = network.output(1, 0), root = std::sqrt(std::abs(q / p));
    const bool round = p * q > 0.0;
    const double c = round ? std::cos(angle) : std::cosh(angle),
                 s = round ? std::sin(angle) : std::sinh(angle);
    for (Size j = 0; j < network.inputs; ++j) {
        const double u = network.weights(0)[j], v = network.weights(1)[j] * root;
        result.weights(0)[j] = c * u + s * v;
        result.weights(1)[j] = (c * v + (round ? -s : s) * u) / root;
    }
    return result;
}

}  // namespace

TEST_CASE("square neurons turned into one another: minima, saddles and splits are theorems") {
    Tally tally;
    for (Size width = 2; width <= 3; ++width) {
        for (int variant = 0; variant < 24; ++variant) {
            Random random(35, static_cast<std::uint64_t>(100 * width + variant));
            ModelShape shape;
            shape.layout = {width, 4, 1, variant % 2 == 1, false};
            shape.activation = ActivationKind::square;
            shape.size = variant % 4 == 0 ? 0.9 : 0.1;
            const std::optional<PlantedModel> model = plant_model(random, shape);
            if (!model) continue;
            const Dataset data = model->dataset();
            const Network& network = model->network;
            const Analysis analysis = analyze(data, network, Tolerances{}, kSerial);
            const Certificate proof = certify(data, claim_of(analysis), kSerial);
            CAPTURE(width, variant, name_of(analysis.point.verdict), proof.reason, proof.statement);
            const test::HessianInertia truth = test::hessian_inertia(data, network);
            const Network moved = turned(network, 0.4);
            CHECK(loss(data, moved, kSerial).loss ==
                  Approx(loss(data, network, kSerial).loss).epsilon(1e-12));
            if (proof.verdict == Verdict::undetermined) continue;
            REQUIRE(static_cast<Size>(proof.held.size()) == width * (width + 1) / 2);
            if (!truth.clear) continue;
            ++tally.clear;
            REQUIRE(proof.verdict == (truth.negative > 0 ? Verdict::saddle : Verdict::local_minimum));
            REQUIRE(truth.zero == static_cast<Size>(proof.held.size()));
            (proof.verdict == Verdict::saddle ? tally.saddles : tally.minima) += proof.complete;
            for (std::size_t i = 0; i < proof.neurons.size(); ++i) {
                const NeuronProof& neuron = proof.neurons[i];
                CAPTURE(i, neuron.statement);
                REQUIRE(neuron.inner.order == network.inputs - width);
                for (const std::vector<double>& gamma : {std::vector{0.3, 0.7}, std::vector{1.4, -0.4}}) {
                    const test::HessianInertia split =
                        test::hessian_inertia(data, test::split_model(network, static_cast<Size>(i), gamma));
                    if (!split.clear) continue;
                    const bool plus = gamma[1] > 0.0;
                    if (neuron.minima == (plus ? GammaRegion::gamma_plus : GammaRegion::gamma_minus))
                        CHECK(split.negative == 0);
                    if (neuron.saddles ==
                            (plus ? GammaRegion::off_gamma_minus : GammaRegion::off_gamma_plus) &&
                        proof.verdict == Verdict::local_minimum)
                        CHECK(split.negative > 0);
                }
                tally.split_minima += neuron.minima != GammaRegion::none;
            }
        }
    }
    CAPTURE(tally.clear, tally.minima, tally.saddles, tally.split_minima);
    CHECK(tally.minima >= 5);
    CHECK(tally.minima + tally.saddles >= tally.clear - 2);
    CHECK(tally.split_minima >= 2);
}

// Three weights in a plane depend on each other: their turns are fewer, and what would cut them is not held.
TEST_CASE("square neurons of dependent weights are refused with that reason") {
    int refused = 0;
    for (int variant = 0; variant < 6; ++variant) {
        Random random(35, static_cast<std::uint64_t>(variant));
        ModelShape shape;
        shape.layout = {3, 2, 1, variant % 2 == 1, false};
        shape.activation = ActivationKind::square;
        const std::optional<PlantedModel> model = plant_model(random, shape);
        if (!model) continue;
        const Dataset data = model->dataset();
        Claim claim = claim_of(classify_model(data, model->network, Tolerances{}, false, kSerial));
        for (const Verdict verdict : {Verdict::local_minimum, Verdict::saddle}) {
            claim.verdict = verdict;
            const Certificate proof = certify(data, claim, kSerial);
            CAPTURE(variant, proof.reason);
            CHECK_FALSE(proof.stationary);
            CHECK(proof.failed == CertificateStep::approximation);
            refused += proof.reason.find("singular") != std::string::npos;
        }
    }
    CHECK(refused >= 6);
}
