// What a reduction preserves: function, loss, stationarity, and the embedding that it undoes.
#include "splitting/reduction.hpp"

#include <cmath>
#include <map>

#include "network/derivatives/objective.hpp"
#include "network/inputs/input_factor.hpp"
#include "solve/solve.hpp"
#include "splitting/reduction_cases.hpp"
#include "support/catch.hpp"
#include "support/embeddings.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// The neurons of `narrow` in the order of the embedding's parents: parent p is that of the same daughters.
void check_same_places(const Embedding& left, const Embedding& right) {
    REQUIRE(left.places.size() == right.places.size());
    std::map<std::pair<NeuronRole, Size>, std::pair<Size, int>> partner;  // group and relative orientation
    for (std::size_t i = 0; i < left.places.size(); ++i) {
        const NeuronPlace &p = left.places[i], &q = right.places[i];
        INFO("place " << i);
        REQUIRE(p.role == q.role);
        CHECK(p.gamma == Approx(q.gamma).margin(1e-13));
        CHECK(std::abs(p.output) == Approx(std::abs(q.output)).margin(1e-13));
        if (p.group < 0) continue;
        const auto found = partner.try_emplace({p.role, p.group}, std::pair{q.group, p.sign * q.sign});
        CHECK(found.first->second == std::pair{q.group, p.sign * q.sign});
    }
}

void check_back(const Network& wide, const Network& back) {
    REQUIRE(back.width == wide.width);
    for (Size i = 0; i < wide.width; ++i) {
        INFO("neuron " << i);
        CHECK(std::equal(back.weights(i), back.weights(i) + wide.inputs, wide.weights(i)));
        CHECK(back.output(i) == Approx(wide.output(i)).epsilon(1e-13).margin(1e-14));
    }
}

