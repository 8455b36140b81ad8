// A caller's function that fails once, at any of its calls: the judgement must end with its failure.
#include <algorithm>
#include <cmath>

#include "api/planted_point.hpp"

using namespace tepui::test;

namespace {

struct Turns {
    int64_t taken = 0, failing = 0;  // failing: which one fails; 0: none
    bool fails() { return ++taken == failing; }
};

struct FailingTanh : Turns {};

int32_t tanh_or_failure(void* user, int64_t count, const double* z, double* value, double* first,
                        double* second, double* third) {
    if (static_cast<FailingTanh*>(user)->fails()) return 7;
    for (int64_t k = 0; k < count; ++k) {
        const double t = std::tanh(z[k]), slope = 1.0 - t * t;
        if (value != nullptr) value[k] = t;
        if (first != nullptr) first[k] = slope;
        if (second != nullptr) second[k] = -2.0 * t * slope;
        if (third != nullptr) third[k] = -2.0 * slope * (1.0 - 3.0 * t * t);
    }
    return 0;
}

struct FailingChunks : Turns {
    const Planted* planted = nullptr;
};

int32_t chunk_or_failure(void* user, int64_t first, int64_t count, double* x, double* y, double*) {
    auto& chunks = *static_cast<FailingChunks*>(user);
    if (chunks.fails()) return 7;
    const Planted& planted = *chunks.planted;
    std::copy_n(planted.x.data() + first * planted.features, count * planted.features, x);
    if (y != nullptr) std::copy_n(planted.targets.data() + first, count, y);
    return 0;
}

tepui_status judge(const Context& context, const tepui_dataset* data, const tepui_network* network) {
    tepui_analysis* analysis = nullptr;
    const tepui_status judged = tepui_analyze(context, data, network, &analysis);
    const Analysis_ owner(analysis);
    if (judged != TEPUI_OK) return judged;
    tepui_network_verdict* verdict = nullptr;
    const tepui_status whole = tepui_classify_network(context, data, network, &verdict);
    tepui_network_verdict_destroy(verdict);
    return whole;
}

// Fails each call in turn; attempt(): one whole judgement.
template <class Attempt>
void check_every_failure(const Context& context, Turns& turns, Attempt&& attempt) {
    REQUIRE(attempt() == TEPUI_OK);  // what a data set remembers of its inputs is read once
    turns = {};
    REQUIRE(attempt() == TEPUI_OK);
    const int64_t calls = turns.taken;
    REQUIRE(calls > 10);
    for (int64_t failing = 1; failing <= calls; ++failing) {
        turns = {0, failing};
        INFO("call " << failing << " of " << calls);
        check_refused(context, attempt(), TEPUI_ERROR_CALLBACK, {"returned 7"});
    }
}

PlantedOptions options() {
    PlantedOptions options;
    options.wanted = {tepui::Definiteness::positive_definite, tepui::Definiteness::indefinite};
    return options;
}

}  // namespace

TEST_CASE("an activation that fails at any call ends the judgement") {
    const Context context(1);
    const PlantedPoint point(context, options());
    FailingTanh sigma;
    tepui_activation* made = nullptr;
    REQUIRE(tepui_activation_create_custom(context, tanh_or_failure, &sigma, TEPUI_SMOOTHNESS_ANALYTIC, 0,
                                           TEPUI_PARITY_ODD, 0, &made) == TEPUI_OK);
    const Activation_ owner(made);
    const tepui::Network& planted = point.planted.network;
    tepui_network* raw = nullptr;
    REQUIRE(tepui_network_create(context, made, planted.width, planted.inputs, planted.weights(0),
                                 planted.inputs, planted.outputs(), &raw) == TEPUI_OK);
    const Network_ network(raw);
    check_every_failure(context, sigma, [&] { return judge(context, point.dataset.get(), network.get()); });
}

TEST_CASE("a chunk function that fails at any call ends the judgement") {
    const Context context(1);
    const PlantedPoint point(context, options());
    FailingChunks chunks;
    chunks.planted = &point.planted;
    tepui_dataset* made = nullptr;
    REQUIRE(tepui_dataset_create_chunked(context, point.planted.samples, point.planted.features,
                                         chunk_or_failure, &chunks, 0, 0, &made) == TEPUI_OK);
    const Dataset_ dataset(made);
    check_every_failure(context, chunks, [&] { return judge(context, made, point.network.get()); });
}
