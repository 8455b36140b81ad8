// Bounds of Morse index and nullity: they hold whatever the eigenvalues of unknown sign turn out to be.
#include <algorithm>
#include <numeric>

#include "classification/any_network/closed_form.hpp"
#include "classification/spectrum/index_bounds.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

SpectralReport counted(const std::vector<double>& values, double tau) {
    SpectralReport report;
    count_eigenvalues(values.data(), static_cast<Size>(values.size()), 1, {tau, tau, tau}, report);
    return report;
}

bool equal(const CountBounds& bounds, Size least, Size most) {
    return bounds.least == least && bounds.most == most;
}

}  // namespace

TEST_CASE("eigenvalues are open where rounding or structure leaves their sign open") {
    const double tau = 1e-3;
    // Clear, and every zero explained.
    IndexBounds bounds = sign_counts(counted({-1.0, 0.0, 1e-4, 0.5}, tau), 4, 2).bounds();
    CHECK(equal(bounds.morse_index, 1, 1));
    CHECK(equal(bounds.nullity, 2, 2));
    CHECK(bounds.known());
    // One zero that nothing explains.
    bounds = sign_counts(counted({-1.0, 0.0, 1e-4, 0.5}, tau), 4, 1).bounds();
    CHECK(equal(bounds.morse_index, 1, 2));
    CHECK(equal(bounds.nullity, 1, 2));
    CHECK_FALSE(bounds.known());
    // Just beyond the threshold: doubtful, on either side.
    bounds = sign_counts(counted({-1.5e-3, 0.0, 1.2e-3, 0.5}, tau), 4, 1).bounds();
    CHECK(equal(bounds.morse_index, 0, 2));
    CHECK(equal(bounds.nullity, 1, 3));
    // Zeros that are not zero to rounding may hide one that is none.
    bounds = sign_counts(counted({-1.0, 9e-4, 0.5}, tau), 3, 1).bounds();
    CHECK(equal(bounds.morse_index, 1, 2));
    CHECK(equal(bounds.nullity, 0, 1));
    // Proven without counting.
    SpectralReport report;
    report.counted = false;
    report.inertia = {1, 0, 1};
    bounds = sign_counts(report, 7, 0).bounds();
    CHECK(equal(bounds.morse_index, 1, 6));
    CHECK(equal(bounds.nullity, 0, 5));
}

TEST_CASE("bounds are cut to what the order and a minimum leave") {
    IndexBounds bounds = sign_counts(counted({0.0, 0.0, 1.0}, 1e-3), 3, 1).bounds();
    bounds += unknown_rows(4);
    CHECK(equal(bounds.nullity, -3, 6));
    const IndexBounds saddle = within(bounds, 5, false), minimum = within(bounds, 5, true);
    CHECK(equal(saddle.morse_index, 0, 5));
    CHECK(equal(saddle.nullity, 0, 5));
    CHECK(equal(minimum.morse_index, 0, 0));
    CHECK(equal(minimum.nullity, 0, 5));
}

TEST_CASE("a split's bounds are attained by some choice of the open signs, and none goes beyond") {
    const Size d = 3;
    for (const std::vector<double>& gamma : std::vector<std::vector<double>>{
             {0.5, 0.5}, {2.0, -1.0}, {1.0, 0.0}, {0.5, 0.7, -0.2}, {3.0, -1.0, -1.0}, {1.0, 0.0, 0.0}}) {
        const GammaSigns signs = check_gamma(gamma);
        const SignCounts open{1, 0, 0, 2};
        const IndexBounds bounds = split_index(signs, open, d);
        Size least_index = 1000, most_index = -1, least_zero = 1000, most_zero = -1;
        for (int choice = 0; choice < 9; ++choice) {
            SignCounts inner{1, 0, 0, 0};
            for (const int sign : {choice % 3, choice / 3})
                ++(sign == 0 ? inner.negative : (sign == 1 ? inner.zero : inner.positive));
            const IndexBounds one = split_index(signs, inner, d);
            REQUIRE(one.known());
            // Of diag(gamma) on {sum gamma t = 0}, times the inner Hessian's signs.
            const Size total = static_cast<Size>(gamma.size() - 1) * (d + 1);
            REQUIRE(one.morse_index.least + one.nullity.least <= total);
            least_index = std::min(least_index, one.morse_index.least);
            most_index = std::max(most_index, one.morse_index.least);
            least_zero = std::min(least_zero, one.nullity.least);
            most_zero = std::max(most_zero, one.nullity.least);
        }
        CAPTURE(gamma);
        CHECK(equal(bounds.morse_index, least_index, most_index));
        CHECK(equal(bounds.nullity, least_zero, most_zero));
    }
}
