// Motions of the parameters that leave the loss as it is, or the point stationary (MATH.md section 15).
#include <algorithm>

#include "classification/model/model.hpp"
#include "classification/point/continuous_symmetry.hpp"
#include "core/euclidean.hpp"
#include "network/model/constant_feature.hpp"

namespace tepui {
namespace {

// Which of them a model has.
struct Gauges {
    Gauges(const Dataset& data, const Network& of) : network(of) {
        const Decay& decay = data.decay();
        // Softmax: the coefficients of any feature plus a multiple of (1, .., 1).
        shifts = data.loss().shift_invariant();
        neurons = shifts && decay.outputs == 0.0;
        const bool free_biases = decay.output_biases == 0.0;
        bias = network.output_bias && free_biases;
        others = network.skip && decay.skip == 0.0;
        // Of the bias input they decay, or not, as output biases do.
        constant = network.skip && (data.bias() ? free_biases : others);
        undecayed = decay.none();
        const bool outputs_move = constant_feature(network, data.bias()) >= 0 && free_biases;
        lines = decay.bias_input && decay.hidden_biases == 0.0 && outputs_move && !undecayed;
    }
    // sigma(c z) = c^p sigma(z): (c w, c^-p a).
    bool scales(Size i) const {
        const double* const w = network.weights(i);
        return undecayed && speaks(i) && network.activation_of(i).traits().homogeneity > 0 &&
               std::any_of(w, w + network.inputs, [](double v) { return v != 0.0; });
    }
    // exp(z + c) = e^c exp(z), where the constant is among the inputs.
    bool may_shift(Size i) const {
        return undecayed && speaks(i) && network.activation_of(i).kind() == ActivationKind::exp;
    }
    // At w = 0 but for a bias that does not decay and a = 0: the outputs' own constant has sum g = 0, so that
    // for every other bias the point is stationary, too. And a linear neuron whose bias that constant does as
    // well.
    bool has_line(Size i) const {
        const double* const w = network.weights(i);
        return lines && (is_linear(i) || (!speaks(i) && std::all_of(w, w + network.inputs - 1,
                                                                    [](double v) { return v == 0.0; })));
    }
    bool is_linear(Size i) const {
        const ActivationTraits& traits = network.activation_of(i).traits();
        return traits.polynomial && traits.homogeneity == 1;
    }
    bool speaks(Size i) const {
        bool out = false;
        for (Size o = 0; o < network.output_count; ++o) out = out || network.output(i, o) != 0.0;
        return out;
    }

    const Network& network;
    bool shifts, neurons, bias, undecayed, lines;
    bool others, constant;  // skip connections: of inputs but the bias, and of what is constant
};

// e with e . x = 1 for every sample; empty: there is none.
std::vector<double> constant_input(const Dataset& data) {
    if (!data.bias()) return constant_direction(data);
    std::vector<double> last(static_cast<std::size_t>(data.inputs()), 0.0);
    last.back() = 1.0;
    return last;
}

// As they are made, one by one.
class Motions {
  public:
    // bias: the last input is one.
    Motions(const Network& network, bool bias)
        : network_(network), constant_(constant_feature(network, bias)) {}

    Motion& begin(Size neuron) { return found_.emplace_back(Motion{neuron, {}, {}}); }
    static void set(Motion& motion, Size place, double value) {
        motion.places.push_back(place);
        motion.values.push_back(value);
    }
    // The coefficients of feature q in all outputs alike.
    void shift(Size q) {
        Motion& motion = begin(q < network_.width ? q : -1);
        for (Size o = 0; o < network_.output_count; ++o) set(motion, network_.coefficient(q, o), 1.0);
    }
    // w -> c w, a -> c^-p a
    void scale(Size i) {
        const int p = network_.activation_of(i).traits().homogeneity;
        Motion& motion = begin(i);
        for (Size j = 0; j < network_.inputs; ++j) set(motion, network_.weight(i, j), network_.weights(i)[j]);
        for (Size o = 0; o < network_.output_count; ++o)
            set(motion, network_.coefficient(i, o), -p * network_.output(i, o));
    }
    // exp: w -> w + c e, a -> exp(-c) a
    void shift_weights(Size i, const std::vector<double>& constant) {
        Motion& motion = begin(i);
        for (Size j = 0; j < network_.inputs; ++j)
            set(motion, network_.weight(i, j), constant[static_cast<std::size_t>(j)]);
        for (Size o = 0; o < network_.output_count; ++o)
            set(motion, network_.coefficient(i, o), -network_.output(i, o));
    }
    // The bias of neuron i, and what it gives where the neuron is linear.
    void move_bias(Size i, bool speaks) {
        Motion& motion = begin(speaks ? -1 : i);
        set(motion, network_.weight(i, network_.inputs - 1), 1.0);
        for (Size o = 0; speaks && o < network_.output_count; ++o)
            set(motion, network_.coefficient(constant_, o), -network_.output(i, o));
    }
    // Linear neurons: (w_i, a_i) and (w_l, a_l) turned into one another.
    void turn(Size i, Size l) {
        Motion& motion = begin(-1);
        for (Size j = 0; j < network_.inputs; ++j) {
            set(motion, network_.weight(i, j), network_.weights(l)[j]);
            set(motion, network_.weight(l, j), -network_.weights(i)[j]);
        }
        for (Size o = 0; o < network_.output_count; ++o) {
            set(motion, network_.coefficient(i, o), network_.output(l, o));
            set(motion, network_.coefficient(l, o), -network_.output(i, o));
        }
    }
    // b_o -> b_o + t, C_o -> C_o - t e
    void exchange(Size o, const std::vector<double>& constant) {
        Motion& motion = begin(-1);
        const Size bias = network_.width;
        set(motion, network_.coefficient(bias, o), 1.0);
        for (Size j = 0; j < network_.inputs; ++j)
            set(motion, network_.coefficient(bias + 1 + j, o), -constant[static_cast<std::size_t>(j)]);
    }
    std::vector<Motion> take() { return std::move(found_); }

