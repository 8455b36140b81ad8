// Calls every class of tepui.hpp: what they answer, what they keep alive, and how they fail.
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <tepui/tepui.hpp>
#include <vector>

namespace {

using std::string;

void must(bool holds, const string& what) {
    if (!holds) throw std::runtime_error(what);
}

// Runs what must fail, with this status and these words in the sentence.
template <class Call>
void refused(Call&& call, tepui_status status, const string& words) {
    try {
        call();
    } catch (const tepui::Error& error) {
        must(error.status() == status && string(error.what()).find(words) != string::npos, error.what());
        return;
    }
    throw std::runtime_error("not refused: " + words);
}

struct Sine {
    std::vector<double> x = std::vector<double>(50), y = std::vector<double>(50);
    Sine() {
        for (std::size_t k = 0; k < 50; ++k) y[k] = std::sin(x[k] = -2.0 + 0.08 * static_cast<double>(k));
    }
};

tepui::Context with_ways_down() {
    const tepui::Context context;
    context.set(TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL);
    return context;
}

tepui::Network fitted(const tepui::Context& context, const tepui::Dataset& data, const string& activation) {
    return tepui::Solution(context, data, tepui::Activation(context, activation), 1).point(0);
}

// Arrays, context, data set and search go out of scope before the result is asked.
tepui::Analysis analysed() {
    const Sine sine;
    const tepui::Context context = with_ways_down();
    const tepui::Dataset data(context, 1, sine.x, sine.y);
    return {context, data, fitted(context, data, "tanh")};
}

void check_point_and_split(const tepui::Context& context, const tepui::Dataset& data) {
    const tepui::Analysis point = analysed();
    const tepui::Report told = point.report();
    must(point.is_local_minimum() && string(point.rule()) == "hessian_positive_definite", point.why());
    must(!point.witness() && told.is_null("witness"), "a minimum has no way down");
    must(told.part("neurons/0").text("plateau") == "local_minima_and_saddles", "plateau");
    must(told.count("neurons") == 1 && told.boolean("strict"), "neurons, strict");
    must(told.json().find("\"verdict\"") != string::npos, "json");
    must(point.escape(0).has_value(), "splits of the neuron lead down");
    const std::span<const double> best = told.reals("neurons/0/best_escape/gamma");
    must(std::abs(std::accumulate(best.begin(), best.end(), -1.0)) < 1e-12, "gammas sum to 1");

    const std::array gamma = {1.5, -0.5};
    const tepui::Split split(context, point, 0, gamma);
    must(split.is_saddle() && split.report().integer("morse_index") == 1, split.why());
    must(tepui::loss(context, data, split.witness()->network()) < told.real("loss"),
         "the way down leads down");
    const std::array wrong = {1.5, 0.5};
    refused([&] { tepui::Split(context, point, 0, wrong); }, TEPUI_ERROR_INVALID_VALUE, "gamma");
    refused([&] { told.real("nowhere"); }, TEPUI_ERROR_INVALID_VALUE, "nowhere");
    if (context.info(TEPUI_INFO_CERTIFICATES).empty()) {
        refused([&] { tepui::Certificate(context, point); }, TEPUI_ERROR_UNSUPPORTED, "MPFR");
    } else {
        must(string(tepui::Certificate(context, point).verdict()) == "local_minimum", "certificate");
    }
}

void check_wide_networks(const tepui::Context& context, const tepui::Dataset& data) {
    const std::array gamma = {0.25, 0.75};
    const tepui::Network wide = fitted(context, data, "tanh").split(context, 0, gamma);
    must(wide.width() == 2 && wide.inputs() == 1 && wide.outputs() == 1, "the split network");
    const tepui::NetworkVerdict whole(context, data, wide);
    must(whole.is_local_minimum() && !whole.witness(), whole.why());
    must(whole.narrow().width() == 1 && whole.analysis()->is_local_minimum(), "the narrow network");
    must(tepui::Reduction(context, wide, data).network().width() == 1, "by the data");
    must(tepui::Reduction(context, wide).network().width() == 1, "by the weights");
    const tepui::CriticalSet set(context, data, wide, 2, 1);
    must(set.minimal().width() == 1 && set.sample(0, 0).width() == 2, "critical set");
    refused([&] { set.sample(0, 5); }, TEPUI_ERROR_INVALID_SIZE, "sample 5");
}

void check_objective(const tepui::Context& context, const tepui::Dataset& data) {
    const tepui::Network point = fitted(context, data, "tanh");
    const tepui::Objective objective(context, data, point);
    std::vector<double> gradient(2), product(2);
    const double loss = objective.gradient(point.parameters(), gradient);
    must(loss == tepui::loss(context, data, point) && loss == objective.loss(point.parameters()), "loss");
    must(gradient == tepui::gradient(context, data, point) && std::abs(gradient[0]) < 1e-12, "gradient");
    objective.hessian_vector(point.parameters(), std::array{1.0, 0.0}, product);
    const std::vector<double> hessian = tepui::hessian(context, data, point);
    must(std::abs(product[0] - hessian[0]) < 1e-12 && std::abs(product[1] - hessian[2]) < 1e-12, "products");
    must(tepui::inner_hessian(context, data, point, 0).at(0) > 0, "inner Hessian");
    refused([&] { objective.loss(std::array{1.0}); }, TEPUI_ERROR_INVALID_SIZE, "theta");
}

void check_models(const tepui::Context& context) {
    const std::vector<double> x = {-2, -1, 0, 1, 2, -1.5, 1.5};
    const std::vector<std::int64_t> classes = {0, 0, 1, 2, 2, 1, 1};
    const tepui::Dataset data(context, 1, x, {}, {.bias = true});
    data.set_classes(context, 3, classes);
    data.set_decay(context, 0.01, 0, 0.01, 0, 0);
    must(data.outputs() == 3 && data.inputs() == 2 && data.samples() == 7, "the data set");
    const tepui::Activation tanh(context, "tanh");
    const std::vector<double> start(13, 0.1);
    const tepui::Network like(context, tanh, 2, 2, 3, TEPUI_MODEL_OUTPUT_BIAS, start);
    const tepui::Solution fits = tepui::Solution::like(context, data, like);
    must(fits.points() > 0 && fits.starts() == 16 && fits.start_point(15).width() == 2, "starts");
    const tepui::ModelVerdict point(context, data, fits.point(0));
    must(point.is_local_minimum(), point.why());
    if (context.info(TEPUI_INFO_CERTIFICATES).empty()) {
        refused([&] { tepui::Certificate(context, data, point); }, TEPUI_ERROR_UNSUPPORTED, "MPFR");
    } else {
        const tepui::Certificate proof(context, data, point);
        must(proof.is_complete() && string(proof.verdict()) == "local_minimum", "certificate of classes");
    }
    must(tepui::Solution::from(context, data, fits.point(0)).points() == 1, "a start from the point");
    refused(
        [&] {
            tepui::LayerSplit(context, point.layer(), 0, std::array{0.5, 0.5});
        },
        TEPUI_ERROR_UNSUPPORTED, "decay");
    refused([&] { tepui::Network(context, tanh, 2, 2, 3, TEPUI_MODEL_PLAIN, start); },
            TEPUI_ERROR_INVALID_SIZE, "parameters has 13 values, expected are 10");
}

void check_layer(const tepui::Context& context) {
    std::vector<double> h(40), g(40);
    for (std::size_t k = 0; k < 40; ++k) g[k] = std::cos(4.0 * (h[k] = -1.95 + 0.1 * static_cast<double>(k)));
    const tepui::Network weights(context, tepui::Activation(context, "gelu"), 1, std::array{0.0},
                                 std::array{1.0});
    const tepui::Layer layer(context, tepui::Dataset(context, 1, h, g), weights);
    const tepui::LayerSplit split(context, layer, 0, std::array{0.5, 0.5});
    must(layer.report().count("neurons") == 1 && string(split.verdict()) != "unknown", split.why());
}

void check_relu(const tepui::Context& context) {
    const Sine sine;
    const tepui::Dataset data(context, 1, sine.x, sine.y, {.bias = true});
    const tepui::Directional point(context, data, fitted(context, data, "relu"));
    must(string(point.verdict()) == "local_minimum", point.why());
    const tepui::Trace run(context, data, tepui::Activation(context, "relu"), 3, 1e-3, 2000);
    must(run.report().count("curve") > 1, "the curve");
    const tepui::Trace like(context, data, fitted(context, data, "relu"), 1e-3, 2000);
    must(like.report().count("plateaus") > 0, "the plateaus");
}

void check_failures(const tepui::Context& context) {
    const std::vector<double> three = {1, 2, 3}, two = {1, 2};
    refused([&] { tepui::Activation(context, "tan"); }, TEPUI_ERROR_INVALID_VALUE, "tan");
    refused([&] { tepui::Dataset(context, 2, three, two); }, TEPUI_ERROR_INVALID_SIZE,
            "no rows of 2 columns");
    refused([&] { tepui::Dataset(context, 1, three, two); }, TEPUI_ERROR_INVALID_SIZE, "y has 2 values");
    refused([&] { context.set(TEPUI_OPTION_STATIONARITY, 2.0); }, TEPUI_ERROR_INVALID_VALUE, "2");
    must(!context.info(TEPUI_INFO_ISA).empty(), "info");

    const Sine sine;
    std::vector<double> x(200000), y(200000);
    for (std::size_t k = 0; k < x.size(); ++k) y[k] = std::sin(x[k] = 1e-5 * static_cast<double>(k));
    const tepui::Context cancelled;
    int heard = 0;
    cancelled.on_progress([&](const char*, double) { return ++heard, false; });
    const tepui::Dataset data(cancelled, 1, x, y, {.borrow = true});
    const tepui::Solution fits(cancelled, data, tepui::Activation(cancelled, "tanh"), 3);
    must(heard > 0 && fits.report().text("starts/15/outcome") == "cancelled", "cancelled");
}

}  // namespace

int main() try {
    const tepui::Context context = with_ways_down();
    const Sine sine;
    const tepui::Dataset data(context, 1, sine.x, sine.y, {.borrow = true});
    check_point_and_split(context, data);
    check_wide_networks(context, data);
    check_objective(context, data);
    check_models(context);
    check_layer(context);
    check_relu(context);
    check_failures(context);
    std::puts("all checks passed");
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
