// The batched eigensolver on every instruction set: residuals, orthogonality, LAPACK, known spectra, guards,
// odd scales.
#include "kernels/batched_eigen.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/random.hpp"
#include "kernels/isa.hpp"
#include "linalg/symmetric.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::kernels;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();
constexpr double kGuard = -7.25e77;

// A batch in the layout of the weighted Gram, every array displaced from alignment by `shift` doubles and
// padded.
struct Batch {
    Size d, count, ldg, ldv, shift;
    std::vector<double> g_memory, value_memory, vector_memory;

    Batch(Size order, Size matrices, Size pad, Size displaced)
        : d(order),
          count(matrices),
          ldg(matrices + pad),
          ldv(matrices + 2 * pad),
          shift(displaced),
          g_memory(static_cast<std::size_t>(triangle(d) * ldg + shift), std::nan("")),
          value_memory(static_cast<std::size_t>(d * ldv + shift), kGuard),
          vector_memory(static_cast<std::size_t>(d * d * ldv + shift), kGuard) {}
    double* g() { return g_memory.data() + shift; }
    double* values() { return value_memory.data() + shift; }
    double* vectors() { return vector_memory.data() + shift; }
    double& in(Size i, Size j, Size q) { return g()[(triangle(std::max(i, j)) + std::min(i, j)) * ldg + q]; }
    double value(Size l, Size q) { return values()[l * ldv + q]; }
    double vector(Size l, Size j, Size q) { return vectors()[(l * d + j) * ldv + q]; }
    Size solve(bool want_vectors = true) {
        return batched_eigen(d, count, g(), ldg, values(), want_vectors ? vectors() : nullptr, ldv);
    }
    double largest(Size q) {
        double result = 0.0;
        for (Size i = 0; i < d; ++i) {
            for (Size j = 0; j <= i; ++j) result = std::max(result, std::abs(in(i, j, q)));
        }
        return result;
    }
    bool guards_intact() {
        bool intact = true;
        for (Size row = 0; row < d * d; ++row) {
            for (Size q = count; q < ldv; ++q) {
                intact = intact && vectors()[row * ldv + q] == kGuard;
                if (row < d) intact = intact && values()[row * ldv + q] == kGuard;
            }
        }
        for (Size k = 0; k < shift; ++k)
            intact = intact && value_memory[k] == kGuard && vector_memory[k] == kGuard;
        return intact;
    }
};

// Largest residual |A v - lambda v| and departure from orthonormality, in units of eps d |A| and eps d;
// ascending order.
struct Quality {
    double residual = 0.0;
    double orthogonality = 0.0;
    bool ascending = true;
};

Quality quality(Batch& b, Size q) {
    Quality worst;
    const double scale = b.largest(q) > 0.0 ? b.largest(q) : 1.0;
    const double unit = kEps * static_cast<double>(b.d);
    for (Size l = 0; l < b.d; ++l) {
        if (l > 0 && !(b.value(l, q) >= b.value(l - 1, q))) worst.ascending = false;
        for (Size i = 0; i < b.d; ++i) {
            long double sum = -static_cast<long double>(b.value(l, q)) / scale * b.vector(l, i, q);
            for (Size j = 0; j < b.d; ++j)
                sum += static_cast<long double>(b.in(i, j, q)) / scale * b.vector(l, j, q);
            worst.residual = std::max(worst.residual, std::abs(static_cast<double>(sum)) / unit);
            if (!(std::abs(sum) >= 0)) worst.residual = HUGE_VAL;
        }
        for (Size other = 0; other <= l; ++other) {
            long double product = other == l ? -1.0L : 0.0L;
            for (Size j = 0; j < b.d; ++j)
                product += static_cast<long double>(b.vector(l, j, q)) * b.vector(other, j, q);
            worst.orthogonality =
                std::max(worst.orthogonality, std::abs(static_cast<double>(product)) / unit);
        }
    }
    return worst;
}

void require_good(Batch& b, Size q) {
    const Quality found = quality(b, q);
    INFO("d " << b.d << " count " << b.count << " q " << q << " isa " << active_isa());
    REQUIRE(found.ascending);
    REQUIRE(found.residual <= 6.0);
    REQUIRE(found.orthogonality <= 6.0);
}

