#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "api/planted_point.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

PlantedOptions minimum_with(std::vector<Definiteness> wanted) {
    PlantedOptions options;
    options.wanted = std::move(wanted);
    options.features = 3;
    return options;
}

double loss_at(const Context& context, const PlantedPoint& point, int64_t width,
               const std::vector<double>& parameters) {
    tepui_activation* sigma = nullptr;
    REQUIRE(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, &sigma) == TEPUI_OK);
    const Activation_ owner(sigma);
    tepui_network* made = nullptr;
    REQUIRE(tepui_network_create(context, sigma, width, 3, parameters.data(), 3,
                                 parameters.data() + 3 * width, &made) == TEPUI_OK);
    const Network_ network(made);
    double loss = kNaN;
    REQUIRE(tepui_loss(context, point.dataset.get(), made, &loss) == TEPUI_OK);
    return loss;
}

// A witness tells of a true descent: its points are those of a curve on which the loss falls as measured.
void check_witness(const Context& context, const PlantedPoint& point, const tepui_witness* witness,
                   int64_t width) {
    REQUIRE(witness != nullptr);
    CHECK(tepui_witness_width(witness) == width);
    REQUIRE(tepui_witness_parameter_count(witness) == width * 4);
    CHECK(tepui_witness_order(witness) >= 2);
    CHECK(tepui_witness_coefficient(witness) < 0.0);
    const double epsilon = tepui_witness_epsilon(witness);
    CHECK(tepui_witness_predicted(witness) ==
          Approx(tepui_witness_coefficient(witness) * std::pow(epsilon, tepui_witness_order(witness))));
    CHECK(tepui_witness_measured(witness) < -tepui_witness_measured_error(witness));
    std::vector<double> start(static_cast<std::size_t>(width * 4)), end(start);
    REQUIRE(tepui_witness_point(context, witness, 0.0, start.data()) == TEPUI_OK);
    REQUIRE(tepui_witness_point(context, witness, epsilon, end.data()) == TEPUI_OK);
    const double before = loss_at(context, point, width, start), after = loss_at(context, point, width, end);
    CHECK(after - before == Approx(tepui_witness_measured(witness)).margin(1e-12 * before));
}

}  // namespace

TEST_CASE("names: known, distinct, terminated") {
    std::set<std::string> rules;
    for (tepui_rule rule = 0; rule <= 35; ++rule) {
        const std::string name = tepui_rule_name(rule), sentence = tepui_rule_sentence(rule);
        CHECK(!name.empty());
        CHECK(!sentence.empty());
        CHECK((name == "unknown") == (sentence == "unknown"));
        if (name != "unknown") CHECK(rules.insert(name).second);
    }
    CHECK(rules.size() >= 27);
    CHECK(std::string(tepui_rule_name(TEPUI_RULE_THEOREM_4)) == "theorem_4");
    CHECK(std::string(tepui_verdict_name(TEPUI_VERDICT_SADDLE)) == "saddle");
    CHECK(std::string(tepui_verdict_name(0)) == "unknown");
    CHECK(std::string(tepui_definiteness_name(TEPUI_INDEFINITE)) == "indefinite");
    CHECK(std::string(tepui_definiteness_name(7)) == "unknown");
    CHECK(std::string(tepui_plateau_type_name(TEPUI_PLATEAU_ALL_SADDLES)) == "all_saddles");
    CHECK(std::string(tepui_plateau_type_name(-1)) == "unknown");
    CHECK(std::string(tepui_gamma_region_name(TEPUI_REGION_NONE)) == "none");
    CHECK(std::string(tepui_gamma_region_name(TEPUI_REGION_WITH_A_ZERO)) == "with_a_zero");
    CHECK(std::string(tepui_gamma_region_name(TEPUI_REGION_FOURTH_ORDER_NEGATIVE)) ==
          "fourth_order_negative");
    CHECK(std::string(tepui_gamma_region_name(TEPUI_REGION_GAMMA_BOUNDARY)) == "gamma_boundary");
    CHECK(std::string(tepui_gamma_region_name(12)) == "unknown");
    CHECK(std::string(tepui_neuron_method_name(TEPUI_NEURON_METHOD_MATRIX_FREE)) == "matrix_free");
    CHECK(std::string(tepui_neuron_method_name(4)) == "unknown");
}

