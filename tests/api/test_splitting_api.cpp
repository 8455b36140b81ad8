#include <cmath>

#include "api/fixture.hpp"

using namespace tepui::test;

TEST_CASE("inner Hessians: one, all, and the definition agree") {
    Context context;
    Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ network = problem.network(context);
    std::vector<double> r(6), all(8, kUntouched), one(2 * 3 - 1, kUntouched);
    REQUIRE(tepui_outputs(context, dataset.get(), network.get(), nullptr, r.data()) == TEPUI_OK);
    REQUIRE(tepui_inner_hessians(context, dataset.get(), network.get(), all.data()) == TEPUI_OK);
    for (std::size_t i = 0; i < 2; ++i) {
        REQUIRE(tepui_inner_hessian(context, dataset.get(), network.get(), static_cast<int64_t>(i),
                                    one.data(), 3) == TEPUI_OK);
        CHECK(one[2] == kUntouched);
        for (std::size_t p = 0; p < 2; ++p) {
            for (std::size_t q = 0; q < 2; ++q) {
                double expected = 0.0;
                for (std::size_t k = 0; k < 6; ++k) {
                    const double* x = &problem.x[2 * k];
                    const double t = std::tanh(problem.w[2 * i] * x[0] + problem.w[2 * i + 1] * x[1]);
                    expected +=
                        problem.a[i] * problem.weights[k] * r[k] * -2.0 * t * (1.0 - t * t) * x[p] * x[q];
                }
                CHECK(all[(i * 2 + p) * 2 + q] == Approx(expected).epsilon(1e-12));
                CHECK(one[p * 3 + q] == Approx(expected).epsilon(1e-12));
            }
        }
        CHECK(all[i * 4 + 1] == all[i * 4 + 2]);
    }
}

// Three outputs, output biases and the softmax loss: g = s (softmax(f) - y).
TEST_CASE("inner Hessians and output slopes of any model are those of the definition") {
    Context context;
    Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const int64_t labels[6] = {0, 2, 1, 1, 0, 2};
    REQUIRE(tepui_dataset_set_classes(context, dataset.get(), 3, labels) == TEPUI_OK);
    tepui_activation* sigma = nullptr;
    REQUIRE(tepui_activation_create_named(context, "tanh", &sigma) == TEPUI_OK);
    const Activation_ owned(sigma);
    const std::vector<double> theta = {0.5, -0.25, 1.0, 0.75, 1.5, -0.5, 0.25, 0.5, 1.0, -2.0, 0.1, 0.2, 0.3};
    tepui_network* network = nullptr;
    REQUIRE(tepui_network_create_model(context, sigma, 2, 2, 3, TEPUI_MODEL_OUTPUT_BIAS, theta.data(),
                                       &network) == TEPUI_OK);
    const Network_ held(network);
    std::vector<double> f(18), all(8, kUntouched), one(4, kUntouched), slopes(12, kUntouched);
    REQUIRE(tepui_outputs(context, dataset.get(), network, f.data(), nullptr) == TEPUI_OK);
    REQUIRE(tepui_inner_hessians(context, dataset.get(), network, all.data()) == TEPUI_OK);
    REQUIRE(tepui_output_slopes(context, dataset.get(), network, slopes.data()) == TEPUI_OK);
    for (std::size_t i = 0; i < 2; ++i) {
        REQUIRE(tepui_inner_hessian(context, dataset.get(), network, static_cast<int64_t>(i), one.data(),
                                    2) == TEPUI_OK);
        double inner[4] = {}, psi[6] = {};
        for (std::size_t k = 0; k < 6; ++k) {
            const double* const x = &problem.x[2 * k];
            const double t = std::tanh(theta[2 * i] * x[0] + theta[2 * i + 1] * x[1]);
            const double sum = std::exp(f[3 * k]) + std::exp(f[3 * k + 1]) + std::exp(f[3 * k + 2]);
            double pull = 0.0;
            for (std::size_t o = 0; o < 3; ++o) {
                const double target = static_cast<std::size_t>(labels[k]) == o ? 1.0 : 0.0;
                const double g = problem.weights[k] * (std::exp(f[3 * k + o]) / sum - target);
                pull += g * theta[4 + 3 * i + o];
                for (std::size_t j = 0; j < 2; ++j) psi[3 * j + o] += (1.0 - t * t) * x[j] * g;
            }
            for (std::size_t p = 0; p < 2; ++p)
                for (std::size_t q = 0; q < 2; ++q)
                    inner[2 * p + q] += pull * -2.0 * t * (1.0 - t * t) * x[p] * x[q];
        }
        for (std::size_t e = 0; e < 4; ++e) {
            CHECK(all[4 * i + e] == Approx(inner[e]).epsilon(1e-12));
            CHECK(one[e] == Approx(inner[e]).epsilon(1e-12));
        }
        for (std::size_t e = 0; e < 6; ++e) CHECK(slopes[6 * i + e] == Approx(psi[e]).epsilon(1e-12));
    }
    const Network_ single = problem.network(context);
    check_refused(context, tepui_output_slopes(context, dataset.get(), single.get(), slopes.data()),
                  TEPUI_ERROR_INVALID_SIZE, {"network has 1 outputs", "dataset has 3 targets a sample"});
}

