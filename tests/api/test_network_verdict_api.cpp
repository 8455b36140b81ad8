// Verdicts on any network, and on several splits at once, through the C functions.
#include "api/planted_point.hpp"
#include "splitting/split.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using NetworkVerdict_ = std::unique_ptr<tepui_network_verdict, Destroy<tepui_network_verdict_destroy>>;

// A minimum of two neurons, its inputs joined by their sum, its first neuron split in two and a third input
// weight that no sample sees.
struct WidePoint {
    Planted planted;
    std::vector<double> x;
    Activation_ activation;
    Dataset_ dataset;
    Network_ network;

    WidePoint(const Context& context, const std::vector<double>& gamma) : planted(minimum()) {
        const Network wide = split_neuron(planted.network, 0, gamma);
        std::vector<double> w;
        for (Size i = 0; i < wide.width; ++i) {
            const double* row = wide.weights(i);
            const double unseen = 0.5 * static_cast<double>(i + 1);
            for (const double weight : {row[0] - unseen, row[1] - unseen, unseen}) w.push_back(weight);
        }
        for (Size k = 0; k < planted.samples; ++k) {
            const double* row = planted.x.data() + 2 * k;
            for (const double value : {row[0], row[1], row[0] + row[1]}) x.push_back(value);
        }
        tepui_activation* sigma = nullptr;
        REQUIRE(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, &sigma) == TEPUI_OK);
        activation.reset(sigma);
        tepui_dataset* data = nullptr;
        REQUIRE(tepui_dataset_create(context, planted.samples, 3, x.data(), 3, planted.targets.data(),
                                     nullptr, 0, &data) == TEPUI_OK);
        dataset.reset(data);
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create(context, sigma, wide.width, 3, w.data(), 3, wide.outputs(), &made) ==
                TEPUI_OK);
        network.reset(made);
    }

    static Planted minimum() {
        PlantedOptions options;
        options.wanted = {Definiteness::positive_definite, Definiteness::negative_definite};
        options.seed = 12;
        return plant(options).value();
    }
    NetworkVerdict_ classify(const Context& context) const {
        tepui_network_verdict* made = nullptr;
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL) == TEPUI_OK);
        INFO(context.message());
        REQUIRE(tepui_classify_network(context, dataset.get(), network.get(), &made) == TEPUI_OK);
        return NetworkVerdict_(made);
    }
};

}  // namespace

