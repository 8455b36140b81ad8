#include "solve/output_fit.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/matrix.hpp"
#include "linalg/blas.hpp"
#include "linalg/symmetric.hpp"
#include "network/derivatives/objective.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

constexpr Size kChunk = 256;
constexpr int kHalvings = 12;

// What the output layer sums, of samples [first, first + count): row k at u + k * features.
class FeatureRows {
  public:
    FeatureRows(const Dataset& data, const Network& network, Size capacity)
        : data_(data), network_(network), x_(capacity, network.inputs), z_(capacity, network.width) {
        if (!plain()) hidden_ = Matrix(capacity, network.width);
    }

    void fill(Size first, Size count, double* u) {
        const Size m = network_.width, d = network_.inputs, features = network_.features();
        data_.rows(first, count, x_.data());
        double* hidden = plain() ? u : hidden_.data();
        if (m > 0) {
            linalg::gemm(false, true, count, m, d, 1.0, x_.data(), d, network_.parameters.data(), d, 0.0,
                         z_.data(), m, 1);
            activate(count, hidden);
        }
        for (Size k = 0; k < count && !plain(); ++k) {
            double* rest = std::copy_n(hidden + k * m, m, u + k * features);
            if (network_.output_bias) *rest++ = 1.0;
            if (network_.skip) std::copy_n(x_.row(k), d, rest);
        }
    }

  private:
    bool plain() const noexcept { return network_.features() == network_.width; }
    void activate(Size count, double* u) {
        const Size m = network_.width;
        if (network_.unit_activations.empty())
            return network_.activation.evaluate(count * m, z_.data(), {.value = u});
        std::vector<double> z(count), value(count);
        for (Size i = 0; i < m; ++i) {
            for (Size k = 0; k < count; ++k) z[k] = z_.data()[k * m + i];
            network_.activation_of(i).evaluate(count, z.data(), {.value = value.data()});
            for (Size k = 0; k < count; ++k) u[k * m + i] = value[k];
        }
    }

    const Dataset& data_;
    const Network& network_;
    Matrix x_, z_, hidden_;
};

// lambda of every feature's coefficients.
std::vector<double> decay_of(const Dataset& data, const Network& network) {
    std::vector<double> of_parameter(network.parameters.size(), 0.0), result(network.features());
    data.decay().each(network, [&](Size p, double lambda) { of_parameter[p] = lambda; });
    for (Size q = 0; q < network.features(); ++q) result[q] = of_parameter[network.coefficient(q, 0)];
    return result;
}

// The convex problem as one of the library's own: features for inputs, their coefficients for skip
// connections.
class OutputProblem {
  public:
    OutputProblem(const Dataset& data, const Network& network)
        : features_(network.features()),
          u_(checked_product(data.samples(), network.features())),
          targets_(checked_product(data.samples(), data.outputs())),
          weights_(data.samples()),
          layer_(network.activation, {0, network.features(), network.output_count, false, true}) {
        FeatureRows rows(data, network, std::min(kChunk, data.samples()));
        for (Size first = 0; first < data.samples(); first += kChunk)
            rows.fill(first, std::min(kChunk, data.samples() - first), u_.data() + first * features_);
        for (Size k = 0; k < data.samples(); ++k) {
            weights_[k] = data.given_weight(k);
            for (Size o = 0; o < data.outputs(); ++o) targets_[k * data.outputs() + o] = data.target(k, o);
        }
        decay_ = decay_of(data, network);
        for (Size q = 0; q < features_; ++q) {
            for (Size o = 0; o < network.output_count; ++o)
                layer_.parameters[o * features_ + q] = network.parameters[network.coefficient(q, o)];
        }
    }
    bool finite() const {
        return std::all_of(u_.data(), u_.data() + u_.size(), [](double v) { return std::isfinite(v); });
    }
    // Only where the features are finite.
    Dataset data(const Dataset& of) const {
        DatasetSource source;
        source.samples = of.samples();
        source.features = features_;
        source.x = u_.data();
        source.ldx = features_;
        source.targets = targets_.data();
        source.weights = weights_.data();
        source.outputs = of.outputs();
        source.loss = &of.loss();
        return Dataset(source, false, false, of.scaling());
    }
    double decay(Size p) const { return decay_[p % features_]; }
    Network& layer() noexcept { return layer_; }
    void write_to(Network& network) const {
        for (Size q = 0; q < features_; ++q) {
            for (Size o = 0; o < network.output_count; ++o)
                network.parameters[network.coefficient(q, o)] = layer_.parameters[o * features_ + q];
        }
    }

  private:
    Size features_;
    Buffer<double> u_, targets_, weights_;
    std::vector<double> decay_;
    Network layer_;
};

// -(H + ridge diag H)^-1 grad in units of the diagonal; nothing where H is not positive definite.
std::optional<std::vector<double>> newton_step(const OutputProblem& problem, const HessianValue& hessian,
                                               const Network& layer, double ridge, bool shift_invariant) {
    const Size count = hessian.value.rows(), outputs = layer.output_count, features = count / outputs;
    Matrix matrix = hessian.value.copy();
    std::vector<double> scale(count), right(count), solution(count);
    for (Size p = 0; p < count; ++p) matrix(p, p) += problem.decay(p);
    for (Size p = 0; p < count; ++p) scale[p] = matrix(p, p) > 0.0 ? 1.0 / std::sqrt(matrix(p, p)) : 0.0;
    // Curvature along what all outputs share, where nothing else gives any: the step keeps its mean at 0.
    for (Size q = 0; q < features && shift_invariant && problem.decay(q) == 0.0; ++q) {
        double most = 0.0;
        for (Size o = 0; o < outputs; ++o) most = std::max(most, matrix(o * features + q, o * features + q));
        for (Size o = 0; o < outputs; ++o) {
            for (Size l = 0; l < outputs; ++l)
                matrix(o * features + q, l * features + q) += most / static_cast<double>(outputs);
        }
    }
    for (Size p = 0; p < count; ++p) {
        const double gradient = hessian.gradient.value[p] + problem.decay(p) * layer.parameters[p];
        right[p] = -scale[p] * gradient;
        for (Size l = 0; l <= p; ++l) matrix(p, l) *= scale[p] * scale[l];
        if (scale[p] == 0.0) matrix(p, p) = 1.0;
    }
    if (!linalg::solve_positive_definite(matrix, ridge, right, solution)) return std::nullopt;
    for (Size p = 0; p < count; ++p) solution[p] *= scale[p];
    return solution;
}

