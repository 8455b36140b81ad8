#include <cmath>

#include "api/counting_memory.hpp"
#include "api/fixture.hpp"
#include "support/report.hpp"

using namespace tepui::test;

namespace {

using Outputs_ = std::unique_ptr<tepui_several_outputs, Destroy<tepui_several_outputs_destroy>>;

// One relu neuron on samples (1, 0) and (0, 1) with two outputs. Residuals r[k][j] as wanted.
struct TwoOutputs {
    std::vector<double> x{1.0, 0.0, 0.0, 1.0}, w, a, targets;

    TwoOutputs(std::vector<double> weights, std::vector<double> outputs, const std::vector<double>& r)
        : w(std::move(weights)), a(std::move(outputs)) {
        for (std::size_t k = 0; k < 2; ++k) {
            for (std::size_t j = 0; j < 2; ++j) targets.push_back(a[j] * std::max(0.0, w[k]) - r[2 * k + j]);
        }
    }
    std::vector<double> column(std::size_t j) const { return {targets[j], targets[2 + j]}; }
    Dataset_ dataset(const Context& context, std::size_t j = 0, int32_t flags = 0) const {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, 2, 2, x.data(), 2, column(j).data(), nullptr,
                                     TEPUI_DATASET_COPY | flags, &made) == TEPUI_OK);
        return Dataset_(made);
    }
};

Network_ network(const Context& context, const std::vector<double>& w, double a,
                 tepui_activation_kind kind = TEPUI_ACTIVATION_RELU) {
    tepui_activation* sigma = nullptr;
    REQUIRE(tepui_activation_create(context, kind, &sigma) == TEPUI_OK);
    const Activation_ owner(sigma);
    tepui_network* made = nullptr;
    const int64_t d = int64_t(w.size());
    REQUIRE(tepui_network_create(context, sigma, 1, d, w.data(), d, &a, &made) == TEPUI_OK);
    return Network_(made);
}

Outputs_ judged(const Context& context, const TwoOutputs& problem) {
    const Dataset_ data = problem.dataset(context);
    const Network_ hidden = network(context, problem.w, 99.0);  // its output weight does not count
    tepui_several_outputs* made = nullptr;
    REQUIRE(tepui_classify_several_outputs(context, data.get(), hidden.get(), 2, problem.targets.data(),
                                           problem.a.data(), nullptr, nullptr, &made) == TEPUI_OK);
    return Outputs_(made);
}

double loss(const Context& context, const TwoOutputs& problem, const double* parameters, int32_t flags = 0) {
    double sum = 0.0;
    for (std::size_t j = 0; j < 2; ++j) {
        const std::size_t d = problem.w.size();
        const Dataset_ data = problem.dataset(context, j, flags);
        const Network_ there = network(context, {parameters, parameters + d}, parameters[d + j]);
        double one = 0.0;
        REQUIRE(tepui_loss(context, data.get(), there.get(), &one) == TEPUI_OK);
        sum += one;
    }
    return sum;
}

// The way down ends where it says.
void check_witness(const Context& context, const TwoOutputs& problem, const tepui_several_outputs* verdict,
                   int order) {
    const tepui_witness* witness = tepui_several_outputs_witness(verdict);
    REQUIRE(witness != nullptr);
    REQUIRE(tepui_witness_parameter_count(witness) == 4);
    const Report report = report_of(context, witness);
    // One output weight for each output.
    CHECK(report.count("direction/W/0") == 2);
    CHECK(report.count("direction/a") == 2);
    CHECK(report.count("direction/a/1") == 1);
    CHECK(report.integer("order") == order);
    CHECK(report.real("coefficient") < 0.0);
    CHECK(report.real("measured") < -report.real("measured_error"));
    std::vector<double> at(4);
    REQUIRE(tepui_witness_point(context, witness, 0.0, at.data()) == TEPUI_OK);
    CHECK(at == std::vector<double>{problem.w[0], problem.w[1], problem.a[0], problem.a[1]});
    const double before = loss(context, problem, at.data());
    CHECK(before == Approx(report_of(context, verdict).real("loss")));
    REQUIRE(tepui_witness_point(context, witness, report.real("epsilon"), at.data()) == TEPUI_OK);
    CHECK(loss(context, problem, at.data()) - before == Approx(report.real("measured")));
}

}  // namespace

