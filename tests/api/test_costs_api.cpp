// What src/docs/COSTS.md says of passes over the data, counted: a data set that is asked for its samples
// knows how often it was read. Time is not asserted anywhere; a pass too many is.
#include <atomic>
#include <functional>

#include "api/planted_point.hpp"
#include "support/report.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using CriticalSet_ = std::unique_ptr<tepui_critical_set, Destroy<tepui_critical_set_destroy>>;
using Trace_ = std::unique_ptr<tepui_trace, Destroy<tepui_trace_destroy>>;

// Samples that count how often they are read.
class Counted {
  public:
    Counted(const Context& context, std::vector<double> x, std::vector<double> y)
        : x_(std::move(x)),
          y_(std::move(y)),
          n_(static_cast<int64_t>(y_.size())),
          d_(int64_t(x_.size()) / n_) {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create_chunked(context, n_, d_, fill, this, 0, 0, &made) == TEPUI_OK);
        dataset_.reset(made);
    }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    const tepui_dataset* get() const { return dataset_.get(); }

    // Passes that this takes, over all samples or the same number of them.
    template <class Body>
    double passes(const Body& body) {
        read_ = 0;
        REQUIRE(body() == TEPUI_OK);
        return static_cast<double>(read_) / static_cast<double>(n_);
    }

  private:
    static int32_t fill(void* user, int64_t first, int64_t count, double* x, double* y, double*) {
        auto& self = *static_cast<Counted*>(user);
        self.read_ += count;
        std::copy_n(self.x_.data() + first * self.d_, count * self.d_, x);
        if (y != nullptr) std::copy_n(self.y_.data() + first, count, y);
        return 0;
    }

    std::vector<double> x_, y_;
    int64_t n_, d_;
    std::atomic<int64_t> read_{0};
    Dataset_ dataset_;
};

// A planted minimum of `width` neurons.
struct Place {
    PlantedPoint point;
    Counted data;
    Place(const Context& context, int64_t width, int64_t samples)
        : point(context, options(width, samples)), data(context, point.planted.x, point.planted.targets) {}
    const tepui_network* network() const { return point.network.get(); }

  private:
    static PlantedOptions options(int64_t width, int64_t samples) {
        PlantedOptions options;
        options.features = 3;
        options.extra_samples = samples;
        options.wanted.assign(static_cast<std::size_t>(width), Definiteness::positive_definite);
        return options;
    }
};

// Splits of neuron 0 into two, `count` of them, judged together.
double of_splits(const Context& context, Counted& data, const tepui_analysis* analysis, int64_t count) {
    const std::vector<int64_t> neurons(static_cast<std::size_t>(count), 0);
    std::vector<int64_t> offsets{0};
    std::vector<double> gammas;
    for (int64_t split = 0; split < count; ++split) {
        const double beyond = 0.1 * static_cast<double>(split + 1);
        gammas.insert(gammas.end(), {1.0 + beyond, -beyond});
        offsets.push_back(static_cast<int64_t>(gammas.size()));
    }
    std::vector<tepui_split_verdict*> verdicts(static_cast<std::size_t>(count), nullptr);
    const double passes = data.passes([&] {
        return tepui_classify_each_split(context, analysis, count, neurons.data(), offsets.data(),
                                         gammas.data(), verdicts.data());
    });
    for (tepui_split_verdict* verdict : verdicts) tepui_split_verdict_destroy(verdict);
    return passes;
}

void set(const Context& context, tepui_option option, int64_t value) {
    REQUIRE(tepui_context_set_integer(context, option, value) == TEPUI_OK);
}

Activation_ activation(const Context& context, tepui_activation_kind kind) {
    tepui_activation* made = nullptr;
    REQUIRE(tepui_activation_create(context, kind, &made) == TEPUI_OK);
    return Activation_(made);
}

}  // namespace

TEST_CASE("loss, derivatives and inner Hessians take one pass, a reduction two") {
    for (const int64_t threads : {1, 2}) {
        const Context context(threads);
        Place place(context, 2, 3000);
        const tepui_dataset* data = place.data.get();
        const tepui_network* network = place.network();
        const int64_t p = tepui_network_parameter_count(network);
        std::vector<double> out(static_cast<std::size_t>(p * p)), direction(static_cast<std::size_t>(p), 1.0);
        double loss = 0.0;
        Counted& counted = place.data;
        CHECK(counted.passes([&] { return tepui_loss(context, data, network, &loss); }) == 1.0);
        CHECK(counted.passes(
                  [&] { return tepui_gradient(context, data, network, &loss, out.data(), nullptr); }) == 1.0);
        CHECK(counted.passes([&] { return tepui_hessian(context, data, network, out.data(), p); }) == 1.0);
        CHECK(counted.passes([&] {
            return tepui_hessian_vector(context, data, network, direction.data(), out.data());
        }) == 1.0);
        CHECK(counted.passes([&] { return tepui_inner_hessian(context, data, network, 1, out.data(), 3); }) ==
              1.0);
        CHECK(counted.passes([&] { return tepui_inner_hessians(context, data, network, out.data()); }) ==
              1.0);
        CHECK(counted.passes([&] { return tepui_output_slopes(context, data, network, out.data()); }) == 1.0);
        tepui_reduction* reduction = nullptr;
        // The first one asks which weights the inputs can tell apart.
        CHECK(counted.passes([&] { return tepui_reduce(context, network, data, &reduction); }) <= 2.0);
        tepui_reduction_destroy(reduction);
    }
}

