// The verdict on one split: theorems, Morse index in closed form, and a witness (MATH.md sections 4, 5).
#include <cmath>

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

namespace {

void closed_form(const Analysis& analysis, const NeuronReport& neuron, const GammaSigns& signs,
                 SplitReport& report) {
    report.index_known = analysis.scope == AnalysisScope::complete && neuron.output != 0.0 &&
                         neuron.inner.counted && analysis.point.hessian.counted &&
                         analysis.point.hessian.clear() && neuron.inner.clear();
    if (!report.index_known) return;
    const Counts added = split_counts(signs, neuron.inner.inertia, analysis.network.inputs);
    report.morse_index = analysis.point.hessian.inertia.negative + added.index;
    report.nullity = analysis.point.hessian.inertia.zero + added.nullity;
}

void keep_better(const PointOnData& context, std::optional<Witness> found, std::optional<Witness>& best) {
    if (!found) return;
    measure_witness(context.data(), *found, context.residuals(), context.execution());
    if (!best || falls_further(found->change(), best->change())) best = std::move(found);
}

// A direction of known curvature of H_i, either sign of it: the loss is even in it to leading order only.
struct Direction {
    std::vector<double> v;
    double lambda;
};

std::vector<Direction> curved_directions(const SpectralReport& inner) {
    std::vector<Direction> directions;
    for (const double sign : {1.0, -1.0}) {
        for (const bool negative : {true, false}) {
            Direction direction{negative ? inner.v_negative : inner.v_positive,
                                negative ? inner.curvature_negative : inner.curvature_positive};
            if (direction.v.empty()) continue;
            for (double& component : direction.v) component *= sign;
            directions.push_back(std::move(direction));
        }
    }
    return directions;
}

// Third order, from a zero coefficient: how fast to slide is taken from the best second-order step at a point
// of the plateau half a unit away, which the curve then passes through.
std::optional<Witness> boundary_escape(const PointOnData& context, Size index, const Network& split,
                                       std::span<const double> gamma, const Direction& direction) {
    const Network& network = context.network();
    const auto& [v, lambda] = direction;
    const std::optional<Slide> slide = slide_off_boundary(gamma, lambda);
    if (!slide) return std::nullopt;
    std::optional<Witness> beside = escape_apart(split_neuron(network, index, slide->gamma), index,
                                                 network.output(index), slide->gamma, v, lambda, 0.0);
    if (!beside) return std::nullopt;
    measure_witness(context.data(), *beside, context.residuals(), context.execution());
    const double rate = beside->descends() ? slide->amount / beside->epsilon
                                           : preactivation_size(context.data(), v, context.execution());
    return escape_apart(split, index, network.output(index), gamma, v, lambda, rate);
}

}  // namespace

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

// Third or fourth order: along a null vector of H_i, everything else giving way.
std::optional<Witness> escape_along_null(const PointOnData& context, Size index, const Network& split,
                                         const NeuronReport& neuron, std::span<const double> gamma) {
    const Network& network = context.network();
    const auto respond = [&](const std::vector<double>& v) {
        const bool gives_way = network.parameter_count() <= kMostGivingWay;
        return fourth_order_response(context.data(), network, index, v, context.residuals(), neuron.inner.tau,
                                     gives_way ? &context.equilibrated() : nullptr,
                                     context.tolerances().rounding_factor);
    };
    if (!neuron.null_direction.empty()) {
        return escape_third_order(split, index, network.output(index), gamma, neuron.null_direction,
                                  neuron.third, respond(neuron.null_direction));
    }
    if (!neuron.fourth || check_gamma(gamma).zero > 0) return std::nullopt;
    FourthOrderSign found = fourth_order_sign(*neuron.fourth, gamma);
    if (found.sign != FormSign::negative) return std::nullopt;
    const double size = preactivation_size(context.data(), found.v, context.execution());
    if (!(size > 0.0)) return std::nullopt;
    for (double& component : found.v) component /= size;
    return escape_fourth_order(split, index, gamma, found.t, found.v, respond(found.v));
}

}  // namespace

std::optional<Witness> split_escape(const PointOnData& context, Size index, const NeuronReport& neuron,
                                    std::span<const double> gamma) {
    const double output = context.network().output(index);
    const Network split = split_neuron(context.network(), index, gamma);
    const std::vector<Direction> directions = curved_directions(neuron.inner);
    std::optional<Witness> best;
    for (const auto& [v, lambda] : directions) {
        std::optional<Witness> found = escape_apart(split, index, output, gamma, v, lambda, 1.0);
        if (found && found->order == 2) keep_better(context, std::move(found), best);
    }
    if (best) return best;
    keep_better(context, escape_along_null(context, index, split, neuron, gamma), best);
    for (const Direction& direction : directions)
        keep_better(context, boundary_escape(context, index, split, gamma, direction), best);
    if (best && best->descends()) return best;
    for (std::size_t j = 0; j < gamma.size(); ++j) {
        if (gamma[j] != 0.0) continue;
        if (const std::optional<PsiDirection> leave = context.psi().leave(index))
            keep_better(context, escape_null_neuron(split, index + static_cast<Size>(j), *leave), best);
        break;
    }
    return best;
}

SplitReport classify_split(const Dataset& data, const Analysis& analysis, Size neuron,
                           std::span<const double> gamma, const Execution& execution) {
    return classify_split(
        PointOnData(data, analysis.network, analysis.tolerances, execution, analysis.newton_step), analysis,
        neuron, gamma);
}

SplitReport classify_split(const PointOnData& context, const Analysis& analysis, Size neuron,
                           std::span<const double> gamma) {
    const PointReport& point = analysis.point;
    const Network& network = analysis.network;
    if (point.verdict == Verdict::not_stationary) {
        throw Error(Status::not_stationary, "the analysed point is not stationary (relative gradient " +
                                                std::to_string(point.gradient_relative) + ", at most " +
                                                std::to_string(point.stationarity_tolerance) +
                                                " expected): no split of it is "
                                                "classified");
    }
    if (neuron < 0 || neuron >= network.width) {
        throw Error(Status::invalid_size, "neuron is " + std::to_string(neuron) +
                                              ", expected 0 <= neuron < " + std::to_string(network.width));
    }
    const NeuronReport& parent = analysis.neurons[neuron];
    SplitReport report;
    report.signs = check_gamma(gamma);
    const SplitVerdict found = split_verdict(point, parent, gamma);
    report.verdict = found.verdict;
    report.rule = found.rule;
    const bool from_point = found.rule == Rule::theorem_4 || found.rule == Rule::zero_loss;
    report.tau = from_point ? point.hessian.tau : parent.inner.tau;
    report.margin = from_point ? point.hessian.margin : parent.inner.margin;
    report.gradient_norm = point.gradient_norm;
    closed_form(analysis, parent, report.signs, report);
    if (report.verdict != Verdict::saddle) return report;

    if (report.rule == Rule::theorem_4) {
        if (point.witness) {
            report.witness = escape_lifted(*point.witness, neuron, gamma);
            measure_witness(context.data(), *report.witness, context.residuals(), context.execution());
        }
        return report;
    }
    report.witness = split_escape(context, neuron, parent, gamma);
    if (must_be_measured(report.rule) && !(report.witness && report.witness->descends())) {
        const SplitVerdict open = second_order_verdict(point, parent);
        report.verdict = open.verdict;
        report.rule = open.rule;
        report.witness.reset();
    }
    return report;
}

}  // namespace tepui
