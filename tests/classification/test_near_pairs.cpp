// Pairs of neurons at a relative distance of 1e-5 .. 0.1: the Hessian has an eigenvalue of the square of it,
// which no structure explains away. The truth is the inertia at the exact stationary point of the data as
// given: no wrong Morse index or nullity may be called known. And where a loose tolerance merges the pair, no
// strict minimum may become a saddle.
#include <cmath>

#include "classification/steered.hpp"
#include "support/truth_table.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

struct Pair {
    SmallProblem problem;
    Refined truth;
    double distance = 0.0;
    std::string text;
};

// distance: of the second neuron's weights from the first's, relative to these.
std::optional<Pair> draw_pair(Random& random, double distance) {
    const Size d = draw_size(random, 1, 2), width = draw_size(random, 2, 3);
    const Size n = width * (d + 1) + draw_size(random, 2, 6);
    const bool bias = d > 1 && random.uniform() < 0.3;
    SmallProblem problem = draw_problem(draw_smooth(random), n, bias ? d - 1 : d, bias, width, random);
    Network& network = problem.network;
    const bool radial = random.uniform() < 0.5;
    double length = 0.0;
    for (Size j = 0; j < d; ++j) length = std::hypot(length, network.weights(0)[j]);
    for (Size j = 0; j < d; ++j) {
        const double w = network.weights(0)[j];
        network.weights(1)[j] = radial ? w * (1.0 + distance) : w + distance * length * random.normal();
    }
    Steering steering(problem);
    steering.make_stationary();
    const double size = std::pow(10.0, -2.0 * random.uniform());
    const auto r = steering.residual(size, random);
    if (!r) return std::nullopt;
    set_targets(problem, *r);
    auto truth =
        refine(PreciseProblem(problem.dataset(), problem.network), steering.point(), distance / 10.0);
    if (!truth || truth->sums.loss <= 0) return std::nullopt;
    Pair pair{problem, std::move(*truth), distance, {}};
    pair.text = std::string(network.activation.name()) + ", width " + std::to_string(width) + ", d " +
                std::to_string(d) + (bias ? " with a bias" : "") + ", distance " + digits(distance) +
                ", residuals " + digits(size) + ", exact inertia " +
                std::to_string(pair.truth.inertia.negative) + " " + std::to_string(pair.truth.inertia.zero) +
                " " + std::to_string(pair.truth.inertia.positive) + ": ";
    return pair;
}

class Campaign {
  public:
    TruthTable table;

    void judge_pair(std::uint64_t seed) {
        Random random(seed, 421);
        const double distance = std::pow(10.0, -5.0 + (std::log10(3e-2) + 5.0) * random.uniform());
        const std::optional<Pair> pair = draw_pair(random, distance);
        if (!pair) {
            table.count("draws", "without an exact point nearby");
            return;
        }
        const PreciseInertia& inertia = pair->truth.inertia;
        const std::string truth = inertia.zero ? "open" : inertia.negative ? "saddle" : "minimum";
        try {
            const Judged judged = Judge(pair->problem).network();
            const bool known = judged.index >= 0 || judged.nullity >= 0;
            table.count(truth + ", verdict", tepui_name(TEPUI_WORDS_VERDICT, judged.verdict));
            table.count(truth + ", index and nullity", known ? "known" : "unknown");
            table.count("distance 1e" + std::to_string(static_cast<int>(std::floor(std::log10(distance)))),
                        tepui_name(TEPUI_WORDS_VERDICT, judged.verdict));
            const std::string text = pair->text + judged.text();
            if (judged.verdict == TEPUI_VERDICT_NOT_STATIONARY) table.wrong("not stationary", seed, text);
            if (judged.verdict == TEPUI_VERDICT_SADDLE && truth == "minimum")
                table.wrong("minimum called a saddle", seed, text);
            if (judged.verdict == TEPUI_VERDICT_LOCAL_MINIMUM && truth == "saddle")
                table.wrong("saddle called a minimum", seed, text);
            if (!judged.counts_right(inertia.negative, inertia.zero))
                table.wrong("index or nullity", seed, text);
            check(seed, text, *pair, judged);
        } catch (const std::exception& error) {
            table.wrong("error", seed, pair->text + error.what());
        }
    }

    void judge_loose(std::uint64_t seed) {
        Random random(seed, 422);
        const double distance = std::pow(10.0, -4.0 + 3.0 * random.uniform());
        const std::optional<Pair> pair = draw_pair(random, distance);
        if (!pair || !pair->truth.inertia.positive_definite()) {
            table.count("draws", "no strict minimum");
            return;
        }
        // Around the distance, at it, and far above.
        JudgeOptions options;
        options.reduce_weights =
            std::min(0.3, std::max(1e-4, distance * std::pow(10.0, 2.0 * random.uniform() - 0.5)));
        const std::string text = pair->text + "tolerance " + digits(options.reduce_weights) + ": ";
        try {
            const Judged judged = Judge(pair->problem, options).network();
            table.count("strict minimum", tepui_name(TEPUI_WORDS_VERDICT, judged.verdict));
            if (judged.verdict == TEPUI_VERDICT_SADDLE)
                table.wrong("minimum called a saddle", seed, text + judged.text());
            if (judged.index > 0 || judged.nullity > 0)
                table.wrong("index or nullity", seed, text + judged.text());
            check(seed, text, *pair, judged);
        } catch (const std::exception& error) {
            table.wrong("error", seed, text + error.what());
        }
    }

  private:
    void check(std::uint64_t seed, const std::string& text, const Pair& pair, const Judged& judged) {
        if (!judged.way) return;
        const WayChecked way = check_way(pair.problem, *judged.way);
        table.count("ways down", way.falls ? "fall" : "do not fall");
        if (!way.falls) table.wrong("way down", seed, text + " changes the loss by " + digits(way.change));
    }
};

}  // namespace

TEST_CASE("pairs of near neurons") {
    Campaign campaign;
    for_seeds(1, 200, [&](std::uint64_t seed) { campaign.judge_pair(seed); });
    campaign.table.finish("200 pairs of near neurons");
}

TEST_CASE("loose reduction of strict minima") {
    Campaign campaign;
    for_seeds(1, 100, [&](std::uint64_t seed) { campaign.judge_loose(seed); });
    // The merged networks of these were saddles.
    for (const std::uint64_t seed : {301355, 301882, 303547, 303609, 303748, 304595, 304892, 305422})
        campaign.judge_loose(seed);
    campaign.table.finish("108 loose reductions");
}

TEST_CASE("pairs of near neurons by the thousand", "[.nightly]") {
    Campaign campaign;
    for_seeds(300001, 6000, [&](std::uint64_t seed) { campaign.judge_pair(seed); });
    campaign.table.finish("6,000 pairs of near neurons");
}

TEST_CASE("loose reduction of strict minima by the thousand", "[.nightly]") {
    Campaign campaign;
    for_seeds(300001, 6000, [&](std::uint64_t seed) { campaign.judge_loose(seed); });
    campaign.table.finish("6,000 loose reductions");
}
