// One objective asked at many parameter vectors: the bits of the single calls, and no memory kept or copied
// after the first of each kind.
#include <atomic>
#include <cstdlib>
#include <new>

#include "api/fixture.hpp"
#include "core/random.hpp"

namespace {

// Objects and arrays of the library; the scratch of its kernels comes from elsewhere.
std::atomic<int64_t> allocations{0};

void* counted_array(void*, std::size_t bytes, std::size_t alignment) {
    ++allocations;
    return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void free_array(void*, void* memory) {
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t bytes) {
    ++allocations;
    if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(bytes == 0 ? 1 : bytes);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace tepui;
using namespace tepui::test;

namespace {

constexpr int64_t kSamples = 5000, kFeatures = 3, kWidth = 5, kInputs = kFeatures + 1;
constexpr int64_t kParameters = kWidth * (kInputs + 1);

struct Objective {
    explicit Objective(int64_t threads, tepui_activation_kind kind = TEPUI_ACTIVATION_TANH)
        : context(counted_array, free_array) {
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_THREADS, threads) == TEPUI_OK);
        Random random(3, 0);
        for (double& v : x) v = random.normal();
        for (double& v : y) v = random.normal();
        tepui_activation* raw = nullptr;
        REQUIRE(tepui_activation_create(context, kind, &raw) == TEPUI_OK);
        activation.reset(raw);
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, kSamples, kFeatures, x.data(), kFeatures, y.data(), nullptr,
                                     TEPUI_DATASET_BIAS, &made) == TEPUI_OK);
        data.reset(made);
        REQUIRE(tepui_objective_create(context, data.get(), network(parameters(0)).get(), &objective) ==
                TEPUI_OK);
        REQUIRE(tepui_objective_parameter_count(objective) == kParameters);
    }
    ~Objective() { tepui_objective_destroy(objective); }
    Objective(const Objective&) = delete;
    Objective& operator=(const Objective&) = delete;

    static std::vector<double> parameters(std::uint64_t stream) {
        Random random(7, stream);
        std::vector<double> theta(kParameters);
        for (double& v : theta) v = random.normal();
        return theta;
    }
    Network_ network(const std::vector<double>& theta) const {
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create(context, activation.get(), kWidth, kInputs, theta.data(), kInputs,
                                     theta.data() + kWidth * kInputs, &made) == TEPUI_OK);
        return Network_(made);
    }

    Context context;
    std::vector<double> x = std::vector<double>(kSamples * kFeatures), y = std::vector<double>(kSamples);
    Activation_ activation;
    Dataset_ data;
    tepui_objective* objective = nullptr;
};

struct Values {
    double loss = 0.0, loss_of_hessian = 0.0, loss_alone = 0.0;
    std::vector<double> gradient = std::vector<double>(kParameters), gradient_of_hessian = gradient,
                        product = gradient, hessian = std::vector<double>(kParameters * kParameters);
    bool operator==(const Values&) const = default;
};

void ask(const Objective& of, const std::vector<double>& theta, const std::vector<double>& direction,
         Values& values) {
    REQUIRE(tepui_objective_loss(of.context, of.objective, theta.data(), &values.loss_alone) == TEPUI_OK);
    REQUIRE(tepui_objective_gradient(of.context, of.objective, theta.data(), &values.loss,
                                     values.gradient.data()) == TEPUI_OK);
    REQUIRE(tepui_objective_hessian(of.context, of.objective, theta.data(), &values.loss_of_hessian,
                                    values.gradient_of_hessian.data(), values.hessian.data(),
                                    kParameters) == TEPUI_OK);
    REQUIRE(tepui_objective_hessian_vector(of.context, of.objective, theta.data(), direction.data(),
                                           values.product.data()) == TEPUI_OK);
}

Values ask_singly(const Objective& of, const std::vector<double>& theta,
                  const std::vector<double>& direction) {
    Values values;
    const Network_ network = of.network(theta);
    REQUIRE(tepui_loss(of.context, of.data.get(), network.get(), &values.loss_alone) == TEPUI_OK);
    REQUIRE(tepui_gradient(of.context, of.data.get(), network.get(), &values.loss, values.gradient.data(),
                           nullptr) == TEPUI_OK);
    values.loss_of_hessian = values.loss;
    values.gradient_of_hessian = values.gradient;
    REQUIRE(tepui_hessian(of.context, of.data.get(), network.get(), values.hessian.data(), kParameters) ==
            TEPUI_OK);
    REQUIRE(tepui_hessian_vector(of.context, of.data.get(), network.get(), direction.data(),
                                 values.product.data()) == TEPUI_OK);
    return values;
}

}  // namespace

