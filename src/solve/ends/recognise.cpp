#include "solve/ends/recognise.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/activation_jet.hpp"
#include "solve/ends/hyperplane.hpp"

namespace tepui {
namespace {

// How far samples may be from a hyperplane and still keep a finite preactivation: tried one after the other.
constexpr double kReaches[] = {9.0, 5.0, 2.5, 14.0};
constexpr double kSaturated = 12.0;  // beyond, sigma is its limit to ten digits
constexpr double kSteep = 40.0;
constexpr double kTail = -2.5;     // below, softplus is e^z to four percent
constexpr double kStraight = 9.0;  // beyond, softplus, gelu and silu are z to four digits
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
    std::vector<Size> others;  // the neurons that it meets
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

    // How many neurons may become one unit, and how fast their outputs may grow.
    enum class Meeting { none, pairs, groups };
    std::vector<Role> roles(double reach, Meeting meeting) {
        std::vector<Role> roles(neurons_.size());
        for (Size i = 0; i < network_.width; ++i) roles[i] = alone(i, reach);
        if (meeting == Meeting::groups) group(roles);
        if (meeting != Meeting::none) pair_up(roles);
        return roles;
    }

    std::optional<BoundaryNetwork> limit(const std::vector<Role>& roles) const {
        BoundaryNetwork whole = as_limit(network_, has_bias() ? metric_.mean[network_.inputs - 1] : 0.0);
        BoundaryNetwork limit = whole;
        limit.units.clear();
        limit.parameters.clear();
        for (Size i = 0; i < network_.width; ++i) {
            const bool first = std::all_of(roles[i].others.begin(), roles[i].others.end(),
                                           [i](Size other) { return i < other; });
            if (first && !add(i, roles[i], limit)) return std::nullopt;
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
        if (is_in_tail(neuron, activation)) return {.kind = UnitKind::exponential, .others = {}, .kept = {}};
        if ((ends.saturates && neuron.size() > kSaturated) || (ends.rectifies && neuron.size() > kSteep)) {
            std::optional<std::vector<Size>> kept = samples_within(inputs_, neuron.z, reach);
            if (kept)
                return {.kind = ends.saturates ? UnitKind::saturated : UnitKind::rectified,
                        .others = {},
                        .kept = std::move(*kept)};
        }
        const TaylorAtZero taylor = taylor_at_zero(activation);
        if (taylor.of[0] == 0.0 && taylor.of[1] != 0.0 && neuron.size() < kVanishing)
            return {.kind = UnitKind::linear, .others = {}, .kept = {}};
        if (network_.output_bias && has_bias() &&
            (is_flat(neuron) || (ends.rectifies && neuron.least > kStraight)))
            return {.kind = UnitKind::linear, .others = {}, .kept = {}};
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
        if (role.kind == UnitKind::exponential || role.kind == UnitKind::exponential_channel ||
            role.kind == UnitKind::exponential_pair)
            return neuron.least > 0.0 && ends.mirrors ? ends.mirror - ends.low : ends.low;
        if (role.kind == UnitKind::quadratic) {
            const Expansion here = expansion(i);
            return here.value - here.first * here.offset + here.second * here.offset * here.offset / 2.0;
        }
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
                if (!roles[i].others.empty() || !roles[j].others.empty()) continue;
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
                if (!linear && distance < kMeeting && cancel({i, j}))
                    pairs.push_back({distance, i, j, UnitKind::channel});
            }
        }
        std::sort(pairs.begin(), pairs.end(),
                  [](const Pair& a, const Pair& b) { return a.distance < b.distance; });
        for (const Pair& pair : pairs) {
            if (!roles[pair.i].others.empty() || !roles[pair.j].others.empty()) continue;
            roles[pair.i] = {pair.kind, {pair.j}, {}};
            roles[pair.j] = {pair.kind, {pair.i}, {}};
        }
    }