TEST_CASE("inner Hessians: refusals") {
    Context context;
    Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ network = problem.network(context);
    const Network_ wide = problem.wide_network(context);
    std::vector<double> out(8, kUntouched);
    const auto one = [&](const tepui_dataset* data, const tepui_network* net, int64_t neuron, double* to,
                         int64_t ld) { return tepui_inner_hessian(context, data, net, neuron, to, ld); };
    const tepui_dataset* data = dataset.get();
    const tepui_network* net = network.get();
    check_refused(context, one(nullptr, net, 0, out.data(), 2), TEPUI_ERROR_NULL_POINTER,
                  {"dataset is null"});
    check_refused(context, one(data, nullptr, 0, out.data(), 2), TEPUI_ERROR_NULL_POINTER,
                  {"network is null"});
    check_refused(context, one(data, net, 0, nullptr, 2), TEPUI_ERROR_NULL_POINTER,
                  {"inner_hessian is null"});
    check_refused(context, one(data, net, -1, out.data(), 2), TEPUI_ERROR_INVALID_SIZE,
                  {"neuron is -1", "m = 2"});
    check_refused(context, one(data, net, 2, out.data(), 2), TEPUI_ERROR_INVALID_SIZE, {"neuron is 2"});
    check_refused(context, one(data, net, 0, out.data(), 1), TEPUI_ERROR_INVALID_SIZE, {"ld is 1", "d = 2"});
    check_refused(context, one(data, wide.get(), 0, out.data(), 3), TEPUI_ERROR_INVALID_SIZE, {"d = 3"});
    check_refused(context, tepui_inner_hessians(context, nullptr, net, out.data()), TEPUI_ERROR_NULL_POINTER,
                  {"dataset is null"});
    check_refused(context, tepui_inner_hessians(context, data, nullptr, out.data()), TEPUI_ERROR_NULL_POINTER,
                  {"network is null"});
    check_refused(context, tepui_inner_hessians(context, data, net, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"inner_hessians is null"});
    check_refused(context, tepui_inner_hessians(context, data, wide.get(), out.data()),
                  TEPUI_ERROR_INVALID_SIZE, {"d = 3"});
    check_untouched(out);
}

TEST_CASE("a split keeps the outputs and puts the daughters in the parent's place") {
    Context context;
    Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ network = problem.network(context);
    const double gamma[3] = {0.5, 1.25, -0.75};
    tepui_network* made = nullptr;
    REQUIRE(tepui_split(context, network.get(), 0, 3, gamma, &made) == TEPUI_OK);
    const Network_ split(made);
    REQUIRE(tepui_network_width(made) == 4);
    REQUIRE(tepui_network_parameter_count(made) == 12);
    const double* parameters = tepui_network_parameters(made);
    for (int j = 0; j < 3; ++j) {
        CHECK(parameters[2 * j] == 0.3);
        CHECK(parameters[2 * j + 1] == -0.8);
        CHECK(parameters[8 + j] == gamma[j] * 1.2);
    }
    CHECK(parameters[6] == 0.6);
    CHECK(parameters[11] == -0.7);
    std::vector<double> narrow(6), wide(6);
    REQUIRE(tepui_outputs(context, dataset.get(), network.get(), narrow.data(), nullptr) == TEPUI_OK);
    REQUIRE(tepui_outputs(context, dataset.get(), made, wide.data(), nullptr) == TEPUI_OK);
    for (std::size_t k = 0; k < 6; ++k) CHECK(wide[k] == Approx(narrow[k]).margin(1e-15));
}

