#include "solve/ends/growing_limit.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/separation.hpp"
#include "network/model/beside_neurons.hpp"
#include "solve/ends/sample_pulls.hpp"
#include "solve/relu/carrying.hpp"

namespace tepui {
namespace {

void append(BoundaryNetwork& limit, BoundaryUnit unit, const std::vector<double>& form,
            const Network& network) {
    const Size at = limit.rest_at(), u = Size(limit.units.size()), neuron = unit.neurons[0];
    limit.units.push_back(std::move(unit));
    limit.parameters.insert(limit.parameters.begin() + at,
                            std::size_t(limit.form_size(u, 0) + limit.output_count), 0.0);
    limit.set_weights(u, 0, form.data());
    for (Size o = 0; o < limit.output_count; ++o) limit.coefficient(u, 0, o) = network.output(neuron, o);
}

}  // namespace

std::vector<Size> others_of(const Network& network, const GrowingNeurons& growing) {
    std::vector<Size> others;
    for (Size i = 0; i < network.width; ++i)
        if (std::none_of(growing.neurons.begin(), growing.neurons.end(),
                         [&](const GrowingNeuron& of) { return of.neuron == i; }))
            others.push_back(i);
    return others;
}

Network without(const Network& network, const GrowingNeurons& growing, const std::vector<Size>& others) {
    Network from = network;
    for (const GrowingNeuron& of : growing.neurons)
        add_to_output_bias(from, of.neuron, tail_value(network.activation_of(of.neuron), of.side));
    Network result = selected(from, others);
    if (!network.unit_activations.empty())
        for (const Size i : others) result.unit_activations.push_back(network.unit_activations[i]);
    return result;
}

std::optional<BoundaryNetwork> with_growing(BoundaryNetwork limit, const SampleInputs& inputs,
                                            const Network& network, const GrowingNeurons& growing) {
    for (const GrowingNeuron& of : growing.neurons) {
        BoundaryUnit unit(network.activation_of(of.neuron));
        unit.neurons = {of.neuron};
        std::vector<double> form;
        if (!ends_of(unit.activation).saturates)
            make_rectified(inputs, {}, of.v, unit, form);
        else if (!make_saturated(inputs, {}, of.v, unit, form))
            return std::nullopt;
        append(limit, std::move(unit), form, network);
    }
    limit.normalise();
    return limit;
}

std::vector<double> motion_of(const BoundaryNetwork& limit, const GrowingNeurons& growing) {
    const std::size_t outputs = std::size_t(limit.output_count), count = growing.neurons.size();
    std::vector<double> motion = coefficients_of(limit);
    const std::size_t biases = limit.output_bias ? outputs : 0;
    std::fill(motion.begin(), motion.end() - std::ptrdiff_t(biases + count * outputs), 0.0);
    std::fill(motion.end() - std::ptrdiff_t(biases), motion.end(), 0.0);
    for (std::size_t of = 0; of < count && biases > 0; ++of) {
        const Size u = Size(limit.units.size() - count + of);
        const double value = tail_value(limit.units[u].activation, growing.neurons[of].side);
        for (std::size_t o = 0; o < outputs; ++o)
            motion[motion.size() - biases + o] -= value * limit.coefficient(u, 0, Size(o));
    }
    return motion;
}

Matrix told_apart_alone(const Dataset& data, const SampleInputs& inputs, const Network& network,
                        const std::vector<Size>& labels, const GrowingNeurons& growing, std::size_t neuron) {
    const auto helps = [&](const GrowingNeuron& of, Size label) {
        const double jump = growth_at(network.activation_of(of.neuron), of, -of.side);
        for (Size o = 0; o < std::max<Size>(network.output_count, 2); ++o)
            if (o != label && class_lead(network, of.neuron, label, o) * jump > 0.0) return true;
        return false;
    };
    const std::vector<double> z = inputs.preactivations(growing.neurons[neuron].v.data());
    std::vector<Size> alone;
    for (Size k = 0; k < Size(growing.apart.size()); ++k) {
        if (!growing.apart[k] || data.weight(k) == 0.0 || growing.neurons[neuron].side * z[k] >= 0.0)
            continue;
        bool others = false;
        for (std::size_t l = 0; l < growing.neurons.size(); ++l)
            others = others || (l != neuron && helps(growing.neurons[l], labels[k]));
        if (!others) alone.push_back(k);
    }
    Matrix rows(Size(alone.size()), inputs.h.cols());
    for (Size l = 0; l < rows.rows(); ++l) std::copy_n(inputs.h.row(alone[l]), rows.cols(), rows.row(l));
    return rows;
}

}  // namespace tepui
