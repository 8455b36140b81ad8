// Inertia and extreme directions of constructed matrices (MATH.md section 10).
#include <cmath>
#include <vector>

#include "classification/spectrum/spectral.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

// Q diag(values) Q^T with Q from Gram-Schmidt on normal vectors.
Matrix with_spectrum(const std::vector<double>& values, std::uint64_t seed) {
    const Size d = static_cast<Size>(values.size());
    Random random(seed, 0);
    Matrix q(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j < d; ++j) q(i, j) = random.normal();
        for (int pass = 0; pass < 2; ++pass) {
            for (Size l = 0; l < i; ++l) {
                double dot = 0.0;
                for (Size j = 0; j < d; ++j) dot += q(i, j) * q(l, j);
                for (Size j = 0; j < d; ++j) q(i, j) -= dot * q(l, j);
            }
        }
        double norm = 0.0;
        for (Size j = 0; j < d; ++j) norm += q(i, j) * q(i, j);
        for (Size j = 0; j < d; ++j) q(i, j) /= std::sqrt(norm);
    }
    Matrix a(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j < d; ++j) {
            double sum = 0.0;
            for (Size l = 0; l < d; ++l) sum += values[l] * q(l, i) * q(l, j);
            a(i, j) = sum;
        }
    }
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j < i; ++j) a(i, j) = a(j, i);
    }
    return a;
}

std::vector<double> absolute_diagonal_bound(const Matrix& a) {
    std::vector<double> magnitude;
    for (Size j = 0; j < a.rows(); ++j) {
        double largest = 0.0;
        for (Size l = 0; l < a.rows(); ++l) largest = std::max(largest, std::abs(a(j, l)));
        magnitude.push_back(largest);
    }
    return magnitude;
}

double curvature(const Matrix& a, const std::vector<double>& v) {
    long double sum = 0.0;
    for (Size i = 0; i < a.rows(); ++i) {
        for (Size j = 0; j < a.rows(); ++j) sum += static_cast<long double>(v[i]) * a(i, j) * v[j];
    }
    return static_cast<double>(sum);
}

Matrix in_units(const Matrix& a, const std::vector<double>& units) {
    Matrix scaled(a.rows(), a.rows());
    for (Size i = 0; i < a.rows(); ++i) {
        for (Size j = 0; j < a.rows(); ++j) scaled(i, j) = units[i] * a(i, j) * units[j];
    }
    return scaled;
}

}  // namespace

TEST_CASE("definiteness names every inertia") {
    CHECK(definiteness({0, 0, 3}) == Definiteness::positive_definite);
    CHECK(definiteness({3, 0, 0}) == Definiteness::negative_definite);
    CHECK(definiteness({1, 0, 2}) == Definiteness::indefinite);
    CHECK(definiteness({1, 1, 2}) == Definiteness::indefinite);
    CHECK(definiteness({0, 1, 2}) == Definiteness::positive_semidefinite);
    CHECK(definiteness({2, 1, 0}) == Definiteness::negative_semidefinite);
    CHECK(definiteness({0, 3, 0}) == Definiteness::zero);
}

TEST_CASE("inertia, extreme eigenvalues and directions of known spectra") {
    const std::vector<std::vector<double>> spectra{{1.0, 2.0, 3.0},
                                                   {-1.0, -2.0},
                                                   {-3.0, -1e-3, 2.0, 5.0},
                                                   {0.0, 0.0, 1.0},
                                                   {-1.0, 0.0, 0.0, -1e-6},
                                                   {1e-8, 1.0, 1.0, 1.0},
                                                   {-4.0},
                                                   {-1e-9, 0.0, 1e-9, 1.0}};
    std::uint64_t seed = 1;
    for (const std::vector<double>& values : spectra) {
        Inertia expected;
        for (const double value : values) {
            ++(value < 0.0 ? expected.negative : value > 0.0 ? expected.positive : expected.zero);
        }
        const Matrix a = with_spectrum(values, seed++);
        const SpectralReport report = spectral_report(a, absolute_diagonal_bound(a), 100, nullptr, 4.0);
        CAPTURE(values);
        CHECK(report.inertia.negative == expected.negative);
        CHECK(report.inertia.zero == expected.zero);
        CHECK(report.inertia.positive == expected.positive);
        CHECK(report.clear());
        CHECK(report.lambda_min == Approx(*std::min_element(values.begin(), values.end())).margin(1e-14));
        CHECK(report.lambda_max == Approx(*std::max_element(values.begin(), values.end())).margin(1e-14));
        CHECK(report.v_negative.empty() == (expected.negative == 0));
        CHECK(report.v_positive.empty() == (expected.positive == 0));
        if (expected.negative > 0) {
            CHECK(report.curvature_negative < 0.0);
            CHECK(curvature(a, report.v_negative) == Approx(report.curvature_negative).margin(1e-14));
        }
        if (expected.positive > 0) {
            CHECK(report.curvature_positive > 0.0);
            CHECK(curvature(a, report.v_positive) == Approx(report.curvature_positive).margin(1e-14));
        }
    }
}

