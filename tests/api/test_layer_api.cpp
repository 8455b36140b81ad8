// A layer judged by the public functions: whatever the data set is kept as, ways down that are measured,
// refusals (MATH.md section 14).
#include <cmath>

#include "api/fixture.hpp"
#include "support/report.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using Layer_ = std::unique_ptr<tepui_layer, Destroy<tepui_layer_destroy>>;
using LayerSplit_ = std::unique_ptr<tepui_layer_split, Destroy<tepui_layer_split_destroy>>;

// One neuron at w = 0 among symmetric inputs: psi(0) = gelu(0) sum g = 0. g = (h, h^2 - 1): Psi = (s, 0) with
// s > 0, which a = (0, 1) is orthogonal to.
struct Samples {
    static constexpr int64_t n = 40;
    std::vector<double> h, g;
    std::vector<float> h32;
    Samples() {
        for (int64_t k = 0; k < n; ++k) {
            h32.push_back((static_cast<float>(k) - 19.5f) / 16.0f);
            h.push_back(h32.back());
            g.push_back(h.back());
            g.push_back(h.back() * h.back() - 1.0);
        }
    }
    static int32_t read(void* self, int64_t first, int64_t count, double* x, double* y, double*) {
        const auto& samples = *static_cast<const Samples*>(self);
        for (int64_t k = 0; k < count; ++k) {
            x[k] = samples.h[static_cast<std::size_t>(first + k)];
            if (y != nullptr) y[k] = 0.0;
        }
        return 0;
    }
    Dataset_ data(const Context& context, int kind) {
        tepui_dataset* made = nullptr;
        if (kind == 0)
            REQUIRE(tepui_dataset_create(context, n, 1, h.data(), 1, nullptr, nullptr, 0, &made) == TEPUI_OK);
        if (kind == 1)
            REQUIRE(tepui_dataset_create_f32(context, n, 1, h32.data(), 1, nullptr, nullptr, 0, &made) ==
                    TEPUI_OK);
        if (kind == 2)
            REQUIRE(tepui_dataset_create_chunked(context, n, 1, read, this, 0, 0, &made) == TEPUI_OK);
        Dataset_ owned(made);
        REQUIRE(tepui_dataset_set_targets(context, made, TEPUI_LOSS_SQUARED, 0.0, 2, g.data()) == TEPUI_OK);
        return owned;
    }
};

Network_ weights(const Context& context, double w, const char* name = "gelu") {
    tepui_activation* sigma = nullptr;
    REQUIRE(tepui_activation_create_named(context, name, &sigma) == TEPUI_OK);
    const Activation_ owned(sigma);
    const double parameters[3] = {w, 0.0, 1.0};
    tepui_network* made = nullptr;
    REQUIRE(tepui_network_create_model(context, sigma, 1, 1, 2, TEPUI_MODEL_PLAIN, parameters, &made) ==
            TEPUI_OK);
    return Network_(made);
}

Layer_ inspected(const Context& context, const tepui_dataset* data, const tepui_network* network) {
    tepui_layer* layer = nullptr;
    REQUIRE(tepui_inspect_layer(context, data, network, TEPUI_VERDICT_LOCAL_MINIMUM, 0, 0, &layer) ==
            TEPUI_OK);
    return Layer_(layer);
}

Report report_of(const Context& context, const tepui_layer* layer) {
    return read_report(context, tepui_layer_report, layer);
}

}  // namespace

TEST_CASE("a layer's samples may be in memory, in single precision or in chunks") {
    const Context context;
    Samples samples;
    std::string first;
    for (int kind = 0; kind < 3; ++kind) {
        const Dataset_ data = samples.data(context, kind);
        const Network_ network = weights(context, 0.0);
        const Layer_ layer = inspected(context, data.get(), network.get());
        const Report report = report_of(context, layer.get());
        CHECK(report.flag("stationary"));
        CHECK(report.integer("neurons/0/slopes/rank") == 1);
        CHECK(report.integer("neurons/0/inner_hessian_order") == 0);
        CHECK(report.text("neurons/0/rule") == "output_slopes");
        CHECK(report.text("neurons/0/plateau") == "all_saddles");
        CHECK(report.text("narrow_verdict") == "local_minimum");
        if (kind == 0) first = report.json();
        CHECK(report.json() == first);
    }
}

