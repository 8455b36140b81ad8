// Critical sets that were wrong once: branches labelled by less than what is known of their points, and
// sampled points that are not stationary.
#include "classification/truth_cases.hpp"
#include "core/random.hpp"
#include "support/report.hpp"

using namespace tepui;
using namespace tepui::test;

TEST_CASE("branches of a least-squares point are global minima", "[B][search]") {
    SmallProblem made = diabetes({2, 3}, ActivationKind::square, true, true);
    const Solved solved(made, 3, 4);
    REQUIRE_FALSE(solved.points.empty());
    CHECK(solved.losses[0] == Approx(131.678324662).epsilon(1e-9));
    check_global(solved.points[0]);
    tepui_critical_set* set = nullptr;
    REQUIRE(tepui_map_critical_set(solved.context, solved.data, tepui_solution_point(solved.solution, 0), 4,
                                   3, &set) == TEPUI_OK);
    const std::unique_ptr<tepui_critical_set, void (*)(tepui_critical_set*)> owner(
        set, tepui_critical_set_destroy);
    const Report report = report_of(solved.context, set);
    CHECK(report.integer("point/verdict") == TEPUI_VERDICT_LOCAL_MINIMUM);
    for (int64_t b = 0; b < report.count("branches"); ++b) {
        const Report branch = report.part("branches/" + std::to_string(b));
        CAPTURE(b, branch.text("content"));
        CHECK(branch.integer("content") == TEPUI_BRANCH_GLOBAL_MINIMA);
        for (int64_t s = 0; s < branch.integer("drawn"); ++s)
            CHECK(branch.integer("samples/" + std::to_string(s) + "/verdict") == TEPUI_VERDICT_LOCAL_MINIMUM);
    }
}

TEST_CASE("sampled points of a critical set are stationary", "[G]") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const ActivationKind kind = seed % 2 ? ActivationKind::silu : ActivationKind::gelu;
        Random random(seed, 3);
        const Size d = 1 + static_cast<Size>(seed / 2 % 2), n = 4 + static_cast<Size>(seed % 9);
        SmallProblem made = small_problem(kind, d, false, {}, {}, {}, {});
        for (Size k = 0; k < n; ++k) {
            for (Size j = 0; j < d; ++j) made.x.push_back(random.normal());
            made.targets.push_back(random.normal());
        }
        made.samples = n;
        const Solved solved(made, 1, 4);
        if (solved.points.empty()) continue;
        tepui_critical_set* set = nullptr;
        // Where the search found a point without neurons there is none.
        if (tepui_map_critical_set(solved.context, solved.data, tepui_solution_point(solved.solution, 0), 2,
                                   40, &set) != TEPUI_OK)
            continue;
        const std::unique_ptr<tepui_critical_set, void (*)(tepui_critical_set*)> owner(
            set, tepui_critical_set_destroy);
        const Report report = report_of(solved.context, set);
        for (int64_t b = 0; b < report.count("branches"); ++b) {
            for (int64_t s = 0; s < report.integer("branches/" + std::to_string(b) + "/drawn"); ++s) {
                const Report sample =
                    report.part("branches/" + std::to_string(b) + "/samples/" + std::to_string(s));
                const double gradient = sample.real("gradient_relative");
                const tepui_network* network = tepui_critical_set_network(set, b, s);
                const double* first = tepui_network_parameters(network);
                const std::vector<double> w(first, first + tepui_network_parameter_count(network));
                CAPTURE(seed, made.network.activation.name(), b, s, gradient, w);
                CHECK(sample.integer("verdict") != TEPUI_VERDICT_NOT_STATIONARY);
                CHECK(gradient <= 1e-8);
            }
        }
    }
}
