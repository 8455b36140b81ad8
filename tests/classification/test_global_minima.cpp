// Points where psi vanishes by structure and the loss is convex in what the function can reach (see
// global_minima.hpp): none may be called a saddle, few may be left open.
#include "classification/global_minima.hpp"

#include "core/random.hpp"
#include "support/precise.hpp"
#include "support/truth_table.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

double gradient_relative(const SmallProblem& problem) {
    const PreciseProblem precise(problem.dataset(), problem.network);
    return precise_sums(precise, precise_point(problem.network.parameters)).gradient_relative();
}

std::string said_of(tepui_verdict verdict) {
    return verdict == TEPUI_VERDICT_LOCAL_MINIMUM  ? "minimum"
           : verdict == TEPUI_VERDICT_SADDLE       ? "SADDLE"
           : verdict == TEPUI_VERDICT_UNDETERMINED ? "undetermined"
                                                   : "not stationary";
}

struct Campaign {
    TruthTable table;
    int judged = 0, open = 0, splits = 0, open_splits = 0;

    void judge(std::uint64_t seed) {
        const std::optional<Tiny> tiny = draw_tiny(seed);
        if (!tiny) return;
        const std::string text = tiny->family + ", " + std::string(tiny->wide.network.activation.name()) +
                                 ", width " + std::to_string(tiny->wide.network.width) + ": ";
        try {
            const Judged network = Judge(tiny->wide).network();
            std::string said = said_of(network.verdict);
            if (network.verdict == TEPUI_VERDICT_NOT_STATIONARY) {
                const bool beyond = gradient_relative(tiny->wide) > 0.5e-8;
                said += beyond ? " (so moved)" : "";
                if (!beyond) table.wrong("not stationary", seed, text + network.text());
            } else {
                ++judged;
                open += network.verdict == TEPUI_VERDICT_UNDETERMINED;
            }
            table.count(tiny->family, said);
            if (network.verdict == TEPUI_VERDICT_SADDLE) table.wrong("network", seed, text + network.text());
            judge_splits(seed, *tiny, text);
        } catch (const std::exception& error) {
            table.count(tiny->family, "ERROR");
            table.wrong("error", seed, text + error.what());
        }
    }

    void judge_splits(std::uint64_t seed, const Tiny& tiny, const std::string& text) {
        const Judge judge(tiny.narrow);
        Random random(seed, 403);
        for (Size i = 0; i < judge.neurons(); ++i) {
            const JudgedNeuron neuron = judge.neuron(i);
            // A region that is told coefficient by coefficient claims nothing before it is asked.
            const bool wrong =
                neuron.saddles != TEPUI_REGION_NONE && neuron.saddles != TEPUI_REGION_FOURTH_ORDER_NEGATIVE;
            const bool minima = neuron.plateau == TEPUI_PLATEAU_ALL_LOCAL_MINIMA;
            table.count(tiny.family + ", plateaus", wrong ? "SADDLES" : minima ? "minima" : "undetermined");
            if (wrong)
                table.wrong("plateau", seed,
                            text + "narrow neuron " + std::to_string(i) + ", " +
                                tepui_name(TEPUI_WORDS_PLATEAU_TYPE, neuron.plateau) + " by " + neuron.rule);
            ++splits;
            open_splits += !wrong && !minima;
            const double share = random.uniform() < 0.3 ? 0.0 : random.normal();
            const Judged split = judge.split(i, {share, 1.0 - share});
            table.count(tiny.family + ", splits", said_of(split.verdict));
            if (split.verdict == TEPUI_VERDICT_SADDLE)
                table.wrong("split", seed,
                            text + "split of narrow neuron " + std::to_string(i) + " by " + digits(share) +
                                ": " + split.text());
        }
    }

    void finish(const char* name) const {
        table.finish(name);
        CHECK(open * 100 <= judged);
        CHECK(open_splits * 100 <= splits);
    }
};

}  // namespace

TEST_CASE("tiny global minima") {
    Campaign campaign;
    for_seeds(1, 400, [&](std::uint64_t seed) { campaign.judge(seed); });
    campaign.finish("400 tiny global minima");
}

TEST_CASE("tiny global minima by the thousand", "[.nightly]") {
    Campaign campaign;
    for_seeds(100001, 12000, [&](std::uint64_t seed) { campaign.judge(seed); });
    campaign.finish("12,000 tiny global minima");
}
