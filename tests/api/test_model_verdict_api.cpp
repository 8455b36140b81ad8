// Verdicts on networks of any layout, loss and decay, from the caller's side (MATH.md section 15).
#include "api/fixture.hpp"
#include "support/report.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using ModelVerdict_ = std::unique_ptr<tepui_model_verdict, Destroy<tepui_model_verdict_destroy>>;

// One tanh neuron at w = 0 among symmetric inputs: whatever the targets, psi(0) = 0. y = (x, x^2), a = (0,
// a2): Psi = (-sum x^2, 0), which a is orthogonal to.
struct Samples {
    static constexpr int64_t n = 11;
    std::vector<double> x, y;
    Samples() {
        for (int64_t k = 0; k < n; ++k) {
            x.push_back(0.25 * static_cast<double>(k - 5));
            y.push_back(x.back());
            y.push_back(x.back() * x.back());
        }
    }
    Dataset_ data(const Context& context) const {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, n, 1, x.data(), 1, nullptr, nullptr, 0, &made) == TEPUI_OK);
        Dataset_ owned(made);
        REQUIRE(tepui_dataset_set_targets(context, made, TEPUI_LOSS_SQUARED, 0.0, 2, y.data()) == TEPUI_OK);
        return owned;
    }
};

Network_ network(const Context& context, int64_t outputs, tepui_model_flags flags,
                 const std::vector<double>& values) {
    tepui_activation* sigma = nullptr;
    REQUIRE(tepui_activation_create_named(context, "tanh", &sigma) == TEPUI_OK);
    const Activation_ owned(sigma);
    tepui_network* made = nullptr;
    REQUIRE(tepui_network_create_model(context, sigma, 1, 1, outputs, flags, values.data(), &made) ==
            TEPUI_OK);
    return Network_(made);
}

ModelVerdict_ classified(const Context& context, const tepui_dataset* data, const tepui_network* network) {
    tepui_model_verdict* verdict = nullptr;
    REQUIRE(tepui_classify_model(context, data, network, &verdict) == TEPUI_OK);
    return ModelVerdict_(verdict);
}

Report report_of(const Context& context, const tepui_model_verdict* verdict) {
    return read_report(context, tepui_model_verdict_report, verdict);
}

// The inputs of the samples, as often as they are asked for.
int32_t stream(void* user, int64_t first, int64_t count, double* x, double* y, double* weights) {
    const Samples& samples = *static_cast<const Samples*>(user);
    for (int64_t k = 0; k < count; ++k) {
        x[k] = samples.x[static_cast<std::size_t>(first + k)];
        if (y != nullptr) y[k] = 0.0;
        if (weights != nullptr) weights[k] = 1.0;
    }
    return 0;
}

}  // namespace

TEST_CASE(
    "streamed samples of several outputs give the report, the reduction and the critical set of those in "
    "memory") {
    const Context context;
    Samples samples;
    const Dataset_ held = samples.data(context);
    tepui_dataset* made = nullptr;
    REQUIRE(tepui_dataset_create_chunked(context, Samples::n, 1, stream, &samples, 0, 0, &made) == TEPUI_OK);
    const Dataset_ streamed(made);
    REQUIRE(tepui_dataset_set_targets(context, made, TEPUI_LOSS_SQUARED, 0.0, 2, samples.y.data()) ==
            TEPUI_OK);
    const Network_ point = network(context, 2, TEPUI_MODEL_PLAIN, {0.0, 0.0, 1.5});
    std::vector<std::string> verdicts, reductions;
    for (const tepui_dataset* data : {held.get(), streamed.get()}) {
        const tepui_report* report = nullptr;
        const char* text = nullptr;
        const ModelVerdict_ verdict = classified(context, data, point.get());
        REQUIRE(tepui_model_verdict_report(context, verdict.get(), &report) == TEPUI_OK);
        REQUIRE(tepui_report_json(context, report, &text) == TEPUI_OK);
        verdicts.emplace_back(text);
        tepui_reduction* reduction = nullptr;
        REQUIRE(tepui_reduce(context, point.get(), data, &reduction) == TEPUI_OK);
        const Reduction_ owned(reduction);
        REQUIRE(tepui_reduction_report(context, reduction, &report) == TEPUI_OK);
        REQUIRE(tepui_report_json(context, report, &text) == TEPUI_OK);
        reductions.emplace_back(text);
        CHECK(tepui_reduction_roles(reduction)[0] == TEPUI_NEURON_IDLE);  // w = 0, sigma(0) = 0
        CHECK(tepui_reduction_outputs(reduction)[1] == 1.5);
        tepui_critical_set* set = nullptr;
        check_refused(context, tepui_map_critical_set(context, data, point.get(), 2, 1, &set),
                      TEPUI_ERROR_INVALID_VALUE, {"no neuron of the network contributes"});
    }
    CHECK(verdicts[0] == verdicts[1]);
    CHECK(reductions[0] == reductions[1]);
}

