// Computations of a size that fills every buffer of the kernels, on a thread with little stack and, by
// OMP_STACKSIZE, workers with as little. (The other tests of the API run on such a stack as they are.)
#include <pthread.h>

#include <cmath>
#include <functional>
#include <sstream>

#include "api/planted_point.hpp"
#include "core/random.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

constexpr std::size_t kStack = 128 * 1024;

void* call(void* body) {
    (*static_cast<const std::function<void()>*>(body))();
    return nullptr;
}

void on_small_stack(const std::function<void()>& body) {
    pthread_attr_t attributes;
    REQUIRE(pthread_attr_init(&attributes) == 0);
    REQUIRE(pthread_attr_setstacksize(&attributes, kStack) == 0);
    pthread_t thread{};
    REQUIRE(pthread_create(&thread, &attributes, call, const_cast<std::function<void()>*>(&body)) == 0);
    REQUIRE(pthread_join(thread, nullptr) == 0);
    pthread_attr_destroy(&attributes);
}

struct Large {
    static constexpr int64_t n = 2500, d = 60, m = 30, p = m * (d + 1);
    std::vector<double> x, y, w, a;
    std::vector<float> x32;

    Large() {
        Random random(5, 0);
        const auto fill = [&](std::vector<double>& values, int64_t count, double scale) {
            values.resize(static_cast<std::size_t>(count));
            for (double& value : values) value = scale * random.normal();
        };
        fill(x, n * d, 1.0);
        fill(y, n, 1.0);
        fill(w, m * d, 0.1);
        fill(a, m, 1.0);
        x32.assign(x.begin(), x.end());
    }
    Dataset_ dataset(const Context& context) const {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, n, d, x.data(), d, y.data(), nullptr, 0, &made) == TEPUI_OK);
        return Dataset_(made);
    }
    Dataset_ single_dataset(const Context& context) const {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create_f32(context, n, d, x32.data(), d, y.data(), nullptr, 0, &made) ==
                TEPUI_OK);
        return Dataset_(made);
    }
    Network_ network(const Context& context, tepui_activation_kind kind) const {
        tepui_activation* sigma = nullptr;
        REQUIRE(tepui_activation_create(context, kind, &sigma) == TEPUI_OK);
        const Activation_ owner(sigma);
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create(context, sigma, m, d, w.data(), d, a.data(), &made) == TEPUI_OK);
        return Network_(made);
    }
};

void for_each_isa(const Context& context, const std::function<void()>& body) {
    const char* text = nullptr;
    REQUIRE(tepui_info(context, TEPUI_INFO_ISAS, &text) == TEPUI_OK);
    std::istringstream names(text);
    for (std::string name; names >> name;) {
        CAPTURE(name);
        REQUIRE(tepui_force_isa(context, name.c_str()) == TEPUI_OK);
        body();
    }
    REQUIRE(tepui_force_isa(context, "") == TEPUI_OK);
}

}  // namespace

TEST_CASE("passes over the data and kernels need little stack, on every instruction set") {
    const Context context(2);
    const Large large;
    const auto passes = [&] {
        for (const bool single : {false, true}) {
            const Dataset_ data = single ? large.single_dataset(context) : large.dataset(context);
            const Network_ network = large.network(context, TEPUI_ACTIVATION_TANH);
            std::vector<double> out(static_cast<std::size_t>(Large::p * Large::p));
            std::vector<double> direction(static_cast<std::size_t>(Large::p), 0.5);
            double loss = 0.0;
            CHECK(tepui_gradient(context, data.get(), network.get(), &loss, out.data(), nullptr) == TEPUI_OK);
            CHECK(tepui_inner_hessians(context, data.get(), network.get(), out.data()) == TEPUI_OK);
            CHECK(tepui_inner_hessian(context, data.get(), network.get(), 3, out.data(), Large::d) ==
                  TEPUI_OK);
            CHECK(tepui_hessian_vector(context, data.get(), network.get(), direction.data(), out.data()) ==
                  TEPUI_OK);
        }
    };
    const auto kernels = [&] {
        std::vector<double> c(static_cast<std::size_t>(Large::m * Large::n), 0.25);
        std::vector<double> out(static_cast<std::size_t>(Large::m * Large::n * 4));
        for (const int64_t rows : {int64_t{1}, int64_t{5}, Large::m})
            CHECK(tepui_weighted_gram(context, Large::n, Large::d, large.x.data(), Large::d, rows, c.data(),
                                      Large::n, out.data()) == TEPUI_OK);
        const Problem problem;
        const Activation_ sigma = problem.activation(context);
        double* const z = out.data();
        constexpr int64_t size = Large::m * Large::n;
        CHECK(tepui_hidden_layer(context, sigma.get(), Large::n, Large::d, large.x.data(), Large::d, Large::m,
                                 large.w.data(), Large::d, z, z + size, z + 2 * size, z + 3 * size,
                                 Large::n) == TEPUI_OK);
        CHECK(tepui_symmetric_eigen(context, 20, 20, c.data(), z, z + 400) == TEPUI_OK);
        CHECK(tepui_symmetric_eigen(context, 1, 120, c.data(), z, z + 120) == TEPUI_OK);
    };
    for_each_isa(context, [&] {
        on_small_stack(passes);
        on_small_stack(kernels);
    });
}

TEST_CASE("Hessians, searches and verdicts need little stack") {
    const Context context(2);
    const Large large;
    on_small_stack([&] {
        const Dataset_ data = large.dataset(context);
        const Network_ network = large.network(context, TEPUI_ACTIVATION_GELU);
        std::vector<double> hessian(static_cast<std::size_t>(Large::p * Large::p));
        CHECK(tepui_hessian(context, data.get(), network.get(), hessian.data(), Large::p) == TEPUI_OK);
        tepui_network_verdict* whole = nullptr;
        CHECK(tepui_classify_network(context, data.get(), network.get(), &whole) == TEPUI_OK);
        tepui_network_verdict_destroy(whole);
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_MAX_ITERATIONS, 2) == TEPUI_OK);
        tepui_solution* solution = nullptr;
        CHECK(tepui_solve_from(context, data.get(), network.get(), &solution) == TEPUI_OK);
        tepui_solution_destroy(solution);
    });
    on_small_stack([&] {
        const Dataset_ data = large.dataset(context);
        const Network_ network = large.network(context, TEPUI_ACTIVATION_RELU);
        tepui_directional* directional = nullptr;
        CHECK(tepui_classify_directional(context, data.get(), network.get(), nullptr, nullptr,
                                         &directional) == TEPUI_OK);
        tepui_directional_destroy(directional);
        tepui_activation* relu = nullptr;
        REQUIRE(tepui_activation_create(context, TEPUI_ACTIVATION_RELU, &relu) == TEPUI_OK);
        const Activation_ owner(relu);
        tepui_trace* trace = nullptr;
        CHECK(tepui_trace_descent(context, data.get(), relu, 4, 1e-3, 20, &trace) == TEPUI_OK);
        tepui_trace_destroy(trace);
    });
}
