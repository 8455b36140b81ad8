// Tiny eigenvalues (see small_eigenvalues.hpp) against the truth: no minimum may be called a saddle, no
// saddle a minimum, no other index known.
#include "classification/small_eigenvalues.hpp"

#include <algorithm>
#include <cmath>

#include "support/truth_table.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using Vector = std::vector<double>;

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
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
        const std::optional<SmallEigenvalue> drawn = draw_small_eigenvalue(seed);
        if (!drawn) {
            table.count("draws", "refused");
            return;
        }
        seed_ = seed;
        planted_ = &*drawn;
        const SmallEigenvalue& planted = *drawn;
        const int decade =
            static_cast<int>(std::floor(std::log10(std::abs(static_cast<double>(planted.size)))));
        text_ = planted.family + ", " + std::string(planted.problem.network.activation.name()) + ", width " +
                std::to_string(planted.problem.network.width) + ", d " +
                std::to_string(planted.problem.network.inputs) + ", eigenvalue " +
                digits(static_cast<double>(planted.size)) + ": ";
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
        if (judged.verdict == TEPUI_VERDICT_NOT_STATIONARY && !moved_away())
            table.wrong("not stationary", seed_, text);
        if (!judged.counts_right(inertia.negative, inertia.zero))
            table.wrong("index or nullity", seed_, text);
        if (!judged.way) return;
        const WayChecked way = check_way(planted_->problem, *judged.way);
        table.count("ways down", way.falls ? "fall" : "DO NOT FALL");
        if (!way.falls)
            table.wrong("way down", seed_,
                        text_ + what + ": the way down changes the loss by " + digits(way.change));
    }

    void judge_point() {
        const PreciseInertia& inertia = planted_->truth.inertia;
        const Judge judge(planted_->problem);
        check("network", point_truth(), inertia, judge.network());
        Judged point = judge.point();
        check("point", point_truth(), inertia, point);
    }

    // Beyond what counts as stationary.
    bool moved_away() const {
        const SmallProblem& problem = planted_->problem;
        const PreciseProblem precise(problem.dataset(), problem.network);
        return precise_sums(precise, precise_point(problem.network.parameters)).gradient_relative() > 0.5e-8;
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
        table.count(
            planted_->family + ", plateau, " +
                (!minimum   ? "of a saddle"
                 : positive ? "positive"
                 : negative ? "negative"
                            : "indefinite"),
            std::string(tepui_name(TEPUI_WORDS_PLATEAU_TYPE, neuron.plateau)) + (wrong ? " WRONG" : ""));
        if (wrong)
            table.wrong("plateau", seed_,
                        text_ + "plateau of neuron " + std::to_string(planted_->neuron) + ": minima " +
                            tepui_name(TEPUI_WORDS_GAMMA_REGION, neuron.minima) + ", saddles " +
                            tepui_name(TEPUI_WORDS_GAMMA_REGION, neuron.saddles) + " by " + neuron.rule);
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
    const SmallEigenvalue* planted_ = nullptr;
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
