// Which neurons a reduction takes for equal, for nothing, and for one another's mirror images.
#include "splitting/reduction.hpp"

#include <cmath>
#include <map>

#include "network/derivatives/objective.hpp"
#include "splitting/reduction_cases.hpp"
#include "support/catch.hpp"
#include "support/embeddings.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

Network network_of(ActivationKind kind, Size inputs, const std::vector<std::vector<double>>& weights,
                   const std::vector<double>& outputs) {
    Network network(Activation(kind), static_cast<Size>(weights.size()), inputs);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        std::copy(weights[i].begin(), weights[i].end(), network.weights(static_cast<Size>(i)));
        network.output(static_cast<Size>(i)) = outputs[i];
    }
    return network;
}

}  // namespace

TEST_CASE("chains of near-equals are one neuron, gaps separate") {
    const ReductionTolerances tolerances{1e-3, 1e-9};
    Network network =
        network_of(ActivationKind::sigmoid, 1, {{1.0016}, {2.0}, {1.0}, {1.0008}}, {1, 1, 1, 1});
    Reduction reduction = reduce(network, nullptr, tolerances, kExecution);
    REQUIRE(reduction.narrow.width == 2);
    CHECK(reduction.narrow.weights(0)[0] == Approx(1.0008).epsilon(1e-15));
    CHECK(reduction.narrow.output(0) == 3.0);
    CHECK(reduction.weight_spread == Approx(8e-4).epsilon(1e-2));
    network.weights(3)[0] = 1.0004;
    CHECK(reduce(network, nullptr, tolerances, kExecution).narrow.width == 3);
}

TEST_CASE("mirror images far along a chain know their sign") {
    // Links of 0.8 tolerances, in an order that joins pieces of every length.
    const Size links = 40;
    Network network(Activation(ActivationKind::tanh), links, 2);
    Random random(9, 9);
    std::vector<int> expected;
    for (Size l = 0; l < links; ++l) {
        const Size i = l * 17 % links;
        const int sign = random.uniform() < 0.5 ? -1 : 1;
        // Round a circle: equal lengths.
        const double angle = 0.8e-3 * static_cast<double>(i);
        network.weights(l)[0] = sign * std::cos(angle);
        network.weights(l)[1] = sign * std::sin(angle);
        network.output(l) = sign;
        expected.push_back(sign);
    }
    const Reduction reduction = reduce(network, nullptr, {1e-3, 1e-9}, kExecution);
    REQUIRE(reduction.narrow.width == 1);
    CHECK(reduction.narrow.output(0) == expected[0] * 40.0);
    for (std::size_t l = 0; l < expected.size(); ++l) {
        CHECK(reduction.embedding.places[l].sign == expected[l] * expected[0]);
        CHECK(reduction.embedding.places[l].gamma == Approx(1.0 / 40.0));
    }
    CHECK(reduction.weight_spread <= 0.8e-3 * 39);
}

TEST_CASE("the parent is the mean of its daughters under their output weights") {
    const Network network =
        network_of(ActivationKind::tanh, 2, {{1.0, 2.0}, {-1.004, -2.0}, {1.0, 2.002}}, {3.0, 1.0, -0.0});
    const Reduction reduction = reduce(network, nullptr, {1e-2, 1e-9}, kExecution);
    REQUIRE(reduction.narrow.width == 1);
    CHECK(reduction.narrow.weights(0)[0] == Approx(1.001).epsilon(1e-14));
    CHECK(reduction.narrow.weights(0)[1] == 2.0);
    CHECK(reduction.narrow.output(0) == 2.0);
    const std::vector<NeuronPlace>& places = reduction.embedding.places;
    CHECK((places[0].gamma == 1.5 && places[1].gamma == -0.5 && places[2].gamma == 0.0));
    CHECK((places[0].sign == 1 && places[1].sign == -1 && places[2].sign == 1));
}

TEST_CASE("what the samples cannot tell apart is equal, what they do not see is zero") {
    // The second input repeats the first, the third is zero, the fourth is tiny but there.
    const Size n = 30;
    Random random(4, 4);
    std::vector<double> x, y;
    for (Size k = 0; k < n; ++k) {
        const double value = random.normal();
        x.insert(x.end(), {value, value, 0.0, 1e-9 * random.normal()});
        y.push_back(random.normal());
    }
    const Dataset data(DatasetSource{n, 4, x.data(), 4, y.data(), nullptr}, false, false, LossScaling::sum);
    const Network network = network_of(
        ActivationKind::tanh, 4,
        {{1, 2, 0, 0}, {2, 1, 7, 0}, {-3, 0, -5, 0}, {1, -1, 3, 0}, {0.1, -0.1, 0, 0}, {1, 2, 0, 1e9}},
        {1.0, 2.0, 4.0, 8.0, 16.0, 32.0});
    const Reduction on_data = reduce(network, &data, {}, kExecution);
    CHECK(role_counts(on_data.embedding) ==
          std::map<NeuronRole, Size>{{NeuronRole::daughter, 4}, {NeuronRole::idle, 2}});
    REQUIRE(on_data.narrow.width == 2);
    CHECK(on_data.narrow.output(0) == -1.0);
    CHECK(on_data.narrow.output(1) == 32.0);
    const Network back = embed(on_data.narrow, on_data.embedding);
    CHECK(weighted_rms(data, outputs_of(data, network), outputs_of(data, back)) <= 1e-13);
    CHECK(back.output(3) == 8.0);
    CHECK(reduce(network, nullptr, {}, kExecution).narrow.width == 6);
}

