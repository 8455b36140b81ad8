#include "classification/point/continuous_symmetry.hpp"

#include <algorithm>
#include <cmath>

#include "classification/escape/psi.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/euclidean.hpp"
#include "linalg/symmetric.hpp"
#include "network/model/beside_neurons.hpp"
#include "network/pass/rows.hpp"

namespace tepui {
namespace {

constexpr Size kMostMotions = 1500;    // their Gram matrix is dense
constexpr double kIndependent = 1e-9;  // eigenvalues of the Gram matrix of unit motions
constexpr double kConstant = 32.0;     // |e . x - 1| in roundings of its terms

// How many of the vectors are independent beyond doubt.
Size certain_rank(std::vector<std::vector<double>> vectors) {
    std::erase_if(vectors, [](const std::vector<double>& v) { return !(scaled_norm_of(v) > 0.0); });
    const Size count = static_cast<Size>(vectors.size());
    if (count == 0 || count > kMostMotions) return 0;
    for (std::vector<double>& v : vectors) {
        const double norm = scaled_norm_of(v);
        for (double& x : v) x /= norm;
    }
    Matrix gram(count, count);
    for (Size i = 0; i < count; ++i) {
        for (Size j = 0; j <= i; ++j) {
            gram(i, j) = gram(j, i) =
                dot(static_cast<Size>(vectors[i].size()), vectors[i].data(), vectors[j].data());
        }
    }
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(gram, false);
    Size rank = 0;
    for (Size l = 0; l < count; ++l) rank += eigen.values[l] > kIndependent ? 1 : 0;
    return rank;
}

}  // namespace

std::vector<double> constant_direction(const Dataset& data) {
    const Size d = data.inputs();
    Matrix gram(d, d);
    std::vector<double> x(d), sums(x), magnitude(x);
    for (Size k = 0; k < data.samples(); ++k) {
        if (data.weight(k) == 0.0) continue;
        data.sample(k, x.data());
        for (Size i = 0; i < d; ++i) {
            sums[i] += x[i];
            for (Size j = 0; j < d; ++j) gram(i, j) += x[i] * x[j];
        }
    }
    for (Size j = 0; j < d; ++j) magnitude[j] = gram(j, j);
    const Equilibrated equilibrated = equilibrate(gram, magnitude);
    const double tau = thresholds(equilibrated, data.samples(), nullptr, Tolerances{}.rounding_factor).tau;
    std::vector<double> e = pseudo_solve(equilibrated, tau, sums);
    // Refined by what is left of the constant. A direction that is constant but for more than rounding has
    // other functions than a bias.
    std::vector<double> left(d);
    for (const bool refine : {true, true, false}) {
        std::fill(left.begin(), left.end(), 0.0);
        for (Size k = 0; k < data.samples(); ++k) {
            if (data.weight(k) == 0.0) continue;
            data.sample(k, x.data());
            const double error = 1.0 - dot(d, e.data(), x.data());
            double terms = 1.0;
            for (Size j = 0; j < d; ++j) terms += std::abs(e[j] * x[j]);
            if (!refine && !(std::abs(error) <= kConstant * kEps * terms)) return {};
            for (Size j = 0; j < d; ++j) left[j] += error * x[j];
        }
        if (!refine) break;
        const std::vector<double> change = pseudo_solve(equilibrated, tau, left);
        for (Size j = 0; j < d; ++j) e[j] += change[j];
    }
    return e;
}

ContinuousSymmetry::ContinuousSymmetry(const Dataset& data, const Network& network,
                                       const std::vector<bool>& constant, const Execution&)
    : network_(network), constant_(constant) {
    if (network.activation.kind() == ActivationKind::exp) shift_ = constant_direction(data);
    if (network.output_bias && (network.skip || linear())) one_ = constant_direction(data);
}

bool ContinuousSymmetry::linear() const {
    const ActivationTraits& traits = network_.activation.traits();
    return traits.polynomial && traits.homogeneity == 1;
}

bool ContinuousSymmetry::quadratic() const {
    const ActivationTraits& traits = network_.activation.traits();
    return traits.polynomial && traits.homogeneity == 2;
}

std::vector<ContinuousSymmetry::Vector> ContinuousSymmetry::motions() const {
    const Size m = network_.width, d = network_.inputs, outputs = m * d;
    const int p = network_.activation.traits().homogeneity;
    std::vector<Vector> found;
    const auto add = [&]() -> Vector& { return found.emplace_back(network_.parameters.size(), 0.0); };
    const auto weights = [&](Vector& v, Size i, double factor, const double* direction) {
        for (Size j = 0; j < d; ++j) v[i * d + j] += factor * direction[j];
    };
    for (Size i = 0; i < m; ++i) {
        if (constant_[i]) continue;
        if (p > 0) {  // w -> c w, a -> c^-p a
            Vector& v = add();
            weights(v, i, 1.0, network_.weights(i));
            v[outputs + i] = -p * network_.output(i);
        }
        if (!shift_.empty()) {  // w -> w + c e, a -> exp(-c) a
            Vector& v = add();
            weights(v, i, 1.0, shift_.data());
            v[outputs + i] = -network_.output(i);
        }
    }
    add_beside(found);
    if (!linear() && !quadratic()) return found;
    Vector unit(static_cast<std::size_t>(d), 0.0);
    for (Size i = 0; i < m; ++i) {
        for (Size l = 0; l < m; ++l) {
            if (static_cast<Size>(found.size()) > kMostMotions) return {};
            if (quadratic() && l < i) {  // sum a w w^T stays
                Vector& v = add();
                weights(v, i, network_.output(l), network_.weights(l));
                weights(v, l, -network_.output(i), network_.weights(i));
            }
            if (!linear() || l == i) continue;
            Vector& v = add();  // sum a w stays
            weights(v, i, 1.0, network_.weights(l));
            v[outputs + l] = -network_.output(i);
            for (Size j = 0; j < d && l < i; ++j) {
                unit.assign(unit.size(), 0.0);
                unit[j] = 1.0;
                Vector& moved = add();
                weights(moved, i, network_.output(l), unit.data());
                weights(moved, l, -network_.output(i), unit.data());
            }
        }
    }
    return found;
}

// Output biases and skip connections do what constant and linear features do.
void ContinuousSymmetry::add_beside(std::vector<Vector>& found) const {
    const Size m = network_.width, d = network_.inputs;
    const Size bias = neuron_parameters(network_), skip = bias + (network_.output_bias ? 1 : 0);
    const auto add = [&]() -> Vector& { return found.emplace_back(network_.parameters.size(), 0.0); };
    if (network_.output_bias && network_.skip && !one_.empty()) {
        Vector& v = add();
        v[bias] = 1.0;
        for (Size j = 0; j < d; ++j) v[skip + j] = -one_[j];
    }
    const double at_zero = network_.activation.traits().value_at_zero;
    for (Size i = 0; i < m; ++i) {
        const double *w = network_.weights(i), a = network_.output(i);
        const bool still = std::all_of(w, w + d, [](double x) { return x == 0.0; });
        // Not everywhere, but a line of stationary points all the same: there sum g x = 0.
        if (network_.output_bias && still && at_zero != 0.0 && a != 0.0) {
            Vector& v = add();
            v[m * d + i] = 1.0;
            v[bias] = -at_zero;
        }
        if (!linear()) continue;
        if (network_.output_bias && !one_.empty()) {
            Vector& v = add();
            std::copy(one_.begin(), one_.end(), v.begin() + i * d);
            v[bias] = -a;
        }
        for (Size j = 0; network_.skip && j <= d; ++j) {
            Vector& v = add();
            if (j < d) {
                v[i * d + j] = 1.0;
                v[skip + j] = -a;
                continue;
            }
            v[m * d + i] = 1.0;
            for (Size l = 0; l < d; ++l) v[skip + l] = -w[l];
        }
    }
}

Size ContinuousSymmetry::dimension() const {
    return certain_rank(motions());
}

Size ContinuousSymmetry::inner_dimension(Size neuron) const {
    const Size d = network_.inputs;
    if (constant_[neuron] || network_.output(neuron) == 0.0) return 0;
    if (linear()) return d;
    std::vector<Vector> kernel;
    const auto add = [&](Size i) { kernel.emplace_back(network_.weights(i), network_.weights(i) + d); };
    if (quadratic()) {
        for (Size i = 0; i < network_.width; ++i)
            if (network_.output(i) != 0.0) add(i);
    } else if (network_.activation.traits().homogeneity > 0) {
        add(neuron);
    }
    if (!shift_.empty()) kernel.push_back(shift_);
    return certain_rank(std::move(kernel));
}

SymmetryGauge fix_gauge(const Dataset& data, Network& network, const Execution& execution) {
    const int p = network.activation.traits().homogeneity;
    const Size m = network.width, d = network.inputs;
    const std::vector<double> shift =
        network.activation.kind() == ActivationKind::exp ? constant_direction(data) : std::vector<double>{};
    SymmetryGauge gauge;
    if (p == 0 && shift.empty()) return gauge;
    gauge.weights.assign(m, 1.0);
    gauge.outputs.assign(m, 1.0);
    gauge.shifts.assign(m, 0.0);
    gauge.direction = shift.empty() ? std::vector<double>(d, 0.0) : shift;
    for (Size i = 0; i < m; ++i) {
        double* w = network.weights(i);
        double factor = 1.0;  // of the output weight
        if (p > 0) {
            const double size = preactivation_size(data, {w, w + d}, execution);
            if (!(size > 0.0) || !std::isfinite(std::pow(size, p)) || std::pow(size, -p) == 0.0) continue;
            for (Size j = 0; j < d; ++j) w[j] /= size;
            gauge.weights[i] = size;
            factor = std::pow(size, p);
        } else {
            const double part = dot(d, w, shift.data()) / dot(d, shift.data(), shift.data());
            factor = std::exp(part);
            if (!std::isfinite(factor) || !(factor > 0.0)) continue;
            for (Size j = 0; j < d; ++j) w[j] -= part * shift[j];
            gauge.shifts[i] = part;
        }
        network.output(i) *= factor;
        gauge.outputs[i] = 1.0 / factor;
    }
    return gauge;
}

}  // namespace tepui
