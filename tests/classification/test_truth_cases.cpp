// One minimal case of each kind of verdict that was wrong once, against what was proven or computed in
// 200-bit arithmetic. Beside each kind stands a generator of random cases: test_global_minima,
// test_small_eigenvalues, test_near_pairs, test_ways_down, test_loose_reduction, test_scales.
#include <cmath>
#include <memory>

#include "core/random.hpp"
#include "support/catch.hpp"
#include "support/judged.hpp"
#include "support/precise.hpp"
#include "support/table.hpp"

using namespace tepui;
using test::Judge;
using test::Judged;
using test::SmallProblem;

namespace {

using Vector = std::vector<double>;

SmallProblem problem(ActivationKind kind, Size features, bool bias, Vector x, Vector targets, Vector w,
                     Vector a) {
    SmallProblem made;
    made.samples = static_cast<Size>(targets.size());
    made.features = features;
    made.bias = bias;
    made.x = std::move(x);
    made.targets = std::move(targets);
    made.network = Network(Activation(kind), static_cast<Size>(a.size()), features + (bias ? 1 : 0));
    made.network.parameters = std::move(w);
    made.network.parameters.insert(made.network.parameters.end(), a.begin(), a.end());
    return made;
}

void check_minimum(const SmallProblem& made) {
    const Judged judged = Judge(made).network();
    INFO(judged.text());
    CHECK(judged.verdict == TEPUI_VERDICT_LOCAL_MINIMUM);
}

// A global minimum, and so is every split, by every function that says anything of it.
void check_global(const SmallProblem& made) {
    const Judge judge(made);
    const Judged network = judge.network(), point = judge.point();
    INFO("network: " << network.text() << "; point: " << point.text());
    CHECK(network.verdict == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(network.global);
    CHECK(point.verdict == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(point.global);
    for (Size i = 0; i < judge.neurons(); ++i) {
        const test::JudgedNeuron neuron = judge.neuron(i);
        INFO("neuron " << i << ": " << tepui_plateau_type_name(neuron.plateau) << " by " << neuron.rule);
        CHECK(neuron.plateau == TEPUI_PLATEAU_ALL_LOCAL_MINIMA);
        CHECK(neuron.saddles == TEPUI_REGION_NONE);
        for (const Vector& gamma : {Vector{1.0, 0.0}, {0.5, 0.5}, {2.0, -1.0}, {0.2, 0.3, 0.5}}) {
            const Judged split = judge.split(i, gamma);
            INFO("split: " << split.text());
            CHECK(split.verdict == TEPUI_VERDICT_LOCAL_MINIMUM);
        }
    }
}

struct Solved {
    explicit Solved(const SmallProblem& made, Size width, int64_t starts) {
        REQUIRE(tepui_context_create(&context) == TEPUI_OK);
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, starts) == TEPUI_OK);
        REQUIRE(tepui_dataset_create(context, made.samples, made.features, made.x.data(), made.features,
                                     made.targets.data(), nullptr, made.bias ? TEPUI_DATASET_BIAS : 0,
                                     &data) == TEPUI_OK);
        const std::string name(made.network.activation.name());
        REQUIRE(tepui_activation_create_named(context, name.c_str(), &activation) == TEPUI_OK);
        REQUIRE(tepui_solve(context, data, activation, width, &solution) == TEPUI_OK);
        const auto with = [&](const tepui_network* point) {
            SmallProblem there = made;
            there.network = Network(made.network.activation, width, made.network.inputs);
            there.network.parameters.assign(
                tepui_network_parameters(point),
                tepui_network_parameters(point) + tepui_network_parameter_count(point));
            return there;
        };
        for (int64_t p = 0; p < tepui_solution_points(solution); ++p) {
            points.push_back(with(tepui_solution_point(solution, p)));
            losses.push_back(tepui_solution_point_loss(solution, p));
        }
    }
    ~Solved() {
        tepui_solution_destroy(solution);
        tepui_activation_destroy(activation);
        tepui_dataset_destroy(data);
        tepui_context_destroy(context);
    }
    Solved(const Solved&) = delete;
    Solved& operator=(const Solved&) = delete;

    tepui_context* context = nullptr;
    tepui_dataset* data = nullptr;
    tepui_activation* activation = nullptr;
    tepui_solution* solution = nullptr;
    std::vector<SmallProblem> points;
    Vector losses;
};

SmallProblem diabetes(const std::vector<Size>& columns, ActivationKind kind, bool bias, bool targets_too) {
    const test::Table table = test::read_table(TEPUI_TEST_DATA "/diabetes.csv");
    const auto features = static_cast<Size>(columns.size());
    SmallProblem made = problem(kind, features, bias, {}, table.targets, {}, {});
    for (Size k = 0; k < table.samples; ++k) {
        for (const Size j : columns)
            made.x.push_back(table.x[static_cast<std::size_t>(k * table.features + j)]);
    }
    for (Size j = 0; j < features; ++j) test::standardise(made.x, j, features, made.samples);
    if (targets_too) test::standardise(made.targets, 0, 1, made.samples);
    return made;
}

constexpr ActivationKind kTanh = ActivationKind::tanh;

}  // namespace

