// What is decided without a number: regions of splitting coefficients, one verdict from those of groups, the
// pair that moves a cancelled group.
#include "classification/any_network/combination.hpp"
#include "classification/any_network/compressed_hessian.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

Grouping two_parents(std::vector<double> first, std::vector<double> second) {
    Grouping grouping{Network(Activation(ActivationKind::tanh), 2, 1), {}, 0};
    for (const std::vector<double>& gamma : {first, second}) {
        NeuronGroup group;
        group.parent = static_cast<Size>(grouping.groups.size());
        group.gamma = gamma;
        for (std::size_t j = 0; j < gamma.size(); ++j) group.members.push_back(grouping.wide_width++);
        grouping.groups.push_back(group);
    }
    return grouping;
}

PointReport point_with(Verdict verdict, Rule rule) {
    PointReport point;
    point.verdict = verdict;
    point.rule = rule;
    return point;
}

}  // namespace

TEST_CASE("regions hold the coefficients that their names say") {
    struct Case {
        std::vector<double> gamma;
        std::vector<GammaRegion> inside;
    };
    using enum GammaRegion;
    for (const auto& [gamma, inside] : std::vector<Case>{
             {{0.25, 0.75}, {gamma_plus, off_gamma_minus, everywhere, not_negative}},
             {{2.0, -1.0}, {gamma_minus, off_gamma_plus, everywhere}},
             {{3.0, -1.0, -1.0}, {gamma_minus, off_gamma_plus, everywhere}},
             {{1.0, 1.0, -1.0}, {off_gamma_plus, off_gamma_minus, everywhere}},
             {{1.0, 0.0},
              {off_gamma_plus, off_gamma_minus, everywhere, with_a_zero, not_negative, gamma_boundary}},
             {{2.0, -1.0, 0.0}, {off_gamma_plus, off_gamma_minus, everywhere, with_a_zero}}}) {
        for (const GammaRegion region :
             {none, gamma_plus, gamma_minus, off_gamma_plus, off_gamma_minus, everywhere, with_a_zero,
              not_negative, gamma_boundary, fourth_order_positive, fourth_order_negative}) {
            CAPTURE(gamma, static_cast<int>(region));
            const bool expected = std::find(inside.begin(), inside.end(), region) != inside.end();
            CHECK(contains(region, check_gamma(gamma)) == expected);
        }
    }
}

TEST_CASE("one verdict from those of the groups") {
    const PointReport minimum = point_with(Verdict::local_minimum, Rule::hessian_positive_definite);
    const Grouping split = two_parents({0.5, 0.5}, {0.3, 0.7}), whole = two_parents({1.0}, {1.0});
    const auto judged = [](Verdict verdict, Rule rule) { return GroupReport{verdict, rule, {}, true}; };
    const GroupReport good = judged(Verdict::local_minimum, Rule::theorem_1_positive_definite),
                      bad = judged(Verdict::saddle, Rule::lemma_4),
                      open = judged(Verdict::undetermined, Rule::semidefinite_inner_hessian),
                      fourth = judged(Verdict::local_minimum, Rule::fourth_order),
                      third = judged(Verdict::saddle, Rule::third_order);
    const auto check = [&](const PointReport& point, const Grouping& grouping,
                           const std::vector<GroupReport>& groups, Verdict verdict, Rule rule,
                           bool negative = false) {
        const GroupVerdict found = combine(point, grouping, groups, negative);
        CHECK(found.verdict == verdict);
        CHECK(found.rule == rule);
    };
    check(minimum, split, {good, good}, Verdict::local_minimum, Rule::theorem_1_positive_definite);
    check(minimum, split, {good, fourth}, Verdict::local_minimum, Rule::every_group_minimum);
    check(minimum, split, {fourth, fourth}, Verdict::undetermined, Rule::several_fourth_order);
    check(minimum, two_parents({0.5, 0.5}, {1.0}), {fourth, good}, Verdict::local_minimum,
          Rule::fourth_order);
    check(minimum, split, {good, open}, Verdict::undetermined, Rule::semidefinite_inner_hessian);
    check(minimum, split, {open, bad}, Verdict::saddle, Rule::lemma_4);
    check(minimum, split, {third, bad}, Verdict::saddle, Rule::lemma_4);  // which needs no measurement
    check(minimum, split, {third, good}, Verdict::saddle, Rule::third_order);
    check(minimum, split, {third, good}, Verdict::saddle, Rule::hessian_negative_eigenvalue, true);
    check(minimum, whole, {good, good}, Verdict::local_minimum, Rule::hessian_positive_definite);
    const PointReport saddle = point_with(Verdict::saddle, Rule::hessian_negative_eigenvalue);
    check(saddle, split, {good, good}, Verdict::saddle, Rule::theorem_4);
    check(saddle, whole, {good, good}, Verdict::saddle, Rule::hessian_negative_eigenvalue);
    const PointReport likely = point_with(Verdict::indicated_minimum, Rule::smallest_ritz_value);
    check(likely, split, {good, good}, Verdict::undetermined, Rule::narrow_point_undetermined);
    check(likely, whole, {good, good}, Verdict::indicated_minimum, Rule::smallest_ritz_value);
    PointReport least = point_with(Verdict::local_minimum, Rule::zero_loss);
    least.least = true;
    check(least, split, {open, bad}, Verdict::local_minimum, Rule::zero_loss);
}

TEST_CASE("the pair that moves a cancelled group") {
    for (const std::vector<double>& outputs :
         {std::vector<double>{2.0, -2.0}, {0.5, -3.0, 2.5}, {-1, -1, 2}}) {
        NeuronGroup group;
        group.kind = GroupKind::cancelled;
        group.outputs = outputs;
        const CancelledPair pair = cancelled_pair(group);
        const double plus = outputs[pair.positive], minus = outputs[pair.negative];
        CHECK(plus == *std::max_element(outputs.begin(), outputs.end()));
        CHECK(minus == *std::min_element(outputs.begin(), outputs.end()));
        CHECK(plus * pair.h_positive + minus * pair.h_negative == Approx(1.0));
        const double form =
            plus * pair.h_positive * pair.h_positive + minus * pair.h_negative * pair.h_negative;
        CHECK(pair.form == Approx(form).margin(1e-15));
        CHECK(pair.output <= std::max(plus, -minus));
        CHECK(std::max(plus, -minus) < 2.0 * pair.output);
    }
}
