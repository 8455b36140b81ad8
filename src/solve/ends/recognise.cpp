#include "solve/ends/recognise.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "classification/infinity/activation_ends.hpp"
#include "solve/ends/hyperplane.hpp"

namespace tepui {
namespace {

// How far samples may be from a hyperplane and still keep a finite preactivation: tried one after the other.
constexpr double kReaches[] = {9.0, 5.0, 2.5, 14.0};
constexpr double kSaturated = 12.0;  // beyond, sigma is its limit to ten digits
constexpr double kSteep = 40.0;
constexpr double kTail = -2.5;  // below, softplus is e^z to four percent
constexpr double kVanishing = 0.2;
// Preactivations of a pair that meets differ by less, root mean square, and their outputs cancel but for
// this part.
constexpr double kMeeting = 0.7, kCancelling = 0.5;

struct Neuron {
    std::vector<double> w, a, z;
    double least = 0.0, most = 0.0;  // of z
    double size() const { return std::max(std::abs(least), std::abs(most)); }
};

struct Role {
    UnitKind kind = UnitKind::neuron;
    Size partner = -1;  // channel, cubic: the other neuron
    std::vector<Size> kept;
    bool operator==(const Role&) const = default;
};

class Guess {
  public:
    Guess(const SampleInputs& inputs, const InputMetric& metric, const Network& network)
        : inputs_(inputs), metric_(metric), network_(network) {
        for (Size i = 0; i < network.width; ++i) {
            Neuron neuron;
            neuron.w.assign(network.weights(i), network.weights(i) + network.inputs);
            for (Size o = 0; o < network.output_count; ++o) neuron.a.push_back(network.output(i, o));
            neuron.z = inputs_.preactivations(neuron.w.data());
            const auto [low, high] = std::minmax_element(neuron.z.begin(), neuron.z.end());
            neuron.least = *low;
            neuron.most = *high;
            neurons_.push_back(std::move(neuron));
        }
    }

    std::vector<Role> roles(double reach, bool pairs) {
        std::vector<Role> roles(neurons_.size());
        for (Size i = 0; i < network_.width; ++i) roles[i] = alone(i, reach);
        if (pairs) pair_up(roles);
        return roles;
    }

    std::optional<BoundaryNetwork> limit(const std::vector<Role>& roles) const {
        BoundaryNetwork whole = as_limit(network_, has_bias() ? metric_.mean[network_.inputs - 1] : 0.0);
        BoundaryNetwork limit = whole;
        limit.units.clear();
        limit.parameters.clear();
        for (Size i = 0; i < network_.width; ++i) {
            if (!(roles[i].partner >= 0 && roles[i].partner < i) && !add(i, roles[i], limit))
                return std::nullopt;
            for (Size o = 0; network_.output_bias && o < network_.output_count; ++o)
                whole.parameters[whole.rest_at() + o] += network_.output(i, o) * constant(i, roles[i]);
        }
        limit.parameters.insert(limit.parameters.end(), whole.parameters.begin() + whole.rest_at(),
                                whole.parameters.end());
        return limit;
    }

  private:
    bool has_bias() const { return metric_.constant_input == network_.inputs - 1; }

    Role alone(Size i, double reach) const {
        const Neuron& neuron = neurons_[i];
        const Activation& activation = network_.activation_of(i);
        const ActivationEnds ends = ends_of(activation);
        if (is_in_tail(neuron, activation)) return {.kind = UnitKind::exponential, .kept = {}};
        if ((ends.saturates && neuron.size() > kSaturated) || (ends.rectifies && neuron.size() > kSteep)) {
            std::optional<std::vector<Size>> kept = samples_within(inputs_, neuron.z, reach);
            if (kept)
                return {.kind = ends.saturates ? UnitKind::saturated : UnitKind::rectified,
                        .kept = std::move(*kept)};
        }
        const TaylorAtZero taylor = taylor_at_zero(activation);
        if (taylor.of[0] == 0.0 && taylor.of[1] != 0.0 && neuron.size() < kVanishing)
            return {.kind = UnitKind::linear, .kept = {}};
        if (network_.output_bias && has_bias() && is_flat(neuron))
            return {.kind = UnitKind::linear, .kept = {}};
        return {};
    }

