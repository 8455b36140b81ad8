#include "classification/planted_models.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/singular.hpp"
#include "linalg/symmetric.hpp"
#include "network/derivatives/hessian.hpp"
#include "support/reference.hpp"

namespace tepui::test {
namespace {

constexpr double kDelta = 0.7;

const Loss& loss_of(LossKind kind) {
    switch (kind) {
        case LossKind::logistic:
            return logistic_loss();
        case LossKind::softmax:
            return softmax_loss();
        case LossKind::poisson:
            return poisson_loss();
        case LossKind::pseudo_huber: {
            static const std::unique_ptr<const Loss> loss = pseudo_huber_loss(kDelta);
            return *loss;
        }
        default:
            return squared_loss();
    }
}

// Samples with features and slopes at the given weights.
struct Features {
    Features(const Network& network, const std::vector<double>& x) : network_(network), x_(x) {
        const Size d = network.inputs, n = static_cast<Size>(x.size()) / d;
        for (Size k = 0; k < n; ++k) {
            for (Size i = 0; i < network.width; ++i) {
                Real z = 0;
                for (Size j = 0; j < d; ++j) z += static_cast<Real>(network.weights(i)[j]) * x[k * d + j];
                jets.push_back(activation_jet(network.activation_of(i).kind(), 0.0, z));
            }
        }
    }
    const Jet& jet(Size k, Size i) const { return jets[k * network_.width + i]; }
    Real feature(Size k, Size q) const {
        if (q < network_.width) return jet(k, q).value;
        const Size input = q - network_.width - (network_.output_bias ? 1 : 0);
        return input < 0 ? 1 : x_[k * network_.inputs + input];
    }

