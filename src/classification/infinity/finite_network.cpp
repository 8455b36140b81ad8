#include "classification/infinity/finite_network.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/output_constant.hpp"
#include "network/model/constant_feature.hpp"

namespace tepui {
namespace {

Size width_of(const BoundaryNetwork& limit) {
    Size width = 0;
    for (const BoundaryUnit& unit : limit.units)
        for (const Size neuron : unit.neurons) width = std::max(width, neuron + 1);
    return width;
}

class Builder {
  public:
    explicit Builder(const BoundaryNetwork& limit)
        : limit_(limit),
          network_(limit.units.front().activation,
                   Layout{width_of(limit), limit.inputs, limit.output_count, limit.output_bias, limit.skip}) {
        std::vector<Activation> activations(std::size_t(network_.width), limit.units.front().activation);
        bool differ = false;
        for (const BoundaryUnit& unit : limit.units) {
            for (const Size neuron : unit.neurons) activations[neuron] = unit.activation;
            differ = differ || unit.activation.kind() != activations.front().kind();
        }
        if (differ) network_.unit_activations = std::move(activations);
        const double* rest = limit.parameters.data() + limit.rest_at();
        if (limit.output_bias) {
            for (Size o = 0; o < limit.output_count; ++o)
                network_.parameters[network_.coefficient(network_.width, o)] = *rest++;
        }
        for (Size o = 0; limit.skip && o < limit.output_count; ++o)
            for (Size j = 0; j < limit.inputs; ++j)
                network_.parameters[network_.coefficient(skip_at() + j, o)] = *rest++;
    }

    void add(Size u, const Approach& approach) {
        const BoundaryUnit& unit = limit_.units[u];
        const double eps = approach.step;
        switch (unit.kind) {
            case UnitKind::neuron:
                return set(unit.neurons[0], limit_.weights(u, 0),
                           [&](Size o) { return limit_.coefficient(u, 0, o); });
            case UnitKind::channel: {
                const std::vector<double> v = limit_.weights(u, 1);
                for (const double side : {-1.0, 1.0})
                    set(unit.neurons[side > 0 ? 1 : 0], sum(limit_.weights(u, 0), side * eps, v),
                        [&](Size o) {
                            return 0.5 * limit_.coefficient(u, 0, o) +
                                   side * limit_.coefficient(u, 1, o) / (2.0 * eps);
                        });
                return;
            }
            case UnitKind::exponential_channel:
                return add_exponential_channel(u, approach);
            case UnitKind::linear:
                return add_linear(u, approach);
            case UnitKind::saturated:
                if (!approach.output.empty()) {
                    const ActivationEnds ends = ends_of(unit.activation);
                    const double end = unit.side.front() > 0 ? ends.high : ends.low;
                    for (Size o = 0; o < limit_.output_count; ++o)
                        add_constant(o, (limit_.coefficient(u, 0, o) - approach.output[o]) * end);
                }
                return set(unit.neurons[0],
                           sum(limit_.weights(u, 0), 1.0 / eps,
                               approach.direction.empty() ? unit.direction : approach.direction),
                           [&](Size o) {
                               return approach.output.empty() ? limit_.coefficient(u, 0, o)
                                                              : approach.output[o];
                           });
            case UnitKind::rectified: {
                std::vector<double> offset = approach.offset;
                offset.resize(std::size_t(limit_.inputs), 0.0);
                return set(unit.neurons[0], sum(offset, 1.0 / eps, limit_.weights(u, 0)),
                           [&](Size o) { return eps * limit_.coefficient(u, 0, o); });
            }
            case UnitKind::exponential:
                return add_exponential(u, eps);
            case UnitKind::cubic:
                return add_cubic(u, eps);
            case UnitKind::triple_channel:
                return add_triple_channel(u, eps);
            case UnitKind::exponential_pair:
                return add_exponential_pair(u, eps);
            case UnitKind::quadratic:
                return add_quadratic(u, approach);
            case UnitKind::square:
                return add_square(u, eps);
            case UnitKind::asymptote:
                return add_asymptote(u, approach);
        }
    }

    Network finish() && { return std::move(network_); }

  private:
    Size skip_at() const { return network_.width + (network_.output_bias ? 1 : 0); }
    // To the output bias, or to the skip connection of a constant input. Networks without either stay.
    void add_constant(Size o, double value) {
        if (!adds_constants(limit_)) return;
        const Size feature = constant_feature(network_, true);
        network_.parameters[network_.coefficient(feature, o)] +=
            network_.output_bias ? value : value / limit_.bias_value;
    }

    std::vector<double> sum(std::vector<double> a, double factor, const std::vector<double>& b) const {
        for (std::size_t j = 0; j < a.size(); ++j) a[j] += factor * b[j];
        return a;
    }

