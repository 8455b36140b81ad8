#include "solve/output_fit.hpp"

#include <algorithm>
#include <cmath>

#include "core/matrix.hpp"
#include "linalg/blas.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

constexpr Size kChunk = 256;

struct FeatureSums {
    Matrix gram;                   // sum s u_i u_l, lower triangle
    std::vector<double> gradient;  // sum s r u_i
};

FeatureSums feature_sums(const Dataset& data, const Network& network) {
    const Size m = network.width, d = network.inputs, capacity = std::min(kChunk, data.samples());
    FeatureSums sums{Matrix(m, m), std::vector<double>(m, 0.0)};
    Matrix x(capacity, d), z(capacity, m), u(capacity, m);
    for (Size first = 0; first < data.samples(); first += capacity) {
        const Size count = std::min(capacity, data.samples() - first);
        data.rows(first, count, x.data());
        linalg::gemm(false, true, count, m, d, 1.0, x.data(), d, network.parameters.data(), d, 0.0, z.data(),
                     m, 1);
        network.activation.evaluate(count * m, z.data(), {.value = u.data()});
        for (Size k = 0; k < count; ++k) {
            double* row = u.row(k);
            double residual = -data.target(first + k);
            for (Size i = 0; i < m; ++i) residual += network.output(i) * row[i];
            const double weight = data.weight(first + k), root = std::sqrt(weight);
            for (Size i = 0; i < m; ++i) {
                sums.gradient[i] += weight * residual * row[i];
                row[i] *= root;
            }
        }
        linalg::syrk(m, count, 1.0, u.data(), m, 1.0, sums.gram.data(), m, 1);
    }
    return sums;
}

}  // namespace

bool fit_outputs(const Dataset& data, Network& network, double ridge) {
    const Size m = network.width;
    FeatureSums sums = feature_sums(data, network);
    std::vector<double> scale(m), right(m), solution(m, 0.0);
    for (Size i = 0; i < m; ++i) {
        const double square = sums.gram(i, i);
        if (!std::isfinite(square) || !std::isfinite(sums.gradient[i])) return false;
        scale[i] =
            square > 0.0 ? 1.0 / std::sqrt(square) : 0.0;  // a feature that is 0 everywhere stays as it is
        right[i] = -scale[i] * sums.gradient[i];
    }
    for (Size i = 0; i < m; ++i) {
        for (Size l = 0; l < i; ++l) sums.gram(i, l) *= scale[i] * scale[l];
        sums.gram(i, i) = 1.0;
    }
    if (!linalg::solve_positive_definite(sums.gram, ridge, right, solution)) return false;
    for (Size i = 0; i < m; ++i) network.output(i) += scale[i] * solution[i];
    return true;
}

}  // namespace tepui
