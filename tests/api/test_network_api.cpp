#include <cmath>
#include <functional>

#include "api/fixture.hpp"

using namespace tepui::test;

namespace {

// sigma = z + z^3 / 3 and its derivatives; user counts the calls, or makes it misbehave.
enum class Mood { good, fails, not_finite, throws };

int32_t cubic(void* user, int64_t count, const double* z, double* value, double* first, double* second,
              double* third) {
    const Mood mood = user == nullptr ? Mood::good : *static_cast<Mood*>(user);
    if (mood == Mood::fails) return 5;
    if (mood == Mood::throws) throw 42;
    for (int64_t k = 0; k < count; ++k) {
        if (value != nullptr) value[k] = mood == Mood::not_finite ? kNaN : z[k] + z[k] * z[k] * z[k] / 3.0;
        if (first != nullptr) first[k] = 1.0 + z[k] * z[k];
        if (second != nullptr) second[k] = 2.0 * z[k];
        if (third != nullptr) third[k] = 2.0;
    }
    return 0;
}

int32_t shifted(void*, int64_t count, const double* z, double* value, double* first, double* second,
                double*) {
    for (int64_t k = 0; k < count; ++k) {
        if (value != nullptr) value[k] = z[k] + 1.0;
        if (first != nullptr) first[k] = 1.0;
        if (second != nullptr) second[k] = 0.0;
    }
    return 0;
}

}  // namespace

TEST_CASE("activations by number and by name agree") {
    Context context;
    const char* names[] = {"tanh",
                           "sigmoid",
                           "softplus",
                           "erf",
                           "gelu",
                           "silu",
                           "sin",
                           "gaussian",
                           "square",
                           "cube",
                           "relu3",
                           "arctan",
                           "identity",
                           "exp",
                           "normal_cdf",
                           "gelu_tanh",
                           "sigmoid_softplus",
                           "selu"};
    for (tepui_activation_kind kind = TEPUI_ACTIVATION_TANH; kind <= TEPUI_ACTIVATION_SELU; ++kind) {
        tepui_activation *by_number = nullptr, *by_name = nullptr;
        REQUIRE(tepui_activation_create(context, kind, &by_number) == TEPUI_OK);
        const Activation_ first(by_number);
        CHECK(std::string(tepui_activation_name(by_number)) == names[kind - 1]);
        REQUIRE(tepui_activation_create_named(context, names[kind - 1], &by_name) == TEPUI_OK);
        const Activation_ second(by_name);
        CHECK(std::string(tepui_activation_name(by_name)) == names[kind - 1]);
    }
}

TEST_CASE("ReLU-like activations have names, and slopes") {
    Context context;
    const auto check = [&](tepui_activation* raw, const char* name, double below) {
        const Activation_ activation(raw);
        CHECK(std::string(tepui_activation_name(raw)) == name);
        const double z[] = {-2.0, 0.0, 3.0};
        double value[3], first[3], second[3];
        REQUIRE(tepui_activation_evaluate(context, raw, 3, z, value, first, second, nullptr) == TEPUI_OK);
        CHECK(value[0] == -2.0 * below);
        CHECK(first[0] == below);
        CHECK(value[1] == 0.0);
        CHECK(first[1] == 1.0);
        CHECK(value[2] == 3.0);
        CHECK(second[2] == 0.0);
        tepui_activation* same = nullptr;
        REQUIRE(tepui_activation_create_named(context, name, &same) == TEPUI_OK);
        CHECK(std::string(tepui_activation_name(same)) == name);
        tepui_activation_destroy(same);
    };
    tepui_activation* made = nullptr;
    REQUIRE(tepui_activation_create(context, TEPUI_ACTIVATION_RELU, &made) == TEPUI_OK);
    check(made, "relu", 0.0);
    REQUIRE(tepui_activation_create(context, TEPUI_ACTIVATION_LEAKY_RELU, &made) == TEPUI_OK);
    check(made, "leaky_relu", 0.01);
    REQUIRE(tepui_activation_create(context, TEPUI_ACTIVATION_ABS, &made) == TEPUI_OK);
    check(made, "abs", -1.0);
    REQUIRE(tepui_activation_create_leaky_relu(context, 0.25, &made) == TEPUI_OK);
    check(made, "leaky_relu:0.25", 0.25);
    REQUIRE(tepui_activation_create_named(context, "leaky_relu:-0.5", &made) == TEPUI_OK);
    check(made, "leaky_relu:-0.5", -0.5);
    made = nullptr;
    check_refused(context, tepui_activation_create_leaky_relu(context, std::nan(""), &made),
                  TEPUI_ERROR_INVALID_VALUE, {"slope"});
    CHECK(made == nullptr);
}

