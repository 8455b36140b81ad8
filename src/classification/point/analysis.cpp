#include "classification/point/analysis.hpp"

#include "classification/point/cost_model.hpp"
#include "classification/point/parts.hpp"
#include "core/required_memory.hpp"
#include "network/derivatives/kinks.hpp"

namespace tepui {
namespace {

void check(const Dataset& data, const Network& network) {
    if (network.inputs != data.inputs()) {
        throw Error(Status::invalid_size,
                    "network has " + std::to_string(network.inputs) +
                        " inputs, expected those of the data set: " + std::to_string(data.inputs()));
    }
    if (network.width < 1) {
        throw Error(Status::invalid_size,
                    "network width is " + std::to_string(network.width) + ", expected at least 1");
    }
    if (network.activation.derivatives() < 2) {
        throw Error(Status::unsupported,
                    "activation " + std::string(network.activation.name()) +
                        " is not twice differentiable: its stationary points are not classified");
    }
}

// Loss, stationarity and zero loss; false when nothing can be classified.
bool open_report(const PointOnData& context, bool stationary, PointReport& point) {
    point.loss = context.gradient().loss.loss;
    stationary = stationarity(context.gradient(), context.tolerances(), point) || stationary;
    // At zero loss the gradient is rounding noise over rounding noise: the loss is looked at, too.
    const LeastLoss& least = context.least(stationary);
    point.least = least.reached;
    point.global = least.everywhere;
    point.unclear = least.unclear;
    stationary = stationary || least.at_kink;  // there is no gradient to ask for
    if (least.reached) point.rule = rule_of(least);
    if (stationary || point.least) return true;
    point.verdict = Verdict::not_stationary;
    point.rule = Rule::gradient_test;
    return false;
}

// Whether nothing can be said for a kink at the point, or between it and the stationary point nearby.
bool judge_kinks(const PointOnData& context, PointReport& point) {
    if (point.least) return false;
    const bool kink = context.least(true).at_kink || at_kink(context.data(), context.network(),
                                                             context.uncertainty().step, context.execution());
    point.unclear = point.unclear || kink;
    return kink;
}

PointOnData::SecondOrder second_order(const Network& network, const AnalysisOptions& options) {
    if (options.scope == AnalysisScope::neurons) return PointOnData::SecondOrder::none;
    return chosen_hessian_method(options, network.parameter_count()) == HessianMethod::matrix_free
               ? PointOnData::SecondOrder::products
               : PointOnData::SecondOrder::dense;
}

// The Hessian and a copy of it to work on.
void require_dense(const Network& network) {
    const auto order = static_cast<double>(network.parameter_count());
    require_memory(sizeof(double) * 2.0 * order * order,
                   "the dense Hessian of " + std::to_string(network.parameter_count()) +
                       " parameters (m = " + std::to_string(network.width) +
                       " neurons of d = " + std::to_string(network.inputs) + " inputs)",
                   "; the Hessian method matrix_free needs none (saddles are proven, minima indicated)");
}

}  // namespace

Analysis analyze(const Dataset& data, const Network& network, const Tolerances& tolerances,
                 const Execution& execution, const AnalysisOptions& options) {
    check(data, network);
    PointOnData context(data, network, tolerances, execution, PointOnData::SecondOrder::none);
    return analyze(context, options, false);
}

Analysis analyze(PointOnData& context, const AnalysisOptions& options, bool stationary) {
    const Execution& execution = context.execution();
    const PointOnData::SecondOrder known_by = second_order(context.network(), options);
    if (known_by == PointOnData::SecondOrder::dense) require_dense(context.network());
    context.know_by(known_by);
    Analysis result(context.network(), context.tolerances());
    result.scope = options.scope;
    PointReport& point = result.point;
    const char* const first = known_by == PointOnData::SecondOrder::dense ? "Hessian" : "gradient";
    execution.enter(first);
    execution.report_or_throw(first, 0.0);
    if (!open_report(context, stationary, point)) return result;
    execution.report_or_throw(first, 0.5);
    const bool kink = judge_kinks(context, point);
    if (kink) {  // its Hessian says nothing
        point.hessian.counted = false;
    } else {
        point.hessian = context.spectrum();
        point.evidence = context.evidence();
    }
    execution.enter("verdicts");
    if (point.hessian.counted) point.explained_zeros = explained_zeros(context, point.hessian);
    if (point.least) {
        point.verdict = Verdict::local_minimum;
        point.strict = options.scope == AnalysisScope::complete && point.hessian.counted &&
                       point.hessian.inertia.zero == 0 && point.hessian.inertia.negative == 0;
    } else if (point.unclear) {
        point.verdict = Verdict::undetermined;
        point.rule = kink ? Rule::kink : Rule::residuals_within_slack;
    } else if (options.scope == AnalysisScope::complete) {
        classify_point(context, point);
        if (options.ways_down != WaysDown::needed) point.witness = point_escape(context, point);
        if (point.witness) {
            measure_witness(context.data(), *point.witness, context.residuals(), context.execution());
            if (!point.witness->descends()) point.witness.reset();
        }
    } else {
        point.verdict = Verdict::undetermined;
        point.rule = Rule::neurons_alone;
    }
    result.neurons = classify_neurons(context, point, options);
    result.newton_step = context.uncertainty().step;
    return result;
}

}  // namespace tepui
