#include <algorithm>
#include <cmath>

#include "api/fixture.hpp"
#include "support/report.hpp"

using namespace tepui::test;

namespace {

using Trace_ = std::unique_ptr<tepui_trace, Destroy<tepui_trace_destroy>>;

// Targets: a strong positive and a weak negative ReLU.
struct Steps {
    static constexpr int64_t n = 120, d = 2;
    std::vector<double> x, y;
    Steps() {
        for (int64_t k = 0; k < n; ++k) {
            const double angle = 0.37 + 6.283185307179586 * double(k) / double(n);
            const double p = std::cos(angle), q = std::sin(angle);
            x.insert(x.end(), {p, q});
            y.push_back(3.0 * std::fmax(0.0, p) - 0.7 * std::fmax(0.0, q - p));
        }
    }
    Dataset_ dataset(const Context& context) const {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, n, d, x.data(), d, y.data(), nullptr, TEPUI_DATASET_BORROW,
                                     &made) == TEPUI_OK);
        return Dataset_(made);
    }
};

Activation_ relu(const Context& context) {
    tepui_activation* made = nullptr;
    REQUIRE(tepui_activation_create(context, TEPUI_ACTIVATION_RELU, &made) == TEPUI_OK);
    return Activation_(made);
}

}  // namespace

TEST_CASE("trace: what the functions say fits together") {
    Context context;
    const Steps steps;
    const Dataset_ dataset = steps.dataset(context);
    const Activation_ activation = relu(context);
    tepui_trace* made = nullptr;
    REQUIRE(tepui_trace_descent(context, dataset.get(), activation.get(), 4, 1e-7, 20000, &made) == TEPUI_OK);
    const Trace_ trace(made);
    const Report report = report_of(context, made);
    const int64_t points = report.count("curve/time");
    REQUIRE(points > 20);
    double last_time = -1.0, first_loss = 0.0, last_loss = 0.0;
    for (int64_t l = 0; l < points; ++l) {
        const double time = report.real("curve/time/" + std::to_string(l));
        last_loss = report.real("curve/loss/" + std::to_string(l));
        CHECK(report.integer("curve/step/" + std::to_string(l)) >= l);
        if (l == 0) first_loss = last_loss;
        CHECK(time > last_time);
        last_time = time;
        double there = 0.0;
        REQUIRE(tepui_loss(context, dataset.get(), tepui_trace_point_network(made, l), &there) == TEPUI_OK);
        CHECK(there == Approx(last_loss).epsilon(1e-10).margin(1e-13 * first_loss));
    }
    const int64_t plateaus = report_of(context, made).count("plateaus");
    REQUIRE(plateaus >= 2);
    for (int64_t p = 0; p < plateaus; ++p) {
        const Report plateau = report.part("plateaus/" + std::to_string(p));
        const std::vector<int64_t> at = plateau.integers("curve_points");
        REQUIRE(at.size() == 3);  // begin, end, slowest
        CHECK((0 <= at[0] && at[0] <= at[2] && at[2] <= at[1] && at[1] < points));
        CHECK(plateau.real("begin") == report.real("curve/time/" + std::to_string(at[0])));
        CHECK(plateau.real("end") == report.real("curve/time/" + std::to_string(at[1])));
        CHECK(plateau.real("slowest") == report.real("curve/time/" + std::to_string(at[2])));
        CHECK(plateau.real("loss") == report.real("curve/loss/" + std::to_string(at[2])));
        CHECK(plateau.real("rate") >= 0.0);
        CHECK(plateau.flag("found"));
        CHECK(plateau.integer("outcome") == TEPUI_START_CONVERGED);
        CHECK(plateau.text("reason").size() > 4);
        CHECK(plateau.integer("iterations") >= 0);
        CHECK(plateau.real("gradient_relative") <= 1e-12);
        double there = kNaN;
        const tepui_network* network = tepui_trace_plateau_network(made, p);
        REQUIRE(tepui_loss(context, dataset.get(), network, &there) == TEPUI_OK);
        CHECK(there == Approx(plateau.real("exact_loss")).epsilon(1e-12).margin(1e-26));
        CHECK(tepui_network_width(network) == 4);
        CHECK(plateau.reals("parameters") ==
              std::vector<double>(tepui_network_parameters(network), tepui_network_parameters(network) + 12));
        CHECK(plateau.text("verdict_reason").size() > 10);
        const std::vector<int64_t> escapes = plateau.integers("escape_neurons");
        const std::vector<int64_t> waiting = plateau.integers("waiting");
        if (p + 1 < plateaus) {
            CHECK(plateau.integer("verdict") == TEPUI_VERDICT_SADDLE);
            REQUIRE(!escapes.empty());
            const tepui_witness* witness = tepui_trace_plateau_witness(made, p);
            REQUIRE(witness != nullptr);
            CHECK(report_of(context, witness).real("measured") < 0.0);
        }
        for (const int64_t neuron : escapes) {
            REQUIRE((neuron >= 0 && neuron < 4));
            CHECK(tepui_network_parameters(network)[4 * 2 + neuron] == 0.0);
            CHECK(std::count(waiting.begin(), waiting.end(), neuron) == 1);
        }
    }
    CHECK(report_of(context, made).integer("ending") != TEPUI_TRACE_CANCELLED);
}