TEST_CASE("inputs in mixed units keep their inertia") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Random random(seed, 7);
        const Size d = 2 + static_cast<Size>(random.bits() % 7);
        std::vector<double> values, units;
        Inertia expected;
        for (Size j = 0; j < d; ++j) {
            const double value = (random.uniform() < 0.5 ? -1.0 : 1.0) * std::exp(-3.0 * random.uniform());
            ++(value < 0.0 ? expected.negative : expected.positive);
            values.push_back(value);
            units.push_back(std::pow(10.0, 12.0 * random.uniform() - 6.0));
        }
        const Matrix plain = with_spectrum(values, seed);
        const std::vector<double> plain_magnitude(static_cast<std::size_t>(d), 3.0);
        std::vector<double> magnitude;
        for (Size j = 0; j < d; ++j) magnitude.push_back(units[j] * units[j] * plain_magnitude[j]);
        const Matrix a = in_units(plain, units);
        const SpectralReport report = spectral_report(a, magnitude, 1000, nullptr, 4.0);
        REQUIRE(report.inertia.negative == expected.negative);
        REQUIRE(report.inertia.positive == expected.positive);
        REQUIRE(report.inertia.zero == 0);
        // The directions prove the signs on the matrix as given.
        if (expected.negative > 0) {
            REQUIRE(curvature(a, report.v_negative) < 0.0);
            REQUIRE(report.curvature_negative < 0.0);
            double norm = 0.0;
            for (const double component : report.v_negative) norm += component * component;
            REQUIRE(norm == Approx(1.0));
        }
        if (expected.positive > 0) REQUIRE(curvature(a, report.v_positive) > 0.0);
    }
}

TEST_CASE("mixed units: an eigenvalue that vanishes in rounding of A is still seen, with its direction") {
    // diag(1e12, -1e-12): relative to A's norm the second eigenvalue is far below rounding.
    Matrix a(2, 2);
    a(0, 0) = 1e12;
    a(1, 1) = -1e-12;
    const std::vector<double> magnitude{1e12, 1e-12};
    const SpectralReport report = spectral_report(a, magnitude, 10, nullptr, 4.0);
    CHECK(report.inertia.negative == 1);
    CHECK(report.inertia.positive == 1);
    REQUIRE(report.v_negative.size() == 2);
    CHECK(std::abs(report.v_negative[1]) == Approx(1.0));
    CHECK(report.curvature_negative == Approx(-1e-12));
}

TEST_CASE("eigenvalues within the error bound count as zero, just beyond they do not") {
    Matrix a(2, 2);
    a(0, 0) = 1.0;
    const std::vector<double> magnitude{1.0, 1.0};
    const double tau = spectral_report(a, magnitude, 100, nullptr, 4.0).tau;
    CHECK(tau == Approx(4.0 * 0x1p-52 * (2.0 + 10.0) * 2.0));
    a(1, 1) = 0.9 * tau;
    CHECK(spectral_report(a, magnitude, 100, nullptr, 4.0).inertia.zero == 1);
    CHECK_FALSE(spectral_report(a, magnitude, 100, nullptr, 4.0).clear());
    a(1, 1) = 1.1 * tau;
    CHECK(spectral_report(a, magnitude, 100, nullptr, 4.0).inertia.zero == 0);
    CHECK_FALSE(spectral_report(a, magnitude, 100, nullptr, 4.0).clear());
    a(1, 1) = -1.1 * tau;
    const SpectralReport negative = spectral_report(a, magnitude, 100, nullptr, 4.0);
    CHECK(negative.inertia.negative == 1);
    CHECK(negative.margin == Approx(1.1));
}

TEST_CASE("the given uncertainty raises the threshold") {
    Matrix a(2, 2), uncertainty(2, 2);
    a(0, 0) = 1.0;
    a(1, 1) = -1e-6;
    const std::vector<double> magnitude{1.0, 1.0};
    CHECK(spectral_report(a, magnitude, 10, nullptr, 4.0).inertia.negative == 1);
    uncertainty(1, 1) = 1e-6;
    const SpectralReport report = spectral_report(a, magnitude, 10, &uncertainty, 4.0);
    CHECK(report.inertia.negative == 0);
    CHECK(report.inertia.zero == 1);
    CHECK(report.tau == Approx(4e-6).epsilon(1e-6));
}

TEST_CASE("rows without terms are exact zeros and do not disturb the rest") {
    Matrix a(3, 3);
    a(0, 0) = 2.0;
    a(0, 2) = a(2, 0) = 1.0;
    a(2, 2) = 2.0;
    const std::vector<double> magnitude{2.0, 0.0, 2.0};
    const SpectralReport report = spectral_report(a, magnitude, 10, nullptr, 4.0);
    CHECK(report.inertia.zero == 1);
    CHECK(report.inertia.positive == 2);
    CHECK(report.zero_level == 0.0);
}

TEST_CASE("an off-diagonal entry beside an empty diagonal counts") {
    // [[1, g], [g, 0]] is indefinite for every g != 0.
    for (const double g : {1.0, 1e-6, 1e6}) {
        Matrix a(2, 2);
        a(0, 0) = 1.0;
        a(0, 1) = a(1, 0) = g;
        const std::vector<double> magnitude{1.0, 0.0};
        const SpectralReport report = spectral_report(a, magnitude, 10, nullptr, 4.0);
        CHECK(report.inertia.negative == 1);
        CHECK(report.inertia.positive == 1);
        CHECK(curvature(a, report.v_negative) < 0.0);
    }
}
