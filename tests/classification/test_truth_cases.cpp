// One minimal case of each kind of verdict that was wrong once, against what was proven or computed in
// 200-bit arithmetic. Beside each kind stands a generator of random cases: test_global_minima,
// test_small_eigenvalues, test_near_pairs, test_ways_down, test_loose_reduction, test_scales.
#include <cmath>

#include "classification/truth_cases.hpp"
#include "core/random.hpp"
#include "support/precise.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

void check_minimum(const SmallProblem& made) {
    const Judged judged = Judge(made).network();
    INFO(judged.text());
    CHECK(judged.verdict == TEPUI_VERDICT_LOCAL_MINIMUM);
}

constexpr ActivationKind kTanh = ActivationKind::tanh;

}  // namespace

TEST_CASE("class means: a table with equal inputs and its null neuron", "[A1]") {
    // Means 2 and 5 at x = 1 and 2.
    for (const double a : {5.5, 6.0}) {
        // a tanh(w + b) = 2, a tanh(2 w + b) = 5
        const double first = std::atanh(2.0 / a), second = std::atanh(5.0 / a);
        const double w = second - first, b = first - w;
        SmallProblem one = small_problem(kTanh, 1, true, {1, 1, 2, 2}, {1, 3, 4, 6}, {w, b}, {a});
        check_global(one);
        SmallProblem two =
            small_problem(kTanh, 1, true, {1, 1, 2, 2}, {1, 3, 4, 6}, {w, b, 0.4, -0.2}, {a, 0.0});
        check_global(two);
    }
}

TEST_CASE("class means: null neurons, cancelling pairs", "[A1]") {
    const Vector x{1, 0, 1, 0, 0, 1, 0, 1};
    const Vector y{.885678110252, .685678110252, -.293933650932, -.693933650932};
    check_minimum(small_problem(kTanh, 2, false, x, y, {.7, -.4, .7, -.4}, {1.3, 0}));
    check_minimum(small_problem(kTanh, 2, false, x, y, {.7, -.4, .3, .2, .3, .2}, {1.3, 1, -1}));
}

TEST_CASE("class means: two classes of a standardised table", "[A1]") {
    SmallProblem made = diabetes({1}, kTanh, true, true);
    double mean[2] = {0, 0}, at[2] = {made.x[0], 0}, count[2] = {0, 0};
    for (Size k = 0; k < made.samples; ++k) {
        const auto i = static_cast<std::size_t>(k);
        const int c = made.x[i] == at[0] ? 0 : 1;
        at[c] = made.x[i];
        mean[c] += made.targets[i];
        ++count[c];
    }
    for (const int c : {0, 1}) mean[c] /= count[c];
    const double a = 0.7, z0 = std::atanh(mean[0] / a), z1 = std::atanh(mean[1] / a);
    const double w = (z1 - z0) / (at[1] - at[0]);
    made.network = Network(Activation(kTanh), 1, 2);
    made.network.parameters = {w, z0 - w * at[0], a};
    check_global(made);
}

TEST_CASE("class means: found by search", "[A1][search]") {
    const SmallProblem made = small_problem(kTanh, 1, true, {0, 0, 1, 1}, {1, 3, 2, 5}, {}, {});
    const Solved solved(made, 1, 6);
    REQUIRE_FALSE(solved.points.empty());
    for (const SmallProblem& point : solved.points) check_global(point);
}

TEST_CASE("least squares over polynomials: psi vanishes by algebra", "[A2]") {
    check_global(small_problem(ActivationKind::square, 2, false,
                               {1.25, .78, .96, -1.08, .87, -.17, -.19, 1.12, -.44, -1.28},
                               {-.5, -1.2, -1.8, -.1, .4},
                               {-.96338628623, .26811725699, -.26811725699, -.96338628623, .5, .3, .5, .3},
                               {-2.3274887896, .64578174354, 1, -1}));
}