TEST_CASE("class means: a table with equal inputs and its null neuron", "[A1]") {
    // Means 2 and 5 at x = 1 and 2.
    for (const double a : {5.5, 6.0}) {
        // a tanh(w + b) = 2, a tanh(2 w + b) = 5
        const double first = std::atanh(2.0 / a), second = std::atanh(5.0 / a);
        const double w = second - first, b = first - w;
        SmallProblem one = problem(kTanh, 1, true, {1, 1, 2, 2}, {1, 3, 4, 6}, {w, b}, {a});
        check_global(one);
        SmallProblem two = problem(kTanh, 1, true, {1, 1, 2, 2}, {1, 3, 4, 6}, {w, b, 0.4, -0.2}, {a, 0.0});
        check_global(two);
    }
}

TEST_CASE("class means: null neurons, cancelling pairs", "[A1]") {
    const Vector x{1, 0, 1, 0, 0, 1, 0, 1};
    const Vector y{.885678110252, .685678110252, -.293933650932, -.693933650932};
    check_minimum(problem(kTanh, 2, false, x, y, {.7, -.4, .7, -.4}, {1.3, 0}));
    check_minimum(problem(kTanh, 2, false, x, y, {.7, -.4, .3, .2, .3, .2}, {1.3, 1, -1}));
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
    const SmallProblem made = problem(kTanh, 1, true, {0, 0, 1, 1}, {1, 3, 2, 5}, {}, {});
    const Solved solved(made, 1, 6);
    REQUIRE_FALSE(solved.points.empty());
    for (const SmallProblem& point : solved.points) check_global(point);
}

TEST_CASE("least squares over polynomials: psi vanishes by algebra", "[A2]") {
    check_global(problem(ActivationKind::square, 2, false,
                         {1.25, .78, .96, -1.08, .87, -.17, -.19, 1.12, -.44, -1.28},
                         {-.5, -1.2, -1.8, -.1, .4},
                         {-.96338628623, .26811725699, -.26811725699, -.96338628623, .5, .3, .5, .3},
                         {-2.3274887896, .64578174354, 1, -1}));
}

TEST_CASE("psi vanishes on a half line", "[A3]") {
    check_minimum(problem(ActivationKind::relu3, 1, false, {.3, .4, -.2, -1.3, 2.7, -.9, -.6, .3},
                          {-1.594785119953739, -.1868486494368804, -.31353906534630693, 2.006030809839579,
                           114.792089914553, 1.6937494865403548, -1.2037578474286816, 2.6294259131939834},
                          {1.8, 1.3}, {1, 0}));
}

