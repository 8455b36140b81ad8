// The sign of the fourth-order form of a split (MATH.md section 6).
#include <algorithm>
#include <cmath>

#include "classification/escape/daughter_moments.hpp"
#include "classification/escape/fourth_order.hpp"
#include "classification/escape/quartic_form.hpp"

namespace tepui {
namespace {

constexpr double kRounding = 1e-13;  // of sums of a few products, relative to their terms

// alpha R + beta M as a matrix, with a bound on the Frobenius norm of its error.
struct Combination {
    std::vector<double> matrix;
    double error = 0.0;
};

Combination combine(const FourthOrder& form, double alpha, double beta) {
    Combination result{std::vector<double>(form.daughters.size()), 0.0};
    double terms = 0.0;
    for (std::size_t e = 0; e < result.matrix.size(); ++e) {
        const double daughters = alpha * form.daughters[e], together = beta * form.together[e];
        result.matrix[e] = daughters + together;
        terms = std::hypot(terms, std::abs(daughters) + std::abs(together));
    }
    result.error =
        std::abs(alpha) * form.daughters_error + std::abs(beta) * form.together_error + kRounding * terms;
    return result;
}

Size variables(const FourthOrder& form) {
    return static_cast<Size>(form.basis.size());
}

bool positive(const FourthOrder& form, double alpha, double beta) {
    const Combination q = combine(form, alpha, beta);
    return std::isfinite(q.error) && sum_of_squares_bound(q.matrix, variables(form)) > q.error;
}

// A null vector, as its coordinates, where alpha R + beta M is negative; empty when none is found.
std::vector<double> negative(const FourthOrder& form, double alpha, double beta) {
    const Combination q = combine(form, alpha, beta);
    if (!std::isfinite(q.error)) return {};
    std::vector<double> v = smallest_found(q.matrix, variables(form));
    if (!(quartic(q.matrix, v) < -q.error)) v.clear();
    return v;
}

FourthOrderSign way_down(const FourthOrder& form, const DaughterMotionMoments& motion,
                         const std::vector<double>& coordinates) {
    FourthOrderSign found{FormSign::negative, std::vector<double>(form.basis[0].size(), 0.0), motion.t};
    for (std::size_t l = 0; l < form.basis.size(); ++l) {
        for (std::size_t j = 0; j < found.v.size(); ++j) found.v[j] += coordinates[l] * form.basis[l][j];
    }
    return found;
}

// Of all u_j at once. By Jensen's inequality, with R (Gamma-: -R) a sum of squares, the form is at least (R +
// M)(S). S has any rank, so that neither matrix may be exchanged for another one of the same polynomial.
bool positive_by_jensen(const FourthOrder& form, bool gamma_plus) {
    const auto proven = [&](double alpha, double beta) {
        const Combination q = combine(form, alpha, beta);
        return std::isfinite(q.error) && smallest_eigenvalue(q.matrix, variables(form)) > q.error;
    };
    return proven(gamma_plus ? 1.0 : -1.0, 0.0) && proven(1.0, 1.0);
}

}  // namespace

FourthOrderSign fourth_order_sign(const FourthOrder& form, std::span<const double> gamma) {
    constexpr std::size_t kMostMixed = 10;
    const auto positives = std::count_if(gamma.begin(), gamma.end(), [](double g) { return g > 0.0; });
    const bool plus = positives == static_cast<std::ptrdiff_t>(gamma.size());
    if (!plus && positives != 1) {
        // H_i = 0: ways down are looked for, and nothing is proven positive.
        if (gamma.size() > kMostMixed) return {};
        for (const DaughterMotionMoments& motion : grouped_motions(gamma)) {
            const std::vector<double> v = negative(form, motion.fourth, motion.square * motion.square);
            if (!v.empty()) return way_down(form, motion, v);
        }
        return {};
    }
    const MomentRange range = moment_range(gamma);
    for (const DaughterMotionMoments* motion : {&range.lowest, &range.highest}) {
        const std::vector<double> v = negative(form, motion->ratio(), 1.0);
        if (!v.empty()) return way_down(form, *motion, v);
    }
    const bool along_a_line = form.basis.size() == 1 || gamma.size() == 2;
    const bool everywhere = along_a_line ? std::isfinite(range.least) && positive(form, range.least, 1.0) &&
                                               positive(form, range.greatest, 1.0)
                                         : positive_by_jensen(form, plus);
    return {everywhere ? FormSign::positive : FormSign::open, {}, {}};
}

// sum gamma t^4 / (sum gamma t^2)^2 is at least 1 on Gamma+ and negative on Gamma-.
FormSign fourth_order_sign(const FourthOrder& form, bool gamma_plus) {
    if (positive_by_jensen(form, gamma_plus)) return FormSign::positive;
    const double way = gamma_plus ? 1.0 : -1.0;
    if (!gamma_plus && form.basis.size() == 1 && positive(form, way, 0.0) && positive(form, 0.0, 1.0))
        return FormSign::positive;
    const Combination daughters = combine(form, way, 0.0);
    const std::vector<double> v = negative(form, gamma_plus ? 1.0 : 0.0, 1.0);
    const bool negative_for_all = !v.empty() && quartic(daughters.matrix, v) < -daughters.error;
    return negative_for_all ? FormSign::negative : FormSign::open;
}

bool vanishes(const FourthOrder& form) {
    const auto zero = [](const Combination& q) {
        double norm = 0.0;
        for (const double entry : q.matrix) norm = std::hypot(norm, entry);
        return !(norm > q.error);
    };
    return zero(combine(form, 1.0, 0.0)) && zero(combine(form, 0.0, 1.0));
}

}  // namespace tepui
