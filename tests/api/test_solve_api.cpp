#include <algorithm>
#include <cmath>
#include <tuple>

#include "api/fixture.hpp"
#include "support/report.hpp"

using namespace tepui::test;

namespace {

// A wave on 30 points: one neuron with a bias cannot follow it, so that stationary points keep a loss.
struct Wave {
    std::vector<double> x, y;
    static constexpr int64_t n = 30;

    Wave() {
        for (int64_t k = 0; k < n; ++k) {
            const double t = -2.0 + 4.0 * static_cast<double>(k) / static_cast<double>(n - 1);
            x.push_back(t);
            y.push_back(std::tanh(2.0 * t + 0.5) - 0.8 * std::tanh(1.5 * t - 1.0) + 0.1 * std::sin(9.0 * t));
        }
    }
    Dataset_ dataset(const Context& context) const {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, n, 1, x.data(), 1, y.data(), nullptr, TEPUI_DATASET_BIAS,
                                     &made) == TEPUI_OK);
        return Dataset_(made);
    }
};

Solution_ solve(const Context& context, const tepui_dataset* dataset, int64_t m) {
    const Activation_ sigma = Problem{}.activation(context);
    tepui_solution* made = nullptr;
    REQUIRE(tepui_solve(context, dataset, sigma.get(), m, &made) == TEPUI_OK);
    return Solution_(made);
}

int32_t always_cancel(void*, const char*, double) {
    return 1;
}

}  // namespace

TEST_CASE("starts end, points are distinct, ascending and stationary") {
    Context context;
    const Wave wave;
    const Dataset_ dataset = wave.dataset(context);
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 6) == TEPUI_OK);
    const Solution_ owner = solve(context, dataset.get(), 1);
    const tepui_solution* solution = owner.get();
    const Report report = report_of(context, solution);
    REQUIRE(tepui_solution_starts(solution) == 6);
    const int64_t points = tepui_solution_points(solution);
    REQUIRE(points >= 1);

    std::vector<int64_t> hits(static_cast<std::size_t>(points), 0);
    for (int64_t s = 0; s < 6; ++s) {
        const Report start = report.part("starts/" + std::to_string(s));
        CHECK(start.integer("start") == s + 1);
        CHECK(start.text("outcome") != "unknown");
        CHECK(start.text("reason").size() > 4);
        CHECK(start.integer("iterations") >= 0);
        CHECK(tepui_network_width(tepui_solution_start_point(solution, s)) == 1);
        CHECK((start.integer("outcome") == TEPUI_START_CONVERGED) == !start.null("point"));
        if (start.null("point")) continue;
        const int64_t distinct = start.integer("point") - 1;
        REQUIRE(distinct < points);
        ++hits[static_cast<std::size_t>(distinct)];
        CHECK(start.real("gradient_relative") <= 1e-12);
        CHECK(start.real("loss") == Approx(report.real("points/" + std::to_string(distinct) + "/loss")));
    }
    double previous = 0.0;
    for (int64_t index = 0; index < points; ++index) {
        const Report point = report.part("points/" + std::to_string(index));
        CHECK(point.integer("point") == index + 1);
        CHECK(point.integer("starts") == hits[static_cast<std::size_t>(index)]);
        CHECK(point.real("W/0/0") == tepui_network_parameters(tepui_solution_point(solution, index))[0]);
        const double loss = point.real("loss");
        CHECK(loss >= previous);
        previous = loss;
        tepui_analysis* made = nullptr;
        REQUIRE(tepui_analyze(context, dataset.get(), tepui_solution_point(solution, index), &made) ==
                TEPUI_OK);
        const Analysis_ analysis(made);
        CHECK(tepui_analysis_verdict(made) == TEPUI_VERDICT_LOCAL_MINIMUM);
        CHECK(report_of(context, made).real("loss") == Approx(loss));
    }
}

TEST_CASE("one start from a given network") {
    Context context;
    const Wave wave;
    const Dataset_ dataset = wave.dataset(context);
    const Solution_ many = solve(context, dataset.get(), 1);
    REQUIRE(tepui_solution_points(many.get()) >= 1);
    const tepui_network* best = tepui_solution_point(many.get(), 0);
    tepui_solution* made = nullptr;
    REQUIRE(tepui_solve_from(context, dataset.get(), best, &made) == TEPUI_OK);
    const Solution_ solution(made);
    CHECK(tepui_solution_starts(made) == 1);
    REQUIRE(tepui_solution_points(made) == 1);
    CHECK(report_of(context, made).integer("points/0/starts") == 1);
    CHECK(report_of(context, made).real("points/0/loss") ==
          Approx(report_of(context, many.get()).real("points/0/loss")));
    const double* from = tepui_network_parameters(best);
    const double* to = tepui_network_parameters(tepui_solution_point(made, 0));
    for (int j = 0; j < 3; ++j) CHECK(to[j] == Approx(from[j]));
}

