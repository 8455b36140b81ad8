#include "solve/gauge.hpp"

#include <cmath>

#include "core/euclidean.hpp"
#include "solve/scaled_model.hpp"

namespace tepui {

Gauge::Gauge(const Dataset& data, const Layout& layout) : layout_(layout) {
    const Decay& decay = data.decay();
    const bool free_biases = decay.output_biases == 0.0, free_skip = decay.skip == 0.0 && free_biases;
    twice_ = layout.output_bias && layout.skip && free_biases;
    if (!data.loss().shift_invariant()) return;
    for (Size q = 0; q < layout.features(); ++q) {
        const bool neuron = q < layout.width, bias = !neuron && layout.output_bias && q == layout.width;
        if (neuron ? decay.outputs == 0.0 : bias ? free_biases : free_skip) shared_.push_back(q);
    }
}

void Gauge::measure(const Scaling& scaling) {
    if (!twice_) return;
    // f stays as it is where b_o grows by t and the constant input's weight falls by t over its value.
    const InputMetric& metric = *scaling.metric;
    if (metric.constant_input < 0) {
        twice_ = false;
        return;
    }
    const Size d = layout_.inputs, outputs = layout_.output_count;
    const double value = metric.mean[metric.constant_input];
    constant_.assign(outputs * (d + 1), 0.0);
    for (Size o = 0; o < outputs; ++o) {
        double* along = constant_.data() + o * (d + 1);
        along[0] = 1.0 / scaling.output[layout_.width * outputs + o];
        for (Size r = 0; r < d; ++r)
            along[r + 1] = -metric.to_unit(r, metric.constant_input) / (value * scaling.skip[o]);
        const double unit = norm_of({along, static_cast<std::size_t>(d + 1)});
        for (Size r = 0; r <= d; ++r) along[r] /= unit;
    }
}

void Gauge::project(double* scaled) const {
    const Size outputs = layout_.output_count;
    for (const Size q : shared_) {
        double mean = 0.0;
        for (Size o = 0; o < outputs; ++o) mean += scaled[layout_.coefficient(q, o)];
        mean /= static_cast<double>(outputs);
        for (Size o = 0; o < outputs; ++o) scaled[layout_.coefficient(q, o)] -= mean;
    }
    for (Size o = 0; twice_ && o < outputs; ++o) {
        double* bias = scaled + layout_.coefficient(layout_.width, o);
        double* skip = scaled + layout_.coefficient(layout_.width + 1, o);
        const double* along = constant_.data() + o * (layout_.inputs + 1);
        double product = along[0] * *bias;
        for (Size j = 0; j < layout_.inputs; ++j) product += along[j + 1] * skip[j];
        *bias -= product * along[0];
        for (Size j = 0; j < layout_.inputs; ++j) skip[j] -= product * along[j + 1];
    }
}

// P H P + (1 - P)
void Gauge::pin(Matrix& hessian) const {
    if (none()) return;
    const Size count = hessian.rows(), first = layout_.width * layout_.inputs;
    std::vector<double> column(static_cast<std::size_t>(count));
    for (Size row = 0; row < count; ++row) project(hessian.row(row));
    for (Size l = 0; l < count; ++l) {
        for (Size row = 0; row < count; ++row) column[row] = hessian(row, l);
        project(column.data());
        for (Size row = 0; row < count; ++row) hessian(row, l) = column[row];
    }
    for (Size l = first; l < count; ++l) {
        column.assign(static_cast<std::size_t>(count), 0.0);
        column[l] = 1.0;
        project(column.data());
        hessian(l, l) += 1.0;
        for (Size row = first; row < count; ++row) hessian(row, l) -= column[row];
    }
}

void Gauge::centre(const InputMetric& metric, Network& network) const {
    for (const Size q : shared_) {
        double mean = 0.0;
        for (Size o = 0; o < layout_.output_count; ++o) mean += network.parameters[layout_.coefficient(q, o)];
        mean /= static_cast<double>(layout_.output_count);
        for (Size o = 0; o < layout_.output_count; ++o) network.parameters[layout_.coefficient(q, o)] -= mean;
    }
    if (!twice_ || metric.constant_input < 0) return;
    for (Size o = 0; o < layout_.output_count; ++o) {
        double& bias = network.parameters[layout_.coefficient(layout_.width, o)];
        const Size constant = layout_.width + 1 + metric.constant_input;
        network.parameters[layout_.coefficient(constant, o)] += bias / metric.mean[metric.constant_input];
        bias = 0.0;
    }
}

}  // namespace tepui
