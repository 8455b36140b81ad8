// Linear programs against planted optima, with free variables among those that have bounds.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "linalg/linear_program.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Small whole numbers, as data have them: many ties. Multipliers that leave no variable a way to lower the
// cost prove the optimum.
struct Planted {
    linalg::LinearProgram program;
    double objective = 0.0;
};
Planted planted(Size variables, Size equations, Size free, std::uint64_t seed) {
    Random random(seed, 0);
    const auto whole = [&](double size) { return std::round(size * random.normal()); };
    Planted result{{Matrix(variables, equations), std::vector<double>(std::size_t(equations), 0.0),
                    std::vector<double>(std::size_t(variables), 0.0),
                    std::vector<double>(std::size_t(variables), 0.0),
                    std::vector<double>(std::size_t(variables), kInfinity)}};
    linalg::LinearProgram& program = result.program;
    std::vector<double> multipliers;
    for (Size j = 0; j < equations; ++j) multipliers.push_back(whole(2.0));
    for (Size l = 0; l < variables; ++l) {
        const bool is_free = l < free;
        if (is_free) program.lower[l] = -kInfinity;
        const double x = is_free ? whole(2.0) : std::max(0.0, whole(2.0));
        for (Size j = 0; j < equations; ++j) {
            program.columns(l, j) = whole(1.5);
            program.cost[l] += multipliers[j] * program.columns(l, j);
            program.right[j] += x * program.columns(l, j);
        }
        if (!is_free && x == 0.0) program.cost[l] += std::abs(whole(2.0));
    }
    for (Size j = 0; j < equations; ++j) result.objective += multipliers[j] * program.right[j];
    return result;
}

// By how much the duals leave a variable a way to lower the cost.
double slack_of(const linalg::LinearProgram& program, const std::vector<double>& duals) {
    double most = 0.0;
    for (Size l = 0; l < program.columns.rows(); ++l) {
        double reduced = program.cost[l];
        for (Size j = 0; j < program.columns.cols(); ++j) reduced -= duals[j] * program.columns(l, j);
        most = std::max(most, std::isinf(program.lower[l]) ? std::abs(reduced) : -reduced);
    }
    return most;
}

}  // namespace

TEST_CASE("linear programs: planted optima are found, with free variables") {
    if (!linalg::has_linear_programs()) return;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const Size equations = 3 + Size(seed % 4), free = Size(seed % 3);
        const Planted of = planted(3 * equations, equations, free, seed);
        const auto solution = linalg::minimise(of.program);
        INFO("seed " << seed);
        REQUIRE(solution.has_value());
        CHECK(std::abs(solution->objective - of.objective) <= 1e-9 * (1.0 + std::abs(of.objective)));
        CHECK(slack_of(of.program, solution->duals) <= 1e-9);
        double value = 0.0;
        for (Size l = 0; l < of.program.columns.rows(); ++l) value += of.program.cost[l] * solution->x[l];
        CHECK(std::abs(value - of.objective) <= 1e-9 * (1.0 + std::abs(of.objective)));
    }
}

TEST_CASE("linear programs: no free variable stays where it could lower the cost") {
    if (!linalg::has_linear_programs()) return;
    // The multipliers of samples about a hyperplane through two of them, whose multipliers are free.
    const double rows[10][4] = {{-1, -1, 1, -1}, {-2, 3, 1, -1},  {2, 2, 2, -1}, {0, -3, 0, 1},
                                {-1, 1, 2, -1},  {-3, -1, 3, -1}, {0, 3, 2, -1}, {3, -3, -1, -1},
                                {1, 0, 0, 1},    {-2, -1, 1, -1}};
    const double kept[2][4] = {{0.53452248382484879, 0.80178372573727319, 0, 0.2672612419124244},
                               {-0.31448545101657543, -0.10482848367219183, 0, 0.94345635304972641}};
    constexpr Size kOwn = 8, kVariables = 14;
    linalg::LinearProgram program{Matrix(kVariables, 5),
                                  {0, 0, 0, 0, 1},
                                  std::vector<double>(14, 0.0),
                                  std::vector<double>(14, 0.0),
                                  std::vector<double>(14, kInfinity)};
    Size at = 0;
    for (Size l = 0; l < 10; ++l) {
        if (l == kOwn) continue;
        for (Size j = 0; j < 4; ++j) program.columns(at, j) = rows[l][j] - rows[kOwn][j];
        program.columns(at++, 4) = 1.0;
    }
    std::copy_n(rows[kOwn], 4, program.columns.row(at++));
    for (const auto& row : kept) {
        program.lower[at] = -kInfinity;
        std::copy_n(row, 4, program.columns.row(at++));
    }
    program.cost[at] = 1.0;
    program.lower[at] = -kInfinity;
    for (Size j = 0; j < 4; ++j) {
        for (const auto& row : rows) program.columns(at, j) -= row[j] / 10.0;
    }
    program.cost[++at] = 2.0;
    program.columns(at, 4) = 1.0;
    const auto solution = linalg::minimise(program);
    REQUIRE(solution.has_value());
    CHECK(slack_of(program, solution->duals) <= 1e-9);
    CHECK(std::abs(solution->objective + 0.2094240837696335) <= 1e-12);
}
