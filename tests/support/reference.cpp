#include "support/reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/activation/rows.hpp"

namespace tepui::test {
Jet activation_jet(ActivationKind kind, double parameter, Real z) {
    return kernels::activation_jet<Real>(kind, parameter, z);
}

ReferenceLoss reference_loss_at(Real difference, Real delta) {
    if (delta == 0) return {difference * difference / 2, difference, 1};
    const Real part = difference / delta, root = std::sqrt(1 + part * part);
    return {difference * difference / (1 + root), difference / root, 1 / (root * root * root)};
}

// What its slope tends to.
Real huber_delta(const Dataset& data) {
    if (data.loss().kind() == LossKind::squared) return 0;
    const double far = 1e15, none = 0.0, one = 1.0;
    double value = 0.0, rounding = 0.0, slope = 0.0, error = 0.0, bend = 0.0;
    data.loss().evaluate({1, 1, 1, &far, &none, &none, &one}, {&value, &rounding, &slope, &error, &bend});
    return slope;
}

ReferenceSums reference_sums(const Dataset& data, const Network& network) {
    const Real delta = huber_delta(data);
    const Size m = network.width, d = network.inputs, p = network.parameter_count(), n = data.samples();
    const auto at = [](Size i) { return static_cast<std::size_t>(i); };
    ReferenceSums sums;
    sums.f.assign(at(n), 0);
    sums.residuals.assign(at(n), 0);
    sums.magnitude.assign(at(n), 0);
    sums.gradient_spread.assign(at(p), 0);
    sums.inner_magnitude.assign(at(m * d), 0);
    sums.coupling_magnitude.assign(at(m * d), 0);
    sums.gradient.assign(at(p), 0);
    sums.gradient_magnitude.assign(at(p), 0);
    sums.hessian.assign(at(p * p), 0);
    sums.inner.assign(at(m * d * d), 0);
    std::vector<double> x(at(d));
    for (Size k = 0; k < n; ++k) {
        data.sample(k, x.data());
        std::vector<Jet> u;
        Real f = 0, magnitude = std::abs(Real{data.target(k)});
        for (Size i = 0; i < m; ++i) {
            Real z = 0;
            for (Size j = 0; j < d; ++j) z += Real{network.weights(i)[j]} * x[at(j)];
            u.push_back(activation_jet(network.activation.kind(), network.activation.parameter(), z));
            f += network.output(i) * u.back().value;
            magnitude += std::abs(network.output(i) * u.back().value);
        }
        std::vector<Real> beside;  // what output bias and skip connections multiply
        if (network.output_bias) beside.push_back(1);
        if (network.skip) beside.insert(beside.end(), x.begin(), x.end());
        const Size first = m * (d + 1);
        for (std::size_t q = 0; q < beside.size(); ++q) {
            const Real term = network.parameters[at(first) + q] * beside[q];
            f += term;
            magnitude += std::abs(term);
        }
        const ReferenceLoss loss = reference_loss_at(f - data.target(k), delta);
        const Real s = data.weight(k), r = loss.slope;
        sums.f[at(k)] = f;
        sums.residuals[at(k)] = r;
        sums.magnitude[at(k)] = magnitude;
        sums.loss += s * loss.value;
        sums.spread += s * magnitude * magnitude;
        std::vector<Real> jacobian(at(p));
        for (Size i = 0; i < m; ++i) {
            for (Size j = 0; j < d; ++j)
                jacobian[at(i * d + j)] = network.output(i) * u[at(i)].first * x[at(j)];
            jacobian[at(m * d + i)] = u[at(i)].value;
        }
        std::copy(beside.begin(), beside.end(), jacobian.begin() + first);
        for (Size i = 0; i < p; ++i) {
            sums.gradient[at(i)] += s * r * jacobian[at(i)];
            sums.gradient_magnitude[at(i)] += std::abs(s * r * jacobian[at(i)]);
            sums.gradient_spread[at(i)] += s * magnitude * std::abs(jacobian[at(i)]);
            for (Size l = 0; l < p; ++l)
                sums.hessian[at(i * p + l)] += s * loss.bend * jacobian[at(i)] * jacobian[at(l)];
        }
        for (Size i = 0; i < m; ++i) {
            for (Size j = 0; j < d; ++j) {
                const Real mixed = s * r * u[at(i)].first * x[at(j)];
                sums.hessian[at((i * d + j) * p + m * d + i)] += mixed;
                sums.hessian[at((m * d + i) * p + i * d + j)] += mixed;
                sums.coupling_magnitude[at(i * d + j)] +=
                    s * std::abs(u[at(i)].first * x[at(j)]) *
                    (std::abs(network.output(i) * u[at(i)].value) + std::abs(r) + magnitude);
                sums.inner_magnitude[at(i * d + j)] += s * (std::abs(r) + magnitude) *
                                                       std::abs(network.output(i) * u[at(i)].second) *
                                                       x[at(j)] * x[at(j)];
                for (Size h = 0; h < d; ++h) {
                    const Real bend = network.output(i) * s * r * u[at(i)].second * x[at(j)] * x[at(h)];
                    sums.inner[at((i * d + j) * d + h)] += bend;
                    sums.hessian[at((i * d + j) * p + i * d + h)] += bend;
                }
            }
        }
    }
    return sums;
}

DatasetSource Problem::source() const {
    return {samples, features, x.data(), ldx, targets.data(), weights.empty() ? nullptr : weights.data()};
}

Problem random_problem(Size samples, Size features, Size ldx, bool weights, std::uint64_t seed) {
    Random random(seed, 17);
    // The last row ends with its last feature: reading on would leave the array.
    Problem problem{samples, features, ldx, {}, {}, {}};
    problem.x.assign(static_cast<std::size_t>((samples - 1) * ldx + features),
                     std::numeric_limits<double>::quiet_NaN());
    for (Size k = 0; k < samples; ++k) {
        for (Size j = 0; j < features; ++j)
            problem.x[static_cast<std::size_t>(k * ldx + j)] = random.normal();
        problem.targets.push_back(random.normal());
        if (weights) problem.weights.push_back(k % 5 == 3 ? 0.0 : 0.25 + random.uniform());
    }
    if (weights && samples < 5) problem.weights[0] = 0.75;
    return problem;
}

Network random_network(const Activation& activation, Size width, Size inputs, std::uint64_t seed) {
    Random random(seed, 18);
    Network network(activation, width, inputs);
    // Preactivations of normal inputs stay a few units large.
    const double scale = 0.7 / std::sqrt(std::max(1.0, static_cast<double>(inputs) / 8));
    for (double& parameter : network.parameters) parameter = scale * random.normal();
    return network;
}

std::vector<Activation> all_activations() {
    std::vector<Activation> list;
    for (const Word& word : Vocabulary<ActivationKind>::words) {
        const auto kind = static_cast<ActivationKind>(word.number);
        if (kind != ActivationKind::custom)
            list.emplace_back(kind, kind == ActivationKind::leaky_relu ? 0.125 : 0.0);
    }
    return list;
}

std::vector<Activation> smooth_activations() {
    std::vector<Activation> list = all_activations();
    std::erase_if(
        list, [](const Activation& activation) { return activation.traits().smoothness < Smoothness::c2; });
    return list;
}

std::vector<Activation> curved_activations() {
    std::vector<Activation> list = all_activations();
    std::erase_if(list, [](const Activation& activation) {
        return activation.traits().smoothness == Smoothness::piecewise_linear;
    });
    return list;
}

}  // namespace tepui::test
