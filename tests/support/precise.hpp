// The objective and its derivatives by plain loops in 60-digit arithmetic, straight from MATH.md section 1,
// and what is needed to know the exact stationary point near a given one: Newton's method, eigenvalues,
// least-norm corrections. Slow and small: for truths that double precision cannot see.
#pragma once

#include <optional>
#include <vector>

#include "kernels/activation_truth.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"

namespace tepui::test {

using Precise = truth::Real;
using PreciseVector = std::vector<Precise>;

struct PreciseJet {
    Precise value, first, second, third;
};
PreciseJet precise_jet(const Activation& activation, const Precise& z);

// Data of a problem, each double taken exactly; targets may be replaced by ones that no double holds.
struct PreciseProblem {
    PreciseProblem(const Dataset& data, const Network& network);

    Activation activation;
    Size samples, inputs, width;
    PreciseVector x;  // [samples][inputs], bias included
    PreciseVector targets, weights;

    Size parameter_count() const { return width * (inputs + 1); }
    PreciseVector outputs(const PreciseVector& point) const;
    Precise loss(const PreciseVector& point) const;
};
PreciseVector precise_point(const std::vector<double>& parameters);

struct PreciseSums {
    Precise loss;
    PreciseVector residuals;
    PreciseVector gradient, gradient_terms;  // [P]; terms: the sums of absolute values
    PreciseVector hessian;                   // [P][P]
    std::vector<PreciseVector> inner;        // of each neuron, [d][d]
    // max_j |gradient_j| / gradient_terms_j
    double gradient_relative() const;
};
PreciseSums precise_sums(const PreciseProblem& problem, const PreciseVector& point);

// Row k: the derivatives of f(x_k) by the parameters.
std::vector<PreciseVector> precise_jacobian(const PreciseProblem& problem, const PreciseVector& point);

// Eigenvalues in ascending order, by Jacobi's method; vectors[l] belongs to the l-th when asked for.
PreciseVector precise_eigenvalues(PreciseVector matrix, Size order,
                                  std::vector<PreciseVector>* vectors = nullptr);

// Signs of eigenvalues; those within 1e-30 of the largest are zero.
struct PreciseInertia {
    Size negative = 0, zero = 0, positive = 0;
    bool positive_definite() const { return negative == 0 && zero == 0; }
};
PreciseInertia precise_inertia(const PreciseVector& eigenvalues);

// Newton's method: the exact stationary point near `start`, where the Hessian is not singular. Empty when the
// iteration does not converge or leaves the ball of that relative radius.
struct Refined {
    PreciseVector point;
    PreciseSums sums;
    PreciseVector eigenvalues;  // of the Hessian
    PreciseInertia inertia;
    double distance = 0.0;  // from the start, relative to its length
};
std::optional<Refined> refine(const PreciseProblem& problem, const PreciseVector& start, double radius);

// A linear system by elimination with row pivots; empty when it is singular.
std::optional<PreciseVector> precise_solve(PreciseVector matrix, PreciseVector right);
// `start` moved the least distance into rows . v = right; empty when they contradict each other.
std::optional<PreciseVector> least_norm_change(const std::vector<PreciseVector>& rows,
                                               const PreciseVector& right, const PreciseVector& start);

}  // namespace tepui::test
