// Targets or features times a power of two, the network with them: the same verdict by the same rule, with
// the same index and nullity, for every power for which the numbers exist.
#include <cmath>

#include "classification/steered.hpp"
#include "classification/wide_cases.hpp"
#include "support/truth_table.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// Targets and output weights times 2^k.
SmallProblem scale_targets(SmallProblem problem, int k) {
    for (double& y : problem.targets) y = std::ldexp(y, k);
    for (Size i = 0; i < problem.network.width; ++i)
        problem.network.output(i) = std::ldexp(problem.network.output(i), k);
    return problem;
}

// Feature j times 2^k_j, its weights divided by that.
SmallProblem scale_features(SmallProblem problem, const std::vector<int>& k) {
    const auto d = static_cast<std::size_t>(problem.features);
    for (std::size_t e = 0; e < problem.x.size(); ++e) problem.x[e] = std::ldexp(problem.x[e], k[e % d]);
    for (Size i = 0; i < problem.network.width; ++i) {
        for (std::size_t j = 0; j < d; ++j)
            problem.network.weights(i)[j] = std::ldexp(problem.network.weights(i)[j], -k[j]);
    }
    return problem;
}

SmallProblem scale_samples(SmallProblem problem, int k) {
    if (problem.weights.empty()) problem.weights.assign(static_cast<std::size_t>(problem.samples), 1.0);
    for (double& s : problem.weights) s = std::ldexp(s, k);
    return problem;
}

bool all_normal(const std::vector<double>& values) {
    for (const double value : values) {
        if (value != 0.0 && !std::isnormal(value)) return false;
    }
    return true;
}
bool exists(const SmallProblem& problem) {
    return all_normal(problem.x) && all_normal(problem.targets) && all_normal(problem.weights) &&
           all_normal(problem.network.parameters);
}

std::optional<SmallProblem> draw(std::uint64_t seed) {
    Random random(seed, 441);
    if (seed % 2 == 0) {
        const auto wide = draw_wide_case(seed);
        if (!wide) return std::nullopt;
        return SmallProblem{wide->samples, wide->features, wide->bias, wide->x,
                            wide->targets, wide->weights,  wide->wide, wide->scaling};
    }
    const Size d = draw_size(random, 1, 2), width = draw_size(random, 1, 2);
    SmallProblem problem = draw_problem(draw_smooth(random), width * (d + 1) + draw_size(random, 1, 6), d,
                                        random.uniform() < 0.3, width, random);
    Steering steering(problem);
    steering.make_stationary();
    const auto r = steering.residual(std::pow(10.0, -2.0 * random.uniform()), random);
    if (!r) return std::nullopt;
    set_targets(problem, *r);
    return problem;
}

class Campaign {
  public:
    TruthTable table;

    void judge(std::uint64_t seed) {
        const std::optional<SmallProblem> problem = draw(seed);
        if (!problem) return;
        Random random(seed, 442);
        const Judged judged = Judge(*problem).network();
        for (const int reach : {30, 200, 900}) {
            const auto power = [&] {
                return static_cast<int>(std::lround((2.0 * random.uniform() - 1.0) * reach));
            };
            const std::string by = " by up to 2^" + std::to_string(reach);
            int k = power();
            compare(seed, "targets" + by, scale_targets(*problem, k), judged, std::to_string(k));
            k = power();
            compare(seed, "sample weights" + by, scale_samples(*problem, k), judged, std::to_string(k));
            const std::vector<int> all(static_cast<std::size_t>(problem->features), power());
            compare(seed, "features" + by, scale_features(*problem, all), judged, std::to_string(all[0]));
            std::vector<int> each;
            for (Size j = 0; j < problem->features; ++j) each.push_back(power());
            compare(seed, "each feature" + by, scale_features(*problem, each), judged,
                    std::to_string(each[0]));
        }
    }

  private:
    void compare(std::uint64_t seed, const std::string& what, const SmallProblem& scaled,
                 const Judged& judged, const std::string& power) {
        if (!exists(scaled)) return;
        const std::string text = what + ", 2^" + power + ", " +
                                 std::string(scaled.network.activation.name()) + ": " + judged.text() +
                                 " becomes ";
        try {
            const Judged other = Judge(scaled).network();
            const bool verdict = other.verdict == judged.verdict && other.global == judged.global;
            const bool same = verdict && other.rule == judged.rule && other.index == judged.index &&
                              other.nullity == judged.nullity && other.strict == judged.strict;
            table.count(what, same ? "same" : verdict ? "other rule or index" : "OTHER VERDICT");
            if (!verdict) table.wrong("verdict", seed, text + other.text());
            if (verdict && !same) table.wrong("rule or index", seed, text + other.text());
        } catch (const std::exception& error) {
            table.count(what, "ERROR");
            table.wrong("error", seed, text + error.what());
        }
    }
};

}  // namespace

TEST_CASE("verdicts do not depend on scale") {
    Campaign campaign;
    for_seeds(1, 40, [&](std::uint64_t seed) { campaign.judge(seed); });
    campaign.table.finish("40 problems times powers of two");
}

TEST_CASE("verdicts do not depend on scale, by the thousand", "[.nightly]") {
    Campaign campaign;
    for_seeds(500001, 1000, [&](std::uint64_t seed) { campaign.judge(seed); });
    campaign.table.finish("1,000 problems times powers of two");
}
