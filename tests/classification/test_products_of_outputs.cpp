// Points of several outputs judged by products with their Hessian alone (MATH.md section 10): what the
// products rest on, and verdicts against those of the whole spectrum.
#include <cmath>

#include "classification/model/model.hpp"
#include "classification/planted_models.hpp"
#include "classification/spectrum/block_scaling.hpp"
#include "network/derivatives/curvature.hpp"
#include "network/derivatives/hessian_blocks.hpp"
#include "network/derivatives/hessian_vector.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

const Execution kSerial{1};

// A planted point of each loss and layout, with decay where asked for.
struct Point {
    PlantedModel model;
    Dataset data;

    Point(PlantedModel&& model_, bool decayed) : model(std::move(model_)), data(model.dataset()) {
        if (!decayed) return;
        Decay decay;
        decay.weights = 0.03, decay.outputs = 0.02, decay.output_biases = 0.01, decay.skip = 0.04;
        data.set_decay(decay);
    }
};

std::optional<PlantedModel> model_of(int number, ActivationKind kind = ActivationKind::tanh) {
    static const LossKind kLosses[] = {LossKind::squared, LossKind::logistic, LossKind::softmax};
    Random random(800, static_cast<std::uint64_t>(number));
    ModelShape shape;
    shape.loss = kLosses[number % 3];
    shape.layout = {2, 3, 2 + number % 2, number % 4 < 2, (number / 2) % 3 == 1};
    shape.activation = kind;
    return plant_model(random, shape);
}

long double form(const Matrix& h, const double* v) {
    long double sum = 0;
    for (Size i = 0; i < h.rows(); ++i)
        for (Size j = 0; j < h.rows(); ++j) sum += static_cast<long double>(v[i]) * h(i, j) * v[j];
    return sum;
}

Matrix random_directions(Size count, Size order, std::uint64_t seed) {
    Matrix directions(count, order);
    Random random(seed, 0);
    for (Size e = 0; e < count * order; ++e) directions.data()[e] = random.normal();
    return directions;
}

}  // namespace

TEST_CASE("products and curvatures of several outputs are those of the formed Hessian") {
    for (int number = 0; number < 12; ++number) {
        std::optional<PlantedModel> planted = model_of(number);
        REQUIRE(planted);
        const Point point(std::move(*planted), number % 5 == 4);
        Network network = point.model.network;
        Random random(5, static_cast<std::uint64_t>(number));
        for (double& p : network.parameters) p += 0.3 * random.normal();  // anywhere
        const HessianValue h = hessian(point.data, network, kSerial);
        const Size order = network.parameter_count();
        const Matrix directions = random_directions(3, order, 7);
        const Matrix products = hessian_vectors(point.data, network, directions, kSerial);
        const Matrix threaded = hessian_vectors(point.data, network, directions, Execution{3});
        const std::vector<Curvature> found = curvatures(point.data, network, directions, kSerial);
        INFO("case " << number);
        for (Size q = 0; q < 3; ++q) {
            long double terms = 0;
            for (Size p = 0; p < order; ++p) {
                long double expected = 0, size = 0;
                for (Size l = 0; l < order; ++l) {
                    expected += static_cast<long double>(h.value(p, l)) * directions(q, l);
                    size += std::sqrt(h.magnitude[p] * h.magnitude[l]) * std::abs(directions(q, l));
                }
                terms += size * std::abs(directions(q, p));
                CHECK(std::abs(products(q, p) - static_cast<double>(expected)) <=
                      1e-13 * static_cast<double>(size));
                CHECK(products(q, p) == threaded(q, p));
            }
            const double expected = static_cast<double>(form(h.value, directions.row(q)));
            CHECK(std::abs(found[q].value - expected) <= found[q].error + 1e-15 * static_cast<double>(terms));
            CHECK(found[q].error <= 1e-12 * static_cast<double>(terms));
        }
    }
}

