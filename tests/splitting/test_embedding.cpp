#include "splitting/embedding.hpp"

#include <cmath>
#include <functional>

#include "splitting/split.hpp"
#include "support/catch.hpp"
#include "support/listener.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

const Activation kTanh(ActivationKind::tanh);
const Activation kSigmoid(ActivationKind::sigmoid);

NeuronPlace daughter(Size parent, double gamma, int sign = 1) {
    return {NeuronRole::daughter, parent, sign, gamma, 0.0};
}

NeuronPlace cancelled(Size group, double output, int sign = 1) {
    return {NeuronRole::cancelled, group, sign, 0.0, output};
}

// One parent split in two, the second daughter mirrored, a null neuron, a cancelled pair (mirrored too) and
// an idle neuron, of two inputs.
Embedding example() {
    Embedding embedding;
    embedding.narrow_width = 1;
    embedding.inputs = 2;
    embedding.places = {daughter(0, 0.25), daughter(0, 0.75, -1),  {NeuronRole::null, -1, 1, 0.0, 0.0},
                        cancelled(0, 2.0), cancelled(0, -2.0, -1), {NeuronRole::idle, -1, 1, 0.0, 5.0}};
    embedding.free_weights = {NAN, NAN, NAN, NAN, 7.0, 8.0, 1.0, -3.0, -1.0, 3.0, NAN, NAN};
    return embedding;
}

