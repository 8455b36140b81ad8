// Proven eigenvalues of matrices with known ones.
#include <cmath>

#include "certify/congruence.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::balls;

namespace {

constexpr Bits kBits = 128;
constexpr double kFloor = 0x1p-34;

// Q diag(values) Q^T in 128 bits, Q a product of reflections: the eigenvalues are the given ones to 1e-36.
BallMatrix with_eigenvalues(const std::vector<double>& values, Random& random) {
    const auto n = static_cast<Size>(values.size());
    BallMatrix a(n, n);
    for (Size i = 0; i < n; ++i) arb_set_d(a(i, i), values[static_cast<std::size_t>(i)]);
    for (int sweep = 0; sweep < 3; ++sweep) {
        BallMatrix reflection(n, n);
        std::vector<double> v;
        Ball norm, term;
        for (Size i = 0; i < n; ++i) {
            v.push_back(random.normal());
            arb_set_d(term, v.back());
            arb_addmul(norm, term, term, kBits);
        }
        for (Size i = 0; i < n; ++i) {
            for (Size j = 0; j < n; ++j) {
                Ball entry(-2.0 * v[static_cast<std::size_t>(i)]), other(v[static_cast<std::size_t>(j)]);
                arb_mul(entry, entry, other, kBits);
                arb_div(entry, entry, norm, kBits);
                if (i == j) arb_add_ui(entry, entry, 1, kBits);
                arb_set(reflection(i, j), entry);
            }
        }
        arb_mat_mul(a, reflection, a, kBits);
        arb_mat_mul(a, a, reflection, kBits);
    }
    return a;
}

SpectrumProof prove(const BallMatrix& a) {
    const std::vector<double> magnitude(static_cast<std::size_t>(a.rows()), 1.0);
    return prove_spectrum(a, magnitude, kFloor, kBits);
}

}  // namespace

TEST_CASE("signs and extreme eigenvalues of matrices with planted spectra") {
    Random random(1, 0);
    for (const Size n : {1, 2, 3, 7, 20, 60}) {
        for (int trial = 0; trial < 8; ++trial) {
            std::vector<double> values;
            Size negative = 0;
            for (Size l = 0; l < n; ++l) {
                const bool flip = trial % 3 == 1 || (trial % 3 == 2 && random.uniform() < 0.5);
                values.push_back((flip ? -1.0 : 1.0) * std::pow(10.0, -7.0 * random.uniform()));
                negative += flip;
            }
            const SpectrumProof proof = prove(with_eigenvalues(values, random));
            CAPTURE(n, trial, proof.weakest, proof.smallest.lower, proof.smallest.upper);
            REQUIRE(proof.all());
            REQUIRE(proof.negative == negative);
            const auto [least, most] = std::minmax_element(values.begin(), values.end());
            double weakest = 1.0;
            for (const double value : values) weakest = std::min(weakest, std::abs(value));
            REQUIRE(proof.weakest <= weakest);
            REQUIRE(proof.weakest > 0.99 * weakest);
            REQUIRE(proof.smallest.lower <= *least);
            REQUIRE(proof.smallest.upper >= *least);
            REQUIRE(proof.largest.lower <= *most);
            REQUIRE(proof.largest.upper >= *most);
            REQUIRE(proof.smallest.upper - proof.smallest.lower < 1e-12);
            REQUIRE(proof.largest.upper - proof.largest.lower < 1e-12);
        }
    }
}

TEST_CASE("an eigenvalue at 1e-13, or zero, is not told from zero") {
    Random random(2, 0);
    for (const double tiny : {0.0, 1e-13, -1e-13, 1e-11}) {
        const SpectrumProof proof = prove(with_eigenvalues({1.0, 0.5, tiny, -0.25, 2.0}, random));
        REQUIRE_FALSE(proof.all());
        REQUIRE(proof.positive == 3);
        REQUIRE(proof.negative == 1);
        REQUIRE(proof.weakest == 0.0);
    }
}

TEST_CASE("a ball matrix that holds a singular matrix proves nothing of that eigenvalue") {
    Random random(3, 0);
    BallMatrix a = with_eigenvalues({1.0, 2.0, 1e-3}, random);
    for (Size i = 0; i < 3; ++i) widen(a(i, i), 2e-3);
    const SpectrumProof proof = prove(a);
    REQUIRE(proof.positive == 2);
    REQUIRE(proof.negative == 0);
    REQUIRE(proof.smallest.lower < 0.0);
    // Less wide, all is proven again.
    BallMatrix b = with_eigenvalues({1.0, 2.0, 1e-3}, random);
    for (Size i = 0; i < 3; ++i) widen(b(i, i), 2e-4);
    REQUIRE(prove(b).positive == 3);
    REQUIRE(prove(b).smallest.lower > 0.0);
}

TEST_CASE("rows in units far apart are judged by the scaled matrix") {
    // D A D with D = (1, 2^-40): the second eigenvalue is about 2^-80 of the first.
    BallMatrix a(2, 2);
    arb_set_d(a(0, 0), 2.0);
    arb_set_d(a(1, 1), std::ldexp(2.0, -80));
    arb_set_d(a(0, 1), std::ldexp(1.0, -40));
    arb_set_d(a(1, 0), std::ldexp(1.0, -40));
    const std::vector<double> magnitude{2.0, std::ldexp(2.0, -80)};
    const SpectrumProof proof = prove_spectrum(a, magnitude, kFloor, kBits);
    REQUIRE(proof.positive == 2);
    REQUIRE(proof.weakest > 0.2);
    REQUIRE(proof.smallest.lower > 0.0);
    REQUIRE(proof.smallest.lower <= std::ldexp(1.5, -80));
}
