// Dense symmetric problems against what they mean: residuals, orthogonality, planted inertia.
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "linalg/symmetric.hpp"
#include "planted_matrix.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::linalg;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

// The planted matrix with its upper triangle poisoned: only the lower one may be read.
Matrix with_spectrum(const std::vector<double>& values, Random& random) {
    Matrix a = tepui::testing::with_spectrum(values, random);
    for (Size i = 0; i < a.rows(); ++i) {
        for (Size j = i + 1; j < a.cols(); ++j) a(i, j) = std::nan("");
    }
    return a;
}

double lower(const Matrix& a, Size i, Size j) {
    return i >= j ? a(i, j) : a(j, i);
}

}  // namespace

TEST_CASE("symmetric_eigen returns the planted spectrum and an orthonormal basis") {
    Random random(11, 0);
    for (Size n : {1, 2, 3, 7, 16, 33, 120}) {
        std::vector<double> planted;
        for (Size l = 0; l < n; ++l)
            planted.push_back(static_cast<double>(l * l) - 0.4 * static_cast<double>(n));
        const double scale = std::max(std::abs(planted.front()), std::abs(planted.back()));
        const Matrix a = with_spectrum(planted, random);
        const SymmetricEigen e = symmetric_eigen(a, true);
        const double bound = 8.0 * kEps * static_cast<double>(n) * scale + 1e-300;
        for (Size l = 0; l < n; ++l) {
            CHECK(std::abs(e.values[l] - planted[l]) <= bound);
            for (Size i = 0; i < n; ++i) {
                double residual = -e.values[l] * e.vectors(l, i);
                for (Size j = 0; j < n; ++j) residual += lower(a, i, j) * e.vectors(l, j);
                REQUIRE(std::abs(residual) <= bound);
            }
            for (Size other = 0; other <= l; ++other) {
                double product = other == l ? -1.0 : 0.0;
                for (Size j = 0; j < n; ++j) product += e.vectors(l, j) * e.vectors(other, j);
                REQUIRE(std::abs(product) <= 4.0 * kEps * static_cast<double>(n) + 8.0 * kEps);
            }
        }
        const SymmetricEigen values_only = symmetric_eigen(a, false);
        CHECK(values_only.vectors.rows() == 0);
        for (Size l = 0; l < n; ++l) CHECK(std::abs(values_only.values[l] - planted[l]) <= bound);
    }
    CHECK(symmetric_eigen(Matrix(0, 0), true).values.size() == 0);
}

TEST_CASE("symmetric_eigen refuses NaN, infinities and rectangles") {
    Matrix a(3, 3);
    a(0, 0) = a(1, 1) = a(2, 2) = 1.0;
    for (double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        a(2, 1) = bad;
        for (bool vectors : {false, true}) {
            try {
                symmetric_eigen(a, vectors);
                FAIL("accepted " << bad);
            } catch (const Error& error) {
                CHECK(error.status() == Status::numeric);
            }
        }
        CHECK_THROWS_AS(shifted_inertia(a, 0.0), Error);
        CHECK_THROWS_AS(is_positive_definite(a, 0.0), Error);
    }
    CHECK_THROWS_AS(symmetric_eigen(Matrix(2, 3), true), Error);
}

TEST_CASE("shifted_inertia counts the planted signs at every shift") {
    Random random(12, 0);
    for (Size n : {1, 2, 3, 5, 8, 31, 64, 130}) {
        std::vector<double> planted;
        for (Size l = 0; l < n; ++l) planted.push_back(static_cast<double>(l) - 0.5 * static_cast<double>(n));
        const Matrix a = with_spectrum(planted, random);
        for (Size below = 0; below <= n; ++below) {
            const double shift = static_cast<double>(below) - 0.5 * static_cast<double>(n) - 0.5;
            const ShiftedInertia inertia = shifted_inertia(a, shift);
            REQUIRE(inertia.negative == below);
            REQUIRE(inertia.zero == 0);
            REQUIRE(inertia.positive == n - below);
            REQUIRE(is_positive_definite(a, shift) == (below == 0));
        }
    }
}

TEST_CASE("a matrix that is singular to the last bit is not positive definite") {
    for (Size n : {1, 2, 5, 64, 70}) {
        Matrix a(n, n);
        CHECK_FALSE(is_positive_definite(a, 0.0));
        for (Size i = 0; i < n; ++i) a(i, i) = 1.0;
        CHECK(is_positive_definite(a, 0.0));
        CHECK_FALSE(is_positive_definite(a, 1.0));
        a(n - 1, n - 1) = 0.0;
        CHECK_FALSE(is_positive_definite(a, 0.0));
        for (Size e = 0; e < n * n; ++e) a.data()[e] = 1.0;  // rank one, without rounding
        CHECK(is_positive_definite(a, 0.0) == (n == 1));
    }
}

TEST_CASE("shifted_inertia sees 2 x 2 pivots and exact zeros") {
    Matrix swap(2, 2);
    swap(1, 0) = 1.0;  // eigenvalues -1, 1
    CHECK(shifted_inertia(swap, 0.0).negative == 1);
    CHECK(shifted_inertia(swap, 0.0).positive == 1);
    CHECK(shifted_inertia(swap, 1.0).zero == 1);
    const ShiftedInertia zero = shifted_inertia(Matrix(5, 5), 0.0);
    CHECK(zero.zero == 5);
    CHECK(zero.negative + zero.positive == 0);
}

TEST_CASE("solve_positive_definite solves, and says when it cannot") {
    Random random(13, 0);
    for (Size n : {1, 2, 9, 70}) {
        std::vector<double> planted;
        for (Size l = 0; l < n; ++l) planted.push_back(1.0 + static_cast<double>(l));
        const Matrix a = with_spectrum(planted, random);
        std::vector<double> b(static_cast<std::size_t>(n));
        std::vector<double> x(static_cast<std::size_t>(n));
        for (double& value : b) value = random.normal();
        REQUIRE(solve_positive_definite(a, 0.25, b, x));
        for (Size i = 0; i < n; ++i) {
            double residual = 0.25 * x[i] - b[i];
            for (Size j = 0; j < n; ++j) residual += lower(a, i, j) * x[j];
            CHECK(std::abs(residual) <= 1e-12 * static_cast<double>(n));
        }
        CHECK_FALSE(solve_positive_definite(a, -1.5, b, x));
        CHECK_THROWS_AS(solve_positive_definite(a, 0.0, std::span<const double>(b).subspan(1), x), Error);
    }
}