void fill_random(Batch& b, Random& random) {
    for (Size q = 0; q < b.count; ++q) {
        for (Size i = 0; i < b.d; ++i) {
            for (Size j = 0; j <= i; ++j) b.in(i, j, q) = random.normal();
        }
    }
}

// Matrix q = Q diag(spectrum) Q^T with a random Q, accurate to rounding.
void fill_spectrum(Batch& b, Size q, const std::vector<double>& spectrum, Random& random) {
    const Size d = b.d;
    std::vector<double> a(static_cast<std::size_t>(d * d), 0.0);
    for (Size i = 0; i < d; ++i) a[i * d + i] = spectrum[i];
    std::vector<double> u(static_cast<std::size_t>(d));
    std::vector<double> au(static_cast<std::size_t>(d));
    for (int reflection = 0; reflection < 3; ++reflection) {
        double norm = 0.0;
        for (double& x : u) {
            x = random.normal();
            norm += x * x;
        }
        double uau = 0.0;
        for (Size i = 0; i < d; ++i) {
            au[i] = 0.0;
            for (Size j = 0; j < d; ++j) au[i] += a[i * d + j] * u[j];
            uau += u[i] * au[i];
        }
        const double beta = 2.0 / norm;
        for (Size i = 0; i < d; ++i) {
            for (Size j = 0; j < d; ++j)
                a[i * d + j] += -beta * (u[i] * au[j] + au[i] * u[j]) + beta * beta * uau * u[i] * u[j];
        }
    }
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j <= i; ++j) b.in(i, j, q) = a[i * d + j];
    }
}

// Runs the body once per instruction set of this CPU.
template <class Body>
void on_every_isa(Body body) {
    for (const std::string_view isa : available_isas()) {
        REQUIRE(force_isa(isa));
        body();
    }
    force_isa("");
}

}  // namespace

TEST_CASE("random matrices: every order, every remainder of the count, guards untouched") {
    on_every_isa([] {
        Random random(31, 0);
        const Size lanes = active_lanes();
        for (Size d = 1; d <= kBatchedEigenMaxOrder; ++d) {
            for (Size count = 1; count <= 4 * lanes + 1; count += d < 6 ? 1 : (count % 3 == 0 ? 5 : 2)) {
                Batch b(d, count, 3, 1);
                fill_random(b, random);
                REQUIRE(b.solve() == 0);
                for (Size q = 0; q < count; ++q) require_good(b, q);
                REQUIRE(b.guards_intact());
            }
        }
    });
}

TEST_CASE("eigenvalues agree with LAPACK, with and without vectors") {
    on_every_isa([] {
        Random random(32, 0);
        for (Size d : {1, 2, 3, 4, 5, 8, 11, 16, 23, 32}) {
            Batch b(d, 21, 0, 0);
            fill_random(b, random);
            Batch values_only = b;
            REQUIRE(b.solve() == 0);
            REQUIRE(values_only.solve(false) == 0);
            for (Size q = 0; q < b.count; ++q) {
                Matrix a(d, d);
                for (Size i = 0; i < d; ++i) {
                    for (Size j = 0; j <= i; ++j) a(i, j) = b.in(i, j, q);
                }
                const linalg::SymmetricEigen expected = linalg::symmetric_eigen(a, false);
                const double bound =
                    4.0 * kEps * static_cast<double>(d) * b.largest(q) * std::sqrt(static_cast<double>(d));
                for (Size l = 0; l < d; ++l) {
                    REQUIRE(std::abs(b.value(l, q) - expected.values[l]) <= bound);
                    REQUIRE(b.value(l, q) == values_only.value(l, q));
                }
            }
            CHECK(values_only.vectors()[0] == kGuard);
        }
    });
}