    // Three neurons that meet, pairs in one tail, pairs that vanish beside an output bias: with outputs that
    // grow like the square of what they are apart.
    void group(std::vector<Role>& roles) const {
        struct Group {
            double distance;
            std::vector<Size> members;
            UnitKind kind;
        };
        std::vector<Group> groups;
        const auto alike = [&](Size i, Size j) {
            return network_.activation_of(i).kind() == network_.activation_of(j).kind();
        };
        for (Size i = 0; i < network_.width; ++i) {
            for (Size j = i + 1; j < network_.width; ++j) {
                if (!alike(i, j)) continue;
                if (roles[i].kind == UnitKind::exponential && roles[j].kind == UnitKind::exponential) {
                    const double distance = separation_in_tail(i, j);
                    if (distance < kMeeting) groups.push_back({distance, {i, j}, UnitKind::exponential_pair});
                } else if (const double distance = separation_of_vanishing(i, j); distance < kMeeting) {
                    groups.push_back({distance, {i, j}, UnitKind::quadratic});
                }
                for (Size k = j + 1; k < network_.width; ++k) {
                    if (!alike(i, k) || !has_jet(network_.activation_of(i)) || !cancel({i, j, k})) continue;
                    if (roles[i].kind == UnitKind::exponential || roles[j].kind == UnitKind::exponential ||
                        roles[k].kind == UnitKind::exponential)
                        continue;
                    const double distance =
                        std::max({separation(i, j, false), separation(i, k, false), separation(j, k, false)});
                    if (distance < 2.0 * kMeeting)
                        groups.push_back({distance, {i, j, k}, UnitKind::triple_channel});
                }
            }
        }
        std::sort(groups.begin(), groups.end(),
                  [](const Group& a, const Group& b) { return a.distance < b.distance; });
        for (const Group& of : groups) {
            if (std::any_of(of.members.begin(), of.members.end(),
                            [&](Size i) { return !roles[i].others.empty(); }))
                continue;
            for (const Size i : of.members) {
                roles[i] = {of.kind, {}, {}};
                for (const Size j : of.members)
                    if (j != i) roles[i].others.push_back(j);
            }
        }
    }

    // sigma and its derivatives in the middle of the neuron's preactivations, and how far the mean input is
    // from there.
    struct Expansion {
        double value, first, second, offset;
    };
    Expansion expansion(Size i) const {
        const Neuron& neuron = neurons_[i];
        const double middle = 0.5 * (neuron.least + neuron.most);
        Expansion here{};
        network_.activation_of(i).evaluate(
            1, &middle, {.value = &here.value, .first = &here.first, .second = &here.second});
        here.offset = middle - neuron.w.back() * metric_.mean[network_.inputs - 1];
        return here;
    }

    // Of two neurons whose weights but for the biases vanish: how far their directions differ; huge where
    // their linear parts do not cancel, or where one is not nearly constant.
    double separation_of_vanishing(Size i, Size j) const {
        if (!network_.output_bias || !has_bias()) return HUGE_VAL;
        for (const Size l : {i, j})
            if (!(neurons_[l].most - neurons_[l].least < 5.0 * kVanishing)) return HUGE_VAL;
        const std::vector<double> u = without_bias(i), v = without_bias(j);
        const double own = metric_.preactivation_rms(u.data()), other = metric_.preactivation_rms(v.data());
        if (!(own > 0.0) || !(other > 0.0)) return HUGE_VAL;
        double product = 0.0;
        for (std::size_t k = 0; k < neurons_[i].z.size(); ++k)
            product += (neurons_[i].z[k] - neurons_[i].z[0]) * (neurons_[j].z[k] - neurons_[j].z[0]);
        const double sign = product < 0.0 ? -1.0 : 1.0;
        std::vector<double> difference(u);
        for (std::size_t l = 0; l < u.size(); ++l) difference[l] = u[l] / own - sign * v[l] / other;
        double sum = 0.0, size = 0.0;
        for (std::size_t o = 0; o < neurons_[i].a.size(); ++o) {
            const double first = neurons_[i].a[o] * expansion(i).first * own;
            const double second = neurons_[j].a[o] * expansion(j).first * sign * other;
            sum += std::abs(first + second);
            size += std::abs(first) + std::abs(second);
        }
        return sum < kCancelling * size ? metric_.preactivation_rms(difference.data()) : HUGE_VAL;
    }

