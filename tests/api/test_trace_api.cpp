#include <cmath>

#include "api/fixture.hpp"

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
    const int64_t points = tepui_trace_points(made);
    REQUIRE(points > 20);
    double last_time = -1.0, first_loss = 0.0, last_loss = 0.0;
    for (int64_t l = 0; l < points; ++l) {
        int64_t step = -1;
        double time = 0.0;
        REQUIRE(tepui_trace_point(context, made, l, &step, &time, &last_loss) == TEPUI_OK);
        if (l == 0) first_loss = last_loss;
        CHECK(time > last_time);
        last_time = time;
        double there = 0.0;
        REQUIRE(tepui_loss(context, dataset.get(), tepui_trace_point_network(made, l), &there) == TEPUI_OK);
        CHECK(there == Approx(last_loss).epsilon(1e-10).margin(1e-13 * first_loss));
    }
    const int64_t plateaus = tepui_trace_plateaus(made);
    REQUIRE(plateaus >= 2);
    for (int64_t p = 0; p < plateaus; ++p) {
        int64_t begin = -1, end = -1, slowest = -1, iterations = -1;
        double rate = -1.0, loss = 0.0, relative = 1.0, there = 0.0;
        int32_t found = -1;
        tepui_start_outcome outcome = 0;
        const char* reason = nullptr;
        REQUIRE(tepui_trace_plateau(context, made, p, &begin, &end, &slowest, &rate) == TEPUI_OK);
        CHECK((0 <= begin && begin <= slowest && slowest <= end && end < points));
        REQUIRE(tepui_trace_plateau_point(context, made, p, &found, &outcome, &reason, &iterations, &loss,
                                          &relative) == TEPUI_OK);
        CHECK(found == 1);
        CHECK(outcome == TEPUI_START_CONVERGED);
        CHECK(std::string(reason).size() > 4);
        CHECK(relative <= 1e-12);
        const tepui_network* network = tepui_trace_plateau_network(made, p);
        REQUIRE(tepui_loss(context, dataset.get(), network, &there) == TEPUI_OK);
        CHECK(there == Approx(loss).epsilon(1e-12).margin(1e-26));
        CHECK(tepui_network_width(network) == 4);
        tepui_verdict verdict = 0;
        const char* rule = nullptr;
        REQUIRE(tepui_trace_plateau_verdict(context, made, p, &verdict, &rule) == TEPUI_OK);
        CHECK(std::string(rule).size() > 10);
        const int64_t escapes = tepui_trace_plateau_escapes(made, p);
        if (p + 1 < plateaus) {
            CHECK(verdict == TEPUI_VERDICT_SADDLE);
            REQUIRE(escapes > 0);
            const tepui_witness* witness = tepui_trace_plateau_witness(made, p);
            REQUIRE(witness != nullptr);
            CHECK(tepui_witness_measured(witness) < 0.0);
        }
        for (int64_t l = 0; l < escapes; ++l) {
            const int64_t neuron = tepui_trace_plateau_escape(made, p, l);
            REQUIRE((neuron >= 0 && neuron < 4));
            CHECK(tepui_network_parameters(network)[4 * 2 + neuron] == 0.0);
        }
        CHECK(tepui_trace_plateau_escape(made, p, escapes) == -1);
        CHECK(tepui_trace_plateau(context, made, p, nullptr, nullptr, nullptr, nullptr) == TEPUI_OK);
        CHECK(tepui_trace_plateau_point(context, made, p, nullptr, nullptr, nullptr, nullptr, nullptr,
                                        nullptr) == TEPUI_OK);
    }
    CHECK(tepui_trace_end(made) != TEPUI_TRACE_CANCELLED);
    CHECK(tepui_trace_point(context, made, 0, nullptr, nullptr, nullptr) == TEPUI_OK);
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
    CHECK(tepui_trace_end(made) == TEPUI_TRACE_STEP_LIMIT);
    check_refused(context, tepui_trace_point(context, made, 11, nullptr, nullptr, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"index is 11"});
    check_refused(context, tepui_trace_plateau(context, made, 99, nullptr, nullptr, nullptr, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"index is 99"});
    CHECK(tepui_trace_point_network(made, 11) == nullptr);
    CHECK(tepui_trace_plateau_network(made, -1) == nullptr);
    CHECK(tepui_trace_points(nullptr) == 0);
    CHECK(tepui_trace_plateaus(nullptr) == 0);
    CHECK(tepui_trace_end(nullptr) == 0);
    CHECK(tepui_trace_point_network(nullptr, 0) == nullptr);
    CHECK(tepui_trace_plateau_network(nullptr, 0) == nullptr);
    CHECK(tepui_trace_plateau_witness(nullptr, 0) == nullptr);
    CHECK(tepui_trace_plateau_escapes(nullptr, 0) == 0);
    CHECK(tepui_trace_plateau_escape(nullptr, 0, 0) == -1);
    tepui_trace_destroy(nullptr);
    CHECK(std::string(tepui_trace_ending_name(TEPUI_TRACE_AT_REST)) == "at_rest");
    CHECK(std::string(tepui_trace_ending_name(0)) == "unknown");
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
    CHECK(tepui_trace_end(made) == TEPUI_TRACE_CANCELLED);
}
