#include "classification/directional/kink_form.hpp"

#include <algorithm>
#include <cmath>

#include "core/compensated.hpp"
#include "core/random.hpp"
#include "core/rounding.hpp"

namespace tepui {
namespace {

// Lines at a smaller angle are one.
constexpr double kParallel = 1e-10;

double dot(const double* a, const double* b, Size count) {
    CompensatedSum sum;
    for (Size j = 0; j < count; ++j) sum.add(a[j] * b[j]);
    return sum.value();
}

double norm_of(const double* x, Size count) {
    double norm = 0.0;
    for (Size j = 0; j < count; ++j) norm = std::hypot(norm, x[j]);
    return norm;
}

bool parallel(const double* x, double x_norm, const double* y, double y_norm, Size count) {
    double minus = 0.0, plus = 0.0;
    for (Size j = 0; j < count; ++j) {
        const double a = x[j] / x_norm, b = y[j] / y_norm;
        minus += (a - b) * (a - b);
        plus += (a + b) * (a + b);
    }
    return std::min(minus, plus) <= kParallel * kParallel;
}

struct KinkInput {
    Size sample;
    std::size_t row;  // of the inputs read
    double norm, key;
    double coefficient, tolerance;
};

struct MergedKink {
    std::size_t row;
    double norm, key;
    CompensatedSum coefficient;
    double tolerance = 0.0;
};

struct KinkInputs {
    std::vector<double> x;  // rows of d, read once
    std::vector<KinkInput> sorted;
    const double* row(std::size_t place, Size d) const { return x.data() + static_cast<Size>(place) * d; }
};

// Parallel lines have equal keys |e . x| / |x|, so only neighbours in key order need comparing.
KinkInputs keyed_inputs(const Dataset& data, const KinkValue& sums, Size neuron, Size output,
                        const Tolerances& tolerances) {
    const NeuronKinks& kinks = sums.kinks[neuron];
    const Size d = data.inputs();
    const double beta = sums.slopes.kink();
    Random random(0x6b696e6b, 0);
    std::vector<double> e(d);
    for (double& component : e) component = random.normal();
    const double e_norm = norm_of(e.data(), d);
    KinkInputs inputs;
    inputs.x.resize(kinks.samples.size() * static_cast<std::size_t>(d));
    for (std::size_t l = 0; l < kinks.samples.size(); ++l) {
        const Size k = kinks.samples[l];
        double* x = inputs.x.data() + static_cast<Size>(l) * d;
        data.sample(k, x);
        const double norm = norm_of(x, d);
        if (norm == 0.0 || data.weight(k) == 0.0) continue;
        double key = 0.0;
        for (Size j = 0; j < d; ++j) key += e[j] * (x[j] / norm);
        const Size at = static_cast<Size>(l) * sums.outputs + output;
        const double zero = zero_pull(data, sums, neuron, static_cast<Size>(l), output, tolerances);
        inputs.sorted.push_back(
            {k, l, norm, std::abs(key) / e_norm, beta * kinks.coefficients[at], std::abs(beta) * zero});
    }
    std::sort(inputs.sorted.begin(), inputs.sorted.end(), [](const KinkInput& a, const KinkInput& b) {
        return a.key != b.key ? a.key < b.key : a.sample < b.sample;
    });
    return inputs;
}

std::vector<MergedKink> merge(const KinkInputs& inputs, Size d) {
    std::vector<MergedKink> merged;
    std::size_t open = 0;  // the first whose key is still within reach
    for (const KinkInput& input : inputs.sorted) {
        const double* x = inputs.row(input.row, d);
        while (open < merged.size() && merged[open].key < input.key - 4.0 * kParallel) ++open;
        std::size_t found = open;
        while (found < merged.size() &&
               !parallel(inputs.row(merged[found].row, d), merged[found].norm, x, input.norm, d)) {
            ++found;
        }
        if (found == merged.size()) merged.push_back({input.row, input.norm, input.key, {}, 0.0});
        MergedKink& kink = merged[found];
        const double factor = input.norm / kink.norm;
        kink.coefficient.add(factor * input.coefficient);
        kink.tolerance += factor * (input.tolerance + 4.0 * kEps * std::abs(input.coefficient));
    }
    return merged;
}

}  // namespace

double zero_pull(const Dataset& data, const KinkValue& sums, Size neuron, Size place, Size output,
                 const Tolerances& tolerances) {
    const NeuronKinks& kinks = sums.kinks[neuron];
    const double size = std::sqrt(sums.pull_square / (data.weight_sum() * data.scale()));
    return std::max(tolerances.rounding_factor * kinks.rounding[place * sums.outputs + output],
                    tolerances.stationarity * data.weight(kinks.samples[place]) * size);
}

double KinkForm::value(std::span<const double> v) const {
    const Size d = dimension();
    CompensatedSum sum;
    for (Size j = 0; j < d; ++j) sum.add(slope[j] * v[j]);
    for (Size g = 0; g < kinks(); ++g) sum.add(coefficients[g] * std::abs(dot(inputs.row(g), v.data(), d)));
    return sum.value();
}

double KinkForm::tolerance(std::span<const double> v) const {
    const Size d = dimension();
    double sum = 0.0;
    for (Size j = 0; j < d; ++j) sum += slope_tolerance[j] * std::abs(v[j]);
    for (Size g = 0; g < kinks(); ++g) {
        sum += coefficient_tolerance[g] * std::abs(dot(inputs.row(g), v.data(), d));
    }
    return sum;
}

bool KinkForm::identically_zero() const {
    for (Size j = 0; j < dimension(); ++j) {
        if (std::abs(slope[j]) > slope_tolerance[j]) return false;
    }
    for (Size g = 0; g < kinks(); ++g) {
        if (std::abs(coefficients[g]) > coefficient_tolerance[g]) return false;
    }
    return true;
}

KinkForm KinkForm::scaled(double factor) const {
    KinkForm form;
    const auto times = [](const std::vector<double>& values, double f) {
        std::vector<double> result(values);
        for (double& value : result) value *= f;
        return result;
    };
    form.slope = times(slope, factor);
    form.slope_magnitude = times(slope_magnitude, std::abs(factor));
    form.slope_tolerance = times(slope_tolerance, std::abs(factor));
    form.coefficients = times(coefficients, factor);
    form.coefficient_tolerance = times(coefficient_tolerance, std::abs(factor));
    form.inputs = inputs.copy();
    return form;
}

KinkForm directional_form(const Dataset& data, const KinkValue& sums, Size neuron, Size output,
                          const Tolerances& tolerances) {
    const Size d = data.inputs(), slope = sums.row(neuron, output);
    KinkForm form;
    const KinkInputs read = keyed_inputs(data, sums, neuron, output, tolerances);
    std::vector<double> rows;
    for (const MergedKink& kink : merge(read, d)) {
        const double coefficient = kink.coefficient.value();
        if (std::abs(coefficient) <= kink.tolerance) continue;
        form.coefficients.push_back(coefficient);
        form.coefficient_tolerance.push_back(kink.tolerance);
        const double* u = read.row(kink.row, d);
        rows.insert(rows.end(), u, u + d);
    }
    form.inputs = Matrix(form.kinks(), d);
    std::copy(rows.begin(), rows.end(), form.inputs.data());
    for (Size j = 0; j < d; ++j) {
        double magnitude = sums.slope_magnitude(slope, j);
        for (Size g = 0; g < form.kinks(); ++g) {
            magnitude += std::abs(form.coefficients[g] * form.inputs(g, j));
        }
        form.slope.push_back(sums.slope(slope, j));
        form.slope_magnitude.push_back(magnitude);
        form.slope_tolerance.push_back(std::max(tolerances.stationarity * magnitude,
                                                tolerances.rounding_factor * sums.slope_rounding(slope, j)));
    }
    return form;
}

}  // namespace tepui
