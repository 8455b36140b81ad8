#include "planted_faces.hpp"

#include <algorithm>
#include <cmath>

#include "plain_losses.hpp"
#include "plain_spaces.hpp"
#include "support/samples.hpp"

namespace tepui::test {
namespace {

using namespace plain;

Real slope_at(const Slopes& slopes, Real z) {
    return z >= 0 ? slopes.above : slopes.below;
}

struct Drawing {
    const PlantedFacesOptions& options;
    PlantedFaces& planted;
    Random random;

    const Network& network() const { return planted.network; }
    Real z(Size i, Size k) const {
        if (std::binary_search(planted.kinks[i].begin(), planted.kinks[i].end(), k)) return 0;
        Real sum = 0;
        for (Size j = 0; j < options.inputs; ++j)
            sum += Real{network().weights(i)[j]} * planted.x[k * options.inputs + j];
        return sum;
    }
    bool at_kink(Size i, Size k) const {
        return std::binary_search(planted.kinks[i].begin(), planted.kinks[i].end(), k);
    }

    bool weak(Size i, Size k) const { return i == 0 && at_kink(0, k) && planted.kinks[0].front() == k; }

    void draw() {
        const Size d = options.inputs, m = options.width, outputs = options.outputs;
        const Size conditions = m * (d + outputs) + outputs * (1 + (options.skip ? d : 0));
        const bool shared = options.loss->shift_invariant();
        planted.samples = 6 + m * options.kinks_per_neuron + 2 * conditions / (outputs - (shared ? 1 : 0));
        for (Size k = 0; k < planted.samples; ++k) {
            for (Size j = 0; j < d; ++j)
                planted.x.push_back(j == 0 ? 0.2 + random.uniform() : random.normal());
            planted.weights.push_back(0.5 + random.uniform());
        }
        for (double& parameter : planted.network.parameters) parameter = 0.7 * random.normal();
        for (Size i = 0; i < m; ++i) {
            const bool last = i == m - 1;
            for (Size j = 0; j < d; ++j) {
                double& w = planted.network.weights(i)[j];
                w = random.normal();
                if (last && options.dead) w = j == 0 ? -1.0 : 0.0;
            }
            for (Size o = 0; o < outputs; ++o)
                planted.network.output(i, o) =
                    last && options.idle ? 0.0 : options.output_size * random.normal();
        }
        planted.kinks.resize(static_cast<std::size_t>(m));
        Size next = 0;
        for (Size i = 0; i < m; ++i) {
            for (Size l = 0; l < options.kinks_per_neuron && !(i == m - 1 && (options.dead || options.idle));
                 ++l, ++next) {
                planted.kinks[i].push_back(next);
                move_to_kink(i, next);
            }
        }
    }
    // By the first input, or by all but the last where that is another's multiple.
    void move_to_kink(Size i, Size k) {
        const Size d = options.inputs;
        double* x = planted.x.data() + k * d;
        const double* w = planted.network.weights(i);
        const auto tie = [&] {
            if (options.deficient) x[d - 1] = 2.0 * x[d - 2];
        };
        for (int sweep = 0; sweep < 4; ++sweep) {
            tie();
            Real along = 0;
            for (Size j = 0; j < d; ++j) along += Real{w[j]} * x[j];
            const Real square = Real{w[0]} * w[0] + Real{w[1]} * w[1];
            const Size moved = options.deficient && d == 3 ? 1 : 2;
            if (moved == 1) {
                x[0] -= static_cast<double>(along / w[0]);
            } else {
                for (Size j = 0; j < 2; ++j) x[j] -= static_cast<double>(along * w[j] / square);
            }
        }
    }

