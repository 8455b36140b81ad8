#include "solve/input_metric.hpp"

#include <algorithm>
#include <cmath>

#include "core/compensated.hpp"
#include "linalg/blas.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

constexpr Size kChunk = 256;
// Squared relative length below which a direction counts as unseen: well above the rounding of the Gram
// matrix.
constexpr double kUnseen = 1e-12;
constexpr double kConstantRange = 1e-7;

struct Moments {
    std::vector<double> mean, square, low, high;
    double weight = 0.0;
};

// Means, squares and ranges of the columns; `gram` receives sum_k s_k x_k x_k^T of the columns multiplied by
// `column_scale`.
Moments column_moments(const Dataset& data) {
    const auto d = static_cast<std::size_t>(data.inputs());
    std::vector<CompensatedSum> mean(d), square(d);
    CompensatedSum weight;
    Moments moments{std::vector<double>(d), std::vector<double>(d), std::vector<double>(d, HUGE_VAL),
                    std::vector<double>(d, -HUGE_VAL)};
    Matrix rows(kChunk, data.inputs());
    for (Size k = 0; k < data.samples(); ++k) {
        if (k % kChunk == 0) data.rows(k, std::min(kChunk, data.samples() - k), rows.data());
        const double s = data.weight(k);
        if (s == 0.0) continue;
        const double* x = rows.row(k % kChunk);
        weight.add(s);
        for (std::size_t j = 0; j < d; ++j) {
            mean[j].add(s * x[j]);
            square[j].add(s * x[j] * x[j]);
            moments.low[j] = std::min(moments.low[j], x[j]);
            moments.high[j] = std::max(moments.high[j], x[j]);
        }
    }
    moments.weight = weight.value();
    for (std::size_t j = 0; j < d; ++j) {
        moments.mean[j] = mean[j].value() / moments.weight;
        moments.square[j] = square[j].value();
    }
    return moments;
}

Matrix equilibrated_gram(const Dataset& data, const std::vector<double>& column_scale, double weight_sum) {
    const Size d = data.inputs();
    Matrix gram(d, d);
    Matrix rows(kChunk, d);
    for (Size first = 0; first < data.samples(); first += kChunk) {
        const Size count = std::min(kChunk, data.samples() - first);
        data.rows(first, count, rows.data());
        for (Size k = 0; k < count; ++k) {
            double* row = rows.row(k);
            const double root = std::sqrt(data.weight(first + k) / weight_sum);
            for (Size j = 0; j < d; ++j) row[j] *= root * column_scale[j];
        }
        linalg::syrk(d, count, 1.0, rows.data(), d, 1.0, gram.data(), d, 1);
    }
    return gram;
}

// The curvature that decay adds to a weight of unit mean square, relative to that of the loss.
double decay_share(const Dataset& data, const InputMetric& metric, const std::vector<double>& scale) {
    if (!(data.decay().weights > 0.0)) return 0.0;
    double square = 0.0;
    for (const double unit : scale) square += unit * unit;
    const double loss = metric.weight_sum * metric.output.size * metric.output.size * metric.output.bend;
    return std::min(1.0, data.decay().weights * square / (static_cast<double>(scale.size()) * loss));
}

}  // namespace

void InputMetric::unit(const double* weights, double* v) const {
    for (Size r = 0; r < inputs; ++r) {
        double sum = 0.0;
        for (Size j = 0; j < inputs; ++j) sum += to_unit(r, j) * weights[j];
        v[r] = sum;
    }
}

double InputMetric::preactivation_rms(const double* weights) const {
    double square = 0.0;
    for (Size r = 0; r < inputs; ++r) {
        double sum = 0.0;
        for (Size j = 0; j < inputs; ++j) sum += to_unit(r, j) * weights[j];
        square += sum * sum;
    }
    return std::sqrt(square);
}

InputMetric measure_inputs(const Dataset& data) {
    const Size d = data.inputs();
    const Moments moments = column_moments(data);
    InputMetric metric;
    metric.inputs = d;
    metric.weight_sum = moments.weight;
    metric.output = measure_outputs(data);
    metric.mean = moments.mean;
    metric.square_sum = moments.square;
    metric.deviation.resize(d);
    std::vector<double> scale(d, 1.0);
    for (std::size_t j = 0; j < scale.size(); ++j) {
        const double mean_square = moments.square[j] / moments.weight;
        if (!std::isfinite(mean_square)) {
            throw Error(Status::numeric,
                        "the squares of input " + std::to_string(j) +
                            " overflow: values of about 1 are expected, such as standardised "
                            "ones");
        }
        if (mean_square > 0.0) scale[j] = 1.0 / std::sqrt(mean_square);
        metric.deviation[j] = std::sqrt(std::max(0.0, mean_square - moments.mean[j] * moments.mean[j]));
        const double reach = std::max(std::abs(moments.low[j]), std::abs(moments.high[j]));
        if (moments.high[j] - moments.low[j] <= kConstantRange * reach) {
            metric.deviation[j] = 0.0;
            if (moments.low[j] != 0.0) metric.constant_input = static_cast<Size>(j);
        }
    }
    const linalg::SymmetricEigen eigen =
        linalg::symmetric_eigen(equilibrated_gram(data, scale, moments.weight), true);
    const double floor =
        std::max(kUnseen * std::max(1.0, eigen.values[d - 1]), decay_share(data, metric, scale));
    metric.least_eigenvalue = std::max(0.0, eigen.values[0]) / std::max(eigen.values[d - 1], 1e-300);
    metric.to_weights = Matrix(d, d);
    metric.to_unit = Matrix(d, d);
    metric.absolute = Matrix(d, d);
    for (Size r = 0; r < d; ++r) {
        const double length = std::sqrt(std::max(floor, eigen.values[r]));
        for (Size j = 0; j < d; ++j) {
            const double column = scale[j];
            metric.to_weights(j, r) = column * eigen.vectors(r, j) / length;
            metric.to_unit(r, j) = length * eigen.vectors(r, j) / column;
            metric.absolute(r, j) = std::abs(metric.to_weights(j, r));
        }
    }
    return metric;
}

}  // namespace tepui
