// S >= 0 where every c_g >= 0: the slope lies in the zonotope sum_g c_g [-u_g, u_g] (MATH.md section 9). The
// linear program
//     minimise sum_j |e_j|   subject to   slope = sum_g b_g u_g + e0 + e,  |b_g| <= c_g + its tolerance,
//     |e0_j|
//     <= its tolerance
// has the value max { -S(v) - tolerance(v) : |v_j| <= 1 }, attained at minus its duals: feasible with e = 0,
// or a direction in which S falls.
#include <cmath>
#include <limits>

#include "classification/directional/basis.hpp"
#include "classification/directional/nonnegative.hpp"
#include "linalg/linear_program.hpp"

namespace tepui {
namespace {

constexpr double kInside = 0.9;  // of each tolerance: the rest is for the solver's own

double bound(const ScaledForm& form, Size g) {
    return std::max(0.0, form.coefficients[g]) + kInside * form.coefficient_tolerance[g];
}

linalg::LinearProgram program_of(const ScaledForm& form) {
    const Size d = form.dimension(), kinks = form.kinks();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    linalg::LinearProgram program;
    program.columns = Matrix(kinks + 3 * d, d);
    program.right = form.slope;
    Size variable = 0;
    const auto add = [&](double cost, double lower, double upper) {
        program.cost.push_back(cost);
        program.lower.push_back(lower);
        program.upper.push_back(upper);
        return variable++;
    };
    for (Size g = 0; g < kinks; ++g) {
        const Size l = add(0.0, -bound(form, g), bound(form, g));
        for (Size j = 0; j < d; ++j) program.columns(l, j) = form.inputs(g, j);
    }
    for (Size j = 0; j < d; ++j) {
        const double slack = kInside * form.tolerance[j];
        program.columns(add(0.0, -slack, slack), j) = 1.0;
        program.columns(add(1.0, 0.0, infinity), j) = 1.0;
        program.columns(add(1.0, 0.0, infinity), j) = -1.0;
    }
    return program;
}

// The solver stops at its own tolerance: what lies strictly between its bounds is solved for again.
std::vector<double> sharpened(const ScaledForm& form, std::vector<double> b) {
    const Size d = form.dimension();
    std::vector<double> rest(form.slope);
    std::vector<Size> between;
    GrowingBasis basis(d);
    for (Size g = 0; g < form.kinks(); ++g) {
        const std::span<const double> u(form.inputs.row(g), static_cast<std::size_t>(d));
        if (std::abs(b[g]) < (1.0 - 1e-7) * bound(form, g) && basis.add(u)) {
            between.push_back(g);
            continue;
        }
        for (Size j = 0; j < d; ++j) rest[j] -= b[g] * u[j];
    }
    const std::vector<double> solved = basis.solve(rest);
    for (std::size_t l = 0; l < between.size(); ++l) b[between[l]] = solved[l];
    return b;
}

}  // namespace

void decide_zonotope(const KinkForm& form, const ScaledForm& scaled, SignAnswer& answer) {
    answer.method = SignMethod::zonotope;
    const std::optional<linalg::LinearSolution> solution = linalg::minimise(program_of(scaled));
    if (!solution) {
        answer.reason = SignReason::rounding;
        return;
    }
    std::vector<double> b(solution->x.begin(), solution->x.begin() + scaled.kinks());
    if (accept(scaled, b, answer) || accept(scaled, sharpened(scaled, b), answer)) {
        answer.answer = Answer::yes;
        return;
    }
    std::vector<double> w(solution->duals);
    for (double& component : w) component = -component;
    try_direction(form, scaled.original(w, form.dimension()), answer);
    if (answer.answer == Answer::undetermined) answer.reason = SignReason::rounding;
}

}  // namespace tepui
