// Inertia and witnesses without a spectrum, against planted spectra: definite, indefinite, singular, nearly
// singular, with one sign far smaller than the other, and with eigenvalues on either side of the threshold.
#include "linalg/inertia.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "linalg/symmetric_factor.hpp"
#include "planted_matrix.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::linalg;
using tepui::testing::with_spectrum;

namespace {

constexpr double kTau = 1e-9;

double curvature(const Matrix& a, const std::vector<double>& v) {
    double sum = 0.0;
    for (Size i = 0; i < a.rows(); ++i) {
        for (Size j = 0; j < a.rows(); ++j) sum += v[i] * a(i, j) * v[j];
    }
    return sum;
}

double norm(const std::vector<double>& v) {
    return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
}

// Everything that a verdict spectrum promises, against the planted eigenvalues.
VerdictSpectrum check(const Matrix& a, std::vector<double> planted, double tau) {
    std::sort(planted.begin(), planted.end());
    VerdictSpectrum found = verdict_spectrum(a, tau);
    const auto count = [&](auto&& in) {
        return static_cast<Size>(std::count_if(planted.begin(), planted.end(), in));
    };
    CHECK(found.negative == count([&](double x) { return x < -tau; }));
    CHECK(found.zero == count([&](double x) { return std::abs(x) <= tau; }));
    CHECK(found.positive == count([&](double x) { return x > tau; }));
    for (const double radius : {0.5 * tau, 4.0 * tau, 0.7}) {
        const auto near = [&](double share) {
            return count([&](double x) { return std::abs(x) < share * radius; });
        };
        if (near(0.99) == near(1.01)) CHECK(count_within(a, radius) == near(1.0));
    }
    CHECK(found.clear ==
          (count([&](double x) { return std::abs(x) > tau / 2 && std::abs(x) <= 2 * tau; }) == 0));

    const double size = std::max(std::abs(planted.front()), std::abs(planted.back()));
    const double rounding = 1e-13 * size;
    double nearest = HUGE_VAL;
    for (const double x : planted) {
        if (std::abs(x) > tau) nearest = std::min(nearest, std::abs(x));
    }
    if (std::isfinite(nearest)) {
        CHECK(found.gap <= nearest * (1.0 + 1e-6) + rounding);
        if (found.clear) CHECK(found.gap >= std::min(2.0 * tau, nearest));
        // Singular: the eigenvalue next to zero was looked for.
        if (found.clear && found.zero > 0) CHECK(found.gap >= 0.9 * nearest);
    }
    REQUIRE(static_cast<Size>(found.v_min.size()) == a.rows());
    CHECK(std::abs(norm(found.v_min) - 1.0) < 1e-12);
    CHECK(std::abs(norm(found.v_max) - 1.0) < 1e-12);
    CHECK(std::abs(curvature(a, found.v_min) - found.lambda_min) <= rounding);
    CHECK(std::abs(curvature(a, found.v_max) - found.lambda_max) <= rounding);
    CHECK(found.lambda_min >= planted.front() - rounding);
    CHECK(found.lambda_max <= planted.back() + rounding);
    if (found.negative > 0) CHECK(found.lambda_min < -tau);
    if (found.positive > 0) CHECK(found.lambda_max > tau);
    // An eigenvalue within the residual of each Ritz value.
    for (const auto& [value, error] :
         {std::pair{found.lambda_min, found.error_min}, {found.lambda_max, found.error_max}}) {
        double distance = HUGE_VAL;
        for (const double x : planted) distance = std::min(distance, std::abs(x - value));
        CHECK(distance <= error + rounding);
    }
    return found;
}

std::vector<double> spectrum(Size n, const std::function<double(Size)>& value) {
    std::vector<double> values;
    for (Size l = 0; l < n; ++l) values.push_back(value(l));
    return values;
}

}  // namespace

TEST_CASE("counts, ends and witnesses of definite and indefinite matrices") {
    Random random(41, 0);
    for (Size n : {1, 2, 20, 48, 49, 64, 65, 130, 200}) {
        INFO("n " << n);
        const double middle = 0.5 * static_cast<double>(n);
        const auto up = spectrum(n, [](Size l) { return 1.0 + static_cast<double>(l); });
        const VerdictSpectrum positive = check(with_spectrum(up, random), up, kTau);
        CHECK(std::abs(positive.lambda_min - 1.0) < 1e-4);
        const auto down = spectrum(n, [](Size l) { return -2.0 - static_cast<double>(l); });
        const VerdictSpectrum negative = check(with_spectrum(down, random), down, kTau);
        CHECK(std::abs(negative.lambda_max + 2.0) < 1e-4);
        const auto both = spectrum(n, [&](Size l) { return static_cast<double>(l) - middle + 0.25; });
        check(with_spectrum(both, random), both, kTau);
        const auto one_down =
            spectrum(n, [](Size l) { return l == 0 ? -1.0 : 1.0 + 0.5 * static_cast<double>(l); });
        const VerdictSpectrum saddle = check(with_spectrum(one_down, random), one_down, kTau);
        CHECK(std::abs(saddle.lambda_min + 1.0) < 1e-4);
    }
}

