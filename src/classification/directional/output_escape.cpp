#include "classification/directional/output_escape.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "classification/directional/escape_curvature.hpp"
#include "classification/directional/generators.hpp"
#include "core/rounding.hpp"

namespace tepui {
namespace {

// The same kink has the same row in every form.
std::vector<double> row_of(const KinkForm& form, Size g) {
    return {form.inputs.row(g), form.inputs.row(g) + form.dimension()};
}

template <class Rows, class Row>
Matrix rows_of(const Rows& rows, Size columns, Row&& row) {
    Matrix matrix(static_cast<Size>(rows.size()), columns);
    Size g = 0;
    for (const auto& each : rows) std::copy_n(row(each).begin(), columns, matrix.row(g++));
    return matrix;
}

// Kinks of every output count, whatever they sum to in S.
Matrix all_kinks(std::span<const KinkForm> forms) {
    std::set<std::vector<double>> rows;
    for (const KinkForm& form : forms) {
        for (Size g = 0; g < form.kinks(); ++g) rows.insert(row_of(form, g));
    }
    return rows_of(
        rows, forms.front().dimension(), [](const auto& row) -> const auto& { return row; });
}

// Directions among which there is one with S = 0 and some D_j not 0, if there is any. Empty: beyond the
// budget.
std::optional<std::vector<std::vector<double>>> candidates(std::span<const KinkForm> forms, bool idle,
                                                           Size budget) {
    if (!idle) return cone_generators(all_kinks(forms), budget);
    std::vector<std::vector<double>> directions;  // S = 0: any that shows some D_j
    for (const KinkForm& form : forms) {
        if (form.identically_zero()) continue;
        std::vector<double> v = nonzero_direction(form);
        if (!v.empty()) directions.push_back(std::move(v));
    }
    return directions;
}

// sum_o a_o forms_o without the kinks that cancel.
KinkForm combined(std::span<const KinkForm> forms, std::span<const double> a) {
    KinkForm sum;
    const Size d = forms.front().dimension();
    sum.slope.assign(d, 0.0);
    sum.slope_magnitude = sum.slope_tolerance = sum.slope;
    std::map<std::vector<double>, std::pair<double, double>> kinks;  // coefficient and its tolerance
    for (std::size_t j = 0; j < forms.size(); ++j) {
        const KinkForm& form = forms[j];
        const double size = std::abs(a[j]);
        for (Size l = 0; l < d; ++l) {
            sum.slope[l] += a[j] * form.slope[l];
            sum.slope_magnitude[l] += size * form.slope_magnitude[l];
            sum.slope_tolerance[l] += size * form.slope_tolerance[l];
        }
        for (Size g = 0; g < form.kinks(); ++g) {
            auto& [coefficient, tolerance] = kinks[row_of(form, g)];
            coefficient += a[j] * form.coefficients[g];
            tolerance += size * form.coefficient_tolerance[g];
        }
    }
    std::erase_if(kinks, [](const auto& kink) {
        const auto& [coefficient, tolerance] = kink.second;
        return std::abs(coefficient) <= tolerance;
    });
    for (const auto& [row, kink] : kinks) {
        sum.coefficients.push_back(kink.first);
        sum.coefficient_tolerance.push_back(kink.second);
    }
    sum.inputs = rows_of(
        kinks, d, [](const auto& kink) -> const auto& { return kink.first; });
    return sum;
}

void add_decay(const KinkedPoint& point, Size neuron, const Tolerances& tolerances, KinkForm& sum) {
    for (Size j = 0; j < sum.dimension(); ++j) {
        const double lambda = point.lambda(point.network.weight(neuron, j));
        const double pull = lambda * point.network.weights(neuron)[j], size = std::abs(pull);
        sum.slope[j] += pull;
        sum.slope_magnitude[j] += size;
        sum.slope_tolerance[j] +=
            std::max(tolerances.stationarity, 2.0 * tolerances.rounding_factor * kEps) * size;
    }
}

}  // namespace

NeuronForms neuron_forms(const KinkedPoint& point, Size neuron, const Tolerances& tolerances) {
    NeuronForms forms;
    for (Size o = 0; o < point.outputs(); ++o) {
        forms.a.push_back(point.network.output(neuron, o));
        forms.outputs.push_back(directional_form(point.data, point.sums, neuron, o, tolerances));
    }
    forms.sum = combined(forms.outputs, forms.a);
    if (!point.lambdas.empty()) add_decay(point, neuron, tolerances, forms.sum);
    return forms;
}

void find_escape(const KinkedPoint& point, std::span<const double> bends, Size index,
                 const NeuronForms& forms, Size budget, OutputsNeuron& neuron) {
    const auto zero = [](const KinkForm& form) { return form.identically_zero(); };
    if (std::all_of(forms.outputs.begin(), forms.outputs.end(), zero)) {
        neuron.escape = Answer::no;
        return;
    }
    const bool idle =
        std::all_of(forms.a.begin(), forms.a.end(), [](double weight) { return weight == 0.0; });
    const auto directions = candidates(forms.outputs, idle, budget);
    if (!directions) return;
    neuron.escape = idle ? Answer::yes : Answer::no;
    for (const std::vector<double>& v : *directions) {
        if (!idle && std::abs(forms.sum.value(v)) > forms.sum.tolerance(v)) continue;
        std::vector<double> derivatives, tolerance;
        bool moves = false;
        for (const KinkForm& form : forms.outputs) {
            const double value = form.value(v);
            tolerance.push_back(form.tolerance(v));
            const bool clear = std::abs(value) > tolerance.back();
            derivatives.push_back(clear ? value : 0.0);
            moves = moves || clear;
        }
        if (!moves) continue;
        neuron.escape = Answer::yes;
        EscapeCurvature found = least_curvature(escape_moments(point, bends, index, v), point.data.samples(),
                                                forms.a, derivatives, tolerance);
        if (!neuron.direction.empty() && found.value >= neuron.curvature) continue;
        neuron.direction = v;
        neuron.derivatives = std::move(derivatives);
        neuron.curvature = found.value;
        neuron.outputs = std::move(found.b);
    }
}

}  // namespace tepui