TEST_CASE("a planted minimum: verdict, spectra, plateaus, escapes") {
    Context context;
    const PlantedPoint point(context,
                             minimum_with({Definiteness::positive_definite, Definiteness::negative_definite,
                                           Definiteness::indefinite}));
    const Analysis_ owner = point.analyze(context);
    const tepui_analysis* analysis = owner.get();
    CHECK(tepui_analysis_verdict(analysis) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(tepui_analysis_rule(analysis) == TEPUI_RULE_HESSIAN_POSITIVE_DEFINITE);
    CHECK(tepui_analysis_is_strict(analysis) == 1);
    CHECK(tepui_analysis_is_global(analysis) == 0);
    CHECK(tepui_analysis_loss(analysis) > 0.0);
    CHECK(tepui_analysis_gradient_norm(analysis) >= 0.0);
    CHECK(tepui_analysis_gradient_relative(analysis) <= tepui_analysis_stationarity_tolerance(analysis));
    CHECK(tepui_analysis_stationarity_tolerance(analysis) == 1e-8);
    REQUIRE(tepui_analysis_neurons(analysis) == 3);

    std::array<int64_t, 3> inertia{};
    double lowest = kNaN, highest = kNaN, tau = kNaN, margin = kNaN;
    REQUIRE(tepui_analysis_hessian(context, analysis, inertia.data(), &lowest, &highest, &tau, &margin) ==
            TEPUI_OK);
    CHECK(inertia == std::array<int64_t, 3>{0, 0, 12});
    CHECK(lowest > 0.0);
    CHECK(highest >= lowest);
    CHECK(tau > 0.0);
    CHECK(margin > 1.0);

    const std::array<std::array<int64_t, 3>, 3> expected{{{0, 0, 3}, {3, 0, 0}, {0, 0, 0}}};
    const std::array<std::array<tepui_gamma_region, 2>, 3> regions{
        {{TEPUI_REGION_GAMMA_PLUS, TEPUI_REGION_OFF_GAMMA_PLUS},
         {TEPUI_REGION_GAMMA_MINUS, TEPUI_REGION_OFF_GAMMA_MINUS},
         {TEPUI_REGION_NONE, TEPUI_REGION_EVERYWHERE}}};
    for (int64_t i = 0; i < 3; ++i) {
        const auto at = static_cast<std::size_t>(i);
        INFO("neuron " << i);
        REQUIRE(tepui_analysis_inner_hessian(context, analysis, i, inertia.data(), &lowest, &highest, &tau,
                                             &margin) == TEPUI_OK);
        if (i < 2) CHECK(inertia == expected[at]);
        tepui_definiteness definiteness = 0;
        tepui_plateau_type type = 0;
        tepui_rule rule = 0;
        tepui_gamma_region minima = -1, saddles = -1;
        REQUIRE(tepui_analysis_plateau(context, analysis, i, &definiteness, &type, &rule, &minima,
                                       &saddles) == TEPUI_OK);
        CHECK(definiteness == static_cast<tepui_definiteness>(point.planted.wanted[at]));
        CHECK(type == (i < 2 ? TEPUI_PLATEAU_LOCAL_MINIMA_AND_SADDLES : TEPUI_PLATEAU_ALL_SADDLES));
        CHECK(rule == TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE + i);
        CHECK(minima == regions[at][0]);
        CHECK(saddles == regions[at][1]);

        // v^T H_i v has the sign it should; the planted H_i is the judge.
        std::vector<double> negative(3), positive(3);
        REQUIRE(tepui_analysis_directions(context, analysis, i, negative.data(), positive.data()) ==
                TEPUI_OK);
        const auto curvature = [&](const std::vector<double>& v) {
            double sum = 0.0;
            for (std::size_t p = 0; p < 3; ++p) {
                for (std::size_t q = 0; q < 3; ++q) sum += v[p] * point.planted.inner[at][p * 3 + q] * v[q];
            }
            return sum;
        };
        if (i != 0) CHECK(curvature(negative) == Approx(lowest));
        if (i == 0) CHECK(negative == std::vector<double>(3, 0.0));
        if (i != 1) CHECK(curvature(positive) == Approx(highest));
        if (i == 1) CHECK(positive == std::vector<double>(3, 0.0));

        std::array<double, 2> gamma{kNaN, kNaN};
        const tepui_witness* escape = nullptr;
        REQUIRE(tepui_analysis_escape(context, analysis, i, gamma.data(), &escape) == TEPUI_OK);
        CHECK(gamma[0] + gamma[1] == Approx(1.0));
        check_witness(context, point, escape, 4);
    }
    const tepui_witness* witness = nullptr;
    REQUIRE(tepui_analysis_escape(context, analysis, 0, nullptr, &witness) ==
            TEPUI_OK);  // something not null
    REQUIRE(tepui_analysis_witness(context, analysis, &witness) == TEPUI_OK);
    CHECK(witness == nullptr);
    // Whatever is not wanted may be null.
    REQUIRE(tepui_analysis_hessian(context, analysis, nullptr, nullptr, nullptr, nullptr, nullptr) ==
            TEPUI_OK);
    REQUIRE(tepui_analysis_plateau(context, analysis, 0, nullptr, nullptr, nullptr, nullptr, nullptr) ==
            TEPUI_OK);
    REQUIRE(tepui_analysis_directions(context, analysis, 0, nullptr, nullptr) == TEPUI_OK);
}

TEST_CASE("an analysis knows where its time went") {
    Context context;
    const PlantedPoint point(
        context, minimum_with({Definiteness::positive_definite, Definiteness::negative_definite}));
    const auto begin = std::chrono::steady_clock::now();
    const Analysis_ analysis = point.analyze(context);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    double sum = 0.0;
    std::vector<std::string> names;
    for (int64_t index = 0; index < tepui_analysis_phases(analysis.get()); ++index) {
        const char* name = nullptr;
        double seconds = kNaN;
        REQUIRE(tepui_analysis_phase(context, analysis.get(), index, &name, &seconds) == TEPUI_OK);
        CHECK(seconds > 0.0);
        sum += seconds;
        names.emplace_back(name);
    }
    CHECK(sum <= taken.count());
    for (const char* name : {"Hessian", "inner Hessians", "verdicts", "witnesses"})
        CHECK(std::count(names.begin(), names.end(), name) == 1);
    CHECK(tepui_analysis_phase(context, analysis.get(), 0, nullptr, nullptr) == TEPUI_OK);
    CHECK(tepui_analysis_phases(nullptr) == 0);
    const auto count = static_cast<int64_t>(names.size());
    check_refused(context, tepui_analysis_phase(context, analysis.get(), count, nullptr, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"index", std::to_string(count).c_str(), "phases"});
}

TEST_CASE("verdicts on given splits: region, index, nullity, witness") {
    Context context;
    const PlantedPoint point(
        context, minimum_with({Definiteness::positive_definite, Definiteness::negative_definite}));
    const Analysis_ analysis = point.analyze(context);
    struct Case {
        int64_t neuron;
        std::vector<double> gamma;
        tepui_verdict verdict;
        int64_t index, nullity;
    };
    // index = (p - 1) n- + q n+, nullity = (r - 1) + zeta d of a minimum with a nonsingular H_i (MATH.md
    // section 4).
    const std::vector<Case> cases{{0, {0.4, 0.6}, TEPUI_VERDICT_LOCAL_MINIMUM, 0, 1},
                                  {0, {1.5, -0.5}, TEPUI_VERDICT_SADDLE, 3, 1},
                                  {0, {1.0, 0.0}, TEPUI_VERDICT_SADDLE, 0, 4},
                                  {1, {0.4, 0.6}, TEPUI_VERDICT_SADDLE, 3, 1},
                                  {1, {1.75, -0.5, -0.25}, TEPUI_VERDICT_LOCAL_MINIMUM, 0, 2},
                                  {1, {0.5, 0.75, -0.25}, TEPUI_VERDICT_SADDLE, 3, 2}};
    for (const Case& c : cases) {
        INFO("neuron " << c.neuron << " gamma[0] " << c.gamma[0] << " of " << c.gamma.size());
        tepui_split_verdict* made = nullptr;
        const auto r = static_cast<int64_t>(c.gamma.size());
        REQUIRE(tepui_classify_split(context, analysis.get(), c.neuron, r, c.gamma.data(), &made) ==
                TEPUI_OK);
        const SplitVerdict_ verdict(made);
        CHECK(tepui_split_verdict_verdict(made) == c.verdict);
        CHECK(tepui_split_verdict_rule(made) != 0);
        CHECK(tepui_split_verdict_morse_index(made) == c.index);
        CHECK(tepui_split_verdict_nullity(made) == c.nullity);
        CHECK(tepui_split_verdict_tau(made) > 0.0);
        CHECK(tepui_split_verdict_margin(made) > 1.0);
        CHECK(tepui_split_verdict_gradient_norm(made) == tepui_analysis_gradient_norm(analysis.get()));
        if (c.verdict == TEPUI_VERDICT_SADDLE) {
            check_witness(context, point, tepui_split_verdict_witness(made), 1 + r);
        } else {
            CHECK(tepui_split_verdict_witness(made) == nullptr);
        }
    }
}

TEST_CASE("a planted saddle has a witness of its own") {
    Context context;
    PlantedOptions options = minimum_with({Definiteness::indefinite});
    options.saddle = true;
    const PlantedPoint point(context, options);
    const Analysis_ analysis = point.analyze(context);
    CHECK(tepui_analysis_verdict(analysis.get()) == TEPUI_VERDICT_SADDLE);
    CHECK(tepui_analysis_is_strict(analysis.get()) == 0);
    const tepui_witness* witness = nullptr;
    REQUIRE(tepui_analysis_witness(context, analysis.get(), &witness) == TEPUI_OK);
    check_witness(context, point, witness, 1);
}

TEST_CASE("a point that is not stationary is a verdict, its neurons a status") {
    Context context;
    Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ network = problem.network(context);
    tepui_analysis* made = nullptr;
    REQUIRE(tepui_analyze(context, dataset.get(), network.get(), &made) == TEPUI_OK);
    const Analysis_ analysis(made);
    CHECK(tepui_analysis_verdict(made) == TEPUI_VERDICT_NOT_STATIONARY);
    CHECK(tepui_analysis_rule(made) == TEPUI_RULE_GRADIENT_TEST);
    CHECK(tepui_analysis_neurons(made) == 0);
    CHECK(tepui_analysis_gradient_relative(made) > tepui_analysis_stationarity_tolerance(made));
    const double gamma[2] = {0.5, 0.5};
    std::vector<double> out(4, kUntouched);
    tepui_split_verdict* verdict = nullptr;
    const tepui_witness* witness = nullptr;
    const std::initializer_list<const char*> words{"not stationary", "1e-08"};
    check_refused(context, tepui_classify_split(context, made, 0, 2, gamma, &verdict),
                  TEPUI_ERROR_NOT_STATIONARY, words);
    check_refused(context, tepui_analysis_hessian(context, made, nullptr, &out[0], &out[1], &out[2], &out[3]),
                  TEPUI_ERROR_NOT_STATIONARY, words);
    check_refused(context,
                  tepui_analysis_inner_hessian(context, made, 0, nullptr, &out[0], &out[1], &out[2], &out[3]),
                  TEPUI_ERROR_NOT_STATIONARY, words);
    check_refused(context, tepui_analysis_directions(context, made, 0, out.data(), out.data()),
                  TEPUI_ERROR_NOT_STATIONARY, words);
    check_refused(context,
                  tepui_analysis_plateau(context, made, 0, nullptr, nullptr, nullptr, nullptr, nullptr),
                  TEPUI_ERROR_NOT_STATIONARY, words);
    check_refused(context, tepui_analysis_escape(context, made, 0, out.data(), &witness),
                  TEPUI_ERROR_NOT_STATIONARY, words);
    CHECK(verdict == nullptr);
    CHECK(witness == nullptr);
    check_untouched(out);

    // The tolerance is the context's.
    REQUIRE(tepui_context_set_real(context, TEPUI_OPTION_STATIONARITY, 1.0) == TEPUI_OK);
    tepui_analysis* tolerant = nullptr;
    REQUIRE(tepui_analyze(context, dataset.get(), network.get(), &tolerant) == TEPUI_OK);
    const Analysis_ owner(tolerant);
    CHECK(tepui_analysis_verdict(tolerant) != TEPUI_VERDICT_NOT_STATIONARY);
    CHECK(tepui_analysis_stationarity_tolerance(tolerant) == 1.0);
}

TEST_CASE("analysis and splits: refusals") {
    Context context;
    Problem problem;
    const PlantedPoint point(context, minimum_with({Definiteness::positive_definite}));
    const Network_ other = problem.network(context);
    const Analysis_ owner = point.analyze(context);
    const tepui_analysis* analysis = owner.get();
    tepui_analysis* made = nullptr;
    check_refused(context, tepui_analyze(context, nullptr, point.network.get(), &made),
                  TEPUI_ERROR_NULL_POINTER, {"dataset is null"});
    check_refused(context, tepui_analyze(context, point.dataset.get(), nullptr, &made),
                  TEPUI_ERROR_NULL_POINTER, {"network is null"});
    check_refused(context, tepui_analyze(context, point.dataset.get(), point.network.get(), nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"analysis is null"});
    check_refused(context, tepui_analyze(context, point.dataset.get(), other.get(), &made),
                  TEPUI_ERROR_INVALID_SIZE, {"d = 2", "3"});
    CHECK(made == nullptr);

    std::vector<double> out(4, kUntouched);
    const tepui_witness* witness = nullptr;
    check_refused(context,
                  tepui_analysis_hessian(context, nullptr, nullptr, &out[0], &out[1], &out[2], &out[3]),
                  TEPUI_ERROR_NULL_POINTER, {"analysis is null"});
    check_refused(context, tepui_analysis_witness(context, nullptr, &witness), TEPUI_ERROR_NULL_POINTER,
                  {"analysis is null"});
    check_refused(context, tepui_analysis_witness(context, analysis, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"witness is null"});
    check_refused(context, tepui_analysis_escape(context, analysis, 0, out.data(), nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"witness is null"});
    for (const int64_t neuron : {int64_t{-1}, int64_t{1}, INT64_MAX}) {
        const std::string named = "neuron is " + std::to_string(neuron);
        check_refused(context,
                      tepui_analysis_inner_hessian(context, analysis, neuron, nullptr, &out[0], &out[1],
                                                   &out[2], &out[3]),
                      TEPUI_ERROR_INVALID_SIZE, {named.c_str(), "m = 1"});
        check_refused(context, tepui_analysis_directions(context, analysis, neuron, out.data(), out.data()),
                      TEPUI_ERROR_INVALID_SIZE, {named.c_str()});
        check_refused(
            context,
            tepui_analysis_plateau(context, analysis, neuron, nullptr, nullptr, nullptr, nullptr, nullptr),
            TEPUI_ERROR_INVALID_SIZE, {named.c_str()});
        check_refused(context, tepui_analysis_escape(context, analysis, neuron, out.data(), &witness),
                      TEPUI_ERROR_INVALID_SIZE, {named.c_str()});
    }
    tepui_split_verdict* verdict = nullptr;
    const auto split = [&](const tepui_analysis* of, int64_t neuron, std::vector<double> gamma) {
        return tepui_classify_split(context, of, neuron, static_cast<int64_t>(gamma.size()), gamma.data(),
                                    &verdict);
    };
    check_refused(context, split(nullptr, 0, {0.5, 0.5}), TEPUI_ERROR_NULL_POINTER, {"analysis is null"});
    check_refused(context, split(analysis, 1, {0.5, 0.5}), TEPUI_ERROR_INVALID_SIZE, {"neuron is 1"});
    check_refused(context, split(analysis, 0, {1.0}), TEPUI_ERROR_INVALID_SIZE, {"r is 1"});
    check_refused(context, split(analysis, 0, {kInf, 0.5}), TEPUI_ERROR_NOT_FINITE, {"gamma[0] is inf"});
    check_refused(context, split(analysis, 0, {0.25, 0.5}), TEPUI_ERROR_INVALID_VALUE, {"gamma sums"});
    check_refused(context, tepui_classify_split(context, analysis, 0, 2, nullptr, &verdict),
                  TEPUI_ERROR_NULL_POINTER, {"gamma is null"});
    const double gamma[2] = {0.5, 0.5};
    check_refused(context, tepui_classify_split(context, analysis, 0, 2, gamma, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"verdict is null"});
    CHECK(verdict == nullptr);

    const tepui_witness* escape = nullptr;
    REQUIRE(tepui_analysis_escape(context, analysis, 0, nullptr, &escape) == TEPUI_OK);
    REQUIRE(escape != nullptr);
    check_refused(context, tepui_witness_point(context, nullptr, 0.1, out.data()), TEPUI_ERROR_NULL_POINTER,
                  {"witness is null"});
    check_refused(context, tepui_witness_point(context, escape, 0.1, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"parameters is null"});
    check_refused(context, tepui_witness_point(context, escape, -0.1, out.data()), TEPUI_ERROR_INVALID_VALUE,
                  {"epsilon is -0.1"});
    check_refused(context, tepui_witness_point(context, escape, kNaN, out.data()), TEPUI_ERROR_NOT_FINITE,
                  {"epsilon is nan"});
    check_untouched(out);
    CHECK(witness == nullptr);
}

TEST_CASE("null results answer and are destroyed in peace") {
    CHECK(tepui_analysis_verdict(nullptr) == 0);
    CHECK(tepui_analysis_rule(nullptr) == 0);
    CHECK(tepui_analysis_is_strict(nullptr) == 0);
    CHECK(tepui_analysis_is_global(nullptr) == 0);
    CHECK(tepui_analysis_neurons(nullptr) == 0);
    CHECK(std::isnan(tepui_analysis_loss(nullptr)));
    CHECK(std::isnan(tepui_analysis_gradient_norm(nullptr)));
    CHECK(std::isnan(tepui_analysis_gradient_relative(nullptr)));
    CHECK(std::isnan(tepui_analysis_stationarity_tolerance(nullptr)));
    CHECK(tepui_split_verdict_verdict(nullptr) == 0);
    CHECK(tepui_split_verdict_rule(nullptr) == 0);
    CHECK(tepui_split_verdict_morse_index(nullptr) == -1);
    CHECK(tepui_split_verdict_nullity(nullptr) == -1);
    CHECK(std::isnan(tepui_split_verdict_tau(nullptr)));
    CHECK(std::isnan(tepui_split_verdict_margin(nullptr)));
    CHECK(std::isnan(tepui_split_verdict_gradient_norm(nullptr)));
    CHECK(tepui_split_verdict_witness(nullptr) == nullptr);
    CHECK(tepui_witness_parameter_count(nullptr) == 0);
    CHECK(tepui_witness_width(nullptr) == 0);
    CHECK(tepui_witness_order(nullptr) == 0);
    CHECK(std::isnan(tepui_witness_coefficient(nullptr)));
    CHECK(std::isnan(tepui_witness_epsilon(nullptr)));
    CHECK(std::isnan(tepui_witness_predicted(nullptr)));
    CHECK(std::isnan(tepui_witness_measured(nullptr)));
    CHECK(std::isnan(tepui_witness_measured_error(nullptr)));
    tepui_analysis_destroy(nullptr);
    tepui_split_verdict_destroy(nullptr);
}

TEST_CASE("the way to judge neurons can be forced and is told") {
    const auto planted = minimum_with({Definiteness::indefinite, Definiteness::positive_definite});
    for (const tepui_neuron_method method : {TEPUI_NEURON_METHOD_AUTOMATIC, TEPUI_NEURON_METHOD_SPECTRUM,
                                             TEPUI_NEURON_METHOD_INERTIA, TEPUI_NEURON_METHOD_MATRIX_FREE}) {
        Context context;
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_NEURON_METHOD, method) == TEPUI_OK);
        const PlantedPoint point(context, planted);
        const Analysis_ analysis = point.analyze(context);
        const bool free = method == TEPUI_NEURON_METHOD_MATRIX_FREE;
        for (int64_t i = 0; i < 2; ++i) {
            tepui_neuron_method told = -1;
            REQUIRE(tepui_analysis_neuron_method(context, analysis.get(), i, &told) == TEPUI_OK);
            // Small matrices are cheapest judged by their spectra, whatever forms them.
            CHECK(told == (free && i == 0 ? TEPUI_NEURON_METHOD_MATRIX_FREE : TEPUI_NEURON_METHOD_SPECTRUM));
            std::array<int64_t, 3> inertia{7, 7, 7};
            double lowest = kNaN, highest = kNaN, tau = kNaN, margin = kNaN;
            REQUIRE(tepui_analysis_inner_hessian(context, analysis.get(), i, inertia.data(), &lowest,
                                                 &highest, &tau, &margin) == TEPUI_OK);
            CHECK((inertia[0] == -1) == (free && i == 0));
            CHECK(tau > 0.0);
            CHECK(margin >= 2.0);
            tepui_definiteness definiteness = 0;
            REQUIRE(tepui_analysis_plateau(context, analysis.get(), i, &definiteness, nullptr, nullptr,
                                           nullptr, nullptr) == TEPUI_OK);
            CHECK(definiteness == (i == 0 ? TEPUI_INDEFINITE : TEPUI_POSITIVE_DEFINITE));
            if (i == 0) {
                CHECK(lowest < 0.0);
                CHECK(highest > 0.0);
            }
        }
        tepui_neuron_method told = -1;
        check_refused(context, tepui_analysis_neuron_method(context, analysis.get(), 2, &told),
                      TEPUI_ERROR_INVALID_SIZE, {"neuron", "2"});
        check_refused(context, tepui_analysis_neuron_method(context, analysis.get(), 0, nullptr),
                      TEPUI_ERROR_NULL_POINTER, {"method"});
        check_refused(context, tepui_analysis_neuron_method(context, nullptr, 0, &told),
                      TEPUI_ERROR_NULL_POINTER, {"analysis"});
    }
}