TEST_CASE("planted spectra: clusters, multiplicities, definite, singular, graded") {
    on_every_isa([] {
        Random random(33, 0);
        for (Size d : {2, 3, 5, 9, 16, 31, 32}) {
            std::vector<std::vector<double>> spectra(9, std::vector<double>(static_cast<std::size_t>(d)));
            for (Size l = 0; l < d; ++l) {
                const double x = static_cast<double>(l);
                spectra[0][l] = 1.0;                                     // a multiple of the identity
                spectra[1][l] = l < d / 2 ? -1.0 : 1.0;                  // two clusters
                spectra[2][l] = 1.0 + 1e-14 * x;                         // a tight cluster
                spectra[3][l] = std::pow(10.0, -x);                      // graded
                spectra[4][l] = l == 0 ? 1.0 : 0.0;                      // rank one
                spectra[5][l] = -(x + 1.0);                              // negative definite
                spectra[6][l] = l % 2 == 0 ? x : -x;                     // pairs of opposite sign
                spectra[7][l] = std::pow(10.0, -8.0 * x);                // graded beyond rounding
                spectra[8][l] = l + 1 == d ? 1e12 : std::sin(x) * 1e-3;  // one that dwarfs the rest
            }
            Batch b(d, static_cast<Size>(spectra.size()), 1, 0);
            for (Size q = 0; q < b.count; ++q) fill_spectrum(b, q, spectra[q], random);
            REQUIRE(b.solve() == 0);
            for (Size q = 0; q < b.count; ++q) {
                require_good(b, q);
                std::vector<double> sorted = spectra[q];
                std::sort(sorted.begin(), sorted.end());
                const double norm = std::max(std::abs(sorted.front()), std::abs(sorted.back()));
                for (Size l = 0; l < d; ++l) {
                    REQUIRE(std::abs(b.value(l, q) - sorted[l]) <=
                            10.0 * kEps * static_cast<double>(d) * norm);
                }
            }
        }
    });
}

TEST_CASE("structured matrices: zero, diagonal, tridiagonal, block, ones, Wilkinson") {
    on_every_isa([] {
        for (Size d : {1, 2, 3, 4, 7, 16, 21, 32}) {
            Batch b(d, 8, 0, 0);
            for (Size i = 0; i < d; ++i) {
                for (Size j = 0; j <= i; ++j) {
                    const double centre = std::abs(static_cast<double>(i) - 0.5 * static_cast<double>(d - 1));
                    b.in(i, j, 0) = 0.0;
                    b.in(i, j, 1) = i == j ? std::cos(static_cast<double>(3 * i)) : 0.0;
                    b.in(i, j, 2) = i == j ? 2.0 : (i == j + 1 ? -1.0 : 0.0);
                    b.in(i, j, 3) = (i < d / 2) == (j < d / 2) ? 1.0 : 0.0;
                    b.in(i, j, 4) = 1.0;
                    b.in(i, j, 5) = i == j ? centre : (i == j + 1 ? 1.0 : 0.0);
                    b.in(i, j, 6) = i + j + 1 == d ? 1.0 : 0.0;
                    b.in(i, j, 7) = i == j ? 0.0 : (i == j + 1 ? 1.0 : 0.0);
                }
            }
            REQUIRE(b.solve() == 0);
            for (Size q = 0; q < b.count; ++q) require_good(b, q);
            for (Size l = 0; l < d; ++l) {
                REQUIRE(b.value(l, 0) == 0.0);
                const double angle = M_PI * static_cast<double>(l + 1) / (2.0 * static_cast<double>(d + 1));
                REQUIRE(std::abs(b.value(l, 2) - 4.0 * std::sin(angle) * std::sin(angle)) <=
                        8.0 * kEps * static_cast<double>(d));
                const double ones = l + 1 == d ? static_cast<double>(d) : 0.0;
                REQUIRE(std::abs(b.value(l, 4) - ones) <= 4.0 * kEps * static_cast<double>(d));
            }
        }
    });
}

TEST_CASE("scaling by powers of two scales the eigenvalues and nothing else") {
    on_every_isa([] {
        Random random(34, 0);
        for (Size d : {1, 2, 5, 17, 32}) {
            Batch b(d, 11, 0, 0);
            fill_random(b, random);
            for (Size i = 0; i < d; ++i) {
                for (Size j = 0; j <= i; ++j) {
                    for (Size q = 1; q < b.count; ++q) b.in(i, j, q) = b.in(i, j, 0);
                }
            }
            const int exponents[] = {0, 1, -1, 300, -300, 511, -512, 980, -900, 1010, -980};
            for (Size i = 0; i < d; ++i) {
                for (Size j = 0; j <= i; ++j) {
                    for (Size q = 0; q < b.count; ++q)
                        b.in(i, j, q) = std::ldexp(b.in(i, j, q), exponents[q]);
                }
            }
            REQUIRE(b.solve() == 0);
            for (Size q = 1; q < b.count; ++q) {
                for (Size l = 0; l < d; ++l) {
                    REQUIRE(b.value(l, q) == std::ldexp(b.value(l, 0), exponents[q]));
                    for (Size j = 0; j < d; ++j) REQUIRE(b.vector(l, j, q) == b.vector(l, j, 0));
                }
            }
        }
        Batch tiny(4, 3, 0, 0);  // subnormal entries
        fill_random(tiny, random);
        for (Size p = 0; p < triangle(4) * tiny.ldg; ++p) tiny.g()[p] = std::ldexp(tiny.g()[p], -1050);
        REQUIRE(tiny.solve() == 0);
        for (Size q = 0; q < 3; ++q) CHECK(quality(tiny, q).orthogonality <= 6.0);
    });
}

