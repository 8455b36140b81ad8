#include <cmath>
#include <utility>

#include "api/fixture.hpp"
#include "support/report.hpp"

using namespace tepui::test;

namespace {

// The two neurons of the problem, the first split into a daughter, its mirror image and one with gamma 0, a
// cancelled pair, a null neuron and an idle one.
struct Places {
    std::vector<tepui_neuron_role> role{TEPUI_NEURON_DAUGHTER,  TEPUI_NEURON_CANCELLED, TEPUI_NEURON_DAUGHTER,
                                        TEPUI_NEURON_NULL,      TEPUI_NEURON_DAUGHTER,  TEPUI_NEURON_DAUGHTER,
                                        TEPUI_NEURON_CANCELLED, TEPUI_NEURON_IDLE};
    std::vector<int64_t> group{0, 0, 1, -1, 0, 0, 0, -1};
    std::vector<int32_t> sign{1, 1, 1, 1, -1, 1, -1, 1};
    std::vector<double> coefficient{1.5, 2.0, 1.0, 0.0, -0.5, 0.0, -2.0, 3.0};
    // Rows of daughters and idle neurons are never read, nor is the third column.
    std::vector<double> w{kNaN, kNaN, kNaN, 1.0,  2.0,  kNaN, kNaN, kNaN, kNaN, -4.0, 5.0, kNaN,
                          kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, -1.0, -2.0, kNaN, kNaN, kNaN};
    int64_t m = 8, ldw = 3;

    tepui_status embed(const Context& context, const tepui_network* narrow, tepui_network** wide) const {
        return tepui_embed(context, narrow, m, role.data(), group.data(), sign.data(), coefficient.data(),
                           w.data(), ldw, wide);
    }
};

Network_ embedded(const Context& context, const tepui_network* narrow, const Places& places = {}) {
    tepui_network* wide = nullptr;
    REQUIRE(places.embed(context, narrow, &wide) == TEPUI_OK);
    return Network_(wide);
}

Reduction_ reduced(const Context& context, const tepui_network* network, const tepui_dataset* dataset) {
    tepui_reduction* made = nullptr;
    REQUIRE(tepui_reduce(context, network, dataset, &made) == TEPUI_OK);
    return Reduction_(made);
}

std::vector<double> parameters_of(const tepui_network* network) {
    const double* parameters = tepui_network_parameters(network);
    return {parameters, parameters + tepui_network_parameter_count(network)};
}

template <class Value>
std::vector<Value> eight(const Value* values) {
    return {values, values + 8};
}

}  // namespace

TEST_CASE("embed: daughters, mirror images, null, cancelled and idle neurons") {
    Context context;
    const Problem problem;
    const Network_ narrow = problem.network(context);
    const Network_ wide = embedded(context, narrow.get());
    CHECK(parameters_of(wide.get()) ==
          std::vector<double>{0.3,  -0.8, 1.0, 2.0, 0.6,       0.9, -4.0, 5.0, -0.3,      0.8, 0.3, -0.8,
                              -1.0, -2.0, 0.0, 0.0, 1.5 * 1.2, 2.0, -0.7, 0.0, 0.5 * 1.2, 0.0, 2.0, 3.0});
    const Dataset_ dataset = problem.dataset(context);
    double before = 0.0, after = 0.0;
    REQUIRE(tepui_loss(context, dataset.get(), narrow.get(), &before) == TEPUI_OK);
    REQUIRE(tepui_loss(context, dataset.get(), wide.get(), &after) == TEPUI_OK);
    CHECK(after == Approx(before).epsilon(1e-14));
}

TEST_CASE("reduce undoes embed, and its arrays embed again") {
    Context context;
    const Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ narrow = problem.network(context);
    const Places places;
    const Network_ wide = embedded(context, narrow.get(), places);
    for (const tepui_dataset* metric :
         {static_cast<const tepui_dataset*>(nullptr), static_cast<const tepui_dataset*>(dataset.get())}) {
        const Reduction_ reduction = reduced(context, wide.get(), metric);
        const tepui_reduction* r = reduction.get();
        CHECK(parameters_of(tepui_reduction_network(r))[0] == 0.3);
        CHECK(tepui_network_width(tepui_reduction_network(r)) == 2);
        REQUIRE(tepui_reduction_neurons(r) == 8);
        CHECK(eight(tepui_reduction_roles(r)) == places.role);
        CHECK(eight(tepui_reduction_groups(r)) == places.group);
        CHECK(eight(tepui_reduction_signs(r)) == places.sign);
        for (std::size_t i = 0; i < 8; ++i) {
            CHECK(tepui_reduction_coefficients(r)[i] == Approx(places.coefficient[i]).epsilon(1e-14));
        }
        CHECK(std::vector<double>(tepui_reduction_free_weights(r), tepui_reduction_free_weights(r) + 16) ==
              std::vector<double>{0, 0, 1, 2, 0, 0, -4, 5, 0, 0, 0, 0, -1, -2, 0, 0});
        CHECK(report_of(context, r).integer("cancelled_groups") == 1);
        CHECK(report_of(context, r).real("weight_spread") == 0.0);
        CHECK(report_of(context, r).real("output_spread") == 0.0);
        tepui_network* again = nullptr;
        REQUIRE(tepui_embed(context, tepui_reduction_network(r), 8, tepui_reduction_roles(r),
                            tepui_reduction_groups(r), tepui_reduction_signs(r),
                            tepui_reduction_coefficients(r), tepui_reduction_free_weights(r), 2,
                            &again) == TEPUI_OK);
        const Network_ back(again);
        const std::vector<double> p = parameters_of(wide.get()), q = parameters_of(again);
        for (std::size_t j = 0; j < p.size(); ++j) CHECK(q[j] == Approx(p[j]).epsilon(1e-14));
    }
}