TEST_CASE("psi vanishes on a half line", "[A3]") {
    check_minimum(
        small_problem(ActivationKind::relu3, 1, false, {.3, .4, -.2, -1.3, 2.7, -.9, -.6, .3},
                      {-1.594785119953739, -.1868486494368804, -.31353906534630693, 2.006030809839579,
                       114.792089914553, 1.6937494865403548, -1.2037578474286816, 2.6294259131939834},
                      {1.8, 1.3}, {1, 0}));
}

TEST_CASE("zero loss: the points that a search finds", "[zero][search]") {
    const SmallProblem made =
        small_problem(kTanh, 2, false, {-0.9, -2.2, -0.1, 1.5, -0.5, 1.6, 1.6,  -0.9, -2.5, -1.2, 1.2,  -0.8,
                                        -1.5, -1.3, 0,    0,   0.9,  1,   -0.9, -0.2, -1.1, 0.1,  -1.2, -1.2},
                      {-0.6642996324396864, -0.26544855733350453, -0.7253229102151324, 0.8839845190473903,
                       -0.6999806218094139, 0.8753571180001799, -0.6971169887083795, 0.0, 0.6647550886522491,
                       -0.68650969142383, -0.7455420669791117, -0.6898260145521463},
                      {}, {});
    const Solved solved(made, 3, 10);
    int fitted = 0;
    for (std::size_t p = 0; p < solved.points.size(); ++p) {
        CAPTURE(p, solved.losses[p]);
        if (solved.losses[p] > 1e-15) continue;
        ++fitted;
        check_global(solved.points[p]);
    }
    CHECK(fitted > 0);
}

TEST_CASE("global is decided once", "[zero][search]") {
    const SmallProblem made = small_problem(kTanh, 2, true, {.5, -1, 1.5, -1.5}, {.7, -2.5}, {}, {});
    const Solved solved(made, 1, 8);
    REQUIRE_FALSE(solved.points.empty());
    for (const SmallProblem& point : solved.points) check_global(point);
}

TEST_CASE("a positive eigenvalue below rounding makes no saddle", "[C]") {
    const SmallProblem made = small_problem(
        kTanh, 1, false, {-1.2, -2, -.4, .6, 1.7},
        {-.7533736306637958, -.931882936590761, -.24775768149729865, .38690285534973934, .7382458634633957},
        {.7}, {1});
    // The truth: the inner Hessian of the exact stationary point is positive.
    const auto refined = test::refine(test::PreciseProblem(made.dataset(), made.network),
                                      test::precise_point(made.network.parameters), 1e-6);
    REQUIRE(refined.has_value());
    REQUIRE(refined->inertia.positive_definite());
    CHECK(static_cast<double>(refined->sums.inner[0][0]) == Approx(1.008e-15).epsilon(1e-2));
    const Judge judge(made);
    const test::JudgedNeuron neuron = judge.neuron(0);
    INFO(tepui_name(TEPUI_WORDS_PLATEAU_TYPE, neuron.plateau) << " by " << neuron.rule);
    CHECK(neuron.plateau != TEPUI_PLATEAU_ALL_SADDLES);
    CHECK(neuron.saddles != TEPUI_REGION_EVERYWHERE);
    for (const Vector& gamma : {Vector{0.5, 0.5}, {0.3, 0.7}, {0.2, 0.3, 0.5}}) {
        const Judged split = judge.split(0, gamma);
        INFO(split.text());
        CHECK(split.verdict != TEPUI_VERDICT_SADDLE);
        SmallProblem wide = made;
        Vector w(gamma.size(), .7);
        wide.network = Network(Activation(kTanh), static_cast<Size>(gamma.size()), 1);
        wide.network.parameters = w;
        wide.network.parameters.insert(wide.network.parameters.end(), gamma.begin(), gamma.end());
        CHECK(Judge(wide).network().verdict != TEPUI_VERDICT_SADDLE);
    }
}