TEST_CASE("outputs: a minimum says so") {
    Context context;
    // S(v) = (10 + 0.5 * 3) relu(v1): where it is 0 both D_j are.
    const TwoOutputs problem({0.0, 0.0}, {10.0, 3.0}, {1.0, 0.5, 0.0, 0.0});
    const Outputs_ verdict = judged(context, problem);
    CHECK(tepui_several_outputs_verdict(verdict.get()) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(tepui_several_outputs_rule_of(verdict.get()) == TEPUI_SEVERAL_OUTPUTS_NO_ESCAPE_NEURON);
    CHECK(report_of(context, verdict.get()).known("deciding_neuron") == -1);
    CHECK(tepui_several_outputs_witness(verdict.get()) == nullptr);
    CHECK(report_of(context, verdict.get()).real("loss") == Approx(0.5 * 1.25));
    const Report neuron = report_of(context, verdict.get()).part("neurons/0");
    CHECK(neuron.integer("nonnegative") == TEPUI_ANSWER_YES);
    CHECK(neuron.integer("method") == TEPUI_SIGN_INDEPENDENT);
    CHECK(neuron.text("undetermined_because") ==
          tepui_sentence(TEPUI_WORDS_SIGN_REASON, TEPUI_SIGN_REASON_NONE));
    CHECK(neuron.integer("escape") == TEPUI_ANSWER_NO);
    CHECK(neuron.real("curvature") == 0.0);
    CHECK(neuron.null("direction"));
    for (const char* j : {"0", "1"})
        CHECK(std::abs(neuron.real(std::string("psi/") + j)) <=
              neuron.real(std::string("psi_tolerance/") + j));
}

TEST_CASE("outputs: an escape neuron with a large output weight elsewhere falls") {
    Context context;
    // S(v) = 10 relu(v1), D_1(v) = relu(v2): at v = (0, 1) S = 0 and output 1, without weight, moves.
    const TwoOutputs problem({0.0, 0.0}, {10.0, 0.0}, {1.0, 0.0, 0.0, 1.0});
    const Outputs_ verdict = judged(context, problem);
    CHECK(tepui_several_outputs_verdict(verdict.get()) == TEPUI_VERDICT_SADDLE);
    CHECK(tepui_several_outputs_rule_of(verdict.get()) == TEPUI_SEVERAL_OUTPUTS_ESCAPE_FALLS);
    CHECK(report_of(context, verdict.get()).known("deciding_neuron") == 0);
    const Report direction = report_of(context, verdict.get()).part("neurons/0/direction");
    CHECK(direction.real("v/1") > 0.0);
    CHECK(direction.real("derivatives/0") == 0.0);
    CHECK(direction.real("derivatives/1") == Approx(direction.real("v/1")));
    CHECK(direction.real("b/1") < 0.0);
    check_witness(context, problem, verdict.get(), 2);
}

TEST_CASE("outputs: whether opposed outputs fall depends on their size") {
    Context context;
    // w = (0, 1), a kink at the first sample: S = 0, D_0 = relu(v1) = -D_1; the curvature is (a_0^2 + a_1^2 -
    // 2) / 2.
    const TwoOutputs small({0.0, 1.0}, {0.5, 0.5}, {1.0, -1.0, 0.0, 0.0});
    const Outputs_ falls = judged(context, small);
    CHECK(tepui_several_outputs_rule_of(falls.get()) == TEPUI_SEVERAL_OUTPUTS_ESCAPE_FALLS);
    CHECK(report_of(context, falls.get()).real("neurons/0/curvature") == Approx(-0.75));
    check_witness(context, small, falls.get(), 2);

    const TwoOutputs large({0.0, 1.0}, {2.0, 2.0}, {1.0, -1.0, 0.0, 0.0});
    const Outputs_ open = judged(context, large);
    CHECK(tepui_several_outputs_verdict(open.get()) == TEPUI_VERDICT_UNDETERMINED);
    CHECK(tepui_several_outputs_rule_of(open.get()) == TEPUI_SEVERAL_OUTPUTS_ESCAPE_OPEN);
    CHECK(report_of(context, open.get()).known("deciding_neuron") == 0);
    CHECK(tepui_several_outputs_witness(open.get()) == nullptr);
    CHECK(report_of(context, open.get()).real("neurons/0/curvature") == Approx(3.0));
    CHECK(report_of(context, falls.get()).null("face"));
    CHECK(!report_of(context, open.get()).flag("face/kinks_hold"));
}

TEST_CASE("outputs: without kinks the second order decides") {
    Context context;
    // f_kj = a_j w_k with w = (1, 1), a = (1, 1); along dw = (s, -s), da = (t, -t) / sqrt 2 the loss changes
    // by half of 4 s^2 + 2 t^2 + 4 sqrt 2 pull s t.
    for (const double pull : {0.5, 2.0}) {
        const TwoOutputs problem({1.0, 1.0}, {1.0, 1.0}, {pull, -pull, -pull, pull});
        const Outputs_ verdict = judged(context, problem);
        const Report report = report_of(context, verdict.get());
        CHECK(report.integer("neurons/0/escape") == TEPUI_ANSWER_YES);
        if (pull > 1.0) {
            CHECK(tepui_several_outputs_verdict(verdict.get()) == TEPUI_VERDICT_SADDLE);
            check_witness(context, problem, verdict.get(), 2);
            continue;
        }
        CHECK(tepui_several_outputs_verdict(verdict.get()) == TEPUI_VERDICT_LOCAL_MINIMUM);
        CHECK(tepui_several_outputs_rule_of(verdict.get()) == TEPUI_SEVERAL_OUTPUTS_FACE_MINIMUM);
        CHECK(report.integer("face/dimension") == 3);
        CHECK(report.integer("face/negative") == 0);
        CHECK(report.integer("face/zero") == 0);
        CHECK(report.flag("face/kinks_hold"));
        CHECK(report.real("face/lambda_min") > 0.1);
        CHECK(report.real("face/tolerance") < 1e-10);
    }
}

TEST_CASE("outputs: points that are not stationary have a way down of first order") {
    Context context;
    const TwoOutputs steep({0.0, 1.0}, {1.0, 1.0}, {-1.0, 0.5, 0.0, 0.0});  // S(v) = -relu(v1) / 2
    const Outputs_ descends = judged(context, steep);
    CHECK(tepui_several_outputs_verdict(descends.get()) == TEPUI_VERDICT_NOT_STATIONARY);
    CHECK(tepui_several_outputs_rule_of(descends.get()) == TEPUI_SEVERAL_OUTPUTS_DESCENT_DIRECTION);
    check_witness(context, steep, descends.get(), 1);
    const TwoOutputs tilted({0.0, 1.0}, {1.0, 1.0}, {1.0, 0.5, 0.25, 0.5});  // psi_j = r_1j
    const Outputs_ moves = judged(context, tilted);
    CHECK(tepui_several_outputs_rule_of(moves.get()) == TEPUI_SEVERAL_OUTPUTS_OUTPUT_DERIVATIVE);
    CHECK(report_of(context, moves.get()).real("neurons/0/psi/0") == Approx(0.25));
    CHECK(report_of(context, moves.get()).real("neurons/0/psi/1") == Approx(0.5));
    check_witness(context, tilted, moves.get(), 1);
    // The minimum over both output weights.
    CHECK(report_of(context, moves.get()).real("witness/measured") == Approx(-0.5 * (0.0625 + 0.25)));
    const TwoOutputs fitted({1.0, 1.0}, {1.0, 2.0}, {0.0, 0.0, 0.0, 0.0});
    const Outputs_ zero = judged(context, fitted);
    CHECK(tepui_several_outputs_rule_of(zero.get()) == TEPUI_SEVERAL_OUTPUTS_ZERO_LOSS);
    CHECK(tepui_several_outputs_verdict(zero.get()) == TEPUI_VERDICT_LOCAL_MINIMUM);
}

TEST_CASE("outputs: one of them is what tepui_classify_directional says; flags and kink sets count") {
    Context context;
    const TwoOutputs problem({1e-7, 1.0}, {1.0, 0.0}, {1.0, 0.0, 0.0, 0.0});
    const std::vector<double> y = problem.column(0);
    for (const int32_t flags : {0, int32_t{TEPUI_DATASET_MEAN_LOSS}, int32_t{TEPUI_DATASET_BIAS}}) {
        const Dataset_ data = problem.dataset(context, 0, flags);
        std::vector<double> w = problem.w;
        if (flags == TEPUI_DATASET_BIAS) w.push_back(0.0);
        const Network_ hidden = network(context, w, 1.0);
        const int64_t offsets[2] = {0, 1}, samples[1] = {0};
        for (const bool given : {false, true}) {
            tepui_directional* one = nullptr;
            tepui_several_outputs* other = nullptr;
            const int64_t *o = given ? offsets : nullptr, *s = given ? samples : nullptr;
            REQUIRE(tepui_context_set_real(context, TEPUI_OPTION_STATIONARITY, given ? 1e-6 : 1e-8) ==
                    TEPUI_OK);
            REQUIRE(tepui_classify_directional(context, data.get(), hidden.get(), o, s, &one) == TEPUI_OK);
            REQUIRE(tepui_classify_several_outputs(context, data.get(), hidden.get(), 1, y.data(),
                                                   problem.a.data(), o, s, &other) == TEPUI_OK);
            CHECK(tepui_several_outputs_verdict(other) == tepui_directional_verdict(one));
            CHECK(report_of(context, other).real("loss") == report_of(context, one).real("loss"));
            if (flags == 0) {
                CHECK((tepui_several_outputs_verdict(other) == TEPUI_VERDICT_LOCAL_MINIMUM) == given);
            }
            tepui_several_outputs_destroy(other);
            tepui_directional_destroy(one);
        }
    }
}

TEST_CASE("outputs: refusals, names and null handles") {
    Context context;
    const TwoOutputs problem({0.0, 0.0}, {10.0, 3.0}, {1.0, 0.5, 0.0, 0.0});
    const Dataset_ data = problem.dataset(context);
    const Network_ hidden = network(context, problem.w, 1.0),
                   smooth = network(context, problem.w, 1.0, TEPUI_ACTIVATION_TANH),
                   longer = network(context, {0.0, 0.0, 0.0}, 1.0);
    tepui_several_outputs* made = nullptr;
    const auto classify = [&](const tepui_network* of, int64_t p, const double* targets, const double* a) {
        return tepui_classify_several_outputs(context, data.get(), of, p, targets, a, nullptr, nullptr,
                                              &made);
    };
    const double *y = problem.targets.data(), *a = problem.a.data();
    std::vector<double> bad(problem.targets);
    bad[3] = kNaN;
    check_refused(context, classify(smooth.get(), 2, y, a), TEPUI_ERROR_UNSUPPORTED, {"tanh"});
    check_refused(context, classify(longer.get(), 2, y, a), TEPUI_ERROR_INVALID_SIZE, {"3", "2"});
    check_refused(context, classify(hidden.get(), 0, y, a), TEPUI_ERROR_INVALID_SIZE, {"p is 0"});
    check_refused(context, classify(hidden.get(), int64_t{1} << 62, y, a), TEPUI_ERROR_INVALID_SIZE, {});
    check_refused(context, classify(hidden.get(), 2, bad.data(), a), TEPUI_ERROR_NOT_FINITE, {"targets[3]"});
    check_refused(context, classify(hidden.get(), 2, nullptr, a), TEPUI_ERROR_NULL_POINTER, {"targets"});
    check_refused(context, classify(hidden.get(), 2, y, nullptr), TEPUI_ERROR_NULL_POINTER, {"a is null"});
    const double infinite[2] = {1.0, kInf};
    check_refused(context, classify(hidden.get(), 2, y, infinite), TEPUI_ERROR_NOT_FINITE, {"a[1]"});
    CHECK(made == nullptr);
    const Outputs_ verdict = judged(context, problem);
    const tepui_report* report = nullptr;
    check_refused(context, tepui_several_outputs_report(context, nullptr, &report), TEPUI_ERROR_NULL_POINTER,
                  {"verdict"});
    CHECK(report == nullptr);
    tepui_several_outputs_destroy(nullptr);
    CHECK(tepui_several_outputs_verdict(nullptr) == 0);
    CHECK(tepui_several_outputs_rule_of(nullptr) == 0);
    CHECK(tepui_several_outputs_witness(nullptr) == nullptr);
    CHECK(std::string(tepui_name(TEPUI_WORDS_SEVERAL_OUTPUTS_RULE, TEPUI_SEVERAL_OUTPUTS_ESCAPE_FALLS)) ==
          "escape_falls");
    CHECK(
        std::string(tepui_sentence(TEPUI_WORDS_SEVERAL_OUTPUTS_RULE, TEPUI_SEVERAL_OUTPUTS_NO_ESCAPE_NEURON))
            .find("local minimum") != std::string::npos);
    CHECK(std::string(tepui_name(TEPUI_WORDS_SEVERAL_OUTPUTS_RULE, 16)) == "unknown");
}

TEST_CASE("outputs: refused memory leaks nothing") {
    Context context;
    const TwoOutputs problem({0.0, 0.0}, {10.0, 0.0}, {1.0, 0.0, 0.0, 1.0});
    judged(context, problem);
    const Dataset_ data = problem.dataset(context);
    const Network_ hidden = network(context, problem.w, 1.0);
    for (int64_t allowed = 0; allowed < 100000; ++allowed) {
        const int64_t blocks = live_blocks();
        tepui_several_outputs* made = nullptr;
        tepui_status status = TEPUI_OK;
        {
            const AllocationLimit limit(allowed);
            status =
                tepui_classify_several_outputs(context, data.get(), hidden.get(), 2, problem.targets.data(),
                                               problem.a.data(), nullptr, nullptr, &made);
        }
        if (status == TEPUI_OK) {
            tepui_several_outputs_destroy(made);
            CHECK(allowed > 5);
            return;
        }
        REQUIRE(status == TEPUI_ERROR_OUT_OF_MEMORY);
        REQUIRE(made == nullptr);
        REQUIRE(live_blocks() == blocks);
    }
}