TEST_CASE("reduce: the options set what is equal and what cancels") {
    Context context;
    Problem problem;
    problem.w = {1.0, 2.0, 1.0, 2.0 + 1e-6};
    problem.a = {1.0, -1.0 + 1e-6};
    const Network_ network = problem.network(context);
    CHECK(tepui_network_width(tepui_reduction_network(reduced(context, network.get(), nullptr).get())) == 2);
    REQUIRE(tepui_context_set_real(context, TEPUI_OPTION_REDUCE_WEIGHTS, 1e-5) == TEPUI_OK);
    {
        const Reduction_ reduction = reduced(context, network.get(), nullptr);
        CHECK(tepui_network_width(tepui_reduction_network(reduction.get())) == 1);
        CHECK(report_of(context, reduction.get()).real("weight_spread") ==
              Approx(0.5e-6 / std::sqrt(5.0)).epsilon(1e-3));
    }
    REQUIRE(tepui_context_set_real(context, TEPUI_OPTION_REDUCE_OUTPUTS, 1e-5) == TEPUI_OK);
    const Reduction_ reduction = reduced(context, network.get(), nullptr);
    CHECK(tepui_network_width(tepui_reduction_network(reduction.get())) == 0);
    CHECK(report_of(context, reduction.get()).integer("cancelled_groups") == 1);
    CHECK(report_of(context, reduction.get()).real("output_spread") == Approx(0.5e-6).epsilon(1e-3));
}

TEST_CASE("no neurons embed into no neurons, or into some that do not contribute") {
    Context context;
    const Problem problem;
    const Activation_ sigma = problem.activation(context);
    tepui_network *none = nullptr, *wide = nullptr;
    REQUIRE(tepui_network_create(context, sigma.get(), 0, 2, nullptr, 0, nullptr, &none) == TEPUI_OK);
    const Network_ narrow(none);
    REQUIRE(tepui_embed(context, none, 0, nullptr, nullptr, nullptr, nullptr, nullptr, 0, &wide) == TEPUI_OK);
    CHECK(tepui_network_width(wide) == 0);
    CHECK(tepui_reduction_neurons(reduced(context, wide, nullptr).get()) == 0);
    tepui_network_destroy(std::exchange(wide, nullptr));
    const tepui_neuron_role role = TEPUI_NEURON_IDLE;
    const int64_t group = -1;
    const double output = 2.0;
    REQUIRE(tepui_embed(context, none, 1, &role, &group, nullptr, &output, nullptr, 0, &wide) == TEPUI_OK);
    const Network_ idle(wide);
    CHECK(parameters_of(wide) == std::vector<double>{0.0, 0.0, 2.0});
    CHECK(tepui_network_width(tepui_reduction_network(reduced(context, wide, nullptr).get())) == 0);
}

