// A caller's function that fails once, at any of its calls, by its answer or by a value that is not finite:
// the call must end with its failure.
#include <algorithm>
#include <cmath>

#include "api/planted_point.hpp"

using namespace tepui::test;

namespace {

struct Turns {
    int64_t taken = 0, failing = 0;  // failing: which one fails; 0: none
    bool fails() { return ++taken == failing; }
};

struct FailingTanh : Turns {
    double instead = 0.0;  // what every value of the failing call is; 0: it returns 7
};

int32_t tanh_or_failure(void* user, int64_t count, const double* z, double* value, double* first,
                        double* second, double* third) {
    const auto& sigma = *static_cast<const FailingTanh*>(user);
    if (static_cast<FailingTanh*>(user)->fails()) {
        if (sigma.instead == 0.0) return 7;
        for (double* values : {value, first, second, third})
            if (values != nullptr) std::fill_n(values, count, sigma.instead);
        return 0;
    }
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

tepui_status map(const Context& context, const tepui_dataset* data, const tepui_network* network) {
    tepui_critical_set* set = nullptr;
    const tepui_status status =
        tepui_map_critical_set(context, data, network, tepui_network_width(network) + 1, 1, &set);
    tepui_critical_set_destroy(set);
    return status;
}

tepui_status solve(const Context& context, const tepui_dataset* data, const tepui_network* network) {
    tepui_solution* solution = nullptr;
    const tepui_status status = tepui_solve_from(context, data, network, &solution);
    tepui_solution_destroy(solution);
    return status;
}

// Fails each call in turn, or of many a choice of them; attempt(): one whole call.
template <class Attempt>
void check_every_failure(const Context& context, Turns& turns, const char* word, Attempt&& attempt) {
    constexpr int64_t kAll = 400;
    turns.taken = turns.failing = 0;
    REQUIRE(attempt() == TEPUI_OK);  // what a data set remembers of its inputs is read once
    turns.taken = 0;
    REQUIRE(attempt() == TEPUI_OK);
    const int64_t calls = turns.taken;
    REQUIRE(calls > 3);
    for (int64_t failing = 1; failing <= calls; failing += 1 + failing / kAll) {
        turns.taken = 0;
        turns.failing = failing;
        INFO("call " << failing << " of " << calls);
        check_refused(context, attempt(), TEPUI_ERROR_CALLBACK, {word});
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
    const tepui_dataset* data = point.dataset.get();
    for (const auto& [instead, word] :
         {std::pair{0.0, "returned 7"}, {kNaN, "nan"}, {kInf, "inf"}, {-kInf, "-inf"}}) {
        sigma.instead = instead;
        check_every_failure(context, sigma, word, [&] { return judge(context, data, network.get()); });
        check_every_failure(context, sigma, word, [&] { return map(context, data, network.get()); });
        check_every_failure(context, sigma, word, [&] { return solve(context, data, network.get()); });
    }
}

namespace {

int32_t exponential(void*, int64_t count, const double* z, double* value, double* first, double* second,
                    double* third) {
    for (double* values : {value, first, second, third}) {
        for (int64_t k = 0; values != nullptr && k < count; ++k) values[k] = std::exp(z[k]);
    }
    return 0;
}

}  // namespace

TEST_CASE("an infinity far out is an overflow, as of a built-in activation") {
    const Context context(1);
    tepui_activation* made = nullptr;
    REQUIRE(tepui_activation_create_custom(context, exponential, nullptr, TEPUI_SMOOTHNESS_ANALYTIC, 0,
                                           TEPUI_PARITY_NONE, 0, &made) == TEPUI_OK);
    const Activation_ owner(made);
    const double z[3] = {0.0, 800.0, kInf};
    double value[3];
    REQUIRE(tepui_activation_evaluate(context, made, 3, z, value, nullptr, nullptr, nullptr) == TEPUI_OK);
    CHECK(value[1] == kInf);
    Problem problem;
    problem.w = {500.0, 500.0, 500.0, 500.0};
    double loss = 0.0;
    check_refused(
        context,
        tepui_loss(context, problem.dataset(context).get(), problem.network(context, made).get(), &loss),
        TEPUI_ERROR_NUMERIC, {"sample"});
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
    check_every_failure(context, chunks, "returned 7",
                        [&] { return judge(context, made, point.network.get()); });
}
