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
    shares_constant_ = layout.skip && free_biases && !free_skip && decay.bias_input;
    for (Size q = 0; q < layout.features(); ++q) {
        const bool neuron = q < layout.width, bias = !neuron && layout.output_bias && q == layout.width;
        if (neuron ? decay.outputs == 0.0 : bias ? free_biases && !shares_constant_ : free_skip)
            shared_.push_back(q);
    }
}

void Gauge::measure(const Scaling& scaling) {
    if (!twice_ && !shares_constant_) return;
    // f stays as it is where b_o grows by t and the constant input's weight falls by t over its value.
    const InputMetric& metric = *scaling.metric;
    if (metric.constant_input < 0) {
        twice_ = shares_constant_ = false;
        return;
    }
    const Size d = layout_.inputs, outputs = layout_.output_count;
    const double value = metric.mean[metric.constant_input];
    constant_.assign(outputs * (d + 1), 0.0);
    shared_constant_.assign(outputs * (d + 1), 0.0);
    for (Size o = 0; o < outputs; ++o) {
        double* along = constant_.data() + o * (d + 1);
        double* shared = shared_constant_.data() + o * (d + 1);
        if (twice_) along[0] = 1.0 / scaling.output[layout_.width * outputs + o];
        for (Size r = 0; r < d; ++r)
            along[r + 1] = -metric.to_unit(r, metric.constant_input) / (value * scaling.skip[o]);
        const double of_inputs = norm_of({along + 1, static_cast<std::size_t>(d)});
        shared[0] = of_inputs;
        for (Size r = 1; r <= d; ++r) shared[r] = -along[0] * along[r] / of_inputs;
        if (!twice_)
            for (Size r = 0; r <= d; ++r) shared[r] = along[r];
        for (double* const one : {along, shared}) {
            const double unit = norm_of({one, static_cast<std::size_t>(d + 1)});
            for (Size r = 0; r <= d; ++r) one[r] /= unit;
        }
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
    const auto product = [&](Size o, const double* along) {
        double sum = twice_ ? along[0] * scaled[layout_.coefficient(layout_.width, o)] : 0.0;
        const double* skip = scaled + layout_.coefficient(layout_.features() - layout_.inputs, o);
        for (Size j = 0; j < layout_.inputs; ++j) sum += along[j + 1] * skip[j];
        return sum;
    };
    const auto subtract = [&](Size o, double factor, const double* along) {
        if (twice_) scaled[layout_.coefficient(layout_.width, o)] -= factor * along[0];
        double* skip = scaled + layout_.coefficient(layout_.features() - layout_.inputs, o);
        for (Size j = 0; j < layout_.inputs; ++j) skip[j] -= factor * along[j + 1];
    };
    for (Size o = 0; twice_ && o < outputs; ++o) {
        const double* const along = constant_.data() + o * (layout_.inputs + 1);
        subtract(o, product(o, along), along);
    }
    if (!shares_constant_) return;
    double mean = 0.0;
    for (Size o = 0; o < outputs; ++o)
        mean += product(o, shared_constant_.data() + o * (layout_.inputs + 1)) / static_cast<double>(outputs);
    for (Size o = 0; o < outputs; ++o) subtract(o, mean, shared_constant_.data() + o * (layout_.inputs + 1));
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
    const auto share_nothing = [&](Size q) {
        double mean = 0.0;
        for (Size o = 0; o < layout_.output_count; ++o) mean += network.parameters[layout_.coefficient(q, o)];
        mean /= static_cast<double>(layout_.output_count);
        for (Size o = 0; o < layout_.output_count; ++o) network.parameters[layout_.coefficient(q, o)] -= mean;
    };
    for (const Size q : shared_) share_nothing(q);
    if (metric.constant_input < 0) return;
    for (Size o = 0; twice_ && o < layout_.output_count; ++o) {
        double& bias = network.parameters[layout_.coefficient(layout_.width, o)];
        const Size constant = layout_.width + 1 + metric.constant_input;
        network.parameters[layout_.coefficient(constant, o)] += bias / metric.mean[metric.constant_input];
        bias = 0.0;
    }
    if (shares_constant_) share_nothing(layout_.features() - layout_.inputs + metric.constant_input);
}

}  // namespace tepui
