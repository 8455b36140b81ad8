#include "classification/third_order_response.hpp"

#include <cmath>

#include "classification/spectral.hpp"
#include "classification/uncertainty.hpp"
#include "network/rows.hpp"

namespace tepui {
namespace {

constexpr Size kLargestHessian = 3000;  // parameters up to which the narrow network gives way

// With A2 = a_i sigma''_i (v . x)^2, the second-order change of f when sum gamma t^2 = 1:
//   linear    1/2 sum s A2 grad f + the term of c in the weights of neuron i
//   c         1/2 a_i sum s r sigma''' (v . x)^2 x
//   inner     H_i, and the absolute terms of its diagonal
struct Sums {
    std::vector<double> linear, c, inner_magnitude;
    Matrix inner;
};

Sums sums_of(const Dataset& data, const Network& network, Size index, std::span<const double> v,
             const PointResiduals& residuals) {
    const Size d = network.inputs, m = network.width;
    Sums sums{std::vector<double>(network.parameters.size(), 0.0),
              std::vector<double>(static_cast<std::size_t>(d), 0.0),
              std::vector<double>(static_cast<std::size_t>(d), 0.0), Matrix(d, d)};
    std::vector<double> x(static_cast<std::size_t>(d)), z(static_cast<std::size_t>(m)), value(z), first(z);
    const double a = network.output(index);
    for (Size k = 0; k < data.samples(); ++k) {
        const double s = data.weight(k);
        if (s == 0.0) continue;
        data.sample(k, x.data());
        for (Size i = 0; i < m; ++i) z[i] = dot(d, network.weights(i), x.data());
        network.activation.evaluate(m, z.data(), {value.data(), first.data()});
        double second = 0.0, third = 0.0;
        network.activation.evaluate(1, &z[index], {nullptr, nullptr, &second, &third});
        const double step = dot(d, v.data(), x.data()), square = step * step;
        const double half = 0.5 * s * a * second * square;
        for (Size i = 0; i < m; ++i) {
            const double factor = half * network.output(i) * first[i];
            for (Size j = 0; j < d; ++j) sums.linear[i * d + j] += factor * x[j];
            sums.linear[m * d + i] += half * value[i];
        }
        const double pull = s * residuals.values.span()[k] * a;
        for (Size j = 0; j < d; ++j) {
            sums.c[j] += 0.5 * pull * third * square * x[j];
            sums.inner_magnitude[j] += std::abs(pull * second) * x[j] * x[j];
            for (Size l = 0; l < d; ++l) sums.inner(j, l) += pull * second * x[j] * x[l];
        }
    }
    for (Size j = 0; j < d; ++j) sums.linear[index * d + j] += sums.c[j];
    return sums;
}

}  // namespace

ThirdOrderResponse third_order_response(const Dataset& data, const Network& network, Size index,
                                        std::span<const double> v, const PointResiduals& residuals,
                                        double inner_tau, double factor, const Execution& execution) {
    const Sums sums = sums_of(data, network, index, v, residuals);
    ThirdOrderResponse response;
    response.apart = pseudo_solve(equilibrate(sums.inner, sums.inner_magnitude), inner_tau, sums.c);
    for (std::size_t j = 0; j < sums.c.size(); ++j) {
        response.apart_gain += sums.c[j] * response.apart[j];
        response.apart[j] = -response.apart[j];
    }
    response.narrow.assign(network.parameters.size(), 0.0);
    if (network.parameter_count() > kLargestHessian) return response;
    const HessianValue narrow = hessian(data, network, execution);
    const Equilibrated equilibrated = equilibrate(narrow.value, narrow.magnitude);
    const double tau = thresholds(equilibrated, data.samples(), nullptr, factor).tau;
    response.narrow = pseudo_solve(equilibrated, tau, sums.linear);
    for (double& x : response.narrow) x = -x;
    return response;
}

}  // namespace tepui