    // Whether sigma is an exponential there but for a few percent.
    bool is_in_tail(const Neuron& neuron, const Activation& activation) const {
        const ActivationEnds ends = ends_of(activation);
        if (ends.exponential.rate == 0.0 || !has_bias() || (ends.low != 0.0 && !network_.output_bias))
            return false;
        return ends.exponential.rate * neuron.most < kTail ||
               (mirrored(activation) && ends.exponential.rate * neuron.least > -kTail);
    }
    bool mirrored(const Activation& activation) const {
        const ActivationEnds ends = ends_of(activation);
        return ends.mirrors && (ends.mirror == 0.0 || network_.output_bias);
    }

    // Whether the output bias takes up all but the linear part.
    bool is_flat(const Neuron& neuron) const { return neuron.most - neuron.least < kVanishing; }

    // Of the neuron's output weight, what the output bias takes up.
    double constant(Size i, const Role& role) const {
        const Neuron& neuron = neurons_[i];
        const ActivationEnds ends = ends_of(network_.activation_of(i));
        if (role.kind == UnitKind::exponential || role.kind == UnitKind::exponential_channel)
            return neuron.least > 0.0 && ends.mirrors ? ends.mirror - ends.low : ends.low;
        if (role.kind != UnitKind::linear) return 0.0;
        const double middle = 0.5 * (neuron.least + neuron.most);
        double value, slope;
        network_.activation_of(i).evaluate(1, &middle, {.value = &value, .first = &slope});
        return value + slope * (neuron.w.back() * metric_.mean[network_.inputs - 1] - middle);
    }

    // Sign by which neuron j is turned to lie beside neuron i.
    double turn(Size i, Size j) const {
        if (network_.activation_of(i).traits().parity == Parity::none) return 1.0;
        double product = 0.0;
        for (std::size_t k = 0; k < neurons_[i].z.size(); ++k) product += neurons_[i].z[k] * neurons_[j].z[k];
        return product < 0.0 ? -1.0 : 1.0;
    }
    double turned_output(Size i, Size j, std::size_t o) const {
        const bool odd = network_.activation_of(i).traits().parity == Parity::odd;
        return neurons_[j].a[o] * (odd ? turn(i, j) : 1.0);
    }

    void pair_up(std::vector<Role>& roles) const {
        struct Pair {
            double distance;
            Size i, j;
            UnitKind kind;
        };
        std::vector<Pair> pairs;
        for (Size i = 0; i < network_.width; ++i) {
            for (Size j = i + 1; j < network_.width; ++j) {
                if (network_.activation_of(i).kind() != network_.activation_of(j).kind()) continue;
                if (roles[i].kind == UnitKind::exponential && roles[j].kind == UnitKind::exponential) {
                    const double distance = separation_in_tail(i, j);
                    if (distance < kMeeting) pairs.push_back({distance, i, j, UnitKind::exponential_channel});
                    continue;
                }
                const bool linear = roles[i].kind == UnitKind::linear && roles[j].kind == UnitKind::linear;
                if (!linear && (roles[i].kind != UnitKind::neuron || roles[j].kind != UnitKind::neuron))
                    continue;
                const double distance = separation(i, j, linear);
                if (linear && distance < 0.05 && network_.output_count == 1 &&
                    taylor_at_zero(network_.activation_of(i)).of[2] == 0.0)
                    pairs.push_back({distance, i, j, UnitKind::cubic});
                if (!linear && distance < kMeeting && cancel(i, j))
                    pairs.push_back({distance, i, j, UnitKind::channel});
            }
        }
        std::sort(pairs.begin(), pairs.end(),
                  [](const Pair& a, const Pair& b) { return a.distance < b.distance; });
        for (const Pair& pair : pairs) {
            if (roles[pair.i].partner >= 0 || roles[pair.j].partner >= 0) continue;
            roles[pair.i] = {pair.kind, pair.j, {}};
            roles[pair.j] = {pair.kind, pair.i, {}};
        }
    }

    // Root mean square of the difference of the preactivations; of linear units, of their directions and
    // what their linear parts leave of each other.
    double separation(Size i, Size j, bool linear) const {
        const double sign = turn(i, j), own = metric_.preactivation_rms(neurons_[i].w.data()),
                     other = metric_.preactivation_rms(neurons_[j].w.data());
        std::vector<double> difference(neurons_[i].w);
        if (!linear) {
            for (std::size_t l = 0; l < difference.size(); ++l) difference[l] -= sign * neurons_[j].w[l];
            return metric_.preactivation_rms(difference.data());
        }
        if (!(own > 0.0) || !(other > 0.0)) return HUGE_VAL;
        for (std::size_t l = 0; l < difference.size(); ++l)
            difference[l] = difference[l] / own - sign * neurons_[j].w[l] / other;
        const double first = neurons_[i].a[0] * own, second = turned_output(i, j, 0) * other;
        return metric_.preactivation_rms(difference.data()) +
               std::abs(first + second) / (std::abs(first) + std::abs(second));
    }

