// S >= 0 where the kinks' inputs are linearly independent: slope = sum_g b_g u_g + e has one b, and S >= 0
// exactly when e = 0 and |b_g| <= c_g for every g.
#include <cmath>

#include "classification/directional/basis.hpp"
#include "classification/directional/nonnegative.hpp"

namespace tepui {
namespace {

std::span<const double> row(const Matrix& matrix, Size g) {
    return {matrix.row(g), static_cast<std::size_t>(matrix.cols())};
}

}  // namespace

bool decide_independent(const KinkForm& form, const ScaledForm& scaled, SignAnswer& answer) {
    if (scaled.kinks() > scaled.dimension()) return false;
    GrowingBasis basis(scaled.dimension());
    for (Size g = 0; g < scaled.kinks(); ++g) {
        if (!basis.add(row(scaled.inputs, g))) return false;
    }
    answer.method = SignMethod::independent;
    std::vector<double> b = basis.solve(scaled.slope), right(b.size(), 0.0);
    if (accept(scaled, b, answer)) {
        answer.answer = Answer::yes;
        return true;
    }
    // v . u_h = -sign(b_g) [h = g] gives S(v) = c_g - |b_g|.
    for (std::size_t g = 0; g < b.size(); ++g) {
        if (std::abs(b[g]) <= scaled.coefficients[g]) continue;
        right[g] = -std::copysign(1.0, b[g]);
        try_direction(form, scaled.original(basis.dual(right), form.dimension()), answer);
        right[g] = 0.0;
    }
    std::vector<double> e = basis.remainder(scaled.slope);
    for (double& component : e) component = -component;
    try_direction(form, scaled.original(e, form.dimension()), answer);
    if (answer.answer == Answer::undetermined) {
        // Within the tolerances of S, or nearly so: clamp what exceeds them.
        for (std::size_t g = 0; g < b.size(); ++g) {
            const double most = std::max(0.0, scaled.coefficients[g]) + scaled.coefficient_tolerance[g];
            b[g] = std::copysign(std::min(std::abs(b[g]), most), b[g]);
        }
        if (accept(scaled, b, answer)) {
            answer.answer = Answer::yes;
        } else {
            answer.reason = SignReason::rounding;
        }
    }
    return true;
}

}  // namespace tepui