TEST_CASE("blocks of several outputs are those of the Hessian where nothing pulls") {
    for (int number = 0; number < 6; ++number) {
        std::optional<PlantedModel> planted = model_of(number);
        REQUIRE(planted);
        // Targets that the network meets: the Hessian is its Gauss-Newton part.
        const Size outputs = planted->network.output_count;
        std::vector<double> f(planted->targets.size());
        tepui::outputs(planted->dataset(), planted->network, f.data(), nullptr, kSerial);
        for (Size k = 0; k < planted->samples; ++k) {
            double sum = 0.0;
            for (Size o = 0; o < outputs; ++o) sum += std::exp(f[k * outputs + o]);
            for (Size o = 0; o < outputs; ++o) {
                const double value = f[k * outputs + o];
                planted->targets[k * outputs + o] =
                    number % 3 == 0 ? value
                                    : std::exp(value) / (number % 3 == 1 ? 1.0 + std::exp(value) : sum);
            }
        }
        const Point point(std::move(*planted), number == 4);
        const Network& network = point.model.network;
        const HessianBlocks blocks = hessian_blocks(point.data, network, kSerial);
        const Matrix h = hessian(point.data, network, kSerial).value;
        INFO("case " << number);
        for (Size i = 0; i < network.width; ++i) {
            for (Size j = 0; j < blocks.order(); ++j)
                for (Size l = 0; l <= j; ++l)
                    CHECK(blocks.block(i)[j * blocks.order() + l] ==
                          Approx(h(blocks.parameter(i, j), blocks.parameter(i, l))).margin(1e-11));
        }
        // Of weights the magnitude has the terms that cancel in g, too.
        for (Size p = 0; p < network.parameter_count(); ++p) {
            const double magnitude = blocks.magnitude[static_cast<std::size_t>(p)];
            CHECK(magnitude >= (1.0 - 1e-9) * h(p, p) - 1e-11);
            if (p >= network.width * network.inputs) CHECK(magnitude == Approx(h(p, p)).margin(1e-11));
        }
    }
}

TEST_CASE("gauges are null directions of the Hessian, in the coordinates of a search too") {
    int gauged = 0;
    for (int number = 0; number < 24; ++number) {
        std::optional<PlantedModel> planted =
            model_of(number, number % 2 == 0 ? ActivationKind::cube : ActivationKind::tanh);
        REQUIRE(planted);
        const Point point(std::move(*planted), false);
        const Network& network = point.model.network;
        const HessianValue h = hessian(point.data, network, kSerial);
        const BlockScaling scaling(hessian_blocks(point.data, network, kSerial), network, 1);
        const std::vector<Motion> motions = gauge_motions(point.data, network);
        std::vector<Motion> scaled;
        for (const Motion& motion : motions) {
            ++gauged;
            std::vector<double> v(network.parameters.size(), 0.0), q(v), back(v);
            for (std::size_t e = 0; e < motion.places.size(); ++e) v[motion.places[e]] = motion.values[e];
            for (Size p = 0; p < network.parameter_count(); ++p) {
                double image = 0.0, size = 0.0;
                for (Size l = 0; l < network.parameter_count(); ++l) {
                    image += h.value(p, l) * v[l];
                    size += std::sqrt(h.magnitude[p] * h.magnitude[l]) * std::abs(v[l]);
                }
                CHECK(std::abs(image) <= 1e-12 * size);
            }
            scaled.push_back(scaling.coordinates(motion));
            for (std::size_t e = 0; e < scaled.back().places.size(); ++e)
                q[scaled.back().places[e]] = scaled.back().values[e];
            scaling.to_parameters(q, back);
            for (std::size_t p = 0; p < v.size(); ++p) CHECK(back[p] == Approx(v[p]).margin(1e-10));
        }
        const StillMotions still(scaled);
        CHECK(still.dimension() == static_cast<Size>(motions.size()));
        for (const Motion& motion : scaled) {
            std::vector<double> q(network.parameters.size(), 0.0);
            for (std::size_t e = 0; e < motion.places.size(); ++e) q[motion.places[e]] = motion.values[e];
            double size = 0.0, left = 0.0;
            for (const double x : q) size = std::hypot(size, x);
            still.remove(q);
            for (const double x : q) left = std::hypot(left, x);
            CHECK(left <= 1e-13 * size);
        }
    }
    CHECK(gauged > 40);
}