TEST_CASE("a saddle of two outputs: its report, its way down and its neuron") {
    const Context context;
    const Samples samples;
    const Dataset_ data = samples.data(context);
    const Network_ point = network(context, 2, TEPUI_MODEL_PLAIN, {0.0, 0.0, 1.5});
    const ModelVerdict_ verdict = classified(context, data.get(), point.get());
    CHECK(tepui_model_verdict_verdict(verdict.get()) == TEPUI_VERDICT_SADDLE);
    CHECK(tepui_model_verdict_rule(verdict.get()) == TEPUI_RULE_HESSIAN_NEGATIVE_EIGENVALUE);
    const Report report = report_of(context, verdict.get());
    CHECK(report.text("verdict") == "saddle");
    CHECK(report.integer("outputs") == 2);
    CHECK_FALSE(report.flag("weight_decay"));
    CHECK(report.integers("whole/morse_index_bounds").front() == 1);  // u = 0: what a_2 does is open
    CHECK(report.integer("neurons/0/slopes/rank") == 1);
    CHECK(report.null("splits_refused"));
    CHECK(report.reals("a/0") == std::vector<double>{0.0, 1.5});
    CHECK(report.integers("whole/groups/0/neurons") == std::vector<int64_t>{0});

    const tepui_witness* way = tepui_model_verdict_witness(verdict.get());
    REQUIRE(way != nullptr);
    const Report told = report.part("witness");
    CHECK(told.real("measured") < -told.real("measured_error"));
    tepui_network* there = nullptr;
    REQUIRE(tepui_witness_network(context, way, told.real("epsilon"), &there) == TEPUI_OK);
    const Network_ owned(there);
    double before = 0.0, after = 0.0;
    REQUIRE(tepui_loss(context, data.get(), point.get(), &before) == TEPUI_OK);
    REQUIRE(tepui_loss(context, data.get(), there, &after) == TEPUI_OK);
    CHECK(after - before == Approx(told.real("measured")).epsilon(1e-6));

    const tepui_network* const narrow = tepui_model_verdict_narrow(verdict.get());
    REQUIRE(narrow != nullptr);
    CHECK(tepui_network_width(narrow) == 1);
    CHECK(tepui_network_outputs(narrow) == 2);
    CHECK(tepui_network_parameters(narrow)[2] == 1.5);

    const double gamma[2] = {0.5, 0.5};
    tepui_layer_split* split = nullptr;
    REQUIRE(tepui_classify_layer_split(context, tepui_model_verdict_layer(verdict.get()), 0, 2, gamma,
                                       &split) == TEPUI_OK);
    CHECK(tepui_layer_split_verdict(split) == TEPUI_VERDICT_SADDLE);
    CHECK(tepui_layer_split_rule(split) == TEPUI_RULE_THEOREM_4);
    tepui_layer_split_destroy(split);
}

TEST_CASE("an output bias is told; weight decay leaves the verdict and refuses splits") {
    const Context context;
    const Samples samples;
    const Dataset_ data = samples.data(context);
    REQUIRE(tepui_dataset_set_decay(context, data.get(), 30.0, 0.0, 30.0, 0.0, 0.0) == TEPUI_OK);
    double mean = 0.0;
    for (const double x : samples.x) mean += x * x / static_cast<double>(Samples::n);
    const Network_ point = network(context, 2, TEPUI_MODEL_OUTPUT_BIAS, {0.0, 0.0, 0.0, 0.0, mean});
    const ModelVerdict_ verdict = classified(context, data.get(), point.get());
    CHECK(tepui_model_verdict_verdict(verdict.get()) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(tepui_model_verdict_rule(verdict.get()) == TEPUI_RULE_HESSIAN_POSITIVE_DEFINITE);
    const Report report = report_of(context, verdict.get());
    CHECK(report.flag("weight_decay"));
    CHECK(report.flag("strict"));
    CHECK(report.count("neurons") == 0);
    CHECK(report.text("splits_refused") == tepui_sentence(TEPUI_WORDS_RULE, TEPUI_RULE_DECAYED_SPLIT));
    CHECK(report.reals("b") == std::vector<double>{0.0, mean});
    const double gamma[2] = {0.5, 0.5};
    tepui_layer_split* split = nullptr;
    check_refused(
        context,
        tepui_classify_layer_split(context, tepui_model_verdict_layer(verdict.get()), 0, 2, gamma, &split),
        TEPUI_ERROR_UNSUPPORTED, {"weight decay", "not stationary"});
}

TEST_CASE("a point that is not stationary, and what does not fit") {
    const Context context;
    const Samples samples;
    const Dataset_ data = samples.data(context);
    const Network_ moved = network(context, 2, TEPUI_MODEL_PLAIN, {0.5, 0.0, 1.5});
    const ModelVerdict_ verdict = classified(context, data.get(), moved.get());
    CHECK(tepui_model_verdict_verdict(verdict.get()) == TEPUI_VERDICT_NOT_STATIONARY);
    CHECK(tepui_model_verdict_witness(verdict.get()) == nullptr);
    CHECK_FALSE(report_of(context, verdict.get()).flag("stationary"));
    const Network_ single = network(context, 1, TEPUI_MODEL_PLAIN, {0.5, 1.5});
    tepui_model_verdict* other = nullptr;
    check_refused(context, tepui_classify_model(context, data.get(), single.get(), &other),
                  TEPUI_ERROR_INVALID_SIZE, {"network has 1 outputs", "dataset has 2 targets a sample"});
    CHECK(tepui_model_verdict_verdict(nullptr) == 0);
    CHECK(tepui_model_verdict_narrow(nullptr) == nullptr);
}
