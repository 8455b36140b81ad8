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
            if (options.bias_input) planted.x.back() = 1.0;
            planted.weights.push_back(0.5 + random.uniform());
        }
        for (double& parameter : planted.network.parameters) parameter = 0.7 * random.normal();
        for (Size i = 0; i < m; ++i) {
            const bool last = i == m - 1;
            for (Size j = 0; j < d; ++j) {
                double& w = planted.network.weights(i)[j];
                w = random.normal();
                if (last && options.dead) w = j == (decays() ? d - 1 : 0) ? -1.0 : 0.0;
                if (last && options.bare) w = j == d - 1 ? 0.8 : 0.0;
                if (last && options.idle && decays()) w = 0.0;
            }
            for (Size o = 0; o < outputs; ++o)
                planted.network.output(i, o) =
                    last && (options.idle || options.bare || (options.dead && decays()))
                        ? 0.0
                        : options.output_size * random.normal();
        }
        if (decays()) balance();
        planted.kinks.resize(static_cast<std::size_t>(m));
        Size next = 0;
        for (Size i = 0; i < m; ++i) {
            const bool last = i == m - 1;
            if (last && options.daughter) {
                planted.kinks[i] = planted.kinks[0];
                continue;
            }
            for (Size k = 0; k < planted.samples && last && options.idle && decays(); ++k)
                planted.kinks[i].push_back(k);
            for (Size l = 0; l < options.kinks_per_neuron && !(last && alone()); ++l, ++next) {
                planted.kinks[i].push_back(next);
                move_to_kink(i, next);
            }
        }
    }
    bool decays() const { return !options.decay.none(); }
    // The last neuron has no kinks that hold it.
    bool alone() const { return options.dead || options.idle || options.bare; }

    // lambda |a|^2 = w . lambda w, as at every stationary point; what a softmax does not see decays to 0; the
    // last neuron a daughter of the first.
    void balance() {
        Network& made = planted.network;
        const Decay& decay = options.decay;
        const Size d = options.inputs, outputs = options.outputs, m = options.width;
        std::vector<Real> lambdas(made.parameters.size(), 0);
        decay.each(made, [&](Size p, double lambda) { lambdas[p] = lambda; });
        for (Size q = 0; q < made.features() && options.loss->shift_invariant(); ++q) {
            Real mean = 0;
            for (Size o = 0; o < outputs; ++o) mean += made.parameters[made.coefficient(q, o)];
            for (Size o = 0; o < outputs && lambdas[made.coefficient(q, 0)] > 0; ++o)
                made.parameters[made.coefficient(q, o)] -= static_cast<double>(mean / outputs);
        }
        for (Size i = 0; i < m; ++i) {
            Real hidden = 0, output = 0;
            for (Size j = 0; j < d; ++j)
                hidden += lambdas[made.weight(i, j)] * made.weights(i)[j] * made.weights(i)[j];
            for (Size o = 0; o < outputs; ++o)
                output += lambdas[made.coefficient(i, o)] * made.output(i, o) * made.output(i, o);
            const Real factor = output > 0 ? std::sqrt(hidden / output) : 0;
            for (Size o = 0; o < outputs; ++o) made.output(i, o) *= static_cast<double>(factor);
        }
        if (!options.daughter) return;
        const double cosine = std::cos(0.6), sine = std::sin(0.6);
        for (Size j = 0; j < d; ++j) {
            made.weights(m - 1)[j] = sine * made.weights(0)[j];
            made.weights(0)[j] *= cosine;
        }
        for (Size o = 0; o < outputs; ++o) {
            made.output(m - 1, o) = sine * made.output(0, o);
            made.output(0, o) *= cosine;
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

    // One row for each: coefficients of the pulls [samples][outputs], the samples' weights in them, and at
    // the end of the size of the decay.
    std::vector<Reals> conditions() {
        const Size d = options.inputs, outputs = options.outputs, n = planted.samples;
        const Slopes slopes = slopes_of(options.activation);
        std::vector<Reals> rows;
        const auto row = [&] { return Reals(static_cast<std::size_t>(n * outputs + 1), 0); };
        Reals pulled(network().parameters.size(), 0);
        options.decay.each(network(),
                           [&](Size p, double lambda) { pulled[p] = lambda * network().parameters[p]; });
        const auto add_feature = [&](Size q, auto&& value) {
            for (Size o = 0; o < outputs; ++o) {
                Reals one = row();
                one.back() = pulled[network().coefficient(q, o)];
                for (Size k = 0; k < n; ++k) one[k * outputs + o] = planted.weights[k] * value(k);
                rows.push_back(std::move(one));
            }
        };
        for (Size i = 0; i < options.width; ++i) {
            if (i == options.width - 1 && options.daughter) continue;
            add_feature(i, [&](Size k) { return z(i, k) * slope_at(slopes, z(i, k)); });
            if (i == options.width - 1 && options.idle) continue;
            std::vector<Reals> down(static_cast<std::size_t>(d), row());
            for (Size j = 0; j < d; ++j) down[j].back() = pulled[network().weight(i, j)];
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
        if (options.bias) add_feature(options.width, [](Size) { return Real{1}; });
        for (Size j = 0; j < d && options.skip; ++j)
            add_feature(options.width + (options.bias ? 1 : 0) + j,
                        [&](Size k) { return Real{planted.x[k * d + j]}; });
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
        g.push_back(decays() ? options.pulled * std::sqrt(static_cast<Real>(n * outputs)) : 0);
        remove(orthonormal(conditions()), g);
        const Real decay = g.back();
        g.pop_back();
        const Real kink = slopes_of(options.activation).kink();
        Real size = 0;
        for (const Real one : g) size = std::max(size, std::abs(one));
        Real sign = 0;  // the first kink decides, the others must agree
        for (Size i = 0; i < options.width; ++i) {
            if (i == options.width - 1 && alone()) continue;
            for (const Size k : planted.kinks[i]) {
                Real held = 0;
                for (Size o = 0; o < outputs; ++o) held += network().output(i, o) * g[k * outputs + o];
                held *= kink;
                if (options.hold == Hold::not_at_all && weak(i, k)) continue;
                if (sign == 0) sign = std::copysign(Real{1}, held);
                if (!(sign * held > 0.02L * size * options.output_size)) return false;
            }
        }
        if (sign == 0) sign = decay < 0 ? -1 : 1;
        if (decays() && !(size > 1e-6L && sign * decay > 1e-4L * size)) return false;
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
        if (decays() && !(std::abs(scale) * size > 1e-4L)) return false;
        for (Size k = 0; k < n; ++k) {
            for (Size o = 0; o < outputs; ++o)
                planted.targets.push_back(
                    static_cast<double>(target_of(kind, all[k][o], scale * g[k * outputs + o])));
        }
        Decay& made = planted.decay;
        made = options.decay;
        for (double* lambda :
             {&made.weights, &made.hidden_biases, &made.outputs, &made.output_biases, &made.skip})
            *lambda *= static_cast<double>(scale * decay);
        return true;
    }
};

}  // namespace

std::optional<PlantedFaces> plant_faces(const PlantedFacesOptions& options) {
    const Layout layout{options.width, options.inputs, options.outputs, options.bias, options.skip};
    PlantedFaces planted{.options = options, .network = Network(options.activation, layout), .kinks = {}};
    planted.options.decay.bias_input = options.bias_input;
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

}  // namespace tepui::test
