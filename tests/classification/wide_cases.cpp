#include "classification/wide_cases.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "classification/split_cases.hpp"
#include "network/derivatives/objective.hpp"
#include "support/planted.hpp"

namespace tepui::test {
namespace {

Definiteness draw_kind(Random& random) {
    using enum Definiteness;
    static const Definiteness kKinds[] = {positive_definite,     positive_definite,     positive_definite,
                                          negative_definite,     negative_definite,     indefinite,
                                          positive_semidefinite, negative_semidefinite, zero};
    return kKinds[random.bits() % 9];
}

Activation draw_activation(Random& random) {
    static const ActivationKind kKinds[] = {
        ActivationKind::tanh, ActivationKind::tanh,   ActivationKind::sigmoid,  ActivationKind::erf,
        ActivationKind::gelu, ActivationKind::silu,   ActivationKind::gaussian, ActivationKind::gaussian,
        ActivationKind::sin,  ActivationKind::arctan, ActivationKind::softplus};
    return Activation(kKinds[random.bits() % 11]);
}

// One daughter half of the time; all signs of coefficients otherwise, those that may be minima more often.
std::vector<double> draw_gamma(Random& random, Definiteness wanted) {
    if (random.uniform() < 0.4) return {1.0};
    if (random.uniform() < 0.5) {
        const Size daughters = 2 + static_cast<Size>(random.bits() % 3);
        const bool minus =
            wanted == Definiteness::negative_definite || wanted == Definiteness::negative_semidefinite;
        return minus ? random_gamma(random, 1, daughters - 1, 0) : random_gamma(random, daughters, 0, 0);
    }
    return random_gamma(random, 1 + static_cast<Size>(random.bits() % 3),
                        static_cast<Size>(random.bits() % 3), static_cast<Size>(random.bits() % 2));
}

int draw_sign(Random& random, const Activation& activation) {
    return activation.traits().parity != Parity::none && random.uniform() < 0.4 ? -1 : 1;
}

class Builder {
  public:
    Builder(Random& random, const Planted& planted)
        : random_(random), planted_(planted), grouping_{planted.network, {}, 0} {}

    void add_parent(const std::vector<double>& gamma) {
        NeuronGroup group;
        group.parent = static_cast<Size>(grouping_.groups.size());
        group.gamma = gamma;
        for (const double share : gamma) add_member(group, share * planted_.network.output(group.parent));
        grouping_.groups.push_back(std::move(group));
    }
    void add_null(const std::vector<double>& weights) {
        NeuronGroup group{GroupKind::null, -1, {}, {}, {}, {}, weights};
        add_member(group, 0.0);
        group.signs.front() = 1;
        grouping_.groups.push_back(std::move(group));
    }
    void add_cancelled(const std::vector<double>& weights) {
        NeuronGroup group{GroupKind::cancelled, -1, {}, {}, {}, {}, weights};
        const Size members = 2 + static_cast<Size>(random_.bits() % 3);
        double left = 0.0;
        for (Size q = 1; q < members; ++q) {
            const double a = std::ldexp(std::round(256.0 * random_.normal()), -8);
            left -= a;
            add_member(group, a);
        }
        if (left == 0.0) {
            add_member(group, 1.0);
            left = -1.0;
        }
        add_member(group, left);
        grouping_.groups.push_back(std::move(group));
    }
    Grouping shuffled() {
        std::vector<Size> order(static_cast<std::size_t>(grouping_.wide_width));
        std::iota(order.begin(), order.end(), Size{0});
        for (std::size_t j = order.size(); j > 1; --j) std::swap(order[j - 1], order[random_.bits() % j]);
        for (NeuronGroup& group : grouping_.groups) {
            for (Size& member : group.members) member = order[static_cast<std::size_t>(member)];
        }
        return grouping_;
    }

  private:
    void add_member(NeuronGroup& group, double output) {
        group.members.push_back(grouping_.wide_width++);
        group.signs.push_back(draw_sign(random_, planted_.network.activation));
        group.outputs.push_back(output);
    }