std::string refusal(const Activation& activation, const std::function<void(Embedding&)>& spoil,
                    Status expected = Status::invalid_value) {
    Embedding embedding = example();
    spoil(embedding);
    try {
        check_embedding(Network(activation, std::max<Size>(embedding.narrow_width, 0),
                                std::max<Size>(embedding.inputs, 1)),
                        embedding);
    } catch (const Error& error) {
        CHECK(error.status() == expected);
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("every kind of neuron gets its weights and its output") {
    Network narrow(kTanh, 1, 2);
    narrow.parameters = {0.5, -0.25, 4.0};
    const Network wide = embed(narrow, example());
    const std::vector<double> expected = {0.5, -0.25, -0.5, 0.25, 7.0,  8.0, 1.0, -3.0, -1.0,
                                          3.0, 0.0,   0.0,  1.0,  -3.0, 0.0, 2.0, 2.0,  5.0};
    CHECK(wide.parameters == expected);
}

TEST_CASE("an even activation mirrors weights alone") {
    Network narrow(Activation(ActivationKind::gaussian), 1, 1);
    narrow.parameters = {0.5, 4.0};
    Embedding embedding;
    embedding.narrow_width = 1;
    embedding.inputs = 1;
    embedding.places = {daughter(0, 0.25, -1), daughter(0, 0.75)};
    embedding.free_weights = {0.0, 0.0};
    CHECK(embed(narrow, embedding).parameters == std::vector<double>{-0.5, 0.5, 1.0, 3.0});
}

TEST_CASE("embedding daughters in a row is splitting") {
    const Network narrow = random_network(kSigmoid, 3, 4, 1);
    const std::vector<double> gamma = {2.0, -1.5, 0.5};
    Embedding embedding;
    embedding.narrow_width = 3;
    embedding.inputs = 4;
    embedding.places = {daughter(0, 1.0), daughter(1, 2.0), daughter(1, -1.5), daughter(1, 0.5),
                        daughter(2, 1.0)};
    embedding.free_weights.assign(20, NAN);
    CHECK(embed(narrow, embedding).parameters == split_neuron(narrow, 1, gamma).parameters);
    const auto daughters = members(embedding, NeuronRole::daughter);
    CHECK(daughters == std::vector<std::vector<Size>>{{0}, {1, 2, 3}, {4}});
}

TEST_CASE("a network of no neurons embeds into neurons that contribute nothing") {
    Embedding embedding;
    embedding.inputs = 2;
    embedding.places = {{NeuronRole::null, -1, 1, 0.0, 0.0}, cancelled(0, 1.0), cancelled(0, -1.0)};
    embedding.free_weights = {1.0, 2.0, 3.0, 4.0, 3.0, 4.0};
    const Network wide = embed(Network(kTanh, 0, 2), embedding);
    CHECK(wide.parameters == std::vector<double>{1.0, 2.0, 3.0, 4.0, 3.0, 4.0, 0.0, 1.0, -1.0});
    embedding.places.clear();
    embedding.free_weights.clear();
    CHECK(embed(Network(kTanh, 0, 2), embedding).width == 0);
}

TEST_CASE("bad embeddings are refused in a sentence that names the place") {
    CHECK(refusal(kTanh, [](Embedding&) {}) == "accepted");
    CHECK(refusal(kTanh, [](Embedding& e) { e.places[1].gamma = 0.5; }) ==
          "the coefficients of the daughters of neuron 0 sum to 1 - 0.25, 1 is expected");
    CHECK(refusal(kTanh, [](Embedding& e) {
              e.places[1].gamma = 0.75 + 1e-9;
          }).starts_with("the coefficients of the daughters of neuron 0 sum to 1 + "));
    CHECK(refusal(
              kTanh, [](Embedding& e) { e.places[0].gamma = NAN; }, Status::not_finite) ==
          "gamma of wide neuron 0 is nan, a finite number is expected");
    CHECK(refusal(
              kTanh, [](Embedding& e) { e.places[1].group = 1; }, Status::invalid_size) ==
          "wide neuron 1 is the daughter of neuron 1, expected 0 <= group < 1, the narrow width");
    CHECK(refusal(kTanh, [](Embedding& e) { e.narrow_width = 2; }) ==
          "neuron 1 of the narrow network has no daughter, at least 1 is expected");
    CHECK(refusal(
              kTanh, [](Embedding& e) { e.narrow_width = -1; }, Status::invalid_size) ==
          "narrow_width is -1, at least 0 is expected");
    CHECK(refusal(
              kTanh, [](Embedding& e) { e.inputs = 0; }, Status::invalid_size) ==
          "inputs is 0, at least 1 is expected");
    CHECK(refusal(
              kTanh, [](Embedding& e) { e.free_weights.pop_back(); }, Status::invalid_size) ==
          "free_weights has 11 values, 12 (places times inputs) are expected");
    CHECK(refusal(kTanh, [](Embedding& e) { e.places[0].sign = 2; }) ==
          "wide neuron 0 has sign 2, 1 or -1 is expected");
    CHECK(refusal(kSigmoid, [](Embedding&) {}) ==
          "wide neuron 1 has sign -1, 1 is expected: sigmoid is neither odd nor even");
    CHECK(refusal(kTanh, [](Embedding& e) { e.places[2].sign = -1; }) ==
          "wide neuron 2 has sign -1, 1 is expected of a neuron that is neither daughter nor cancelled");
    CHECK(refusal(kTanh, [](Embedding& e) { e.places[3].output = 3.0; }) ==
          "the output weights of cancelled group 0 sum to 1, 0 is expected");
    CHECK(refusal(kTanh, [](Embedding& e) { e.places[3].output = e.places[4].output = 0.0; }) ==
          "the output weights of cancelled group 0 are all 0: its neurons are null");
    CHECK(refusal(
              kTanh, [](Embedding& e) { e.places[4].group = 6; }, Status::invalid_size) ==
          "wide neuron 4 is in cancelled group 6, expected 0 <= group < 6, the number of places");
    CHECK(refusal(kTanh, [](Embedding& e) { e.weights(4)[1] = 3.5; }) ==
          "wide neuron 4 and wide neuron 3 of cancelled group 0 have different weights of input 1: 3.5, "
          "expected 3");
    CHECK(refusal(
              kTanh, [](Embedding& e) { e.weights(2)[0] = INFINITY; }, Status::not_finite) ==
          "free_weights[2][0] is inf, a finite number is expected");
    CHECK(refusal(
              kTanh, [](Embedding& e) { e.places[5].output = NAN; }, Status::not_finite) ==
          "output of wide neuron 5 is nan, a finite number is expected");
    CHECK(refusal(Activation(ActivationKind::gaussian), [](Embedding&) {}) ==
          "wide neuron 5 is idle, but gaussian is 1 at 0: it contributes");
    CHECK(refusal(kTanh, [](Embedding& e) { e.places[5].role = static_cast<NeuronRole>(9); }) ==
          "wide neuron 5 has role 9, a number from 1 to 4 is expected");
}

TEST_CASE("an embedding of another network is refused") {
    for (const auto& [width, inputs] : {std::pair<Size, Size>{2, 2}, {1, 3}}) {
        try {
            embed(Network(kTanh, width, inputs), example());
            FAIL("accepted");
        } catch (const Error& error) {
            CHECK(error.status() == Status::invalid_size);
            CHECK(std::string(error.what()).find("the embedding is one of 1 neurons of 2 inputs") !=
                  std::string::npos);
        }
    }
}

TEST_CASE("a large embedding tells how far it is and can be stopped") {
    constexpr Size kWidth = 2000, kInputs = 2047;
    Network narrow(kTanh, 1, kInputs);
    Embedding embedding;
    embedding.narrow_width = 1;
    embedding.inputs = kInputs;
    embedding.places.assign(kWidth, daughter(0, 1.0 / kWidth));
    embedding.free_weights.assign(static_cast<std::size_t>(kWidth * kInputs), 0.0);
    const auto widen = [&](const Execution& execution) { return embed(narrow, embedding, execution); };
    Listener listener;
    CHECK(widen(listener.execution()).width == kWidth);
    CHECK(listener.sound);
    CHECK(listener.calls == 5);  // before, and for each 2^20 of 4.1 million parameters
    CHECK(stops_at_every_question(listener.calls, widen));
}
