// Numbered options: one table for the setters, getters and bounds.
#pragma once

#include <vector>

#include "classification/directional/directional.hpp"
#include "classification/spectrum/neuron_method.hpp"
#include "classification/spectrum/tolerances.hpp"
#include "solve/solve.hpp"
#include "splitting/reduction.hpp"
#include "tepui/context.h"

namespace tepui::api {

struct Options {
    Size threads = 0;
    Size seed = 1;
    Size gathered_values = Size{1} << 23;
    double stationarity = Tolerances{}.stationarity;
    double rounding_factor = Tolerances{}.rounding_factor;
    double zero_loss_factor = Tolerances{}.zero_loss_factor;
    Size neuron_method = static_cast<Size>(AnalysisOptions{}.neuron_method);
    Size analysis_scope = static_cast<Size>(AnalysisOptions{}.scope);
    Size hessian_method = static_cast<Size>(AnalysisOptions{}.hessian_method);
    Size gram_precision = static_cast<Size>(AnalysisOptions{}.gram_precision);
    Size ways_down = static_cast<Size>(WaysDown::needed);
    Size solve_target = static_cast<Size>(SolveOptions{}.target);
    Size solve_starts = SolveOptions{}.starts;
    Size solve_max_iterations = SolveOptions{}.max_iterations;
    double solve_tolerance = SolveOptions{}.gradient_tolerance;
    double solve_divergence = SolveOptions{}.divergence_factor;
    double reduce_weights = ReductionTolerances{}.weights;
    double reduce_outputs = ReductionTolerances{}.outputs;

    double kink_tolerance = KinkOptions{}.tolerance;
    Size sign_budget = SignOptions{}.budget;

    // All of them, as they are.
    std::vector<Size> integers() const;
    std::vector<double> reals() const;

    Tolerances tolerances() const;
    AnalysisOptions analysis() const;
    SolveOptions solve() const;
    ReductionTolerances reduction() const;
    DirectionalOptions directional() const;
};

template <class Value>
struct OptionEntry {
    tepui_option number;
    const char* name;
    Value lower, upper;  // both accepted
    Value Options::*member;
};

// Throw Error(invalid_value) when the number is unknown or belongs to an option of the other kind.
const OptionEntry<Size>& integer_option(tepui_option number);
const OptionEntry<double>& real_option(tepui_option number);

}  // namespace tepui::api
