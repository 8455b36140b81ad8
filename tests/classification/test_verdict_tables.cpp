// The table of MATH.md section 4, branch by branch, on reports made by hand.
#include <set>
#include <vector>

#include "classification/point/parts.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

PointReport point_with(Verdict verdict) {
    PointReport point;
    point.verdict = verdict;
    return point;
}

NeuronReport neuron_with(Rule rule, GammaRegion minima, GammaRegion saddles) {
    NeuronReport neuron;
    neuron.rule = rule;
    neuron.minima = minima;
    neuron.saddles = saddles;
    return neuron;
}

// Gammas of every kind of sign pattern.
const std::vector<double> kPlus{0.25, 0.75}, kPlus3{0.2, 0.3, 0.5}, kMinus{2.0, -1.0},
    kMinus3{3.0, -1.5, -0.5}, kZero{1.0, 0.0}, kZeroPlus{0.5, 0.5, 0.0}, kZeroMinus{2.0, -1.0, 0.0},
    kMixed{1.0, 1.0, -1.0};

SplitVerdict verdict(const PointReport& point, const NeuronReport& neuron, const std::vector<double>& gamma) {
    return split_verdict(point, neuron, gamma);
}

}  // namespace

TEST_CASE("Theorem 1, positive definite") {
    const PointReport point = point_with(Verdict::local_minimum);
    const NeuronReport neuron =
        neuron_with(Rule::theorem_1_positive_definite, GammaRegion::gamma_plus, GammaRegion::off_gamma_plus);
    for (const auto& gamma : {kPlus, kPlus3}) {
        CHECK(verdict(point, neuron, gamma).verdict == Verdict::local_minimum);
        CHECK(verdict(point, neuron, gamma).rule == Rule::theorem_1_positive_definite);
    }
    for (const auto& gamma : {kMinus, kMinus3, kZero, kZeroPlus, kZeroMinus, kMixed}) {
        CHECK(verdict(point, neuron, gamma).verdict == Verdict::saddle);
        CHECK(verdict(point, neuron, gamma).rule == Rule::theorem_1_positive_definite);
    }
}

TEST_CASE("Theorem 1, negative definite") {
    const PointReport point = point_with(Verdict::local_minimum);
    const NeuronReport neuron = neuron_with(Rule::theorem_1_negative_definite, GammaRegion::gamma_minus,
                                            GammaRegion::off_gamma_minus);
    for (const auto& gamma : {kMinus, kMinus3}) {
        CHECK(verdict(point, neuron, gamma).verdict == Verdict::local_minimum);
    }
    for (const auto& gamma : {kPlus, kPlus3, kZero, kZeroPlus, kZeroMinus, kMixed}) {
        CHECK(verdict(point, neuron, gamma).verdict == Verdict::saddle);
    }
}

TEST_CASE("Theorem 1 indefinite, Theorem 4, zero loss: one verdict everywhere") {
    for (const auto& gamma : {kPlus, kPlus3, kMinus, kMinus3, kZero, kZeroPlus, kZeroMinus, kMixed}) {
        const SplitVerdict indefinite = verdict(
            point_with(Verdict::local_minimum),
            neuron_with(Rule::theorem_1_indefinite, GammaRegion::none, GammaRegion::everywhere), gamma);
        CHECK(indefinite.verdict == Verdict::saddle);
        CHECK(indefinite.rule == Rule::theorem_1_indefinite);
        const SplitVerdict saddle =
            verdict(point_with(Verdict::saddle),
                    neuron_with(Rule::theorem_4, GammaRegion::none, GammaRegion::everywhere), gamma);
        CHECK(saddle.verdict == Verdict::saddle);
        CHECK(saddle.rule == Rule::theorem_4);
        const SplitVerdict zero =
            verdict(point_with(Verdict::local_minimum),
                    neuron_with(Rule::zero_loss, GammaRegion::everywhere, GammaRegion::none), gamma);
        CHECK(zero.verdict == Verdict::local_minimum);
        CHECK(zero.rule == Rule::zero_loss);
        const SplitVerdict constant =
            verdict(point_with(Verdict::local_minimum),
                    neuron_with(Rule::theorem_3_constant, GammaRegion::everywhere, GammaRegion::none), gamma);
        CHECK(constant.verdict == Verdict::local_minimum);
        CHECK(constant.rule == Rule::theorem_3_constant);
    }
}

TEST_CASE("semidefinite inner Hessians: Lemma 4 outside, silence inside") {
    const PointReport point = point_with(Verdict::local_minimum);
    const NeuronReport psd =
        neuron_with(Rule::semidefinite_inner_hessian, GammaRegion::none, GammaRegion::off_gamma_plus);
    CHECK(verdict(point, psd, kPlus).verdict == Verdict::undetermined);
    CHECK(verdict(point, psd, kPlus).rule == Rule::semidefinite_inner_hessian);
    for (const auto& gamma : {kMinus, kMinus3, kZero, kZeroPlus, kZeroMinus, kMixed}) {
        CHECK(verdict(point, psd, gamma).verdict == Verdict::saddle);
        CHECK(verdict(point, psd, gamma).rule == Rule::lemma_4);
    }
    const NeuronReport nsd =
        neuron_with(Rule::semidefinite_inner_hessian, GammaRegion::none, GammaRegion::off_gamma_minus);
    CHECK(verdict(point, nsd, kMinus3).verdict == Verdict::undetermined);
    CHECK(verdict(point, nsd, kPlus).rule == Rule::lemma_4);
}