    const Network& network_;
    const std::vector<double>& x_;
    std::vector<Jet> jets;
};

// Rows that g, [n][K], is to be orthogonal to.
Matrix constraints(const Network& network, const std::vector<double>& x, const Features& at,
                   const ModelShape& shape) {
    const Size d = network.inputs, outputs = network.output_count, n = static_cast<Size>(x.size()) / d;
    const Size p = network.parameter_count(), flat = shape.flat * d * outputs;
    const Size sums = shape.loss == LossKind::softmax ? n : 0, null = shape.null * d;
    Matrix rows(p + flat + null + sums, n * outputs);
    for (Size k = 0; k < n; ++k) {
        for (Size o = 0; o < outputs; ++o) {
            const Size column = k * outputs + o;
            for (Size i = 0; i < network.width; ++i) {
                const double slope = static_cast<double>(at.jet(k, i).first);
                for (Size j = 0; j < d; ++j) {
                    rows(network.weight(i, j), column) = network.output(i, o) * slope * x[k * d + j];
                    if (i < shape.flat) rows(p + (i * d + j) * outputs + o, column) = slope * x[k * d + j];
                }
            }
            for (Size q = 0; q < network.features(); ++q)
                rows(network.coefficient(q, o), column) = static_cast<double>(at.feature(k, q));
            for (Size e = 0; e < null; ++e)
                rows(p + flat + e, column) = network.output(0, o) * static_cast<double>(at.jet(k, 0).second) *
                                             x[k * d + e / d] * x[k * d + e % d];
            if (sums > 0) rows(p + flat + null + k, column) = 1.0;
        }
    }
    return rows;
}

bool project(const Matrix& rows, std::vector<Real>& g) {
    const linalg::RightSingular span = linalg::right_singular(rows);
    const Size size = rows.cols();
    for (int round = 0; round < 3; ++round) {
        for (Size q = 0; q < span.values.size(); ++q) {
            if (!(span.values[q] > 1e-10 * span.values[0])) continue;
            Real along = 0, square = 0;
            for (Size k = 0; k < size; ++k) {
                along += g[k] * span.vectors(q, k);
                square += static_cast<Real>(span.vectors(q, k)) * span.vectors(q, k);
            }
            for (Size k = 0; k < size; ++k) g[k] -= along / square * span.vectors(q, k);
        }
    }
    Real norm = 0;
    for (const Real value : g) norm += value * value;
    return norm > 1e-6L;
}

// What targets are beside l' = 0; sum: of the exponentials of the outputs.
Real mean_of(LossKind loss, Real f, Real sum) {
    switch (loss) {
        case LossKind::softmax:
            return std::exp(f) / sum;
        case LossKind::logistic:
            return 1 / (1 + std::exp(-f));
        case LossKind::poisson:
            return std::exp(f);
        default:
            return f;
    }
}

// How far l' may be from 0 upwards, or downwards.
Real room(LossKind loss, Real mean, bool above) {
    if (loss == LossKind::squared) return 1;
    if (loss == LossKind::pseudo_huber) return kDelta;
    return above ? mean : loss == LossKind::poisson ? 1 : 1 - mean;
}

}  // namespace

Dataset PlantedModel::dataset() const {
    DatasetSource source;
    source.samples = samples;
    source.features = source.ldx = network.inputs;
    source.x = x.data();
    source.targets = targets.data();
    source.outputs = network.output_count;
    source.loss = loss;
    return Dataset(source, false, false, LossScaling::sum);
}

std::optional<PlantedModel> plant_model(Random& random, const ModelShape& shape) {
    Network network(Activation(shape.activation), shape.layout);
    const Size d = network.inputs, outputs = network.output_count;
    const Size pulls = shape.loss == LossKind::softmax ? outputs - 1 : outputs;
    const Size n = (network.parameter_count() + shape.flat * d * outputs + shape.null * d) / pulls + 6;
    for (const ActivationKind unit : shape.units) network.unit_activations.emplace_back(unit);
    for (double& value : network.parameters) value = 0.8 * random.normal();
    PlantedModel model{{}, {}, n, &loss_of(shape.loss), network};
    for (Size e = 0; e < n * d; ++e)
        model.x.push_back(shape.constant_input && e % d == d - 1 ? 1.0 : random.normal());
    const Features at(network, model.x);
    std::vector<Real> g;
    for (Size e = 0; e < n * outputs; ++e) g.push_back(random.normal());
    if (!project(constraints(network, model.x, at, shape), g)) return std::nullopt;
    // f, and for each output how far targets may be from p = l' + y, which is f for losses of differences.
    std::vector<Real> f(g.size(), 0), share(g.size(), 0);
    Real scale = INFINITY;
    for (Size k = 0; k < n; ++k) {
        Real sum = 0;
        for (Size o = 0; o < outputs; ++o) {
            const Size e = k * outputs + o;
            for (Size q = 0; q < network.features(); ++q)
                f[e] += network.parameters[network.coefficient(q, o)] * at.feature(k, q);
            sum += std::exp(f[e]);
        }
        for (Size o = 0; o < outputs; ++o) {
            const Size e = k * outputs + o;
            share[e] = mean_of(shape.loss, f[e], sum);
            scale = std::min(scale, room(shape.loss, share[e], g[e] > 0) / std::abs(g[e]));
        }
    }
    for (std::size_t e = 0; e < g.size(); ++e) {
        Real pull = shape.size * scale * g[e];
        if (shape.loss == LossKind::pseudo_huber)  // r of l' = r / sqrt(1 + (r / delta)^2)
            pull /= std::sqrt(1 - pull * pull / (kDelta * kDelta));
        model.targets.push_back(static_cast<double>(share[e] - pull));
    }
    if (shape.loss == LossKind::softmax) {  // shares that sum to 1 but for rounding
        for (Size k = 0; k < n; ++k) {
            double rest = 1.0;
            for (Size o = 1; o < outputs; ++o) rest -= model.targets[k * outputs + o];
            model.targets[k * outputs] = std::max(rest, 0.0);
        }
    }
    return model;
}

Network split_model(const Network& network, Size i, const std::vector<double>& gamma) {
    const Size r = static_cast<Size>(gamma.size());
    Layout layout = network;
    layout.width += r - 1;
    Network wide(network.activation, layout);
    for (Size q = 0; q < wide.features(); ++q) {
        const Size from = q < i ? q : q < i + r ? i : q - r + 1;
        const double share = q >= i && q < i + r ? gamma[q - i] : 1.0;
        if (q < wide.width) std::copy_n(network.weights(from), network.inputs, wide.weights(q));
        for (Size o = 0; o < network.output_count; ++o)
            wide.parameters[wide.coefficient(q, o)] =
                share * network.parameters[network.coefficient(from, o)];
    }
    return wide;
}

HessianInertia hessian_inertia(const Dataset& data, const Network& network) {
    const HessianValue value = hessian(data, network, Execution{1});
    const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(value.value, false);
    const Size p = eigen.values.size();
    const double largest = std::max(std::abs(eigen.values[0]), std::abs(eigen.values[p - 1]));
    HessianInertia result;
    result.clear = true;
    for (Size q = 0; q < p; ++q) {
        const double size = std::abs(eigen.values[q]) / largest;
        if (size < 1e-12)
            ++result.zero;
        else if (eigen.values[q] < 0.0)
            ++result.negative;
        if (size > 1e-14 && size < 1e-9) result.clear = false;
    }
    return result;
}

}  // namespace tepui::test