TEST_CASE("an objective gives the bits of the single calls at every parameter vector") {
    for (const int64_t threads : {1, 2, 6}) {
        const Objective of(threads);
        for (std::uint64_t stream = 1; stream < 4; ++stream) {
            const std::vector<double> theta = Objective::parameters(stream);
            const std::vector<double> direction = Objective::parameters(stream + 10);
            Values values;
            ask(of, theta, direction, values);
            const Values single = ask_singly(of, theta, direction);
            CHECK(values.loss == single.loss);
            CHECK(values.loss_alone == single.loss_alone);
            CHECK(values.gradient == single.gradient);
            CHECK(values.hessian == single.hessian);
            CHECK(values.product == single.product);
            // The Hessian's own pass may cut its blocks otherwise.
            CHECK(values.loss_of_hessian == Approx(single.loss).epsilon(1e-14));
            for (std::size_t p = 0; p < kParameters; ++p)
                CHECK(values.gradient_of_hessian[p] ==
                      Approx(single.gradient[p]).epsilon(1e-11).margin(1e-11));
        }
    }
}

TEST_CASE("calls after the first allocate nothing") {
    for (const int64_t threads : {1, 2, 6}) {
        const Objective of(threads);
        const std::vector<double> direction = Objective::parameters(20);
        Values values, again;
        ask(of, Objective::parameters(1), direction, values);
        const std::vector<double> theta = Objective::parameters(2);
        const int64_t before = allocations;
        ask(of, theta, direction, again);
        CHECK(allocations - before == 0);
        ask(of, Objective::parameters(1), direction, again);
        CHECK(again == values);
    }
}

TEST_CASE("an objective is as good as before after a call that failed") {
    const Objective of(2, TEPUI_ACTIVATION_EXP);
    const std::vector<double> direction = Objective::parameters(20), theta = Objective::parameters(1);
    Values values, again;
    ask(of, theta, direction, values);
    std::vector<double> huge(kParameters, 1e3);
    double loss = kUntouched;
    std::vector<double> gradient(kParameters, kUntouched);
    CHECK(tepui_objective_gradient(of.context, of.objective, huge.data(), &loss, gradient.data()) ==
          TEPUI_ERROR_NUMERIC);
    huge[1] = kNaN;
    CHECK(tepui_objective_loss(of.context, of.objective, huge.data(), &loss) == TEPUI_ERROR_NOT_FINITE);
    CHECK(of.context.message() == "parameters[1] is nan, a finite number is expected");
    CHECK(tepui_objective_hessian(of.context, of.objective, theta.data(), nullptr, nullptr, gradient.data(),
                                  kParameters - 1) == TEPUI_ERROR_INVALID_SIZE);
    CHECK(loss == kUntouched);
    CHECK(gradient == std::vector<double>(kParameters, kUntouched));
    ask(of, theta, direction, again);
    CHECK(again == values);
}

TEST_CASE("an objective goes on after the caller's activation failed") {
    struct Failing {
        bool fails = false;
        static int32_t cube(void* user, int64_t count, const double* z, double* value, double* first,
                            double* second, double* third) {
            for (int64_t k = 0; k < count; ++k) {
                if (value) value[k] = z[k] * z[k] * z[k];
                if (first) first[k] = 3 * z[k] * z[k];
                if (second) second[k] = 6 * z[k];
                if (third) third[k] = 6;
            }
            return static_cast<Failing*>(user)->fails ? 1 : 0;
        }
    } failing;
    const Objective of(2);
    tepui_activation* made = nullptr;
    REQUIRE(tepui_activation_create_custom(of.context, Failing::cube, &failing, TEPUI_SMOOTHNESS_ANALYTIC, 1,
                                           TEPUI_PARITY_ODD, 0, &made) == TEPUI_OK);
    const Activation_ sigma(made);
    const std::vector<double> theta = Objective::parameters(1);
    tepui_network* raw = nullptr;
    REQUIRE(tepui_network_create(of.context, sigma.get(), kWidth, kInputs, theta.data(), kInputs,
                                 theta.data() + kWidth * kInputs, &raw) == TEPUI_OK);
    const Network_ network(raw);
    tepui_objective* objective = nullptr;
    REQUIRE(tepui_objective_create(of.context, of.data.get(), raw, &objective) == TEPUI_OK);
    double before = 0.0, between = kUntouched, after = 0.0;
    REQUIRE(tepui_objective_loss(of.context, objective, theta.data(), &before) == TEPUI_OK);
    failing.fails = true;
    CHECK(tepui_objective_loss(of.context, objective, theta.data(), &between) == TEPUI_ERROR_CALLBACK);
    CHECK(between == kUntouched);
    failing.fails = false;
    REQUIRE(tepui_objective_loss(of.context, objective, theta.data(), &after) == TEPUI_OK);
    CHECK(after == before);
    tepui_objective_destroy(objective);
}

TEST_CASE("a network that does not fit the data makes no objective") {
    const Objective of(1);
    tepui_network* other = nullptr;
    const std::vector<double> theta(9, 0.5);
    REQUIRE(tepui_network_create(of.context, of.activation.get(), 1, 3, theta.data(), 3, theta.data(),
                                 &other) == TEPUI_OK);
    const Network_ network(other);
    tepui_objective* objective = nullptr;
    CHECK(tepui_objective_create(of.context, of.data.get(), other, &objective) == TEPUI_ERROR_INVALID_SIZE);
    CHECK(objective == nullptr);
}