TEST_CASE("zero loss: the points that a search finds", "[zero][search]") {
    const SmallProblem made =
        problem(kTanh, 2, false, {-0.9, -2.2, -0.1, 1.5, -0.5, 1.6, 1.6,  -0.9, -2.5, -1.2, 1.2,  -0.8,
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
    const SmallProblem made = problem(kTanh, 2, true, {.5, -1, 1.5, -1.5}, {.7, -2.5}, {}, {});
    const Solved solved(made, 1, 8);
    REQUIRE_FALSE(solved.points.empty());
    for (const SmallProblem& point : solved.points) check_global(point);
}

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
    CHECK(tepui_critical_set_verdict(set) == TEPUI_VERDICT_LOCAL_MINIMUM);
    for (int64_t b = 0; b < tepui_critical_set_branches(set); ++b) {
        tepui_branch_content content = 0;
        REQUIRE(tepui_critical_set_branch(solved.context, set, b, nullptr, nullptr, &content, nullptr,
                                          nullptr, nullptr) == TEPUI_OK);
        CAPTURE(b, tepui_branch_content_name(content));
        CHECK(content == TEPUI_BRANCH_GLOBAL_MINIMA);
        for (int64_t s = 0; s < tepui_critical_set_samples(set, b); ++s) {
            tepui_verdict verdict = 0;
            REQUIRE(tepui_critical_set_sample(solved.context, set, b, s, &verdict, nullptr, nullptr, nullptr,
                                              nullptr) == TEPUI_OK);
            CHECK(verdict == TEPUI_VERDICT_LOCAL_MINIMUM);
        }
    }
}

TEST_CASE("a positive eigenvalue below rounding makes no saddle", "[C]") {
    const SmallProblem made = problem(
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
    INFO(tepui_plateau_type_name(neuron.plateau) << " by " << neuron.rule);
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
    const SmallProblem made = problem(kTanh, 1, false, {.3, -.8, -.6, -3.7, 2.7, 1.7},
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
    const SmallProblem made = problem(ActivationKind::relu, 2, false, {1, 0, 1, 0, 0, 1}, {0, 1, 1.4},
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
        SmallProblem made = problem(ActivationKind::exp, 3, false, {},
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

TEST_CASE("sampled points of a critical set are stationary", "[G]") {
    for (std::uint64_t seed = 1; seed <= 16; ++seed) {
        const ActivationKind kind = seed % 2 ? ActivationKind::silu : ActivationKind::gelu;
        Random random(seed, 3);
        SmallProblem made = problem(kind, 2, false, {}, {}, {}, {});
        for (Size k = 0; k < 12; ++k) {
            for (Size j = 0; j < 2; ++j) made.x.push_back(random.normal());
            made.targets.push_back(random.normal());
        }
        made.samples = 12;
        const Solved solved(made, 1, 4);
        if (solved.points.empty()) continue;
        tepui_critical_set* set = nullptr;
        REQUIRE(tepui_map_critical_set(solved.context, solved.data, tepui_solution_point(solved.solution, 0),
                                       2, 40, &set) == TEPUI_OK);
        const std::unique_ptr<tepui_critical_set, void (*)(tepui_critical_set*)> owner(
            set, tepui_critical_set_destroy);
        for (int64_t b = 0; b < tepui_critical_set_branches(set); ++b) {
            for (int64_t s = 0; s < tepui_critical_set_samples(set, b); ++s) {
                double gradient = 0.0;
                tepui_verdict verdict = 0;
                REQUIRE(tepui_critical_set_measures(solved.context, set, b, s, &gradient, nullptr, nullptr,
                                                    nullptr) == TEPUI_OK);
                REQUIRE(tepui_critical_set_sample(solved.context, set, b, s, &verdict, nullptr, nullptr,
                                                  nullptr, nullptr) == TEPUI_OK);
                const tepui_network* network = tepui_critical_set_network(set, b, s);
                const double* w = tepui_network_parameters(network);
                CAPTURE(seed, made.network.activation.name(), b, s, gradient, w[0], w[1], w[2], w[3], w[4],
                        w[5]);
                CHECK(verdict != TEPUI_VERDICT_NOT_STATIONARY);
                CHECK(gradient <= 1e-8);
            }
        }
    }
}
