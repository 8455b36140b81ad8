#include "classification/global_minima.hpp"

#include <algorithm>
#include <cmath>

#include "classification/steered.hpp"
#include "support/table.hpp"

namespace tepui::test {
namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

ActivationKind draw_analytic(Random& random) {
    using enum ActivationKind;
    static const ActivationKind kKinds[] = {tanh, tanh, sigmoid,  softplus, gelu, erf,
                                            silu, sin,  gaussian, arctan,   exp};
    return kKinds[random.bits() % 11];
}

void draw_parameters(SmallProblem& problem, Activation activation, Size width, Random& random) {
    const Size d = problem.features + (problem.bias ? 1 : 0);
    problem.network = Network(activation, width, d);
    for (Size i = 0; i < width; ++i) {
        for (Size j = 0; j < d; ++j)
            problem.network.weights(i)[j] = 1.2 * random.normal() / std::sqrt(static_cast<double>(d));
        problem.network.output(i) = std::copysign(0.3 + random.uniform(), random.normal());
    }
}

void draw_weights(SmallProblem& problem, Random& random) {
    if (random.uniform() > 0.25) return;
    for (Size k = 0; k < problem.samples; ++k) problem.weights.push_back(0.5 + random.uniform());
}

double weight(const SmallProblem& problem, Size k) {
    return problem.weights.empty() ? 1.0 : problem.weights[at(k)];
}

// Inputs of `points` distinct rows, each repeated copies[g] times; columns may depend on each other.
void draw_inputs(SmallProblem& problem, const std::vector<Size>& copies, Random& random) {
    const auto points = static_cast<Size>(copies.size());
    const bool one_hot = points > 1 && points < 5 && random.uniform() < 0.2;
    const bool deficient = random.uniform() < 0.25;
    Size d = one_hot ? points : draw_size(random, 1, 3);
    std::vector<std::vector<double>> rows;
    for (Size g = 0; g < points; ++g) {
        std::vector<double> row;
        for (Size j = 0; j < d; ++j) row.push_back(one_hot ? (j == g ? 1.0 : 0.0) : random.normal());
        rows.push_back(row);
    }
    if (deficient) {
        std::vector<double> mix;
        for (Size j = 0; j < d; ++j) mix.push_back(std::ldexp(std::round(8.0 * random.normal()), -3));
        for (auto& row : rows) {
            double sum = 0.0;
            for (Size j = 0; j < d; ++j) sum += mix[at(j)] * row[at(j)];
            row.push_back(sum);
        }
        ++d;
    }
    problem.features = d;
    problem.bias = random.uniform() < 0.5;
    for (Size g = 0; g < points; ++g) {
        for (Size c = 0; c < copies[at(g)]; ++c) {
            problem.x.insert(problem.x.end(), rows[at(g)].begin(), rows[at(g)].end());
            ++problem.samples;
        }
    }
    if (random.uniform() < 0.4) {
        for (Size j = 0; j < d; ++j) standardise(problem.x, j, d, problem.samples);
    }
}

std::optional<Tiny> draw_class_means(Random& random) {
    Tiny tiny;
    SmallProblem& problem = tiny.narrow;
    std::vector<Size> copies;
    const Size groups = draw_size(random, 1, 5);
    for (Size g = 0; g < groups; ++g) copies.push_back(draw_size(random, 1, 4));
    copies[at(draw_size(random, 0, groups - 1))] = draw_size(random, 2, 4);
    draw_inputs(problem, copies, random);
    draw_weights(problem, random);
    draw_parameters(problem, Activation(draw_analytic(random)), draw_size(random, 1, 3), random);
    const double size = std::pow(10.0, -2.0 * random.uniform());
    PreciseVector residuals;
    for (Size g = 0, k = 0; g < groups; ++g) {
        Precise left = 0;
        for (Size c = 0; c < copies[at(g)]; ++c, ++k) {
            Precise r = size * random.normal();
            if (c + 1 == copies[at(g)]) r = -left / weight(problem, k);
            left += weight(problem, k) * r;
            residuals.push_back(r);
        }
    }
    set_targets(problem, residuals);
    const bool fits = groups <= problem.network.parameter_count();
    tiny.family = fits ? "class means" : "class means, more groups than parameters";
    return tiny;
}

std::optional<Tiny> draw_zero_loss(Random& random) {
    Tiny tiny;
    SmallProblem& problem = tiny.narrow;
    draw_inputs(problem, std::vector<Size>(at(draw_size(random, 2, 14)), 1), random);
    draw_weights(problem, random);
    draw_parameters(problem, Activation(draw_analytic(random)), draw_size(random, 1, 3), random);
    set_targets(problem, PreciseVector(at(problem.samples), 0));
    tiny.family = problem.samples <= problem.network.parameter_count()
                      ? "zero loss, no more samples than parameters"
                      : "zero loss, more samples than parameters";
    return tiny;
}

// Row e: s_k times the e-th monomial of the degree at sample k; 0 for samples that are not `active`.
void add_monomials(const SmallProblem& problem, int degree, const std::vector<bool>& active,
                   std::vector<PreciseVector>& rows) {
    const Size d = problem.features + (problem.bias ? 1 : 0);
    const Dataset data = problem.dataset();
    std::vector<std::vector<Size>> monomials{{}};
    for (int step = 0; step < degree; ++step) {
        std::vector<std::vector<Size>> longer;
        for (const auto& monomial : monomials) {
            for (Size j = monomial.empty() ? 0 : monomial.back(); j < d; ++j) {
                longer.push_back(monomial);
                longer.back().push_back(j);
            }
        }
        monomials = longer;
    }
    std::vector<double> x(at(d));
    for (const auto& monomial : monomials) {
        PreciseVector row;
        for (Size k = 0; k < problem.samples; ++k) {
            data.sample(k, x.data());
            Precise term = active[at(k)] ? weight(problem, k) : 0.0;
            for (const Size j : monomial) term *= x[at(j)];
            row.push_back(term);
        }
        rows.push_back(std::move(row));
    }
}

PreciseVector draw_residuals(Size n, double size, Random& random) {
    PreciseVector r;
    for (Size k = 0; k < n; ++k) r.emplace_back(size * random.normal());
    return r;
}

std::optional<Tiny> draw_polynomial(Random& random) {
    Tiny tiny{{}, {}, "least squares over polynomials"};
    SmallProblem& problem = tiny.narrow;
    const int degree = 1 + static_cast<int>(random.bits() % 3);
    static const ActivationKind kKinds[] = {ActivationKind::identity, ActivationKind::square,
                                            ActivationKind::cube};
    problem.features = draw_size(random, 1, 3);
    problem.bias = random.uniform() < 0.4 && problem.features < 3;
    const Size d = problem.features + (problem.bias ? 1 : 0);
    const Size terms = degree == 1 ? d : degree == 2 ? d * (d + 1) / 2 : d * (d + 1) * (d + 2) / 6;
    problem.samples = terms + draw_size(random, 1, 6);
    for (Size e = 0; e < problem.samples * problem.features; ++e) problem.x.push_back(random.normal());
    if (random.uniform() < 0.3) {
        for (Size j = 0; j < problem.features; ++j)
            standardise(problem.x, j, problem.features, problem.samples);
    }
    draw_weights(problem, random);
    draw_parameters(problem, Activation(kKinds[degree - 1]), draw_size(random, 1, 3), random);
    problem.targets.assign(at(problem.samples), 0.0);
    std::vector<PreciseVector> rows;
    add_monomials(problem, degree, std::vector<bool>(at(problem.samples), true), rows);
    const auto r =
        least_norm_change(rows, PreciseVector(rows.size(), 0), draw_residuals(problem.samples, 0.5, random));
    if (!r) return std::nullopt;
    set_targets(problem, *r);
    return tiny;
}

// Which samples the neuron is on for; empty when one is too near to say.
std::optional<std::vector<bool>> pattern(const SmallProblem& problem, const double* w) {
    std::vector<bool> active;
    for (Size k = 0; k < problem.samples; ++k) {
        double z = 0.0, size = 0.0;
        for (Size j = 0; j < problem.features; ++j) {
            const double term = w[j] * problem.x[at(k * problem.features + j)];
            z += term;
            size += std::abs(term);
        }
        if (std::abs(z) < 0.02 * size) return std::nullopt;
        active.push_back(z > 0.0);
    }
    return active;
}

bool dead(const std::vector<bool>& active) {
    return std::find(active.begin(), active.end(), true) == active.end();
}

// relu3: psi vanishes near every neuron's weights because the cubic moments over its active samples do.
std::optional<Tiny> draw_half_spaces(Random& random) {
    Tiny tiny{{}, {}, "relu3 on its half spaces"};
    SmallProblem& problem = tiny.narrow;
    problem.features = draw_size(random, 1, 2);
    const Size width = draw_size(random, 1, 2), terms = problem.features == 1 ? 1 : 4;
    problem.samples = 2 * terms * width + draw_size(random, 2, 6);
    for (Size e = 0; e < problem.samples * problem.features; ++e) problem.x.push_back(random.normal());
    draw_weights(problem, random);
    draw_parameters(problem, Activation(ActivationKind::relu3), width, random);
    problem.targets.assign(at(problem.samples), 0.0);
    std::vector<PreciseVector> rows;
    std::vector<std::vector<bool>> patterns;
    for (Size i = 0; i < width; ++i) {
        const auto active = pattern(problem, problem.network.weights(i));
        if (!active) return std::nullopt;
        if (dead(*active) || std::find(patterns.begin(), patterns.end(), *active) != patterns.end()) continue;
        patterns.push_back(*active);
        add_monomials(problem, 3, *active, rows);
    }
    const auto r =
        least_norm_change(rows, PreciseVector(rows.size(), 0), draw_residuals(problem.samples, 0.5, random));
    if (!r) return std::nullopt;
    set_targets(problem, *r);
    return tiny;
}

// Weights where a neuron may stand: anywhere, but for relu3 in a half space of a neuron that is there, or
// off for all samples.
std::optional<std::vector<double>> free_place(const Tiny& tiny, Random& random) {
    const SmallProblem& problem = tiny.narrow;
    const Network& network = problem.network;
    for (int attempt = 0; attempt < 30; ++attempt) {
        std::vector<double> w;
        for (Size j = 0; j < network.inputs; ++j) w.push_back(random.normal());
        if (network.activation.kind() != ActivationKind::relu3) return w;
        const auto active = pattern(problem, w.data());
        if (!active) continue;
        if (dead(*active)) return w;
        for (Size i = 0; i < network.width; ++i) {
            if (pattern(problem, network.weights(i)) == active) return w;
        }
    }
    return std::nullopt;
}

void widen(Tiny& tiny, Random& random) {
    const Network& narrow = tiny.narrow.network;
    std::vector<double> w, a;
    const auto add = [&](const double* weights, double output) {
        w.insert(w.end(), weights, weights + narrow.inputs);
        a.push_back(output);
    };
    for (Size i = 0; i < narrow.width; ++i) {
        if (random.uniform() > 0.35) {
            add(narrow.weights(i), narrow.output(i));
            continue;
        }
        const double share =
            random.uniform() < 0.3 ? 0.0 : std::ldexp(std::round(64.0 * random.normal()), -6);
        add(narrow.weights(i), share * narrow.output(i));
        add(narrow.weights(i), (1.0 - share) * narrow.output(i));
    }
    if (random.uniform() < 0.5) {
        if (const auto place = free_place(tiny, random)) add(place->data(), 0.0);
    }
    if (random.uniform() < 0.4) {
        if (const auto place = free_place(tiny, random)) {
            const double output = std::ldexp(std::round(64.0 * random.normal()) + 0.5, -6);
            add(place->data(), output);
            add(place->data(), -output);
        }
    }
    tiny.wide = tiny.narrow;
    tiny.wide.network = Network(narrow.activation, static_cast<Size>(a.size()), narrow.inputs);
    w.insert(w.end(), a.begin(), a.end());
    tiny.wide.network.parameters = w;
}

// By `size` relative to each parameter, or to the length of all.
void move(SmallProblem& problem, double size, bool each, Random& random) {
    double square = 0.0;
    for (const double p : problem.network.parameters) square += p * p;
    const double length = std::sqrt(square / static_cast<double>(problem.network.parameters.size()));
    for (double& p : problem.network.parameters) p += size * random.normal() * (each ? std::abs(p) : length);
}

// Where a search ends: a damped Gauss-Newton step leaves what the fit hardly feels, so that the gradient is
// rounding and the residual is not.
void relax(SmallProblem& problem, double damping) {
    const PreciseProblem precise(problem.dataset(), problem.network);
    PreciseVector point = precise_point(problem.network.parameters);
    const std::size_t p = point.size();
    const auto jacobian = precise_jacobian(precise, point);
    const PreciseVector f = precise.outputs(point);
    PreciseVector normal(p * p, 0), right(p, 0);
    for (std::size_t k = 0; k < f.size(); ++k) {
        for (std::size_t i = 0; i < p; ++i) {
            right[i] += precise.weights[k] * jacobian[k][i] * (f[k] - precise.targets[k]);
            for (std::size_t l = 0; l < p; ++l)
                normal[i * p + l] += precise.weights[k] * jacobian[k][i] * jacobian[k][l];
        }
    }
    Precise trace = 0;
    for (std::size_t i = 0; i < p; ++i) trace += normal[i * p + i];
    for (std::size_t i = 0; i < p; ++i) normal[i * p + i] += damping * trace;
    const auto step = precise_solve(std::move(normal), std::move(right));
    if (!step) return;
    for (std::size_t i = 0; i < p; ++i)
        problem.network.parameters[i] = static_cast<double>(Precise(point[i] - (*step)[i]));
}

}  // namespace

std::optional<Tiny> draw_tiny(std::uint64_t seed) {
    Random random(seed, 401);
    std::optional<Tiny> tiny;
    switch (seed % 4) {
        case 0:
            tiny = draw_class_means(random);
            break;
        case 1:
            tiny = draw_zero_loss(random);
            break;
        case 2:
            tiny = draw_polynomial(random);
            break;
        default:
            tiny = draw_half_spaces(random);
    }
    if (!tiny) return std::nullopt;
    widen(*tiny, random);
    if (random.uniform() < 0.3) return tiny;
    const double size = std::pow(10.0, -16.0 + 7.0 * random.uniform());
    const bool each = random.uniform() < 0.5;
    tiny->family += ", moved";
    Random own(seed, 402);
    move(tiny->narrow, size, each, own);
    move(tiny->wide, size, each, own);
    if (seed % 4 == 1 && own.uniform() < 0.5) {
        tiny->family += " and fitted again";
        const double damping = std::pow(10.0, -8.0 * own.uniform());
        for (int step = 0; step < 1 + static_cast<int>(own.bits() % 6); ++step) {
            relax(tiny->narrow, damping);
            relax(tiny->wide, damping);
        }
    }
    return tiny;
}

}  // namespace tepui::test