TEST_CASE("singular matrices and matrices of low rank") {
    Random random(42, 0);
    for (Size n : {49, 80, 150}) {
        INFO("n " << n);
        const auto semidefinite = spectrum(n, [](Size l) { return l < 7 ? 0.0 : static_cast<double>(l); });
        check(with_spectrum(semidefinite, random), semidefinite, kTau);
        const auto rank_two = spectrum(n, [](Size l) { return l == 0 ? -3.0 : l == 1 ? 5.0 : 0.0; });
        check(with_spectrum(rank_two, random), rank_two, kTau);
        const auto rank_one_down = spectrum(n, [](Size l) { return l == 0 ? -3.0 : 0.0; });
        check(with_spectrum(rank_one_down, random), rank_one_down, kTau);
        const VerdictSpectrum zero = verdict_spectrum(Matrix(n, n), kTau);
        CHECK(zero.zero == n);
        CHECK(zero.clear);
        CHECK(zero.lambda_min == 0.0);
    }
}

TEST_CASE("a sign that is tiny beside the other is found by shift and invert") {
    Random random(43, 0);
    for (Size n : {60, 140}) {
        for (double small : {1e-3, 1e-5, 1e-7}) {
            INFO("n " << n << " small " << small);
            const auto mostly_up = spectrum(n, [&](Size l) {
                return l < 3 ? -small * static_cast<double>(l + 1) : 0.5 + static_cast<double>(l);
            });
            const VerdictSpectrum up = check(with_spectrum(mostly_up, random), mostly_up, kTau);
            CHECK(up.negative == 3);
            const auto mostly_down = spectrum(n, [&](Size l) {
                return l < 2 ? small * static_cast<double>(l + 1) : -0.5 - static_cast<double>(l);
            });
            check(with_spectrum(mostly_down, random), mostly_down, kTau);
            const auto barely =
                spectrum(n, [&](Size l) { return l == 0 ? small : 1.0 + static_cast<double>(l); });
            const VerdictSpectrum definite = check(with_spectrum(barely, random), barely, kTau);
            CHECK(std::abs(definite.lambda_min - small) <= 1e-3 * small + 1e-13 * static_cast<double>(n));
        }
    }
}

TEST_CASE("eigenvalues near the threshold are counted exactly and said to be unclear") {
    Random random(44, 0);
    const double tau = 1e-3;
    for (Size n : {40, 70, 120}) {
        for (double factor : {0.2, 0.6, 0.9, 1.1, 1.9, 2.5, 40.0}) {
            for (double sign : {-1.0, 1.0}) {
                INFO("n " << n << " factor " << factor * sign);
                const auto both = spectrum(n, [&](Size l) {
                    return l == 0 ? sign * factor * tau
                                  : (l % 2 == 0 ? 1.0 : -1.0) * (1.0 + 0.1 * static_cast<double>(l));
                });
                check(with_spectrum(both, random), both, tau);
                const auto definite = spectrum(n, [&](Size l) {
                    return l == 0 ? sign * factor * tau : 1.0 + 0.1 * static_cast<double>(l);
                });
                check(with_spectrum(definite, random), definite, tau);
                const auto down = spectrum(n, [&](Size l) {
                    return l == 0 ? sign * factor * tau : -1.0 - 0.1 * static_cast<double>(l);
                });
                check(with_spectrum(down, random), down, tau);
            }
        }
    }
}

TEST_CASE("verdict_spectrum refuses NaN and a negative threshold") {
    Matrix a(60, 60);
    CHECK_THROWS_AS(verdict_spectrum(a, -1.0), Error);
    CHECK_THROWS_AS(verdict_spectrum(a, std::nan("")), Error);
    a(5, 3) = a(3, 5) = std::nan("");
    CHECK_THROWS_AS(verdict_spectrum(a, 0.0), Error);
    CHECK(verdict_spectrum(Matrix(0, 0), 0.0).zero == 0);
}

TEST_CASE("SymmetricFactor solves indefinite systems of every size around its panel") {
    Random random(45, 0);
    for (Size n : {1, 2, 3, 5, 47, 48, 49, 63, 64, 65, 66, 127, 128, 129, 200}) {
        const auto values =
            spectrum(n, [](Size l) { return (l % 3 == 0 ? -1.0 : 1.0) * (1.0 + static_cast<double>(l)); });
        Matrix a = with_spectrum(values, random);
        if (n > 4) {  // zeros on the diagonal force pivots of order 2
            for (Size i = 0; i < n; ++i) a(i, i) = 0.0;
        }
        const SymmetricFactor factor(a, 0.5);
        CHECK(factor.inertia().negative + factor.inertia().zero + factor.inertia().positive == n);
        std::vector<double> b(static_cast<std::size_t>(n));
        for (double& x : b) x = random.normal();
        std::vector<double> x = b;
        factor.solve(x);
        double size = 0.0;
        for (double value : x) size = std::max(size, std::abs(value));
        for (Size i = 0; i < n; ++i) {
            double residual = -0.5 * x[i] - b[i];
            for (Size j = 0; j < n; ++j) residual += a(i, j) * x[j];
            REQUIRE(std::abs(residual) <= 1e-13 * static_cast<double>(n * n) * std::max(size, 1.0));
        }
        const SymmetricEigen eigen = symmetric_eigen(a, false);
        Size below = 0;
        for (Size l = 0; l < n; ++l) below += eigen.values[l] < 0.5 ? 1 : 0;
        CHECK(factor.inertia().negative == below);
    }
}