    // Of a neuron in a tail alpha exp(v . x): v without a bias, and alpha.
    struct InTail {
        std::vector<double> v, alpha;
    };
    InTail in_tail(Size i) const {
        const ActivationEnds ends = ends_of(network_.activation_of(i));
        const double turned = neurons_[i].least > 0.0 && ends.mirrors ? -1.0 : 1.0;
        InTail result{neurons_[i].w, neurons_[i].a};
        for (double& weight : result.v) weight *= turned * ends.exponential.rate;
        const double factor =
            turned * ends.exponential.factor * std::exp(result.v.back() * metric_.mean[network_.inputs - 1]);
        result.v.back() = 0.0;
        for (double& alpha : result.alpha) alpha *= factor;
        return result;
    }

    // Root mean square of the difference of the exponents; huge where the outputs do not cancel.
    double separation_in_tail(Size i, Size j) const {
        InTail own = in_tail(i);
        const InTail other = in_tail(j);
        double sum = 0.0, size = 0.0;
        for (std::size_t o = 0; o < own.alpha.size(); ++o) {
            sum += std::abs(own.alpha[o] + other.alpha[o]);
            size += std::abs(own.alpha[o]) + std::abs(other.alpha[o]);
        }
        if (!(sum < kCancelling * size)) return HUGE_VAL;
        for (std::size_t l = 0; l < own.v.size(); ++l) own.v[l] -= other.v[l];
        return metric_.preactivation_rms(own.v.data());
    }

    bool cancel(Size i, Size j) const {
        double sum = 0.0, size = 0.0;
        for (std::size_t o = 0; o < neurons_[i].a.size(); ++o) {
            sum += std::abs(neurons_[i].a[o] + turned_output(i, j, o));
            size += std::abs(neurons_[i].a[o]) + std::abs(neurons_[j].a[o]);
        }
        return sum < kCancelling * size;
    }

