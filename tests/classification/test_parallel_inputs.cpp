// Which inputs point in the same direction (MATH.md section 4).
#include <vector>

#include "classification/point/parallel_inputs.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

bool isolated(const std::vector<double>& x, Size d, const std::vector<double>& residuals,
              const std::vector<double>& weights = {}) {
    const std::vector<double> targets(residuals.size(), 0.0);
    const DatasetSource source{static_cast<Size>(residuals.size()),       d, x.data(), d, targets.data(),
                               weights.empty() ? nullptr : weights.data()};
    return has_isolated_direction(Dataset(source, true, false, LossScaling::sum), residuals, 1e-15);
}

}  // namespace

TEST_CASE("distinct directions are isolated, parallel and antiparallel ones are not") {
    CHECK(isolated({1, 0, 0, 1}, 2, {1.0, -1.0}));
    CHECK_FALSE(isolated({1, 2, 2, 4}, 2, {1.0, 1.0}));
    CHECK_FALSE(isolated({1, 2, -3, -6}, 2, {1.0, 1.0}));
    CHECK_FALSE(isolated({1, 2, -1, -2}, 2, {1.0, 1.0}));
    CHECK(isolated({1, 2, 2, 4, 0, 1}, 2, {1.0, 1.0, 0.5}));
    CHECK_FALSE(isolated({1, 2, 2, 4, 0, 1}, 2, {1.0, 1.0, 0.0}));
}

TEST_CASE("copies are one input: their coefficients add up") {
    CHECK(isolated({1, 2, 1, 2}, 2, {1.0, 1.0}));
    CHECK_FALSE(isolated({1, 2, 1, 2}, 2, {1.0, -1.0}));
    CHECK_FALSE(isolated({1, 2, 1, 2}, 2, {1.0, -0.5}, {1.0, 2.0}));
}

TEST_CASE("zero inputs and samples without weight say nothing") {
    CHECK_FALSE(isolated({0, 0}, 2, {1.0}));
    CHECK_FALSE(isolated({1, 0, 2, 0, 0, 1}, 2, {1.0, 1.0, 1.0}, {1.0, 1.0, 0.0}));
    CHECK(isolated({1, 0, 2, 0, 0, 1}, 2, {1.0, 1.0, 1.0}, {1.0, 0.0, 0.0}));
}

TEST_CASE("parallel within rounding is found among thousands of directions") {
    // Every line is hit twice at different lengths; a few pairs of random sign.
    for (const Size d : {2, 3, 8}) {
        Random random(static_cast<std::uint64_t>(d), 0);
        const Size lines = 3000;
        std::vector<double> x, residuals;
        for (Size k = 0; k < lines; ++k) {
            std::vector<double> u;
            for (Size j = 0; j < d; ++j) u.push_back(random.normal());
            for (const double length :
                 {1.0, (random.uniform() < 0.5 ? -1.0 : 1.0) * (0.1 + random.uniform())}) {
                for (const double component : u) x.push_back(length * component);
                residuals.push_back(random.normal());
            }
        }
        CHECK_FALSE(isolated(x, d, residuals));
        // One sample of its own is enough.
        for (Size j = 0; j < d; ++j) x.push_back(random.normal());
        residuals.push_back(1e-3);
        CHECK(isolated(x, d, residuals));
    }
}

TEST_CASE("with a bias column inputs are parallel only when equal") {
    const std::vector<double> x{1.0, 2.0, -3.0, 4.0}, targets(4, 0.0), residuals(4, 1.0);
    const DatasetSource source{4, 1, x.data(), 1, targets.data(), nullptr};
    CHECK_FALSE(has_isolated_direction(Dataset(source, true, false, LossScaling::sum), residuals, 1e-15));
    CHECK(has_isolated_direction(Dataset(source, true, true, LossScaling::sum), residuals, 1e-15));
}