TEST_CASE("zero inner Hessian: only a zero coefficient makes a sure saddle of an effective parent") {
    const PointReport point = point_with(Verdict::local_minimum);
    const NeuronReport effective =
        neuron_with(Rule::theorem_3_effective, GammaRegion::none, GammaRegion::with_a_zero);
    for (const auto& gamma : {kZero, kZeroPlus, kZeroMinus}) {
        CHECK(verdict(point, effective, gamma).verdict == Verdict::saddle);
        CHECK(verdict(point, effective, gamma).rule == Rule::theorem_3_effective);
    }
    for (const auto& gamma : {kPlus, kMinus, kMixed}) {
        CHECK(verdict(point, effective, gamma).verdict == Verdict::undetermined);
        CHECK(verdict(point, effective, gamma).rule == Rule::zero_inner_hessian);
        CHECK(verdict(point_with(Verdict::undetermined), effective, gamma).rule ==
              Rule::narrow_point_undetermined);
    }
    const NeuronReport unknown = neuron_with(Rule::zero_inner_hessian, GammaRegion::none, GammaRegion::none);
    CHECK(verdict(point, unknown, kZero).verdict == Verdict::undetermined);
}

TEST_CASE("the third order: all splits, by the lowest order that decides") {
    const std::vector<double> halves{0.5, 0.5};
    NeuronReport neuron = neuron_with(Rule::third_order, GammaRegion::none, GammaRegion::everywhere);
    for (const Verdict verdict_of_point : {Verdict::local_minimum, Verdict::undetermined}) {
        const PointReport point = point_with(verdict_of_point);
        neuron.definiteness = Definiteness::positive_semidefinite;
        for (const auto& gamma : {kPlus, kPlus3})
            CHECK(verdict(point, neuron, gamma).rule == Rule::third_order);
        for (const auto& gamma : {kMinus, kZero, kZeroPlus, kMixed})
            CHECK(verdict(point, neuron, gamma).rule == Rule::lemma_4);
        CHECK(verdict(point, neuron, halves).verdict == Verdict::saddle);
        CHECK(verdict(point, neuron, halves).rule == Rule::third_order);
        neuron.definiteness = Definiteness::zero;
        for (const auto& gamma : {kPlus, kPlus3, kMinus, kMixed}) {
            CHECK(verdict(point, neuron, gamma).verdict == Verdict::saddle);
            CHECK(verdict(point, neuron, gamma).rule == Rule::third_order);
        }
        for (const auto& gamma : {kZero, kZeroPlus, kZeroMinus})
            CHECK(verdict(point, neuron, gamma).rule == Rule::theorem_3_effective);
        CHECK(verdict(point, neuron, halves).rule == Rule::third_order);
        CHECK(verdict(point, neuron, {0.5, 0.5, 0.0}).verdict == Verdict::saddle);
    }
    neuron.definiteness = Definiteness::negative_semidefinite;
    const PointReport point = point_with(Verdict::local_minimum);
    for (const auto& gamma : {kMinus, kMinus3})
        CHECK(verdict(point, neuron, gamma).rule == Rule::third_order);
    CHECK(verdict(point, neuron, halves).rule == Rule::lemma_4);
}

TEST_CASE("an open narrow point: Lemma 4 needs stationarity only") {
    const PointReport point = point_with(Verdict::undetermined);
    const NeuronReport neuron =
        neuron_with(Rule::narrow_point_undetermined, GammaRegion::none, GammaRegion::off_gamma_plus);
    CHECK(verdict(point, neuron, kPlus).verdict == Verdict::undetermined);
    CHECK(verdict(point, neuron, kPlus).rule == Rule::narrow_point_undetermined);
    CHECK(verdict(point, neuron, kMinus).verdict == Verdict::saddle);
    CHECK(verdict(point, neuron, kMinus).rule == Rule::lemma_4);
    const NeuronReport indefinite = neuron_with(Rule::lemma_4, GammaRegion::none, GammaRegion::everywhere);
    CHECK(verdict(point, indefinite, kPlus).verdict == Verdict::saddle);
    CHECK(verdict(point, indefinite, kPlus).rule == Rule::lemma_4);
}

TEST_CASE("every rule has a name and a sentence of its own") {
    std::set<std::string> names, sentences;
    for (const Word& rule : Vocabulary<Rule>::words) {
        CHECK(names.insert(rule.name).second);
        CHECK(sentences.insert(rule.sentence).second);
        CHECK(std::string_view(rule.sentence).back() == '.');
    }
    CHECK(std::string(name_of(Rule{9999})) == "unknown");
    CHECK(std::string(sentence_of(Rule{9999})) == "unknown");
}
