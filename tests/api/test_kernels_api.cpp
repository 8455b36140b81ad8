#include <atomic>
#include <cmath>
#include <numeric>

#include "api/fixture.hpp"
#include "core/random.hpp"

using namespace tepui::test;

namespace {

std::vector<double> random_values(int64_t count, std::uint64_t stream) {
    tepui::Random random(7, stream);
    std::vector<double> values(static_cast<std::size_t>(count));
    for (double& value : values) value = random.normal();
    return values;
}

std::size_t at(int64_t index) {
    return static_cast<std::size_t>(index);
}

int32_t never_cancel(void*, const char*, double) {
    return 0;
}
int32_t always_cancel(void*, const char*, double) {
    return 1;
}

// Sums in long double, for the error bound n eps sum |terms|.
struct Gram {
    long double value = 0.0, magnitude = 0.0;
};
Gram gram_entry(int64_t n, const std::vector<double>& x, int64_t ldx, const double* c, int64_t i, int64_t j) {
    Gram sum;
    for (int64_t k = 0; k < n; ++k) {
        const long double term = static_cast<long double>(c[k]) * x[at(k * ldx + i)] * x[at(k * ldx + j)];
        sum.value += term;
        sum.magnitude += std::abs(term);
    }
    return sum;
}

}  // namespace

TEST_CASE("hidden layer: the definition at odd sizes, padding untouched, same bits for any threads") {
    Problem problem;
    struct Shape {
        int64_t n, d, m;
    };
    for (const auto& [n, d, m] : {Shape{1, 1, 1}, {7, 3, 2}, {65, 5, 17}, {1031, 2, 3}, {9001, 33, 18}}) {
        INFO("n " << n << " d " << d << " m " << m);
        const int64_t ldx = d + 1, ldw = d + 2, ldz = n + 3;
        std::vector<double> x = random_values((n - 1) * ldx + d, 1), w = random_values((m - 1) * ldw + d, 2);
        for (int64_t k = 0; k + 1 < n; ++k) x[at(k * ldx + d)] = kNaN;
        for (int64_t i = 0; i + 1 < m; ++i) w[at(i * ldw + d)] = kNaN;
        const auto count = at((m - 1) * ldz + n);
        std::vector<double> z(count, kUntouched), value(z), first(z), second(z);
        Context one(1);
        const Activation_ sigma = problem.activation(one);
        REQUIRE(tepui_hidden_layer(one, sigma.get(), n, d, x.data(), ldx, m, w.data(), ldw, z.data(),
                                   value.data(), first.data(), second.data(), ldz) == TEPUI_OK);
        bool close = true, padding_kept = true;
        for (int64_t i = 0; i < m; ++i) {
            for (int64_t k = 0; k < n; ++k) {
                double expected = 0.0, magnitude = 0.0;
                for (int64_t j = 0; j < d; ++j) {
                    expected += w[at(i * ldw + j)] * x[at(k * ldx + j)];
                    magnitude += std::abs(w[at(i * ldw + j)] * x[at(k * ldx + j)]);
                }
                const auto here = at(i * ldz + k);
                const double t = std::tanh(z[here]);
                close = close &&
                        std::abs(z[here] - expected) <= 4e-16 * static_cast<double>(d + 1) * magnitude &&
                        std::abs(value[here] - t) <= 1e-15 && std::abs(first[here] - (1 - t * t)) <= 2e-15 &&
                        std::abs(second[here] + 2 * t * (1 - t * t)) <= 4e-15;
            }
            for (int64_t k = n; k < ldz && i + 1 < m; ++k) {
                padding_kept =
                    padding_kept && z[at(i * ldz + k)] == kUntouched && second[at(i * ldz + k)] == kUntouched;
            }
        }
        CHECK(close);
        CHECK(padding_kept);
        for (const int64_t threads : {2, 5}) {
            Context several(threads);
            if (threads == 5) REQUIRE(tepui_context_set_progress(several, never_cancel, nullptr) == TEPUI_OK);
            std::vector<double> z2(count, kUntouched), value2(z2), second2(z2);
            REQUIRE(tepui_hidden_layer(several, sigma.get(), n, d, x.data(), ldx, m, w.data(), ldw, z2.data(),
                                       value2.data(), nullptr, second2.data(), ldz) == TEPUI_OK);
            CHECK(z2 == z);
            CHECK(value2 == value);
            CHECK(second2 == second);
        }
        std::vector<double> value3(count, kUntouched);
        REQUIRE(tepui_hidden_layer(one, sigma.get(), n, d, x.data(), ldx, m, w.data(), ldw, nullptr,
                                   value3.data(), nullptr, nullptr, ldz) == TEPUI_OK);
        CHECK(value3 == value);
    }
}

