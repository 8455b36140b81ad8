// Certificates through the C functions: what a planted point's certificate says, and every refusal.
#include <cmath>

#include "api/planted_point.hpp"
#include "support/report.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

PlantedOptions two_neurons(std::uint64_t seed) {
    PlantedOptions options;
    options.wanted = {Definiteness::positive_definite, Definiteness::negative_definite};
    options.features = 3;
    options.seed = seed;
    return options;
}

Certificate_ certify(const Context& context, const tepui_analysis* analysis) {
    tepui_certificate* made = nullptr;
    REQUIRE(tepui_certify(context, analysis, &made) == TEPUI_OK);
    return Certificate_(made);
}

}  // namespace

TEST_CASE("a build without MPFR says so") {
    const Context context;
    if (has_certificates(context)) return;
    const PlantedPoint point(context, two_neurons(1));
    const Analysis_ analysis = point.analyze(context);
    tepui_certificate* made = nullptr;
    check_refused(context, tepui_certify(context, analysis.get(), &made), TEPUI_ERROR_UNSUPPORTED,
                  {"MPFR", "libmpfr-dev"});
    CHECK(made == nullptr);
}

TEST_CASE("the certificate of a planted minimum") {
    const Context context(2);
    if (!has_certificates(context)) return;
    const PlantedPoint point(context, two_neurons(2));
    const Analysis_ analysis = point.analyze(context);
    const Certificate_ owner = certify(context, analysis.get());
    const tepui_certificate* certificate = owner.get();
    const Report report = report_of(context, certificate);
    INFO(report.text("reason"));
    REQUIRE(tepui_certificate_is_complete(certificate) == 1);
    CHECK(report.flag("complete"));
    CHECK(report.text("about") == "network");
    CHECK(report.null("failed_step"));
    CHECK(report_of(context, certificate).known("failed_neuron") == -1);
    CHECK(std::string(report_of(context, certificate).text("reason")).empty());
    CHECK(report_of(context, certificate).flag("stationary") == true);
    CHECK(tepui_certificate_verdict(certificate) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(report_of(context, certificate).known("morse_index") == 0);
    CHECK(std::string(report_of(context, certificate).text("statement")).find("strict local minimum") !=
          std::string::npos);

    const std::vector<double> lower = report.reals("parameters/lower"),
                              upper = report.reals("parameters/upper");
    REQUIRE(lower.size() == 8);
    REQUIRE(upper.size() == 8);
    REQUIRE(report.count("parameters/balls") == 8);
    const double distance = report.real("distance_at_most");
    CHECK(distance < 1e-9);
    for (std::size_t j = 0; j < 8; ++j) {
        const double given = point.planted.network.parameters[j];
        CHECK(lower[j] < upper[j]);
        CHECK(std::abs(lower[j] - given) <= distance + 1e-15 * std::abs(given));
        const std::string ball = report.text("parameters/balls/" + std::to_string(j));
        CHECK(ball.find("+/-") != std::string::npos);
        CHECK(std::stod(ball.substr(1)) == Approx(given).margin(1e-9));
    }
    CHECK(0.0 < report.real("loss/lower"));
    CHECK(report.real("loss/lower") <= report.real("loss/upper"));
    const double radius = report.real("newton/radius");
    CHECK(report.real("newton/step_at_most") + report.real("newton/contraction_at_most") * radius < radius);
    CHECK(report.integer("precision_bits") == 127);

    const Report hessian = report.part("hessian"), computed = report_of(context, analysis.get());
    CHECK(hessian.integer("negative_at_least") == 0);
    CHECK(hessian.integer("positive_at_least") == 8);
    const double least = hessian.real("smallest/lower"), most = hessian.real("largest/upper");
    CHECK((0.0 < least && least <= hessian.real("smallest/upper") && hessian.real("smallest/upper") <= most));
    CHECK(hessian.real("largest/lower") <= most);
    CHECK(hessian.real("weakest_equilibrated") > 0.0);
    CHECK(least == Approx(computed.real("hessian/lambda_min")).epsilon(1e-6));
    CHECK(most == Approx(computed.real("hessian/lambda_max")).epsilon(1e-6));

    REQUIRE(report.count("neurons") == 2);
    for (int64_t i = 0; i < 2; ++i) {
        const Report neuron = report.part("neurons/" + std::to_string(i));
        CHECK(neuron.integer("neuron") == i);
        CHECK(neuron.flag("complete"));
        CHECK(neuron.integer("local_minima") ==
              (i == 0 ? TEPUI_REGION_GAMMA_PLUS : TEPUI_REGION_GAMMA_MINUS));
        CHECK(neuron.integer("saddles") ==
              (i == 0 ? TEPUI_REGION_OFF_GAMMA_PLUS : TEPUI_REGION_OFF_GAMMA_MINUS));
        CHECK(neuron.text("statement").find("Theorem 1") != std::string::npos);
        CHECK(neuron.integer("inner_hessian/positive_at_least") == (i == 0 ? 3 : 0));
        CHECK(neuron.integer("inner_hessian/negative_at_least") == (i == 0 ? 0 : 3));
    }
}

TEST_CASE("proven verdicts on splits are those of the analysis") {
    const Context context;
    if (!has_certificates(context)) return;
    const PlantedPoint point(context, two_neurons(3));
    const Analysis_ analysis = point.analyze(context);
    const Certificate_ certificate = certify(context, analysis.get());
    const std::vector<std::vector<double>> gammas{
        {0.3, 0.7}, {1.5, -0.5}, {1.0, 0.0}, {2.0, -0.5, -0.5}, {0.2, 0.3, 0.5}};
    const int64_t both[2] = {0, 1};
    for (const auto& first : gammas) {
        for (const auto& second : gammas) {
            std::vector<double> values(first);
            values.insert(values.end(), second.begin(), second.end());
            const int64_t offsets[3] = {0, int64_t(first.size()), int64_t(values.size())};
            tepui_verdict proven = -1;
            REQUIRE(tepui_certificate_splits(context, certificate.get(), 2, both, offsets, values.data(),
                                             &proven) == TEPUI_OK);
            tepui_split_verdict* raw = nullptr;
            REQUIRE(tepui_classify_splits(context, analysis.get(), 2, both, offsets, values.data(), &raw) ==
                    TEPUI_OK);
            const SplitVerdict_ verdict(raw);
            CHECK(proven == tepui_split_verdict_verdict(raw));
        }
    }
    const int64_t twice[2] = {1, 1}, offsets[3] = {0, 2, 4};
    const double halves[4] = {0.5, 0.5, 0.5, 0.5};
    tepui_verdict verdict = -1;
    check_refused(context,
                  tepui_certificate_splits(context, certificate.get(), 2, twice, offsets, halves, &verdict),
                  TEPUI_ERROR_INVALID_VALUE, {"neuron 1", "twice"});
    const int64_t beyond[1] = {2};
    check_refused(context,
                  tepui_certificate_splits(context, certificate.get(), 1, beyond, offsets, halves, &verdict),
                  TEPUI_ERROR_INVALID_SIZE, {"neurons[0]"});
    check_refused(context,
                  tepui_certificate_splits(context, certificate.get(), 0, both, offsets, halves, &verdict),
                  TEPUI_ERROR_INVALID_SIZE, {"count"});
    const double bad[4] = {0.5, 0.6, 0.5, 0.5};
    check_refused(context,
                  tepui_certificate_splits(context, certificate.get(), 1, both, offsets, bad, &verdict),
                  TEPUI_ERROR_INVALID_VALUE, {"gamma"});
    CHECK(verdict == -1);
}

TEST_CASE("a point that is not stationary gives a certificate that says so and nothing else") {
    const Context context;
    if (!has_certificates(context)) return;
    const Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ network = problem.network(context);
    tepui_analysis* raw = nullptr;
    REQUIRE(tepui_analyze(context, dataset.get(), network.get(), &raw) == TEPUI_OK);
    const Analysis_ analysis(raw);
    const Certificate_ certificate = certify(context, analysis.get());
    CHECK(tepui_certificate_is_complete(certificate.get()) == 0);
    CHECK(report_of(context, certificate.get()).known("failed_step") == TEPUI_CERTIFICATE_CLAIM);
    const Report report = report_of(context, certificate.get());
    CHECK_FALSE(report.flag("stationary"));
    CHECK(report.text("reason").find("gradient") != std::string::npos);
    CHECK(report.count("neurons") == 0);
    CHECK(tepui_certificate_verdict(certificate.get()) == TEPUI_VERDICT_UNDETERMINED);
    double value = kUntouched;
    for (const char* path : {"loss/lower", "distance_at_most", "parameters/lower", "hessian/smallest/lower"})
        check_refused(context, tepui_report_real(context, report.handle(), path, &value),
                      TEPUI_ERROR_INVALID_VALUE, {path, "the report has no", "reason"});
    check_refused(context, tepui_report_real(context, report.handle(), "neurons/0", &value),
                  TEPUI_ERROR_INVALID_VALUE, {"has 0 items"});
    CHECK(value == kUntouched);
}

TEST_CASE("what certificates do not cover") {
    const Context context;
    if (!has_certificates(context)) return;
    const PlantedPoint point(context, two_neurons(4));
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_ANALYSIS_SCOPE, TEPUI_SCOPE_NEURONS) == TEPUI_OK);
    const Analysis_ alone = point.analyze(context);
    tepui_certificate* made = nullptr;
    check_refused(context, tepui_certify(context, alone.get(), &made), TEPUI_ERROR_UNSUPPORTED,
                  {"neurons alone"});
    check_refused(context, tepui_certify(context, nullptr, &made), TEPUI_ERROR_NULL_POINTER,
                  {"analysis is null"});
    check_refused(context, tepui_certify(context, alone.get(), nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"certificate is null"});
    CHECK(made == nullptr);
}