TEST_CASE("an index is known only where every small eigenvalue is explained", "[D]") {
    const SmallProblem made = small_problem(kTanh, 1, false, {.3, -.8, -.6, -3.7, 2.7, 1.7},
                                            {.4618026700931149, -.9968023598309307, -.7841173462616631,
                                             -1.518023045094312, 1.4546798131552594, 1.4201513358119602},
                                            {1, 1.001}, {1, .5});
    const auto refined = test::refine(test::PreciseProblem(made.dataset(), made.network),
                                      test::precise_point(made.network.parameters), 1e-3);
    REQUIRE(refined.has_value());
    CHECK(refined->inertia.negative == 1);
    CHECK(refined->inertia.positive == 3);
    const Judged judged = Judge(made).network();
    INFO(judged.text());
    CHECK(judged.verdict != TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK((judged.index == -1 || judged.index == 1));
    CHECK((judged.nullity == -1 || judged.nullity == 0));
}

TEST_CASE("a way down falls", "[E]") {
    const SmallProblem made = small_problem(ActivationKind::relu, 2, false, {1, 0, 1, 0, 0, 1}, {0, 1, 1.4},
                                            {1, -1, -1, 1, -1, 2}, {.5, 1.4 + 49 * 0x1p-52, 0});
    const Judged judged = Judge(made).directional();
    INFO(judged.text());
    if (judged.way) {
        CAPTURE(judged.way->measured, judged.way->error);
        CHECK(judged.way->measured + judged.way->error < 0.0);
        CHECK(test::check_way(made, *judged.way).falls);
    }
}

TEST_CASE("finite input gives a verdict", "[F]") {
    // exp, neurons that differ only where one or two samples have inputs of their own.
    int judged = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Random random(seed, 1);
        const Size n = 8, own = 1 + static_cast<Size>(seed % 2);
        SmallProblem made = small_problem(ActivationKind::exp, 3, false, {},
                                          Vector(static_cast<std::size_t>(n), 0.0), Vector(6), Vector(2));
        for (Size k = 0; k < n; ++k) {
            made.x.push_back(random.normal());
            for (Size c = 0; c < 2; ++c) made.x.push_back(k >= n - own ? 3.0 * random.normal() : 0.0);
        }
        const double w = random.normal();
        for (Size i = 0; i < 2; ++i) {
            made.network.weights(i)[0] = w;
            for (Size c = 1; c < 3; ++c) made.network.weights(i)[c] = 4.0 * random.normal();
            made.network.output(i) = random.normal();
        }
        // The others' residuals make the point stationary, those of the last samples are zero.
        const test::PreciseProblem precise(made.dataset(), made.network);
        const test::PreciseVector point = test::precise_point(made.network.parameters);
        const auto f = precise.outputs(point);
        const auto jacobian = test::precise_jacobian(precise, point);
        std::vector<test::PreciseVector> rows(2, test::PreciseVector(static_cast<std::size_t>(n - own)));
        test::PreciseVector start;
        for (Size k = 0; k < n - own; ++k) {
            rows[0][static_cast<std::size_t>(k)] = jacobian[static_cast<std::size_t>(k)][0];
            rows[1][static_cast<std::size_t>(k)] = jacobian[static_cast<std::size_t>(k)][6];
            start.emplace_back(0.3 * random.normal());
        }
        const auto r = test::least_norm_change(rows, test::PreciseVector(2, 0), start);
        if (!r) continue;
        bool finite = true;
        for (Size k = 0; k < n; ++k) {
            const auto i = static_cast<std::size_t>(k);
            made.targets[i] = static_cast<double>(k < n - own ? test::Precise(f[i] - (*r)[i]) : f[i]);
            finite = finite && std::abs(made.targets[i]) < 1e6;
        }
        if (!finite) continue;
        ++judged;
        CAPTURE(seed);
        CHECK_NOTHROW(Judge(made).network());
    }
    CHECK(judged > 100);
}
