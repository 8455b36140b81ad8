// Small problems whose residual is steered in 60 digits (MATH.md section 11): linear conditions on r make the
// point stationary, an inner Hessian or the Hessian itself have a wanted eigenvalue; targets are f - r,
// rounded, and may be shifted by a few units in the last place until an eigenvalue of the exact stationary
// point of the rounded data has the size that is wanted.
#pragma once

#include <functional>
#include <optional>

#include "core/random.hpp"
#include "support/judged.hpp"
#include "support/precise.hpp"

namespace tepui::test {

Size draw_size(Random& random, Size first, Size last);
Activation draw_smooth(Random& random);  // analytic, without continuous symmetry
// Inputs normal; w of length near 1.2, |a| in 0.4 .. 1.4, targets 0.
SmallProblem draw_problem(const Activation& activation, Size samples, Size features, bool bias, Size width,
                          Random& random);

class Steering {
  public:
    explicit Steering(const SmallProblem& problem);

    const PreciseProblem& precise() const { return precise_; }
    const PreciseVector& point() const { return point_; }
    // J^T S J, the Hessian without residual.
    PreciseVector gauss_newton() const;

    void make_stationary();                                             // J^T S r = 0
    void set_inner(Size i, const PreciseVector& target);                // H_i(r) = target
    void set_curvature(const PreciseVector& u, const Precise& lambda);  // Hess(r) u = lambda u
    void silence_third(const PreciseVector& u);                         // D^3 L(u, u, u) = 0
    // Samples p and q have the same residual.
    void equate(Size p, Size q);
    // Length of the rows of H_i(r): what a residual of size 1 gives, roughly.
    Precise inner_scale(Size i) const;

    // A random residual of that size moved the least distance; empty when the conditions contradict each
    // other.
    std::optional<PreciseVector> residual(double size, Random& random) const;

  private:
    Precise along(const PreciseVector& u, Size i, Size k) const;  // u_wi . x_k

    PreciseProblem precise_;
    PreciseVector point_;
    std::vector<std::vector<PreciseJet>> jets_;  // [samples][width]
    std::vector<PreciseVector> jacobian_;
    std::vector<PreciseVector> rows_;
    PreciseVector right_;
};

void set_targets(SmallProblem& problem, const PreciseVector& residuals);

// Shifts targets by up to two units in the last place so that value(refined point) comes near `wanted`;
// pairs: targets 2 k and 2 k + 1 are the same and stay so. Returns the refined point of the new targets.
std::optional<Refined> tune(SmallProblem& problem, const Refined& start, const Precise& wanted, bool pairs,
                            const std::function<Precise(const Refined&)>& value, Random& random);

// The eigenvalue nearest to zero.
Precise smallest(const PreciseVector& eigenvalues);

}  // namespace tepui::test