TEST_CASE("activations: refusals") {
    Context context;
    tepui_activation* made = nullptr;
    for (const tepui_activation_kind kind : {0, 19, 31, 35, 64, -1}) {
        check_refused(context, tepui_activation_create(context, kind, &made), TEPUI_ERROR_INVALID_VALUE,
                      {std::to_string(kind).c_str(), "expected"});
    }
    for (const char* name :
         {"", "Tanh", "custom", "no such one", "leaky_relu:", "leaky_relu:1x", "leaky_relu:inf"}) {
        check_refused(context, tepui_activation_create_named(context, name, &made), TEPUI_ERROR_INVALID_VALUE,
                      {(std::string("'") + name + "'").c_str()});
    }
    const std::string endless(100000, 'x');
    check_refused(context, tepui_activation_create_named(context, endless.c_str(), &made),
                  TEPUI_ERROR_INVALID_VALUE, {"xxx"});
    check_refused(context, tepui_activation_create_named(context, nullptr, &made), TEPUI_ERROR_NULL_POINTER,
                  {"name is null"});
    check_refused(context, tepui_activation_create(context, TEPUI_ACTIVATION_TANH, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"activation is null"});
    CHECK(made == nullptr);
}

TEST_CASE("custom activations: traits are checked") {
    Context context;
    tepui_activation* made = nullptr;
    const auto create = [&](tepui_activation_function function, tepui_smoothness smoothness,
                            int32_t polynomial, tepui_parity parity, int32_t flat) {
        return tepui_activation_create_custom(context, function, nullptr, smoothness, polynomial, parity,
                                              flat, &made);
    };
    check_refused(context, create(nullptr, TEPUI_SMOOTHNESS_C2, 0, TEPUI_PARITY_NONE, 0),
                  TEPUI_ERROR_NULL_POINTER, {"function is null"});
    for (const int32_t smoothness : {0, 1, 5}) {
        check_refused(context, create(cubic, smoothness, 0, TEPUI_PARITY_NONE, 0), TEPUI_ERROR_INVALID_VALUE,
                      {"smoothness", std::to_string(smoothness).c_str()});
    }
    check_refused(context, create(cubic, TEPUI_SMOOTHNESS_C2, 2, TEPUI_PARITY_NONE, 0),
                  TEPUI_ERROR_INVALID_VALUE, {"polynomial is 2"});
    check_refused(context, create(cubic, TEPUI_SMOOTHNESS_C2, 0, 3, 0), TEPUI_ERROR_INVALID_VALUE,
                  {"parity is 3"});
    check_refused(context, create(cubic, TEPUI_SMOOTHNESS_C2, 0, TEPUI_PARITY_NONE, -1),
                  TEPUI_ERROR_INVALID_VALUE, {"flat_on_negatives is -1"});
    check_refused(context, create(cubic, TEPUI_SMOOTHNESS_ANALYTIC, 0, TEPUI_PARITY_NONE, 1),
                  TEPUI_ERROR_INVALID_VALUE, {"flat_on_negatives"});
    check_refused(context, create(shifted, TEPUI_SMOOTHNESS_C2, 1, TEPUI_PARITY_ODD, 0),
                  TEPUI_ERROR_INVALID_VALUE, {"parity is odd", "1"});
    CHECK(made == nullptr);
    REQUIRE(create(cubic, TEPUI_SMOOTHNESS_ANALYTIC, 1, TEPUI_PARITY_ODD, 0) == TEPUI_OK);
    const Activation_ owner(made);
    CHECK(std::string(tepui_activation_name(made)) == "custom");
}

