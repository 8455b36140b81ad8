#include "classification/directional/output_escape.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "classification/directional/generators.hpp"

namespace tepui {
namespace {

// Beside what the weights alone would cost, a curvature below this is not seen to be negative.
constexpr double kClear = 1e-8;

// Sums of the first-order changes of a neuron's features along a direction: u = sigma(w . x), t its one-sided
// derivative along v.
struct Moments {
    double tt = 0.0, tu = 0.0, uu = 0.0;
};

Moments moments(const Dataset& data, const Network& network, const KinkValue& sums, Size neuron,
                std::span<const double> v) {
    const std::vector<Size>& kinks = sums.kinks[neuron].samples;
    constexpr Size kBlock = 256;
    const Size d = data.inputs();
    std::vector<double> block(kBlock * d);
    auto kink = kinks.begin();
    Moments result;
    for (Size k = 0; k < data.samples(); ++k) {
        if (k % kBlock == 0) data.rows(k, std::min(kBlock, data.samples() - k), block.data());
        const double* x = block.data() + (k % kBlock) * d;
        const bool inside = kink != kinks.end() && *kink == k;
        if (inside) ++kink;
        double z = 0.0, t = 0.0;
        for (Size j = 0; j < d; ++j) {
            z += network.weights(neuron)[j] * x[j];
            t += v[j] * x[j];
        }
        if (inside) z = 0.0;
        const double slope = (inside ? t : z) >= 0.0 ? sums.slopes.above : sums.slopes.below;
        const double s = data.weight(k), u = slope * z;
        result.tt += s * slope * t * slope * t;
        result.tu += s * slope * t * u;
        result.uu += s * u * u;
    }
    return result;
}

// The least coefficient of epsilon^2 in the change of the loss along dw = epsilon v, da_j = epsilon b_j, S(v)
// being zero:
//     sum_j [b_j D_j + (a_j^2 tt + 2 a_j b_j tu + b_j^2 uu) / 2].
double least_curvature(const Moments& m, std::span<const double> a, std::span<const double> derivatives,
                       std::vector<double>& b) {
    const std::size_t outputs = a.size();
    b.assign(outputs, 0.0);
    double sum = 0.0;
    for (const double weight : a) sum += 0.5 * weight * weight * m.tt;
    if (m.uu > 0.0) {
        const double still = sum;
        for (std::size_t j = 0; j < outputs; ++j) {
            const double force = derivatives[j] + a[j] * m.tu;
            b[j] = -force / m.uu;
            sum += 0.5 * b[j] * force;
        }
        // A difference that rounding of its terms may make says nothing.
        return sum < 0.0 && -sum <= kClear * still ? 0.0 : sum;
    }
    // Without features b is free: as large as it takes, on the output that says most.
    const auto largest =
        std::max_element(derivatives.begin(), derivatives.end(),
                         [](double one, double other) { return std::abs(one) < std::abs(other); });
    const double size = std::abs(*largest), beyond = 2.0 * sum / size + std::sqrt(size / m.tt);
    b[largest - derivatives.begin()] = -std::copysign(beyond, *largest);
    return sum - size * beyond;
}

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

}  // namespace

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

void find_escape(const Dataset& data, const Network& network, const KinkValue& sums, Size index,
                 std::span<const KinkForm> forms, const KinkForm& sum, std::span<const double> a, Size budget,
                 OutputsNeuron& neuron) {
    const auto zero = [](const KinkForm& form) { return form.identically_zero(); };
    if (std::all_of(forms.begin(), forms.end(), zero)) {
        neuron.escape = Answer::no;
        return;
    }
    const bool idle = std::all_of(a.begin(), a.end(), [](double weight) { return weight == 0.0; });
    const auto directions = candidates(forms, idle, budget);
    if (!directions) return;
    neuron.escape = idle ? Answer::yes : Answer::no;
    for (const std::vector<double>& v : *directions) {
        if (!idle && std::abs(sum.value(v)) > sum.tolerance(v)) continue;
        std::vector<double> derivatives, b;
        bool moves = false;
        for (const KinkForm& form : forms) {
            const double value = form.value(v);
            const bool clear = std::abs(value) > form.tolerance(v);
            derivatives.push_back(clear ? value : 0.0);
            moves = moves || clear;
        }
        if (!moves) continue;
        neuron.escape = Answer::yes;
        const double curvature = least_curvature(moments(data, network, sums, index, v), a, derivatives, b);
        if (!neuron.direction.empty() && curvature >= neuron.curvature) continue;
        neuron.direction = v;
        neuron.derivatives = std::move(derivatives);
        neuron.curvature = curvature;
        neuron.outputs = std::move(b);
    }
}

}  // namespace tepui
