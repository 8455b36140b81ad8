// Which samples can be nearest to a hyperplane (MATH.md section 13): what is found is checked against all
// samples, and what is said never to be against directions drawn.
#include "classification/infinity/side_cone.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/random.hpp"
#include "linalg/linear_program.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

Matrix matrix_of(const std::vector<std::vector<double>>& rows, Size columns) {
    Matrix result(Size(rows.size()), columns);
    for (std::size_t l = 0; l < rows.size(); ++l)
        std::copy(rows[l].begin(), rows[l].end(), result.row(Size(l)));
    return result;
}

std::vector<double> products(const std::vector<std::vector<double>>& rows, const std::vector<double>& v) {
    std::vector<double> result;
    for (const std::vector<double>& row : rows) {
        result.push_back(0.0);
        for (std::size_t j = 0; j < v.size(); ++j) result.back() += row[j] * v[j];
    }
    return result;
}

// Rows s h that some direction has on their side and kept inputs on its hyperplane, small whole numbers.
struct Sides {
    std::vector<std::vector<double>> rows, kept;
    std::vector<double> inside;
};
Sides sides(Size inputs, Size samples, Size kept, std::uint64_t seed) {
    Random random(seed, 0);
    Sides result;
    std::set<std::vector<double>> seen;
    for (Size j = 0; j < inputs; ++j) result.inside.push_back(std::round(2.0 * random.normal()));
    while (Size(result.rows.size()) < samples) {
        std::vector<double> h;
        for (Size j = 0; j + 1 < inputs; ++j) h.push_back(std::round(2.0 * random.normal()));
        h.push_back(1.0);
        const double z = products({h}, result.inside)[0];
        if (z == 0.0) {
            if (Size(result.kept.size()) < kept) result.kept.push_back(h);
            continue;
        }
        for (double& x : h) x = z > 0.0 ? x : -x + 0.0;
        if (seen.insert(h).second) result.rows.push_back(std::move(h));
    }
    return result;
}

// That row before all others, over the mean; below 0: not nearest, or a row on the wrong side.
double lead_of(const std::vector<double>& z, std::size_t own) {
    double least = HUGE_VAL, mean = 0.0;
    for (std::size_t l = 0; l < z.size(); ++l) {
        mean += z[l] / double(z.size());
        if (l != own) least = std::min(least, z[l]);
    }
    return std::min(least - z[own], z[own] >= -1e-7 ? HUGE_VAL : z[own]) / mean;
}

}  // namespace

TEST_CASE("side cone: directions found keep what is to be kept, and lead by what is said") {
    if (!linalg::has_linear_programs()) return;
    int strictly = 0, never = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const Size inputs = 3 + Size(seed % 3);
        const Sides of = sides(inputs, 8 + Size(seed % 5), Size(seed % 3), seed);
        const SideCone cone(matrix_of(of.rows, inputs), matrix_of(of.kept, inputs));
        Random random(seed, 1);
        for (std::size_t l = 0; l < of.rows.size(); ++l) {
            const auto found = cone.nearest(Size(l));
            INFO("seed " << seed << ", sample " << l);
            REQUIRE(found.has_value());
            if (found->never()) {
                ++never;
                std::vector<double> v = of.inside;
                for (int drawn = 0; drawn < 300; ++drawn) {
                    std::vector<double> there = v;
                    for (double& x : there) x += random.normal();
                    // Back to the hyperplane of the kept ones, one after the other.
                    for (int pass = 0; pass < 200; ++pass)
                        for (const std::vector<double>& h : of.kept) {
                            const double z = products({h}, there)[0], square = products({h}, h)[0];
                            for (std::size_t j = 0; j < h.size(); ++j) there[j] -= z / square * h[j];
                        }
                    const std::vector<double> z = products(of.rows, there);
                    if (*std::min_element(z.begin(), z.end()) < 0.0) continue;
                    CHECK(lead_of(z, l) < 1e-9);
                    v = there;
                }
                continue;
            }
            const std::vector<double> z = products(of.rows, found->v);
            for (const double on_it : products(of.kept, found->v)) CHECK(std::abs(on_it) <= 1e-7);
            CHECK(lead_of(z, l) >= found->lead - 1e-12);
            CHECK(found->lead <= found->bound);
            strictly += found->strictly() ? 1 : 0;
        }
    }
    CHECK(strictly > 100);
    CHECK(never > 100);
}

TEST_CASE("side cone: a sample that cannot be nearest beside two kept ones") {
    if (!linalg::has_linear_programs()) return;
    const SideCone cone(matrix_of({{-1, -1, 1, -1},
                                   {-2, 3, 1, -1},
                                   {2, 2, 2, -1},
                                   {0, -3, 0, 1},
                                   {-1, 1, 2, -1},
                                   {-3, -1, 3, -1},
                                   {0, 3, 2, -1},
                                   {3, -3, -1, -1},
                                   {1, 0, 0, 1},
                                   {-2, -1, 1, -1}},
                                  4),
                        matrix_of({{2, 3, 0, 1}, {-1, -1, 0, 1}}, 4));
    const auto found = cone.nearest(8);
    REQUIRE(found.has_value());
    CHECK(found->never());
}

TEST_CASE("side cone: an input that is the sum of others as numbers print it is no direction") {
    if (!linalg::has_linear_programs()) return;
    Random random(7, 0);
    std::vector<std::vector<double>> rows, apart;
    for (int k = 0; k < 12; ++k) {
        const double x = std::round(1e3 * random.normal()) / 1e3, y = std::round(1e3 * random.normal()) / 1e3;
        const double side = x + 0.5 * y > 0.2 ? 1.0 : -1.0;
        apart.push_back({side * x, side * y, side});
        rows.push_back({side * x, side * y, side * (x + y), side});
    }
    const SideCone cone(matrix_of(rows, 4), Matrix(0, 4)), same(matrix_of(apart, 3), Matrix(0, 3));
    for (Size l = 0; l < 12; ++l) {
        const auto found = cone.nearest(l), expected = same.nearest(l);
        REQUIRE(found.has_value());
        REQUIRE(expected.has_value());
        CHECK(found->never() == expected->never());
        CHECK(found->strictly() == expected->strictly());
        for (const double x : found->v) CHECK(std::abs(x) < 1e3);
    }
}