TEST_CASE("a homogeneous split divides weights and outputs alike") {
    Context context;
    Problem problem;
    tepui_activation* activation = nullptr;
    REQUIRE(tepui_activation_create_named(context, "relu", &activation) == TEPUI_OK);
    const double w[4] = {0.3, -0.8, 0.6, 0.1}, a[2] = {1.2, -0.7}, gamma[2] = {0.25, 0.75};
    tepui_network *network = nullptr, *made = nullptr;
    REQUIRE(tepui_network_create(context, activation, 2, 2, w, 2, a, &network) == TEPUI_OK);
    const Network_ narrow(network);
    tepui_activation_destroy(activation);
    REQUIRE(tepui_split_homogeneous(context, network, 0, 2, gamma, &made) == TEPUI_OK);
    const Network_ wide(made);
    const double* parameters = tepui_network_parameters(made);
    CHECK(parameters[0] == 0.5 * 0.3);
    CHECK(parameters[3] == Approx(std::sqrt(0.75) * -0.8).epsilon(1e-15));
    CHECK(parameters[4] == 0.6);
    CHECK(parameters[6] == 0.5 * 1.2);
    CHECK(parameters[8] == -0.7);
    tepui_network* none = nullptr;
    const double less[2] = {1.5, -0.5};
    check_refused(context, tepui_split_homogeneous(context, network, 0, 2, less, &none),
                  TEPUI_ERROR_INVALID_VALUE, {"gamma[1] is -0.5", "at least 0"});
    const Network_ smooth = problem.network(context);
    check_refused(context, tepui_split_homogeneous(context, smooth.get(), 0, 2, gamma, &none),
                  TEPUI_ERROR_UNSUPPORTED, {"ReLU-like"});
    CHECK(none == nullptr);
}

TEST_CASE("split: refusals") {
    Context context;
    Problem problem;
    const Network_ network = problem.network(context);
    tepui_network* made = nullptr;
    const auto split = [&](const tepui_network* net, int64_t neuron, std::vector<double> gamma) {
        return tepui_split(context, net, neuron, static_cast<int64_t>(gamma.size()), gamma.data(), &made);
    };
    const tepui_network* net = network.get();
    check_refused(context, split(nullptr, 0, {0.5, 0.5}), TEPUI_ERROR_NULL_POINTER, {"network is null"});
    check_refused(context, split(net, 2, {0.5, 0.5}), TEPUI_ERROR_INVALID_SIZE, {"neuron is 2", "m = 2"});
    check_refused(context, split(net, -1, {0.5, 0.5}), TEPUI_ERROR_INVALID_SIZE, {"neuron is -1"});
    check_refused(context, split(net, 0, {1.0}), TEPUI_ERROR_INVALID_SIZE, {"r is 1", "at least 2"});
    check_refused(context, split(net, 0, {0.5, kNaN}), TEPUI_ERROR_NOT_FINITE, {"gamma[1] is nan"});
    check_refused(context, split(net, 0, {0.5, 0.4}), TEPUI_ERROR_INVALID_VALUE,
                  {"gamma sums", "1 is expected"});
    check_refused(context, tepui_split(context, net, 0, 2, nullptr, &made), TEPUI_ERROR_NULL_POINTER,
                  {"gamma is null"});
    const double gamma[2] = {0.5, 0.5};
    check_refused(context, tepui_split(context, net, 0, 2, gamma, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"split is null"});
    check_refused(context, tepui_split(context, net, 0, INT64_MAX, gamma, &made), TEPUI_ERROR_INVALID_SIZE,
                  {"overflow"});
    CHECK(made == nullptr);
}
