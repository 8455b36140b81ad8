// Proven eigenvalues of matrices with known ones.
#include <cmath>

#include "certify/ball_product.hpp"
#include "certify/congruence.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::balls;

namespace {

constexpr double kFloor = 0x1p-34;

// Q diag(values) Q^T in balls, Q a product of reflections: the eigenvalues are the given ones to 1e-36.
BallMatrix with_eigenvalues(const std::vector<double>& values, Random& random) {
    const auto n = static_cast<Size>(values.size());
    BallMatrix a(n, n);
    for (Size i = 0; i < n; ++i) a(i, i) = Ball(values[static_cast<std::size_t>(i)]);
    for (int sweep = 0; sweep < 3; ++sweep) {
        BallMatrix reflection(n, n);
        BallVector v;
        Ball norm;
        for (Size i = 0; i < n; ++i) {
            v.emplace_back(random.normal());
            norm += squared(v.back());
        }
        for (Size i = 0; i < n; ++i)
            for (Size j = 0; j < n; ++j)
                reflection(i, j) = Ball(i == j ? 1.0 : 0.0) - Ball(2.0) * v[i] * v[j] / norm;
        for (int side = 0; side < 2; ++side) {  // both are symmetric once both sides are done
            BallMatrix product(n, n);
            add_product(reflection, a, product, Part::all, 1);
            a = product;
        }
    }
    mirror_lower(a);
    return a;
}

SpectrumProof prove(const BallMatrix& a) {
    const std::vector<double> magnitude(static_cast<std::size_t>(a.rows()), 1.0);
    return prove_spectrum(a, magnitude, kFloor, {});
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
    for (Size i = 0; i < 3; ++i) a(i, i).widen(2e-3);
    const SpectrumProof proof = prove(a);
    REQUIRE(proof.positive == 2);
    REQUIRE(proof.negative == 0);
    REQUIRE(proof.smallest.lower < 0.0);
    // Less wide, all is proven again.
    BallMatrix b = with_eigenvalues({1.0, 2.0, 1e-3}, random);
    for (Size i = 0; i < 3; ++i) b(i, i).widen(2e-4);
    REQUIRE(prove(b).positive == 3);
    REQUIRE(prove(b).smallest.lower > 0.0);
}

TEST_CASE("rows in units far apart are judged by the scaled matrix") {
    // D A D with D = (1, 2^-40): the second eigenvalue is about 2^-80 of the first.
    BallMatrix a(2, 2);
    a(0, 0) = Ball(2.0);
    a(1, 1) = Ball(std::ldexp(2.0, -80));
    a(0, 1) = Ball(std::ldexp(1.0, -40));
    a(1, 0) = Ball(std::ldexp(1.0, -40));
    const std::vector<double> magnitude{2.0, std::ldexp(2.0, -80)};
    const SpectrumProof proof = prove_spectrum(a, magnitude, kFloor, {});
    REQUIRE(proof.positive == 2);
    REQUIRE(proof.weakest > 0.2);
    REQUIRE(proof.smallest.lower > 0.0);
    REQUIRE(proof.smallest.lower <= std::ldexp(1.5, -80));
}