    template <class Output>
    void set(Size neuron, const std::vector<double>& w, Output&& output) {
        std::copy(w.begin(), w.end(), network_.weights(neuron));
        for (Size o = 0; o < limit_.output_count; ++o) network_.output(neuron, o) = output(o);
    }

    // alpha exp(v.h) as a neuron whose e^(rate b) is eps; what its output weight makes of sigma(-inf) goes to
    // the output bias.
    template <class Alpha>
    void set_in_tail(Size neuron, const ActivationEnds& ends, std::vector<double> v, double eps,
                     Alpha&& alpha) {
        for (double& weight : v) weight /= ends.exponential.rate;
        v.back() += std::log(eps) / (ends.exponential.rate * limit_.bias_value);
        const auto output = [&](Size o) { return alpha(o) / (eps * ends.exponential.factor); };
        set(neuron, v, output);
        for (Size o = 0; o < limit_.output_count; ++o) add_constant(o, -ends.low * output(o));
    }

    void add_exponential(Size u, double eps) {
        const BoundaryUnit& unit = limit_.units[u];
        if (ends_of(unit.activation).curved_tail) {
            // sigma(-c + v.h / slope), c = 1 / eps, as far out as doubles have the tail.
            const double c = std::min(1.0 / eps, farthest_tail(unit.activation));
            const double at_centre = tail(unit.activation, -1, c), slope = tail_slope(unit.activation, c);
            std::vector<double> w = limit_.weights(u, 0);
            for (double& weight : w) weight /= slope;
            w.back() -= c / limit_.bias_value;
            return set(unit.neurons[0], w, [&](Size o) { return limit_.coefficient(u, 0, o) / at_centre; });
        }
        set_in_tail(unit.neurons[0], ends_of(unit.activation), limit_.weights(u, 0), eps,
                    [&](Size o) { return limit_.coefficient(u, 0, o); });
    }

    void add_exponential_channel(Size u, const Approach& approach) {
        const BoundaryUnit& unit = limit_.units[u];
        double eps = approach.step, out = approach.held > 0.0 ? approach.held : eps;
        if (approach.leaves) std::swap(eps, out);
        if (approach.lean != 0.0) out = eps * eps;
        for (const double side : {-1.0, 1.0})
            set_in_tail(unit.neurons[side > 0 ? 1 : 0], ends_of(unit.activation),
                        sum(limit_.weights(u, 0), side * eps, limit_.weights(u, 1)),
                        out * (1.0 + side * approach.lean), [&](Size o) {
                            return 0.5 * limit_.coefficient(u, 0, o) +
                                   side * limit_.coefficient(u, 1, o) / (2.0 * eps);
                        });
    }

    void add_linear(Size u, const Approach& approach) {
        const BoundaryUnit& unit = limit_.units[u];
        const double eps = approach.step, shift = approach.shift;
        std::vector<double> w =
            sum(std::vector<double>(std::size_t(limit_.inputs), 0.0), eps, limit_.weights(u, 0));
        double value, slope, second, third;
        unit.activation.evaluate(1, &shift, {&value, &slope, &second, &third});
        if (shift != 0.0) w.back() += shift / limit_.bias_value;
        set(unit.neurons[0], w, [&](Size o) { return limit_.coefficient(u, 0, o) / (eps * slope); });
        if (value == 0.0) return;
        for (Size o = 0; o < limit_.output_count; ++o)
            add_constant(o, -limit_.coefficient(u, 0, o) * value / (eps * slope));
    }

    // a_1 = A / eps^3, a_2 = -A / (2 eps^3), w_1 = eps v, w_2 = 2 eps v + eps^3 q: the linear terms in v
    // cancel, the cubic ones leave -3 A sigma''' / 6 t^3, and q makes the linear unit.
    void add_cubic(Size u, double eps) {
        const BoundaryUnit& unit = limit_.units[u];
        const TaylorAtZero taylor = taylor_at_zero(unit.activation);
        const std::vector<double> v = limit_.weights(u, 1), l = limit_.weights(u, 0);
        const double beta = limit_.coefficient(u, 1), linear = limit_.coefficient(u, 0);
        const double a = -2.0 * beta / taylor.of[3] / (eps * eps * eps);
        std::vector<double> first(v.size()), second(v.size());
        for (std::size_t j = 0; j < v.size(); ++j) {
            first[j] = eps * v[j];
            second[j] = 2.0 * eps * v[j] - 2.0 * linear * l[j] / (a * taylor.of[1]);
        }
        set(unit.neurons[0], first, [=](Size) { return a; });
        set(unit.neurons[1], second, [=](Size) { return -0.5 * a; });
    }

