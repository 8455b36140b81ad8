#include "solve/ends/limit_units.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/output_constant.hpp"

namespace tepui {
namespace {

class Limits : public Neurons {
  public:
    explicit Limits(const Neurons& neurons) : Neurons(neurons) {}

    std::optional<BoundaryNetwork> limit(const std::vector<Role>& roles) const {
        BoundaryNetwork whole = as_limit(network_, has_bias() ? metric_.mean[network_.inputs - 1] : 0.0);
        BoundaryNetwork limit = whole;
        limit.units.clear();
        limit.parameters.clear();
        for (Size i = 0; i < network_.width; ++i) {
            const bool first = std::all_of(roles[i].others.begin(), roles[i].others.end(),
                                           [i](Size other) { return i < other; });
            if (first && !add(i, roles[i], limit)) return std::nullopt;
            for (Size o = 0; adds_constants(whole) && o < network_.output_count; ++o)
                add_constant(whole, o, network_.output(i, o) * constant(i, roles[i]));
        }
        limit.parameters.insert(limit.parameters.end(), whole.parameters.begin() + whole.rest_at(),
                                whole.parameters.end());
        return limit;
    }

  private:
    // Of the neuron's output weight, what the outputs' own constant takes up.
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
        if (role.kind == UnitKind::square) {
            const Expansion here = expansion(i);
            return here.value - here.first * here.first / (2.0 * here.second);
        }
        if (role.kind != UnitKind::linear || !network_.output_bias) return 0.0;
        const double middle = 0.5 * (neuron.least + neuron.most);
        double value, slope;
        network_.activation_of(i).evaluate(1, &middle, {.value = &value, .first = &slope});
        return value + slope * (neuron.w.back() * metric_.mean[network_.inputs - 1] - middle);
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
            case UnitKind::asymptote:  // under weight decay alone
                return false;
            case UnitKind::square: {
                // sigma + sigma' z + sigma'' z^2 / 2 around the middle, the square completed.
                const Expansion here = expansion(i);
                std::vector<double> v = neuron.w, beta = neuron.a;
                const double middle = 0.5 * (neuron.least + neuron.most);
                v.back() += (here.first / here.second - middle) / metric_.mean[network_.inputs - 1];
                for (double& b : beta) b *= 0.5 * here.second;
                return finish({v}, {beta});
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
};

}  // namespace

std::optional<BoundaryNetwork> limit_of(const Neurons& neurons, const std::vector<Role>& roles) {
    return Limits(neurons).limit(roles);
}

}  // namespace tepui