double penalty(const OutputProblem& problem, const Network& layer) {
    double sum = 0.0;
    for (Size p = 0; p < layer.parameter_count(); ++p)
        sum += 0.5 * problem.decay(p) * layer.parameters[p] * layer.parameters[p];
    return sum;
}

bool descend(const Dataset& data, Network& network, const OutputFit& fit) {
    OutputProblem problem(data, network);
    if (!problem.finite()) return false;
    const Dataset features = problem.data(data);
    const Execution alone;
    Network& layer = problem.layer();
    for (int step = 0; step < fit.steps; ++step) {
        const HessianValue hessian = tepui::hessian(features, layer, alone);
        const std::optional<std::vector<double>> newton =
            newton_step(problem, hessian, layer, fit.ridge, data.loss().shift_invariant());
        if (!newton) return step > 0;
        const Network before = layer;
        const double least = hessian.gradient.loss.loss + penalty(problem, layer);
        bool lower = false;
        double share = 1.0;
        for (int halving = 0; halving < kHalvings && !lower; ++halving, share *= 0.5) {
            for (std::size_t p = 0; p < newton->size(); ++p)
                layer.parameters[p] = before.parameters[p] + share * (*newton)[p];
            try {
                lower = loss(features, layer, alone).loss + penalty(problem, layer) < least;
            } catch (const Error& error) {
                if (!cannot_evaluate(error)) throw;
            }
        }
        if (!lower) {
            layer = before;
            break;
        }
    }
    problem.write_to(network);
    return true;
}

// sum_o of the gradient along the step, and half its curvature: the change of the loss.
struct OutputStep {
    Matrix of;  // [outputs][features]
    double change = 0.0;
};

std::optional<OutputStep> ridge_step(const FeatureSum& sum, const std::vector<double>& decay,
                                     const Network& network, double ridge, linalg::CholeskyFactor& factor) {
    const Size features = network.features(), outputs = network.output_count;
    Matrix gram(features, features), gradient(outputs, features);
    std::vector<double> scale(features);
    for (Size q = 0; q < features; ++q) {
        const double square = sum.gram(q, q) + decay[q];
        bool finite = std::isfinite(square);
        for (Size o = 0; o < outputs; ++o) {
            gradient(o, q) = sum.gradient(q, o) + decay[q] * network.parameters[network.coefficient(q, o)];
            finite = finite && std::isfinite(gradient(o, q));
        }
        if (!finite) return std::nullopt;
        scale[q] =
            square > 0.0 ? 1.0 / std::sqrt(square) : 0.0;  // a feature that is 0 everywhere stays as it is
        for (Size p = 0; p < q; ++p) gram(q, p) = sum.gram(q, p) * scale[q] * scale[p];
        gram(q, q) = 1.0;
    }
    if (!factor.factor(gram, ridge)) return std::nullopt;
    OutputStep step{Matrix(outputs, features)};
    for (Size o = 0; o < outputs; ++o) {
        const std::span<double> solution(step.of.row(o), static_cast<std::size_t>(features));
        for (Size q = 0; q < features; ++q) solution[q] = -scale[q] * gradient(o, q);
        factor.solve(solution);
        // g^T t + 1/2 t^T G t with (G + ridge D) t = -g, in units of the diagonal.
        for (Size q = 0; q < features; ++q) {
            step.change -= 0.5 * (-solution[q] * scale[q] * gradient(o, q) +
                                  ridge * (scale[q] > 0.0 ? solution[q] * solution[q] : 0.0));
            solution[q] *= scale[q];
        }
    }
    return step;
}

}  // namespace

SquaredOutputFit::SquaredOutputFit(const Dataset& data, const Network& network)
    : data_(data),
      network_(network),
      decay_(decay_of(data, network)),
      sum_(network),
      pass_(data, network_, sum_) {}

std::optional<double> SquaredOutputFit::fit(Network& network, double ridge, const Execution& execution) {
    network_.parameters = network.parameters;
    try {
        pass_.run_anew(execution);
        const double here = sum_.loss(network, data_.decay()).loss;
        const std::optional<OutputStep> step = ridge_step(sum_, decay_, network, ridge, factor_);
        if (!step || !std::isfinite(step->change)) return std::nullopt;
        for (Size o = 0; o < network.output_count; ++o) {
            for (Size q = 0; q < network.features(); ++q)
                network.parameters[network.coefficient(q, o)] += step->of(o, q);
        }
        return here + step->change;
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return std::nullopt;
    }
}

bool fit_outputs(const Dataset& data, Network& network, const OutputFit& fit) {
    if (data.loss().quadratic())
        return SquaredOutputFit(data, network).fit(network, fit.ridge, Execution{}).has_value();
    try {
        return descend(data, network, fit);
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return false;
    }
}

}  // namespace tepui
