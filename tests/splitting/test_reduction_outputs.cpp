// Reductions and embeddings of networks with several outputs, output biases and skip connections.
#include <cmath>

#include "splitting/reduction_cases.hpp"
#include "support/catch.hpp"
#include "support/embeddings.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

Network random_model(const Activation& activation, const Layout& layout, std::uint64_t seed) {
    Network network(activation, layout);
    Random random(seed, 5);
    for (double& p : network.parameters) p = random.normal();
    return network;
}

// Daughters with output weights beside their shares, cancelled and idle neurons with one for each output,
// mirror images wherever the network has them.
Embedding several_outputs(const Network& narrow, std::uint64_t seed) {
    Embedding embedding = random_embedding(narrow, {}, seed);
    Random random(seed, 6);
    const Size outputs = narrow.output_count, wide = embedding.wide_width();
    embedding.output_count = outputs;
    embedding.free_outputs.assign(at(wide * outputs), 0.0);
    for (const NeuronRole role : {NeuronRole::daughter, NeuronRole::cancelled}) {
        for (const std::vector<Size>& group : members(embedding, role)) {
            const bool beside = role == NeuronRole::cancelled || random.uniform() < 0.5;
            for (Size o = 0; o < outputs; ++o) {
                double rest = 0.0;
                for (std::size_t q = 1; q < group.size() && beside; ++q)  // eighths: sums are exact
                    rest += embedding.free_outputs[at(group[q] * outputs + o)] =
                        std::round(8.0 * random.normal()) / 8.0;
                if (!group.empty()) embedding.free_outputs[at(group[0] * outputs + o)] = -rest;
            }
            const bool mirrors = mirror_of(narrow.activation, narrow).has_value();
            for (const Size i : group) {
                if (!mirrors || random.uniform() < 0.5) continue;
                embedding.places[at(i)].sign *= -1;
                for (Size j = 0; j < narrow.inputs; ++j) embedding.weights(i)[j] *= -1.0;
            }
        }
    }
    for (Size i = 0; i < wide; ++i) {
        if (embedding.places[at(i)].role == NeuronRole::idle)
            for (Size o = 0; o < outputs; ++o) embedding.free_outputs[at(i * outputs + o)] = random.normal();
    }
    return embedding;
}

std::vector<double> all_outputs(const Dataset& data, const Network& network) {
    std::vector<double> x(at(network.inputs)), f;
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        for (Size o = 0; o < network.output_count; ++o) {
            double sum = 0.0;
            for (Size q = 0; q < network.features(); ++q) {
                const Size behind = q - network.width - (network.output_bias ? 1 : 0);
                double phi = behind < 0 ? 1.0 : x[at(std::max<Size>(behind, 0))];
                if (q < network.width) {
                    double z = 0.0;
                    for (Size j = 0; j < network.inputs; ++j) z += network.weights(q)[j] * x[at(j)];
                    network.activation.evaluate(1, &z, {&phi});
                }
                sum += network.parameters[at(network.coefficient(q, o))] * phi;
            }
            f.push_back(sum);
        }
    }
    return f;
}

double largest_difference(const std::vector<double>& f, const std::vector<double>& g) {
    double largest = 0.0;
    for (std::size_t q = 0; q < f.size(); ++q) largest = std::max(largest, std::abs(f[q] - g[q]));
    return largest;
}

const Layout kLayouts[] = {{3, 3, 2, false, false}, {2, 3, 3, true, false}, {2, 3, 4, false, true},
                           {3, 3, 2, true, true},   {2, 3, 1, true, false}, {3, 3, 1, true, true}};

const ReductionTolerances kWithMirrors{.mirrors_beside = true};

}  // namespace