TEST_CASE("a custom activation that misbehaves is a status") {
    Context context(2);
    Problem problem;
    Mood mood = Mood::good;
    tepui_activation* made = nullptr;
    REQUIRE(tepui_activation_create_custom(context, cubic, &mood, TEPUI_SMOOTHNESS_ANALYTIC, 1,
                                           TEPUI_PARITY_ODD, 0, &made) == TEPUI_OK);
    const Activation_ sigma(made);
    const Network_ network = problem.network(context, made);
    const Dataset_ dataset = problem.dataset(context);
    std::vector<double> gradient(Problem::p, kUntouched);
    std::vector<double> values(2, kUntouched);
    const double z[2] = {0.5, -0.5};
    double loss = kUntouched;
    REQUIRE(tepui_loss(context, dataset.get(), network.get(), &loss) == TEPUI_OK);
    CHECK(loss > 0.0);
    for (const auto& [bad, status] : {std::pair{Mood::fails, TEPUI_ERROR_CALLBACK},
                                      {Mood::not_finite, TEPUI_ERROR_CALLBACK},
                                      {Mood::throws, TEPUI_ERROR_INTERNAL}}) {
        mood = bad;
        check_refused(
            context, tepui_gradient(context, dataset.get(), network.get(), nullptr, gradient.data(), nullptr),
            status, {"callback"});
        check_refused(
            context, tepui_activation_evaluate(context, made, 2, z, values.data(), nullptr, nullptr, nullptr),
            status, {"callback"});
        tepui_activation* another = nullptr;
        check_refused(context,
                      tepui_activation_create_custom(context, cubic, &mood, TEPUI_SMOOTHNESS_ANALYTIC, 1,
                                                     TEPUI_PARITY_ODD, 0, &another),
                      status, {"callback"});
        CHECK(another == nullptr);
    }
    check_untouched(gradient);
    check_untouched(values);
}

TEST_CASE("activations evaluate where asked") {
    Context context;
    Problem problem;
    const Activation_ tanh = problem.activation(context);
    const Activation_ relu3 = problem.activation(context, TEPUI_ACTIVATION_RELU3);
    const std::vector<double> z{-2.0, 0.0, 0.5};
    std::vector<double> value(3), first(3), second(3), third(3);
    REQUIRE(tepui_activation_evaluate(context, tanh.get(), 3, z.data(), value.data(), first.data(),
                                      second.data(), third.data()) == TEPUI_OK);
    for (std::size_t k = 0; k < z.size(); ++k) {
        const double t = std::tanh(z[k]);
        CHECK(value[k] == Approx(t));
        CHECK(first[k] == Approx(1.0 - t * t));
        CHECK(second[k] == Approx(-2.0 * t * (1.0 - t * t)));
        CHECK(third[k] == Approx((6.0 * t * t - 2.0) * (1.0 - t * t)));
    }
    std::vector<double> untouched(3, kUntouched);
    REQUIRE(tepui_activation_evaluate(context, tanh.get(), 3, z.data(), nullptr, first.data(), nullptr,
                                      nullptr) == TEPUI_OK);
    REQUIRE(tepui_activation_evaluate(context, tanh.get(), 0, nullptr, nullptr, nullptr, nullptr, nullptr) ==
            TEPUI_OK);
    check_refused(context,
                  tepui_activation_evaluate(context, tanh.get(), -1, z.data(), untouched.data(), nullptr,
                                            nullptr, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"count is -1"});
    check_refused(context,
                  tepui_activation_evaluate(context, tanh.get(), INT64_MAX / 2, z.data(), untouched.data(),
                                            nullptr, nullptr, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"overflow"});
    check_refused(context,
                  tepui_activation_evaluate(context, tanh.get(), 3, nullptr, untouched.data(), nullptr,
                                            nullptr, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"z is null"});
    check_refused(
        context,
        tepui_activation_evaluate(context, nullptr, 3, z.data(), untouched.data(), nullptr, nullptr, nullptr),
        TEPUI_ERROR_NULL_POINTER, {"activation is null"});
    check_refused(context,
                  tepui_activation_evaluate(context, relu3.get(), 3, z.data(), untouched.data(), nullptr,
                                            nullptr, untouched.data()),
                  TEPUI_ERROR_UNSUPPORTED, {"relu3", "third"});
    check_untouched(untouched);
}

