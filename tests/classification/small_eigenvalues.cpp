#include "classification/small_eigenvalues.hpp"

#include <cmath>

namespace tepui::test {
namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

Precise largest(const PreciseVector& eigenvalues) {
    return truth::larger(abs(eigenvalues.front()), abs(eigenvalues.back()));
}

// Of the size that is wanted: below what rounding the targets leaves, units in their last place are shifted.
std::optional<SmallEigenvalue> settle(SmallProblem problem, const Precise& wanted, bool pairs, Size neuron,
                                      Random& random) {
    const Size d = problem.network.inputs;
    const auto value = [&](const Refined& refined) {
        return smallest(neuron < 0 ? refined.eigenvalues
                                   : precise_eigenvalues(refined.sums.inner[at(neuron)], d));
    };
    const PreciseVector point = precise_point(problem.network.parameters);
    std::optional<Refined> refined = refine(PreciseProblem(problem.dataset(), problem.network), point, 1e-3);
    if (refined && abs(value(*refined) - wanted) > abs(wanted) / 2)
        refined = tune(problem, *refined, wanted, pairs, value, random);
    if (!refined) return std::nullopt;
    SmallEigenvalue planted{std::move(problem), std::move(*refined), 0, neuron, {}};
    const PreciseVector spectrum =
        neuron < 0 ? planted.truth.eigenvalues : precise_eigenvalues(planted.truth.sums.inner[at(neuron)], d);
    planted.size = smallest(spectrum) / (d == 1 && neuron >= 0 ? Precise(1) : largest(spectrum));
    return planted;
}

Precise draw_tiny(Random& random) {
    const double size = std::pow(10.0, -9.0 - 8.0 * random.uniform());
    return random.uniform() < 0.5 ? size : -size;
}

// One eigenvalue of one inner Hessian, the point a strict minimum.
std::optional<SmallEigenvalue> plant_inner(Random& random) {
    const Size width = draw_size(random, 1, 2), d = draw_size(random, 1, 3);
    const Size n = width * (d + 1) + d * (d + 1) / 2 + draw_size(random, 3, 7);
    SmallProblem problem = draw_problem(draw_smooth(random), n, d, false, width, random);
    Steering steering(problem);
    const PreciseVector g = precise_eigenvalues(steering.gauss_newton(), problem.network.parameter_count());
    if (g.front() < g.back() * Precise(1e-5)) return std::nullopt;
    const Size i = draw_size(random, 0, width - 1);
    const Precise scale = steering.inner_scale(i) * Precise(0.2), tiny = draw_tiny(random) * scale;
    // Random eigenvectors: those of a random symmetric matrix.
    PreciseVector symmetric(at(d * d));
    for (Size j = 0; j < d; ++j) {
        for (Size h = 0; h <= j; ++h) symmetric[at(j * d + h)] = symmetric[at(h * d + j)] = random.normal();
    }
    std::vector<PreciseVector> basis;
    precise_eigenvalues(symmetric, d, &basis);
    PreciseVector target(at(d * d), 0);
    const bool same = random.uniform() < 0.7;
    const double sign = random.uniform() < 0.5 ? -1.0 : 1.0;
    for (Size l = 0; l < d; ++l) {
        const Precise value =
            l == 0
                ? tiny
                : Precise(scale * (0.5 + random.uniform()) * (same || random.uniform() < 0.5 ? sign : -sign));
        for (Size j = 0; j < d; ++j) {
            for (Size h = 0; h < d; ++h)
                target[at(j * d + h)] += value * basis[at(l)][at(j)] * basis[at(l)][at(h)];
        }
    }
    steering.make_stationary();
    steering.set_inner(i, target);
    const auto r = steering.residual(0.5, random);
    if (!r) return std::nullopt;
    for (double epsilon = 1.0; epsilon > 1e-4; epsilon *= 0.4) {
        PreciseVector scaled(*r);
        for (Precise& c : scaled) c *= epsilon;
        set_targets(problem, scaled);
        const PreciseSums sums =
            precise_sums(PreciseProblem(problem.dataset(), problem.network), steering.point());
        const PreciseVector values = precise_eigenvalues(sums.hessian, problem.network.parameter_count());
        if (values.front() < values.back() * Precise(1e-5)) continue;
        auto planted = settle(problem, tiny * epsilon, false, i, random);
        if (planted) planted->family = "inner Hessian";
        return planted;
    }
    return std::nullopt;
}

// At a stationary point the Hessian is G = J^T S J plus the inner Hessians: the residual moves its eigenvalue
// along u only where the rows of G u that belong to output weights are those of lambda u. These are the
// directions for the eigenvectors of what is left of G when output weights follow.
std::vector<PreciseVector> movable_directions(const PreciseVector& g, Size width, Size d,
                                              const Precise& lambda) {
    const Size p = width * (d + 1), weights = width * d;
    const auto follow = [&](const PreciseVector& w) {  // output weights
        PreciseVector block(at(width * width)), right(at(width), 0);
        for (Size i = 0; i < width; ++i) {
            for (Size l = 0; l < width; ++l)
                block[at(i * width + l)] =
                    g[at((weights + i) * p + weights + l)] - (i == l ? lambda : Precise(0));
            for (Size l = 0; l < weights; ++l) right[at(i)] -= g[at((weights + i) * p + l)] * w[at(l)];
        }
        return precise_solve(std::move(block), std::move(right));
    };
    PreciseVector schur(at(weights * weights));
    for (Size c = 0; c < weights; ++c) {
        PreciseVector unit(at(weights), 0);
        unit[at(c)] = 1;
        const auto a = follow(unit);
        if (!a) return {};
        for (Size r = 0; r < weights; ++r) {
            schur[at(r * weights + c)] = g[at(r * p + c)];
            for (Size l = 0; l < width; ++l)
                schur[at(r * weights + c)] += g[at(r * p + weights + l)] * (*a)[at(l)];
        }
    }
    std::vector<PreciseVector> directions;
    precise_eigenvalues(std::move(schur), weights, &directions);
    for (PreciseVector& u : directions) {
        const auto a = follow(u);
        if (!a) return {};
        u.insert(u.end(), a->begin(), a->end());
        Precise square = 0;
        for (const Precise& c : u) square += c * c;
        for (Precise& c : u) c /= sqrt(square);
    }
    return directions;
}

// The smallest eigenvalue of the Hessian made a tiny one; without third order it may be as small as rounding
// leaves it.
std::optional<SmallEigenvalue> plant_narrow(Random& random) {
    const Size width = draw_size(random, 1, 2), d = draw_size(random, 1, 2), p = width * (d + 1);
    SmallProblem problem =
        draw_problem(draw_smooth(random), 2 * p + draw_size(random, 4, 8), d, false, width, random);
    Steering steering(problem);
    const PreciseVector g = steering.gauss_newton();
    const Precise tiny = draw_tiny(random) * precise_eigenvalues(g, p).back();
    const auto directions = movable_directions(g, width, d, tiny);
    if (directions.empty()) return std::nullopt;
    const PreciseVector& u = directions.front();
    steering.make_stationary();
    steering.set_curvature(u, tiny);
    const bool silent = random.uniform() < 0.6;
    if (silent) steering.silence_third(u);
    const auto r = steering.residual(0.02, random);
    if (!r) return std::nullopt;
    set_targets(problem, *r);
    auto planted = settle(problem, tiny, false, -1, random);
    if (planted) planted->family = silent ? "Hessian, no third order" : "Hessian";
    return planted;
}

// Two neurons and data that are the same with inputs exchanged: what is antisymmetric decouples, its gradient
// is exactly zero and it has no third order.
std::optional<SmallEigenvalue> plant_mirrored(Random& random) {
    const Size pairs = draw_size(random, 9, 13);
    SmallProblem problem = draw_problem(draw_smooth(random), 2 * pairs, 2, false, 2, random);
    for (Size k = 0; k < 2 * pairs; k += 2) {
        problem.x[at(2 * k + 2)] = problem.x[at(2 * k + 1)];
        problem.x[at(2 * k + 3)] = problem.x[at(2 * k)];
    }
    Network& network = problem.network;
    network.weights(1)[0] = network.weights(0)[1];
    network.weights(1)[1] = network.weights(0)[0];
    network.output(1) = network.output(0);
    Steering steering(problem);
    const PreciseVector g = steering.gauss_newton();
    const Precise tiny = draw_tiny(random) * precise_eigenvalues(g, 6).back();
    for (const PreciseVector& u : movable_directions(g, 2, 2, tiny)) {
        if (abs(u[0] + u[3]) > Precise("1e-30")) continue;
        steering.make_stationary();
        steering.set_curvature(u, tiny);
        for (Size k = 0; k < 2 * pairs; k += 2) steering.equate(k, k + 1);
        const auto r = steering.residual(0.02, random);
        if (!r) return std::nullopt;
        set_targets(problem, *r);
        for (Size k = 0; k < 2 * pairs; k += 2) problem.targets[at(k + 1)] = problem.targets[at(k)];
        auto planted = settle(problem, tiny, true, -1, random);
        if (planted) planted->family = "Hessian of a mirrored problem";
        return planted;
    }
    return std::nullopt;
}

}  // namespace

std::optional<SmallEigenvalue> draw_small_eigenvalue(std::uint64_t seed) {
    Random random(seed, 411);
    auto planted = seed % 4 < 2    ? plant_inner(random)
                   : seed % 4 == 2 ? plant_narrow(random)
                                   : plant_mirrored(random);
    if (!planted || planted->truth.sums.loss <= 0) return std::nullopt;
    if (random.uniform() < 0.5) return planted;
    // Moved a little, too little to make the planted point another one's neighbour.
    planted->family += ", moved";
    const double size = std::pow(10.0, -16.0 + 5.0 * random.uniform());
    for (double& p : planted->problem.network.parameters) p *= 1.0 + size * random.normal();
    return planted;
}

}  // namespace tepui::test