    // One row for each: coefficients of the pulls [samples][outputs], the samples' weights in them.
    std::vector<Reals> conditions() {
        const Size d = options.inputs, outputs = options.outputs, n = planted.samples;
        const Slopes slopes = slopes_of(options.activation);
        std::vector<Reals> rows;
        const auto row = [&] { return Reals(static_cast<std::size_t>(n * outputs), 0); };
        const auto add_feature = [&](auto&& value) {
            for (Size o = 0; o < outputs; ++o) {
                Reals one = row();
                for (Size k = 0; k < n; ++k) one[k * outputs + o] = planted.weights[k] * value(k);
                rows.push_back(std::move(one));
            }
        };
        for (Size i = 0; i < options.width; ++i) {
            add_feature([&](Size k) { return z(i, k) * slope_at(slopes, z(i, k)); });
            if (i == options.width - 1 && options.idle) continue;
            std::vector<Reals> down(static_cast<std::size_t>(d), row());
            for (Size k = 0; k < n; ++k) {
                Real share = 1.6L * random.uniform() - 0.8L;
                if (weak(i, k) && options.hold == Hold::one_sided) share = std::copysign(Real{1}, share);
                const Real slope =
                    at_kink(i, k) ? slopes.mean() - share * slopes.kink() : slope_at(slopes, z(i, k));
                for (Size j = 0; j < d; ++j)
                    for (Size o = 0; o < outputs; ++o)
                        down[j][k * outputs + o] =
                            planted.weights[k] * slope * network().output(i, o) * planted.x[k * d + j];
            }
            rows.insert(rows.end(), down.begin(), down.end());
        }
        if (options.hold == Hold::not_at_all && !planted.kinks[0].empty()) {
            const Size k = planted.kinks[0].front();
            Reals none = row();
            for (Size o = 0; o < outputs; ++o) none[k * outputs + o] = network().output(0, o);
            rows.push_back(std::move(none));
        }
        if (options.bias) add_feature([](Size) { return Real{1}; });
        for (Size j = 0; j < d && options.skip; ++j)
            add_feature([&](Size k) { return Real{planted.x[k * d + j]}; });
        for (Size k = 0; k < n && options.loss->shift_invariant(); ++k) {
            Reals one = row();
            for (Size o = 0; o < outputs; ++o) one[k * outputs + o] = 1;
            rows.push_back(std::move(one));
        }
        return rows;
    }

    Reals outputs_of(Size k) const {
        const Size d = options.inputs, outputs = options.outputs;
        const Slopes slopes = slopes_of(options.activation);
        Reals f(static_cast<std::size_t>(outputs), 0);
        const Size bias = options.width, first = bias + (options.bias ? 1 : 0);
        for (Size o = 0; o < outputs; ++o) {
            const auto parameter = [&](Size q) {
                return Real{network().parameters[network().coefficient(q, o)]};
            };
            for (Size i = 0; i < options.width; ++i)
                f[o] += parameter(i) * z(i, k) * slope_at(slopes, z(i, k));
            if (options.bias) f[o] += parameter(bias);
            for (Size j = 0; j < d && options.skip; ++j) f[o] += parameter(first + j) * planted.x[k * d + j];
        }
        return f;
    }

