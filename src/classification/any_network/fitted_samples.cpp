#include "classification/any_network/fitted_samples.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/symmetric.hpp"
#include "network/pass/rows.hpp"

namespace tepui {
namespace {

constexpr double kSmallResidual = 1e-6;  // beside the root mean square of all: what a fitted sample may have
constexpr double kOutside = 1e-7;        // share of x_k outside the span of the others
constexpr double kIndependent = 1e-6;    // pivots of the scaled J J^T
constexpr Size kMostFitted = 256;        // J J^T is a dense matrix of that order

Buffer<double> weights_without(const Dataset& data, const std::vector<Size>& samples) {
    Buffer<double> weights(data.samples());
    for (Size k = 0; k < data.samples(); ++k) weights[k] = data.weight(k);
    for (const Size k : samples) weights[k] = 0.0;
    return weights;
}

// The data, which must outlive the result, with weight zero on some samples.
Dataset without(const Dataset& data, const std::vector<Size>& samples) {
    const std::size_t targets = static_cast<std::size_t>(data.samples() * data.outputs());
    Dataset result = data.with_targets(std::span(data.targets(), targets), data.loss());
    result.set_weights(weights_without(data, samples));
    return result;
}

// Units D of the inputs, powers of two: those of the space where its basis combines inputs. For inputs that
// are themselves in the basis, or that the space lacks, any will do, and those of the samples make nothing
// depend on how inputs are scaled.
std::vector<double> units(const InputSpace& space, const Matrix& samples) {
    const Size d = space.inputs();
    bool combined = false;
    for (Size l = 0; l < space.rank; ++l) {
        Size entries = 0;
        for (Size j = 0; j < d; ++j) entries += space.basis(j, l) != 0.0 ? 1 : 0;
        combined = combined || entries != 1;
    }
    std::vector<double> scale = space.scale;
    for (Size j = 0; j < d; ++j) {
        const double* row = space.basis.row(j);
        const bool present = std::any_of(row, row + space.rank, [](double q) { return q != 0.0; });
        if (combined && present) continue;
        double largest = 0.0;
        for (Size k = 0; k < samples.rows(); ++k) largest = std::max(largest, std::abs(samples(k, j)));
        scale[j] = largest > 0.0 ? std::ldexp(1.0, std::clamp(std::ilogb(largest), -1000, 1000)) : 1.0;
    }
    return scale;
}

// D^-1 times what D^-1 x has outside the space; its size over that of D^-1 x is returned.
double outside(const InputSpace& space, const std::vector<double>& scale, const double* x,
               double* direction) {
    const Size d = space.inputs();
    std::vector<double> y(d);
    double before = 0.0, after = 0.0;
    for (Size j = 0; j < d; ++j) {
        y[j] = x[j] / scale[j];
        before = std::hypot(before, y[j]);
    }
    for (int sweep = 0; sweep < 2; ++sweep) {
        for (Size l = 0; l < space.rank; ++l) {
            double part = 0.0;
            for (Size j = 0; j < d; ++j) part += space.basis(j, l) * y[j];
            for (Size j = 0; j < d; ++j) y[j] -= part * space.basis(j, l);
        }
    }
    for (Size j = 0; j < d; ++j) {
        after = std::hypot(after, y[j]);
        direction[j] = y[j] / scale[j];
    }
    return before > 0.0 ? after / before : 0.0;
}

// Outputs at the fitted samples, and their derivatives c_ik = a_i sigma'(w_i . x_k) by preactivation, [i][k].
struct Outputs {
    std::vector<double> f;
    Matrix slopes;
};

Outputs outputs_at(const Network& network, const Matrix& inputs) {
    const Size count = inputs.rows();
    const double constant =
        network.output_bias ? network.parameters[network.coefficient(network.width, 0)] : 0.0;
    Outputs result{std::vector<double>(static_cast<std::size_t>(count), constant),
                   Matrix(network.width, count)};
    std::vector<double> z(result.f.size()), value(result.f.size()), first(result.f.size());
    for (Size i = 0; i < network.width; ++i) {
        for (Size k = 0; k < count; ++k) z[k] = dot(network.inputs, network.weights(i), inputs.row(k));
        network.activation.evaluate(count, z.data(), {value.data(), first.data()});
        for (Size k = 0; k < count; ++k) {
            result.f[k] += network.output(i) * value[k];
            result.slopes(i, k) = network.output(i) * first[k];
        }
    }
    return result;
}

// J J^T with J the derivatives of the outputs by the weights within the directions.
Matrix normal_matrix(const Matrix& slopes, const Matrix& inputs, const Matrix& directions) {
    const Size count = inputs.rows();
    Matrix normal(count, count);
    for (Size k = 0; k < count; ++k) {
        for (Size l = 0; l <= k; ++l) {
            double both = 0.0;
            for (Size i = 0; i < slopes.rows(); ++i) both += slopes(i, k) * slopes(i, l);
            const double shared = 0.5 * (dot(inputs.cols(), inputs.row(k), directions.row(l)) +
                                         dot(inputs.cols(), inputs.row(l), directions.row(k)));
            normal(k, l) = normal(l, k) = both * shared;
        }
    }
    return normal;
}

// Outputs may be finite where slopes overflow.
bool finite(const Matrix& matrix) {
    return std::all_of(matrix.data(), matrix.data() + matrix.rows() * matrix.cols(),
                       [](double entry) { return std::isfinite(entry); });
}

// Cholesky factorisation with complete pivoting of the matrix scaled to a unit diagonal: the rows that are
// independent of those chosen before.
std::vector<bool> independent_rows(Matrix normal, double least_diagonal) {
    const Size count = normal.rows();
    std::vector<double> scale(count, 0.0);
    for (Size k = 0; k < count; ++k)
        if (normal(k, k) > least_diagonal) scale[k] = 1.0 / std::sqrt(normal(k, k));
    for (Size k = 0; k < count; ++k) {
        for (Size l = 0; l < count; ++l) normal(k, l) *= scale[k] * scale[l];
    }
    std::vector<bool> chosen(count, false);
    for (Size step = 0; step < count; ++step) {
        Size pivot = -1;
        for (Size k = 0; k < count; ++k)
            if (!chosen[k] && (pivot < 0 || normal(k, k) > normal(pivot, pivot))) pivot = k;
        if (!(normal(pivot, pivot) > kIndependent)) break;
        chosen[pivot] = true;
        for (Size k = 0; k < count; ++k) {
            if (chosen[k]) continue;
            const double factor = normal(k, pivot) / normal(pivot, pivot);
            for (Size l = 0; l < count; ++l) normal(k, l) -= factor * normal(pivot, l);
        }
    }
    return chosen;
}

std::vector<Size> small_residuals(const Dataset& data, const PointResiduals& residuals) {
    std::vector<Size> samples;
    const std::span<const double> values = residuals.values.span();
    for (Size k = 0; k < data.samples(); ++k) {
        if (data.weight(k) > 0.0 && std::abs(values[k]) <= kSmallResidual * residuals.size)
            samples.push_back(k);
    }
    return samples;
}

std::vector<Size> keep(const std::vector<Size>& samples, const std::vector<bool>& kept) {
    std::vector<Size> result;
    for (std::size_t k = 0; k < samples.size(); ++k)
        if (kept[k]) result.push_back(samples[k]);
    return result;
}

// Directions, inputs and outputs of such samples; which of them lie outside the span of the others.
std::vector<bool> describe(const Dataset& data, const Network& network, FittedSamples& fitted) {
    const Size count = fitted.count(), d = data.inputs();
    fitted.inputs = Matrix(count, d);
    fitted.directions = Matrix(count, d);
    for (Size k = 0; k < count; ++k) data.sample(fitted.samples[k], fitted.inputs.row(k));
    const std::vector<double> scale = units(fitted.rest, fitted.inputs);
    std::vector<bool> outside_span;
    for (Size k = 0; k < count; ++k) {
        outside_span.push_back(outside(fitted.rest, scale, fitted.inputs.row(k), fitted.directions.row(k)) >
                               kOutside);
    }
    fitted.outputs = outputs_at(network, fitted.inputs).f;
    return outside_span;
}

}  // namespace

std::optional<FittedSamples> fitted_samples(const Dataset& data, const Network& network,
                                            const PointResiduals& residuals, const Execution& execution) {
    FittedSamples fitted;
    // Skip connections would fit them without the neurons; other losses than the squared one know no targets.
    if (network.skip || !data.loss().quadratic()) return std::nullopt;
    fitted.samples = small_residuals(data, residuals);
    // Each round leaves out samples that the others' span or equations have in common; what is left when none
    // is left out has the property.
    while (!fitted.samples.empty()) {
        if (fitted.count() > kMostFitted) return std::nullopt;
        const Dataset others = without(data, fitted.samples);
        fitted.rest = input_space(others, execution);
        std::vector<bool> kept = describe(data, network, fitted);
        if (std::find(kept.begin(), kept.end(), false) == kept.end()) {
            const Matrix normal =
                normal_matrix(outputs_at(network, fitted.inputs).slopes, fitted.inputs, fitted.directions);
            if (!finite(normal)) return std::nullopt;
            const double least = kSmallResidual * residuals.size;
            kept = independent_rows(normal.copy(), least * least);
        }
        std::vector<Size> left = keep(fitted.samples, kept);
        if (left.size() == fitted.samples.size()) return fitted;
        fitted.samples = std::move(left);
    }
    return std::nullopt;
}

bool FittedSamples::restore(Network& network) const {
    constexpr int kIterations = 60;
    constexpr double kSmallestPart = 1e-3;  // of a step that does not come nearer
    const Network before = network;
    Network from = network;
    std::vector<double> step(network.parameters.size(), 0.0);
    double last = std::numeric_limits<double>::infinity(), part = 1.0;
    const Size order = count();
    for (int iteration = 0; iteration < kIterations; ++iteration) {
        const Outputs now = outputs_at(network, inputs);
        std::vector<double> wrong(outputs.size());
        double size = 0.0, magnitude = 0.0;
        for (std::size_t k = 0; k < wrong.size(); ++k) {
            wrong[k] = outputs[k] - now.f[k];
            size = std::isfinite(wrong[k]) ? std::max(size, std::abs(wrong[k])) : wrong[k];
            magnitude = std::max(magnitude, std::abs(outputs[k]));
        }
        if (size == 0.0) return true;
        const bool small = size <= 1e-12 * std::max(magnitude, 1e-300);
        if (small && !(size < 0.5 * last)) return true;
        if (!(size < last)) {
            part *= 0.5;
            if (part < kSmallestPart) break;
            for (std::size_t p = 0; p < step.size(); ++p)
                network.parameters[p] = from.parameters[p] + part * step[p];
            continue;
        }
        last = size;
        part = 1.0;
        from = network;
        const Matrix normal = normal_matrix(now.slopes, inputs, directions);
        if (!finite(normal)) break;
        const linalg::SymmetricEigen eigen = linalg::symmetric_eigen(normal, true);
        std::vector<double> multipliers(wrong.size(), 0.0);
        for (Size l = 0; l < order; ++l) {
            if (!(eigen.values[l] > 1e-13 * eigen.values[order - 1])) continue;
            const double* u = eigen.vectors.row(l);
            const double share = dot(order, u, wrong.data()) / eigen.values[l];
            for (Size k = 0; k < order; ++k) multipliers[k] += share * u[k];
        }
        std::fill(step.begin(), step.end(), 0.0);
        for (Size i = 0; i < network.width; ++i) {
            for (Size k = 0; k < order; ++k) {
                const double along = multipliers[k] * now.slopes(i, k);
                for (Size j = 0; j < network.inputs; ++j)
                    step[i * network.inputs + j] += along * directions(k, j);
            }
        }
        for (std::size_t p = 0; p < step.size(); ++p) network.parameters[p] += step[p];
    }
    network = before;
    return false;
}

Dataset project_others(const Dataset& data, const FittedSamples& fitted, const Execution& execution) {
    Dataset result = project(data, fitted.rest, execution);
    result.set_weights(weights_without(data, fitted.samples));
    return result;
}

}  // namespace tepui