TEST_CASE("several outputs: what daughters have beside their shares comes back") {
    Context context;
    tepui_activation* sigma = nullptr;
    REQUIRE(tepui_activation_create_named(context, "tanh", &sigma) == TEPUI_OK);
    const Activation_ owner(sigma);
    const double given[] = {1.0, 2.0, 1.0, 2.0, 0.5, -1.0, 1.0, 0.0, 0.0, 2.0, 0.0, 0.0};
    tepui_network* made = nullptr;
    REQUIRE(tepui_network_create_model(context, sigma, 3, 2, 2, TEPUI_MODEL_PLAIN, given, &made) == TEPUI_OK);
    const Network_ wide(made);
    const Reduction_ reduction = reduced(context, wide.get(), nullptr);
    const tepui_network* const narrow = tepui_reduction_network(reduction.get());
    CHECK(parameters_of(narrow) == std::vector<double>{1.0, 2.0, 1.0, 2.0});
    const double* const outputs = tepui_reduction_outputs(reduction.get());
    for (int o = 0; o < 2; ++o) CHECK(std::abs(outputs[o] + outputs[2 + o]) <= 1e-15);
    CHECK(outputs[0] == Approx(0.8));
    CHECK(tepui_reduction_coefficients(reduction.get())[0] == Approx(0.2));
    const auto again = [&](const double* beside) {
        made = nullptr;
        return tepui_embed_outputs(context, narrow, 3, tepui_reduction_roles(reduction.get()),
                                   tepui_reduction_groups(reduction.get()),
                                   tepui_reduction_signs(reduction.get()),
                                   tepui_reduction_coefficients(reduction.get()), beside,
                                   tepui_reduction_free_weights(reduction.get()), 2, &made);
    };
    REQUIRE(again(outputs) == TEPUI_OK);
    const Network_ back(made);
    for (std::size_t p = 0; p < 12; ++p)
        CHECK(tepui_network_parameters(made)[p] == Approx(given[p]).margin(1e-15));
    const double wrong[6] = {0.5};
    check_refused(context, again(wrong), TEPUI_ERROR_INVALID_VALUE,
                  {"the daughters of neuron 0", "output 0 sums to 0.5"});
    check_refused(context, again(nullptr), TEPUI_ERROR_NULL_POINTER, {"outputs is null"});
    const double nan[6] = {kNaN};
    check_refused(context, again(nan), TEPUI_ERROR_NOT_FINITE, {"outputs[0][0] is nan"});
    CHECK(tepui_reduction_outputs(nullptr) == nullptr);
}

TEST_CASE("embed and reduce can be cancelled, with data or without") {
    const Context context;
    const Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ narrow = problem.network(context);
    constexpr int64_t kWidth = 2000;  // 2.0 million pairs of neurons of one length
    std::vector<double> w, a(kWidth, 1.0);
    for (int64_t i = 0; i < kWidth; ++i)
        w.insert(w.end(), {std::cos(1e-3 * static_cast<double>(i)), std::sin(1e-3 * static_cast<double>(i))});
    const Activation_ sigma = problem.activation(context);
    tepui_network* raw = nullptr;
    REQUIRE(tepui_network_create(context, sigma.get(), kWidth, 2, w.data(), 2, a.data(), &raw) == TEPUI_OK);
    const Network_ circle(raw);
    // Set anew for every call: questions are a tenth of a second apart.
    const auto answer_no = [&] {
        const auto no = [](void*, const char*, double) -> int32_t { return 1; };
        REQUIRE(tepui_context_set_progress(context, no, nullptr) == TEPUI_OK);
    };
    answer_no();
    tepui_network* wide = nullptr;
    check_refused(context, Places().embed(context, narrow.get(), &wide), TEPUI_ERROR_CANCELLED,
                  {"embedding"});
    CHECK(wide == nullptr);
    tepui_reduction* reduction = nullptr;
    for (const tepui_dataset* data :
         {static_cast<const tepui_dataset*>(nullptr), static_cast<const tepui_dataset*>(dataset.get())}) {
        answer_no();
        check_refused(context, tepui_reduce(context, circle.get(), data, &reduction), TEPUI_ERROR_CANCELLED,
                      {"cancelled during"});
    }
    CHECK(reduction == nullptr);
}

