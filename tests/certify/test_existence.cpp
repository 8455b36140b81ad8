// The test of existence by itself, on matrices made by hand: what just suffices, and what just does not.
#include "certify/existence.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::balls;

namespace {

BallMatrix matrix_of(const std::vector<std::vector<double>>& rows) {
    const Size n = static_cast<Size>(rows.size());
    BallMatrix result(n, n);
    for (Size i = 0; i < n; ++i)
        for (Size j = 0; j < n; ++j)
            result(i, j) = Ball(rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]);
    return result;
}

Approximation axes(std::vector<double> values, double scale) {
    const Size n = static_cast<Size>(values.size());
    Approximation result{std::vector<double>(values.size(), scale), std::move(values), Matrix(n, n)};
    for (Size l = 0; l < n; ++l) result.vectors(l, l) = 1.0;
    return result;
}

Centre centre_with(double residual, Size size) {
    return {BallVector(static_cast<std::size_t>(size)), residual, 0};
}

// Whether a Newton map with this derivative and residual is proven to stay in a box of radius 1.
bool proven(const std::vector<double>& values, const std::vector<std::vector<double>>& product,
            double residual, double defect = 0.0) {
    const Size n = static_cast<Size>(values.size());
    Neighbourhood box;
    box.radius = 1.0;
    box.box = BallVector(static_cast<std::size_t>(n));
    Congruence congruence{matrix_of(product), defect};
    return existence(centre_with(residual, n), box, axes(values, 1.0), congruence).proven;
}

}  // namespace

TEST_CASE("a stationary point is proven when residual and contraction leave room, and not beyond") {
    // Rows of I - Lambda^-1 M: diagonal and off-diagonal entries, over the eigenvalue of the row.
    struct Case {
        std::vector<double> values;
        std::vector<std::vector<double>> product;
        double contraction;
    };
    for (const auto& [values, product, contraction] : std::vector<Case>{
             {{1.0, 2.0}, {{1.0, 0.0}, {0.0, 2.0}}, 0.0},
             {{1.0, 2.0}, {{0.75, 0.0}, {0.0, 2.0}}, 0.25},  // the diagonal alone
             {{1.0, 2.0}, {{1.25, 0.0}, {0.0, 2.0}}, 0.25},
             {{1.0, 2.0}, {{1.0, 0.25}, {0.25, 2.0}}, 0.25},        // what is beside it
             {{1.0, -2.0}, {{1.0, 0.125}, {0.125, -1.0}}, 0.5625},  // both, of a negative eigenvalue
             {{4.0, 8.0, 16.0}, {{4.0, 1.0, 1.0}, {1.0, 8.0, 1.0}, {1.0, 1.0, 16.0}}, 0.5}}) {
        CAPTURE(contraction);
        const double room = 1.0 - contraction;
        CHECK(proven(values, product, room * (1.0 - 1e-9)));
        CHECK_FALSE(proven(values, product, room * (1.0 + 1e-9)));
        CHECK(proven(values, product, 0.0));
        // A basis that is not one proves nothing.
        CHECK(proven(values, product, 0.0, 0.99));
        CHECK_FALSE(proven(values, product, 0.0, 1.0));
    }
    CHECK_FALSE(proven({1.0, 2.0}, {{2.0, 0.0}, {0.0, 2.0}}, 0.0));  // no contraction at all
    CHECK_FALSE(proven({1.0, 2.0}, {{1.0, 1.0}, {1.0, 2.0}}, 0.0));
    CHECK(proven({1.0, 2.0}, {{1.0, 0.999}, {0.999, 2.0}}, 0.0));
    CHECK_FALSE(proven({1.0, 2.0}, {{1.0, 0.0}, {0.0, std::nan("")}}, 0.0));
}

TEST_CASE("a box of matrices proves no more than its worst one") {
    Neighbourhood box;
    box.radius = 1.0;
    box.box = BallVector(2);
    for (const double width : {0.2, 0.6, 1.1}) {
        Congruence congruence{matrix_of({{1.0, 0.0}, {0.0, 1.0}}), 0.0};
        congruence.product(0, 1).widen(width);
        const Existence found = existence(centre_with(0.5, 2), box, axes({1.0, 1.0}, 1.0), congruence);
        CHECK(found.contraction >= width);
        CHECK(found.contraction <= width + 1e-6);
        CHECK(found.proven == (width < 0.5));
    }
}

TEST_CASE("the box holds every point within the radius, in units of the parameters") {
    for (const double scale : {1.0, 8.0, 0.125}) {
        Approximation approximation = axes({1.0, 2.0}, scale);
        const double c = std::cos(0.6), s = std::sin(0.6);
        approximation.vectors(0, 0) = approximation.vectors(1, 1) = c;
        approximation.vectors(0, 1) = s;
        approximation.vectors(1, 0) = -s;
        Centre centre = centre_with(1e-3, 2);
        centre.theta[0] = Ball(3.0);
        centre.theta[1] = Ball(-5.0);
        const Neighbourhood found = neighbourhood(centre, approximation);
        CHECK(found.radius >= 2.0 * centre.residual);
        for (const double x : {-1.0, 1.0}) {
            for (const double y : {-1.0, 1.0}) {
                const double theta[] = {3.0 + scale * found.radius * (c * x - s * y),
                                        -5.0 + scale * found.radius * (s * x + c * y)};
                for (Size j = 0; j < 2; ++j) {
                    CHECK(lower_bound(found.box[j]) <= theta[j]);
                    CHECK(theta[j] <= upper_bound(found.box[j]));
                    CHECK(upper_bound(found.box[j]) - lower_bound(found.box[j]) <=
                          3.0 * scale * found.radius);
                }
            }
        }
    }
}
