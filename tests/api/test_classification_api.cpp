#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "api/planted_point.hpp"
#include "support/report.hpp"

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

// Negative, zero and positive eigenvalues; -1: not counted.
std::array<int64_t, 3> inertia_of(const Report& report, const std::string& spectrum) {
    return {report.known(spectrum + "/inertia/negative"), report.known(spectrum + "/inertia/zero"),
            report.known(spectrum + "/inertia/positive")};
}

// A witness tells of a true descent: its points are those of a curve on which the loss falls as measured.
void check_witness(const Context& context, const PlantedPoint& point, const tepui_witness* witness,
                   int64_t width) {
    REQUIRE(witness != nullptr);
    const Report report = report_of(context, witness);
    CHECK(report.count("direction/W") == width);
    REQUIRE(tepui_witness_parameter_count(witness) == width * 4);
    CHECK(report.integer("order") >= 2);
    CHECK(report.real("coefficient") < 0.0);
    const double epsilon = report.real("epsilon");
    CHECK(report.real("predicted") ==
          Approx(report.real("coefficient") * std::pow(epsilon, double(report.integer("order")))));
    CHECK(report.real("measured") < -report.real("measured_error"));
    std::vector<double> start(static_cast<std::size_t>(width * 4)), end(start);
    REQUIRE(tepui_witness_point(context, witness, 0.0, start.data()) == TEPUI_OK);
    REQUIRE(tepui_witness_point(context, witness, epsilon, end.data()) == TEPUI_OK);
    const double before = loss_at(context, point, width, start), after = loss_at(context, point, width, end);
    CHECK(after - before == Approx(report.real("measured")).margin(1e-12 * before));
    // The network there is the same, and so is the way to it.
    tepui_network* made = nullptr;
    REQUIRE(tepui_witness_network(context, witness, epsilon, &made) == TEPUI_OK);
    const Network_ network(made);
    REQUIRE(tepui_network_width(made) == width);
    CHECK(std::vector<double>(tepui_network_parameters(made), tepui_network_parameters(made) + 4 * width) ==
          end);
    for (std::size_t i = 0; i < std::size_t(width); ++i) {
        const std::string at = std::to_string(i);
        CHECK(report.real("direction/W/" + at + "/2") == (end[3 * i + 2] - start[3 * i + 2]) / epsilon);
        CHECK(report.real("direction/a/" + at) ==
              (end[std::size_t(3 * width) + i] - start[std::size_t(3 * width) + i]) / epsilon);
    }
}

}  // namespace

