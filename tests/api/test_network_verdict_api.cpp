// Verdicts on any network, and on several splits at once, through the C functions.
#include "api/planted_point.hpp"
#include "splitting/split.hpp"
#include "support/report.hpp"

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
    CHECK(report_of(context, v).flag("strict") == false);
    CHECK(report_of(context, v).flag("global") == false);
    CHECK(report_of(context, v).real("loss") > 0.0);
    CHECK(report_of(context, v).real("gradient_norm") < 1e-10);
    CHECK(report_of(context, v).real("gradient_relative") <=
          report_of(context, v).real("stationarity_tolerance"));
    CHECK(report_of(context, v).integer("whole/rank") == 2);
    CHECK(report_of(context, v).integer("whole/data_nullity") == 3);
    CHECK(report_of(context, v).known("whole/morse_index") == 0);
    CHECK(report_of(context, v).known("whole/nullity") == 3 + 1);
    CHECK(tepui_network_verdict_witness(v) == nullptr);
    const Report report = report_of(context, v), whole = report.part("whole");
    CHECK(whole.real("smallest_singular_value_kept") > 1e-3);
    CHECK(whole.real("largest_singular_value_dropped") < whole.real("rank_tolerance"));
    CHECK(whole.integer("narrow_width") == 2);
    CHECK(whole.count("fitted_samples") == 0);
    CHECK(whole.integers("nullity_bounds") == std::vector<int64_t>{4, 4});

    CHECK(tepui_network_width(tepui_network_verdict_narrow(v)) == 2);
    CHECK(tepui_network_inputs(tepui_network_verdict_narrow(v)) == 3);
    const tepui_analysis* analysis = tepui_network_verdict_analysis(v);
    REQUIRE(analysis != nullptr);
    CHECK(report_of(context, analysis).count("neurons") == 2);
    CHECK(report.count("neurons") == 2);
    CHECK(report.text("neurons_of") == "reduced_network");
    CHECK(report.integers("neurons/0/given_neurons") == std::vector<int64_t>{0, 1});
    CHECK(report.real("neurons/0/a") == tepui_network_parameters(tepui_network_verdict_narrow(v))[2 * 3]);
    CHECK(tepui_analysis_verdict(analysis) == TEPUI_VERDICT_LOCAL_MINIMUM);

    REQUIRE(report_of(context, v).count("whole/groups") == 2);
    const Report pair = whole.part("groups/0");
    CHECK(pair.integer("kind") == TEPUI_GROUP_PARENT);
    CHECK(pair.text("kind") == "parent");
    CHECK(pair.integer("verdict") == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(pair.integer("rule") == TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE);
    CHECK(pair.integer("inertia/negative") == 0);
    CHECK(pair.integer("inertia/zero") == 0);
    CHECK(pair.integer("inertia/positive") == 2);
    CHECK(pair.integers("neurons") == std::vector<int64_t>{0, 1});
    CHECK(pair.integers("signs") == std::vector<int64_t>{1, 1});
    CHECK(pair.real("gamma/0") == Approx(0.25));
    CHECK(pair.real("gamma/1") == Approx(0.75));
    CHECK(whole.integers("groups/1/neurons") == std::vector<int64_t>{2});
    CHECK(std::string(tepui_name(TEPUI_WORDS_GROUP_KIND, TEPUI_GROUP_CANCELLED)) == "cancelled");
    CHECK(std::string(tepui_name(TEPUI_WORDS_GROUP_KIND, 9)) == "unknown");
}