TEST_CASE("trace: refusals, null handles and names") {
    ModestContext context;
    const Steps steps;
    const Dataset_ dataset = steps.dataset(context);
    const Activation_ activation = relu(context);
    tepui_trace* made = nullptr;
    const auto start = [&](const tepui_dataset* data, const tepui_activation* sigma, int64_t m, double scale,
                           int64_t limit) {
        return tepui_trace_descent(context, data, sigma, m, scale, limit, &made);
    };
    check_refused(context, start(nullptr, activation.get(), 2, 1e-3, 10), TEPUI_ERROR_NULL_POINTER,
                  {"dataset"});
    check_refused(context, start(dataset.get(), activation.get(), 0, 1e-3, 10), TEPUI_ERROR_INVALID_SIZE,
                  {"m is 0"});
    check_refused(context, start(dataset.get(), activation.get(), 2, 0.0, 10), TEPUI_ERROR_INVALID_VALUE,
                  {"initial_scale is "});
    check_refused(context, start(dataset.get(), activation.get(), 2, kNaN, 10), TEPUI_ERROR_INVALID_VALUE,
                  {"initial_scale is "});
    check_refused(context, start(dataset.get(), activation.get(), 2, 1e-3, 0), TEPUI_ERROR_INVALID_VALUE,
                  {"max_steps is 0"});
    check_refused(context, start(dataset.get(), activation.get(), 1000000000, 1e-3, 10),
                  TEPUI_ERROR_OUT_OF_MEMORY, {"m is 1000000000", "fewer neurons"});
    check_refused(context, start(dataset.get(), activation.get(), INT64_MAX / 64, 1e-3, 10),
                  TEPUI_ERROR_INVALID_SIZE, {"m is 144115188075855871", "at most"});
    tepui_activation* tanh = nullptr;
    REQUIRE(tepui_activation_create(context, TEPUI_ACTIVATION_TANH, &tanh) == TEPUI_OK);
    const Activation_ smooth(tanh);
    check_refused(context, start(dataset.get(), tanh, 2, 1e-3, 10), TEPUI_ERROR_UNSUPPORTED, {"tanh"});
    check_refused(context,
                  tepui_trace_descent(context, dataset.get(), activation.get(), 2, 1e-3, 10, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"trace"});
    CHECK(made == nullptr);
    REQUIRE(start(dataset.get(), activation.get(), 2, 1e-3, 10) == TEPUI_OK);
    const Trace_ trace(made);
    CHECK(report_of(context, made).integer("ending") == TEPUI_TRACE_STEP_LIMIT);
    double time = kUntouched;
    check_refused(context,
                  tepui_report_real(context, report_of(context, made).handle(), "curve/time/11", &time),
                  TEPUI_ERROR_INVALID_VALUE, {"curve/time/11", "has 11 items"});
    CHECK(time == kUntouched);
    CHECK(tepui_trace_point_network(made, 11) == nullptr);
    CHECK(tepui_trace_plateau_network(made, -1) == nullptr);
    CHECK(tepui_trace_point_network(nullptr, 0) == nullptr);
    CHECK(tepui_trace_plateau_network(nullptr, 0) == nullptr);
    CHECK(tepui_trace_plateau_witness(nullptr, 0) == nullptr);
    tepui_trace_destroy(nullptr);
    CHECK(std::string(tepui_name(TEPUI_WORDS_TRACE_ENDING, TEPUI_TRACE_AT_REST)) == "at_rest");
    CHECK(std::string(tepui_name(TEPUI_WORDS_TRACE_ENDING, 0)) == "unknown");
}

