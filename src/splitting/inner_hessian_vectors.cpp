#include "splitting/inner_hessian_vectors.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/hidden_layer.hpp"
#include "kernels/sample_rows.hpp"

namespace tepui {
namespace {

Matrix matrix_of(const RowSums& sums, Size rows, Size inputs) {
    Matrix result(rows, inputs);
    for (Size q = 0; q < rows; ++q) {
        for (Size j = 0; j < inputs; ++j) result(q, j) = sums(q, j);
    }
    require_finite({result.data(), static_cast<std::size_t>(rows * inputs)},
                   "an inner Hessian overflows: inputs, weights or residuals are too large");
    return result;
}

}  // namespace

InnerHessianVectorSum::InnerHessianVectorSum(const std::vector<Size>& neurons, const Matrix& directions)
    : neurons_(neurons), directions_(directions), products_(sums_, directions.rows(), directions.cols()) {}

void InnerHessianVectorSum::begin(Size stride) {
    rows_ = Buffer<double>(checked_product(directions_.rows(), stride));
}

void InnerHessianVectorSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size inputs = directions_.cols();
    kernels::preactivations(directions_.data(), inputs, directions_.rows(),
                            {block.xt + begin, block.stride, end - begin, inputs}, rows_.data() + begin,
                            block.stride);
    for (Size q = 0; q < directions_.rows(); ++q) {
        const Size i = neurons_[q];
        const double a = block.network->output(i);
        const double* curvature = block.second_derivative + i * block.stride;
        double* row = rows_.data() + q * block.stride;
        // The coefficient first, exactly as where the matrix is formed.
        for (Size k = begin; k < end; ++k) row[k] *= block.g[k] * (a * curvature[k]);
    }
}

void InnerHessianVectorSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    products_.add(begin, end, rows_.data(), block.xt, block.stride, block.padded);
}

Matrix InnerHessianVectorSum::finish() const {
    return matrix_of(products_, directions_.rows(), directions_.cols());
}

InnerMagnitudeSum::InnerMagnitudeSum(Size neurons, Size inputs)
    : neurons_(neurons), inputs_(inputs), terms_(sums_, neurons, inputs) {}

void InnerMagnitudeSum::begin(Size stride) {
    term_rows_ = Buffer<double>(checked_product(neurons_, stride));
    residual_terms_ = Buffer<double>(stride);
    squared_xt_ = Buffer<double>(checked_product(inputs_, stride));
}

void InnerMagnitudeSum::prepare(const EvaluatedBlock& block, Size begin, Size end) {
    const Size stride = block.stride;
    double* terms = residual_terms_.data();
    for (Size k = begin; k < end; ++k) terms[k] = block.g_terms(0, k);
    kernels::scale_rows_absolute(block.network->outputs(), terms + begin, neurons_,
                                 block.second_derivative + begin, stride, end - begin,
                                 term_rows_.data() + begin, stride);
    kernels::square_rows(inputs_, block.xt + begin, stride, end - begin, squared_xt_.data() + begin, stride);
}

void InnerMagnitudeSum::add(const EvaluatedBlock& block, Size begin, Size end) {
    terms_.add(begin, end, term_rows_.data(), squared_xt_.data(), block.stride, block.padded);
}

Matrix InnerMagnitudeSum::finish() const {
    return matrix_of(terms_, neurons_, inputs_);
}

Matrix inner_hessian_vectors(const Dataset& data, const Network& network, const std::vector<Size>& neurons,
                             const Matrix& directions, const Execution& execution) {
    InnerHessianVectorSum sum(neurons, directions);
    run_pass(data, network, execution, sum);
    return sum.finish();
}

}  // namespace tepui
