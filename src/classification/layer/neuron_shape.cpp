#include "classification/layer/neuron_shape.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

// What each entry of H_i may be wrong by beyond the rounding of its sums.
Matrix inner_errors(const NeuronSums& sums, const SumErrors& errors) {
    const Size d = sums.inner.rows();
    Matrix result(d, d);
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j < d; ++j) {
            result(i, j) = errors.level * std::sqrt(sums.inner_terms[i] * sums.inner_terms[j]);
            if (errors.other != nullptr)
                result(i, j) += std::abs(sums.inner(i, j) - errors.other->inner(i, j));
        }
    }
    return result;
}

// Orthonormal rows that span what is orthogonal to the given orthonormal rows.
Matrix complement(const Matrix& range) {
    const Size d = range.cols(), rank = range.rows();
    Matrix projection(d, d);
    linalg::gemm(true, false, d, d, rank, 1.0, range.data(), d, range.data(), d, 0.0, projection.data(), d,
                 1);
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(projection, true);
    Matrix rest(d - rank, d);
    std::copy_n(eigen.vectors.data(), (d - rank) * d, rest.data());
    return rest;
}

// D M D in the coordinates of these rows.
Matrix restricted(const Matrix& m, const std::vector<double>& scale, const Matrix& rows) {
    const Size d = m.rows(), order = rows.rows();
    Matrix scaled(d, d), half(order, d), result(order, order);
    for (Size i = 0; i < d; ++i)
        for (Size j = 0; j < d; ++j) scaled(i, j) = scale[i] * m(i, j) * scale[j];
    linalg::gemm(false, false, order, d, d, 1.0, rows.data(), d, scaled.data(), d, 0.0, half.data(), d, 1);
    linalg::gemm(false, true, order, order, d, 1.0, half.data(), d, rows.data(), d, 0.0, result.data(), order,
                 1);
    return result;
}

double frobenius(const Matrix& m, const std::vector<double>& scale) {
    return scaled_norm(
        m.rows(), [&](Size i, Size j) { return m(i, j); }, scale);
}

SpectralReport report_on_kernel(const NeuronSums& sums, const OutputSlopes& slopes, const SumErrors& errors) {
    const Size d = sums.inner.rows(), order = d - slopes.range.rows();
    const std::vector<double>& scale = slopes.input_scale;
    const Matrix kernel = complement(slopes.range);
    const Matrix on_kernel = restricted(sums.inner, scale, kernel);
    std::vector<double> terms(static_cast<std::size_t>(order), 0.0);
    for (Size q = 0; q < order; ++q) {
        double root = 0.0;
        for (Size j = 0; j < d; ++j)
            root += std::abs(kernel(q, j)) * scale[j] * std::sqrt(sums.inner_terms[j]);
        terms[q] = root * root;
    }
    // Errors of H_i, and what the kernel's own turning makes of it. tau takes `factor` times this; the turn
    // has it already.
    const double turn = slopes.turn * (2.0 + slopes.turn) / errors.factor;
    const double error = frobenius(inner_errors(sums, errors), scale) + turn * frobenius(sums.inner, scale);
    Matrix uncertainty(order, order);
    std::fill_n(uncertainty.data(), order * order, error / std::max<double>(1.0, static_cast<double>(order)));
    SpectralReport report = spectral_report(on_kernel, terms, errors.samples, &uncertainty, errors.factor);
    // Directions in the neuron's own weights.
    for (std::vector<double>* v : {&report.v_negative, &report.v_positive}) {
        if (v->empty()) continue;
        std::vector<double> own(static_cast<std::size_t>(d), 0.0);
        for (Size q = 0; q < order; ++q)
            for (Size j = 0; j < d; ++j) own[j] += scale[j] * (*v)[q] * kernel(q, j);
        double norm = 0.0;
        for (const double component : own) norm = std::hypot(norm, component);
        for (double& component : own) component /= norm;
        *v = std::move(own);
    }
    return report;
}

}  // namespace

NeuronShape neuron_shape(const NeuronSums& sums, const Matrix& vanishing, Size symmetric,
                         const SumErrors& errors) {
    NeuronShape shape;
    shape.slopes = output_slopes(sums, vanishing, errors);
    shape.order = sums.inner.rows() - shape.slopes.range.rows();
    if (shape.slopes.range.rows() == 0) {
        const Matrix uncertainty = inner_errors(sums, errors);
        shape.inner =
            spectral_report(sums.inner, sums.inner_terms, errors.samples, &uncertainty, errors.factor);
    } else if (shape.order > 0) {
        shape.inner = report_on_kernel(sums, shape.slopes, errors);
    }
    shape.symmetric_zeros = std::min(shape.inner.inertia.zero, symmetric);
    shape.explained_zeros = errors.exact_zeros ? shape.inner.inertia.zero : shape.symmetric_zeros;
    return shape;
}

double curvature_along(const NeuronSums& sums, std::span<const double> v) {
    double sum = 0.0;
    for (std::size_t i = 0; i < v.size(); ++i)
        for (std::size_t j = 0; j < v.size(); ++j)
            sum += v[i] * sums.inner(static_cast<Size>(i), static_cast<Size>(j)) * v[j];
    return sum;
}

std::vector<double> slopes_along(const NeuronSums& sums, std::span<const double> v) {
    std::vector<double> result(static_cast<std::size_t>(sums.slopes.cols()), 0.0);
    for (std::size_t j = 0; j < v.size(); ++j)
        for (std::size_t o = 0; o < result.size(); ++o)
            result[o] += v[j] * sums.slopes(static_cast<Size>(j), static_cast<Size>(o));
    return result;
}

}  // namespace tepui
