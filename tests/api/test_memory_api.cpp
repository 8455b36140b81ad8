// Every call is repeated with 0, 1, 2, ... allocations allowed until it succeeds: each failure is a status,
// leaves the outputs alone and leaks nothing.
#include <functional>

#include "api/counting_memory.hpp"
#include "api/planted_point.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

class HookedContext {
  public:
    HookedContext() {
        REQUIRE(tepui_context_create_with_allocator(hook_allocate, hook_release, nullptr, &context_) ==
                TEPUI_OK);
        // Several threads: refused memory inside a team is a status as well.
        REQUIRE(tepui_context_set_integer(context_, TEPUI_OPTION_THREADS, 2) == TEPUI_OK);
    }
    ~HookedContext() { tepui_context_destroy(context_); }
    HookedContext(const HookedContext&) = delete;
    HookedContext& operator=(const HookedContext&) = delete;
    operator tepui_context*() const { return context_; }

  private:
    tepui_context* context_ = nullptr;
};

// Returns the number of allocations the call needs. `untouched` is asked after each failure.
int64_t starve(tepui_context* context, const std::function<tepui_status()>& call,
               const std::function<bool()>& untouched, const std::function<void()>& clean_up) {
    REQUIRE(call() ==
            TEPUI_OK);  // once in plenty, so that what a thread or the runtime keeps is there already
    clean_up();
    for (int64_t allowed = 0; allowed < 100000; ++allowed) {
        const int64_t blocks = live_blocks(), hook_blocks = live_hook_blocks();
        tepui_status status = TEPUI_OK;
        {
            const AllocationLimit limit(allowed);
            status = call();
        }
        if (status == TEPUI_OK) {
            clean_up();
            CHECK(live_blocks() == blocks);
            CHECK(live_hook_blocks() == hook_blocks);
            return allowed;
        }
        if (status != TEPUI_ERROR_OUT_OF_MEMORY)
            FAIL("status " << status << " with " << allowed << " allocations");
        if (std::strlen(tepui_context_message(context)) == 0) FAIL("no message");
        if (!untouched()) FAIL("an output was written with " << allowed << " allocations");
        if (live_blocks() != blocks || live_hook_blocks() != hook_blocks)
            FAIL("leak with " << allowed << " allocations");
    }
    FAIL("never succeeded");
    return -1;
}

template <class Handle>
int64_t starve_maker(tepui_context* context, void (*destroy)(Handle*),
                     const std::function<tepui_status(Handle**)>& make) {
    Handle* made = nullptr;
    return starve(
        context, [&] { return make(&made); }, [&] { return made == nullptr; },
        [&] { destroy(std::exchange(made, nullptr)); });
}

int64_t starve_arrays(tepui_context* context, const std::function<tepui_status(double*)>& call) {
    std::vector<double> out(64, kUntouched);
    const auto untouched = [&] { return out == std::vector<double>(64, kUntouched); };
    return starve(
        context, [&] { return call(out.data()); }, untouched, [&] { out.assign(64, kUntouched); });
}

}  // namespace

TEST_CASE("makers survive any lack of memory") {
    Problem problem;
    const HookedContext context;
    const Context plain;
    const Activation_ sigma = problem.activation(plain);
    const Network_ network = problem.network(plain);
    const double gamma[2] = {0.5, 0.5};
    CHECK(starve_maker<tepui_activation>(context, tepui_activation_destroy, [&](auto** made) {
              return tepui_activation_create(context, TEPUI_ACTIVATION_TANH, made);
          }) >= 1);
    CHECK(starve_maker<tepui_activation>(context, tepui_activation_destroy, [&](auto** made) {
              return tepui_activation_create_named(context, "tanh", made);
          }) >= 1);
    CHECK(starve_maker<tepui_dataset>(context, tepui_dataset_destroy, [&](auto** made) {
              return tepui_dataset_create(context, 6, 2, problem.x.data(), 2, problem.y.data(),
                                          problem.weights.data(), TEPUI_DATASET_COPY, made);
          }) >= 4);
    CHECK(starve_maker<tepui_network>(context, tepui_network_destroy, [&](auto** made) {
              return tepui_network_create(context, sigma.get(), 2, 2, problem.w.data(), 2, problem.a.data(),
                                          made);
          }) >= 2);
    CHECK(starve_maker<tepui_network>(context, tepui_network_destroy, [&](auto** made) {
              return tepui_split(context, network.get(), 0, 2, gamma, made);
          }) >= 2);
    const tepui_neuron_role role[3] = {TEPUI_NEURON_DAUGHTER, TEPUI_NEURON_NULL, TEPUI_NEURON_DAUGHTER};
    const int64_t group[3] = {0, -1, 1};
    const double coefficient[3] = {1.0, 0.0, 1.0};
    CHECK(starve_maker<tepui_network>(context, tepui_network_destroy, [&](auto** made) {
              return tepui_embed(context, network.get(), 3, role, group, nullptr, coefficient,
                                 problem.x.data(), 2, made);
          }) >= 4);
    const Dataset_ dataset = problem.dataset(plain);
    CHECK(starve_maker<tepui_reduction>(context, tepui_reduction_destroy, [&](auto** made) {
              return tepui_reduce(context, network.get(), dataset.get(), made);
          }) >= 10);
    tepui_context* made = nullptr;
    {
        const AllocationLimit none(0);
        CHECK(tepui_context_create(&made) == TEPUI_ERROR_OUT_OF_MEMORY);
    }
    CHECK(made == nullptr);
}