TEST_CASE("the result depends on the seed, not on the threads") {
    const Wave wave;
    std::vector<std::vector<double>> found;
    for (const auto& [threads, seed] : {std::pair<int64_t, int64_t>{1, 3}, {2, 3}, {3, 3}, {1, 4}}) {
        Context context(threads);
        const Dataset_ dataset = wave.dataset(context);
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SEED, seed) == TEPUI_OK);
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 4) == TEPUI_OK);
        const Solution_ solution = solve(context, dataset.get(), 2);
        std::vector<double> all;
        for (int64_t s = 0; s < 4; ++s) {
            const double* parameters =
                tepui_network_parameters(tepui_solution_start_point(solution.get(), s));
            all.insert(all.end(), parameters, parameters + 6);
        }
        found.push_back(all);
    }
    CHECK(found[0] == found[1]);
    CHECK(found[0] == found[2]);
    CHECK(found[0] != found[3]);
}

TEST_CASE("a cancelled run says so, start by start") {
    Context context;
    const Wave wave;
    const Dataset_ dataset = wave.dataset(context);
    REQUIRE(tepui_context_set_progress(context, always_cancel, nullptr) == TEPUI_OK);
    const Solution_ solution = solve(context, dataset.get(), 2);
    REQUIRE(tepui_solution_starts(solution.get()) == 16);
    const Report report = report_of(context, solution.get());
    int64_t cancelled = 0;
    for (int64_t s = 0; s < 16; ++s) {
        if (report.integer("starts/" + std::to_string(s) + "/outcome") == TEPUI_START_CANCELLED) ++cancelled;
    }
    CHECK(cancelled >= 1);
    CHECK(report.integer("outcomes/cancelled") == cancelled);
}

TEST_CASE("solve: refusals") {
    ModestContext context;
    Problem problem;
    const Dataset_ dataset = problem.dataset(context);
    const Activation_ sigma = problem.activation(context);
    const Network_ wide = problem.wide_network(context);
    const Network_ network = problem.network(context);
    tepui_solution* made = nullptr;
    check_refused(context, tepui_solve(context, nullptr, sigma.get(), 1, &made), TEPUI_ERROR_NULL_POINTER,
                  {"dataset is null"});
    check_refused(context, tepui_solve(context, dataset.get(), nullptr, 1, &made), TEPUI_ERROR_NULL_POINTER,
                  {"activation is null"});
    check_refused(context, tepui_solve(context, dataset.get(), sigma.get(), 0, &made),
                  TEPUI_ERROR_INVALID_SIZE, {"m is 0", "at least 1"});
    check_refused(context, tepui_solve(context, dataset.get(), sigma.get(), 1000000, &made),
                  TEPUI_ERROR_OUT_OF_MEMORY, {"m is 1000000", "fewer neurons", "the Hessian", "bytes"});
    const Activation_ relu = problem.activation(context, TEPUI_ACTIVATION_RELU);
    check_refused(context, tepui_solve(context, dataset.get(), relu.get(), 1000000, &made),
                  TEPUI_ERROR_OUT_OF_MEMORY, {"m is 1000000", "fewer neurons", "the Hessian", "bytes"});
    check_refused(context, tepui_solve(context, dataset.get(), relu.get(), 10000000, &made),
                  TEPUI_ERROR_INVALID_SIZE, {"m is 10000000", "at most 1398101"});
    // 6 P^2 numbers for a start under way, P = 3 m, and 2^30 bytes to be had.
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 2) == TEPUI_OK);
    for (const Activation_* kind : {&sigma, &relu}) {
        for (const auto& [threads, m, at_a_time] :
             {std::tuple<int64_t, int64_t, const char*>{1, 1600, "each of 1 starts"},
              {2, 1200, "each of 2"}}) {
            REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_THREADS, threads) == TEPUI_OK);
            check_refused(context, tepui_solve(context, dataset.get(), kind->get(), m, &made),
                          TEPUI_ERROR_OUT_OF_MEMORY, {at_a_time, "threads"});
        }
    }
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 100000000) == TEPUI_OK);
    check_refused(context, tepui_solve(context, dataset.get(), relu.get(), 2, &made),
                  TEPUI_ERROR_OUT_OF_MEMORY, {"100000000 starts"});
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 1) == TEPUI_OK);
    check_refused(context, tepui_solve(context, dataset.get(), sigma.get(), INT64_MAX / 64, &made),
                  TEPUI_ERROR_INVALID_SIZE, {"m is 144115188075855871", "at most"});
    check_refused(context, tepui_solve(context, dataset.get(), sigma.get(), 1, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"solution is null"});
    check_refused(context, tepui_solve_from(context, nullptr, network.get(), &made), TEPUI_ERROR_NULL_POINTER,
                  {"dataset is null"});
    check_refused(context, tepui_solve_from(context, dataset.get(), nullptr, &made), TEPUI_ERROR_NULL_POINTER,
                  {"network is null"});
    check_refused(context, tepui_solve_from(context, dataset.get(), wide.get(), &made),
                  TEPUI_ERROR_INVALID_SIZE, {"d = 3", "2"});
    check_refused(context, tepui_solve_from(context, dataset.get(), network.get(), nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"solution is null"});
    CHECK(made == nullptr);

    const Wave wave;
    const Dataset_ curve = wave.dataset(context);
    const Solution_ owner = solve(context, curve.get(), 1);
    const tepui_solution* solution = owner.get();
    double loss = kUntouched;
    for (const int64_t index : {int64_t{-1}, tepui_solution_starts(solution), INT64_MAX}) {
        CHECK(tepui_solution_start_point(solution, index) == nullptr);
        CHECK(tepui_solution_point(solution, index) == nullptr);
    }
    check_refused(context,
                  tepui_report_real(context, report_of(context, solution).handle(), "starts/999/loss", &loss),
                  TEPUI_ERROR_INVALID_VALUE, {"starts/999/loss", "\"starts\" has"});
    const tepui_report* report = nullptr;
    check_refused(context, tepui_solution_report(context, nullptr, &report), TEPUI_ERROR_NULL_POINTER,
                  {"solution is null"});
    CHECK(loss == kUntouched);
}