TEST_CASE("inner Hessians can be summed in single precision, and each neuron says in which") {
    const auto planted = minimum_with({Definiteness::indefinite, Definiteness::positive_semidefinite});
    Context context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_GRAM_PRECISION, TEPUI_PRECISION_SINGLE) ==
            TEPUI_OK);
    const PlantedPoint point(context, planted);
    const Analysis_ analysis = point.analyze(context);
    tepui_precision told = -1;
    REQUIRE(tepui_analysis_neuron_precision(context, analysis.get(), 0, &told) == TEPUI_OK);
    CHECK(told == TEPUI_PRECISION_SINGLE);
    CHECK(std::string(tepui_precision_name(told)) == "single");
    REQUIRE(tepui_analysis_neuron_precision(context, analysis.get(), 1, &told) == TEPUI_OK);
    CHECK(told == TEPUI_PRECISION_DOUBLE);  // singular: single precision cannot tell
    CHECK(std::string(tepui_precision_name(told)) == "double");
    CHECK(std::string(tepui_precision_name(2)) == "unknown");
    check_refused(context, tepui_analysis_neuron_precision(context, analysis.get(), 2, &told),
                  TEPUI_ERROR_INVALID_SIZE, {"neuron", "2"});
    check_refused(context, tepui_analysis_neuron_precision(context, analysis.get(), 0, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"precision"});
}

