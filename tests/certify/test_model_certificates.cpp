// Certificates of networks of every layout, loss and decay: planted points are certified for what they are,
// and never for anything else.
#include <algorithm>
#include <map>

#include "certify/certificate.hpp"
#include "classification/planted_models.hpp"
#include "linalg/symmetric.hpp"
#include "network/derivatives/objective.hpp"
#include "support/catch.hpp"

using namespace tepui;
using test::ModelShape;
using test::plant_model;
using test::PlantedModel;

namespace {

const Execution kSerial{1};
constexpr LossKind kLosses[] = {LossKind::squared, LossKind::logistic, LossKind::softmax, LossKind::poisson,
                                LossKind::pseudo_huber};

ModelReport judged(const Dataset& data, const Network& network) {
    return classify_model(data, network, Tolerances{}, false, kSerial);
}

// Newton's steps, shortened to half a unit. May throw where they run off.
Network polished(const Dataset& data, Network network) {
    for (int round = 0; round < 12; ++round) {
        const HessianValue at = hessian(data, network, kSerial);
        const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(at.value, true);
        const Size p = network.parameter_count();
        const double largest = std::max(std::abs(eigen.values[0]), std::abs(eigen.values[p - 1]));
        std::vector<double> step(static_cast<std::size_t>(p), 0.0);
        double length = 0.0;
        for (Size q = 0; q < p; ++q) {
            if (std::abs(eigen.values[q]) < 1e-10 * largest) continue;
            double along = 0.0;
            for (Size j = 0; j < p; ++j) along += eigen.vectors(q, j) * at.gradient.value[j];
            along /= eigen.values[q];
            length = std::hypot(length, along);
            for (Size j = 0; j < p; ++j) step[j] += along * eigen.vectors(q, j);
        }
        for (Size j = 0; j < p; ++j) network.parameters[j] -= step[j] / std::max(1.0, 2.0 * length);
    }
    return network;
}

bool is_clear(const ModelReport& report) {
    const SpectralReport& hessian = report.hessian;
    return hessian.counted && hessian.inertia.zero == report.explained_zeros && hessian.clear() &&
           hessian.margin * hessian.tau > 1e-6;
}

struct Tally {
    int minima = 0, saddles = 0, clear = 0, proven = 0, sloped = 0;
};

// What is proven is true of the Hessian in doubles, far from rounding; what is clear is proven.
void check_point(const Dataset& data, const Network& network, Tally& tally) {
    const ModelReport report = judged(data, network);
    const Certificate proof = certify(data, claim_of(report), kSerial);
    CAPTURE(name_of(report.verdict), proof.reason, proof.statement);
    const test::HessianInertia truth = test::hessian_inertia(data, network);
    if (truth.clear && proof.verdict != Verdict::undetermined) {
        REQUIRE(proof.verdict == (truth.negative > 0 ? Verdict::saddle : Verdict::local_minimum));
        REQUIRE(truth.zero == static_cast<Size>(proof.held.size()));
        if (proof.morse_index >= 0) REQUIRE(proof.morse_index == truth.negative);
    }
    for (std::size_t i = 0; i < proof.neurons.size(); ++i) {
        CAPTURE(i, proof.neurons[i].statement);
        if (proof.neurons[i].slopes > 0.0) {
            ++tally.sloped;
            REQUIRE_FALSE(proof.neurons[i].slopes_vanish);
            REQUIRE(proof.neurons[i].slopes <= report.layer->neurons[i].shape.slopes.largest * 1e12);
        }
    }
    if (!is_clear(report)) return;
    ++tally.clear;
    REQUIRE(proof.stationary);
    tally.proven += proof.complete;
    (proof.verdict == Verdict::saddle ? tally.saddles : tally.minima) += proof.complete;
}

}  // namespace

TEST_CASE("minima and saddles of every loss, number of outputs and layout") {
    Random random(21, 0);
    for (const LossKind loss : kLosses) {
        Tally tally;
        for (Size outputs = loss == LossKind::softmax ? 2 : 1; outputs <= 4; ++outputs) {
            for (int variant = 0; variant < 8; ++variant) {
                ModelShape shape;
                shape.loss = loss;
                shape.layout = {1 + variant % 2, 2, outputs, variant % 4 >= 2, variant >= 4};
                shape.size = variant % 3 == 0 ? 0.9 : 0.1;
                if (variant % 2 == 1) shape.units = {ActivationKind::tanh, ActivationKind::softplus};
                const std::optional<PlantedModel> model = plant_model(random, shape);
                if (!model) continue;
                CAPTURE(name_of(loss), outputs, variant);
                check_point(model->dataset(), model->network, tally);
            }
        }
        CAPTURE(name_of(loss), tally.minima, tally.saddles, tally.sloped);
        CHECK(tally.clear >= 15);
        CHECK(tally.proven >= tally.clear - 1);
        CHECK(tally.minima >= 3);
        CHECK(tally.saddles >= 3);
        CHECK(tally.sloped >= 5);
    }
}

