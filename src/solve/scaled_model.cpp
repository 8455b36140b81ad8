#include "solve/scaled_model.hpp"

#include <algorithm>
#include <cmath>

#include "core/euclidean.hpp"
#include "core/rounding.hpp"
#include "linalg/blas.hpp"
#include "linalg/symmetric.hpp"
#include "solve/diagonal_sum.hpp"

namespace tepui {
namespace {

// Least curvature that a scale is taken from, relative to that of a neuron with outputs of the targets' size.
constexpr double kFloor = 1e-24;
// How many times its own size a neuron's preactivation may change in one step.
constexpr double kReach = 3.0;
// Products with what maps so few inputs are too short for BLIS.
constexpr Size kFewInputs = 12;

// Curvature of the loss per unit squared change of what a row of weights over the inputs makes of them.
double row_curvature(const InputMetric& metric, const HessianValue& hessian, Size first) {
    double sum = 0.0;
    Size seen = 0;
    for (Size j = 0; j < metric.inputs; ++j) {
        if (metric.square_sum[j] == 0.0) continue;
        sum += hessian.magnitude[first + j] / metric.square_sum[j];
        ++seen;
    }
    return seen == 0 ? 0.0 : sum / static_cast<double>(seen);
}

// One length for all outputs of a feature, from the mean of their curvatures.
void share(double* lengths, Size count) {
    double curvature = 0.0;
    for (Size o = 0; o < count; ++o) curvature += 1.0 / (lengths[o] * lengths[o]);
    std::fill_n(lengths, count, std::sqrt(static_cast<double>(count) / curvature));
}

}  // namespace

double gradient_rounding(const Gradient& gradient, std::size_t component) {
    return gradient.rounding[component] + 2.0 * kEps * gradient.magnitude[component];
}

Scaling Scaling::at(const Dataset& data, const InputMetric& metric, const Network& network,
                    const HessianValue& hessian, double radius) {
    const Size m = network.width, d = network.inputs, outputs = network.output_count;
    const Size scalars = m + (network.output_bias ? 1 : 0);
    Scaling scaling{&metric,
                    network,
                    std::vector<double>(m),
                    std::vector<double>(scalars * outputs),
                    std::vector<double>(network.skip ? outputs : 0),
                    Gauge(data, network)};
    const double unit = metric.output.size, bend = metric.output.bend;
    const double natural = std::max(unit * unit * bend, 1e-300);
    const double root_sum = std::sqrt(metric.weight_sum);
    for (std::size_t c = 0; c < scaling.output.size(); ++c) {
        const Size own = m * d + static_cast<Size>(c);  // its diagonal entry is a sum of squares
        const double curvature =
            std::max(std::abs(coefficient_curvature(hessian, own)), kFloor * metric.weight_sum * bend);
        scaling.output[c] = 1.0 / std::sqrt(curvature);
    }
    for (Size i = 0; i < m; ++i) {
        const double curvature =
            std::max(row_curvature(metric, hessian, network.weight(i, 0)), kFloor * natural) *
            metric.weight_sum;
        const double limit = kReach * (1.0 + metric.preactivation_rms(network.weights(i))) / radius;
        scaling.weight[i] = std::min(1.0 / std::sqrt(curvature), std::max(limit, 1e-12 / root_sum));
    }
    for (Size o = 0; network.skip && o < outputs; ++o) {
        const Size first = network.coefficient(network.features() - d, o);
        const double curvature = std::max(row_curvature(metric, hessian, first), kFloor * bend);
        scaling.skip[o] = 1.0 / std::sqrt(curvature * metric.weight_sum);
    }
    if (data.loss().shift_invariant()) {
        for (Size q = 0; q < scalars; ++q) share(scaling.output.data() + q * outputs, outputs);
        if (network.skip) share(scaling.skip.data(), outputs);
    }
    scaling.gauge.measure(scaling);
    return scaling;
}

template <class Use>
void Scaling::each_row(Use&& use) const {
    for (Size i = 0; i < layout.width; ++i) use(layout.weight(i, 0), weight[i]);
    for (std::size_t o = 0; o < skip.size(); ++o)
        use(layout.coefficient(layout.features() - layout.inputs, static_cast<Size>(o)), skip[o]);
}

template <class Use>
void Scaling::each_coefficient(Use&& use) const {
    const Size first = layout.width * layout.inputs;
    for (std::size_t c = 0; c < output.size(); ++c) use(first + static_cast<Size>(c), output[c]);
}

template <class Entry>
std::vector<double> Scaling::pulled(std::span<const double> from, Entry&& entry) const {
    const Size d = metric->inputs;
    std::vector<double> result(from.size());
    each_row([&](Size first, double unit) {
        for (Size r = 0; r < d; ++r) {
            double sum = 0.0;
            for (Size j = 0; j < d; ++j) sum += entry(j, r) * from[first + j];
            result[first + r] = unit * sum;
        }
    });
    each_coefficient([&](Size c, double unit) { result[c] = unit * from[c]; });
    return result;
}

std::vector<double> Scaling::pull_gradient(std::span<const double> gradient) const {
    std::vector<double> result =
        pulled(gradient, [this](Size j, Size r) { return metric->to_weights(j, r); });
    gauge.project(result.data());
    return result;
}

std::vector<double> Scaling::pull_error(std::span<const double> bound) const {
    return pulled(bound, [this](Size j, Size r) { return metric->absolute(r, j); });
}

std::vector<double> Scaling::push_step(std::span<const double> scaled) const {
    const Size d = metric->inputs;
    std::vector<double> across(scaled.begin(), scaled.end()), result(scaled.size());
    gauge.project(across.data());
    each_row([&](Size first, double unit) {
        for (Size j = 0; j < d; ++j) {
            double sum = 0.0;
            for (Size r = 0; r < d; ++r) sum += metric->to_weights(j, r) * across[first + r];
            result[first + j] = unit * sum;
        }
    });
    each_coefficient([&](Size c, double unit) { result[c] = unit * across[c]; });
    return result;
}

Matrix Scaling::pull_hessian(const Matrix& hessian) const {
    const Size d = metric->inputs, count = hessian.rows();
    Matrix half(count, count), result(count, count);
    const double* b = metric->to_weights.data();
    const auto multiply = [&](bool transpose, Size m, Size n, double unit, const double* from, Size ldf,
                              const double* to, Size ldt, double* out) {
        if (d <= kFewInputs)
            return linalg::gemm_by_rows(transpose, m, n, d, unit, from, ldf, to, ldt, out, count);
        linalg::gemm(transpose, false, m, n, d, unit, from, ldf, to, ldt, 0.0, out, count, 1);
    };
    each_row([&](Size first, double unit) {  // columns times B, then rows times B^T
        multiply(false, count, d, unit, hessian.data() + first, count, b, d, half.data() + first);
    });
    for (Size row = 0; row < count; ++row)
        each_coefficient([&](Size c, double unit) { half(row, c) = unit * hessian(row, c); });
    each_row([&](Size first, double unit) {
        multiply(true, d, count, unit, b, d, half.row(first), count, result.row(first));
    });
    each_coefficient([&](Size row, double unit) {
        for (Size column = 0; column < count; ++column) result(row, column) = unit * half(row, column);
    });
    gauge.pin(result);
    return result;
}

std::vector<double> Scaling::pull_product(std::span<const double> product,
                                          std::span<const double> scaled) const {
    std::vector<double> result = pull_gradient(product);
    if (gauge.none()) return result;
    std::vector<double> across(scaled.begin(), scaled.end());
    gauge.project(across.data());
    for (std::size_t p = 0; p < result.size(); ++p) result[p] += scaled[p] - across[p];
    return result;
}

std::vector<double> ScaledModel::parameters_step(std::span<const double> step) const {
    const Size count = vectors.cols();
    std::vector<double> scaled(count, 0.0);
    for (Size l = 0; l < vectors.rows(); ++l) {
        const double coefficient = step[l];
        if (coefficient == 0.0) continue;
        const double* v = vectors.row(l);
        for (Size j = 0; j < count; ++j) scaled[j] += coefficient * v[j];
    }
    return scaling.push_step(scaled);
}

std::vector<double> ScaledModel::newton_step() const {
    std::vector<double> step(gradient.size(), 0.0);
    for (std::size_t l = 0; l < step.size(); ++l) {
        const double curvature = lambda[static_cast<Size>(l)];
        if (std::abs(curvature) > tau) step[l] = -gradient[l] / curvature;
    }
    return step;
}

ScaledModel in_eigenbasis(Scaling scaling, Buffer<double> values, Matrix vectors, const Gradient& gradient) {
    const Size rank = vectors.rows(), count = vectors.cols();
    const std::vector<double> scaled = scaling.pull_gradient(gradient.value);
    std::vector<double> bound(count);
    for (std::size_t j = 0; j < bound.size(); ++j) bound[j] = gradient_rounding(gradient, j);
    bound = scaling.pull_error(bound);

    ScaledModel model{std::move(scaling), std::move(values), std::move(vectors), std::vector<double>(rank),
                      norm_of(scaled)};
    const double largest = std::max(std::abs(model.lambda[0]), std::abs(model.lambda[rank - 1]));
    model.tau = kEps * static_cast<double>(count + 16) * std::max(1.0, largest);
    for (Size l = 0; l < rank; ++l) {
        const double* v = model.vectors.row(l);
        double component = 0.0, noise = 0.0;
        for (Size j = 0; j < count; ++j) {
            component += v[j] * scaled[j];
            noise += std::abs(v[j]) * bound[j];
        }
        const bool flat = std::abs(model.lambda[l]) <= model.tau;
        model.gradient[l] = flat && std::abs(component) <= noise ? 0.0 : component;
        if (flat && model.gradient[l] == 0.0) model.lambda[l] = 0.0;
    }
    return model;
}

ScaledModel scaled_model(Scaling scaling, const HessianValue& hessian) {
    linalg::SymmetricEigen eigen = linalg::symmetric_eigen(scaling.pull_hessian(hessian.value), true);
    return in_eigenbasis(std::move(scaling), std::move(eigen.values), std::move(eigen.vectors),
                         hessian.gradient);
}

}  // namespace tepui