TEST_CASE("data sets: refusals name the array, the index and the value") {
    Context context;
    Problem problem;
    tepui_dataset* made = nullptr;
    const auto create = [&](int64_t n, int64_t d, const double* x, int64_t ldx, const double* y,
                            const double* weights, tepui_dataset_flags flags = 0) {
        return tepui_dataset_create(context, n, d, x, ldx, y, weights, flags, &made);
    };
    const double *x = problem.x.data(), *y = problem.y.data(), *s = problem.weights.data();
    check_refused(context, create(0, 2, x, 2, y, s), TEPUI_ERROR_INVALID_SIZE, {"n is 0", "at least 1"});
    check_refused(context, create(-3, 2, x, 2, y, s), TEPUI_ERROR_INVALID_SIZE, {"n is -3"});
    check_refused(context, create(6, 0, x, 2, y, s), TEPUI_ERROR_INVALID_SIZE, {"d is 0"});
    check_refused(context, create(6, 2, x, 1, y, s), TEPUI_ERROR_INVALID_SIZE, {"ldx is 1", "d = 2"});
    check_refused(context, create(INT64_MAX / 4, 2, x, 64, y, s), TEPUI_ERROR_INVALID_SIZE, {"overflow"});
    check_refused(context, create(6, 2, nullptr, 2, y, s), TEPUI_ERROR_NULL_POINTER, {"x is null"});
    check_refused(context, create(6, 2, x, 2, y, s, 8), TEPUI_ERROR_INVALID_VALUE, {"flags is 8"});
    check_refused(context, tepui_dataset_create(context, 6, 2, x, 2, y, s, 0, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"dataset is null"});
    for (const double bad : {kNaN, kInf, -kInf}) {
        Problem broken;
        broken.x[7] = bad;
        check_refused(context, create(6, 2, broken.x.data(), 2, y, s), TEPUI_ERROR_NOT_FINITE,
                      {"x[3][1]", std::isnan(bad) ? "nan" : "inf"});
        broken.y[4] = bad;
        check_refused(context, create(6, 2, x, 2, broken.y.data(), s), TEPUI_ERROR_NOT_FINITE, {"y[4]"});
        broken.weights[5] = bad;
        check_refused(context, create(6, 2, x, 2, y, broken.weights.data()), TEPUI_ERROR_NOT_FINITE,
                      {"weights[5]"});
    }
    Problem broken;
    broken.weights[1] = -0.5;
    check_refused(context, create(6, 2, x, 2, y, broken.weights.data()), TEPUI_ERROR_INVALID_VALUE,
                  {"weights[1]", "-0.5"});
    const std::vector<double> none(6, 0.0);
    check_refused(context, create(6, 2, x, 2, y, none.data()), TEPUI_ERROR_INVALID_VALUE, {"weights"});
    CHECK(made == nullptr);
}

TEST_CASE("data sets: padding between rows is never read") {
    Context context;
    Problem problem;
    std::vector<double> padded(6 * 3, kNaN);
    for (std::size_t k = 0; k < 6; ++k) {
        padded[3 * k] = problem.x[2 * k];
        padded[3 * k + 1] = problem.x[2 * k + 1];
    }
    padded.resize(5 * 3 + 2);  // the last row ends with its last input
    const Network_ network = problem.network(context);
    double plain = 0.0, with_padding = 1.0;
    const Dataset_ reference = problem.dataset(context);
    REQUIRE(tepui_loss(context, reference.get(), network.get(), &plain) == TEPUI_OK);
    for (const tepui_dataset_flags flags : {TEPUI_DATASET_BORROW, TEPUI_DATASET_COPY}) {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, 6, 2, padded.data(), 3, problem.y.data(),
                                     problem.weights.data(), flags, &made) == TEPUI_OK);
        const Dataset_ dataset(made);
        REQUIRE(tepui_loss(context, made, network.get(), &with_padding) == TEPUI_OK);
        CHECK(plain == with_padding);
    }
}

TEST_CASE("data sets: copies are independent, the bias counts, the mean divides") {
    Context context;
    Problem problem;
    const Network_ network = problem.network(context);
    const Dataset_ copied = problem.dataset(context, TEPUI_DATASET_COPY);
    const Dataset_ mean = problem.dataset(context, TEPUI_DATASET_COPY | TEPUI_DATASET_MEAN_LOSS);
    CHECK(tepui_dataset_samples(copied.get()) == 6);
    CHECK(tepui_dataset_inputs(copied.get()) == 2);
    CHECK(tepui_dataset_inputs(problem.dataset(context, TEPUI_DATASET_BIAS).get()) == 3);
    double before = 0.0, after = 1.0, divided = 0.0;
    REQUIRE(tepui_loss(context, copied.get(), network.get(), &before) == TEPUI_OK);
    REQUIRE(tepui_loss(context, mean.get(), network.get(), &divided) == TEPUI_OK);
    CHECK(divided == Approx(before / 6.0));
    for (double& value : problem.x) value = 100.0;
    for (double& value : problem.y) value = 100.0;
    for (double& value : problem.weights) value = 100.0;
    REQUIRE(tepui_loss(context, copied.get(), network.get(), &after) == TEPUI_OK);
    CHECK(before == after);
}