  private:
    const Network& network_;
    Size constant_;
    std::vector<Motion> found_;
};

// Pairs of linear neurons whose turns into one another are independent: no pair of two that both depend on
// the others, whose turns are combinations.
void add_turns(const Gauges& gauges, Motions& motions) {
    constexpr double kIndependent = 1e-6;
    const Network& network = gauges.network;
    // Biases that move by themselves do not count.
    const Size own_weights = network.inputs - (gauges.lines ? 1 : 0);
    const auto size = std::size_t(own_weights + network.output_count);
    std::vector<Size> linear;
    std::vector<bool> independent;
    std::vector<std::vector<double>> basis;
    for (Size i = 0; i < network.width; ++i) {
        if (!gauges.is_linear(i)) continue;
        std::vector<double> own(network.weights(i), network.weights(i) + own_weights);
        for (Size o = 0; o < network.output_count; ++o) own.push_back(network.output(i, o));
        const double whole = norm_of(own);
        for (const std::vector<double>& q : basis) {
            double along = 0.0;
            for (std::size_t j = 0; j < size; ++j) along += q[j] * own[j];
            for (std::size_t j = 0; j < size; ++j) own[j] -= along * q[j];
        }
        const double rest = norm_of(own);
        const bool is_new = rest > kIndependent * whole;
        for (std::size_t l = 0; l < linear.size(); ++l)
            if (is_new || independent[l]) motions.turn(linear[l], i);
        linear.push_back(i);
        independent.push_back(is_new);
        if (!is_new) continue;
        for (double& v : own) v /= rest;
        basis.push_back(std::move(own));
    }
}

}  // namespace

std::vector<Motion> gauge_motions(const Dataset& data, const Network& network) {
    const Gauges gauges(data, network);
    const Size outputs = network.output_count, inputs = network.width + (network.output_bias ? 1 : 0);
    Motions motions(network, data.bias());
    const bool exchanges = gauges.bias && gauges.constant;
    std::vector<double> constant;
    if (exchanges || asks_for_constant(network)) constant = constant_input(data);
    for (Size i = 0; i < network.width; ++i) {
        if (gauges.neurons) motions.shift(i);
        if (gauges.scales(i)) motions.scale(i);
        if (gauges.may_shift(i) && !constant.empty()) motions.shift_weights(i, constant);
        if (gauges.has_line(i)) motions.move_bias(i, gauges.speaks(i));
    }
    if (!gauges.undecayed) add_turns(gauges, motions);
    if (gauges.shifts && gauges.bias) motions.shift(network.width);
    for (Size j = 0; gauges.shifts && network.skip && j < network.inputs; ++j) {
        const bool of_bias = data.bias() && j == network.inputs - 1;
        if (of_bias ? gauges.constant : gauges.others) motions.shift(inputs + j);
    }
    // An output bias that the skip connections of the constant input do as well: one motion an output, along
    // (1, .., 1) counted already.
    if (exchanges) {
        const Size exchanged = constant.empty() ? 0 : gauges.shifts ? outputs - 1 : outputs;
        for (Size o = 0; o < exchanged; ++o) motions.exchange(o, constant);
    }
    return motions.take();
}

Size gauge_dimension(const Dataset& data, const Network& network) {
    return static_cast<Size>(gauge_motions(data, network).size());
}

}  // namespace tepui