TEST_CASE(
    "planted points of several outputs: products prove saddles and indicate minima as the spectrum shows") {
    int saddles = 0, minima = 0, gauged = 0;
    for (int number = 0; number < 48; ++number) {
        static const ActivationKind kKinds[] = {ActivationKind::tanh, ActivationKind::gelu,
                                                ActivationKind::softplus, ActivationKind::cube};
        std::optional<PlantedModel> planted = model_of(number, kKinds[(number / 3) % 4]);
        REQUIRE(planted);
        Network network = planted->network;
        const Point point(std::move(*planted), false);
        const ModelReport dense = classify_model(point.data, network, Tolerances{}, false, kSerial,
                                                 AnalysisScope::complete, HessianMethod::dense);
        const ModelReport products = classify_model(point.data, network, Tolerances{}, false, kSerial,
                                                    AnalysisScope::complete, HessianMethod::matrix_free);
        INFO("case " << number << ", dense verdict " << static_cast<int>(dense.verdict));
        REQUIRE(products.evidence);
        CHECK_FALSE(dense.evidence);
        CHECK_FALSE(products.hessian.counted);
        const HessianEvidence& evidence = *products.evidence;
        CAPTURE(evidence.ritz, evidence.residual, evidence.tau, evidence.miss_probability);
        if (!dense.hessian.clear() || dense.verdict == Verdict::undetermined) continue;
        if (dense.verdict == Verdict::saddle) {
            ++saddles;
            CHECK(products.verdict == Verdict::saddle);
            // Rounding may hide the fall along a flat direction.
            if (products.witness)
                CHECK(products.witness->descends());
            else
                CHECK(std::abs(evidence.ritz) < 1e-6);
        } else {
            ++minima;
            if (dense.rule == Rule::gauge_orbit) ++gauged;
            CHECK(products.verdict == Verdict::indicated_minimum);
            CHECK(products.rule == Rule::smallest_ritz_value);
            CHECK(evidence.ritz - evidence.residual > evidence.tau);
            CHECK(evidence.miss_probability <= 1e-9);
        }
        // What the neurons say does not depend on an indication.
        REQUIRE(products.layer->neurons.size() == dense.layer->neurons.size());
        for (std::size_t i = 0; i < products.layer->neurons.size(); ++i) {
            CHECK(products.layer->neurons[i].plateau.minima == GammaRegion::none);
            CHECK(products.layer->neurons[i].shape.slopes.rank.least ==
                  dense.layer->neurons[i].shape.slopes.rank.least);
        }
        CHECK(products.index.morse_index.least <= dense.index.morse_index.least);
        CHECK(products.index.morse_index.most >= dense.index.morse_index.most);
    }
    CHECK(saddles > 3);
    CHECK(minima > 12);
    CHECK(gauged > 6);
}

TEST_CASE("inputs read as they are needed give the verdict of inputs in memory, by products too") {
    for (int number = 0; number < 6; ++number) {
        const std::optional<PlantedModel> planted = model_of(number);
        REQUIRE(planted);
        const Network& network = planted->network;
        StreamedSource source{planted->samples, network.inputs, false, {}};
        source.read = [&planted](Size first, Size count, double* x, double* targets, double*) {
            const Size d = planted->network.inputs;
            std::copy_n(planted->x.begin() + first * d, count * d, x);
            if (targets != nullptr) std::fill_n(targets, count, 0.0);
        };
        const Dataset stream(source, false, LossScaling::sum), memory = planted->dataset();
        const Dataset read = stream.with_targets(std::span(planted->targets), *planted->loss);
        REQUIRE(read.streamed());
        const ModelReport one = classify_model(memory, network, Tolerances{}, false, Execution{2},
                                               AnalysisScope::complete, HessianMethod::matrix_free);
        const ModelReport two = classify_model(read, network, Tolerances{}, false, Execution{1},
                                               AnalysisScope::complete, HessianMethod::matrix_free);
        CHECK(one.verdict == two.verdict);
        REQUIRE((one.evidence && two.evidence));
        CHECK(one.evidence->ritz == two.evidence->ritz);
        CHECK(one.evidence->tau == two.evidence->tau);
        CHECK(one.witness.has_value() == two.witness.has_value());
    }
}