TEST_CASE("networks: parameters in order, refusals") {
    Context context;
    Problem problem;
    const Activation_ sigma = problem.activation(context);
    const double *w = problem.w.data(), *a = problem.a.data();
    {
        const std::vector<double> padded{0.3, -0.8, kNaN, 0.6, 0.9};
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create(context, sigma.get(), 2, 2, padded.data(), 3, a, &made) == TEPUI_OK);
        const Network_ network(made);
        CHECK(tepui_network_width(made) == 2);
        CHECK(tepui_network_inputs(made) == 2);
        CHECK(tepui_network_parameter_count(made) == 6);
        const double* parameters = tepui_network_parameters(made);
        const std::vector<double> expected{0.3, -0.8, 0.6, 0.9, 1.2, -0.7};
        CHECK(std::vector<double>(parameters, parameters + 6) == expected);
    }
    tepui_network* made = nullptr;
    const auto create = [&](const tepui_activation* s, int64_t m, int64_t d, const double* ws, int64_t ldw,
                            const double* as) {
        return tepui_network_create(context, s, m, d, ws, ldw, as, &made);
    };
    check_refused(context, create(nullptr, 2, 2, w, 2, a), TEPUI_ERROR_NULL_POINTER, {"activation is null"});
    check_refused(context, create(sigma.get(), -1, 2, w, 2, a), TEPUI_ERROR_INVALID_SIZE, {"m is -1"});
    check_refused(context, create(sigma.get(), 2, 0, w, 2, a), TEPUI_ERROR_INVALID_SIZE, {"d is 0"});
    check_refused(context, create(sigma.get(), 2, 2, w, 1, a), TEPUI_ERROR_INVALID_SIZE,
                  {"ldw is 1", "d = 2"});
    check_refused(context, create(sigma.get(), INT64_MAX / 2, 3, w, 3, a), TEPUI_ERROR_INVALID_SIZE,
                  {"overflow"});
    check_refused(context, create(sigma.get(), 2, INT64_MAX, w, INT64_MAX, a), TEPUI_ERROR_INVALID_SIZE,
                  {"overflow"});
    check_refused(context, create(sigma.get(), 2, 2, nullptr, 2, a), TEPUI_ERROR_NULL_POINTER, {"w is null"});
    check_refused(context, create(sigma.get(), 2, 2, w, 2, nullptr), TEPUI_ERROR_NULL_POINTER, {"a is null"});
    problem.w[3] = -kInf;
    check_refused(context, create(sigma.get(), 2, 2, w, 2, a), TEPUI_ERROR_NOT_FINITE, {"w[1][1] is -inf"});
    problem.w[3] = 1.0;
    problem.a[1] = kNaN;
    check_refused(context, create(sigma.get(), 2, 2, w, 2, a), TEPUI_ERROR_NOT_FINITE, {"a[1] is nan"});
    check_refused(context, tepui_network_create(context, sigma.get(), 2, 2, w, 2, problem.y.data(), nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"network is null"});
    CHECK(made == nullptr);
}