TEST_CASE("a saddle: the witness falls in the given network's own parameters") {
    const Context context;
    const WidePoint point(context, {1.5, -0.5});
    const NetworkVerdict_ verdict = point.classify(context);
    CHECK(tepui_network_verdict_verdict(verdict.get()) == TEPUI_VERDICT_SADDLE);
    CHECK(report_of(context, verdict.get()).known("whole/morse_index") == 2);
    const tepui_witness* witness = tepui_network_verdict_witness(verdict.get());
    REQUIRE(witness != nullptr);
    REQUIRE(tepui_witness_parameter_count(witness) == tepui_network_parameter_count(point.network.get()));
    std::vector<double> start(static_cast<std::size_t>(tepui_witness_parameter_count(witness))), end(start);
    REQUIRE(tepui_witness_point(context, witness, 0.0, start.data()) == TEPUI_OK);
    const double* given = tepui_network_parameters(point.network.get());
    CHECK(start == std::vector<double>(given, given + start.size()));
    REQUIRE(tepui_witness_point(context, witness, report_of(context, witness).real("epsilon"), end.data()) ==
            TEPUI_OK);
    tepui_network* moved = nullptr;
    REQUIRE(tepui_network_create(context, point.activation.get(), 3, 3, end.data(), 3, end.data() + 9,
                                 &moved) == TEPUI_OK);
    const Network_ owner(moved);
    double before = 0.0, after = 0.0;
    REQUIRE(tepui_loss(context, point.dataset.get(), point.network.get(), &before) == TEPUI_OK);
    REQUIRE(tepui_loss(context, point.dataset.get(), moved, &after) == TEPUI_OK);
    CHECK(after - before == Approx(report_of(context, witness).real("measured")).epsilon(1e-6));
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
                           const std::vector<double>& gammas) {
        tepui_split_verdict* made = nullptr;
        REQUIRE(tepui_classify_splits(context, analysis.get(), static_cast<int64_t>(neurons.size()),
                                      neurons.data(), offsets.data(), gammas.data(), &made) == TEPUI_OK);
        return SplitVerdict_(made);
    };
    const SplitVerdict_ good = judge({1, 0}, {0, 3, 5}, {3.0, -1.5, -0.5, 0.4, 0.6});
    CHECK(tepui_split_verdict_verdict(good.get()) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(tepui_split_verdict_rule(good.get()) == TEPUI_RULE_EVERY_GROUP_MINIMUM);
    CHECK(report_of(context, good.get()).known("morse_index") == 0);
    CHECK(report_of(context, good.get()).known("nullity") == 2 + 1);
    CHECK(tepui_split_verdict_witness(good.get()) == nullptr);
    const Report parts = report_of(context, good.get());
    CHECK(parts.integer("parts/0/verdict_alone") == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(parts.integer("parts/1/verdict_alone") == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(parts.integer("parts/0/neuron") == 1);
    CHECK(parts.reals("parts/0/gamma") == std::vector<double>{3.0, -1.5, -0.5});
    const SplitVerdict_ bad = judge({1, 0}, {0, 2, 4}, {0.5, 0.5, 0.4, 0.6});
    CHECK(tepui_split_verdict_verdict(bad.get()) == TEPUI_VERDICT_SADDLE);
    CHECK(report_of(context, bad.get()).known("morse_index") == 2);
    CHECK(report_of(context, bad.get()).integer("parts/0/verdict_alone") == TEPUI_VERDICT_SADDLE);
    CHECK(report_of(context, bad.get()).integer("parts/1/verdict_alone") == TEPUI_VERDICT_LOCAL_MINIMUM);
    const tepui_witness* witness = tepui_split_verdict_witness(bad.get());
    REQUIRE(witness != nullptr);
    CHECK(report_of(context, witness).count("direction/W") == 5);
    CHECK(report_of(context, witness).real("measured") < 0.0);
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
    const tepui_report* part = nullptr;
    check_refused(
        context,
        tepui_report_part(context, report_of(context, verdict.get()).handle(), "whole/groups/2", &part),
        TEPUI_ERROR_INVALID_VALUE, {"whole/groups/2", "has 2 items", "below 2"});
    CHECK(part == nullptr);
    CHECK(tepui_network_verdict_verdict(nullptr) == 0);
    CHECK(tepui_network_verdict_rule(nullptr) == 0);
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
    const Report moved = report_of(context, made);
    REQUIRE(moved.count("whole/groups") == 2);
    CHECK(moved.integers("whole/groups/0/neurons") == std::vector<int64_t>{0});
    check_refused(context, tepui_report_part(context, moved.handle(), "whole/groups/0/verdict", &part),
                  TEPUI_ERROR_INVALID_VALUE, {"has no \"verdict\""});

    const tepui_analysis* analysis = tepui_network_verdict_analysis(verdict.get());
    tepui_split_verdict* none = nullptr;
    const int64_t twice[] = {0, 0}, offsets[] = {0, 2, 4}, late[] = {1, 3, 5}, short_[] = {0, 1, 3};
    const double gammas[] = {0.5, 0.5, 0.5, 0.5, 0.0};
    const auto splits = [&](int64_t count, const int64_t* neurons, const int64_t* at, const double* values) {
        return tepui_classify_splits(context, analysis, count, neurons, at, values, &none);
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