TEST_CASE("hidden layer: refusals") {
    Context context;
    Problem problem;
    const Activation_ sigma = problem.activation(context);
    std::vector<double> out(12, kUntouched);
    const auto call = [&](const tepui_activation* s, int64_t n, int64_t d, const double* x, int64_t ldx,
                          int64_t m, const double* w, int64_t ldw, int64_t ldz) {
        return tepui_hidden_layer(context, s, n, d, x, ldx, m, w, ldw, out.data(), nullptr, nullptr, nullptr,
                                  ldz);
    };
    const double *x = problem.x.data(), *w = problem.w.data();
    const tepui_activation* s = sigma.get();
    check_refused(context, call(nullptr, 6, 2, x, 2, 2, w, 2, 6), TEPUI_ERROR_NULL_POINTER,
                  {"activation is null"});
    check_refused(context, call(s, 0, 2, x, 2, 2, w, 2, 6), TEPUI_ERROR_INVALID_SIZE, {"n is 0"});
    check_refused(context, call(s, 6, 0, x, 2, 2, w, 2, 6), TEPUI_ERROR_INVALID_SIZE, {"d is 0"});
    check_refused(context, call(s, 6, 2, nullptr, 2, 2, w, 2, 6), TEPUI_ERROR_NULL_POINTER, {"x is null"});
    check_refused(context, call(s, 6, 2, x, 1, 2, w, 2, 6), TEPUI_ERROR_INVALID_SIZE, {"ldx is 1"});
    check_refused(context, call(s, 6, 2, x, 2, 0, w, 2, 6), TEPUI_ERROR_INVALID_SIZE, {"m is 0"});
    check_refused(context, call(s, 6, 2, x, 2, 2, nullptr, 2, 6), TEPUI_ERROR_NULL_POINTER, {"w is null"});
    check_refused(context, call(s, 6, 2, x, 2, 2, w, 1, 6), TEPUI_ERROR_INVALID_SIZE, {"ldw is 1"});
    check_refused(context, call(s, 6, 2, x, 2, 2, w, 2, 5), TEPUI_ERROR_INVALID_SIZE, {"ldz is 5", "n = 6"});
    check_refused(context, call(s, 6, 2, x, INT64_MAX, 2, w, 2, 6), TEPUI_ERROR_INVALID_SIZE, {"overflow"});
    problem.w[2] = kInf;
    check_refused(context, call(s, 6, 2, x, 2, 2, w, 2, 6), TEPUI_ERROR_NOT_FINITE, {"w[1][0] is inf"});
    problem.x[5] = kNaN;
    problem.x[11] = kNaN;
    check_refused(context, call(s, 6, 2, x, 2, 2, w, 2, 6), TEPUI_ERROR_NOT_FINITE, {"x[2][1] is nan"});
    problem = Problem{};
    REQUIRE(tepui_context_set_progress(context, always_cancel, nullptr) == TEPUI_OK);
    check_refused(context, call(s, 6, 2, problem.x.data(), 2, 2, problem.w.data(), 2, 6),
                  TEPUI_ERROR_CANCELLED, {"hidden layer"});
    check_untouched(out);
}

TEST_CASE("a large array's first bad value is named whatever the threads") {
    const int64_t n = 50000, d = 7;
    std::vector<double> x = random_values(n * d, 3), c = random_values(n, 4), gram(at(d * d), kUntouched);
    x[at(41234 * d + 5)] = kNaN;
    x[at(49999 * d + 6)] = kInf;
    for (const int64_t threads : {1, 4}) {
        Context context(threads);
        check_refused(context, tepui_weighted_gram(context, n, d, x.data(), d, 1, c.data(), n, gram.data()),
                      TEPUI_ERROR_NOT_FINITE, {"x[41234][5] is nan"});
    }
    check_untouched(gram);
}

