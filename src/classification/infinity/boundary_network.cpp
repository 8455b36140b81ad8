#include "classification/infinity/boundary_network.hpp"

#include <cmath>

namespace tepui {

const UnitShape& shape_of(UnitKind kind) {
    static const UnitShape plain{1, 1, {}};
    static const UnitShape pair{2, 2, {}};
    static const UnitShape triple{3, 3, {{1, 1, 1}}, UnitShape::Bend{1, 2, 1, 2}};
    static const UnitShape quadratic{2, 2, {{0, 0, 1}}, UnitShape::Bend{0, 1, 0, 1}};
    static const UnitShape scaled{1, 1, {{0, 0, 1}}};
    static const UnitShape square{1, 1, {{0, 0, 2}}};
    static const UnitShape channel{2, 2, {{1, 1, 1}}};
    static const UnitShape cubic{2, 2, {{0, 0, 1}, {1, 1, 3}}};
    switch (kind) {
        case UnitKind::channel:
        case UnitKind::exponential_channel:
            return channel;
        case UnitKind::cubic:
            return cubic;
        case UnitKind::linear:
        case UnitKind::rectified:
            return scaled;
        case UnitKind::triple_channel:
            return triple;
        case UnitKind::quadratic:
            return quadratic;
        case UnitKind::exponential_pair:
            return pair;
        case UnitKind::square:
            return square;
        case UnitKind::neuron:
        case UnitKind::saturated:
        case UnitKind::exponential:
        case UnitKind::asymptote:
            break;
    }
    return plain;
}

bool is_one_sided(const BoundaryUnit& unit) {
    if (unit.kind != UnitKind::saturated) return false;
    signed char only = 0;
    for (const signed char side : unit.side) {
        if (side == 0 || side == only) continue;
        if (only != 0) return false;
        only = side;
    }
    return true;
}

Size BoundaryNetwork::form_at(Size unit, Size form) const {
    Size at = 0;
    for (Size u = 0; u < unit; ++u) {
        const UnitShape& shape = shape_of(units[u].kind);
        for (Size p = 0; p < shape.forms; ++p) at += form_size(u, p);
        at += shape.coefficients * output_count;
    }
    for (Size p = 0; p < form; ++p) at += form_size(unit, p);
    return at;
}

Size BoundaryNetwork::coefficient_at(Size unit, Size coefficient, Size output) const {
    return form_at(unit, shape_of(units[unit].kind).forms) + coefficient * output_count + output;
}

Size BoundaryNetwork::rest_at() const {
    return form_at(Size(units.size()), 0);
}

Size BoundaryNetwork::parameter_count() const {
    return rest_at() + (output_bias ? output_count : 0) + (skip ? output_count * inputs : 0);
}

std::vector<double> BoundaryNetwork::weights(Size unit, Size form) const {
    const double* at = parameters.data() + form_at(unit, form);
    const auto& basis = units[unit].bases[form];
    if (!basis) return {at, at + inputs};
    std::vector<double> w(inputs, 0.0);
    for (Size r = 0; r < basis->rows(); ++r)
        for (Size j = 0; j < inputs; ++j) w[j] += at[r] * (*basis)(r, j);
    return w;
}

void BoundaryNetwork::replace_unit(Size unit, BoundaryUnit by) {
    const auto first = parameters.begin() + form_at(unit, 0);
    parameters.erase(first, first + form_size(unit, 0));
    units[unit] = std::move(by);
    parameters.insert(parameters.begin() + form_at(unit, 0), std::size_t(form_size(unit, 0)), 0.0);
}

void BoundaryNetwork::set_weights(Size unit, Size form, const double* weights) {
    double* at = parameters.data() + form_at(unit, form);
    const auto& basis = units[unit].bases[form];
    if (!basis) {
        std::copy_n(weights, inputs, at);
        return;
    }
    for (Size r = 0; r < basis->rows(); ++r) {
        at[r] = 0.0;
        for (Size j = 0; j < inputs; ++j) at[r] += weights[j] * (*basis)(r, j);
    }
}

void BoundaryNetwork::normalise() {
    for (Size u = 0; u < Size(units.size()); ++u) {
        for (const UnitShape::Scale& scale : shape_of(units[u].kind).scales) {
            double* v = parameters.data() + form_at(u, scale.form);
            double square = 0.0;
            for (Size j = 0; j < form_size(u, scale.form); ++j) square += v[j] * v[j];
            const double length = std::sqrt(square);
            if (!(length > 0.0)) continue;
            for (Size j = 0; j < form_size(u, scale.form); ++j) v[j] /= length;
            for (Size o = 0; o < output_count; ++o)
                coefficient(u, scale.coefficient, o) *= std::pow(length, scale.degree);
            if (shape_of(units[u].kind).bend) straighten(u, length);
        }
    }
}

// After v has been divided by its length.
void BoundaryNetwork::straighten(Size unit, double length) {
    const UnitShape::Bend& of = *shape_of(units[unit].kind).bend;
    const Size size = form_size(unit, of.line);
    const double* v = parameters.data() + form_at(unit, of.line);
    double* q = parameters.data() + form_at(unit, of.bend);
    double along = 0.0;
    for (Size j = 0; j < size; ++j) along += v[j] * (q[j] /= length * length);
    for (Size j = 0; j < size; ++j) q[j] -= along * v[j];
    for (Size o = 0; o < output_count; ++o) {
        double& upper = coefficient(unit, of.upper, o);
        upper *= length * length;
        coefficient(unit, of.lower, o) += along * upper;
    }
}

BoundaryNetwork as_limit(const Network& network, double bias_value) {
    BoundaryNetwork limit;
    limit.inputs = network.inputs;
    limit.output_count = network.output_count;
    limit.bias_value = bias_value;
    limit.output_bias = network.output_bias;
    limit.skip = network.skip;
    const auto take = [&](Size feature) {
        for (Size o = 0; o < network.output_count; ++o)
            limit.parameters.push_back(network.parameters[network.coefficient(feature, o)]);
    };
    for (Size i = 0; i < network.width; ++i) {
        limit.units.emplace_back(network.activation_of(i));
        limit.units.back().neurons = {i};
        limit.parameters.insert(limit.parameters.end(), network.weights(i),
                                network.weights(i) + network.inputs);
        take(i);
    }
    if (network.output_bias) take(network.width);
    for (Size o = 0; network.skip && o < network.output_count; ++o)
        for (Size j = 0; j < network.inputs; ++j)
            limit.parameters.push_back(
                network.parameters[network.coefficient(network.features() - network.inputs + j, o)]);
    return limit;
}

}  // namespace tepui