TEST_CASE("inputs of deficient rank: the analysis of the projected data is refused") {
    const Context context;
    if (!has_certificates(context)) return;
    const PlantedPoint point(context, two_neurons(5));
    const Planted& planted = point.planted;
    // The second column twice: weights of the copy zero.
    std::vector<double> x, w;
    for (Size k = 0; k < planted.samples; ++k) {
        for (Size j = 0; j < 3; ++j) x.push_back(planted.x[std::size_t(3 * k + j)]);
        x.push_back(x[x.size() - 2]);
    }
    for (Size i = 0; i < 2; ++i) {
        for (Size j = 0; j < 3; ++j) w.push_back(planted.network.weights(i)[j]);
        w.push_back(0.0);
    }
    tepui_dataset* raw_data = nullptr;
    REQUIRE(tepui_dataset_create(context, planted.samples, 4, x.data(), 4, planted.targets.data(), nullptr, 0,
                                 &raw_data) == TEPUI_OK);
    const Dataset_ data(raw_data);
    tepui_activation* sigma = nullptr;
    REQUIRE(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, &sigma) == TEPUI_OK);
    const Activation_ activation(sigma);
    tepui_network* raw_network = nullptr;
    REQUIRE(tepui_network_create(context, sigma, 2, 4, w.data(), 4, planted.network.outputs(),
                                 &raw_network) == TEPUI_OK);
    const Network_ network(raw_network);
    tepui_network_verdict* raw = nullptr;
    REQUIRE(tepui_classify_network(context, data.get(), network.get(), &raw) == TEPUI_OK);
    REQUIRE(report_of(context, raw).integer("whole/rank") == 3);
    tepui_certificate* made = nullptr;
    check_refused(context, tepui_certify(context, tepui_network_verdict_analysis(raw), &made),
                  TEPUI_ERROR_UNSUPPORTED, {"deficient rank"});
    CHECK(made == nullptr);
    tepui_network_verdict_destroy(raw);
}

TEST_CASE("a certificate can be cancelled") {
    const Context context;
    if (!has_certificates(context)) return;
    const PlantedPoint point(context, two_neurons(6));
    const Analysis_ analysis = point.analyze(context);
    REQUIRE(tepui_context_set_progress(
                context, [](void*, const char*, double) -> int32_t { return 1; }, nullptr) == TEPUI_OK);
    tepui_certificate* made = nullptr;
    check_refused(context, tepui_certify(context, analysis.get(), &made), TEPUI_ERROR_CANCELLED,
                  {"certificate"});
    CHECK(made == nullptr);
}

TEST_CASE("null handles are answered") {
    CHECK(tepui_certificate_is_complete(nullptr) == 0);
    CHECK(tepui_certificate_verdict(nullptr) == 0);
    tepui_certificate_destroy(nullptr);
    CHECK(std::string(tepui_name(TEPUI_WORDS_CERTIFICATE_STEP, TEPUI_CERTIFICATE_INNER_HESSIAN)) ==
          "inner_hessian");
    CHECK(std::string(tepui_name(TEPUI_WORDS_CERTIFICATE_STEP, 99)) == "unknown");
}