TEST_CASE("verdicts take a few passes, however many neurons, samples and splits there are") {
    const Context context(1);
    for (const int64_t width : {1, 3, 6}) {
        for (const int64_t samples : {200, 1500}) {
            Place place(context, width, samples);
            CAPTURE(width, samples);
            const tepui_dataset* data = place.data.get();
            for (const bool ways : {false, true}) {
                set(context, TEPUI_OPTION_WAYS_DOWN, ways ? TEPUI_WAYS_DOWN_ALL : TEPUI_WAYS_DOWN_NEEDED);
                tepui_analysis* made = nullptr;
                CHECK(place.data.passes([&] {
                    return tepui_analyze(context, data, place.network(), &made);
                }) <= (ways ? 11 : 7));
                const Analysis_ analysis(made);
                const double one = of_splits(context, place.data, made, 1);
                const double many = of_splits(context, place.data, made, 100);
                CHECK(one <= (ways ? 6 : 0));
                CHECK(many <= (ways ? 8 : 0));
                tepui_network_verdict* whole = nullptr;
                CHECK(place.data.passes([&] {
                    return tepui_classify_network(context, data, place.network(), &whole);
                }) <= (ways ? 14 : 9));
                tepui_network_verdict_destroy(whole);
                tepui_certificate* certificate = nullptr;
                CHECK(place.data.passes([&] { return tepui_certify(context, made, &certificate); }) <= 5);
                tepui_certificate_destroy(certificate);
            }
        }
    }
}

TEST_CASE("a search takes a few passes for each iteration of each start that does not run off") {
    const Context context(1);
    for (const int64_t width : {1, 3, 6}) {
        Place place(context, width, 200);
        const Activation_ tanh = activation(context, TEPUI_ACTIVATION_TANH);
        for (const int64_t starts : {1, 5}) {
            for (const int64_t iterations : {3, 30}) {
                CAPTURE(width, starts, iterations);
                set(context, TEPUI_OPTION_SOLVE_STARTS, starts);
                set(context, TEPUI_OPTION_SOLVE_MAX_ITERATIONS, iterations);
                tepui_solution* solution = nullptr;
                const double passes = place.data.passes(
                    [&] { return tepui_solve(context, place.data.get(), tanh.get(), width, &solution); });
                // Runs that run off are followed to what they tend to.
                int64_t ran_off = 0;
                const tepui_report* report = nullptr;
                REQUIRE(tepui_solution_report(context, solution, &report) == TEPUI_OK);
                for (int64_t start = 0; start < starts; ++start) {
                    int64_t outcome = 0;
                    const std::string path = "starts/" + std::to_string(start) + "/outcome";
                    REQUIRE(tepui_report_integer(context, report, path.c_str(), &outcome) == TEPUI_OK);
                    if (outcome == TEPUI_START_STALLED || outcome == TEPUI_START_AT_INFINITY) ++ran_off;
                }
                tepui_solution_destroy(solution);
                CAPTURE(ran_off);
                CHECK(passes <= static_cast<double>(starts * (10 + 4 * iterations) + 2 + 1500 * ran_off));
            }
        }
    }
}

TEST_CASE("a run of training takes a pass for each step, and some for each plateau") {
    const Context context(1);
    const Activation_ relu = activation(context, TEPUI_ACTIVATION_RELU);
    for (const int64_t width : {1, 4}) {
        Place place(context, 3, 200);
        for (const int64_t steps : {50, 400}) {
            CAPTURE(width, steps);
            tepui_trace* made = nullptr;
            const double passes = place.data.passes([&] {
                return tepui_trace_descent(context, place.data.get(), relu.get(), width, 1e-3, steps, &made);
            });
            const Trace_ trace(made);
            const double plateaus = static_cast<double>(report_of(context, made).count("plateaus"));
            CHECK(passes <= static_cast<double>(steps) + 60.0 * (plateaus + 1.0));
        }
    }
}

TEST_CASE("a map of the critical set takes passes for each branch, its null neurons and its samples") {
    const Context context(1);
    for (const int64_t width : {1, 3}) {
        Place place(context, width, 100);
        for (const int64_t nulls : {1, 2, 4, 8}) {
            for (const int64_t samples : {2, 16}) {
                CAPTURE(width, nulls, samples);
                tepui_critical_set* made = nullptr;
                const double passes = place.data.passes([&] {
                    return tepui_map_critical_set(context, place.data.get(), place.network(), width + nulls,
                                                  samples, &made);
                });
                const CriticalSet_ set(made);
                const double l = static_cast<double>(nulls);
                const double of_a_sample = 20.0 + 9.0 * l;
                CHECK(passes <= (l + 1.0) * (150.0 + 100.0 * l + of_a_sample * static_cast<double>(samples)));
            }
        }
    }
}

TEST_CASE("verdicts by one-sided derivatives take a few passes") {
    const Context context(1);
    const Activation_ relu = activation(context, TEPUI_ACTIVATION_RELU);
    for (const int64_t width : {1, 4}) {
        for (const int64_t samples : {100, 1000}) {
            Place place(context, 2, samples);
            set(context, TEPUI_OPTION_SOLVE_STARTS, 3);
            set(context, TEPUI_OPTION_SOLVE_MAX_ITERATIONS, 200);
            tepui_solution* made = nullptr;
            REQUIRE(tepui_solve(context, place.data.get(), relu.get(), width, &made) == TEPUI_OK);
            const Solution_ solution(made);
            REQUIRE(tepui_solution_points(made) > 0);
            tepui_directional* verdict = nullptr;
            const double passes = place.data.passes([&] {
                return tepui_classify_directional(context, place.data.get(), tepui_solution_point(made, 0),
                                                  nullptr, nullptr, &verdict);
            });
            CHECK(passes <= 2.0);
            CHECK(tepui_directional_verdict(verdict) != TEPUI_VERDICT_NOT_STATIONARY);
            tepui_directional_destroy(verdict);
        }
    }
}
