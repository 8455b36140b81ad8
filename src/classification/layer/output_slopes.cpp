#include "classification/layer/output_slopes.hpp"

#include <algorithm>
#include <cmath>

#include "classification/spectrum/equilibration.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "linalg/singular.hpp"

namespace tepui {
namespace {

// Inputs by the sizes of what is summed of them, in H_i and in Psi_i.
std::vector<double> scale_of_inputs(const NeuronSums& sums) {
    const Size d = sums.slopes.rows();
    std::vector<double> slopes(static_cast<std::size_t>(d), 0.0), sizes(slopes);
    for (Size j = 0; j < d; ++j)
        for (Size o = 0; o < sums.slopes.cols(); ++o) slopes[j] += sums.slope_terms(j, o);
    const double most_slope = *std::max_element(slopes.begin(), slopes.end());
    const double most_inner = *std::max_element(sums.inner_terms.begin(), sums.inner_terms.end());
    for (Size j = 0; j < d; ++j) {
        const double slope = most_slope > 0.0 ? slopes[j] / most_slope : 0.0;
        sizes[j] = slope * slope + (most_inner > 0.0 ? sums.inner_terms[j] / most_inner : 0.0);
    }
    return powers_of_two_scaling(sizes);
}

std::vector<double> scale_of_outputs(const Matrix& terms, const std::vector<double>& input_scale) {
    std::vector<double> squares(static_cast<std::size_t>(terms.cols()), 0.0);
    for (Size o = 0; o < terms.cols(); ++o) {
        for (Size j = 0; j < terms.rows(); ++j) {
            const double size = input_scale[j] * terms(j, o);
            squares[o] = std::max(squares[o], size * size);
        }
    }
    return powers_of_two_scaling(squares);
}

// Orthonormal rows with the span of E^-1 e, e the given directions.
Matrix orthonormal(const Matrix& directions, const std::vector<double>& scale) {
    const Size outputs = directions.cols();
    Matrix basis(directions.rows(), outputs);
    Size count = 0;
    for (Size q = 0; q < directions.rows(); ++q) {
        double* const row = basis.row(count);
        double before = 0.0, after = 0.0;
        for (Size o = 0; o < outputs; ++o) row[o] = directions(q, o) / scale[o];
        for (Size o = 0; o < outputs; ++o) before += row[o] * row[o];
        for (int twice = 0; twice < 2; ++twice) {
            for (Size p = 0; p < count; ++p) {
                double along = 0.0;
                for (Size o = 0; o < outputs; ++o) along += row[o] * basis(p, o);
                for (Size o = 0; o < outputs; ++o) row[o] -= along * basis(p, o);
            }
        }
        for (Size o = 0; o < outputs; ++o) after += row[o] * row[o];
        constexpr double kIndependent = 1e-12;
        if (!(after > kIndependent * before)) continue;
        for (Size o = 0; o < outputs; ++o) row[o] /= std::sqrt(after);
        ++count;
    }
    Matrix kept(count, outputs);
    std::copy_n(basis.data(), count * outputs, kept.data());
    return kept;
}

// The Frobenius norm of all that D Psi E may be wrong by.
double error_norm(const NeuronSums& sums, const SumErrors& errors, const OutputSlopes& scales) {
    const double rounding = sum_rounding(sums.slopes.rows(), errors.samples) + errors.level;
    double square = 0.0;
    for (Size j = 0; j < sums.slopes.rows(); ++j) {
        for (Size o = 0; o < sums.slopes.cols(); ++o) {
            double error = rounding * sums.slope_terms(j, o);
            if (errors.other != nullptr) error += std::abs(sums.slopes(j, o) - errors.other->slopes(j, o));
            error *= scales.input_scale[j] * scales.output_scale[o];
            square += error * error;
        }
    }
    return std::sqrt(square);
}

// (D Psi E)^T without what it has along the directions in which it vanishes: K x d.
Matrix scaled_transpose(const NeuronSums& sums, const OutputSlopes& scales, const Matrix& vanishing) {
    const Size d = sums.slopes.rows(), outputs = sums.slopes.cols();
    Matrix scaled(outputs, d);
    for (Size j = 0; j < d; ++j) {
        for (Size o = 0; o < outputs; ++o)
            scaled(o, j) = scales.input_scale[j] * sums.slopes(j, o) * scales.output_scale[o];
        for (Size q = 0; q < vanishing.rows(); ++q) {
            double along = 0.0;
            for (Size o = 0; o < outputs; ++o) along += scaled(o, j) * vanishing(q, o);
            for (Size o = 0; o < outputs; ++o) scaled(o, j) -= along * vanishing(q, o);
        }
    }
    return scaled;
}

}  // namespace

OutputSlopes output_slopes(const NeuronSums& sums, const Matrix& vanishing, const SumErrors& errors) {
    const Size d = sums.slopes.rows(), outputs = sums.slopes.cols();
    OutputSlopes result;
    result.input_scale = scale_of_inputs(sums);
    result.output_scale = scale_of_outputs(sums.slope_terms, result.input_scale);
    const Matrix structure = orthonormal(vanishing, result.output_scale);
    result.structural = structure.rows();
    result.tau = errors.factor * error_norm(sums, errors, result);
    const Size most = std::min(d, outputs - result.structural);
    if (most > 0) {
        const linalg::RightSingular singular =
            linalg::right_singular(scaled_transpose(sums, result, structure));
        const double sure = SpectralReport::kClearMargin * result.tau;
        Size& rank = result.rank.least;
        while (rank < most && singular.values[rank] > sure) ++rank;
        result.largest = singular.values[0];
        result.rank.most = errors.exact_zeros ? rank : most;
        const double judged = singular.values[std::max<Size>(rank, 1) - 1];
        result.margin = result.tau > 0.0 ? judged / result.tau : judged;
        result.range = Matrix(rank, d);
        std::copy_n(singular.vectors.data(), rank * d, result.range.data());
        if (rank > 0) {
            const double next = rank < most ? singular.values[rank] : 0.0;
            result.turn = std::min(1.0, (next + result.tau) / (singular.values[rank - 1] - result.tau));
        }
    }
    return result;
}

}  // namespace tepui
