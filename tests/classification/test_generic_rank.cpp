// How many outputs move independently for almost all parameters with one pattern of signs, against dimensions
// of varieties of matrices that are known, and what verdicts make of it.
#include <cmath>

#include "classification/directional/generic_rank.hpp"
#include "classification/directional/several_outputs.hpp"
#include "core/random.hpp"
#include "solve/solve.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"

using namespace tepui;

namespace {

constexpr Size kFeatures = 3, kSamples = 40;

// Inputs in (0, 1): neurons of positive weights are on in every sample.
std::vector<double> positive_inputs(std::uint64_t seed) {
    Random random(seed, 0);
    std::vector<double> x(kFeatures * kSamples);
    for (double& component : x) component = random.uniform();
    return x;
}

Dataset dataset(Size outputs, const Loss& loss, const std::vector<double>& x) {
    Random random(3, 1);
    std::vector<double> y(static_cast<std::size_t>(kSamples * outputs), 0.0);
    for (Size k = 0; k < kSamples; ++k) {
        if (loss.shift_invariant()) y[k * outputs + k % outputs] = 1.0;
        for (Size o = 0; o < outputs && !loss.shift_invariant(); ++o) y[k * outputs + o] = random.normal();
    }
    return test::dataset_of(kFeatures, x, outputs, y, loss);
}

Network all_on(const Dataset& data, Size width, bool bias, bool skip) {
    Network network(Activation(ActivationKind::relu), test::layout_for(data, width, bias, skip));
    Random random(7, 2);
    for (double& p : network.parameters) p = 0.1 + random.uniform();
    return network;
}

Size rank_of(const Dataset& data, const Network& network, const KinkSets* exact = nullptr) {
    KinkOptions options;
    options.residuals = true;
    options.exact = exact;
    const KinkValue sums = kink_sums(data, network, options, Execution{});
    const std::optional<Size> rank = generic_rank({data, network, sums});
    REQUIRE(rank.has_value());
    return *rank;
}

// Of p x q matrices of rank r at most.
Size matrices(Size p, Size q, Size r) {
    return r * (p + q - r);
}

}  // namespace

TEST_CASE("neurons that are on in every sample are matrices of small rank") {
    const std::vector<double> x = positive_inputs(1);
    const Dataset three = dataset(3, squared_loss(), x), classes = dataset(3, softmax_loss(), x);
    // f = A W (x, 1) + b: without b a 3 x 4 matrix of the rank of the width, with b its last column is free.
    CHECK(rank_of(three, all_on(three, 1, false, false)) == matrices(3, 4, 1));
    CHECK(rank_of(three, all_on(three, 2, false, false)) == matrices(3, 4, 2));
    CHECK(rank_of(three, all_on(three, 2, true, false)) == matrices(3, 3, 2) + 3);
    CHECK(rank_of(three, all_on(three, 5, true, false)) == 12);
    CHECK(rank_of(three, all_on(three, 2, true, true)) == 12);
    // Up to what the outputs share: two outputs.
    CHECK(rank_of(classes, all_on(classes, 1, false, false)) == matrices(2, 4, 1));
    CHECK(rank_of(classes, all_on(classes, 2, true, false)) == 8);
}

TEST_CASE("what decays does not count") {
    const std::vector<double> x = positive_inputs(1);
    Dataset three = dataset(3, squared_loss(), x), classes = dataset(3, softmax_loss(), x);
    for (Dataset* data : {&three, &classes}) data->set_decay({.weights = 1.0, .outputs = 1.0});
    // Biases of neurons that are on everywhere do what output biases do: without these a constant each.
    CHECK(rank_of(three, all_on(three, 2, true, false)) == 3);
    CHECK(rank_of(three, all_on(three, 2, false, false)) == 2);
    CHECK(rank_of(classes, all_on(classes, 2, true, false)) == 2);
    // Skip connections make constants of the bias input, too, and all other linear functions.
    CHECK(rank_of(three, all_on(three, 1, true, true)) == 12);
    three.set_decay({.weights = 1.0, .hidden_biases = 1.0, .outputs = 1.0});
    CHECK(rank_of(three, all_on(three, 2, false, false)) == 0);
    three.set_decay({.weights = 1.0, .outputs = 1.0, .skip = 1.0});
    CHECK(rank_of(three, all_on(three, 1, true, true)) == 3);
}

TEST_CASE("kinks hold weights") {
    const std::vector<double> x = positive_inputs(2);
    const Dataset data = dataset(3, squared_loss(), x);
    Network network = all_on(data, 1, false, false);
    // On the face of one kink: a (w.x), w in three dimensions of four.
    for (Size j = 0; j < kFeatures; ++j) network.weights(0)[j] = 1.0;
    network.weights(0)[kFeatures] = -(x[0] + x[1] + x[2]);
    const KinkSets kinks = {{0}};
    CHECK(rank_of(data, network, &kinks) == matrices(3, 3, 1));
    // Of a sample twice it is the same.
    std::vector<double> twice = x;
    std::copy_n(twice.begin(), kFeatures, twice.begin() + kFeatures);
    const Dataset repeated = dataset(3, squared_loss(), twice);
    const KinkSets both = {{0, 1}};
    CHECK(rank_of(repeated, network, &both) == matrices(3, 3, 1));
}

TEST_CASE("more parameters than samples") {
    std::vector<double> x = positive_inputs(4);
    x.resize(static_cast<std::size_t>(kFeatures * 2));
    const Dataset data = test::dataset_of(kFeatures, x, 2, {1.0, 2.0, 3.0, 4.0}, squared_loss());
    CHECK(rank_of(data, all_on(data, 3, true, false)) == 4);
}

// A linear network of rank 1 beside an output bias: the bias of the neuron does nothing that b does not.
TEST_CASE("a minimum whose neuron shares its bias with the outputs is one") {
    const std::vector<double> x = positive_inputs(5);
    std::vector<double> y;
    Random random(11, 0);
    for (Size k = 0; k < kSamples; ++k) {
        const double t = x[k * kFeatures] + 2.0 * x[k * kFeatures + 1] + 5.0 + 0.1 * random.normal();
        for (const double a : {1.0, -0.5, 2.0}) y.push_back(a * t + 0.1 * random.normal());
    }
    const Dataset data = test::dataset_of(kFeatures, x, 3, y, squared_loss());
    const StartReport found = solve_from(data, all_on(data, 1, true, false), {}, Execution{});
    REQUIRE(found.outcome == StartOutcome::converged);
    const Network& network = found.point;
    const OutputsReport report = classify_kinked_model(data, network, {}, {}, Execution{});
    INFO(name_of(report.rule));
    CHECK(report.verdict == Verdict::local_minimum);
    CHECK(report.rule == OutputsRule::face_minimum);
    REQUIRE(report.face.has_value());
    CHECK(report.face->zero == 1);
    CHECK(report.face->still == 1);
}
