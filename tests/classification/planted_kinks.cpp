#include "planted_kinks.hpp"
#include "support/samples.hpp"

#include <algorithm>
#include <cmath>

namespace tepui::test {
namespace {

using Real = long double;
using Rows = std::vector<std::vector<Real>>;

// A random vector orthogonal to the rows.
std::vector<Real> null_vector(const Rows& rows, Size size, Random& random) {
    Rows basis;
    const auto reduce = [&](std::vector<Real> v) {
        for (int sweep = 0; sweep < 3; ++sweep) {
            for (const auto& q : basis) {
                Real along = 0;
                for (Size k = 0; k < size; ++k) along += v[k] * q[k];
                for (Size k = 0; k < size; ++k) v[k] -= along * q[k];
            }
        }
        return v;
    };
    const auto length = [&](const std::vector<Real>& v) {
        Real sum = 0;
        for (const Real c : v) sum += c * c;
        return std::sqrt(sum);
    };
    // More conditions than samples leave nothing.
    if (static_cast<Size>(rows.size()) >= size) return {};
    for (const auto& row : rows) {
        const Real before = length(row);
        if (before == 0) continue;
        std::vector<Real> left = reduce(row);
        const Real after = length(left);
        if (after < 1e-12L * before) continue;
        for (Real& c : left) c /= after;
        basis.push_back(std::move(left));
    }
    std::vector<Real> r(static_cast<std::size_t>(size));
    for (Real& c : r) c = random.normal();
    r = reduce(std::move(r));
    const Real scale = std::sqrt(static_cast<Real>(size)) / length(r);
    for (Real& c : r) c *= scale;
    return r;
}

bool has_kinks(Plant plant) {
    return plant == Plant::minimum || plant == Plant::steep || plant == Plant::reversed ||
           plant == Plant::escape;
}

bool at_origin(Plant plant) {
    return plant == Plant::origin || plant == Plant::idle_origin;
}

void draw_weights(const PlantedKinksOptions& options, PlantedKinks& planted, Random& random) {
    const Size d = options.inputs;
    for (Size i = 0; i < planted.network.width; ++i) {
        double* w = planted.network.weights(i);
        for (Size j = 0; j < d; ++j) w[j] = random.normal();
        const Plant plant = options.plants[i];
        const bool zero = plant == Plant::escape || plant == Plant::silent || plant == Plant::idle_origin;
        planted.network.output(i) = zero ? 0.0 : std::copysign(0.5 + random.uniform(), random.normal());
        if (plant != Plant::dead && !at_origin(plant)) continue;
        for (Size j = 0; j < d; ++j) w[j] = 0.0;
        if (at_origin(plant)) continue;
        // The first input is positive for every sample.
        w[0] = options.activation.kind() == ActivationKind::relu ? -1.0 : 1.0;
    }
}

// Input k onto the kink of neuron i: w . x = 0.
void move_to_kink(PlantedKinks& planted, Size i, Size k) {
    const Size d = planted.inputs;
    const double* w = planted.network.weights(i);
    double* x = planted.x.data() + k * d;
    for (int sweep = 0; sweep < 3; ++sweep) {
        Real along = 0, square = 0;
        for (Size j = 1; j < d; ++j) square += Real{w[j]} * w[j];
        for (Size j = 0; j < d; ++j) along += Real{w[j]} * x[j];
        for (Size j = 1; j < d; ++j) x[j] -= static_cast<double>(along * w[j] / square);
    }
}

Real preactivation(const PlantedKinks& planted, Size i, Size k) {
    Real z = 0;
    for (Size j = 0; j < planted.inputs; ++j) {
        z += Real{planted.network.weights(i)[j]} * planted.x[k * planted.inputs + j];
    }
    return z;
}

bool in_kinks(const PlantedKinks& planted, Size i, Size k) {
    for (const Size l : planted.kinks[i]) {
        if (l == k) return true;
    }
    return false;
}

}  // namespace

std::optional<PlantedKinks> plant_kinks(const PlantedKinksOptions& options) {
    Random random(options.seed, 0);
    const Size m = static_cast<Size>(options.plants.size()), d = options.inputs;
    PlantedKinks planted{.network = Network(options.activation, m, d), .kinks = {}, .plants = options.plants};
    planted.inputs = d;
    planted.samples = options.samples > 0 ? options.samples : m * (d + options.kinks_per_neuron + 1) + 6;
    for (Size k = 0; k < planted.samples; ++k) {
        planted.x.push_back(0.2 + random.uniform());
        for (Size j = 1; j < d; ++j) planted.x.push_back(random.normal());
        planted.weights.push_back(0.5 + random.uniform());
    }
    draw_weights(options, planted, random);
    planted.kinks.resize(static_cast<std::size_t>(m));
    Size next = 0;
    for (Size i = 0; i < m; ++i) {
        if (at_origin(options.plants[i])) {
            for (Size k = 0; k < planted.samples; ++k) planted.kinks[i].push_back(k);
        }
        if (!has_kinks(options.plants[i]) && options.plants[i] != Plant::silent) continue;
        for (Size l = 0; l < options.kinks_per_neuron; ++l, ++next) {
            planted.kinks[i].push_back(next);
            if (l > 0 && l <= options.repeated) {
                const double factor = 0.5 * static_cast<double>(l + 1);
                for (Size j = 0; j < d; ++j) {
                    planted.x[next * d + j] = factor * planted.x[planted.kinks[i].front() * d + j];
                }
            } else {
                move_to_kink(planted, i, next);
            }
        }
    }

    const Slopes slopes = slopes_of(options.activation);
    const auto& s = planted.weights;
    Rows conditions;
    for (Size i = 0; i < m; ++i) {
        const Plant plant = options.plants[i];
        if (at_origin(plant)) continue;
        Rows rows(static_cast<std::size_t>(d),
                  std::vector<Real>(static_cast<std::size_t>(planted.samples), 0));
        std::vector<Real> psi(static_cast<std::size_t>(planted.samples), 0);
        const Real beyond = std::copysign(1.3L + random.uniform(), random.normal());
        const bool minimum = plant == Plant::minimum || plant == Plant::dead;
        for (Size k = 0; k < planted.samples; ++k) {
            const bool kink = in_kinks(planted, i, k);
            const Real z = preactivation(planted, i, k);
            Real slope = z > 0 ? slopes.above : slopes.below;
            if (!kink) psi[k] = s[k] * slope * z;
            if (kink) {
                Real share = minimum ? 1.8L * random.uniform() - 0.9L : 0;
                if (plant == Plant::steep) share = beyond;
                if (plant == Plant::reversed) share = 0.5L;
                slope = slopes.mean() - share * slopes.kink();
                if (plant == Plant::silent) {
                    std::vector<Real> none(static_cast<std::size_t>(planted.samples), 0);
                    none[k] = 1;
                    conditions.push_back(none);
                }
            }
            for (Size j = 0; j < d; ++j) rows[j][k] = s[k] * slope * planted.x[k * d + j];
        }
        if (plant == Plant::escape) {
            conditions.push_back(psi);
        } else {
            conditions.insert(conditions.end(), rows.begin(), rows.end());
        }
    }
    std::vector<Real> r = null_vector(conditions, planted.samples, random);
    if (r.empty()) return std::nullopt;
    for (Real& residual : r) {
        if (std::abs(residual) < 1e-15L) residual = 0;  // one that the conditions leave no freedom
    }

    for (Size i = 0; i < m; ++i) {  // the sign of a_i is free: the first kink decides, the others must agree
        const Plant plant = options.plants[i];
        if (plant != Plant::minimum && plant != Plant::steep && plant != Plant::reversed) continue;
        if (planted.kinks[i].empty()) continue;
        const Real wanted = (plant == Plant::reversed ? -1 : 1) * r[planted.kinks[i].front()] * slopes.kink();
        double& a = planted.network.output(i);
        a = static_cast<double>(std::copysign(Real{a}, wanted));
        for (const Size k : planted.kinks[i]) {
            if (plant == Plant::minimum && a * slopes.kink() * r[k] <= 0.05L) return std::nullopt;
            if (plant == Plant::reversed && a * slopes.kink() * r[k] >= -0.05L) return std::nullopt;
            if (std::abs(r[k]) < 0.05L) return std::nullopt;
        }
    }
    for (Size k = 0; k < planted.samples; ++k) {
        Real f = 0;
        for (Size i = 0; i < m; ++i) {
            const Real z = preactivation(planted, i, k);
            if (in_kinks(planted, i, k)) continue;
            if (std::abs(z) < 1e-3L) return std::nullopt;
            f += planted.network.output(i) * z * (z > 0 ? slopes.above : slopes.below);
        }
        planted.targets.push_back(static_cast<double>(f - r[k]));
    }
    for (Size i = 0; i < m; ++i) {  // the conditions may leave nothing of D_i
        const Plant plant = options.plants[i];
        if (plant != Plant::escape && plant != Plant::steep) continue;
        Real most = 0;
        for (Size j = 0; j < 2 * d; ++j) {
            std::vector<double> v(static_cast<std::size_t>(d), 0.0);
            v[j / 2] = j % 2 == 0 ? 1.0 : -1.0;
            most = std::max(most, std::abs(exact_derivative(planted, i, v)));
        }
        if (most < 1e-3L) return std::nullopt;
    }
    return planted;
}

std::vector<PlantedKinks> outputs_of(const PlantedKinks& planted, const std::vector<double>& alpha,
                                     const std::vector<double>& rho) {
    std::vector<PlantedKinks> outputs;
    const Slopes slopes = slopes_of(planted.network.activation);
    for (std::size_t j = 0; j < alpha.size(); ++j) {
        PlantedKinks& output = outputs.emplace_back(planted);
        for (Size i = 0; i < output.network.width; ++i) output.network.output(i) *= alpha[j];
        for (Size k = 0; k < planted.samples; ++k) {
            Real f = 0;
            for (Size i = 0; i < planted.network.width; ++i) {
                if (in_kinks(planted, i, k)) continue;
                const Real z = preactivation(planted, i, k);
                f += planted.network.output(i) * z * (z >= 0 ? slopes.above : slopes.below);
            }
            Real r = f - planted.targets[k];
            if (std::abs(r) < 1e-15L) r = 0;  // planted as 0, and the rounding of the target
            output.targets[k] = static_cast<double>(alpha[j] * f - rho[j] * r);
        }
    }
    return outputs;
}

JoinedOutputs::JoinedOutputs(const std::vector<PlantedKinks>& outputs, bool biased)
    : samples(outputs[0].samples),
      x(outputs[0].x),
      weights(outputs[0].weights),
      network(outputs[0].network.activation,
              Layout{outputs[0].network.width, outputs[0].inputs, Size(outputs.size()), biased}) {
    std::copy_n(outputs[0].network.parameters.begin(), network.width * network.inputs,
                network.parameters.begin());
    for (Size i = 0; i < network.width; ++i)
        for (Size o = 0; o < network.output_count; ++o)
            network.output(i, o) = outputs[std::size_t(o)].network.output(i);
    for (Size k = 0; k < samples; ++k)
        for (const PlantedKinks& output : outputs) targets.push_back(output.targets[std::size_t(k)]);
}

Dataset JoinedOutputs::dataset() const {
    return dataset_of(network.inputs, x, network.output_count, targets, squared_loss(), weights, false);
}

long double exact_change(const PlantedKinks& planted, const std::vector<long double>& step) {
    const Slopes slopes = slopes_of(planted.network.activation);
    const auto sigma = [&](Real z) { return z * (z >= 0 ? slopes.above : slopes.below); };
    const Size m = planted.network.width, d = planted.inputs;
    Real sum = 0;
    for (Size k = 0; k < planted.samples; ++k) {
        Real f = 0, change = 0;
        for (Size i = 0; i < m; ++i) {
            const Real a = planted.network.output(i);
            const Real z = in_kinks(planted, i, k) ? 0 : preactivation(planted, i, k);
            Real t = 0;
            for (Size j = 0; j < d; ++j) t += step[i * d + j] * planted.x[k * d + j];
            const Real da = step[m * d + i];
            const bool same = (z > 0 && z + t > 0) || (z < 0 && z + t < 0);
            const Real rise = same ? t * (z > 0 ? slopes.above : slopes.below) : sigma(z + t) - sigma(z);
            f += a * sigma(z);
            change += (a + da) * rise + da * sigma(z);
        }
        sum += planted.weights[k] * change * (f - planted.targets[k] + change / 2);
    }
    return sum;
}

long double exact_derivative(const PlantedKinks& planted, Size neuron, const std::vector<double>& v) {
    const Slopes slopes = slopes_of(planted.network.activation);
    Real sum = 0;
    for (Size k = 0; k < planted.samples; ++k) {
        Real f = 0, t = 0;
        for (Size i = 0; i < planted.network.width; ++i) {
            const Real z = in_kinks(planted, i, k) ? 0 : preactivation(planted, i, k);
            f += planted.network.output(i) * z * (z >= 0 ? slopes.above : slopes.below);
        }
        for (Size j = 0; j < planted.inputs; ++j) t += Real{v[j]} * planted.x[k * planted.inputs + j];
        const Real z = in_kinks(planted, neuron, k) ? t : preactivation(planted, neuron, k);
        sum += planted.weights[k] * (f - planted.targets[k]) * t * (z >= 0 ? slopes.above : slopes.below);
    }
    return sum;
}

}  // namespace tepui::test