TEST_CASE("the Hessian by products: evidence for an indicated minimum, refused where there is none") {
    Context context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_HESSIAN_METHOD,
                                      TEPUI_HESSIAN_METHOD_MATRIX_FREE) == TEPUI_OK);
    const PlantedPoint point(context,
                             minimum_with({Definiteness::indefinite, Definiteness::positive_definite}));
    const Analysis_ analysis = point.analyze(context);
    CHECK(tepui_analysis_verdict(analysis.get()) == TEPUI_VERDICT_INDICATED_MINIMUM);
    CHECK(tepui_analysis_rule(analysis.get()) == TEPUI_RULE_SMALLEST_RITZ_VALUE);
    CHECK(tepui_analysis_is_strict(analysis.get()) == 0);
    CHECK(std::string(tepui_verdict_name(TEPUI_VERDICT_INDICATED_MINIMUM)) == "indicated_minimum");
    std::array<int64_t, 3> inertia{};
    double lambda_min = 0.0, lambda_max = 0.0, margin = 0.0;
    REQUIRE(tepui_analysis_hessian(context, analysis.get(), inertia.data(), &lambda_min, &lambda_max, nullptr,
                                   &margin) == TEPUI_OK);
    CHECK(inertia == std::array<int64_t, 3>{-1, -1, -1});
    CHECK(lambda_min > 0.0);
    CHECK(lambda_max > lambda_min);
    CHECK(margin > 1.0);
    tepui_hessian_method method = 0;
    REQUIRE(tepui_analysis_hessian_method(context, analysis.get(), &method) == TEPUI_OK);
    CHECK(method == TEPUI_HESSIAN_METHOD_MATRIX_FREE);
    CHECK(std::string(tepui_hessian_method_name(method)) == "matrix_free");
    int64_t products = 0;
    double ritz = 0.0, residual = -1.0, tau = -1.0, miss = -1.0;
    REQUIRE(tepui_analysis_hessian_evidence(context, analysis.get(), &products, &ritz, &residual, &tau,
                                            &miss) == TEPUI_OK);
    CHECK(products > 0);
    CHECK(ritz - residual > tau);
    CHECK(miss <= 1e-9);
    REQUIRE(tepui_analysis_hessian_evidence(context, analysis.get(), nullptr, nullptr, nullptr, nullptr,
                                            nullptr) == TEPUI_OK);
    const std::array<double, 2> gamma{0.5, 0.5};
    tepui_split_verdict* made = nullptr;
    REQUIRE(tepui_classify_split(context, analysis.get(), 0, 2, gamma.data(), &made) == TEPUI_OK);
    CHECK(tepui_split_verdict_verdict(made) == TEPUI_VERDICT_SADDLE);  // Lemma 4 needs no minimum
    CHECK(tepui_split_verdict_morse_index(made) == -1);
    tepui_split_verdict_destroy(made);
    made = nullptr;
    REQUIRE(tepui_classify_split(context, analysis.get(), 1, 2, gamma.data(), &made) == TEPUI_OK);
    CHECK(tepui_split_verdict_verdict(made) == TEPUI_VERDICT_UNDETERMINED);
    tepui_split_verdict_destroy(made);

    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_HESSIAN_METHOD, TEPUI_HESSIAN_METHOD_DENSE) ==
            TEPUI_OK);
    const Analysis_ dense = point.analyze(context);
    REQUIRE(tepui_analysis_hessian_method(context, dense.get(), &method) == TEPUI_OK);
    CHECK(method == TEPUI_HESSIAN_METHOD_DENSE);
    check_refused(
        context,
        tepui_analysis_hessian_evidence(context, dense.get(), &products, nullptr, nullptr, nullptr, nullptr),
        TEPUI_ERROR_UNSUPPORTED, {"TEPUI_HESSIAN_METHOD_MATRIX_FREE"});
    check_refused(context, tepui_analysis_hessian_method(context, nullptr, &method), TEPUI_ERROR_NULL_POINTER,
                  {"analysis"});
    check_refused(context, tepui_analysis_hessian_method(context, dense.get(), nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"method"});
}

