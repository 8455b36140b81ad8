// Products against plain loops, with guards around C, and the report on what BLAS really is.
#include <cmath>
#include <cstdlib>
#include <vector>

#include "core/random.hpp"
#include "linalg/blas.hpp"
#include "linalg/blas_kernels.hpp"
#include "support/catch.hpp"
#include "support/own_process.hpp"

using namespace tepui;
using namespace tepui::linalg;

namespace {

constexpr double kGuard = -7.25e77;

std::vector<double> random_values(Size count, Random& random) {
    std::vector<double> values(static_cast<std::size_t>(count));
    for (double& value : values) value = random.normal();
    return values;
}

}  // namespace

TEST_CASE("gemm agrees with the definition for every transposition, size and leading dimension") {
    Random random(21, 0);
    for (Size m : {1, 2, 5, 17, 40}) {
        for (Size n : {1, 3, 16, 33}) {
            for (Size k : {0, 1, 4, 29}) {
                for (int flags = 0; flags < 8; ++flags) {
                    const bool ta = (flags & 1) != 0;
                    const bool tb = (flags & 2) != 0;
                    const int threads = (flags & 4) != 0 ? 2 : 1;
                    const Size lda = (ta ? m : k) + 2;
                    const Size ldb = (tb ? k : n) + 1;
                    const Size ldc = n + 3;
                    const std::vector<double> a = random_values((ta ? k : m) * lda, random);
                    const std::vector<double> b = random_values((tb ? n : k) * ldb, random);
                    std::vector<double> c = random_values(m * ldc, random);
                    for (Size i = 0; i < m; ++i) {
                        for (Size j = n; j < ldc; ++j) c[i * ldc + j] = kGuard;
                    }
                    const std::vector<double> before = c;
                    gemm(ta, tb, m, n, k, 0.75, a.data(), lda, b.data(), ldb, -0.5, c.data(), ldc, threads);
                    for (Size i = 0; i < m; ++i) {
                        for (Size j = 0; j < ldc; ++j) {
                            double sum = 0.0;
                            for (Size l = 0; j < n && l < k; ++l) {
                                sum += (ta ? a[l * lda + i] : a[i * lda + l]) *
                                       (tb ? b[j * ldb + l] : b[l * ldb + j]);
                            }
                            const double old = before[i * ldc + j];
                            const double expected = j < n ? 0.75 * sum - 0.5 * old : kGuard;
                            REQUIRE(std::abs(c[i * ldc + j] - expected) <=
                                    1e-13 * (1.0 + static_cast<double>(k)));
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("gemm_by_rows agrees with gemm, however many rows there are, and writes nothing beyond them") {
    Random random(22, 0);
    for (Size m : {3, 150}) {
        for (Size n : {2, 11, 150}) {
            for (Size k : {0, 1, 4, 11}) {
                for (const bool transpose : {false, true}) {
                    const Size lda = (transpose ? m : k) + 1, ldc = n + 2;
                    const std::vector<double> a = random_values((transpose ? k : m) * lda, random);
                    const std::vector<double> b = random_values(k * n, random);
                    std::vector<double> c(m * ldc, kGuard), expected(m * ldc, kGuard);
                    gemm(transpose, false, m, n, k, 0.75, a.data(), lda, b.data(), n, 0.0, expected.data(),
                         ldc, 1);
                    gemm_by_rows(transpose, m, n, k, 0.75, a.data(), lda, b.data(), n, c.data(), ldc);
                    for (std::size_t p = 0; p < c.size(); ++p)
                        REQUIRE(std::abs(c[p] - expected[p]) <= 1e-14 * (1.0 + static_cast<double>(k)));
                }
            }
        }
    }
}

TEST_CASE("gemm and syrk with beta = 0 overwrite NaN") {
    const std::vector<double> a = {1.0, 2.0, 3.0, 4.0};
    std::vector<double> c(4, std::nan(""));
    gemm(false, false, 2, 2, 2, 1.0, a.data(), 2, a.data(), 2, 0.0, c.data(), 2, 1);
    CHECK(c == std::vector<double>{7.0, 10.0, 15.0, 22.0});
    c.assign(4, std::nan(""));
    syrk(2, 2, 1.0, a.data(), 2, 0.0, c.data(), 2, 1);
    CHECK(c[0] == 10.0);
    CHECK(std::isnan(c[1]));
    CHECK(c[2] == 14.0);
    CHECK(c[3] == 20.0);
    c.assign(4, std::nan(""));
    gemm(false, false, 2, 2, 0, 1.0, nullptr, 0, nullptr, 2, 0.0, c.data(), 2, 1);
    CHECK(c == std::vector<double>(4, 0.0));
}

TEST_CASE("syrk fills the lower triangle alone") {
    Random random(22, 0);
    for (Size n : {1, 2, 7, 24, 65}) {
        for (Size k : {0, 1, 6, 50}) {
            const Size lda = n + 1;
            const Size ldc = n + 2;
            const std::vector<double> a = random_values(k * lda, random);
            const std::vector<double> before = random_values(n * ldc, random);
            std::vector<double> c = before;
            syrk(n, k, -1.5, a.data(), lda, 2.0, c.data(), ldc, 2);
            for (Size i = 0; i < n; ++i) {
                for (Size j = 0; j < ldc; ++j) {
                    double expected = before[i * ldc + j];
                    if (j <= i) {
                        expected *= 2.0;
                        for (Size l = 0; l < k; ++l) expected += -1.5 * a[l * lda + i] * a[l * lda + j];
                    }
                    REQUIRE(std::abs(c[i * ldc + j] - expected) <= 1e-13 * (1.0 + static_cast<double>(k)));
                }
            }
        }
    }
}

TEST_CASE("products refuse leading dimensions that are too small") {
    double x[4] = {};
    CHECK_THROWS_AS(gemm(false, false, 1, 2, 2, 1.0, x, 1, x, 2, 0.0, x, 2, 1), Error);
    CHECK_THROWS_AS(gemm(false, false, 1, 2, 1, 1.0, x, 1, x, 2, 0.0, x, 1, 1), Error);
    CHECK_THROWS_AS(syrk(-1, 2, 1.0, x, 2, 0.0, x, 2, 1), Error);
}

TEST_CASE("blas_report names what is loaded") {
    const BlasReport report = blas_report();
    CHECK(report.blas.rfind("BLIS ", 0) == 0);
    CHECK_FALSE(report.kernels.empty());
    CHECK(report.lapack.rfind("LAPACK 3.", 0) == 0);
    CHECK_FALSE(report.lapack_blas.empty());
    CHECK(report.slow_kernels == !report.remedy.empty());
}

TEST_CASE("kernels_are_slow knows what a CPU can do") {
    const CpuVectorUnits none;
    CpuVectorUnits avx2;
    avx2.fma256 = true;
    CpuVectorUnits avx512 = avx2;
    avx512.fma512_full = true;
    CHECK_FALSE(kernels_are_slow("generic", none));
    CHECK(kernels_are_slow("generic", avx2));
    CHECK_FALSE(kernels_are_slow("haswell", avx2));
    CHECK(kernels_are_slow("haswell", avx512));
    CHECK(kernels_are_slow("generic", avx512));
    CHECK_FALSE(kernels_are_slow("skx", avx512));
    for (const char* old : {"penryn", "sandybridge", "bulldozer", "piledriver", "steamroller", "excavator"}) {
        CAPTURE(old);
        CHECK(kernels_are_slow(old, avx2));
        CHECK_FALSE(kernels_are_slow(old, none));
    }
    for (const char* newer : {"zen", "zen2", "zen3"}) {
        CAPTURE(newer);
        CHECK_FALSE(kernels_are_slow(newer, avx2));
        CHECK(kernels_are_slow(newer, avx512));
    }
}

TEST_CASE("the kernels for a processor are those of its units and its maker") {
    CpuVectorUnits units;
    CHECK(best_blas_kernels(units).number == -1);
#if defined(__x86_64__)
    units.amd = true;
    CHECK(best_blas_kernels(units).number == -1);
    units.fma256 = true;
    CHECK(best_blas_kernels(units).name == "zen3");
    units.fma512_full = true;
    CHECK(best_blas_kernels(units).name == "skx");
    units = {};
    units.fma256 = true;
    CHECK(best_blas_kernels(units).name == "haswell");
    CHECK(best_blas_kernels(units).number >= 0);
#endif
}

namespace {

// The kernels that BLIS uses in a fresh process with BLIS_ARCH_TYPE set to `forced` (or unset when null), as
// "NAME" or "NAME slow". BLIS chooses once per process, so this program runs again.
std::string kernels_in_new_process(const char* forced) {
    const std::string text = test::printed_by_child("BLIS_ARCH_TYPE", forced);
    const std::size_t begin = text.find("kernels=");
    REQUIRE(begin != std::string::npos);
    return text.substr(begin + 8, text.find(';', begin) - begin - 8);
}

}  // namespace

TEST_CASE("reports its kernels to the parent process", "[.child]") {
    const BlasReport report = blas_report();
    std::printf("kernels=%s%s;", report.kernels.c_str(), report.slow_kernels ? " slow" : "");
    std::fflush(stdout);
}

TEST_CASE("the remedy for slow kernels names what BLIS then runs") {
    const CpuVectorUnits units = vector_units(this_processor());
    if (!units.fma256) return;  // nothing better than its own choice is known
    const BlasKernels best = best_blas_kernels(units);
    CHECK(kernels_in_new_process(std::to_string(best.number).c_str()) == best.name);
    CpuVectorUnits narrower = units;
    narrower.fma512_full = false;
    const BlasKernels second = best_blas_kernels(narrower);
    const std::string forced = kernels_in_new_process(std::to_string(second.number).c_str());
    CHECK(forced == second.name + (units.fma512_full ? " slow" : ""));
}

TEST_CASE("every process on this machine finds the same kernels slow") {
    const std::string first = kernels_in_new_process(nullptr);
    for (int process = 0; process < 4; ++process) CHECK(kernels_in_new_process(nullptr) == first);
}