TEST_CASE("a matrix gives the same bits wherever in a batch it stands and whoever stands beside it") {
    on_every_isa([] {
        Random random(35, 0);
        for (Size d : {2, 3, 7, 16, 32}) {
            const Size count = 4 * active_lanes() + 3;
            Batch b(d, count, 0, 0);
            fill_random(b, random);
            for (Size i = 0; i < d; ++i) {
                for (Size j = 0; j <= i; ++j) {
                    b.in(i, j, 1) = 0.0;  // early finishers beside late ones
                    b.in(i, j, 2) = i == j ? 1.0 : 0.0;
                    b.in(i, j, 5) = i == j + 1 && i % 3 != 0 ? 1.0 : 0.0;  // many blocks
                }
            }
            REQUIRE(b.solve() == 0);
            for (Size q = 0; q < count; ++q) {
                Batch alone(d, 1, 0, 0);
                for (Size i = 0; i < d; ++i) {
                    for (Size j = 0; j <= i; ++j) alone.in(i, j, 0) = b.in(i, j, q);
                }
                REQUIRE(alone.solve() == 0);
                for (Size l = 0; l < d; ++l) {
                    for (Size j = 0; j < d; ++j) {
                        const double x = b.vector(l, j, q);
                        const double y = alone.vector(l, j, 0);
                        REQUIRE(std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y));
                    }
                    REQUIRE(b.value(l, q) == alone.value(l, 0));
                }
            }
        }
    });
}

TEST_CASE("NaN and infinity are counted, answered with NaN, and do not reach the neighbours") {
    on_every_isa([] {
        Random random(36, 0);
        for (Size d : {1, 2, 6, 32}) {
            Batch b(d, 19, 2, 1);
            fill_random(b, random);
            Batch clean = b;
            REQUIRE(clean.solve() == 0);
            b.in(d - 1, 0, 3) = std::nan("");
            b.in(d / 2, 0, 9) = HUGE_VAL;
            b.in(d - 1, d - 1, 18) = -HUGE_VAL;
            REQUIRE(b.solve() == 3);
            for (Size q = 0; q < b.count; ++q) {
                const bool bad = q == 3 || q == 9 || q == 18;
                for (Size l = 0; l < d; ++l) {
                    REQUIRE((bad ? std::isnan(b.value(l, q)) : b.value(l, q) == clean.value(l, q)));
                    for (Size j = 0; j < d; ++j) {
                        REQUIRE((bad ? std::isnan(b.vector(l, j, q))
                                     : b.vector(l, j, q) == clean.vector(l, j, q)));
                    }
                }
            }
            REQUIRE(b.guards_intact());
        }
    });
}

TEST_CASE("the reference agrees, and empty batches and wrong orders are told apart") {
    Random random(37, 0);
    for (Size d : {1, 2, 3, 6, 12}) {
        Batch b(d, 5, 1, 0);
        fill_random(b, random);
        Batch plain = b;
        REQUIRE(b.solve() == 0);
        REQUIRE(ref::batched_eigen(d, plain.count, plain.g(), plain.ldg, plain.values(), plain.vectors(),
                                   plain.ldv) == 0);
        for (Size q = 0; q < b.count; ++q) {
            require_good(plain, q);
            for (Size l = 0; l < d; ++l) {
                REQUIRE(std::abs(b.value(l, q) - plain.value(l, q)) <=
                        8.0 * kEps * static_cast<double>(d) * b.largest(q));
            }
        }
    }
    CHECK(batched_eigen(0, 4, nullptr, 4, nullptr, nullptr, 4) == 0);
    CHECK(batched_eigen(4, 0, nullptr, 0, nullptr, nullptr, 0) == 0);
    CHECK_THROWS_AS(batched_eigen(33, 1, nullptr, 1, nullptr, nullptr, 1), Error);
}