TEST_CASE("null solutions answer and are destroyed in peace") {
    CHECK(tepui_solution_points(nullptr) == 0);
    CHECK(tepui_solution_starts(nullptr) == 0);
    CHECK(tepui_solution_point(nullptr, 0) == nullptr);
    CHECK(tepui_solution_start_point(nullptr, 0) == nullptr);
    CHECK(std::string(tepui_name(TEPUI_WORDS_START_OUTCOME, TEPUI_START_CONVERGED)) == "converged");
    CHECK(std::string(tepui_name(TEPUI_WORDS_START_OUTCOME, TEPUI_START_STALLED)) == "stalled");
    CHECK(std::string(tepui_name(TEPUI_WORDS_START_OUTCOME, TEPUI_START_STALLED)) == "stalled");
    CHECK(std::string(tepui_name(TEPUI_WORDS_START_OUTCOME, TEPUI_START_CANCELLED)) == "cancelled");
    CHECK(std::string(tepui_name(TEPUI_WORDS_START_OUTCOME, 0)) == "unknown");
    tepui_solution_destroy(nullptr);
}

TEST_CASE("what the search made of the inputs is told") {
    Context context;
    const Wave wave;
    std::vector<double> x;
    for (const double t : wave.x) x.insert(x.end(), {t, 0.0, 2.0 * t + 1.0});
    tepui_dataset* made = nullptr;
    REQUIRE(tepui_dataset_create(context, Wave::n, 3, x.data(), 3, wave.y.data(), nullptr, TEPUI_DATASET_BIAS,
                                 &made) == TEPUI_OK);
    const Dataset_ dataset(made);
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 2) == TEPUI_OK);
    const Solution_ owner = solve(context, dataset.get(), 1);
    const tepui_solution* solution = owner.get();
    const Report inputs = report_of(context, solution).part("inputs");
    CHECK(inputs.integer("used") == 2);
    CHECK(inputs.integer("distinct_samples") == Wave::n);
    CHECK(inputs.real("smallest_used") > 0.01);
    CHECK(inputs.real("largest_unused") < 1e-13);
    REQUIRE(inputs.count("dependences") == 2);
    std::vector<std::vector<int64_t>> found;
    for (const std::string index : {"0", "1"}) {
        CHECK(inputs.real("dependences/" + index + "/size") < 1e-13);
        found.push_back(inputs.integers("dependences/" + index + "/inputs"));
        std::sort(found.back().begin(), found.back().end());
    }
    std::sort(found.begin(), found.end());
    CHECK(found[0] == std::vector<int64_t>{0, 2, 3});
    CHECK(found[1] == std::vector<int64_t>{1});
}