TEST_CASE("weight decay: the point is proven, and nothing of splits") {
    Random random(22, 0);
    Tally tally;
    for (const LossKind loss : kLosses) {
        for (Size outputs = loss == LossKind::softmax ? 2 : 1; outputs <= 3; ++outputs) {
            ModelShape shape;
            shape.loss = loss;
            shape.layout = {2, 2, outputs, outputs % 2 == 0, outputs == 3};
            shape.size = outputs == 2 ? 0.9 : 0.1;
            const std::optional<PlantedModel> model = plant_model(random, shape);
            if (!model) continue;
            // All decays, and all but the output biases.
            for (const double biases : {1e-3, 0.0}) {
                Dataset data = model->dataset();
                Network network = model->network;
                CAPTURE(name_of(loss), outputs, biases);
                try {
                    for (double part = 0x1p-12; part <= 1.0; part *= 2.0) {  // following the point
                        const double most = 1e-3 * part;
                        data.set_decay({most, most, most, biases * part, most, false});
                        network = polished(data, std::move(network));
                    }
                } catch (const Error&) {
                    continue;
                }
                if (judged(data, network).verdict == Verdict::not_stationary) continue;  // it ran off
                check_point(data, network, tally);
                const Certificate proof = certify(data, claim_of(judged(data, network)), kSerial);
                REQUIRE(proof.neurons.empty());
                const bool shifted = loss == LossKind::softmax && shape.layout.output_bias && biases == 0.0;
                REQUIRE(proof.held.size() == (shifted ? 1 : 0));
            }
        }
    }
    CAPTURE(tally.clear, tally.minima, tally.saddles);
    CHECK(tally.clear >= 10);
    CHECK(tally.proven == tally.clear);
}

TEST_CASE("what is held: shifts of a softmax, output biases beside a constant input") {
    Random random(23, 0);
    ModelShape shape;
    shape.loss = LossKind::softmax;
    shape.layout = {1, 3, 3, true, true};
    shape.constant_input = true;
    shape.size = 0.1;
    const PlantedModel model = plant_model(random, shape).value();
    const Dataset data = model.dataset();
    const Certificate proof = certify(data, claim_of(judged(data, model.network)), kSerial);
    CAPTURE(proof.reason, proof.statement);
    REQUIRE(proof.complete);
    // The last output's coefficients of 1 neuron, 1 bias and 3 inputs, and the biases of the other two.
    CHECK(proof.held == std::vector<Size>{5, 6, 7, 8, 15, 16, 17});
    for (const Size p : proof.held) {
        CHECK(proof.bounds[p].lower == model.network.parameters[p]);
        CHECK(proof.bounds[p].upper == model.network.parameters[p]);
    }
    CHECK(proof.hessian.order == model.network.parameter_count() - 7);
    CHECK(proof.statement.find("strict but for these motions") != std::string::npos);
    CHECK(proof.statement.find("added to the coefficients of a feature in all outputs or an output bias") !=
          std::string::npos);
    CHECK(proof.statement.find("holds 7 parameters") != std::string::npos);
}

TEST_CASE("two classes behave as one output: their minima among splits are theorems") {
    Random random(24, 0);
    int minima = 0;
    for (int variant = 0; variant < 12; ++variant) {
        ModelShape shape;
        shape.loss = LossKind::softmax;
        shape.layout = {1, 2, 2, variant % 2 == 0, false};
        const std::optional<PlantedModel> model = plant_model(random, shape);
        if (!model) continue;
        const Dataset data = model->dataset();
        const ModelReport report = judged(data, model->network);
        const Certificate proof = certify(data, claim_of(report), kSerial);
        CAPTURE(variant, proof.reason, proof.statement);
        if (!proof.stationary) continue;
        const NeuronProof& neuron = proof.neurons.at(0);
        CHECK(neuron.slopes_vanish);
        CHECK(neuron.slopes == 0.0);
        CHECK(neuron.minima == report.layer->neurons[0].plateau.minima);
        minima += neuron.minima != GammaRegion::none;
    }
    CHECK(minima >= 1);
}

