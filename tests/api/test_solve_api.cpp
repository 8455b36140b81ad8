#include <algorithm>
#include <cmath>
#include <tuple>

#include "api/fixture.hpp"

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
    REQUIRE(tepui_solution_starts(solution) == 6);
    const int64_t points = tepui_solution_points(solution);
    REQUIRE(points >= 1);

    std::vector<int64_t> hits(static_cast<std::size_t>(points), 0);
    for (int64_t s = 0; s < 6; ++s) {
        tepui_start_outcome outcome = 0;
        const char* reason = nullptr;
        int64_t iterations = -7, distinct = -7;
        double loss = kNaN, relative = kNaN;
        REQUIRE(tepui_solution_start(context, solution, s, &outcome, &reason, &iterations, &loss, &relative,
                                     &distinct) == TEPUI_OK);
        CHECK(std::string(tepui_start_outcome_name(outcome)) != "unknown");
        CHECK(reason != nullptr);
        CHECK(iterations >= 0);
        CHECK(tepui_network_width(tepui_solution_start_point(solution, s)) == 1);
        CHECK((outcome == TEPUI_START_CONVERGED) == (distinct >= 0));
        if (distinct < 0) continue;
        REQUIRE(distinct < points);
        ++hits[static_cast<std::size_t>(distinct)];
        CHECK(relative <= 1e-12);
        CHECK(loss == Approx(tepui_solution_point_loss(solution, distinct)));
        REQUIRE(tepui_solution_start(context, solution, s, nullptr, nullptr, nullptr, nullptr, nullptr,
                                     nullptr) == TEPUI_OK);
    }
    double previous = 0.0;
    for (int64_t index = 0; index < points; ++index) {
        CHECK(tepui_solution_point_hits(solution, index) == hits[static_cast<std::size_t>(index)]);
        const double loss = tepui_solution_point_loss(solution, index);
        CHECK(loss >= previous);
        previous = loss;
        tepui_analysis* made = nullptr;
        REQUIRE(tepui_analyze(context, dataset.get(), tepui_solution_point(solution, index), &made) ==
                TEPUI_OK);
        const Analysis_ analysis(made);
        CHECK(tepui_analysis_verdict(made) == TEPUI_VERDICT_LOCAL_MINIMUM);
        CHECK(tepui_analysis_loss(made) == Approx(loss));
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
    CHECK(tepui_solution_point_hits(made, 0) == 1);
    CHECK(tepui_solution_point_loss(made, 0) == Approx(tepui_solution_point_loss(many.get(), 0)));
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
    int64_t cancelled = 0;
    for (int64_t s = 0; s < 16; ++s) {
        tepui_start_outcome outcome = 0;
        REQUIRE(tepui_solution_start(context, solution.get(), s, &outcome, nullptr, nullptr, nullptr, nullptr,
                                     nullptr) == TEPUI_OK);
        if (outcome == TEPUI_START_CANCELLED) ++cancelled;
    }
    CHECK(cancelled >= 1);
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
        check_refused(context,
                      tepui_solution_start(context, solution, index, nullptr, nullptr, nullptr, &loss,
                                           nullptr, nullptr),
                      TEPUI_ERROR_INVALID_SIZE, {("index is " + std::to_string(index)).c_str()});
        CHECK(tepui_solution_start_point(solution, index) == nullptr);
        CHECK(tepui_solution_point(solution, index) == nullptr);
        CHECK(std::isnan(tepui_solution_point_loss(solution, index)));
        CHECK(tepui_solution_point_hits(solution, index) == 0);
    }
    check_refused(
        context,
        tepui_solution_start(context, nullptr, 0, nullptr, nullptr, nullptr, &loss, nullptr, nullptr),
        TEPUI_ERROR_NULL_POINTER, {"solution is null"});
    CHECK(loss == kUntouched);
}

TEST_CASE("null solutions answer and are destroyed in peace") {
    CHECK(tepui_solution_points(nullptr) == 0);
    CHECK(tepui_solution_starts(nullptr) == 0);
    CHECK(tepui_solution_point(nullptr, 0) == nullptr);
    CHECK(tepui_solution_start_point(nullptr, 0) == nullptr);
    CHECK(std::isnan(tepui_solution_point_loss(nullptr, 0)));
    CHECK(tepui_solution_point_hits(nullptr, 0) == 0);
    CHECK(std::string(tepui_start_outcome_name(TEPUI_START_CONVERGED)) == "converged");
    CHECK(std::string(tepui_start_outcome_name(TEPUI_START_DIVERGING)) == "diverging");
    CHECK(std::string(tepui_start_outcome_name(TEPUI_START_STALLED)) == "stalled");
    CHECK(std::string(tepui_start_outcome_name(TEPUI_START_CANCELLED)) == "cancelled");
    CHECK(std::string(tepui_start_outcome_name(0)) == "unknown");
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
    int64_t used = 0, samples = 0, count = 0;
    double kept = kNaN, dropped = kNaN, size = kNaN;
    REQUIRE(tepui_solution_inputs(context, solution, &used, &kept, &dropped, &samples) == TEPUI_OK);
    CHECK(used == 2);
    CHECK(samples == Wave::n);
    CHECK(kept > 0.01);
    CHECK(dropped < 1e-13);
    REQUIRE(tepui_solution_dependences(solution) == 2);
    std::vector<std::vector<int64_t>> found;
    for (int64_t index = 0; index < 2; ++index) {
        REQUIRE(tepui_solution_dependence(context, solution, index, &count, nullptr, &size) == TEPUI_OK);
        CHECK(size < 1e-13);
        found.emplace_back(static_cast<std::size_t>(count));
        REQUIRE(tepui_solution_dependence(context, solution, index, nullptr, found.back().data(), nullptr) ==
                TEPUI_OK);
        std::sort(found.back().begin(), found.back().end());
    }
    std::sort(found.begin(), found.end());
    CHECK(found[0] == std::vector<int64_t>{0, 2, 3});
    CHECK(found[1] == std::vector<int64_t>{1});
    check_refused(context, tepui_solution_dependence(context, solution, 2, &count, nullptr, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"index", "2"});
    check_refused(context, tepui_solution_inputs(context, nullptr, &used, nullptr, nullptr, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"solution"});
    CHECK(tepui_solution_dependences(nullptr) == 0);
}