TEST_CASE("a split adds to index and nullity, and its way down lowers what pulls at the outputs") {
    const Context context;
    Samples samples;
    const Dataset_ data = samples.data(context, 0);
    const Network_ network = weights(context, 0.0);
    const Layer_ layer = inspected(context, data.get(), network.get());
    for (const auto& [g1, g2] : {std::pair{0.5, 0.5}, std::pair{2.0, -1.0}, std::pair{1.0, 0.0}}) {
        const double gamma[2] = {g1, g2};
        tepui_layer_split* made = nullptr;
        REQUIRE(tepui_classify_layer_split(context, layer.get(), 0, 2, gamma, &made) == TEPUI_OK);
        const LayerSplit_ split(made);
        CHECK(tepui_layer_split_verdict(made) == TEPUI_VERDICT_SADDLE);
        CHECK(tepui_layer_split_rule(made) == TEPUI_RULE_OUTPUT_SLOPES);
        const Report report = read_report<tepui_layer_split>(context, tepui_layer_split_report, made);
        // rank 1, d = 1, K = 2: one negative, K - rank = 1 zero (and d - rank = 0 where a share is 0).
        CHECK(report.integer("added/morse_index") == 1);
        CHECK(report.integer("added/nullity") == 1);
        CHECK(report.integer("index/morse_index") == 1);
        CHECK(report.integer("index/nullity") == 1);
        CHECK(report.reals("gamma") == std::vector<double>{g1, g2});
        const double epsilon = 1e-3;
        double w[2], a[4], predicted = 0.0;
        REQUIRE(tepui_layer_way_down(context, layer.get(), 0, 2, gamma, epsilon, w, a, &predicted) ==
                TEPUI_OK);
        CHECK(predicted < 0.0);
        double change = 0.0;  // of sum g . (what the layer sends out), 0 at w = 0
        for (int64_t k = 0; k < Samples::n; ++k) {
            for (int j = 0; j < 2; ++j) {
                const double z = w[j] * samples.h[static_cast<std::size_t>(k)];
                const double u = 0.5 * z * std::erfc(-z * std::sqrt(0.5));
                for (int o = 0; o < 2; ++o)
                    change += samples.g[static_cast<std::size_t>(2 * k + o)] * a[2 * j + o] * u;
            }
        }
        CHECK(change == Approx(predicted).epsilon(0.02));
        // At rest at 0.
        REQUIRE(tepui_layer_way_down(context, layer.get(), 0, 2, gamma, 0.0, w, a, &predicted) == TEPUI_OK);
        CHECK(predicted == 0.0);
        CHECK(a[1] == g1);
        CHECK(a[3] == g2);
    }
}

TEST_CASE("layers that cannot be judged") {
    const Context context;
    Samples samples;
    const Dataset_ data = samples.data(context, 0);
    const Network_ moved = weights(context, 0.5), kinked = weights(context, 0.0, "relu"),
                   network = weights(context, 0.0);
    const Layer_ restless = inspected(context, data.get(), moved.get());
    CHECK_FALSE(report_of(context, restless.get()).flag("stationary"));
    const double gamma[2] = {0.5, 0.5};
    tepui_layer_split* split = nullptr;
    check_refused(context, tepui_classify_layer_split(context, restless.get(), 0, 2, gamma, &split),
                  TEPUI_ERROR_NOT_STATIONARY, {"the layer is not stationary"});
    tepui_layer* layer = nullptr;
    check_refused(
        context,
        tepui_inspect_layer(context, data.get(), kinked.get(), TEPUI_VERDICT_UNDETERMINED, -1, -1, &layer),
        TEPUI_ERROR_UNSUPPORTED, {"relu", "not twice differentiable"});
    check_refused(context, tepui_inspect_layer(context, data.get(), network.get(), 4, -1, -1, &layer),
                  TEPUI_ERROR_INVALID_VALUE, {"narrow is 4"});
    tepui_dataset* single = nullptr;
    REQUIRE(tepui_dataset_create(context, Samples::n, 1, samples.h.data(), 1, nullptr, nullptr, 0, &single) ==
            TEPUI_OK);
    const Dataset_ owned(single);
    check_refused(
        context,
        tepui_inspect_layer(context, single, network.get(), TEPUI_VERDICT_UNDETERMINED, -1, -1, &layer),
        TEPUI_ERROR_INVALID_SIZE, {"network has 2 outputs", "dataset has 1 targets a sample"});
}