TEST_CASE("the objective's functions agree with each other") {
    Context context;
    Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ network = problem.network(context);
    const tepui_dataset* data = dataset.get();
    const tepui_network* net = network.get();
    constexpr auto P = static_cast<std::size_t>(Problem::p);

    double loss = 0.0, same_loss = 1.0;
    std::vector<double> f(6), r(6), gradient(P), magnitude(P), direction(P), product(P);
    const int64_t ld = Problem::p + 2;
    std::vector<double> hessian(P * static_cast<std::size_t>(ld) - 2, kUntouched);
    REQUIRE(tepui_loss(context, data, net, &loss) == TEPUI_OK);
    REQUIRE(tepui_outputs(context, data, net, f.data(), r.data()) == TEPUI_OK);
    REQUIRE(tepui_gradient(context, data, net, &same_loss, gradient.data(), magnitude.data()) == TEPUI_OK);
    REQUIRE(tepui_hessian(context, data, net, hessian.data(), ld) == TEPUI_OK);
    CHECK(loss == same_loss);
    double sum = 0.0;
    for (std::size_t k = 0; k < 6; ++k) {
        double expected = 0.0;
        for (std::size_t i = 0; i < 2; ++i) {
            expected += problem.a[i] * std::tanh(problem.w[2 * i] * problem.x[2 * k] +
                                                 problem.w[2 * i + 1] * problem.x[2 * k + 1]);
        }
        CHECK(f[k] == Approx(expected));
        CHECK(r[k] == f[k] - problem.y[k]);
        sum += 0.5 * problem.weights[k] * r[k] * r[k];
    }
    CHECK(loss == Approx(sum));
    for (std::size_t i = 0; i < P; ++i) {
        CHECK(std::abs(gradient[i]) <= magnitude[i] * (1.0 + 1e-15));
        direction[i] = 0.3 * static_cast<double>(i) - 0.7;
        for (std::size_t j = P; j < static_cast<std::size_t>(ld); ++j) {
            if (i + 1 < P) CHECK(hessian[i * static_cast<std::size_t>(ld) + j] == kUntouched);
        }
    }
    REQUIRE(tepui_hessian_vector(context, data, net, direction.data(), product.data()) == TEPUI_OK);
    for (std::size_t i = 0; i < P; ++i) {
        double expected = 0.0;
        for (std::size_t j = 0; j < P; ++j) {
            expected += hessian[i * static_cast<std::size_t>(ld) + j] * direction[j];
            CHECK(hessian[i * static_cast<std::size_t>(ld) + j] ==
                  hessian[j * static_cast<std::size_t>(ld) + i]);
        }
        CHECK(product[i] == Approx(expected).epsilon(1e-12));
    }
    // What is not wanted may be null.
    REQUIRE(tepui_outputs(context, data, net, nullptr, r.data()) == TEPUI_OK);
    REQUIRE(tepui_outputs(context, data, net, f.data(), nullptr) == TEPUI_OK);
    REQUIRE(tepui_gradient(context, data, net, nullptr, gradient.data(), nullptr) == TEPUI_OK);
}

TEST_CASE("the objective's functions: refusals leave outputs alone") {
    Context context;
    Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Network_ network = problem.network(context);
    const Network_ wide = problem.wide_network(context);
    std::vector<double> one(1, kUntouched), many(64, kUntouched), direction(Problem::p, 1.0);
    using Call = std::function<tepui_status(const tepui_dataset*, const tepui_network*, double*)>;
    const std::vector<std::pair<const char*, Call>> calls{
        {"loss is null",
         [&](auto* data, auto* net, double* out) { return tepui_loss(context, data, net, out); }},
        {"gradient is null",
         [&](auto* data, auto* net, double* out) {
             return tepui_gradient(context, data, net, one.data(), out, one.data());
         }},
        {"hessian is null", [&](auto* data, auto* net,
                                double* out) { return tepui_hessian(context, data, net, out, Problem::p); }},
        {"product is null",
         [&](auto* data, auto* net, double* out) {
             return tepui_hessian_vector(context, data, net, direction.data(), out);
         }},
        {nullptr,
         [&](auto* data, auto* net, double* out) { return tepui_outputs(context, data, net, out, out); }},
    };
    for (const auto& [null_output, call] : calls) {
        check_refused(context, call(nullptr, network.get(), many.data()), TEPUI_ERROR_NULL_POINTER,
                      {"dataset is null"});
        check_refused(context, call(dataset.get(), nullptr, many.data()), TEPUI_ERROR_NULL_POINTER,
                      {"network is null"});
        check_refused(context, call(dataset.get(), wide.get(), many.data()), TEPUI_ERROR_INVALID_SIZE,
                      {"d = 3", "2"});
        if (null_output != nullptr) {
            check_refused(context, call(dataset.get(), network.get(), nullptr), TEPUI_ERROR_NULL_POINTER,
                          {null_output});
        }
    }
    check_refused(context, tepui_hessian(context, dataset.get(), network.get(), many.data(), Problem::p - 1),
                  TEPUI_ERROR_INVALID_SIZE, {"ld is 5", "P = 6"});
    check_refused(context, tepui_hessian(context, dataset.get(), network.get(), many.data(), INT64_MAX),
                  TEPUI_ERROR_INVALID_SIZE, {"overflow"});
    check_refused(context, tepui_hessian_vector(context, dataset.get(), network.get(), nullptr, many.data()),
                  TEPUI_ERROR_NULL_POINTER, {"direction is null"});
    direction[4] = kNaN;
    check_refused(context,
                  tepui_hessian_vector(context, dataset.get(), network.get(), direction.data(), many.data()),
                  TEPUI_ERROR_NOT_FINITE, {"direction[4] is nan"});
    check_untouched(one);
    check_untouched(many);
}