TEST_CASE("a dense Hessian that cannot be held is refused by its size, with the way that needs none") {
    const ModestContext context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_HESSIAN_METHOD, TEPUI_HESSIAN_METHOD_DENSE) ==
            TEPUI_OK);
    const Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Activation_ sigma = problem.activation(context);
    const std::vector<double> w(8000, 0.25), a(4000, 0.5);
    tepui_network* made = nullptr;
    REQUIRE(tepui_network_create(context, sigma.get(), 4000, 2, w.data(), 2, a.data(), &made) == TEPUI_OK);
    const Network_ network(made);
    tepui_analysis* analysis = nullptr;
    check_refused(context, tepui_analyze(context, dataset.get(), network.get(), &analysis),
                  TEPUI_ERROR_OUT_OF_MEMORY, {"12000 parameters", "m = 4000", "d = 2", "matrix_free"});
    CHECK(analysis == nullptr);
}

TEST_CASE("the neurons alone: plateaus from stationarity, no Hessian, splits still classified") {
    Context context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_ANALYSIS_SCOPE, TEPUI_SCOPE_NEURONS) == TEPUI_OK);
    const PlantedPoint point(context,
                             minimum_with({Definiteness::indefinite, Definiteness::positive_definite}));
    const Analysis_ analysis = point.analyze(context);
    CHECK(tepui_analysis_verdict(analysis.get()) == TEPUI_VERDICT_UNDETERMINED);
    CHECK(tepui_analysis_rule(analysis.get()) == TEPUI_RULE_NEURONS_ALONE);
    CHECK(tepui_analysis_neurons(analysis.get()) == 2);
    std::array<int64_t, 3> inertia{};
    check_refused(
        context,
        tepui_analysis_hessian(context, analysis.get(), inertia.data(), nullptr, nullptr, nullptr, nullptr),
        TEPUI_ERROR_UNSUPPORTED, {"TEPUI_SCOPE_NEURONS", "TEPUI_SCOPE_COMPLETE"});
    tepui_plateau_type type = 0;
    tepui_gamma_region minima = -1, saddles = -1;
    REQUIRE(tepui_analysis_plateau(context, analysis.get(), 0, nullptr, &type, nullptr, &minima, &saddles) ==
            TEPUI_OK);
    CHECK(type == TEPUI_PLATEAU_ALL_SADDLES);
    CHECK(saddles == TEPUI_REGION_EVERYWHERE);
    REQUIRE(tepui_analysis_plateau(context, analysis.get(), 1, nullptr, &type, nullptr, &minima, &saddles) ==
            TEPUI_OK);
    CHECK(type == TEPUI_PLATEAU_UNDETERMINED);
    CHECK(minima == TEPUI_REGION_NONE);
    CHECK(saddles == TEPUI_REGION_OFF_GAMMA_PLUS);
    const tepui_witness* escape = nullptr;
    REQUIRE(tepui_analysis_escape(context, analysis.get(), 0, nullptr, &escape) == TEPUI_OK);
    CHECK(escape == nullptr);
    const std::array<double, 2> gamma{0.5, 0.5};
    for (int64_t i = 0; i < 2; ++i) {
        tepui_split_verdict* made = nullptr;
        REQUIRE(tepui_classify_split(context, analysis.get(), i, 2, gamma.data(), &made) == TEPUI_OK);
        const SplitVerdict_ verdict(made);
        CHECK(tepui_split_verdict_morse_index(made) == -1);
        CHECK(tepui_split_verdict_verdict(made) ==
              (i == 0 ? TEPUI_VERDICT_SADDLE : TEPUI_VERDICT_UNDETERMINED));
        if (i == 0) check_witness(context, point, tepui_split_verdict_witness(made), 3);
    }
}