TEST_CASE("a minimum of deficient rank, split inside its good region") {
    const Context context;
    const WidePoint point(context, {0.25, 0.75});
    const NetworkVerdict_ verdict = point.classify(context);
    const tepui_network_verdict* v = verdict.get();
    CHECK(tepui_network_verdict_verdict(v) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(tepui_network_verdict_rule(v) == TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE);
    CHECK(tepui_network_verdict_is_strict(v) == 0);
    CHECK(tepui_network_verdict_is_global(v) == 0);
    CHECK(tepui_network_verdict_loss(v) > 0.0);
    CHECK(tepui_network_verdict_gradient_norm(v) < 1e-10);
    CHECK(tepui_network_verdict_gradient_relative(v) <= tepui_network_verdict_stationarity_tolerance(v));
    CHECK(tepui_network_verdict_rank(v) == 2);
    CHECK(tepui_network_verdict_data_nullity(v) == 3);
    CHECK(tepui_network_verdict_morse_index(v) == 0);
    CHECK(tepui_network_verdict_nullity(v) == 3 + 1);
    CHECK(tepui_network_verdict_witness(v) == nullptr);
    double tolerance = 0.0, kept = 0.0, dropped = 0.0;
    REQUIRE(tepui_network_verdict_singular_values(context, v, &tolerance, &kept, &dropped) == TEPUI_OK);
    CHECK(kept > 1e-3);
    CHECK(dropped < tolerance);
    REQUIRE(tepui_network_verdict_singular_values(context, v, nullptr, nullptr, nullptr) == TEPUI_OK);

    CHECK(tepui_network_width(tepui_network_verdict_narrow(v)) == 2);
    CHECK(tepui_network_inputs(tepui_network_verdict_narrow(v)) == 3);
    const tepui_analysis* analysis = tepui_network_verdict_analysis(v);
    REQUIRE(analysis != nullptr);
    CHECK(tepui_analysis_neurons(analysis) == 2);
    CHECK(tepui_analysis_verdict(analysis) == TEPUI_VERDICT_LOCAL_MINIMUM);

    REQUIRE(tepui_network_verdict_groups(v) == 2);
    tepui_group_kind kind = 0;
    int64_t members = 0, inertia[3] = {}, neurons[2] = {};
    tepui_verdict of_group = 0;
    tepui_rule rule = 0;
    int32_t signs[2] = {};
    double gamma[2] = {};
    REQUIRE(tepui_network_verdict_group(context, v, 0, &kind, &members, &of_group, &rule, inertia) ==
            TEPUI_OK);
    CHECK(kind == TEPUI_GROUP_PARENT);
    REQUIRE(members == 2);
    CHECK(of_group == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(rule == TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE);
    CHECK(std::vector<int64_t>(inertia, inertia + 3) == std::vector<int64_t>{0, 0, 2});
    REQUIRE(tepui_network_verdict_members(context, v, 0, neurons, signs, gamma) == TEPUI_OK);
    CHECK(neurons[0] == 0);
    CHECK(neurons[1] == 1);
    CHECK(signs[0] == 1);
    CHECK(gamma[0] == Approx(0.25));
    CHECK(gamma[1] == Approx(0.75));
    REQUIRE(tepui_network_verdict_group(context, v, 1, nullptr, &members, nullptr, nullptr, nullptr) ==
            TEPUI_OK);
    CHECK(members == 1);
    REQUIRE(tepui_network_verdict_members(context, v, 1, neurons, nullptr, nullptr) == TEPUI_OK);
    CHECK(neurons[0] == 2);
    CHECK(std::string(tepui_group_kind_name(TEPUI_GROUP_CANCELLED)) == "cancelled");
    CHECK(std::string(tepui_group_kind_name(9)) == "unknown");
}

TEST_CASE("a saddle: the witness falls in the given network's own parameters") {
    const Context context;
    const WidePoint point(context, {1.5, -0.5});
    const NetworkVerdict_ verdict = point.classify(context);
    CHECK(tepui_network_verdict_verdict(verdict.get()) == TEPUI_VERDICT_SADDLE);
    CHECK(tepui_network_verdict_morse_index(verdict.get()) == 2);
    const tepui_witness* witness = tepui_network_verdict_witness(verdict.get());
    REQUIRE(witness != nullptr);
    REQUIRE(tepui_witness_parameter_count(witness) == tepui_network_parameter_count(point.network.get()));
    std::vector<double> start(static_cast<std::size_t>(tepui_witness_parameter_count(witness))), end(start);
    REQUIRE(tepui_witness_point(context, witness, 0.0, start.data()) == TEPUI_OK);
    const double* given = tepui_network_parameters(point.network.get());
    CHECK(start == std::vector<double>(given, given + start.size()));
    REQUIRE(tepui_witness_point(context, witness, tepui_witness_epsilon(witness), end.data()) == TEPUI_OK);
    tepui_network* moved = nullptr;
    REQUIRE(tepui_network_create(context, point.activation.get(), 3, 3, end.data(), 3, end.data() + 9,
                                 &moved) == TEPUI_OK);
    const Network_ owner(moved);
    double before = 0.0, after = 0.0;
    REQUIRE(tepui_loss(context, point.dataset.get(), point.network.get(), &before) == TEPUI_OK);
    REQUIRE(tepui_loss(context, point.dataset.get(), moved, &after) == TEPUI_OK);
    CHECK(after - before == Approx(tepui_witness_measured(witness)).epsilon(1e-6));
    CHECK(after < before);
}

TEST_CASE("several splits at once") {
    const Context context;
    PlantedOptions options;
    options.wanted = {Definiteness::positive_definite, Definiteness::negative_definite,
                      Definiteness::positive_definite};
    options.seed = 3;
    const PlantedPoint point(context, options);
    const Analysis_ analysis = point.analyze(context);
    REQUIRE(tepui_analysis_verdict(analysis.get()) == TEPUI_VERDICT_LOCAL_MINIMUM);
    const auto judge = [&](const std::vector<int64_t>& neurons, const std::vector<int64_t>& offsets,
                           const std::vector<double>& gammas, tepui_verdict* parts) {
        tepui_split_verdict* made = nullptr;
        REQUIRE(tepui_classify_splits(context, analysis.get(), static_cast<int64_t>(neurons.size()),
                                      neurons.data(), offsets.data(), gammas.data(), &made,
                                      parts) == TEPUI_OK);
        return SplitVerdict_(made);
    };
    tepui_verdict parts[2] = {};
    const SplitVerdict_ good = judge({1, 0}, {0, 3, 5}, {3.0, -1.5, -0.5, 0.4, 0.6}, parts);
    CHECK(tepui_split_verdict_verdict(good.get()) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(tepui_split_verdict_rule(good.get()) == TEPUI_RULE_EVERY_GROUP_MINIMUM);
    CHECK(tepui_split_verdict_morse_index(good.get()) == 0);
    CHECK(tepui_split_verdict_nullity(good.get()) == 2 + 1);
    CHECK(tepui_split_verdict_witness(good.get()) == nullptr);
    CHECK(parts[0] == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(parts[1] == TEPUI_VERDICT_LOCAL_MINIMUM);
    const SplitVerdict_ bad = judge({1, 0}, {0, 2, 4}, {0.5, 0.5, 0.4, 0.6}, parts);
    CHECK(tepui_split_verdict_verdict(bad.get()) == TEPUI_VERDICT_SADDLE);
    CHECK(tepui_split_verdict_morse_index(bad.get()) == 2);
    CHECK(parts[0] == TEPUI_VERDICT_SADDLE);
    CHECK(parts[1] == TEPUI_VERDICT_LOCAL_MINIMUM);
    const tepui_witness* witness = tepui_split_verdict_witness(bad.get());
    REQUIRE(witness != nullptr);
    CHECK(tepui_witness_width(witness) == 5);
    CHECK(tepui_witness_measured(witness) < 0.0);
}

TEST_CASE("refusals of network verdicts and of several splits") {
    const Context context;
    const WidePoint point(context, {0.5, 0.5});
    const Problem problem;
    const Network_ narrower = problem.network(context);
    tepui_network_verdict* untouched = nullptr;
    check_refused(context, tepui_classify_network(context, nullptr, point.network.get(), &untouched),
                  TEPUI_ERROR_NULL_POINTER, {"dataset"});
    check_refused(context, tepui_classify_network(context, point.dataset.get(), nullptr, &untouched),
                  TEPUI_ERROR_NULL_POINTER, {"network"});
    check_refused(context, tepui_classify_network(context, point.dataset.get(), point.network.get(), nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"verdict"});
    check_refused(context, tepui_classify_network(context, point.dataset.get(), narrower.get(), &untouched),
                  TEPUI_ERROR_INVALID_SIZE, {"2", "3"});
    const Dataset_ data = problem.dataset(context);
    CHECK(untouched == nullptr);

    const NetworkVerdict_ verdict = point.classify(context);
    check_refused(
        context,
        tepui_network_verdict_group(context, verdict.get(), 2, nullptr, nullptr, nullptr, nullptr, nullptr),
        TEPUI_ERROR_INVALID_SIZE, {"group", "2"});
    check_refused(context,
                  tepui_network_verdict_members(context, verdict.get(), -1, nullptr, nullptr, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"group", "-1"});
    CHECK(tepui_network_verdict_verdict(nullptr) == 0);
    CHECK(tepui_network_verdict_rule(nullptr) == 0);
    CHECK(tepui_network_verdict_morse_index(nullptr) == -1);
    CHECK(tepui_network_verdict_nullity(nullptr) == -1);
    CHECK(tepui_network_verdict_groups(nullptr) == 0);
    CHECK(tepui_network_verdict_witness(nullptr) == nullptr);
    CHECK(tepui_network_verdict_narrow(nullptr) == nullptr);
    CHECK(tepui_network_verdict_analysis(nullptr) == nullptr);
    tepui_network_verdict_destroy(nullptr);

    // Not stationary: groups without verdicts.
    const Network_ anywhere = problem.network(context);
    tepui_network_verdict* made = nullptr;
    REQUIRE(tepui_classify_network(context, data.get(), anywhere.get(), &made) == TEPUI_OK);
    const NetworkVerdict_ unsteady(made);
    CHECK(tepui_network_verdict_verdict(made) == TEPUI_VERDICT_NOT_STATIONARY);
    CHECK(tepui_network_verdict_analysis(made) == nullptr);
    tepui_verdict of_group = 0;
    REQUIRE(tepui_network_verdict_groups(made) == 2);
    REQUIRE(tepui_network_verdict_group(context, made, 0, nullptr, nullptr, &of_group, nullptr, nullptr) ==
            TEPUI_OK);
    CHECK(of_group == TEPUI_VERDICT_NOT_STATIONARY);

    const tepui_analysis* analysis = tepui_network_verdict_analysis(verdict.get());
    tepui_split_verdict* none = nullptr;
    const int64_t twice[] = {0, 0}, offsets[] = {0, 2, 4}, late[] = {1, 3, 5}, short_[] = {0, 1, 3};
    const double gammas[] = {0.5, 0.5, 0.5, 0.5, 0.0};
    const auto splits = [&](int64_t count, const int64_t* neurons, const int64_t* at, const double* values) {
        return tepui_classify_splits(context, analysis, count, neurons, at, values, &none, nullptr);
    };
    check_refused(context, splits(0, twice, offsets, gammas), TEPUI_ERROR_INVALID_SIZE, {"count", "0"});
    check_refused(context, splits(2, nullptr, offsets, gammas), TEPUI_ERROR_NULL_POINTER, {"neurons"});
    check_refused(context, splits(2, twice, nullptr, gammas), TEPUI_ERROR_NULL_POINTER, {"offsets"});
    check_refused(context, splits(2, twice, offsets, nullptr), TEPUI_ERROR_NULL_POINTER, {"gammas"});
    check_refused(context, splits(2, twice, offsets, gammas), TEPUI_ERROR_INVALID_VALUE, {"twice"});
    check_refused(context, splits(2, twice, late, gammas), TEPUI_ERROR_INVALID_VALUE, {"offsets[0]", "1"});
    check_refused(context, splits(2, twice, short_, gammas), TEPUI_ERROR_INVALID_VALUE, {"offsets[1]"});
    const int64_t far[] = {0, 7};
    check_refused(context, splits(2, far, offsets, gammas), TEPUI_ERROR_INVALID_SIZE, {"neurons[1]", "7"});
    CHECK(none == nullptr);
}
