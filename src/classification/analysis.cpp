#include "classification/analysis.hpp"

#include "classification/locally_constant.hpp"
#include "classification/parts.hpp"

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

}  // namespace

Analysis analyze(const Dataset& data, const Network& network, const Tolerances& tolerances,
                 const Execution& execution, const AnalysisOptions& options) {
    check(data, network);
    execution.enter("Hessian");
    execution.report_or_throw("Hessian", 0.0);
    const HessianValue hessian = tepui::hessian(data, network, execution);
    Analysis result(network, tolerances);
    PointReport& point = result.point;
    point.loss = hessian.gradient.loss.loss;
    const bool stationary = stationarity(hessian.gradient, tolerances, point);
    // At zero loss the gradient is rounding noise over rounding noise: the loss is looked at first.
    point.global = point.loss <= tolerances.zero_loss_factor * hessian.gradient.loss.rounding_loss;
    if (!stationary && !point.global) {
        point.verdict = Verdict::not_stationary;
        point.rule = Rule::gradient_test;
        return result;
    }
    execution.enter("Hessian spectrum");
    execution.report_or_throw("Hessian", 0.5);
    const Equilibrated equilibrated = equilibrate(hessian.value, hessian.magnitude);
    Uncertainty uncertainty = point_uncertainty(data, network, hessian, equilibrated, tolerances, execution);
    point.hessian = spectral_report(hessian.value, equilibrated, data.samples(), &uncertainty.hessian,
                                    tolerances.rounding_factor);
    execution.enter("verdicts");
    const PointResiduals residuals = point_residuals(data, network, execution);
    const PsiField psi(data, network, residuals, uncertainty.corrected ? &*uncertainty.corrected : nullptr,
                       tolerances, execution);
    const std::vector<bool> constant = locally_constant_neurons(data, network, execution);
    const PointContext context{data, network, tolerances, execution, uncertainty, residuals, psi, constant};
    if (point.global) {
        point.verdict = Verdict::local_minimum;
        point.rule = Rule::zero_loss;
        point.strict = point.hessian.inertia.zero == 0 && point.hessian.inertia.negative == 0;
    } else {
        classify_point(context, point);
    }
    result.neurons = classify_neurons(context, point, options);
    result.newton_step = std::move(uncertainty.step);
    return result;
}

}  // namespace tepui
