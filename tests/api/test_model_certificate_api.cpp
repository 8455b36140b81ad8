// Certificates of model verdicts through the C functions.
#include <cmath>

#include "api/planted_point.hpp"
#include "support/report.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using ModelVerdict_ = std::unique_ptr<tepui_model_verdict, Destroy<tepui_model_verdict_destroy>>;

// One tanh neuron with output biases on a line: of three classes that overlap, with decay, or of three
// targets, without.
struct ThreeOutputs {
    ThreeOutputs(const Context& context, double decay) {
        std::vector<double> x, y;
        std::vector<int64_t> labels;
        for (int64_t k = 0; k < 30; ++k) {
            x.push_back(-2.0 + 4.0 * double(k) / 29.0);
            labels.push_back(k % 5 == 4 ? (k / 10 + 1) % 3 : k / 10);
            y.insert(y.end(), {std::sin(x.back()), x.back() * x.back(), std::exp(x.back())});
        }
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, 30, 1, x.data(), 1, nullptr, nullptr,
                                     TEPUI_DATASET_BIAS | TEPUI_DATASET_COPY, &made) == TEPUI_OK);
        data.reset(made);
        if (decay > 0.0) {
            REQUIRE(tepui_dataset_set_classes(context, made, 3, labels.data()) == TEPUI_OK);
            REQUIRE(tepui_dataset_set_decay(context, made, decay, decay, decay, 0.0, 0.0) == TEPUI_OK);
        } else {
            REQUIRE(tepui_dataset_set_targets(context, made, TEPUI_LOSS_SQUARED, 0.0, 3, y.data()) ==
                    TEPUI_OK);
        }
        tepui_activation* tanh = nullptr;
        REQUIRE(tepui_activation_create_named(context, "tanh", &tanh) == TEPUI_OK);
        const Activation_ activation(tanh);
        const double start[8] = {1.0, 0.1, 1.0, 0.2, -1.0, 0.1, 0.0, -0.1};
        tepui_network* like = nullptr;
        REQUIRE(tepui_network_create_model(context, tanh, 1, 2, 3, TEPUI_MODEL_OUTPUT_BIAS, start, &like) ==
                TEPUI_OK);
        const Network_ network(like);
        tepui_solution* found = nullptr;
        REQUIRE(tepui_solve_like(context, made, like, &found) == TEPUI_OK);
        fits.reset(found);
        REQUIRE(tepui_solution_points(found) > 0);
        tepui_model_verdict* judged = nullptr;
        REQUIRE(tepui_classify_model(context, made, tepui_solution_point(found, 0), &judged) == TEPUI_OK);
        verdict.reset(judged);
    }
    Dataset_ data;
    Solution_ fits;
    ModelVerdict_ verdict;
};

Certificate_ certify(const Context& context, const ThreeOutputs& point) {
    tepui_certificate* made = nullptr;
    REQUIRE(tepui_certify_model(context, point.data.get(), point.verdict.get(), &made) == TEPUI_OK);
    return Certificate_(made);
}

}  // namespace

TEST_CASE("certificates of classes with decay: the point, with the last output's bias held") {
    const Context context;
    if (!has_certificates(context)) return;
    const ThreeOutputs classes(context, 0.01);
    const Certificate_ certificate = certify(context, classes);
    const Report report = report_of(context, certificate.get());
    CAPTURE(report.text("reason"), report.text("statement"));
    CHECK(tepui_certificate_is_complete(certificate.get()) == 1);
    CHECK(tepui_certificate_verdict(certificate.get()) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(report.count("parameters/held") == 1);
    CHECK(report.integer("parameters/held/0") == 7);
    CHECK(report.integer("hessian/positive_at_least") == 7);
    CHECK(report.count("neurons") == 0);
}

TEST_CASE("certificates of three targets: slopes make every split a saddle") {
    const Context context;
    if (!has_certificates(context)) return;
    const ThreeOutputs targets(context, 0.0);
    const Certificate_ certificate = certify(context, targets);
    const Report report = report_of(context, certificate.get());
    CAPTURE(report.text("reason"), report.text("statement"));
    CHECK(tepui_certificate_is_complete(certificate.get()) == 1);
    CHECK(tepui_certificate_verdict(certificate.get()) == tepui_model_verdict_verdict(targets.verdict.get()));
    CHECK(report.count("parameters/held") == 0);
    CHECK(report.integer("hessian/positive_at_least") + report.integer("hessian/negative_at_least") == 8);
    REQUIRE(report.count("neurons") == 1);
    CHECK(report.real("neurons/0/slopes/at_least") > 0.0);
    CHECK_FALSE(report.flag("neurons/0/slopes/zero_by_structure"));
    CHECK(report.integer("neurons/0/saddles") == TEPUI_REGION_EVERYWHERE);
    const int64_t neuron = 0, offsets[2] = {0, 2};
    const double halves[2] = {0.5, 0.5};
    tepui_verdict proven = -1;
    REQUIRE(tepui_certificate_splits(context, certificate.get(), 1, &neuron, offsets, halves, &proven) ==
            TEPUI_OK);
    CHECK(proven == TEPUI_VERDICT_SADDLE);
}

TEST_CASE("refusals of certificates of models") {
    const Context context;
    if (!has_certificates(context)) return;
    const ThreeOutputs classes(context, 0.01);
    const PlantedPoint other(context, {});
    tepui_certificate* made = nullptr;
    check_refused(context, tepui_certify_model(context, nullptr, classes.verdict.get(), &made),
                  TEPUI_ERROR_NULL_POINTER, {"dataset is null"});
    check_refused(context, tepui_certify_model(context, classes.data.get(), nullptr, &made),
                  TEPUI_ERROR_NULL_POINTER, {"verdict is null"});
    check_refused(context, tepui_certify_model(context, classes.data.get(), classes.verdict.get(), nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"certificate is null"});
    check_refused(context, tepui_certify_model(context, other.dataset.get(), classes.verdict.get(), &made),
                  TEPUI_ERROR_INVALID_SIZE, {"dataset has"});
    CHECK(made == nullptr);
}