TEST_CASE("operations survive any lack of memory") {
    Problem problem;
    const HookedContext context;
    const Context plain;
    const Activation_ sigma = problem.activation(plain);
    const Dataset_ dataset = problem.dataset(plain);
    const Network_ network = problem.network(plain);
    const tepui_dataset* data = dataset.get();
    const tepui_network* net = network.get();
    const std::vector<double> direction(Problem::p, 1.0), c(12, 0.5);
    CHECK(starve_arrays(context, [&](double* out) { return tepui_loss(context, data, net, out); }) >= 1);
    CHECK(starve_arrays(context,
                        [&](double* out) { return tepui_outputs(context, data, net, out, out + 8); }) >= 1);
    CHECK(starve_arrays(context, [&](double* out) {
              return tepui_gradient(context, data, net, out, out + 1, out + 8);
          }) >= 1);
    CHECK(starve_arrays(context, [&](double* out) { return tepui_hessian(context, data, net, out, 6); }) >=
          1);
    CHECK(starve_arrays(context, [&](double* out) {
              return tepui_hessian_vector(context, data, net, direction.data(), out);
          }) >= 1);
    CHECK(starve_arrays(
              context, [&](double* out) { return tepui_inner_hessian(context, data, net, 0, out, 2); }) >= 1);
    CHECK(starve_arrays(context,
                        [&](double* out) { return tepui_inner_hessians(context, data, net, out); }) >= 1);
    CHECK(starve_arrays(context, [&](double* out) {
              return tepui_hidden_layer(context, sigma.get(), 6, 2, problem.x.data(), 2, 2, problem.w.data(),
                                        2, out, out + 12, nullptr, nullptr, 6);
          }) >= 1);
    CHECK(starve_arrays(context, [&](double* out) {
              return tepui_weighted_gram(context, 6, 2, problem.x.data(), 2, 2, c.data(), 6, out);
          }) >= 1);
    CHECK(starve_arrays(context, [&](double* out) {
              return tepui_symmetric_eigen(context, 2, 2, c.data(), out, out + 8);
          }) >= 1);
    const std::vector<double> large(33 * 33, 0.25);
    std::vector<double> spectrum(33);
    CHECK(starve(
              context,
              [&] { return tepui_symmetric_eigen(context, 1, 33, large.data(), spectrum.data(), nullptr); },
              [] { return true; }, [] {}) >= 1);
}

TEST_CASE("analyses and verdicts survive any lack of memory") {
    const HookedContext context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 1) ==
            TEPUI_OK);  // thousands of repetitions
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL) == TEPUI_OK);
    const Context plain(1);
    PlantedOptions options;
    options.wanted = {Definiteness::indefinite};
    const PlantedPoint point(plain, options);
    const Analysis_ analysis = point.analyze(plain);
    const double gamma[2] = {0.5, 0.5};
    CHECK(starve_maker<tepui_analysis>(context, tepui_analysis_destroy, [&](auto** made) {
              return tepui_analyze(context, point.dataset.get(), point.network.get(), made);
          }) >= 10);
    CHECK(starve_maker<tepui_split_verdict>(context, tepui_split_verdict_destroy, [&](auto** made) {
              return tepui_classify_split(context, analysis.get(), 0, 2, gamma, made);
          }) >= 10);
    const tepui_witness* escape = tepui_analysis_escape(analysis.get(), 0);
    REQUIRE(escape != nullptr);
    CHECK(starve_arrays(context,
                        [&](double* out) { return tepui_witness_point(context, escape, 0.1, out); }) >= 1);
}

