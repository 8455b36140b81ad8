#include "solve/scaled_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/blas.hpp"
#include "linalg/symmetric.hpp"

namespace tepui {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// Least curvature that a scale is taken from, relative to that of a neuron with outputs of the targets' size.
constexpr double kFloor = 1e-24;
// How many times its own size a neuron's preactivation may change in one step.
constexpr double kReach = 3.0;

// Curvature of the loss per unit squared change of one neuron's preactivations.
double weight_curvature(const InputMetric& metric, const HessianValue& hessian, Size neuron) {
    double sum = 0.0;
    Size seen = 0;
    for (Size j = 0; j < metric.inputs; ++j) {
        if (metric.square_sum[j] == 0.0) continue;
        sum += hessian.magnitude[neuron * metric.inputs + j] / metric.square_sum[j];
        ++seen;
    }
    return seen == 0 ? 0.0 : sum / static_cast<double>(seen);
}

}  // namespace

double length(std::span<const double> v) {
    double square = 0.0;
    for (const double x : v) square += x * x;
    return std::sqrt(square);
}

double gradient_rounding(const Gradient& gradient, std::size_t component) {
    return gradient.rounding[component] + 2.0 * kEpsilon * gradient.magnitude[component];
}

Scaling Scaling::at(const InputMetric& metric, const Network& network, const HessianValue& hessian,
                    double radius) {
    const Size m = network.width, d = network.inputs;
    Scaling scaling{&metric, m, std::vector<double>(m), std::vector<double>(m)};
    const double natural = std::max(metric.target_rms * metric.target_rms, 1e-300);
    const double root_sum = std::sqrt(metric.weight_sum);
    for (Size i = 0; i < m; ++i) {
        const Size own = m * d + i;  // the diagonal entry of an output weight is a sum of squares
        const double output = std::max(hessian.value(own, own), kFloor * metric.weight_sum);
        scaling.output[i] = 1.0 / std::sqrt(output);
        const double curvature =
            std::max(weight_curvature(metric, hessian, i), kFloor * natural) * metric.weight_sum;
        const double limit = kReach * (1.0 + metric.preactivation_rms(network.weights(i))) / radius;
        scaling.weight[i] = std::min(1.0 / std::sqrt(curvature), std::max(limit, 1e-12 / root_sum));
    }
    return scaling;
}

std::vector<double> Scaling::pull_gradient(std::span<const double> gradient) const {
    const Size d = metric->inputs;
    std::vector<double> result(gradient.size());
    for (Size i = 0; i < width; ++i) {
        for (Size r = 0; r < d; ++r) {
            double sum = 0.0;
            for (Size j = 0; j < d; ++j) sum += metric->to_weights(j, r) * gradient[(i * d + j)];
            result[(i * d + r)] = weight[i] * sum;
        }
        result[(width * d + i)] = output[i] * gradient[(width * d + i)];
    }
    return result;
}

std::vector<double> Scaling::pull_error(std::span<const double> bound) const {
    const Size d = metric->inputs;
    std::vector<double> result(bound.size());
    for (Size i = 0; i < width; ++i) {
        for (Size r = 0; r < d; ++r) {
            double sum = 0.0;
            for (Size j = 0; j < d; ++j) sum += metric->absolute(r, j) * bound[(i * d + j)];
            result[(i * d + r)] = weight[i] * sum;
        }
        result[(width * d + i)] = output[i] * bound[(width * d + i)];
    }
    return result;
}

std::vector<double> Scaling::push_step(std::span<const double> scaled) const {
    const Size d = metric->inputs;
    std::vector<double> result(scaled.size());
    for (Size i = 0; i < width; ++i) {
        for (Size j = 0; j < d; ++j) {
            double sum = 0.0;
            for (Size r = 0; r < d; ++r) sum += metric->to_weights(j, r) * scaled[(i * d + r)];
            result[(i * d + j)] = weight[i] * sum;
        }
        result[(width * d + i)] = output[i] * scaled[(width * d + i)];
    }
    return result;
}

Matrix Scaling::pull_hessian(const Matrix& hessian) const {
    const Size d = metric->inputs, count = hessian.rows();
    Matrix half(count, count), result(count, count);
    const double* b = metric->to_weights.data();
    for (Size i = 0; i < width; ++i) {  // columns of neuron i times B, then rows of neuron i times B^T
        linalg::gemm(false, false, count, d, d, weight[i], hessian.data() + i * d, count, b, d, 0.0,
                     half.data() + i * d, count, 1);
    }
    for (Size row = 0; row < count; ++row) {
        for (Size i = 0; i < width; ++i) {
            const Size column = width * d + i;
            half(row, column) = output[i] * hessian(row, column);
        }
    }
    for (Size i = 0; i < width; ++i) {
        linalg::gemm(true, false, d, count, d, weight[i], b, d, half.row(i * d), count, 0.0,
                     result.row(i * d), count, 1);
        const Size row = width * d + i;
        for (Size column = 0; column < count; ++column) result(row, column) = output[i] * half(row, column);
    }
    return result;
}

std::vector<double> ScaledModel::parameters_step(std::span<const double> step) const {
    const Size count = vectors.rows();
    std::vector<double> scaled(count, 0.0);
    for (Size l = 0; l < count; ++l) {
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

ScaledModel scaled_model(Scaling scaling, const HessianValue& hessian) {
    const Size count = hessian.value.rows();
    linalg::SymmetricEigen eigen = linalg::symmetric_eigen(scaling.pull_hessian(hessian.value), true);
    const std::vector<double> scaled = scaling.pull_gradient(hessian.gradient.value);
    std::vector<double> bound(count);
    for (std::size_t j = 0; j < bound.size(); ++j) bound[j] = gradient_rounding(hessian.gradient, j);
    bound = scaling.pull_error(bound);

    ScaledModel model{std::move(scaling), std::move(eigen.values), std::move(eigen.vectors),
                      std::vector<double>(count), length(scaled)};
    const double largest = std::max(std::abs(model.lambda[0]), std::abs(model.lambda[count - 1]));
    model.tau = kEpsilon * static_cast<double>(count + 16) * std::max(1.0, largest);
    for (Size l = 0; l < count; ++l) {
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

}  // namespace tepui