TEST_CASE("an embedding of several outputs keeps the function, and reducing it gives the network back") {
    std::uint64_t seed = 100;
    for (const Activation& activation : all_activations()) {
        for (const Layout& layout : kLayouts) {
            const Problem problem = random_problem(30, 3, 3, true, ++seed);
            const Dataset data = data_of(problem);
            const Network narrow = random_model(activation, layout, seed);
            Embedding embedding = several_outputs(narrow, seed);
            if (layout.output_count == 1) embedding.free_outputs.clear();
            const Network wide = embed(narrow, embedding);
            INFO(activation.name() << ", outputs " << layout.output_count << ", bias " << layout.output_bias
                                   << ", skip " << layout.skip);
            CHECK(largest_difference(all_outputs(data, narrow), all_outputs(data, wide)) <= 1e-11);
            for (const Dataset* metric : {static_cast<const Dataset*>(nullptr), &data}) {
                const Reduction reduction = reduce(wide, metric, kWithMirrors, kExecution);
                CHECK(reduction.narrow.width == narrow.width);
                CHECK(reduction.cancelled_groups == 1);
                CHECK(largest_difference(all_outputs(data, narrow), all_outputs(data, reduction.narrow)) <=
                      1e-11);
                const Network back = embed(reduction.narrow, reduction.embedding);
                CHECK(largest_difference(wide.parameters, back.parameters) <= 1e-12);
                CHECK(std::equal(wide.parameters.begin(), wide.parameters.begin() + wide.width * wide.inputs,
                                 back.parameters.begin()));
            }
        }
    }
}

TEST_CASE("daughters are shares of their sum where they are multiples of it, else stand beside it") {
    Network wide(Activation(ActivationKind::tanh), Layout{3, 2, 2});
    wide.parameters = {1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, -3.0, -6.0, 4.0, 8.0};
    const Reduction multiples = reduce(wide, nullptr, {}, kExecution);
    CHECK(multiples.narrow.parameters == std::vector<double>{1.0, 2.0, 2.0, 4.0});
    CHECK(multiples.embedding.places[1].gamma == Approx(-1.5));
    CHECK(multiples.embedding.free_outputs == std::vector<double>(6, 0.0));
    wide.output(0, 0) = 3.0;  // the sum is (4, 4)
    const Reduction beside = reduce(wide, nullptr, {}, kExecution);
    CHECK(beside.embedding.places[0].gamma == Approx(5.0 / 8.0));
    CHECK(beside.embedding.output(0, 0) == Approx(0.5));
    CHECK(beside.embedding.output(0, 1) == Approx(-0.5));
    CHECK(embed(beside.narrow, beside.embedding).parameters == wide.parameters);
}

TEST_CASE("output weights that cancel in one output alone leave a parent") {
    Network wide(Activation(ActivationKind::gelu), Layout{2, 1, 2});
    wide.parameters = {0.5, 0.5, 1.0, 2.0, -1.0, 1.0};
    const Reduction parent = reduce(wide, nullptr, {}, kExecution);
    CHECK(parent.narrow.parameters == std::vector<double>{0.5, 0.0, 3.0});
    wide.output(1, 1) = -2.0;
    const Reduction none = reduce(wide, nullptr, {}, kExecution);
    CHECK((none.narrow.width == 0 && none.cancelled_groups == 1));
}

TEST_CASE("an embedding of several outputs is refused where its outputs do not cancel") {
    const Network narrow = random_model(Activation(ActivationKind::tanh), {1, 1, 2, false, false}, 3);
    Embedding embedding;
    embedding.narrow_width = embedding.inputs = 1;
    embedding.output_count = 2;
    embedding.places = {{NeuronRole::daughter, 0, 1, 0.5, 0.0}, {NeuronRole::daughter, 0, 1, 0.5, 0.0}};
    embedding.free_weights = {0.0, 0.0};
    embedding.free_outputs = {0.25, 1.0, -0.25, -0.5};
    CHECK_THROWS_WITH(embed(narrow, embedding),
                      "what the daughters of neuron 0 have beside their shares of "
                      "output 1 sums to 0.5, 0 is expected");
    embedding.free_outputs[3] = -1.0;
    CHECK(embed(narrow, embedding).width == 2);
    embedding.output_count = 3;
    CHECK_THROWS_WITH(embed(narrow, embedding),
                      "free_outputs has 4 values, 6 (places times outputs) are expected");
}

TEST_CASE("what mirror images leave beside the neurons is refused where it overflows") {
    Network wide(Activation(ActivationKind::softplus), Layout{2, 1, 1, false, true});
    wide.parameters = {1e120, -1e120, 1.0, 1e200, 0.0};
    CHECK_THROWS_WITH(reduce(wide, nullptr, kWithMirrors, kExecution),
                      "what mirror images leave in output biases or skip connections overflows: smaller "
                      "weights are expected");
}