TEST_CASE("embed: refusals") {
    Context context;
    const Problem problem;
    const Network_ narrow = problem.network(context);
    tepui_network* wide = nullptr;
    const auto refused = [&](tepui_status status, std::initializer_list<const char*> words, auto&& spoil) {
        Places places;
        spoil(places);
        check_refused(context, places.embed(context, narrow.get(), &wide), status, words);
    };
    refused(TEPUI_ERROR_INVALID_SIZE, {"m is -1", "at least 0"}, [](Places& p) { p.m = -1; });
    refused(TEPUI_ERROR_INVALID_SIZE, {"overflow"}, [](Places& p) { p.m = INT64_MAX / 2; });
    refused(TEPUI_ERROR_INVALID_SIZE, {"ldw is 1", "d = 2"}, [](Places& p) { p.ldw = 1; });
    refused(TEPUI_ERROR_INVALID_VALUE, {"role[3] is 5", "TEPUI_NEURON_"}, [](Places& p) { p.role[3] = 5; });
    refused(TEPUI_ERROR_INVALID_SIZE, {"wide neuron 2", "daughter of neuron 2", "group < 2"},
            [](Places& p) { p.group[2] = 2; });
    refused(TEPUI_ERROR_INVALID_VALUE, {"neuron 1 of the narrow network has no daughter"},
            [](Places& p) { p.role[2] = TEPUI_NEURON_IDLE; });
    refused(TEPUI_ERROR_INVALID_VALUE, {"daughters of neuron 0 sum to 1 - 0.5"},
            [](Places& p) { p.coefficient[0] = 1.0; });
    refused(TEPUI_ERROR_INVALID_VALUE, {"wide neuron 4 has sign 0"}, [](Places& p) { p.sign[4] = 0; });
    refused(TEPUI_ERROR_INVALID_VALUE, {"wide neuron 3 has sign -1"}, [](Places& p) { p.sign[3] = -1; });
    refused(TEPUI_ERROR_INVALID_VALUE, {"cancelled group 0 sum to 1"},
            [](Places& p) { p.coefficient[6] = -1.0; });
    refused(TEPUI_ERROR_INVALID_VALUE, {"wide neuron 6", "different weights of input 1", "-2.5"},
            [](Places& p) { p.w[19] = -2.5; });
    refused(TEPUI_ERROR_NOT_FINITE, {"coefficient[7] is nan"}, [](Places& p) { p.coefficient[7] = kNaN; });
    refused(TEPUI_ERROR_NOT_FINITE, {"w[3][1] is inf"}, [](Places& p) { p.w[10] = kInf; });
    CHECK(wide == nullptr);

    const Places p;
    const auto call = [&](const tepui_network* from, const tepui_neuron_role* role, const int64_t* group,
                          const double* coefficient, const double* w, tepui_network** out) {
        return tepui_embed(context, from, 8, role, group, nullptr, coefficient, w, 3, out);
    };
    const auto null = [&](tepui_status status, const char* word) {
        check_refused(context, status, TEPUI_ERROR_NULL_POINTER, {word});
    };
    const double *c = p.coefficient.data(), *w = p.w.data();
    null(call(nullptr, p.role.data(), p.group.data(), c, w, &wide), "narrow is null");
    null(call(narrow.get(), nullptr, p.group.data(), c, w, &wide), "role is null");
    null(call(narrow.get(), p.role.data(), nullptr, c, w, &wide), "group is null");
    null(call(narrow.get(), p.role.data(), p.group.data(), nullptr, w, &wide), "coefficient is null");
    null(call(narrow.get(), p.role.data(), p.group.data(), c, nullptr, &wide), "w is null");
    null(call(narrow.get(), p.role.data(), p.group.data(), c, w, nullptr), "wide is null");
    CHECK(wide == nullptr);
}

TEST_CASE("reduce: refusals and null handles") {
    Context context;
    const Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ network = problem.network(context);
    tepui_reduction* made = nullptr;
    CHECK(tepui_reduce(nullptr, network.get(), nullptr, &made) == TEPUI_ERROR_NULL_POINTER);
    check_refused(context, tepui_reduce(context, nullptr, nullptr, &made), TEPUI_ERROR_NULL_POINTER,
                  {"network is null"});
    check_refused(context, tepui_reduce(context, network.get(), nullptr, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"reduction is null"});
    check_refused(context, tepui_reduce(context, problem.wide_network(context).get(), dataset.get(), &made),
                  TEPUI_ERROR_INVALID_SIZE, {"d = 3", "has 2"});
    REQUIRE(tepui_context_set_progress(
                context, [](void*, const char*, double) -> int32_t { return 1; }, nullptr) == TEPUI_OK);
    check_refused(context, tepui_reduce(context, network.get(), dataset.get(), &made), TEPUI_ERROR_CANCELLED,
                  {"cancelled"});
    CHECK(made == nullptr);
    tepui_reduction_destroy(nullptr);
    CHECK(tepui_reduction_network(nullptr) == nullptr);
    CHECK(tepui_reduction_neurons(nullptr) == 0);
    CHECK(tepui_reduction_roles(nullptr) == nullptr);
    CHECK(tepui_reduction_groups(nullptr) == nullptr);
    CHECK(tepui_reduction_signs(nullptr) == nullptr);
    CHECK(tepui_reduction_coefficients(nullptr) == nullptr);
    CHECK(tepui_reduction_free_weights(nullptr) == nullptr);
}

TEST_CASE("roles have names") {
    CHECK(std::string(tepui_name(TEPUI_WORDS_NEURON_ROLE, TEPUI_NEURON_DAUGHTER)) == "daughter");
    CHECK(std::string(tepui_name(TEPUI_WORDS_NEURON_ROLE, TEPUI_NEURON_NULL)) == "null");
    CHECK(std::string(tepui_name(TEPUI_WORDS_NEURON_ROLE, TEPUI_NEURON_CANCELLED)) == "cancelled");
    CHECK(std::string(tepui_name(TEPUI_WORDS_NEURON_ROLE, TEPUI_NEURON_IDLE)) == "idle");
    CHECK(std::string(tepui_name(TEPUI_WORDS_NEURON_ROLE, 0)) == "unknown");
    CHECK(std::string(tepui_name(TEPUI_WORDS_NEURON_ROLE, 5)) == "unknown");
}