TEST_CASE("overflow on finite input is a numeric error") {
    Context context;
    Problem problem;
    problem.w[0] = 900.0;
    const Activation_ exp = problem.activation(context, TEPUI_ACTIVATION_EXP);
    const Network_ network = problem.network(context, exp.get());
    const Dataset_ dataset = problem.dataset(context);
    std::vector<double> f(6, kUntouched);
    double loss = kUntouched;
    check_refused(context, tepui_loss(context, dataset.get(), network.get(), &loss), TEPUI_ERROR_NUMERIC,
                  {"sample"});
    check_refused(context, tepui_outputs(context, dataset.get(), network.get(), f.data(), f.data()),
                  TEPUI_ERROR_NUMERIC, {"sample"});
    CHECK(loss == kUntouched);
    check_untouched(f);
}

TEST_CASE("null handles answer and are destroyed in peace") {
    CHECK(tepui_dataset_samples(nullptr) == 0);
    CHECK(tepui_dataset_inputs(nullptr) == 0);
    CHECK(tepui_network_width(nullptr) == 0);
    CHECK(tepui_network_inputs(nullptr) == 0);
    CHECK(tepui_network_parameter_count(nullptr) == 0);
    CHECK(tepui_network_parameters(nullptr) == nullptr);
    CHECK(std::string(tepui_activation_name(nullptr)).empty());
    tepui_activation_destroy(nullptr);
    tepui_dataset_destroy(nullptr);
    tepui_network_destroy(nullptr);
}

TEST_CASE("a network of no neurons is the function 0") {
    Context context;
    Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Activation_ sigma = problem.activation(context);
    tepui_network* made = nullptr;
    REQUIRE(tepui_network_create(context, sigma.get(), 0, 2, nullptr, 0, nullptr, &made) == TEPUI_OK);
    const Network_ network(made);
    CHECK(tepui_network_width(made) == 0);
    CHECK(tepui_network_parameter_count(made) == 0);
    std::vector<double> f(6, kUntouched), r(6, kUntouched), nothing(1, kUntouched);
    REQUIRE(tepui_outputs(context, dataset.get(), made, f.data(), r.data()) == TEPUI_OK);
    double loss = 0.0, expected = 0.0;
    for (std::size_t k = 0; k < 6; ++k) {
        CHECK(f[k] == 0.0);
        CHECK(r[k] == -problem.y[k]);
        expected += 0.5 * problem.weights[k] * problem.y[k] * problem.y[k];
    }
    REQUIRE(tepui_loss(context, dataset.get(), made, &loss) == TEPUI_OK);
    CHECK(loss == Approx(expected).epsilon(1e-14));
    REQUIRE(tepui_gradient(context, dataset.get(), made, &loss, nothing.data(), nothing.data()) == TEPUI_OK);
    CHECK(loss == Approx(expected).epsilon(1e-14));
    REQUIRE(tepui_hessian(context, dataset.get(), made, nothing.data(), 0) == TEPUI_OK);
    REQUIRE(tepui_hessian_vector(context, dataset.get(), made, nothing.data(), nothing.data()) == TEPUI_OK);
    REQUIRE(tepui_inner_hessians(context, dataset.get(), made, nothing.data()) == TEPUI_OK);
    check_untouched(nothing);
    tepui_analysis* analysis = nullptr;
    check_refused(context, tepui_analyze(context, dataset.get(), made, &analysis), TEPUI_ERROR_INVALID_SIZE,
                  {"width is 0"});
    tepui_solution* solution = nullptr;
    check_refused(context, tepui_solve_from(context, dataset.get(), made, &solution),
                  TEPUI_ERROR_INVALID_SIZE, {"number of neurons is 0"});
    check_refused(context, tepui_inner_hessian(context, dataset.get(), made, 0, nothing.data(), 2),
                  TEPUI_ERROR_INVALID_SIZE, {"m = 0"});
}