    std::vector<double> without_bias(Size i) const {
        std::vector<double> u = neurons_[i].w;
        u.back() = 0.0;
        return u;
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
        double factor;  // e^b
    };
    InTail in_tail(Size i) const {
        const ActivationEnds ends = ends_of(network_.activation_of(i));
        const double turned = neurons_[i].least > 0.0 && ends.mirrors ? -1.0 : 1.0;
        InTail result{neurons_[i].w, neurons_[i].a, 0.0};
        for (double& weight : result.v) weight *= turned * ends.exponential.rate;
        result.factor = std::exp(result.v.back() * metric_.mean[network_.inputs - 1]);
        const double factor = turned * ends.exponential.factor * result.factor;
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

    bool cancel(const std::vector<Size>& members) const {
        double sum = 0.0, size = 0.0;
        for (std::size_t o = 0; o < neurons_[members[0]].a.size(); ++o) {
            double of_output = 0.0;
            for (const Size j : members) {
                of_output += turned_output(members[0], j, o);
                size += std::abs(neurons_[j].a[o]);
            }
            sum += std::abs(of_output);
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
                const InTail own = in_tail(i), other = in_tail(role.others[0]);
                unit.neurons.push_back(role.others[0]);
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
            case UnitKind::exponential_pair: {
                const InTail tails[2] = {in_tail(i), in_tail(role.others[0])};
                const double second = ends_of(unit.activation).exponential.second;
                unit.neurons.push_back(role.others[0]);
                for (auto& basis : unit.bases)
                    basis = std::make_shared<const Matrix>(without_last(network_.inputs));
                std::vector<double> w(tails[0].v.size()), q(w.size(), 0.0), c(neuron.a.size(), 0.0),
                    beta(c.size(), 0.0);
                for (std::size_t l = 0; l < w.size(); ++l) w[l] = 0.5 * (tails[0].v[l] + tails[1].v[l]);
                double square = 0.0;
                for (std::size_t o = 0; o < c.size(); ++o) {
                    for (const InTail& tail : tails) {
                        c[o] += tail.alpha[o];
                        beta[o] += second * tail.alpha[o] * tail.factor;
                    }
                    square += beta[o] * beta[o];
                }
                if (!(square > 0.0)) return false;
                for (std::size_t l = 0; l < w.size(); ++l)
                    for (std::size_t o = 0; o < c.size(); ++o)
                        for (const InTail& tail : tails)
                            q[l] += beta[o] / square * tail.alpha[o] * (tail.v[l] - w[l]);
                return finish({w, q}, {c, beta});
            }
            case UnitKind::quadratic:
                return add_quadratic(i, role.others[0], unit, finish);
            case UnitKind::triple_channel:
                return add_triple(i, role.others, unit, finish);
            case UnitKind::channel: {
                const Neuron& other = neurons_[role.others[0]];
                const double sign = turn(i, role.others[0]);
                unit.neurons.push_back(role.others[0]);
                std::vector<double> w = neuron.w, v = neuron.w, c = neuron.a, alpha = neuron.a;
                for (std::size_t l = 0; l < w.size(); ++l) {
                    w[l] = 0.5 * (neuron.w[l] + sign * other.w[l]);
                    v[l] = 0.5 * (sign * other.w[l] - neuron.w[l]);
                }
                for (std::size_t o = 0; o < c.size(); ++o) {
                    const double a = turned_output(i, role.others[0], o);
                    c[o] = neuron.a[o] + a;
                    alpha[o] = a - neuron.a[o];
                }
                return finish({w, v}, {c, alpha});
            }
            case UnitKind::cubic: {
                const Neuron& other = neurons_[role.others[0]];
                const TaylorAtZero taylor = taylor_at_zero(unit.activation);
                unit.neurons.push_back(role.others[0]);
                // sum a sigma'(0) w = l and sum a sigma'''(0) z^3 / 6, z along one v.
                const double own = metric_.preactivation_rms(neuron.w.data()),
                             size = turn(i, role.others[0]) * metric_.preactivation_rms(other.w.data());
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

    // w_l = w + tau_l v + tau_l^2 q through the three weights, the tau_l their places along the longest of
    // their differences; sums of a, a tau and a tau^2.
    template <class Finish>
    bool add_triple(Size i, const std::vector<Size>& others, BoundaryUnit& unit, Finish&& finish) const {
        const Size members[3] = {i, others[0], others[1]};
        const std::size_t d = neurons_[i].w.size();
        std::vector<double> at[3];
        for (int l = 0; l < 3; ++l) {
            at[l] = neurons_[members[l]].w;
            for (double& x : at[l]) x *= l > 0 ? turn(i, members[l]) : 1.0;
            if (l > 0) unit.neurons.push_back(members[l]);
        }
        std::vector<double> v(d), mean(d);
        double longest = 0.0;
        for (int l = 0; l < 3; ++l) {
            std::vector<double> difference(at[(l + 1) % 3]);
            for (std::size_t j = 0; j < d; ++j) difference[j] -= at[l][j];
            const double length = metric_.preactivation_rms(difference.data());
            if (length > longest) longest = length, v = difference;
        }
        if (!(longest > 0.0)) return false;
        double square = 0.0, tau[3] = {0.0, 0.0, 0.0};
        for (std::size_t j = 0; j < d; ++j) {
            mean[j] = (at[0][j] + at[1][j] + at[2][j]) / 3.0;
            square += v[j] * v[j];
        }
        for (int l = 0; l < 3; ++l)
            for (std::size_t j = 0; j < d; ++j) tau[l] += (at[l][j] - mean[j]) * v[j] / square;
        const double apart = (tau[0] - tau[1]) * (tau[1] - tau[2]) * (tau[2] - tau[0]);
        if (!(std::abs(apart) > 1e-3)) return false;
        // Divided differences of the weights.
        std::vector<double> w(d), line(d), q(d);
        for (std::size_t j = 0; j < d; ++j) {
            const double first = (at[1][j] - at[0][j]) / (tau[1] - tau[0]),
                         next = (at[2][j] - at[1][j]) / (tau[2] - tau[1]);
            q[j] = (next - first) / (tau[2] - tau[0]);
            line[j] = first - q[j] * (tau[0] + tau[1]);
            w[j] = at[0][j] - tau[0] * (line[j] + tau[0] * q[j]);
        }
        std::vector<double> sums[3];
        for (int power = 0; power < 3; ++power) {
            sums[power].assign(neurons_[i].a.size(), 0.0);
            for (std::size_t o = 0; o < sums[power].size(); ++o)
                for (int l = 0; l < 3; ++l)
                    sums[power][o] += std::pow(tau[l], power) *
                                      (l > 0 ? turned_output(i, members[l], o) : neurons_[i].a[o]);
        }
        return finish({w, line, q}, {sums[0], sums[1], sums[2]});
    }

    // a sigma(b + u . x) as a (sigma' u . x + sigma'' (u . x)^2 / 2): the squares along one v, and what is
    // linear along v and along the rest.
    template <class Finish>
    bool add_quadratic(Size i, Size j, BoundaryUnit& unit, Finish&& finish) const {
        unit.neurons.push_back(j);
        for (int form = 0; form < 2; ++form)
            unit.bases[form] = std::make_shared<const Matrix>(without_last(network_.inputs));
        const std::size_t d = neurons_[i].w.size(), outputs = neurons_[i].a.size();
        const Size larger = metric_.preactivation_rms(without_bias(i).data()) >
                                    metric_.preactivation_rms(without_bias(j).data())
                                ? i
                                : j;
        std::vector<double> v = without_bias(larger), q(d, 0.0), alpha(outputs, 0.0), beta(outputs, 0.0);
        double square = 0.0, size = 0.0;
        for (const double x : v) square += x * x;
        Matrix linear{Size(outputs), Size(d)};
        for (const Size l : {i, j}) {
            const std::vector<double> u = without_bias(l);
            const Expansion here = expansion(l);
            double tau = 0.0;
            for (std::size_t p = 0; p < d; ++p) tau += u[p] * v[p] / square;
            for (std::size_t o = 0; o < outputs; ++o) {
                beta[o] += 0.5 * neurons_[l].a[o] * here.second * tau * tau;
                for (std::size_t p = 0; p < d; ++p)
                    linear(Size(o), Size(p)) +=
                        neurons_[l].a[o] * (here.first - here.second * here.offset) * u[p];
            }
        }
        for (const double of : beta) size += of * of;
        if (!(size > 0.0)) return false;
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t p = 0; p < d; ++p) q[p] += beta[o] * linear(Size(o), Size(p)) / size;
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t p = 0; p < d; ++p)
                alpha[o] += (linear(Size(o), Size(p)) - beta[o] * q[p]) * v[p] / square;
        return finish({v, q}, {alpha, beta});
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
    for (const Guess::Meeting meeting : {Guess::Meeting::groups, Guess::Meeting::pairs, Guess::Meeting::none})
        for (const double reach : kReaches) add(guess.roles(reach, meeting));
    // All but one: what looks as if it ran off may have come to rest far out.
    for (std::size_t i = 0; i < std::size_t(network.width); ++i) {
        std::vector<Role> roles = guess.roles(kReaches[0], Guess::Meeting::pairs);
        if (roles[i].kind == UnitKind::neuron) continue;
        for (const Size other : roles[i].others) roles[std::size_t(other)] = {};
        roles[i] = {};
        add(std::move(roles));
    }
    return limits;
}

}  // namespace tepui
