#include "network/inputs/own_directions.hpp"

#include <algorithm>
#include <cmath>

#include "network/inputs/equal_inputs.hpp"
#include "network/pass/rows.hpp"

namespace tepui {
namespace {

constexpr double kUnpulled = 1e-6;     // beside the root mean square of all
constexpr double kOutside = 1e-7;      // share of x_k outside the span of the others
constexpr double kIndependent = 1e-6;  // pivots of the scaled J J^T
constexpr Size kMost = 256;            // J J^T is a dense matrix of that order

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

std::vector<SampleGroup> keep(const std::vector<SampleGroup>& groups, const std::vector<bool>& kept) {
    std::vector<SampleGroup> result;
    for (std::size_t l = 0; l < groups.size(); ++l)
        if (kept[l]) result.push_back(groups[l]);
    return result;
}

// Inputs and directions of the groups; which of them lie outside the span of the others.
std::vector<bool> describe(const Dataset& data, OwnDirections& own) {
    const Size count = own.count(), d = data.inputs();
    own.inputs = Matrix(count, d);
    own.directions = Matrix(count, d);
    for (Size k = 0; k < count; ++k) data.sample(own.groups[k].front(), own.inputs.row(k));
    const std::vector<double> scale = units(own.rest, own.inputs);
    std::vector<bool> outside_span;
    for (Size k = 0; k < count; ++k)
        outside_span.push_back(outside(own.rest, scale, own.inputs.row(k), own.directions.row(k)) > kOutside);
    return outside_span;
}

}  // namespace

std::optional<Matrix> normal_matrix(const OwnDirections& of, const Matrix& slopes) {
    const Matrix &inputs = of.inputs, &directions = of.directions;
    const Size count = of.count();
    Matrix normal(count, count);
    for (Size k = 0; k < count; ++k) {
        for (Size l = 0; l <= k; ++l) {
            double both = 0.0;
            for (Size i = 0; i < slopes.rows(); ++i) both += slopes(i, k) * slopes(i, l);
            const double shared = 0.5 * (dot(inputs.cols(), inputs.row(k), directions.row(l)) +
                                         dot(inputs.cols(), inputs.row(l), directions.row(k)));
            normal(k, l) = normal(l, k) = both * shared;
            if (!std::isfinite(normal(k, l))) return std::nullopt;
        }
    }
    return normal;
}

Buffer<double> weights_without(const Dataset& data, const std::vector<Size>& samples) {
    Buffer<double> weights(data.samples());
    for (Size k = 0; k < data.samples(); ++k) weights[k] = data.weight(k);
    for (const Size k : samples) weights[k] = 0.0;
    return weights;
}

Dataset without(const Dataset& data, const std::vector<Size>& samples) {
    const std::size_t targets = static_cast<std::size_t>(data.samples() * data.outputs());
    Dataset result = data.with_targets(std::span(data.targets(), targets), data.loss());
    result.set_weights(weights_without(data, samples));
    return result;
}

std::vector<Size> OwnDirections::samples() const {
    std::vector<Size> all;
    for (const SampleGroup& group : groups) all.insert(all.end(), group.begin(), group.end());
    std::sort(all.begin(), all.end());
    return all;
}

UnpulledSamples unpulled_samples(const Dataset& data, std::span<const double> pulls, SameInputs same) {
    constexpr ActivationTraits kPlain{.parity = Parity::none, .value_at_zero = 1.0};
    const EqualInputs equal = same == SameInputs::together ? equal_inputs(data, kPlain) : EqualInputs{};
    std::vector<SampleGroup> groups;
    std::vector<std::size_t> place(static_cast<std::size_t>(equal.groups), data.samples());
    double square = 0.0, weights = 0.0;
    for (Size k = 0; k < data.samples(); ++k) {
        const double weight = data.weight(k);
        if (!(weight > 0.0)) continue;
        square += pulls[k] * pulls[k] / weight;
        weights += weight;
        const Size group = equal.any() ? equal.group[k] : -1;
        if (group >= 0 && place[group] < groups.size()) {
            groups[place[group]].push_back(k);
            continue;
        }
        if (group >= 0) place[group] = groups.size();
        groups.push_back({k});
    }
    UnpulledSamples result{{}, kUnpulled * std::sqrt(square / weights)};
    for (SampleGroup& group : groups) {
        double pull = 0.0, weight = 0.0;
        for (const Size k : group) {
            pull += pulls[k];
            weight += data.weight(k);
        }
        if (std::abs(pull) <= result.least * weight) result.groups.push_back(std::move(group));
    }
    return result;
}

std::optional<OwnDirections> own_directions(const Dataset& data, UnpulledSamples unpulled,
                                            const FormSlopes& slopes, const Execution& execution) {
    OwnDirections own;
    own.groups = std::move(unpulled.groups);
    // Each round leaves out those that the others' span or equations have in common; what is left when none
    // is left out has the property.
    while (!own.groups.empty()) {
        if (own.count() > kMost) return std::nullopt;
        own.rest = input_space(without(data, own.samples()), execution);
        std::vector<bool> kept = describe(data, own);
        if (std::find(kept.begin(), kept.end(), false) == kept.end()) {
            std::optional<Matrix> normal = normal_matrix(own, slopes(own));
            if (!normal) return std::nullopt;
            kept = independent_rows(std::move(*normal), unpulled.least * unpulled.least);
        }
        std::vector<SampleGroup> left = keep(own.groups, kept);
        if (left.size() == own.groups.size()) return own;
        own.groups = std::move(left);
    }
    return std::nullopt;
}

}  // namespace tepui