TEST_CASE("names: known, distinct, terminated") {
    std::set<std::string> rules;
    for (tepui_rule rule = 0; rule <= 35; ++rule) {
        const std::string name = tepui_name(TEPUI_WORDS_RULE, rule),
                          sentence = tepui_sentence(TEPUI_WORDS_RULE, rule);
        CHECK(!name.empty());
        CHECK(!sentence.empty());
        CHECK((name == "unknown") == (sentence == "unknown"));
        if (name != "unknown") CHECK(rules.insert(name).second);
    }
    CHECK(rules.size() >= 27);
    CHECK(std::string(tepui_name(TEPUI_WORDS_RULE, TEPUI_RULE_THEOREM_4)) == "theorem_4");
    CHECK(std::string(tepui_name(TEPUI_WORDS_VERDICT, TEPUI_VERDICT_SADDLE)) == "saddle");
    CHECK(std::string(tepui_name(TEPUI_WORDS_VERDICT, 0)) == "unknown");
    CHECK(std::string(tepui_name(TEPUI_WORDS_DEFINITENESS, TEPUI_INDEFINITE)) == "indefinite");
    CHECK(std::string(tepui_name(TEPUI_WORDS_DEFINITENESS, 7)) == "unknown");
    CHECK(std::string(tepui_name(TEPUI_WORDS_PLATEAU_TYPE, TEPUI_PLATEAU_ALL_SADDLES)) == "all_saddles");
    CHECK(std::string(tepui_name(TEPUI_WORDS_PLATEAU_TYPE, -1)) == "unknown");
    CHECK(std::string(tepui_name(TEPUI_WORDS_GAMMA_REGION, TEPUI_REGION_NONE)) == "none");
    CHECK(std::string(tepui_name(TEPUI_WORDS_GAMMA_REGION, TEPUI_REGION_WITH_A_ZERO)) == "with_a_zero");
    CHECK(std::string(tepui_name(TEPUI_WORDS_GAMMA_REGION, TEPUI_REGION_FOURTH_ORDER_NEGATIVE)) ==
          "fourth_order_negative");
    CHECK(std::string(tepui_name(TEPUI_WORDS_GAMMA_REGION, TEPUI_REGION_GAMMA_BOUNDARY)) == "gamma_boundary");
    CHECK(std::string(tepui_name(TEPUI_WORDS_GAMMA_REGION, 12)) == "unknown");
    CHECK(std::string(tepui_name(TEPUI_WORDS_NEURON_METHOD, TEPUI_NEURON_METHOD_MATRIX_FREE)) ==
          "matrix_free");
    CHECK(std::string(tepui_name(TEPUI_WORDS_NEURON_METHOD, 4)) == "unknown");
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
    CHECK(report_of(context, analysis).flag("strict") == true);
    CHECK(report_of(context, analysis).flag("global") == false);
    CHECK(report_of(context, analysis).real("loss") > 0.0);
    CHECK(report_of(context, analysis).real("gradient_norm") >= 0.0);
    CHECK(report_of(context, analysis).real("gradient_relative") <=
          report_of(context, analysis).real("stationarity_tolerance"));
    CHECK(report_of(context, analysis).real("stationarity_tolerance") == 1e-8);
    const Report report = report_of(context, analysis);
    REQUIRE(report.count("neurons") == 3);
    CHECK(report.text("verdict") == "local_minimum");
    CHECK(report.integer("verdict") == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(report.flag("stationary"));
    CHECK(report.text("reason") == tepui_sentence(TEPUI_WORDS_RULE, tepui_analysis_rule(analysis)));
    CHECK(report.null("witness"));
    CHECK(report.text("neurons_of") == "network");
    const std::vector<double> theta(tepui_network_parameters(point.network.get()),
                                    tepui_network_parameters(point.network.get()) + 12);
    for (std::size_t i = 0; i < 3; ++i) {
        const std::string at = std::to_string(i);
        CHECK(report.reals("W/" + at) ==
              std::vector<double>(theta.begin() + 3 * i, theta.begin() + 3 * i + 3));
        CHECK(report.real("a/" + at) == theta[9 + i]);
        CHECK(report.real("neurons/" + at + "/a") == theta[9 + i]);
        CHECK(report.integer("neurons/" + at + "/neuron") == int64_t(i));
    }
    CHECK(inertia_of(report, "hessian") == std::array<int64_t, 3>{0, 0, 12});
    CHECK(report.real("hessian/lambda_min") > 0.0);
    CHECK(report.real("hessian/lambda_max") >= report.real("hessian/lambda_min"));
    CHECK(report.real("hessian/tau") > 0.0);
    CHECK(report.real("hessian/margin") > 1.0);
    CHECK(report.integer("hessian/method") == TEPUI_HESSIAN_METHOD_DENSE);

    const std::array<std::array<int64_t, 3>, 3> expected{{{0, 0, 3}, {3, 0, 0}, {0, 0, 0}}};
    const std::array<std::array<tepui_gamma_region, 2>, 3> regions{
        {{TEPUI_REGION_GAMMA_PLUS, TEPUI_REGION_OFF_GAMMA_PLUS},
         {TEPUI_REGION_GAMMA_MINUS, TEPUI_REGION_OFF_GAMMA_MINUS},
         {TEPUI_REGION_NONE, TEPUI_REGION_EVERYWHERE}}};
    for (int64_t i = 0; i < 3; ++i) {
        const auto at = static_cast<std::size_t>(i);
        INFO("neuron " << i);
        const Report neuron = report.part("neurons/" + std::to_string(i));
        const double lowest = neuron.real("inner_hessian/lambda_min");
        const double highest = neuron.real("inner_hessian/lambda_max");
        if (i < 2) CHECK(inertia_of(neuron, "inner_hessian") == expected[at]);
        CHECK(neuron.integer("definiteness") == static_cast<tepui_definiteness>(point.planted.wanted[at]));
        CHECK(neuron.integer("plateau") ==
              (i < 2 ? TEPUI_PLATEAU_LOCAL_MINIMA_AND_SADDLES : TEPUI_PLATEAU_ALL_SADDLES));
        CHECK(neuron.integer("rule") == TEPUI_RULE_THEOREM_1_POSITIVE_DEFINITE + i);
        CHECK(neuron.text("reason") == tepui_sentence(TEPUI_WORDS_RULE, tepui_rule(neuron.integer("rule"))));
        CHECK(neuron.integer("local_minima") == regions[at][0]);
        CHECK(neuron.integer("saddles") == regions[at][1]);

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

        CHECK(neuron.real("best_escape/gamma/0") + neuron.real("best_escape/gamma/1") == Approx(1.0));
        const tepui_witness* escape = tepui_analysis_escape(analysis, i);
        check_witness(context, point, escape, 4);
        CHECK(neuron.part("best_escape/witness").json() == report_of(context, escape).json());
    }
    CHECK(tepui_analysis_witness(analysis) == nullptr);
    for (const int64_t none : {-1, 3}) CHECK(tepui_analysis_escape(analysis, none) == nullptr);
    // Whatever is not wanted may be null.
    REQUIRE(tepui_analysis_directions(context, analysis, 0, nullptr, nullptr) == TEPUI_OK);
    // Built once.
    CHECK(report.json() == report_of(context, analysis).json());
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
    const Report timings = read_report(context, tepui_analysis_timings, analysis.get());
    for (int64_t index = 0; index < timings.count(""); ++index) {
        const Report phase = timings.part(std::to_string(index));
        CHECK(phase.real("seconds") > 0.0);
        sum += phase.real("seconds");
        names.push_back(phase.text("phase"));
    }
    CHECK(sum <= taken.count());
    for (const char* name : {"Hessian", "inner Hessians", "verdicts", "witnesses"})
        CHECK(std::count(names.begin(), names.end(), name) == 1);
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
        CHECK(report_of(context, made).known("morse_index") == c.index);
        CHECK(report_of(context, made).known("nullity") == c.nullity);
        CHECK(report_of(context, made).real("tau") > 0.0);
        CHECK(report_of(context, made).real("margin") > 1.0);
        CHECK(report_of(context, made).real("gradient_norm") ==
              report_of(context, analysis.get()).real("gradient_norm"));
        const Report report = report_of(context, made);
        CHECK(report.reals("gamma") == c.gamma);
        CHECK(report.integer("verdict") == c.verdict);
        CHECK(report.integer("rule") == tepui_split_verdict_rule(made));
        CHECK(report.integers("morse_index_bounds") == std::vector<int64_t>{c.index, c.index});
        CHECK(report.integers("nullity_bounds") == std::vector<int64_t>{c.nullity, c.nullity});
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
    CHECK(report_of(context, analysis.get()).flag("strict") == false);
    const tepui_witness* witness = tepui_analysis_witness(analysis.get());
    check_witness(context, point, witness, 1);
    const Report report = report_of(context, analysis.get());
    CHECK(report.part("witness").json() == report_of(context, witness).json());
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
    const Report report = report_of(context, made);
    CHECK_FALSE(report.flag("stationary"));
    CHECK(report.count("a") == 2);
    const double* absent = nullptr;
    int64_t count = 0;
    for (const char* path : {"neurons", "hessian/tau", "witness"})
        check_refused(context, tepui_report_reals(context, report.handle(), path, &absent, &count),
                      TEPUI_ERROR_INVALID_VALUE, {path, "the report has no", "gradient_norm"});
    CHECK(report_of(context, made).real("gradient_relative") >
          report_of(context, made).real("stationarity_tolerance"));
    const double gamma[2] = {0.5, 0.5};
    std::vector<double> out(4, kUntouched);
    tepui_split_verdict* verdict = nullptr;
    const std::initializer_list<const char*> words{"not stationary", "1e-08"};
    check_refused(context, tepui_classify_split(context, made, 0, 2, gamma, &verdict),
                  TEPUI_ERROR_NOT_STATIONARY, words);
    check_refused(context, tepui_analysis_directions(context, made, 0, out.data(), out.data()),
                  TEPUI_ERROR_NOT_STATIONARY, words);
    CHECK(tepui_analysis_escape(made, 0) == nullptr);
    CHECK(verdict == nullptr);
    check_untouched(out);

    // The tolerance is the context's.
    REQUIRE(tepui_context_set_real(context, TEPUI_OPTION_STATIONARITY, 1.0) == TEPUI_OK);
    tepui_analysis* tolerant = nullptr;
    REQUIRE(tepui_analyze(context, dataset.get(), network.get(), &tolerant) == TEPUI_OK);
    const Analysis_ owner(tolerant);
    CHECK(tepui_analysis_verdict(tolerant) != TEPUI_VERDICT_NOT_STATIONARY);
    CHECK(report_of(context, tolerant).real("stationarity_tolerance") == 1.0);
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
    const tepui_report* report = nullptr;
    check_refused(context, tepui_analysis_report(context, nullptr, &report), TEPUI_ERROR_NULL_POINTER,
                  {"analysis is null"});
    check_refused(context, tepui_analysis_report(context, analysis, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"report is null"});
    check_refused(context, tepui_analysis_timings(context, analysis, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"timings is null"});
    CHECK(report == nullptr);
    for (const int64_t neuron : {int64_t{-1}, int64_t{1}, INT64_MAX}) {
        const std::string named = "neuron is " + std::to_string(neuron);
        check_refused(context, tepui_analysis_directions(context, analysis, neuron, out.data(), out.data()),
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

    const tepui_witness* escape = tepui_analysis_escape(analysis, 0);
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
    tepui_network* network = nullptr;
    check_refused(context, tepui_witness_network(context, escape, -0.1, &network), TEPUI_ERROR_INVALID_VALUE,
                  {"epsilon is -0.1"});
    check_refused(context, tepui_witness_network(context, escape, 0.1, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"network is null"});
    CHECK(network == nullptr);
}

TEST_CASE("null results answer and are destroyed in peace") {
    CHECK(tepui_analysis_verdict(nullptr) == 0);
    CHECK(tepui_analysis_rule(nullptr) == 0);
    CHECK(tepui_split_verdict_verdict(nullptr) == 0);
    CHECK(tepui_split_verdict_rule(nullptr) == 0);
    CHECK(tepui_split_verdict_witness(nullptr) == nullptr);
    CHECK(tepui_witness_parameter_count(nullptr) == 0);
    CHECK(tepui_analysis_witness(nullptr) == nullptr);
    CHECK(tepui_analysis_escape(nullptr, 0) == nullptr);
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
            const Report neuron = report_of(context, analysis.get()).part("neurons/" + std::to_string(i));
            // Small matrices are cheapest judged by their spectra, whatever forms them.
            CHECK(neuron.integer("method") ==
                  (free && i == 0 ? TEPUI_NEURON_METHOD_MATRIX_FREE : TEPUI_NEURON_METHOD_SPECTRUM));
            CHECK(neuron.null("inner_hessian/inertia/negative") == (free && i == 0));
            CHECK(neuron.real("inner_hessian/tau") > 0.0);
            CHECK(neuron.real("inner_hessian/margin") >= 2.0);
            CHECK(neuron.integer("definiteness") == (i == 0 ? TEPUI_INDEFINITE : TEPUI_POSITIVE_DEFINITE));
            if (i == 0) {
                CHECK(neuron.real("inner_hessian/lambda_min") < 0.0);
                CHECK(neuron.real("inner_hessian/lambda_max") > 0.0);
            }
        }
    }
}

TEST_CASE("inner Hessians can be summed in single precision, and each neuron says in which") {
    const auto planted = minimum_with({Definiteness::indefinite, Definiteness::positive_semidefinite});
    Context context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_GRAM_PRECISION, TEPUI_PRECISION_SINGLE) ==
            TEPUI_OK);
    const PlantedPoint point(context, planted);
    const Analysis_ analysis = point.analyze(context);
    const Report report = report_of(context, analysis.get());
    CHECK(report.text("neurons/0/precision") == "single");
    CHECK(report.integer("neurons/0/precision") == TEPUI_PRECISION_SINGLE);
    CHECK(report.text("neurons/1/precision") == "double");  // singular: single precision cannot tell
    CHECK(report.integer("neurons/1/precision") == TEPUI_PRECISION_DOUBLE);
    CHECK(std::string(tepui_name(TEPUI_WORDS_PRECISION, 2)) == "unknown");
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
    CHECK(report_of(context, analysis.get()).flag("strict") == false);
    CHECK(std::string(tepui_name(TEPUI_WORDS_VERDICT, TEPUI_VERDICT_INDICATED_MINIMUM)) ==
          "indicated_minimum");
    const Report report = report_of(context, analysis.get()), hessian = report.part("hessian");
    CHECK(inertia_of(report, "hessian") == std::array<int64_t, 3>{-1, -1, -1});
    CHECK(hessian.real("lambda_min") > 0.0);
    CHECK(hessian.real("lambda_max") > hessian.real("lambda_min"));
    CHECK(hessian.real("margin") > 1.0);
    CHECK(hessian.text("method") == "matrix_free");
    CHECK(hessian.integer("evidence/products") > 0);
    CHECK(hessian.real("evidence/ritz_value") - hessian.real("evidence/residual") >
          hessian.real("evidence/tau"));
    CHECK(hessian.real("evidence/miss_probability") <= 1e-9);
    const std::array<double, 2> gamma{0.5, 0.5};
    tepui_split_verdict* made = nullptr;
    REQUIRE(tepui_classify_split(context, analysis.get(), 0, 2, gamma.data(), &made) == TEPUI_OK);
    CHECK(tepui_split_verdict_verdict(made) == TEPUI_VERDICT_SADDLE);  // Lemma 4 needs no minimum
    CHECK(report_of(context, made).known("morse_index") == -1);
    tepui_split_verdict_destroy(made);
    made = nullptr;
    REQUIRE(tepui_classify_split(context, analysis.get(), 1, 2, gamma.data(), &made) == TEPUI_OK);
    CHECK(tepui_split_verdict_verdict(made) == TEPUI_VERDICT_UNDETERMINED);
    tepui_split_verdict_destroy(made);

    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_HESSIAN_METHOD, TEPUI_HESSIAN_METHOD_DENSE) ==
            TEPUI_OK);
    const Analysis_ dense = point.analyze(context);
    const Report formed = report_of(context, dense.get());
    CHECK(formed.integer("hessian/method") == TEPUI_HESSIAN_METHOD_DENSE);
    const tepui_report* evidence = nullptr;
    check_refused(context, tepui_report_part(context, formed.handle(), "hessian/evidence", &evidence),
                  TEPUI_ERROR_INVALID_VALUE, {"hessian/evidence", "has no \"evidence\"", "margin"});
    CHECK(evidence == nullptr);
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
    const Report report = report_of(context, analysis.get());
    CHECK(report.count("neurons") == 2);
    CHECK(report.null("hessian"));
    CHECK(report.integer("neurons/0/plateau") == TEPUI_PLATEAU_ALL_SADDLES);
    CHECK(report.integer("neurons/0/saddles") == TEPUI_REGION_EVERYWHERE);
    CHECK(report.integer("neurons/1/plateau") == TEPUI_PLATEAU_UNDETERMINED);
    CHECK(report.integer("neurons/1/local_minima") == TEPUI_REGION_NONE);
    CHECK(report.integer("neurons/1/saddles") == TEPUI_REGION_OFF_GAMMA_PLUS);
    CHECK(tepui_analysis_escape(analysis.get(), 0) == nullptr);
    CHECK(report.null("neurons/0/best_escape"));
    const std::array<double, 2> gamma{0.5, 0.5};
    for (int64_t i = 0; i < 2; ++i) {
        tepui_split_verdict* made = nullptr;
        REQUIRE(tepui_classify_split(context, analysis.get(), i, 2, gamma.data(), &made) == TEPUI_OK);
        const SplitVerdict_ verdict(made);
        CHECK(report_of(context, made).known("morse_index") == -1);
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
    CHECK(tepui_analysis_escape(analysis.get(), 0) == nullptr);

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
            CHECK(report_of(context, raw[j]).known("morse_index") ==
                  report_of(context, alone).known("morse_index"));
            const tepui_witness* way = tepui_split_verdict_witness(raw[j]);
            CHECK((way != nullptr) == (j > 0 && ways_down == TEPUI_WAYS_DOWN_ALL));
            if (way == nullptr) continue;
            CHECK(report_of(context, way).real("measured") ==
                  report_of(context, tepui_split_verdict_witness(alone)).real("measured"));
            CHECK(report_of(context, way).real("measured") < -report_of(context, way).real("measured_error"));
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