TEST_CASE("three outputs of slopes that are zero in doubles: no minimum among splits is a theorem") {
    Random random(25, 0);
    int refused = 0;
    for (int variant = 0; variant < 8; ++variant) {
        ModelShape shape;
        shape.layout = {1, 2, 3, true, false};
        shape.flat = 1;
        const std::optional<PlantedModel> model = plant_model(random, shape);
        if (!model) continue;
        const Dataset data = model->dataset();
        const ModelReport report = judged(data, model->network);
        Claim claim = claim_of(report);
        for (const SplitClaim& bold : {SplitClaim{GammaRegion::gamma_plus, GammaRegion::off_gamma_plus},
                                       SplitClaim{GammaRegion::gamma_minus, GammaRegion::off_gamma_minus}}) {
            claim.neurons[0] = bold;
            const Certificate proof = certify(data, claim, kSerial);
            CAPTURE(variant, proof.reason);
            if (!proof.stationary) continue;
            REQUIRE_FALSE(proof.complete);
            REQUIRE(proof.neurons.at(0).slopes == 0.0);
            REQUIRE(proof.neurons.at(0).minima == GammaRegion::none);
            refused += proof.failed == CertificateStep::inner_hessian;
        }
    }
    CHECK(refused >= 8);
}

TEST_CASE("false claims of any model are not certified") {
    Random random(26, 0);
    int posed = 0;
    for (const LossKind loss : kLosses) {
        for (const double size : {0.1, 0.9}) {
            ModelShape shape;
            shape.loss = loss;
            shape.layout = {2, 2, 2, true, false};
            shape.size = size;
            const std::optional<PlantedModel> model = plant_model(random, shape);
            if (!model) continue;
            const Dataset data = model->dataset();
            const ModelReport report = judged(data, model->network);
            if (!is_clear(report)) continue;
            CAPTURE(name_of(loss), size);
            Claim claim = claim_of(report);
            claim.verdict = claim.verdict == Verdict::saddle ? Verdict::local_minimum : Verdict::saddle;
            const Certificate other = certify(data, claim, kSerial);
            CHECK_FALSE(other.complete);
            CHECK(other.failed == CertificateStep::hessian);
            CHECK(other.verdict == report.verdict);
            for (const Verdict verdict : {Verdict::local_minimum, Verdict::saddle}) {
                Claim moved = claim;
                moved.verdict = verdict;
                moved.network.parameters[0] += 1e-3;
                const Certificate beside = certify(data, moved, kSerial);
                CHECK_FALSE(beside.stationary);
                CHECK(beside.failed == CertificateStep::approximation);
            }
            ++posed;
        }
    }
    CHECK(posed >= 6);
}

TEST_CASE("a linear model: no neurons, one minimum") {
    Random random(29, 0);
    PlantedModel model{
        {}, {}, 20, &squared_loss(), Network(Activation(ActivationKind::tanh), {0, 2, 2, true, true})};
    for (int e = 0; e < 40; ++e) {
        model.x.push_back(random.normal());
        model.targets.push_back(random.normal());
    }
    const Dataset data = model.dataset();
    const ModelReport report = judged(data, polished(data, model.network));
    const Certificate proof = certify(data, claim_of(report), kSerial);
    CAPTURE(proof.reason, proof.statement);
    REQUIRE(proof.complete);
    CHECK(proof.verdict == Verdict::local_minimum);
    CHECK(proof.hessian.positive == 6);
    CHECK(proof.neurons.empty());
}

TEST_CASE("what no certificate is for") {
    Random random(28, 0);
    ModelShape shape;
    shape.layout = {1, 2, 2, false, false};
    PlantedModel model = plant_model(random, shape).value();
    {
        const auto squares = [](void*, Size count, Size outputs, const double* f, const double* y,
                                double* value, double* gradient, double* hessian) {
            for (Size k = 0; k < count; ++k) {
                value[k] = 0.0;
                for (Size o = 0; o < outputs; ++o) {
                    const Size e = k * outputs + o;
                    gradient[e] = f[e] - y[e];
                    value[k] += 0.5 * gradient[e] * gradient[e];
                    for (Size q = 0; q < outputs; ++q) hessian[e * outputs + q] = o == q ? 1.0 : 0.0;
                }
            }
            return std::int32_t{0};
        };
        const std::unique_ptr<const Loss> own = custom_loss(squares, nullptr, true);
        const Loss* const builtin = model.loss;
        model.loss = own.get();
        const Dataset data = model.dataset();
        CHECK_THROWS_WITH(certify(data, claim_of(judged(data, model.network)), kSerial),
                          Catch::Contains("loss custom has no form in ball arithmetic"));
        model.loss = builtin;
    }
    const Dataset data = model.dataset();
    const ModelReport alone =
        classify_model(data, model.network, Tolerances{}, false, kSerial, AnalysisScope::neurons);
    CHECK_THROWS_WITH(claim_of(alone), Catch::Contains("neurons alone"));
    Network selu = model.network;
    selu.unit_activations = {Activation(ActivationKind::selu)};
    Claim claim(selu);
    claim.verdict = Verdict::saddle;
    CHECK_THROWS_WITH(certify(data, claim, kSerial), Catch::Contains("selu has no form"));
}
