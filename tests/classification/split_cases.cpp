#include "classification/split_cases.hpp"

#include <algorithm>
#include <cmath>

#include "classification/escape/loss_change.hpp"
#include "linalg/symmetric.hpp"
#include "support/reference.hpp"

namespace tepui::test {

std::vector<double> random_gamma(Random& random, Size positive, Size negative, Size zero) {
    std::vector<double> gamma;
    double below = 0.0, above = 0.0;
    for (Size j = 0; j < negative; ++j) {
        gamma.push_back(-(0.2 + 0.6 * random.uniform()));
        below -= gamma.back();
    }
    std::vector<double> shares;
    for (Size j = 0; j < positive; ++j) {
        shares.push_back(0.4 + random.uniform());
        above += shares.back();
    }
    for (const double share : shares) gamma.push_back(share / above * (1.0 + below));
    gamma.insert(gamma.end(), static_cast<std::size_t>(zero), 0.0);
    for (std::size_t j = gamma.size(); j > 1; --j) std::swap(gamma[j - 1], gamma[random.bits() % j]);
    return gamma;
}

BruteForce brute_force(const Dataset& data, const Network& network) {
    const ReferenceSums sums = reference_sums(data, network);
    const Size size = network.parameter_count();
    Matrix hessian(size, size);
    for (Size i = 0; i < size; ++i) {
        for (Size j = 0; j < size; ++j) {
            hessian(i, j) = static_cast<double>(sums.hessian[static_cast<std::size_t>(i * size + j)]);
        }
    }
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(hessian, false);
    BruteForce result;
    for (Size l = 0; l < size; ++l) result.largest = std::max(result.largest, std::abs(eigen.values[l]));
    const double threshold = 1e-12 * result.largest;
    result.clear = true;
    for (Size l = 0; l < size; ++l) {
        const double lambda = eigen.values[l], absolute = std::abs(lambda);
        if (absolute > threshold / 30.0 && absolute < threshold * 30.0) result.clear = false;
        ++(absolute <= threshold ? result.zero : lambda < 0.0 ? result.negative : result.positive);
    }
    return result;
}

std::vector<long double> precise_spectrum(const Dataset& data, const Network& network) {
    return precise_eigenvalues(reference_sums(data, network).hessian,
                               static_cast<std::size_t>(network.parameter_count()));
}

// Jacobi's method.
std::vector<long double> precise_eigenvalues(std::vector<long double> a, std::size_t size) {
    for (int sweep = 0; sweep < 30; ++sweep) {
        long double off = 0.0L, all = 0.0L;
        for (std::size_t p = 0; p < size; ++p) {
            for (std::size_t q = 0; q < size; ++q) (p == q ? all : off) += a[p * size + q] * a[p * size + q];
        }
        if (off <= 1e-44L * all) break;
        for (std::size_t p = 0; p < size; ++p) {
            for (std::size_t q = p + 1; q < size; ++q) {
                const long double apq = a[p * size + q];
                if (apq == 0.0L) continue;
                const long double theta = (a[q * size + q] - a[p * size + p]) / (2.0L * apq);
                const long double t =
                    (theta < 0.0L ? -1.0L : 1.0L) / (std::abs(theta) + std::sqrt(theta * theta + 1.0L));
                const long double c = 1.0L / std::sqrt(t * t + 1.0L), s = t * c;
                for (std::size_t k = 0; k < size; ++k) {
                    const long double x = a[k * size + p], y = a[k * size + q];
                    a[k * size + p] = c * x - s * y;
                    a[k * size + q] = s * x + c * y;
                }
                for (std::size_t k = 0; k < size; ++k) {
                    const long double x = a[p * size + k], y = a[q * size + k];
                    a[p * size + k] = c * x - s * y;
                    a[q * size + k] = s * x + c * y;
                }
            }
        }
    }
    std::vector<long double> values;
    for (std::size_t p = 0; p < size; ++p) values.push_back(a[p * size + p]);
    std::sort(values.begin(), values.end(),
              [](long double x, long double y) { return std::abs(x) < std::abs(y); });
    return values;
}

long double reference_loss(const Dataset& data, const Network& shape, const std::vector<double>& parameters) {
    const Size m = shape.width, d = shape.inputs;
    std::vector<double> x(static_cast<std::size_t>(d));
    const Real delta = huber_delta(data);
    long double loss = 0.0L;
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        long double residual = -static_cast<long double>(data.target(k));
        for (Size i = 0; i < m; ++i) {
            long double z = 0.0L;
            for (Size j = 0; j < d; ++j) z += static_cast<long double>(parameters[i * d + j]) * x[j];
            residual += parameters[m * d + i] *
                        activation_jet(shape.activation.kind(), shape.activation.parameter(), z).value;
        }
        Size next = m * (d + 1);
        if (shape.output_bias) residual += parameters[static_cast<std::size_t>(next++)];
        for (Size j = 0; shape.skip && j < d; ++j)
            residual += static_cast<long double>(parameters[static_cast<std::size_t>(next + j)]) *
                        x[static_cast<std::size_t>(j)];
        loss += data.weight(k) * reference_loss_at(residual, delta).value;
    }
    return loss;
}

double sampled_descent(const Dataset& data, const Network& network, double reach, double largest_curvature,
                       int points, std::uint64_t seed) {
    const Execution execution{1};
    const PointResiduals residuals = point_residuals(data, network, execution);
    const LossChanges changes(data, network, residuals, execution);
    double largest_decrease = 0.0;
    const auto look = [&](const std::vector<double>& parameters) {
        const LossChange change = changes.evaluate(parameters);
        largest_decrease = std::max(largest_decrease, -change.value - change.error);
    };
    for (int trial = 0; trial < points; ++trial) {
        Random random(seed, static_cast<std::uint64_t>(trial));
        Network moved = network;
        const double radius = reach * std::pow(10.0, -static_cast<double>(trial % 3));
        std::vector<double> direction;
        double norm = 0.0;
        for (std::size_t p = 0; p < moved.parameters.size(); ++p) {
            direction.push_back(random.normal());
            norm = std::hypot(norm, direction.back());
        }
        for (std::size_t p = 0; p < moved.parameters.size(); ++p) {
            moved.parameters[p] += radius * direction[p] / norm;
        }
        look(moved.parameters);
        for (int step = 0; step < 8; ++step) {
            const Gradient descent = gradient(data, moved, execution);
            for (std::size_t p = 0; p < moved.parameters.size(); ++p) {
                moved.parameters[p] -= descent.value[p] / largest_curvature;
            }
            look(moved.parameters);
        }
    }
    return largest_decrease;
}

}  // namespace tepui::test
