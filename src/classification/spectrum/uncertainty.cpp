#include "classification/spectrum/uncertainty.hpp"

#include "network/evaluable.hpp"
#include "network/hessian.hpp"

#include <cmath>
#include <limits>

namespace tepui {

std::vector<double> pseudo_solve(const Equilibrated& equilibrated, double tau,
                                 const std::vector<double>& gradient) {
    const Size size = static_cast<Size>(gradient.size());
    std::vector<double> step(gradient.size(), 0.0);
    for (Size l = 0; l < size; ++l) {
        const double lambda = equilibrated.eigen.values[l];
        if (std::abs(lambda) <= tau) continue;
        const double* u = equilibrated.eigen.vectors.row(l);
        double component = 0.0;
        for (Size j = 0; j < size; ++j) component += u[j] * equilibrated.scaling.scale[j] * gradient[j];
        component /= lambda;
        for (Size j = 0; j < size; ++j) step[j] += component * u[j] * equilibrated.scaling.scale[j];
    }
    return step;
}

double relative_residual_error(const LossValue& loss) {
    return loss.loss > 0.0 ? std::min(1.0, std::sqrt(loss.rounding_loss / loss.loss)) : 1.0;
}

void doubt_hidden_zeros(const HessianValue& hessian, Size width, SpectralReport& report) {
    constexpr double kVisible = 1e-6;  // tau beside the scaled diagonal entry
    if (report.inertia.zero == 0) return;
    const Size size = hessian.value.rows();
    for (Size j = size - width; j < size; ++j) {
        const double entry = hessian.value(j, j);  // a sum of squares: its own absolute terms
        if (entry > 0.0 && report.tau * (hessian.magnitude[j] / entry) > kVisible) report.zero_level = 1.0;
    }
}

Uncertainty point_uncertainty(const Dataset& data, const Network& network, const HessianValue& hessian,
                              const Equilibrated& equilibrated, const Tolerances& tolerances,
                              const Execution& execution) {
    const Size size = network.parameter_count();
    Uncertainty result;
    result.residual = relative_residual_error(hessian.gradient.loss);
    result.hessian = Matrix(size, size);

    const double tau = thresholds(equilibrated, data.samples(), nullptr, tolerances.rounding_factor).tau;
    std::vector<double> step = pseudo_solve(equilibrated, tau, hessian.gradient.value);
    Network corrected = network;
    for (Size p = 0; p < size; ++p) corrected.parameters[p] -= step[p];
    if (corrected.parameters == network.parameters) return result;
    try {
        result.corrected_residuals = Buffer<double>(data.samples());
        const HessianValue moved =
            hessian_and_residuals(data, corrected, execution, result.corrected_residuals.data());
        for (Size i = 0; i < size; ++i) {
            for (Size j = 0; j < size; ++j)
                result.hessian(i, j) += std::abs(moved.value(i, j) - hessian.value(i, j));
        }
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        result.corrected_residuals = {};
        result.corrected_failed = true;
        for (Size i = 0; i < size; ++i) {
            for (Size j = 0; j < size; ++j) {
                result.hessian(i, j) += std::sqrt(hessian.magnitude[i] * hessian.magnitude[j]);
            }
        }
        return result;
    }
    result.step = std::move(step);
    result.corrected = std::move(corrected);
    return result;
}

}  // namespace tepui