TEST_CASE("trace: networks of any model, from one like them") {
    Context context;
    const Steps steps;
    std::vector<double> both;
    for (int64_t k = 0; k < Steps::n; ++k) {
        both.push_back(steps.y[std::size_t(k)] + 1.0);
        both.push_back(-0.5 * std::fmax(0.0, steps.x[std::size_t(2 * k)]));
    }
    const Dataset_ dataset = steps.dataset(context);
    REQUIRE(tepui_dataset_set_targets(context, dataset.get(), TEPUI_LOSS_SQUARED, 0.0, 2, both.data()) ==
            TEPUI_OK);
    const auto like = [&](tepui_activation_kind kind, int64_t m, int64_t outputs) {
        tepui_activation* activation = nullptr;
        REQUIRE(tepui_activation_create(context, kind, &activation) == TEPUI_OK);
        const Activation_ owner(activation);
        const std::vector<double> zeros(std::size_t(m * 2 + (m + 1) * outputs), 0.0);
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create_model(context, activation, m, 2, outputs, TEPUI_MODEL_OUTPUT_BIAS,
                                           zeros.data(), &made) == TEPUI_OK);
        return Network_(made);
    };
    tepui_trace* made = nullptr;
    const auto start = [&](const tepui_dataset* data, const tepui_network* network, double scale) {
        return tepui_trace_like(context, data, network, scale, 20000, &made);
    };
    const Network_ relu_like = like(TEPUI_ACTIVATION_RELU, 4, 2);
    check_refused(context, start(nullptr, relu_like.get(), 1e-6), TEPUI_ERROR_NULL_POINTER, {"dataset"});
    check_refused(context, start(dataset.get(), nullptr, 1e-6), TEPUI_ERROR_NULL_POINTER, {"network"});
    check_refused(context, start(dataset.get(), relu_like.get(), -1.0), TEPUI_ERROR_INVALID_VALUE,
                  {"initial_scale is "});
    check_refused(context, start(dataset.get(), like(TEPUI_ACTIVATION_RELU, 4, 1).get(), 1e-6),
                  TEPUI_ERROR_INVALID_SIZE, {"output"});
    check_refused(context, start(dataset.get(), like(TEPUI_ACTIVATION_RELU, 0, 2).get(), 1e-6),
                  TEPUI_ERROR_INVALID_SIZE, {"number of neurons"});
    check_refused(context, start(dataset.get(), like(TEPUI_ACTIVATION_TANH, 4, 2).get(), 1e-6),
                  TEPUI_ERROR_UNSUPPORTED, {"tanh"});
    CHECK(made == nullptr);
    REQUIRE(start(dataset.get(), relu_like.get(), 1e-6) == TEPUI_OK);
    const Trace_ trace(made);
    const Report report = report_of(context, made);
    const int64_t plateaus = report.count("plateaus"), points = report.count("curve/loss");
    REQUIRE(plateaus >= 2);
    double there = kNaN;
    REQUIRE(tepui_loss(context, dataset.get(), tepui_trace_point_network(made, points - 1), &there) ==
            TEPUI_OK);
    CHECK(there == Approx(report.real("curve/loss/" + std::to_string(points - 1))).epsilon(1e-10));
    // What the model's own verdict says of each point.
    for (int64_t p = 0; p < plateaus; ++p) {
        const Report plateau = report.part("plateaus/" + std::to_string(p));
        const tepui_network* network = tepui_trace_plateau_network(made, p);
        tepui_several_outputs* judged = nullptr;
        REQUIRE(tepui_classify_directional_model(context, dataset.get(), network, nullptr, nullptr,
                                                 &judged) == TEPUI_OK);
        CHECK(report_of(context, judged).integer("verdict") == plateau.integer("verdict"));
        tepui_several_outputs_destroy(judged);
        CHECK(plateau.reals("parameters").size() == std::size_t(tepui_network_parameter_count(network)));
    }
}

TEST_CASE("trace: a cancelled run says so") {
    Context context;
    const Steps steps;
    const Dataset_ dataset = steps.dataset(context);
    const Activation_ activation = relu(context);
    int calls = 0;
    const auto stop = [](void* user, const char*, double) {
        ++*static_cast<int*>(user);
        return int32_t{1};
    };
    REQUIRE(tepui_context_set_progress(context, stop, &calls) == TEPUI_OK);
    tepui_trace* made = nullptr;
    REQUIRE(tepui_trace_descent(context, dataset.get(), activation.get(), 4, 1e-9, 20000, &made) == TEPUI_OK);
    const Trace_ trace(made);
    CHECK(calls >= 1);
    CHECK(report_of(context, made).integer("ending") == TEPUI_TRACE_CANCELLED);
}