    bool pull() {
        const Size outputs = options.outputs, n = planted.samples;
        const LossKind kind = options.loss->kind();
        Reals g;
        for (Size q = 0; q < n * outputs; ++q) g.push_back(random.normal());
        remove(orthonormal(conditions()), g);
        const Real kink = slopes_of(options.activation).kink();
        Real size = 0;
        for (const Real one : g) size = std::max(size, std::abs(one));
        Real sign = 0;  // the first kink decides, the others must agree
        for (Size i = 0; i < options.width; ++i) {
            for (const Size k : planted.kinks[i]) {
                Real held = 0;
                for (Size o = 0; o < outputs; ++o) held += network().output(i, o) * g[k * outputs + o];
                held *= kink;
                if (options.hold == Hold::not_at_all && weak(i, k)) continue;
                if (sign == 0) sign = std::copysign(Real{1}, held);
                if (!(sign * held > 0.02L * size * options.output_size)) return false;
            }
        }
        if (sign == 0) sign = 1;
        Real most = 1e9L;
        std::vector<Reals> all;
        for (Size k = 0; k < n; ++k) {
            all.push_back(shares(kind, outputs_of(k)));
            for (Size o = 0; o < outputs; ++o) {
                const Real one = sign * g[k * outputs + o] / size;
                const auto [least, largest] = pulls(kind, all.back()[o]);
                if (one != 0) most = std::min(most, (one < 0 ? least : largest) / one);
            }
        }
        // A loss with targets for all pulls takes them in units of 1.
        const Real scale = sign * options.pull / size * std::min(most, Real{4});
        for (Size k = 0; k < n; ++k) {
            for (Size o = 0; o < outputs; ++o)
                planted.targets.push_back(
                    static_cast<double>(target_of(kind, all[k][o], scale * g[k * outputs + o])));
        }
        return true;
    }
};

}  // namespace

std::optional<PlantedFaces> plant_faces(const PlantedFacesOptions& options) {
    const Layout layout{options.width, options.inputs, options.outputs, options.bias, options.skip};
    PlantedFaces planted{.options = options, .network = Network(options.activation, layout), .kinks = {}};
    Drawing drawing{planted.options, planted, Random(options.seed, 11)};
    drawing.draw();
    for (Size k = 0; k < planted.samples; ++k) {
        if (options.deficient)
            planted.x[(k + 1) * options.inputs - 1] = 2.0 * planted.x[(k + 1) * options.inputs - 2];
        for (Size j = 0; j < options.inputs; ++j)
            if (std::abs(planted.x[k * options.inputs + j]) > 20.0) return std::nullopt;
        // The steps that are tried later cross no other kinks.
        for (Size i = 0; i < options.width; ++i)
            if (!drawing.at_kink(i, k) && std::abs(drawing.z(i, k)) < 0.02L) return std::nullopt;
    }
    if (!drawing.pull()) return std::nullopt;
    return planted;
}

Dataset PlantedFaces::dataset() const {
    return dataset_of(network.inputs, x, network.output_count, targets, *options.loss, weights, false);
}

namespace {

struct Moved {
    Reals f, there;          // outputs before and after
    Reals z, after, slopes;  // of each neuron: before, after, slope after
};

Moved moved(const PlantedFaces& planted, const Reals& step, Size k) {
    const Network& network = planted.network;
    const Slopes slopes = slopes_of(network.activation);
    const Size d = network.inputs, bias = network.width, first = bias + (network.output_bias ? 1 : 0);
    const double* x = planted.x.data() + k * d;
    Moved result;
    result.f.assign(static_cast<std::size_t>(network.output_count), 0);
    result.there = result.f;
    for (Size i = 0; i < network.width; ++i) {
        Real z = 0, t = 0;
        for (Size j = 0; j < d; ++j) {
            z += Real{network.weights(i)[j]} * x[j];
            t += step[network.weight(i, j)] * x[j];
        }
        if (std::binary_search(planted.kinks[i].begin(), planted.kinks[i].end(), k)) z = 0;
        result.z.push_back(z);
        result.after.push_back(z + t);
        result.slopes.push_back(slope_at(slopes, z + t));
    }
    for (Size o = 0; o < network.output_count; ++o) {
        const auto add = [&](Size q, Real before, Real after) {
            const Size p = network.coefficient(q, o);
            result.f[o] += network.parameters[p] * before;
            result.there[o] += (network.parameters[p] + step[p]) * after;
        };
        for (Size i = 0; i < network.width; ++i)
            add(i, result.z[i] * slope_at(slopes, result.z[i]), result.after[i] * result.slopes[i]);
        if (network.output_bias) add(bias, 1, 1);
        for (Size j = 0; j < d && network.skip; ++j) add(first + j, x[j], x[j]);
    }
    return result;
}

}  // namespace

long double PlantedFaces::change(const Reals& step) const {
    Real sum = 0;
    const LossKind kind = options.loss->kind();
    for (Size k = 0; k < samples; ++k) {
        const Moved at = moved(*this, step, k);
        const double* y = targets.data() + k * network.output_count;
        sum += weights[k] * (loss_of(kind, at.there, y) - loss_of(kind, at.f, y));
    }
    return sum;
}

Real PlantedFaces::rounding() const {
    Real sum = 0;
    const Reals still(network.parameters.size(), 0);
    for (Size k = 0; k < samples; ++k) {
        const Moved at = moved(*this, still, k);
        const double* y = targets.data() + k * network.output_count;
        sum += weights[k] * std::abs(loss_of(options.loss->kind(), at.f, y));
        for (Size o = 0; o < network.output_count; ++o)
            sum += weights[k] * (1 + std::abs(at.f[o] * y[o]) + std::abs(y[o]));
    }
    return 1e-18L * sum;
}

Reals PlantedFaces::gradient(const Reals& step) const {
    Reals result(network.parameters.size(), 0);
    const Size d = network.inputs, bias = network.width, first = bias + (network.output_bias ? 1 : 0);
    for (Size k = 0; k < samples; ++k) {
        const Moved at = moved(*this, step, k);
        const Reals g = pull_of(options.loss->kind(), at.there, targets.data() + k * network.output_count);
        const double* x = this->x.data() + k * d;
        for (Size o = 0; o < network.output_count; ++o) {
            const Real pull = weights[k] * g[o];
            for (Size i = 0; i < network.width; ++i) {
                const Size p = network.coefficient(i, o);
                result[p] += pull * at.after[i] * at.slopes[i];
                if (std::binary_search(kinks[i].begin(), kinks[i].end(), k)) continue;
                for (Size j = 0; j < d; ++j)
                    result[network.weight(i, j)] +=
                        pull * (network.parameters[p] + step[p]) * at.slopes[i] * x[j];
            }
            if (network.output_bias) result[network.coefficient(bias, o)] += pull;
            for (Size j = 0; j < d && network.skip; ++j)
                result[network.coefficient(first + j, o)] += pull * x[j];
        }
    }
    return result;
}

void PlantedFaces::put_on_faces(Reals& step) const {
    const Size d = network.inputs;
    for (Size i = 0; i < network.width; ++i) {
        std::vector<Reals> rows;
        for (const Size k : kinks[i]) rows.emplace_back(x.begin() + k * d, x.begin() + (k + 1) * d);
        Reals one(step.begin() + i * d, step.begin() + (i + 1) * d);
        remove(orthonormal(std::move(rows)), one);
        std::copy(one.begin(), one.end(), step.begin() + i * d);
    }
}

}  // namespace tepui::test
