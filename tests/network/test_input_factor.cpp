#include "network/inputs/input_factor.hpp"

#include <cmath>

#include "linalg/row_factor.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// |R w| against the sum over the samples, relative to what rounding of each input explains.
void check_norms(const Dataset& data, const Matrix& r, const std::vector<double>& w) {
    const Size d = data.inputs();
    std::vector<double> x(static_cast<std::size_t>(d));
    Real square = 0, weight = 0, reach = 0;
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        Real z = 0, absolute = 0;
        for (std::size_t j = 0; j < x.size(); ++j) {
            z += Real{w[j]} * x[j];
            absolute += std::abs(Real{w[j]} * x[j]);
        }
        square += data.weight(k) * z * z;
        reach += data.weight(k) * absolute * absolute;
        weight += data.weight(k);
    }
    Real length = 0;
    for (Size i = 0; i < d; ++i) {
        Real z = 0;
        for (Size j = 0; j < d; ++j) {
            if (j < i) CHECK(r(i, j) == 0.0);
            z += Real{r(i, j)} * w[static_cast<std::size_t>(j)];
        }
        length += z * z;
    }
    CHECK(std::abs(std::sqrt(length) - std::sqrt(square / weight)) <=
          1e-14L * static_cast<Real>(d) * std::sqrt(reach / weight));
}

}  // namespace

TEST_CASE("the factor measures root mean square preactivations of inputs of any scale") {
    for (const auto& [n, d] : {std::pair<Size, Size>{1, 3}, {7, 7}, {300, 5}, {9001, 3}, {13000, 40}}) {
        for (const LossScaling scaling : {LossScaling::sum, LossScaling::mean}) {
            Problem problem = random_problem(n, d, d + 2, true, static_cast<std::uint64_t>(n));
            for (Size k = 0; k < n; ++k) {
                problem.x[static_cast<std::size_t>(k * (d + 2))] *= 1e8;
                problem.x[static_cast<std::size_t>(k * (d + 2) + 1)] *= 1e-8;
            }
            const Dataset data(problem.source(), false, true, scaling);
            const Matrix r = input_factor(data, Execution{2});
            Random random(6, 6);
            for (int draw = 0; draw < 5; ++draw) {
                std::vector<double> w(static_cast<std::size_t>(d + 1));
                for (double& value : w) value = random.normal();
                INFO(n << " samples of " << d);
                check_norms(data, r, w);
                w[0] = 0.0;
                check_norms(data, r, w);
                if (draw == 0) std::fill(w.begin() + 2, w.end(), 0.0);
                check_norms(data, r, w);
            }
        }
    }
}

TEST_CASE("the factor of pieces, merged in any way, is that of all rows") {
    const Size d = 9, n = 60;
    Random random(2, 2);
    std::vector<double> rows(static_cast<std::size_t>(n * d));
    for (double& value : rows) value = random.normal();
    const auto squares = [&](const Matrix& r) {
        std::vector<double> gram;
        for (Size i = 0; i < d; ++i) {
            for (Size j = 0; j < d; ++j) {
                double sum = 0.0;
                for (Size k = 0; k < d; ++k) sum += r(k, i) * r(k, j);
                gram.push_back(sum);
            }
        }
        return gram;
    };
    linalg::RowFactor whole(d, n);
    whole.add(rows.data(), n);
    const std::vector<double> expected = squares(whole.triangle());
    for (const Size capacity : {1, 4, 7, 60}) {
        linalg::RowFactor left(d, capacity), right(d, capacity);
        for (Size first = 0; first < n; first += capacity) {
            const Size count = std::min(capacity, n - first);
            (first < 20 ? left : right).add(rows.data() + first * d, count);
        }
        left.merge(right.triangle());
        const std::vector<double> gram = squares(left.triangle());
        for (std::size_t p = 0; p < gram.size(); ++p) CHECK(gram[p] == Approx(expected[p]).margin(1e-12));
    }
    CHECK_THROWS_AS(linalg::RowFactor(d, 2).add(rows.data(), 3), Error);
}