TEST_CASE("weighted Gram: the definition at odd sizes, same bits for any threads") {
    struct Shape {
        int64_t n, d, rows;
    };
    for (const auto& [n, d, rows] :
         {Shape{1, 1, 1}, {5, 3, 2}, {100, 7, 13}, {4099, 4, 3}, {5000, 20, 33}, {301, 70, 2}}) {
        INFO("n " << n << " d " << d << " rows " << rows);
        const int64_t ldx = d + 1, ldc = n + 1;
        std::vector<double> x = random_values((n - 1) * ldx + d, 5),
                            c = random_values((rows - 1) * ldc + n, 6);
        for (int64_t k = 0; k + 1 < n; ++k) x[at(k * ldx + d)] = kNaN;
        for (int64_t q = 0; q + 1 < rows; ++q) c[at(q * ldc + n)] = kNaN;
        Context one(1);
        std::vector<double> gram(at(rows * d * d), kUntouched);
        REQUIRE(tepui_weighted_gram(one, n, d, x.data(), ldx, rows, c.data(), ldc, gram.data()) == TEPUI_OK);
        bool close = true, symmetric = true;
        for (int64_t q = 0; q < rows; ++q) {
            for (int64_t i = 0; i < d; ++i) {
                for (int64_t j = 0; j <= i; ++j) {
                    const Gram expected = gram_entry(n, x, ldx, c.data() + q * ldc, i, j);
                    const double got = gram[at((q * d + i) * d + j)];
                    close = close && std::abs(got - expected.value) <=
                                         1e-15L * static_cast<long double>(n + 2) * expected.magnitude;
                    symmetric = symmetric && got == gram[at((q * d + j) * d + i)];
                }
            }
        }
        CHECK(close);
        CHECK(symmetric);
        for (const int64_t threads : {2, 3, 8}) {
            Context several(threads);
            std::vector<double> again(gram.size(), kUntouched);
            REQUIRE(tepui_weighted_gram(several, n, d, x.data(), ldx, rows, c.data(), ldc, again.data()) ==
                    TEPUI_OK);
            CHECK(again == gram);
        }
    }
}

TEST_CASE("weighted Gram: refusals") {
    Context context;
    Problem problem;
    std::vector<double> c(12, 1.0), gram(8, kUntouched);
    const auto call = [&](int64_t n, int64_t d, const double* x, int64_t ldx, int64_t rows,
                          const double* coefficients, int64_t ldc, double* out) {
        return tepui_weighted_gram(context, n, d, x, ldx, rows, coefficients, ldc, out);
    };
    const double* x = problem.x.data();
    check_refused(context, call(0, 2, x, 2, 2, c.data(), 6, gram.data()), TEPUI_ERROR_INVALID_SIZE,
                  {"n is 0"});
    check_refused(context, call(6, 0, x, 2, 2, c.data(), 6, gram.data()), TEPUI_ERROR_INVALID_SIZE,
                  {"d is 0"});
    check_refused(context, call(6, 2, nullptr, 2, 2, c.data(), 6, gram.data()), TEPUI_ERROR_NULL_POINTER,
                  {"x is null"});
    check_refused(context, call(6, 2, x, 1, 2, c.data(), 6, gram.data()), TEPUI_ERROR_INVALID_SIZE,
                  {"ldx is 1"});
    check_refused(context, call(6, 2, x, 2, 0, c.data(), 6, gram.data()), TEPUI_ERROR_INVALID_SIZE,
                  {"rows is 0"});
    check_refused(context, call(6, 2, x, 2, 2, nullptr, 6, gram.data()), TEPUI_ERROR_NULL_POINTER,
                  {"c is null"});
    check_refused(context, call(6, 2, x, 2, 2, c.data(), 5, gram.data()), TEPUI_ERROR_INVALID_SIZE,
                  {"ldc is 5", "n = 6"});
    check_refused(context, call(6, 2, x, 2, INT64_MAX / 8, c.data(), 6, gram.data()),
                  TEPUI_ERROR_INVALID_SIZE, {"overflow"});
    check_refused(context, call(6, 2, x, 2, 2, c.data(), 6, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"gram is null"});
    c[8] = -kInf;
    check_refused(context, call(6, 2, x, 2, 2, c.data(), 6, gram.data()), TEPUI_ERROR_NOT_FINITE,
                  {"c[1][2] is -inf"});
    c[8] = 1.0;
    REQUIRE(tepui_context_set_progress(context, always_cancel, nullptr) == TEPUI_OK);
    check_refused(context, call(6, 2, x, 2, 2, c.data(), 6, gram.data()), TEPUI_ERROR_CANCELLED,
                  {"weighted Gram"});
    check_untouched(gram);
}