// Component by component within what rounding of the residuals and of the sum explains.
bool stationary(const Dataset& data, const Network& network) {
    const Gradient g = gradient(data, network, kExecution);
    for (std::size_t j = 0; j < g.value.size(); ++j) {
        if (std::abs(g.value[j]) > g.rounding[j] + 1e-12 * g.magnitude[j]) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("reducing an embedded network gives the network and the embedding back, and the other way round") {
    std::uint64_t seed = 0;
    for (const Activation& activation : all_activations()) {
        for (Size width = 0; width <= 5; ++width) {
            const Size inputs = 2 + width % 3;
            const Problem problem = random_problem(40, inputs, inputs, true, ++seed);
            const Dataset data = data_of(problem);
            const Network narrow = random_network(activation, width, inputs, seed);
            const Embedding embedding = random_embedding(narrow, {}, seed);
            const Network wide = embed(narrow, embedding);
            for (const Dataset* metric : {static_cast<const Dataset*>(nullptr), &data}) {
                INFO(activation.name() << ", width " << width << (metric ? ", on data" : ""));
                const Reduction reduction = reduce(wide, metric, {}, kExecution);
                CHECK(same_up_to_symmetry(reduction.narrow, narrow, 1e-12));
                CHECK(reduction.cancelled_groups == 1);
                CHECK(reduction.weight_spread == 0.0);
                CHECK(reduction.output_spread == 0.0);
                check_same_places(reduction.embedding, embedding);
                check_back(wide, embed(reduction.narrow, reduction.embedding));
            }
            const std::vector<double> f = outputs_of(data, narrow), g = outputs_of(data, wide);
            CHECK(weighted_rms(data, f, g) <= 1e-12);
        }
    }
}

TEST_CASE("a network without redundancy stays as it is") {
    for (const Activation& activation : all_activations()) {
        const Network network = random_network(activation, 6, 3, 5);
        const Reduction reduction = reduce(network, nullptr, {}, kExecution);
        CHECK(reduction.narrow.parameters == network.parameters);
        CHECK(role_counts(reduction.embedding) == std::map<NeuronRole, Size>{{NeuronRole::daughter, 6}});
        CHECK(embed(reduction.narrow, reduction.embedding).parameters == network.parameters);
    }
}

TEST_CASE("neurons within the tolerance are merged and the function moves by no more than is stated") {
    for (const double noise : {1e-12, 1e-8, 1e-4}) {
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            const Problem problem = random_problem(60, 3, 3, true, seed);
            const Dataset data = data_of(problem);
            const Network narrow = random_network(Activation(ActivationKind::tanh), 3, 3, seed);
            const Embedding embedding = random_embedding(narrow, {}, seed);
            Network wide = embed(narrow, embedding);
            Random random(seed, 5);
            for (Size i = 0; i < wide.width; ++i) {
                for (Size j = 0; j < 3; ++j) wide.weights(i)[j] += noise * random.normal();
            }
            for (double& a : std::span(wide.parameters).subspan(at(wide.width * 3))) {
                a *= 1.0 + noise * random.normal();
            }
            INFO("noise " << noise << ", seed " << seed);
            const ReductionTolerances tolerances{100.0 * noise, 100.0 * noise};
            const Reduction reduction = reduce(wide, &data, tolerances, kExecution);
            CHECK(reduction.narrow.width == 3);
            CHECK(role_counts(reduction.embedding) == role_counts(embedding));
            CHECK((reduction.weight_spread > 0.0 && reduction.weight_spread <= 100.0 * noise));
            CHECK(reduction.output_spread <= 100.0 * noise);
            CHECK_FALSE(same_up_to_symmetry(reduction.narrow, narrow, 0.01 * noise));
            CHECK(reduce(wide, &data, {0.0, 0.0}, kExecution).narrow.width > 3);

            // sup |tanh'| = sup |tanh| = 1.
            const Matrix r = input_factor(data, kExecution);
            double bound = 0.0, longest = 0.0, total = 0.0;
            std::vector<double> lengths;
            for (Size i = 0; i < wide.width; ++i) {
                double square = 0.0;
                for (Size p = 0; p < 3; ++p) {
                    double sum = 0.0;
                    for (Size q = 0; q < 3; ++q) sum += r(p, q) * wide.weights(i)[q];
                    square += sum * sum;
                }
                lengths.push_back(std::sqrt(square));
                longest = std::max(longest, lengths.back());
            }
            for (Size i = 0; i < wide.width; ++i) {
                const double a = std::abs(wide.output(i));
                const bool idle = reduction.embedding.places[at(i)].role == NeuronRole::idle;
                total += a;
                bound += a * reduction.weight_spread *
                         (idle ? std::min(1.0, longest) : lengths[at(i)] * (1.0 + 2.0 * noise));
            }
            bound += reduction.output_spread * total;
            const double moved =
                weighted_rms(data, outputs_of(data, wide), outputs_of(data, reduction.narrow));
            CHECK(moved <= bound + 1e-14 * total);
            // Embedding again moves each neuron by no more than the spread.
            const Network back = embed(reduction.narrow, reduction.embedding);
            for (std::size_t p = 0; p < wide.parameters.size(); ++p) {
                CHECK(back.parameters[p] == Approx(wide.parameters[p]).margin(60.0 * noise));
            }
        }
    }
}

TEST_CASE("loss and stationarity are those of the narrow network, both ways") {
    std::uint64_t seed = 900;
    for (const Activation& activation : curved_activations()) {
        PlantedOptions options;
        options.activation = activation;
        options.features = 3;
        options.bias = true;
        options.weights = true;
        options.wanted = {Definiteness::zero, Definiteness::zero, Definiteness::zero};
        options.seed = ++seed;
        const std::optional<Planted> planted = plant(options);
        INFO(activation.name());
        REQUIRE(planted);
        const Dataset data = planted->dataset();
        Network moved = planted->network;
        moved.weights(1)[0] += 0.05;
        // Null neurons of their own have conditions of their own: here they sit on parents.
        const EmbeddingShape shape{5, 0, 0, 0, true};
        for (const Network& narrow : {planted->network, moved}) {
            const Network wide = embed(narrow, random_embedding(narrow, shape, seed));
            REQUIRE(wide.width > narrow.width);
            const Network back = reduce(wide, &data, {}, kExecution).narrow;
            CHECK(back.width == 3);
            const bool expected = stationary(data, narrow);
            CHECK(stationary(data, wide) == expected);
            CHECK(stationary(data, back) == expected);
            CHECK(expected == (narrow.parameters == planted->network.parameters));
            const LossValue narrow_loss = loss(data, narrow, kExecution);
            for (const Network& other : {wide, back}) {
                const LossValue value = loss(data, other, kExecution);
                CHECK(std::abs(value.loss - narrow_loss.loss) <=
                      1e-13 * narrow_loss.loss + value.rounding_loss +
                          2 * std::sqrt(narrow_loss.loss * value.rounding_loss));
            }
        }
    }
}

TEST_CASE("every number of threads gives the same bits") {
    const Problem problem = random_problem(9000, 17, 19, true, 21);
    const Dataset data = data_of(problem);
    const Network narrow = random_network(Activation(ActivationKind::erf), 150, 17, 21);
    Network wide = embed(narrow, random_embedding(narrow, {}, 21));
    Random random(3, 3);
    for (double& p : wide.parameters) p *= 1.0 + 1e-12 * random.normal();
    const Reduction one = reduce(wide, &data, {}, Execution{1});
    CHECK(one.narrow.width == 150);
    for (const int threads : {2, 3, 7}) {
        const Reduction many = reduce(wide, &data, {}, Execution{threads});
        CHECK(many.narrow.parameters == one.narrow.parameters);
        CHECK(many.weight_spread == one.weight_spread);
        CHECK(many.embedding.free_weights == one.embedding.free_weights);
        for (std::size_t i = 0; i < one.embedding.places.size(); ++i) {
            CHECK(many.embedding.places[i].gamma == one.embedding.places[i].gamma);
        }
    }
}

TEST_CASE("tolerances out of range and foreign data are refused") {
    const Network network = random_network(Activation(ActivationKind::tanh), 2, 3, 1);
    const auto status = [&](const Dataset* data, const ReductionTolerances& tolerances) {
        try {
            reduce(network, data, tolerances, kExecution);
        } catch (const Error& error) {
            return error.status();
        }
        return Status::ok;
    };
    CHECK(status(nullptr, {0.0, 0.0}) == Status::ok);
    CHECK(status(nullptr, {1.0, 0.0}) == Status::invalid_value);
    CHECK(status(nullptr, {0.0, -1e-9}) == Status::invalid_value);
    CHECK(status(nullptr, {NAN, 0.0}) == Status::invalid_value);
    const Problem problem = random_problem(9, 2, 2, false, 1);
    const Dataset data = data_of(problem);
    CHECK(status(&data, {}) == Status::invalid_size);
    Network long_weights = network;
    long_weights.weights(1)[0] = 1e300;
    CHECK_THROWS_AS(reduce(long_weights, nullptr, {}, kExecution), Error);
}