TEST_CASE("verdicts on whole networks and on several splits survive any lack of memory") {
    const HookedContext context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 1) == TEPUI_OK);
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL) == TEPUI_OK);
    const Context plain(1);
    PlantedOptions options;
    options.features = 1;
    options.wanted = {Definiteness::positive_definite};
    const PlantedPoint point(plain, options);
    const Analysis_ analysis = point.analyze(plain);
    // A saddle of a network that is reduced, on inputs of deficient rank.
    const Planted& planted = point.planted;
    std::vector<double> x;
    for (const double value : planted.x) {
        x.push_back(value);
        x.push_back(2.0 * value);
    }
    const double w = planted.network.weights(0)[0], a = planted.network.output(0);
    const double weights[] = {w, 0.0, w, 0.0}, outputs[] = {2.0 * a, -a};
    tepui_activation* sigma = nullptr;
    REQUIRE(tepui_activation_create(plain, TEPUI_ACTIVATION_TANH, &sigma) == TEPUI_OK);
    const Activation_ sigma_owner(sigma);
    tepui_dataset* data = nullptr;
    REQUIRE(tepui_dataset_create(plain, planted.samples, 2, x.data(), 2, planted.targets.data(), nullptr, 0,
                                 &data) == TEPUI_OK);
    const Dataset_ data_owner(data);
    tepui_network* network = nullptr;
    REQUIRE(tepui_network_create(plain, sigma, 2, 2, weights, 2, outputs, &network) == TEPUI_OK);
    const Network_ network_owner(network);
    CHECK(starve_maker<tepui_network_verdict>(context, tepui_network_verdict_destroy, [&](auto** made) {
              return tepui_classify_network(context, data, network, made);
          }) >= 20);
    const int64_t neurons[] = {0}, offsets[] = {0, 2};
    const double gamma[] = {2.0, -1.0};
    CHECK(starve_maker<tepui_split_verdict>(context, tepui_split_verdict_destroy, [&](auto** made) {
              return tepui_classify_splits(context, analysis.get(), 1, neurons, offsets, gamma, made);
          }) >= 10);
}

TEST_CASE("solutions survive any lack of memory") {
    Problem problem;
    const HookedContext context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 1) == TEPUI_OK);
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 2) == TEPUI_OK);
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_MAX_ITERATIONS, 2) == TEPUI_OK);
    const Context plain(1);
    const Activation_ sigma = problem.activation(plain);
    const Dataset_ dataset = problem.dataset(plain);
    const Network_ network = problem.network(plain);
    CHECK(starve_maker<tepui_solution>(context, tepui_solution_destroy, [&](auto** made) {
              return tepui_solve(context, dataset.get(), sigma.get(), 1, made);
          }) >= 10);
    CHECK(starve_maker<tepui_solution>(context, tepui_solution_destroy, [&](auto** made) {
              return tepui_solve_from(context, dataset.get(), network.get(), made);
          }) >= 10);
}

TEST_CASE("a message that cannot be built is replaced, and the status stays right") {
    const HookedContext context;
    const std::string endless(5000, 'x');
    tepui_activation* made = nullptr;
    for (int64_t allowed = 0; allowed < 20; ++allowed) {
        tepui_status status = TEPUI_OK;
        {
            const AllocationLimit limit(allowed);
            status = tepui_activation_create_named(context, endless.c_str(), &made);
        }
        CHECK((status == TEPUI_ERROR_OUT_OF_MEMORY || status == TEPUI_ERROR_INVALID_VALUE));
        CHECK(std::strlen(tepui_context_message(context)) > 0);
    }
    CHECK(made == nullptr);
}

TEST_CASE("arrays of handles come from the hook and return to it after the context is gone") {
    Problem problem;
    const int64_t before = live_hook_blocks();
    tepui_dataset* made = nullptr;
    {
        const HookedContext context;
        REQUIRE(tepui_dataset_create(context, 6, 2, problem.x.data(), 2, problem.y.data(), nullptr,
                                     TEPUI_DATASET_COPY, &made) == TEPUI_OK);
        CHECK(live_hook_blocks() == before + 2);
    }
    tepui_dataset_destroy(made);
    CHECK(live_hook_blocks() == before);
}
