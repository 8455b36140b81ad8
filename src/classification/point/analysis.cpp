#include "classification/point/analysis.hpp"

#include "classification/escape/locally_constant.hpp"
#include "classification/point/cost_model.hpp"
#include "classification/point/parts.hpp"

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
bool open_report(const Gradient& gradient, const Tolerances& tolerances, PointReport& point) {
    point.loss = gradient.loss.loss;
    const bool stationary = stationarity(gradient, tolerances, point);
    // At zero loss the gradient is rounding noise over rounding noise: the loss is looked at first.
    point.global = point.loss <= tolerances.zero_loss_factor * gradient.loss.rounding_loss;
    if (stationary || point.global) return true;
    point.verdict = Verdict::not_stationary;
    point.rule = Rule::gradient_test;
    return false;
}

void classify(const Dataset& data, const Network& network, const Tolerances& tolerances,
              const Execution& execution, const AnalysisOptions& options, Uncertainty& uncertainty,
              const PointResiduals& residuals, Analysis& result) {
    execution.enter("verdicts");
    PointReport& point = result.point;
    const PsiField psi(data, network, residuals, uncertainty.corrected ? &*uncertainty.corrected : nullptr,
                       tolerances, execution);
    const std::vector<bool> constant = locally_constant_neurons(data, network, execution);
    const PointContext context{data, network, tolerances, execution, uncertainty, residuals, psi, constant};
    if (point.global) {
        point.verdict = Verdict::local_minimum;
        point.rule = Rule::zero_loss;
        point.strict = options.scope == AnalysisScope::complete && point.hessian.counted &&
                       point.hessian.inertia.zero == 0 && point.hessian.inertia.negative == 0;
    } else if (options.scope == AnalysisScope::complete) {
        classify_point(context, point);
    } else {
        point.verdict = Verdict::undetermined;
        point.rule = Rule::neurons_alone;
    }
    result.neurons = classify_neurons(context, point, options);
    result.newton_step = std::move(uncertainty.step);
}

// The point by products with its Hessian. At zero loss the verdict needs none.
void analyze_matrix_free(const Dataset& data, const Network& network, const Tolerances& tolerances,
                         const Execution& execution, const AnalysisOptions& options, Analysis& result) {
    execution.enter("gradient");
    execution.report_or_throw("gradient", 0.0);
    Buffer<double> residuals(data.samples());
    const Gradient gradient = tepui::gradient(data, network, execution, Bounds::with, residuals.data());
    PointReport& point = result.point;
    if (!open_report(gradient, tolerances, point)) return;
    execution.enter("products with the Hessian");
    Uncertainty uncertainty;
    if (point.global) {
        point.hessian.method = NeuronMethod::matrix_free;
        point.hessian.counted = false;
        uncertainty.residual = relative_residual_error(gradient.loss);
    } else {
        HessianSearch found = search_hessian(data, network, gradient, tolerances, execution);
        point.hessian = std::move(found.spectrum);
        point.evidence = found.evidence;
        uncertainty = std::move(found.uncertainty);
    }
    classify(data, network, tolerances, execution, options, uncertainty,
             point_residuals(data, std::move(residuals), gradient.loss), result);
}

}  // namespace

Analysis analyze(const Dataset& data, const Network& network, const Tolerances& tolerances,
                 const Execution& execution, const AnalysisOptions& options) {
    check(data, network);
    Analysis result(network, tolerances);
    result.scope = options.scope;
    if (options.scope == AnalysisScope::neurons) {
        execution.enter("gradient");
        execution.report_or_throw("gradient", 0.0);
        Buffer<double> residuals(data.samples());
        const Gradient gradient = tepui::gradient(data, network, execution, Bounds::with, residuals.data());
        if (!open_report(gradient, tolerances, result.point)) return result;
        Uncertainty uncertainty;
        uncertainty.residual = relative_residual_error(gradient.loss);
        classify(data, network, tolerances, execution, options, uncertainty,
                 point_residuals(data, std::move(residuals), gradient.loss), result);
        return result;
    }
    if (chosen_hessian_method(options, network.parameter_count()) == HessianMethod::matrix_free) {
        analyze_matrix_free(data, network, tolerances, execution, options, result);
        return result;
    }
    execution.enter("Hessian");
    execution.report_or_throw("Hessian", 0.0);
    const HessianValue hessian = tepui::hessian(data, network, execution);
    PointReport& point = result.point;
    if (!open_report(hessian.gradient, tolerances, point)) return result;
    execution.enter("Hessian spectrum");
    execution.report_or_throw("Hessian", 0.5);
    const Equilibrated equilibrated = equilibrate(hessian.value, hessian.magnitude);
    Uncertainty uncertainty = point_uncertainty(data, network, hessian, equilibrated, tolerances, execution);
    point.hessian = spectral_report(hessian.value, equilibrated, data.samples(), &uncertainty.hessian,
                                    tolerances.rounding_factor);
    doubt_hidden_zeros(hessian, network.width, point.hessian);
    classify(data, network, tolerances, execution, options, uncertainty,
             point_residuals(data, network, execution), result);
    return result;
}

}  // namespace tepui