TEST_CASE("cancellation among inputs does not hide that nothing is seen") {
    // The inputs are proportional with a factor that is no double: what is left of w . x is rounding.
    std::vector<double> x, y;
    Random random(5, 4);
    for (Size k = 0; k < 20; ++k) {
        const double value = random.normal();
        x.insert(x.end(), {value, value * 0.3});
        y.push_back(random.normal());
    }
    const Dataset data(DatasetSource{20, 2, x.data(), 2, y.data(), nullptr}, false, false, LossScaling::sum);
    const Network alone = network_of(ActivationKind::tanh, 2, {{-0.3, 1.0}}, {1.0});
    CHECK(reduce(alone, &data, {0.0, 0.0}, kExecution).narrow.width == 0);
    CHECK(reduce(alone, nullptr, {0.0, 0.0}, kExecution).narrow.width == 1);
    const Network pair = network_of(ActivationKind::tanh, 2, {{0.7, 1e8}, {0.7 - 0.3e8, 2e8}}, {1.0, 1.0});
    CHECK(reduce(pair, &data, {}, kExecution).narrow.width == 1);
}

TEST_CASE("zero weights are idle where sigma(0) = 0 and a constant feature elsewhere") {
    const std::vector<std::vector<double>> weights = {{0, 0}, {1, 2}, {0, 0}};
    const Reduction idle =
        reduce(network_of(ActivationKind::silu, 2, weights, {3, 1, 0}), nullptr, {}, kExecution);
    REQUIRE(idle.narrow.width == 1);
    CHECK((idle.embedding.places[0].role == NeuronRole::idle && idle.embedding.places[0].output == 3.0));
    CHECK((idle.embedding.places[2].role == NeuronRole::idle && idle.embedding.places[2].output == 0.0));
    for (const ActivationKind kind : {ActivationKind::sigmoid, ActivationKind::gaussian}) {
        const Reduction constant = reduce(network_of(kind, 2, weights, {3, 1, -1}), nullptr, {}, kExecution);
        REQUIRE(constant.narrow.width == 2);
        CHECK((constant.narrow.weights(0)[0] == 0.0 && constant.narrow.output(0) == 2.0));
        CHECK(constant.embedding.places[2].gamma == -0.5);
    }
}

TEST_CASE("output weights that cancel within the tolerance leave nothing, others a parent") {
    const std::vector<std::vector<double>> weights = {{1, 2}, {0.5, 0.5}, {-1, -2}, {1, 2}};
    const auto reduced = [&](double defect) {
        return reduce(network_of(ActivationKind::tanh, 2, weights, {1.0, 1.0, 1.0 + defect, 0.0}), nullptr,
                      {}, kExecution);
    };
    for (const double defect : {0.0, 1e-10, -1e-10}) {
        const Reduction reduction = reduced(defect);
        REQUIRE(reduction.narrow.width == 1);
        CHECK(reduction.cancelled_groups == 1);
        CHECK(reduction.output_spread == Approx(0.5 * std::abs(defect)).epsilon(1e-5));
        const std::vector<NeuronPlace>& places = reduction.embedding.places;
        CHECK((places[0].role == NeuronRole::cancelled && places[0].sign == 1));
        CHECK((places[2].role == NeuronRole::cancelled && places[2].sign == -1));
        // A neuron of output weight zero beside them belongs to them.
        CHECK((places[3].role == NeuronRole::cancelled && places[3].output == 0.0));
        const Network back = embed(reduction.narrow, reduction.embedding);
        CHECK(back.output(0) == Approx(back.output(2)).epsilon(1e-15));
    }
    const Reduction kept = reduced(1e-8);
    REQUIRE(kept.narrow.width == 2);
    CHECK(kept.embedding.places[2].gamma == Approx(1e8 + 1).epsilon(1e-6));
    check_embedding(kept.narrow, kept.embedding);
}

TEST_CASE("a network of null neurons reduces to no neuron, whose function is zero") {
    const Problem problem = random_problem(20, 3, 3, true, 8);
    const Dataset data = data_of(problem);
    Network network = random_network(Activation(ActivationKind::gelu), 4, 3, 8);
    for (Size i = 0; i < 4; ++i) network.output(i) = 0.0;
    const Reduction reduction = reduce(network, &data, {}, kExecution);
    REQUIRE(reduction.narrow.width == 0);
    CHECK(role_counts(reduction.embedding) == std::map<NeuronRole, Size>{{NeuronRole::null, 4}});
    CHECK(embed(reduction.narrow, reduction.embedding).parameters == network.parameters);
    CHECK(outputs_of(data, reduction.narrow) == std::vector<double>(20, 0.0));
    CHECK(loss(data, reduction.narrow, kExecution).loss == Approx(loss(data, network, kExecution).loss));
    CHECK(gradient(data, reduction.narrow, kExecution).value.empty());
    CHECK(hessian(data, reduction.narrow, kExecution).value.rows() == 0);
    CHECK(reduce(reduction.narrow, &data, {}, kExecution).embedding.places.empty());
}

TEST_CASE("thousands of neurons, all of one length, find their partners") {
    const Size parents = 1000;
    Network narrow = random_network(Activation(ActivationKind::tanh), parents, 10, 31);
    for (Size i = 0; i < parents; ++i) {
        double square = 0.0;
        for (Size j = 0; j < 10; ++j) square += narrow.weights(i)[j] * narrow.weights(i)[j];
        for (Size j = 0; j < 10; ++j) narrow.weights(i)[j] /= std::sqrt(square);
    }
    const Embedding embedding = random_embedding(narrow, {5, 100, 100, 50, true}, 31);
    const Reduction reduction = reduce(embed(narrow, embedding), nullptr, {}, kExecution);
    CHECK(reduction.narrow.width == parents);
    CHECK(role_counts(reduction.embedding) == role_counts(embedding));
}