    // At -eps, 0 and eps of the line w + tau v + tau^2 q, with sums of a, a tau and a tau^2 c, alpha, beta.
    void add_triple_channel(Size u, double eps) {
        const BoundaryUnit& unit = limit_.units[u];
        for (int l = 0; l < 3; ++l) {
            const double tau = (l - 1) * eps;
            set(unit.neurons[l],
                sum(sum(limit_.weights(u, 0), tau, limit_.weights(u, 1)), tau * tau, limit_.weights(u, 2)),
                [&](Size o) {
                    const double second = limit_.coefficient(u, 2, o) / (eps * eps);
                    if (l == 1) return limit_.coefficient(u, 0, o) - second;
                    return 0.5 * second + (l - 1) * limit_.coefficient(u, 1, o) / (2.0 * eps);
                });
        }
    }

    // e^(rate b_i) = eps B_i, B = 3/2 and 1/2; A = beta / q with both signs, parted by eps q s.
    void add_exponential_pair(Size u, double eps) {
        const BoundaryUnit& unit = limit_.units[u];
        const ActivationEnds ends = ends_of(unit.activation);
        const double q = ends.exponential.second;
        for (const double side : {1.0, -1.0}) {
            const double size = 1.0 + 0.5 * side;
            set_in_tail(unit.neurons[side > 0 ? 0 : 1], ends,
                        sum(limit_.weights(u, 0), 0.5 * side * eps * q, limit_.weights(u, 1)), eps * size,
                        [&](Size o) {
                            return side * limit_.coefficient(u, 1, o) / (q * eps) +
                                   0.5 * limit_.coefficient(u, 0, o);
                        });
        }
    }

    // Around a hidden bias b at tau and 2 tau of the line tau v + tau^2 sigma'' / (2 sigma') q.
    void add_quadratic(Size u, const Approach& approach) {
        const BoundaryUnit& unit = limit_.units[u];
        const double eps = approach.leaves ? -approach.step : approach.step, shift = approach.shift;
        double value, slope, second, third;
        unit.activation.evaluate(1, &shift, {&value, &slope, &second, &third});
        for (int l = 0; l < 2; ++l) {
            const double tau = (l + 1) * eps, other = (2 - l) * eps;
            std::vector<double> w =
                sum(std::vector<double>(std::size_t(limit_.inputs), 0.0), tau, limit_.weights(u, 0));
            w = sum(std::move(w), tau * tau * second / (2.0 * slope), limit_.weights(u, 1));
            if (shift != 0.0) w.back() += shift / limit_.bias_value;
            const auto output = [&](Size o) {
                return (2.0 * limit_.coefficient(u, 1, o) / second -
                        limit_.coefficient(u, 0, o) / slope * other) /
                       (tau * (tau - other));
            };
            set(unit.neurons[l], w, output);
            for (Size o = 0; o < limit_.output_count; ++o) add_constant(o, -value * output(o));
        }
    }

    // eps v from where sigma' = 0.
    void add_square(Size u, double eps) {
        const BoundaryUnit& unit = limit_.units[u];
        const Extremum extremum = extremum_of(unit.activation).value();
        std::vector<double> w =
            sum(std::vector<double>(std::size_t(limit_.inputs), 0.0), eps, limit_.weights(u, 0));
        if (extremum.at != 0.0) w.back() += extremum.at / limit_.bias_value;
        const double factor = 2.0 / (extremum.of[2] * eps * eps);
        const auto output = [&](Size o) { return factor * limit_.coefficient(u, 0, o); };
        set(unit.neurons[0], w, output);
        for (Size o = 0; o < limit_.output_count; ++o) add_constant(o, -extremum.of[0] * output(o));
    }

    // w . h with the hidden bias -log(eps), which the output bias takes away again.
    void add_asymptote(Size u, const Approach& approach) {
        const BoundaryUnit& unit = limit_.units[u];
        const double far = approach.shift - std::log(approach.step);
        std::vector<double> w = limit_.weights(u, 0);
        w.back() += far / limit_.bias_value;
        const auto output = [&](Size o) { return limit_.coefficient(u, 0, o); };
        set(unit.neurons[0], w, output);
        const double constant = far + asymptote_of(unit.activation).offset;
        for (Size o = 0; o < limit_.output_count; ++o) add_constant(o, -constant * output(o));
    }

    const BoundaryNetwork& limit_;
    Network network_;
};

}  // namespace

Network finite_network(const BoundaryNetwork& limit, std::span<const Approach> approaches) {
    Builder builder(limit);
    for (Size u = 0; u < Size(limit.units.size()); ++u) builder.add(u, approaches[u]);
    return std::move(builder).finish();
}

}  // namespace tepui
