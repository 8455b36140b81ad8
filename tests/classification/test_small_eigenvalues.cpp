// Eigenvalues of 1e-9 .. 1e-17 of the largest, of either sign, planted in the Hessian of the point or in an
// inner Hessian. The truth is that of the exact stationary point of the data as given, found by Newton's
// method in 60 digits: no minimum may be called a saddle, no saddle a minimum, no other index known.
#include <algorithm>
#include <cmath>

#include "classification/steered.hpp"
#include "support/truth_table.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using Vector = std::vector<double>;

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

struct Planted {
    SmallProblem problem;
    Refined truth;
    Precise size;      // the planted eigenvalue over the largest of its matrix
    Size neuron = -1;  // whose inner Hessian it is planted in; -1: in the Hessian
    std::string family;
};

Precise largest(const PreciseVector& eigenvalues) {
    return truth::larger(abs(eigenvalues.front()), abs(eigenvalues.back()));
}

// Of the size that is wanted: below what rounding the targets leaves, units in their last place are shifted.
std::optional<Planted> settle(SmallProblem problem, const Precise& wanted, bool pairs, Size neuron,
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
    Planted planted{std::move(problem), std::move(*refined), 0, neuron, {}};
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
std::optional<Planted> plant_inner(Random& random) {
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
std::optional<Planted> plant_narrow(Random& random) {
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
std::optional<Planted> plant_mirrored(Random& random) {
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

std::optional<Planted> draw_planted(std::uint64_t seed) {
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

enum class Truth { minimum, saddle, open };

std::string name_of(Truth truth) {
    return truth == Truth::minimum ? "minimum" : truth == Truth::saddle ? "saddle" : "open";
}

std::string said_of(tepui_verdict verdict) {
    return verdict == TEPUI_VERDICT_LOCAL_MINIMUM  ? "minimum"
           : verdict == TEPUI_VERDICT_SADDLE       ? "saddle"
           : verdict == TEPUI_VERDICT_UNDETERMINED ? "undetermined"
                                                   : "not stationary";
}

class Campaign {
  public:
    TruthTable table;

    void judge(std::uint64_t seed) {
        const std::optional<Planted> drawn = draw_planted(seed);
        if (!drawn) {
            table.count("draws", "refused");
            return;
        }
        seed_ = seed;
        planted_ = &*drawn;
        const Planted& planted = *drawn;
        const int decade =
            static_cast<int>(std::floor(std::log10(std::abs(static_cast<double>(planted.size)))));
        text_ = planted.family + ", " + std::string(planted.problem.network.activation.name()) + ", width " +
                std::to_string(planted.problem.network.width) + ", d " +
                std::to_string(planted.problem.network.inputs) + ", eigenvalue " +
                std::to_string(static_cast<double>(planted.size) * std::pow(10.0, -decade)) + "e" +
                std::to_string(decade) + ": ";
        table.count("planted 1e" + std::to_string(decade), planted.neuron < 0 ? "Hessian" : "inner Hessian");
        try {
            judge_point();
            if (planted.neuron >= 0) judge_neuron();
        } catch (const std::exception& error) {
            table.wrong("error", seed, text_ + error.what());
        }
    }

  private:
    void check(const std::string& what, Truth truth, const PreciseInertia& inertia, const Judged& judged) {
        const bool split = what.starts_with("split");
        table.count(planted_->family + ", " +
                        (!split                      ? what
                         : what.ends_with("network") ? "wide network"
                                                     : "split") +
                        ", " + name_of(truth),
                    said_of(judged.verdict));
        const std::string text = text_ + what + ", truth " + name_of(truth) + ", index " +
                                 std::to_string(inertia.negative) + ", nullity " +
                                 std::to_string(inertia.zero) + "; said " + judged.text();
        if (judged.verdict == TEPUI_VERDICT_SADDLE && truth == Truth::minimum)
            table.wrong("minimum called a saddle", seed_, text);
        if (judged.verdict == TEPUI_VERDICT_LOCAL_MINIMUM && truth == Truth::saddle)
            table.wrong("saddle called a minimum", seed_, text);
        if (judged.verdict == TEPUI_VERDICT_NOT_STATIONARY) table.wrong("not stationary", seed_, text);
        if ((judged.index >= 0 && judged.index != inertia.negative) ||
            (judged.nullity >= 0 && judged.nullity != inertia.zero))
            table.wrong("index or nullity", seed_, text);
        if (!judged.way) return;
        const WayChecked way = check_way(planted_->problem, *judged.way);
        table.count("ways down", way.falls ? "fall" : "DO NOT FALL");
        if (!way.falls)
            table.wrong("way down", seed_,
                        text_ + what + ": the way down changes the loss by " + std::to_string(way.change));
    }

    void judge_point() {
        const PreciseInertia& inertia = planted_->truth.inertia;
        const Judge judge(planted_->problem);
        check("network", point_truth(), inertia, judge.network());
        Judged point = judge.point();
        point.index = point.nullity = -1;
        check("point", point_truth(), inertia, point);
    }

    Truth point_truth() const {
        const PreciseInertia& inertia = planted_->truth.inertia;
        return inertia.negative > 0 ? Truth::saddle : inertia.zero > 0 ? Truth::open : Truth::minimum;
    }

    // Theorems 1 and 4 of the exact point.
    Truth split_truth(const PreciseInertia& inner, Size positive, Size negative, Size zero) const {
        if (point_truth() != Truth::minimum) return point_truth();
        if (inner.zero > 0) return Truth::open;
        if (inner.negative > 0 && inner.positive > 0) return Truth::saddle;
        const bool plus = negative == 0 && zero == 0, minus = positive == 1 && zero == 0;
        return (inner.negative == 0 ? plus : minus) ? Truth::minimum : Truth::saddle;
    }

    void judge_neuron() {
        const Size i = planted_->neuron, d = planted_->problem.network.inputs;
        const PreciseInertia inner =
            precise_inertia(precise_eigenvalues(planted_->truth.sums.inner[at(i)], d));
        const Judge judge(planted_->problem);
        if (judge.neurons() == 0) return;
        judge_regions(judge.neuron(i), inner);
        for (const Vector& gamma :
             {Vector{0.3, 0.7}, {0.5, 0.5}, {1.5, -0.5}, {0.2, 0.3, 0.5}, {3.0, -1.5, -0.5}, {1.0, 0.0}}) {
            Size positive = 0, negative = 0, zero = 0;
            for (const double share : gamma) ++(share > 0.0 ? positive : share < 0.0 ? negative : zero);
            const Truth truth = split_truth(inner, positive, negative, zero);
            PreciseInertia wide = planted_->truth.inertia;
            wide.negative += (positive - 1) * inner.negative + negative * inner.positive;
            wide.zero += positive + negative + zero - 1 + zero * d + (positive + negative - 1) * inner.zero;
            std::string name = "split";
            for (const double share : gamma) name += " " + std::to_string(share).substr(0, 4);
            check(name, truth, wide, judge.split(i, gamma));
            if (gamma.size() == 2)
                check(name + " as a network", truth, wide, Judge(split_problem(gamma)).network());
        }
    }

    void judge_regions(const JudgedNeuron& neuron, const PreciseInertia& inner) {
        const bool minimum = point_truth() == Truth::minimum;
        const bool positive = inner.negative == 0 && inner.zero == 0;
        const bool negative = inner.positive == 0 && inner.zero == 0;
        bool wrong = false;
        switch (neuron.minima) {
            case TEPUI_REGION_NONE:
            case TEPUI_REGION_FOURTH_ORDER_POSITIVE:
                break;
            case TEPUI_REGION_GAMMA_PLUS:
                wrong = !(minimum && positive);
                break;
            case TEPUI_REGION_GAMMA_MINUS:
                wrong = !(minimum && negative);
                break;
            default:
                wrong = true;
        }
        switch (neuron.saddles) {
            case TEPUI_REGION_NONE:
            case TEPUI_REGION_WITH_A_ZERO:
            case TEPUI_REGION_FOURTH_ORDER_NEGATIVE:
                break;
            case TEPUI_REGION_OFF_GAMMA_PLUS:
                wrong = wrong || inner.positive == 0;
                break;
            case TEPUI_REGION_OFF_GAMMA_MINUS:
                wrong = wrong || inner.negative == 0;
                break;
            default:
                wrong = wrong || (minimum && (positive || negative));
        }
        table.count(planted_->family + ", plateau, " +
                        (!minimum   ? "of a saddle"
                         : positive ? "positive"
                         : negative ? "negative"
                                    : "indefinite"),
                    std::string(tepui_plateau_type_name(neuron.plateau)) + (wrong ? " WRONG" : ""));
        if (wrong)
            table.wrong("plateau", seed_,
                        text_ + "plateau of neuron " + std::to_string(planted_->neuron) + ": minima " +
                            tepui_gamma_region_name(neuron.minima) + ", saddles " +
                            tepui_gamma_region_name(neuron.saddles) + " by " + neuron.rule);
    }

    SmallProblem split_problem(const Vector& gamma) const {
        SmallProblem wide = planted_->problem;
        const Network& narrow = planted_->problem.network;
        const Size r = static_cast<Size>(gamma.size());
        wide.network = Network(narrow.activation, narrow.width + r - 1, narrow.inputs);
        for (Size l = 0; l < wide.network.width; ++l) {
            const Size i = l < narrow.width ? l : planted_->neuron;
            std::copy_n(narrow.weights(i), narrow.inputs, wide.network.weights(l));
            const double share = l >= narrow.width       ? gamma[at(l - narrow.width + 1)]
                                 : l == planted_->neuron ? gamma[0]
                                                         : 1.0;
            wide.network.output(l) = share * narrow.output(i);
        }
        return wide;
    }

    std::uint64_t seed_ = 0;
    const Planted* planted_ = nullptr;
    std::string text_;
};

}  // namespace

TEST_CASE("small eigenvalues") {
    Campaign campaign;
    for_seeds(1, 60, [&](std::uint64_t seed) { campaign.judge(seed); });
    campaign.table.finish("60 small eigenvalues");
}

TEST_CASE("small eigenvalues by the thousand", "[.nightly]") {
    Campaign campaign;
    for_seeds(200001, 8000, [&](std::uint64_t seed) { campaign.judge(seed); });
    campaign.table.finish("8,000 small eigenvalues");
}
