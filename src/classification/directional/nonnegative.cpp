#include "classification/directional/nonnegative.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/linear_program.hpp"

namespace tepui {
namespace {

constexpr Size kProgramCost = 1024;  // rays that one linear program is worth
constexpr Size kMostPatterns = 20;   // negative coefficients: 2^20 patterns are beyond any budget

// No kinks: the clearest way down is against the component that exceeds its tolerance most.
void decide_linear(const KinkForm& form, const ScaledForm& scaled, SignAnswer& answer) {
    answer.method = SignMethod::linear;
    if (accept(scaled, {}, answer)) {
        answer.answer = Answer::yes;
        return;
    }
    std::vector<double> v(form.slope.size(), 0.0), steepest(v);
    Size worst = 0;
    double most = 0.0;
    for (Size j = 0; j < scaled.dimension(); ++j) {
        const double excess = std::abs(scaled.slope[j]) / scaled.tolerance[j];
        steepest[scaled.kept[j]] = -scaled.slope[j] / scaled.scale[j];
        if (!(excess > most)) continue;
        most = excess;
        worst = j;
    }
    v[scaled.kept[worst]] = -std::copysign(1.0 / scaled.scale[worst], scaled.slope[worst]);
    try_direction(form, v, answer);
    try_direction(form, steepest, answer);
}

// S is the least of the convex forms in which each negative c |v . u| is replaced by +c v . u or -c v . u.
bool decide_by_patterns(const KinkForm& form, const SignOptions& options, SignAnswer& answer) {
    std::vector<Size> negative, others;
    for (Size g = 0; g < form.kinks(); ++g) (form.coefficients[g] < 0.0 ? negative : others).push_back(g);
    const Size count = static_cast<Size>(negative.size());
    if (!options.linear_programs || !linalg::has_linear_programs() || count > kMostPatterns ||
        (Size{1} << count) > std::max<Size>(options.budget / kProgramCost, 1)) {
        return false;
    }
    answer.method = SignMethod::sign_patterns;
    bool all = true;
    double defect = 0.0, defect_tolerance = 0.0, margin = 1.0;
    for (Size pattern = 0; pattern < (Size{1} << count); ++pattern) {
        KinkForm convex = form.scaled(1.0);
        for (Size l = 0; l < count; ++l) {
            const double c =
                (pattern >> l & 1) != 0 ? form.coefficients[negative[l]] : -form.coefficients[negative[l]];
            for (Size j = 0; j < form.dimension(); ++j) {
                convex.slope[j] += c * form.inputs(negative[l], j);
            }
            convex.coefficients[negative[l]] = 0.0;
        }
        SignAnswer one;
        decide_zonotope(convex, ScaledForm(convex), one);
        if (one.answer == Answer::no) {
            try_direction(form, one.direction, answer);
            if (answer.answer == Answer::no) return true;
        }
        if (one.answer != Answer::yes) {
            all = false;
            continue;
        }
        if (one.defect >= defect) {
            defect = one.defect;
            defect_tolerance = one.defect_tolerance;
        }
        margin = std::min(margin, one.margin);
    }
    if (!all) {
        answer.reason = SignReason::rounding;
        return true;
    }
    answer.answer = Answer::yes;
    answer.defect = defect;
    answer.defect_tolerance = defect_tolerance;
    answer.margin = margin;
    return true;
}

}  // namespace

ScaledForm::ScaledForm(const KinkForm& form) {
    for (Size j = 0; j < form.dimension(); ++j) {
        if (!(form.slope_magnitude[j] > 0.0)) continue;
        kept.push_back(j);
        scale.push_back(form.slope_magnitude[j]);
        slope.push_back(form.slope[j] / scale.back());
        tolerance.push_back(form.slope_tolerance[j] / scale.back());
    }
    inputs = Matrix(form.kinks(), dimension());
    for (Size g = 0; g < form.kinks(); ++g) {
        double length = 0.0;
        for (Size j = 0; j < dimension(); ++j) {
            inputs(g, j) = form.inputs(g, kept[j]) / scale[j];
            length = std::hypot(length, inputs(g, j));
        }
        for (Size j = 0; j < dimension() && length > 0.0; ++j) inputs(g, j) /= length;
        coefficients.push_back(form.coefficients[g] * length);
        coefficient_tolerance.push_back(form.coefficient_tolerance[g] * length);
    }
}

std::vector<double> ScaledForm::original(std::span<const double> w, Size full) const {
    std::vector<double> v(full, 0.0);
    for (Size j = 0; j < dimension(); ++j) v[kept[j]] = w[j] / scale[j];
    return v;
}

bool accept(const ScaledForm& form, std::span<const double> b, SignAnswer& answer) {
    double margin = 1.0;
    std::vector<double> e(form.slope);
    for (std::size_t g = 0; g < b.size(); ++g) {
        const double c = form.coefficients[g];
        if (std::abs(b[g]) > c + form.coefficient_tolerance[g]) return false;
        margin = std::min(margin, c > 0.0 ? 1.0 - std::abs(b[g]) / c : 0.0);
        for (std::size_t j = 0; j < e.size(); ++j) e[j] -= b[g] * form.inputs(static_cast<Size>(g), j);
    }
    double worst = 0.0, defect = 0.0, allowed = 0.0;
    for (std::size_t j = 0; j < e.size(); ++j) {
        if (!(std::abs(e[j]) <= form.tolerance[j])) return false;
        const double ratio = form.tolerance[j] > 0.0 ? std::abs(e[j]) / form.tolerance[j] : 0.0;
        if (ratio < worst) continue;
        worst = ratio;
        defect = std::abs(e[j]);
        allowed = form.tolerance[j];
    }
    answer.defect = defect;
    answer.defect_tolerance = allowed;
    answer.margin = std::max(0.0, margin);
    return true;
}

void try_direction(const KinkForm& form, const std::vector<double>& v, SignAnswer& answer) {
    const double value = form.value(v), tolerance = form.tolerance(v);
    if (!(value < -tolerance)) return;
    double size = 0.0, former = 0.0;
    for (Size j = 0; j < form.dimension(); ++j) {
        size += form.slope_magnitude[j] * std::abs(v[j]);
        if (!answer.direction.empty()) former += form.slope_magnitude[j] * std::abs(answer.direction[j]);
    }
    if (!answer.direction.empty() && value / size >= answer.value / former) return;
    answer.answer = Answer::no;
    answer.reason = SignReason::none;
    answer.direction = v;
    answer.value = value;
    answer.defect = -value / size;
    answer.defect_tolerance = tolerance / size;
    answer.margin = -1.0;
}

SignAnswer nonnegative(const KinkForm& form, const SignOptions& options) {
    SignAnswer answer;
    const ScaledForm scaled(form);
    if (form.kinks() == 0) {
        decide_linear(form, scaled, answer);
        return answer;
    }
    if (decide_independent(form, scaled, answer) && answer.answer != Answer::undetermined) return answer;
    bool convex = true;
    for (Size g = 0; g < form.kinks(); ++g) {
        convex = convex && form.coefficients[g] >= -form.coefficient_tolerance[g];
    }
    const bool programs = options.linear_programs && linalg::has_linear_programs();
    if (convex && programs) {
        decide_zonotope(form, scaled, answer);
        if (answer.answer != Answer::undetermined) return answer;
    }
    if (decide_by_rays(form, scaled, options.budget, answer)) return answer;
    if (!convex && decide_by_patterns(form, options, answer)) return answer;
    if (answer.reason == SignReason::none) {
        answer.reason = programs ? SignReason::budget : SignReason::no_linear_programs;
    }
    return answer;
}

}  // namespace tepui