TEST_CASE("eigenvalues and eigenvectors below and above the batched solver's largest order") {
    for (const int64_t d : {1, 2, 5, 16, 32, 33, 40}) {
        const int64_t count = d > 32 ? 5 : 131;
        INFO("d " << d);
        std::vector<double> a = random_values(count * d * d, 8);
        for (int64_t q = 0; q < count; ++q) {
            for (int64_t i = 0; i < d; ++i) {
                for (int64_t j = i + 1; j < d; ++j) a[at((q * d + i) * d + j)] = kNaN;  // never read
            }
        }
        Context one(1);
        std::vector<double> values(at(count * d), kUntouched), vectors(at(count * d * d), kUntouched);
        REQUIRE(tepui_symmetric_eigen(one, count, d, a.data(), values.data(), vectors.data()) == TEPUI_OK);
        double residual = 0.0, orthogonality = 0.0;
        bool ascending = true;
        for (int64_t q = 0; q < count; ++q) {
            const auto entry = [&](int64_t i, int64_t j) {
                return a[at((q * d + std::max(i, j)) * d + std::min(i, j))];
            };
            for (int64_t l = 0; l < d; ++l) {
                const double* v = &vectors[at((q * d + l) * d)];
                ascending = ascending && (l == 0 || values[at(q * d + l)] >= values[at(q * d + l - 1)]);
                for (int64_t i = 0; i < d; ++i) {
                    double av = 0.0;
                    for (int64_t j = 0; j < d; ++j) av += entry(i, j) * v[j];
                    residual = std::max(residual, std::abs(av - values[at(q * d + l)] * v[i]));
                }
                for (int64_t other = 0; other <= l; ++other) {
                    const double* u = &vectors[at((q * d + other) * d)];
                    const double dot = std::inner_product(u, u + d, v, 0.0);
                    orthogonality = std::max(orthogonality, std::abs(dot - (other == l ? 1.0 : 0.0)));
                }
            }
        }
        CHECK(ascending);
        CHECK(residual < 1e-13 * static_cast<double>(d + 2));
        CHECK(orthogonality < 1e-13);
        for (const int64_t threads : {2, 3}) {
            Context several(threads);
            if (threads == 3) REQUIRE(tepui_context_set_progress(several, never_cancel, nullptr) == TEPUI_OK);
            std::vector<double> values2(values.size()), vectors2(vectors.size());
            REQUIRE(tepui_symmetric_eigen(several, count, d, a.data(), values2.data(), vectors2.data()) ==
                    TEPUI_OK);
            CHECK(values2 == values);
            CHECK(vectors2 == vectors);
        }
        std::vector<double> only_values(values.size());
        REQUIRE(tepui_symmetric_eigen(one, count, d, a.data(), only_values.data(), nullptr) == TEPUI_OK);
        for (std::size_t l = 0; l < values.size(); ++l)
            CHECK(only_values[l] == Approx(values[l]).margin(1e-12));
    }
}

TEST_CASE("eigenvalues: refusals") {
    Context context;
    std::vector<double> a{2.0, 9.0, 1.0, 3.0, 1.0, 9.0, 0.5, 4.0}, values(4, kUntouched),
        vectors(8, kUntouched);
    const auto call = [&](int64_t count, int64_t d, const double* matrices, double* out) {
        return tepui_symmetric_eigen(context, count, d, matrices, out, vectors.data());
    };
    check_refused(context, call(0, 2, a.data(), values.data()), TEPUI_ERROR_INVALID_SIZE, {"count is 0"});
    check_refused(context, call(2, 0, a.data(), values.data()), TEPUI_ERROR_INVALID_SIZE, {"d is 0"});
    check_refused(context, call(INT64_MAX / 8, 2, a.data(), values.data()), TEPUI_ERROR_INVALID_SIZE,
                  {"overflow"});
    check_refused(context, call(2, 2, nullptr, values.data()), TEPUI_ERROR_NULL_POINTER, {"a is null"});
    check_refused(context, call(2, 2, a.data(), nullptr), TEPUI_ERROR_NULL_POINTER, {"values is null"});
    a[6] = kNaN;
    check_refused(context, call(2, 2, a.data(), values.data()), TEPUI_ERROR_NOT_FINITE,
                  {"a[1][1][0] is nan"});
    a[6] = 0.5;
    REQUIRE(tepui_context_set_progress(context, always_cancel, nullptr) == TEPUI_OK);
    check_refused(context, call(2, 2, a.data(), values.data()), TEPUI_ERROR_CANCELLED, {"eigenvalues"});
    check_untouched(values);
    check_untouched(vectors);
}
