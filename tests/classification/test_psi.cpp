// psi and its third derivatives, many points and directions to a pass, against one at a time and long double
// (MATH.md sections 4, 6).
#include <cmath>

#include "classification/escape/psi.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

Matrix random_matrix(Size rows, Size cols, std::uint64_t seed) {
    Matrix matrix(rows, cols);
    Random random(seed, 0);
    for (Size e = 0; e < rows * cols; ++e) matrix.data()[e] = random.normal();
    return matrix;
}

Matrix one_row(const Matrix& matrix, Size row) {
    Matrix one(1, matrix.cols());
    std::copy_n(matrix.row(row), matrix.cols(), one.row(0));
    return one;
}

struct Case {
    test::Problem problem;
    Dataset data;
    std::vector<double> residuals;
    Activation activation{ActivationKind::tanh};

    Case(Size samples, Size features, std::uint64_t seed)
        : problem(test::random_problem(samples, features, features, seed % 2 == 0, seed)),
          data(problem.source(), true, seed % 3 == 0, LossScaling::sum) {
        Random random(seed, 7);
        for (Size k = 0; k < samples; ++k) residuals.push_back(random.normal());
    }
};

struct Third {
    long double value = 0, magnitude = 0;
    std::vector<long double> slope;
};

Third third_of_tanh(const Case& given, const double* w, const double* v) {
    const Size d = given.data.inputs();
    Third third;
    third.slope.assign(static_cast<std::size_t>(d), 0);
    std::vector<double> x(static_cast<std::size_t>(d));
    for (Size k = 0; k < given.data.samples(); ++k) {
        given.data.sample(k, x.data());
        long double z = 0, step = 0;
        for (Size j = 0; j < d; ++j) {
            z += static_cast<long double>(w[j]) * x[j];
            step += static_cast<long double>(v[j]) * x[j];
        }
        const long double u = std::tanh(z);
        const long double c = given.data.weight(k) * static_cast<long double>(given.residuals[k]) *
                              (1 - u * u) * (6 * u * u - 2) * step * step;
        third.value += c * step;
        third.magnitude += std::abs(c * step);
        for (Size j = 0; j < d; ++j) third.slope[j] += c * x[j];
    }
    return third;
}

}  // namespace

TEST_CASE("third derivatives along many directions at many points are those of one at a time") {
    // More samples than a block, directions than a tile of the sums, and points in no order.
    for (const Size samples : {3, 256, 1111}) {
        const Case given(samples, 5, 17 + static_cast<std::uint64_t>(samples));
        const Size d = given.data.inputs();
        const Matrix weights = random_matrix(7, d, 3), directions = random_matrix(61, d, 4);
        std::vector<Size> owners;
        for (Size q = 0; q < directions.rows(); ++q) owners.push_back(q * 5 % weights.rows());
        const auto all = [&](int threads) {
            return psi_thirds(given.data, given.residuals, given.activation, weights, owners, directions,
                              Execution{threads});
        };
        const std::vector<PsiThird> together = all(1), threaded = all(3);
        REQUIRE(together.size() == 61);
        for (Size q = 0; q < directions.rows(); ++q) {
            const PsiThird& found = together[static_cast<std::size_t>(q)];
            const Size owner = owners[static_cast<std::size_t>(q)];
            const Size first = 0;
            const PsiThird alone =
                psi_thirds(given.data, given.residuals, given.activation, one_row(weights, owner),
                           {&first, 1}, one_row(directions, q), Execution{1})
                    .front();
            const Third exact = third_of_tanh(given, weights.row(owner), directions.row(q));
            const double size = static_cast<double>(exact.magnitude);
            CAPTURE(samples, q);
            CHECK(std::abs(found.value - static_cast<double>(exact.value)) <= 1e-13 * size);
            CHECK(std::abs(found.magnitude - size) <= 1e-13 * size);
            CHECK(std::abs(found.value - alone.value) <= 1e-14 * size);
            CHECK(found.value == threaded[static_cast<std::size_t>(q)].value);
            for (Size j = 0; j < d; ++j) {
                const double slope = found.slope[static_cast<std::size_t>(j)];
                CHECK(std::abs(slope - static_cast<double>(exact.slope[static_cast<std::size_t>(j)])) <=
                      1e-11 * size);
                CHECK(slope == threaded[static_cast<std::size_t>(q)].slope[static_cast<std::size_t>(j)]);
            }
        }
    }
}

TEST_CASE("values of psi at many points are those of one at a time") {
    const Case given(777, 4, 6);
    const Matrix weights = random_matrix(19, given.data.inputs(), 8);
    const std::vector<Psi> together =
        psi_values(given.data, given.residuals, given.activation, weights, Execution{1});
    const std::vector<Psi> threaded =
        psi_values(given.data, given.residuals, given.activation, weights, Execution{3});
    for (Size q = 0; q < weights.rows(); ++q) {
        const auto at = static_cast<std::size_t>(q);
        const Psi alone = psi_at(given.data, given.residuals, given.activation,
                                 {weights.row(q), static_cast<std::size_t>(weights.cols())}, 0, Execution{1});
        CHECK(std::abs(together[at].value - alone.value) <= 1e-14 * alone.magnitude);
        CHECK(std::abs(together[at].power - alone.power) <= 1e-13 * alone.power);
        CHECK(together[at].value == threaded[at].value);
    }
}

TEST_CASE("the derivatives of psi are those of its differences") {
    const Case given(1500, 6, 9);
    const Size d = given.data.inputs();
    const Matrix w = random_matrix(1, d, 21);
    const auto psi = [&](Size j, double step, int order) {
        Matrix moved = w.copy();
        if (j >= 0) moved(0, j) += step;
        return psi_at(given.data, given.residuals, given.activation,
                      {moved.row(0), static_cast<std::size_t>(d)}, order, Execution{2});
    };
    const Psi here = psi(-1, 0.0, 2);
    for (Size j = 0; j < d; ++j) {
        const double h = 1e-5;
        const Psi above = psi(j, h, 1), below = psi(j, -h, 1);
        CHECK(std::abs(here.gradient[j] - (above.value - below.value) / (2 * h)) <=
              1e-6 * here.gradient_magnitude[j]);
        CHECK(here.gradient_magnitude[j] >= std::abs(here.gradient[j]));
        CHECK(here.hessian_magnitude[j] >= std::abs(here.hessian(j, j)));
        for (Size l = 0; l < d; ++l) {
            CHECK(std::abs(here.hessian(j, l) - (above.gradient[l] - below.gradient[l]) / (2 * h)) <=
                  1e-6 * std::sqrt(here.hessian_magnitude[j] * here.hessian_magnitude[l]));
        }
    }
}