    bool add(Size i, const Role& role, BoundaryNetwork& limit) const {
        const Neuron& neuron = neurons_[i];
        BoundaryUnit unit{network_.activation_of(i)};
        unit.kind = role.kind;
        unit.neurons = {i};
        const auto finish = [&](std::vector<std::vector<double>> forms,
                                const std::vector<std::vector<double>>& coefficients) {
            const Size u = Size(limit.units.size());
            limit.units.push_back(std::move(unit));
            limit.parameters.resize(std::size_t(limit.rest_at()));
            for (std::size_t p = 0; p < forms.size(); ++p) limit.set_weights(u, Size(p), forms[p].data());
            for (std::size_t q = 0; q < coefficients.size(); ++q)
                for (std::size_t o = 0; o < coefficients[q].size(); ++o)
                    limit.coefficient(u, Size(q), Size(o)) = coefficients[q][o];
            return true;
        };
        switch (role.kind) {
            case UnitKind::neuron:
                return finish({neuron.w}, {neuron.a});
            case UnitKind::linear: {
                std::vector<double> v = neuron.w, alpha = neuron.a;
                double middle = 0.0, value, slope = taylor_at_zero(unit.activation).of[1];
                if (network_.output_bias && has_bias()) {
                    middle = 0.5 * (neuron.least + neuron.most);
                    unit.activation.evaluate(1, &middle, {.value = &value, .first = &slope});
                    unit.bases[0] = std::make_shared<const Matrix>(without_last(network_.inputs));
                }
                for (double& a : alpha) a *= slope;
                return finish({v}, {alpha});
            }
            case UnitKind::saturated: {
                std::vector<double> u;
                if (!make_saturated(inputs_, role.kept, neuron.w, unit, u)) return false;
                return finish({u}, {neuron.a});
            }
            case UnitKind::rectified: {
                std::vector<double> v;
                make_rectified(inputs_, role.kept, neuron.w, unit, v);
                return finish({v}, {neuron.a});
            }
            case UnitKind::exponential: {
                InTail tail = in_tail(i);
                unit.bases[0] = std::make_shared<const Matrix>(without_last(network_.inputs));
                return finish({tail.v}, {tail.alpha});
            }
            case UnitKind::exponential_channel: {
                const InTail own = in_tail(i), other = in_tail(role.partner);
                unit.neurons.push_back(role.partner);
                for (auto& basis : unit.bases)
                    basis = std::make_shared<const Matrix>(without_last(network_.inputs));
                std::vector<double> w = own.v, v = own.v, c = own.alpha, alpha = own.alpha;
                for (std::size_t l = 0; l < w.size(); ++l) {
                    w[l] = 0.5 * (own.v[l] + other.v[l]);
                    v[l] = 0.5 * (other.v[l] - own.v[l]);
                }
                for (std::size_t o = 0; o < c.size(); ++o) {
                    c[o] = own.alpha[o] + other.alpha[o];
                    alpha[o] = other.alpha[o] - own.alpha[o];
                }
                return finish({w, v}, {c, alpha});
            }
            case UnitKind::channel: {
                const Neuron& other = neurons_[role.partner];
                const double sign = turn(i, role.partner);
                unit.neurons.push_back(role.partner);
                std::vector<double> w = neuron.w, v = neuron.w, c = neuron.a, alpha = neuron.a;
                for (std::size_t l = 0; l < w.size(); ++l) {
                    w[l] = 0.5 * (neuron.w[l] + sign * other.w[l]);
                    v[l] = 0.5 * (sign * other.w[l] - neuron.w[l]);
                }
                for (std::size_t o = 0; o < c.size(); ++o) {
                    const double a = turned_output(i, role.partner, o);
                    c[o] = neuron.a[o] + a;
                    alpha[o] = a - neuron.a[o];
                }
                return finish({w, v}, {c, alpha});
            }
            case UnitKind::cubic: {
                const Neuron& other = neurons_[role.partner];
                const TaylorAtZero taylor = taylor_at_zero(unit.activation);
                unit.neurons.push_back(role.partner);
                // sum a sigma'(0) w = l and sum a sigma'''(0) z^3 / 6, z along one v.
                const double own = metric_.preactivation_rms(neuron.w.data()),
                             size = turn(i, role.partner) * metric_.preactivation_rms(other.w.data());
                std::vector<double> l = neuron.w, v = neuron.w;
                for (std::size_t j = 0; j < l.size(); ++j) {
                    l[j] = taylor.of[1] * (neuron.a[0] * neuron.w[j] + other.a[0] * other.w[j]);
                    v[j] /= own;
                }
                const double beta =
                    taylor.of[3] / 6.0 * (neuron.a[0] * own * own * own + other.a[0] * size * size * size);
                return finish({l, v}, {{1.0}, {beta}});
            }
        }
        return false;
    }

    static Matrix without_last(Size d) {
        Matrix basis(d - 1, d);
        for (Size j = 0; j + 1 < d; ++j) basis(j, j) = 1.0;
        return basis;
    }

    const SampleInputs& inputs_;
    const InputMetric& metric_;
    const Network& network_;
    std::vector<Neuron> neurons_;
};

bool runs_off(const std::vector<Role>& roles) {
    return std::any_of(roles.begin(), roles.end(),
                       [](const Role& role) { return role.kind != UnitKind::neuron; });
}

}  // namespace

std::vector<BoundaryNetwork> recognise(const SampleInputs& inputs, const InputMetric& metric,
                                       const Network& network) {
    if (!std::all_of(network.parameters.begin(), network.parameters.end(),
                     [](double x) { return std::isfinite(x); }))
        return {};
    Guess guess(inputs, metric, network);
    std::vector<std::vector<Role>> tried;
    std::vector<BoundaryNetwork> limits;
    const auto add = [&](std::vector<Role> roles) {
        if (!runs_off(roles) || std::find(tried.begin(), tried.end(), roles) != tried.end()) return;
        if (std::optional<BoundaryNetwork> limit = guess.limit(roles)) limits.push_back(std::move(*limit));
        tried.push_back(std::move(roles));
    };
    for (const bool pairs : {true, false})
        for (const double reach : kReaches) add(guess.roles(reach, pairs));
    // All but one: what looks as if it ran off may have come to rest far out.
    for (std::size_t i = 0; i < std::size_t(network.width); ++i) {
        std::vector<Role> roles = guess.roles(kReaches[0], true);
        if (roles[i].kind == UnitKind::neuron) continue;
        if (roles[i].partner >= 0) roles[std::size_t(roles[i].partner)] = {};
        roles[i] = {};
        add(std::move(roles));
    }
    return limits;
}

}  // namespace tepui