    Random& random_;
    const Planted& planted_;
    Grouping grouping_;
};

// The same network of other inputs: row(w, v) makes weights v of w, skip connections' too.
template <class Row>
Network of_inputs(const Network& network, Size inputs, Row&& row) {
    Layout layout = network;
    layout.inputs = inputs;
    Network result(network.activation, layout);
    for (Size i = 0; i < network.width; ++i) {
        row(network.weights(i), result.weights(i));
        result.output(i) = network.output(i);
    }
    const double* beside = network.parameters.data() + network.coefficient(network.width, 0);
    double* to = result.parameters.data() + result.coefficient(network.width, 0);
    if (network.output_bias) *to++ = *beside++;
    if (network.skip) row(beside, to);
    return result;
}

// Appends inputs that depend on the others, or are zero, and weights that the data cannot see.
void make_deficient(WideCase& wide, Size extra, Random& random) {
    const Size old = wide.features, features = old + extra, inputs = features + (wide.bias ? 1 : 0);
    std::vector<double> mix(static_cast<std::size_t>(old * extra), 0.0);
    for (Size c = 0; c < extra; ++c) {
        if (random.uniform() < 0.3) continue;  // a zero input
        for (Size j = 0; j < old; ++j) mix[j * extra + c] = std::ldexp(std::round(8.0 * random.normal()), -3);
    }
    std::vector<double> x;
    for (Size k = 0; k < wide.samples; ++k) {
        const double* row = wide.x.data() + k * old;
        x.insert(x.end(), row, row + old);
        for (Size c = 0; c < extra; ++c) {
            double sum = 0.0;
            for (Size j = 0; j < old; ++j) sum += row[j] * mix[j * extra + c];
            x.push_back(sum);
        }
    }
    wide.wide = of_inputs(wide.wide, inputs, [&](const double* w, double* v) {
        std::copy_n(w, old, v);
        if (wide.bias) v[features] = w[old];
        for (Size c = 0; c < extra; ++c) {
            const double unseen = random.normal();
            v[old + c] = unseen;
            for (Size j = 0; j < old; ++j) v[j] -= mix[j * extra + c] * unseen;
        }
    });
    wide.x = std::move(x);
    wide.features = features;
}

// Appends inputs that are zero for all samples until now, and samples that are not zero there; their targets
// will be what the network says. Two samples may share the only input that is theirs alone.
void add_fitted(WideCase& wide, Random& random) {
    const Size old = wide.features, extra = 1 + static_cast<Size>(random.bits() % 2), features = old + extra;
    const double* outputs = wide.wide.outputs();
    const bool several = std::count(outputs, outputs + wide.wide.width, 0.0) + 1 < wide.wide.width;
    wide.fitted = several ? extra + static_cast<Size>(random.bits() % 2) : extra;
    std::vector<double> x;
    for (Size k = 0; k < wide.samples; ++k) {
        x.insert(x.end(), wide.x.begin() + k * old, wide.x.begin() + (k + 1) * old);
        x.insert(x.end(), static_cast<std::size_t>(extra), 0.0);
    }
    for (Size e = 0; e < wide.fitted * features; ++e) x.push_back(random.normal());
    for (Size k = 0; k < wide.fitted && !wide.weights.empty(); ++k)
        wide.weights.push_back(0.5 + random.uniform());
    const Size inputs = features + (wide.bias ? 1 : 0);
    wide.wide = of_inputs(wide.wide, inputs, [&](const double* w, double* v) {
        std::copy_n(w, old, v);
        for (Size c = 0; c < extra; ++c) v[old + c] = random.normal();
        if (wide.bias) v[features] = w[old];
    });
    wide.x = std::move(x);
    wide.features = features;
    wide.samples += wide.fitted;
    wide.rank += extra;
}

// Residuals stay as planted: targets follow the outputs as they are now.
void set_targets(WideCase& wide, const Planted& planted, bool huber) {
    std::vector<double> residuals(static_cast<std::size_t>(planted.samples));
    outputs(planted.dataset(), planted.network, nullptr, residuals.data(), Execution{1});
    residuals.resize(static_cast<std::size_t>(wide.samples), 0.0);
    std::vector<double> f(residuals);
    wide.targets.assign(residuals.size(), 0.0);
    outputs(wide.dataset(), wide.wide, f.data(), nullptr, Execution{1});
    // l'(f, y) is the residual.
    double largest = 0.0;
    for (const double r : residuals) largest = std::max(largest, std::abs(r));
    const double delta = std::ldexp(1.0, 3 + (largest > 0.0 ? std::ilogb(largest) : 0));
    if (huber) wide.loss = pseudo_huber_loss(delta);
    for (std::size_t k = 0; k < f.size(); ++k) {
        const double part = residuals[k] / delta;
        const double difference = huber ? residuals[k] / std::sqrt(1.0 - part * part) : residuals[k];
        wide.targets[k] = wide.zero_loss ? f[k] : f[k] - difference;
    }
}

}  // namespace

Dataset WideCase::dataset() const {
    DatasetSource source{samples,  features,       x.data(),
                         features, targets.data(), weights.empty() ? nullptr : weights.data()};
    if (loss) source.loss = loss.get();
    return Dataset(source, false, bias, scaling);
}

std::optional<WideCase> draw_wide_case(std::uint64_t seed) {
    Random random(seed, 77);
    PlantedOptions options;
    options.activation = draw_activation(random);
    options.features = 1 + static_cast<Size>(random.bits() % 3);
    const Size width = 1 + static_cast<Size>(random.bits() % 3);
    options.wanted.clear();
    for (Size i = 0; i < width; ++i) options.wanted.push_back(draw_kind(random));
    options.bias = random.uniform() < 0.3 && options.activation.kind() != ActivationKind::sin;
    options.weights = random.uniform() < 0.3;
    options.scaling = random.uniform() < 0.3 ? LossScaling::mean : LossScaling::sum;
    options.saddle = random.uniform() < 0.08;
    options.extra_samples = 12;
    options.feasible = 1e-14;
    options.seed = seed;
    const double beside = Random(seed, 81).uniform();
    options.output_bias = beside < 0.4;
    options.skip = beside > 0.3 && beside < 0.45;
    // Half of those with singular inner Hessians have no third order on their null spaces.
    const auto singular = std::count_if(options.wanted.begin(), options.wanted.end(), [](Definiteness kind) {
        return kind != Definiteness::positive_definite && kind != Definiteness::negative_definite &&
               kind != Definiteness::indefinite;
    });
    options.no_third = singular > 0 && Random(seed, 80).uniform() < 0.5;
    if (options.no_third) options.extra_samples += 20 * static_cast<Size>(singular);
    const Size places = random.uniform() < 0.5 ? 0 : 1 + static_cast<Size>(random.bits() % 2);
    std::vector<bool> cancelled;
    for (Size g = 0; g < places; ++g) {
        cancelled.push_back(random.uniform() < 0.5);
        const int order =
            cancelled.back() ? 1 + static_cast<int>(random.bits() % 3) : static_cast<int>(random.bits() % 4);
        options.free.push_back({order, false});
    }
    const std::optional<Planted> planted = plant(options);
    if (!planted || !planted->full_rank) return std::nullopt;

    Builder builder(random, *planted);
    for (const Definiteness wanted : options.wanted) builder.add_parent(draw_gamma(random, wanted));
    WideCase wide{planted->samples,         planted->features, planted->bias,
                  planted->scaling,         planted->x,        {},
                  planted->weights,         planted->network,  0,
                  {planted->network, {}, 0}};
    for (Size g = 0; g < places; ++g) {
        const std::vector<double>& weights = planted->free_weights[g];
        if (cancelled[g]) {
            builder.add_cancelled(weights);
        } else {
            builder.add_null(weights);
        }
        wide.free_orders.push_back(options.free[g].order);
    }
    wide.grouping = builder.shuffled();
    wide.wide = wide_network(wide.grouping);
    wide.wanted = options.wanted;
    wide.saddle = options.saddle;
    wide.zero_loss = !options.saddle && random.uniform() < 0.08;
    wide.rank = planted->features + (planted->bias ? 1 : 0);
    const bool huber = Random(seed, 82).uniform() < 0.25;
    if (!wide.zero_loss && !options.skip && !huber && Random(seed, 78).uniform() < 0.25) {
        Random own(seed, 79);
        add_fitted(wide, own);
    }
    if (random.uniform() < 0.4) make_deficient(wide, 1 + static_cast<Size>(random.bits() % 2), random);
    set_targets(wide, *planted, huber);
    wide.text = std::string(options.activation.name()) + ", " + std::to_string(width) + " parents, " +
                std::to_string(places) + " free groups, epsilon " + std::to_string(planted->epsilon) +
                (options.output_bias ? ", output bias" : "") + (options.skip ? ", skip" : "") +
                (huber ? ", pseudo-Huber" : "");
    return wide;
}

}  // namespace tepui::test