TEST_CASE("ways down are there when they are asked for, and the verdicts without them are the same") {
    Context context;
    PlantedOptions options;
    options.wanted = {Definiteness::positive_definite};
    const PlantedPoint point(context, options);
    tepui_analysis* made = nullptr;
    REQUIRE(tepui_analyze(context, point.dataset.get(), point.network.get(), &made) == TEPUI_OK);
    const Analysis_ analysis(made);
    const tepui_witness* witness = nullptr;
    REQUIRE(tepui_analysis_escape(context, analysis.get(), 0, nullptr, &witness) == TEPUI_OK);
    CHECK(witness == nullptr);

    const std::vector<int64_t> neurons{0, 0, 0}, offsets{0, 2, 4, 7};
    const std::vector<double> gammas{0.5, 0.5, 2.0, -1.0, 0.75, 0.75, -0.5};
    for (const int64_t ways_down : {TEPUI_WAYS_DOWN_NEEDED, TEPUI_WAYS_DOWN_ALL}) {
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, ways_down) == TEPUI_OK);
        std::vector<tepui_split_verdict*> raw(3, nullptr);
        REQUIRE(tepui_classify_each_split(context, analysis.get(), 3, neurons.data(), offsets.data(),
                                          gammas.data(), raw.data()) == TEPUI_OK);
        for (std::size_t j = 0; j < 3; ++j) {
            const SplitVerdict_ verdict(raw[j]);
            tepui_split_verdict* alone = nullptr;
            REQUIRE(tepui_classify_split(context, analysis.get(), 0, offsets[j + 1] - offsets[j],
                                         gammas.data() + offsets[j], &alone) == TEPUI_OK);
            const SplitVerdict_ owner(alone);
            CHECK(tepui_split_verdict_verdict(raw[j]) == tepui_split_verdict_verdict(alone));
            CHECK(tepui_split_verdict_verdict(raw[j]) ==
                  (j == 0 ? TEPUI_VERDICT_LOCAL_MINIMUM : TEPUI_VERDICT_SADDLE));
            CHECK(tepui_split_verdict_morse_index(raw[j]) == tepui_split_verdict_morse_index(alone));
            const tepui_witness* way = tepui_split_verdict_witness(raw[j]);
            CHECK((way != nullptr) == (j > 0 && ways_down == TEPUI_WAYS_DOWN_ALL));
            if (way == nullptr) continue;
            CHECK(tepui_witness_measured(way) == tepui_witness_measured(tepui_split_verdict_witness(alone)));
            CHECK(tepui_witness_measured(way) < -tepui_witness_measured_error(way));
        }
    }
    std::vector<tepui_split_verdict*> none(3, nullptr);
    const std::vector<int64_t> beyond{0, 0, 1}, short_one{0, 2, 3, 7};
    check_refused(context,
                  tepui_classify_each_split(context, analysis.get(), 3, beyond.data(), offsets.data(),
                                            gammas.data(), none.data()),
                  TEPUI_ERROR_INVALID_SIZE, {"neurons[2]"});
    check_refused(context,
                  tepui_classify_each_split(context, analysis.get(), 3, neurons.data(), short_one.data(),
                                            gammas.data(), none.data()),
                  TEPUI_ERROR_INVALID_VALUE, {"offsets[2]"});
    check_refused(context,
                  tepui_classify_each_split(context, analysis.get(), 3, neurons.data(), offsets.data(),
                                            gammas.data(), nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"verdicts"});
    for (const tepui_split_verdict* verdict : none) CHECK(verdict == nullptr);
}
