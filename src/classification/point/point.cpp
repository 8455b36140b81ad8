// The verdict on the narrow point (MATH.md sections 4, 10).
#include <algorithm>
#include <cmath>

#include "classification/escape/escape.hpp"
#include "classification/escape/locally_constant.hpp"
#include "classification/point/continuous_symmetry.hpp"
#include "classification/point/parts.hpp"
#include "classification/spectrum/hidden_slope.hpp"

namespace tepui {
namespace {

// Parameters that the outputs do not depend on near the point: weights of locally constant neurons, and their
// output weights where the constant is zero.
Size idle_parameters(const PointOnData& context) {
    const bool idle_output = flat_value(context.network().activation) == 0.0;
    Size count = 0;
    for (const bool constant : context.constant()) {
        if (constant) count += context.network().inputs + (idle_output ? 1 : 0);
    }
    return count;
}

// Output weights of neurons that are zero everywhere, w = 0 and sigma(0) = 0: at a stationary point they do
// not matter to second order.
Size silent_outputs(const PointOnData& context) {
    const Network& network = context.network();
    if (network.activation.traits().value_at_zero != 0.0) return 0;
    Size count = 0;
    for (Size i = 0; i < network.width; ++i) {
        const double* w = network.weights(i);
        const bool silent = std::all_of(w, w + network.inputs, [](double v) { return v == 0.0; });
        if (silent && network.output(i) != 0.0 && !context.constant()[i]) ++count;
    }
    return count;
}

// How null neurons can move to where psi is not zero: by the lowest order found.
struct NullNeuronLeave {
    std::optional<PsiDirection> best;
    Size neuron = 0;
    bool saddle = false;  // some neuron can, known by a direction or by theory alone
};

NullNeuronLeave leave_by_null_neuron(const PointOnData& context) {
    NullNeuronLeave leave;
    for (Size i = 0; i < context.network().width; ++i) {
        if (context.network().output(i) != 0.0) continue;
        std::optional<PsiDirection> found = context.psi().leave(i);
        leave.saddle = leave.saddle || found || context.effective_by_theory();
        if (!found || (leave.best && leave.best->order <= found->order)) continue;
        leave.best = std::move(found);
        leave.neuron = i;
    }
    return leave;
}

}  // namespace

bool stationarity(const Gradient& gradient, const Tolerances& tolerances, PointReport& report) {
    report.gradient_norm = gradient.norm();
    report.gradient_relative = 0.0;
    report.stationarity_tolerance = tolerances.stationarity;
    double worst = 0.0;
    for (std::size_t j = 0; j < gradient.value.size(); ++j) {
        const double value = std::abs(gradient.value[j]), magnitude = gradient.magnitude[j];
        if (value == 0.0 || !(magnitude > 0.0)) continue;
        const double allowed = zero_slope(gradient.loss, magnitude, gradient.rounding[j], tolerances);
        const double ratio = allowed > 0.0 ? value / allowed : std::numeric_limits<double>::infinity();
        if (!(ratio > worst)) continue;
        worst = ratio;
        report.gradient_relative = value / magnitude;
        report.stationarity_tolerance = allowed / magnitude;
    }
    return worst <= 1.0;
}

Size explained_zeros(const PointOnData& context, const SpectralReport& hessian) {
    if (hessian.inertia.zero == 0) return 0;
    const Size idle = idle_parameters(context) + silent_outputs(context);
    if (hessian.inertia.zero <= idle) return hessian.inertia.zero;
    const ContinuousSymmetry symmetry(context.data(), context.network(), context.constant(),
                                      context.execution());
    return std::min(hessian.inertia.zero, idle + symmetry.dimension());
}

void classify_point(const PointOnData& context, PointReport& report) {
    const SpectralReport& hessian = report.hessian;
    if (hessian.inertia.negative > 0) {
        report.verdict = Verdict::saddle;
        report.rule = Rule::hessian_negative_eigenvalue;
    } else if (hessian.inertia.zero == 0) {
        report.verdict = hessian.counted ? Verdict::local_minimum : Verdict::indicated_minimum;
        report.rule = hessian.counted ? Rule::hessian_positive_definite : Rule::smallest_ritz_value;
        report.strict = hessian.counted;
    } else if (leave_by_null_neuron(context).saddle) {
        report.verdict = Verdict::saddle;
        report.rule = Rule::null_neuron;
    } else if (hessian.inertia.zero == idle_parameters(context)) {
        // Rows of idle parameters are exactly zero, so the Hessian of the others is positive definite.
        report.verdict = hessian.counted ? Verdict::local_minimum : Verdict::indicated_minimum;
        report.rule = hessian.counted ? Rule::hessian_positive_definite : Rule::smallest_ritz_value;
    } else if (hessian.counted && hessian.inertia.zero == report.explained_zeros) {
        report.verdict = Verdict::local_minimum;
        report.rule = Rule::symmetry_orbit;
    } else {
        report.verdict = Verdict::undetermined;
        report.rule = Rule::degenerate_hessian;
    }
}

std::optional<Witness> point_escape(const PointOnData& context, const PointReport& report) {
    if (report.rule == Rule::hessian_negative_eigenvalue)
        return escape_along(context.network(), report.hessian.v_negative, report.hessian.curvature_negative);
    if (report.rule != Rule::null_neuron) return std::nullopt;
    const NullNeuronLeave leave = leave_by_null_neuron(context);
    if (!leave.best) return std::nullopt;
    return escape_null_neuron(context.network(), leave.neuron, *leave.best);
}

}  // namespace tepui
