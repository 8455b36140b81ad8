// The verdict on one split: theorems, Morse index in closed form, and a witness (MATH.md sections 4, 5).
#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/any_network/closed_form.hpp"
#include "classification/escape/escape.hpp"
#include "classification/point/parts.hpp"

namespace tepui {

bool contains(GammaRegion region, const GammaSigns& signs) {
    switch (region) {
        case GammaRegion::none:
            return false;
        case GammaRegion::gamma_plus:
            return signs.in_gamma_plus();
        case GammaRegion::gamma_minus:
            return signs.in_gamma_minus();
        case GammaRegion::off_gamma_plus:
            return !signs.in_gamma_plus();
        case GammaRegion::off_gamma_minus:
            return !signs.in_gamma_minus();
        case GammaRegion::everywhere:
            return true;
        case GammaRegion::with_a_zero:
            return signs.zero > 0;
        case GammaRegion::not_negative:
            return signs.negative == 0;
        case GammaRegion::gamma_boundary:
            return signs.negative == 0 && signs.zero > 0;
        case GammaRegion::fourth_order_positive:
        case GammaRegion::fourth_order_negative:
            return false;  // not by signs
    }
    return false;
}

SplitVerdict second_order_verdict(const PointReport& point, const NeuronReport& neuron) {
    if (point.verdict != Verdict::local_minimum)
        return {Verdict::undetermined, Rule::narrow_point_undetermined};
    return {Verdict::undetermined, neuron.definiteness == Definiteness::zero
                                       ? Rule::zero_inner_hessian
                                       : Rule::semidefinite_inner_hessian};
}

namespace {

// Third or fourth order: the lowest one that decides.
SplitVerdict higher_order_verdict(const PointReport& point, const NeuronReport& neuron,
                                  const GammaSigns& signs, std::span<const double> gamma) {
    if (contains(lemma_4_region(neuron.definiteness), signs)) return {Verdict::saddle, Rule::lemma_4};
    if (neuron.rule == Rule::third_order)
        return {Verdict::saddle, signs.zero > 0 ? Rule::theorem_3_effective : Rule::third_order};
    if (signs.zero > 0) {
        if (neuron.fourth->effective) return {Verdict::saddle, Rule::theorem_3_effective};
        return second_order_verdict(point, neuron);
    }
    switch (fourth_order_sign(*neuron.fourth, gamma).sign) {
        case FormSign::negative:
            return {Verdict::saddle, Rule::fourth_order};
        case FormSign::positive:
            if (neuron.fourth->narrow_minimum) return {Verdict::local_minimum, Rule::fourth_order};
            break;
        case FormSign::open:
            break;
    }
    return second_order_verdict(point, neuron);
}

}  // namespace

SplitVerdict split_verdict(const PointReport& point, const NeuronReport& neuron,
                           std::span<const double> gamma) {
    const GammaSigns signs = check_gamma(gamma);
    if (contains(neuron.minima, signs)) return {Verdict::local_minimum, neuron.rule};
    if (neuron.rule == Rule::third_order || neuron.rule == Rule::fourth_order)
        return higher_order_verdict(point, neuron, signs, gamma);
    if (contains(neuron.saddles, signs)) {
        // Where the plateau as a whole is open, the saddles that are known are Lemma 4's.
        const bool open =
            neuron.rule == Rule::semidefinite_inner_hessian || neuron.rule == Rule::narrow_point_undetermined;
        return {Verdict::saddle, open ? Rule::lemma_4 : neuron.rule};
    }
    if (neuron.rule == Rule::theorem_3_effective) {
        return {Verdict::undetermined, point.verdict == Verdict::local_minimum
                                           ? Rule::zero_inner_hessian
                                           : Rule::narrow_point_undetermined};
    }
    return {Verdict::undetermined, neuron.rule};
}

namespace {

void check(const Analysis& analysis, Size neuron) {
    const PointReport& point = analysis.point;
    if (point.verdict == Verdict::not_stationary) {
        throw Error(Status::not_stationary, "the analysed point is not stationary (relative gradient " +
                                                std::to_string(point.gradient_relative) + ", at most " +
                                                std::to_string(point.stationarity_tolerance) +
                                                " expected): no split of it is "
                                                "classified");
    }
    const Size width = analysis.network.width;
    if (neuron < 0 || neuron >= width) {
        throw Error(Status::invalid_size, "neuron is " + std::to_string(neuron) +
                                              ", expected 0 <= neuron < " + std::to_string(width));
    }
}

// What is known without a way down.
SplitReport in_closed_form(const Analysis& analysis, const NeuronSplit& split) {
    check(analysis, split.neuron);
    const PointReport& point = analysis.point;
    const NeuronReport& parent = analysis.neurons[split.neuron];
    SplitReport report;
    report.signs = check_gamma(split.gamma);
    const SplitVerdict found = split_verdict(point, parent, split.gamma);
    report.verdict = found.verdict;
    report.rule = found.rule;
    const bool from_point = found.rule == Rule::theorem_4 || point.least;
    report.tau = from_point ? point.hessian.tau : parent.inner.tau;
    report.margin = from_point ? point.hessian.margin : parent.inner.margin;
    report.gradient_norm = point.gradient_norm;
    const Size d = analysis.network.inputs, more = static_cast<Size>(split.gamma.size()) - 1;
    IndexBounds index = narrow_index(analysis);
    index += split_index(parent, report.signs, d);
    report.index = within(index, analysis.network.parameter_count() + more * (d + 1),
                          report.verdict == Verdict::local_minimum);
    return report;
}

// The narrow saddle's own way down, lifted to each of these splits.
void lift_escape(const PointOnData& context, const PointReport& point, std::span<const NeuronSplit> splits,
                 const std::vector<std::size_t>& which, std::vector<SplitReport>& reports) {
    if (which.empty()) return;
    const std::optional<Witness> narrow = point.witness ? point.witness : point_escape(context, point);
    if (!narrow) return;
    std::vector<Witness*> witnesses;
    for (const std::size_t q : which) {
        reports[q].witness = escape_lifted(*narrow, splits[q].neuron, splits[q].gamma);
        witnesses.push_back(&*reports[q].witness);
    }
    measure_witnesses(context.data(), witnesses, context.residuals(), context.execution());
    for (const std::size_t q : which)
        if (!reports[q].witness->descends()) reports[q].witness.reset();
}

}  // namespace

std::vector<SplitReport> classify_each_split(const PointOnData& context, const Analysis& analysis,
                                             std::span<const NeuronSplit> splits, WaysDown ways_down) {
    std::vector<SplitReport> reports;
    std::vector<std::size_t> by_point, by_neuron;
    std::vector<SplitAtSaddle> saddles;
    for (const NeuronSplit& split : splits) {
        reports.push_back(in_closed_form(analysis, split));
        const SplitReport& report = reports.back();
        if (report.verdict != Verdict::saddle) continue;
        if (ways_down == WaysDown::needed && !must_be_measured(report.rule)) continue;
        const std::size_t index = reports.size() - 1;
        if (report.rule == Rule::theorem_4) {
            by_point.push_back(index);
            continue;
        }
        by_neuron.push_back(index);
        saddles.push_back({split.neuron, &analysis.neurons[split.neuron], split.gamma});
    }
    lift_escape(context, analysis.point, splits, by_point, reports);
    std::vector<std::optional<Witness>> found = split_escapes(context, saddles);
    for (std::size_t q = 0; q < found.size(); ++q) {
        SplitReport& report = reports[by_neuron[q]];
        report.witness = std::move(found[q]);
        if (!must_be_measured(report.rule) || report.witness) continue;
        const SplitVerdict open = second_order_verdict(analysis.point, *saddles[q].report);
        report.verdict = open.verdict;
        report.rule = open.rule;
    }
    return reports;
}

std::vector<SplitReport> classify_each_split(const Dataset& data, const Analysis& analysis,
                                             std::span<const NeuronSplit> splits, const Execution& execution,
                                             WaysDown ways_down) {
    const PointOnData context(data, analysis.network, analysis.tolerances, execution, analysis.newton_step);
    return classify_each_split(context, analysis, splits, ways_down);
}

SplitReport classify_split(const Dataset& data, const Analysis& analysis, Size neuron,
                           std::span<const double> gamma, const Execution& execution, WaysDown ways_down) {
    const NeuronSplit split{neuron, {gamma.begin(), gamma.end()}};
    return std::move(classify_each_split(data, analysis, {&split, 1}, execution, ways_down).front());
}

}  // namespace tepui
