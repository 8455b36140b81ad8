// Points where psi(w) = 0, and a neuron of output weight zero leaves a stationary point stationary: a
// hypersurface for one output, of as many equations as outputs pull in independent directions for several
// (MATH.md sections 4, 7, 14).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "classification/escape/psi.hpp"
#include "core/random.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {

class PsiZeros {
  public:
    // pulls: of a stationary point, one a sample each: the residuals, or g over the sample's weight in each
    // of linearly independent directions of the outputs. Everything given must outlive the object.
    PsiZeros(const Dataset& data, std::vector<std::span<const double>> pulls, const Activation& activation,
             const Execution& execution);

    Size equations() const noexcept { return static_cast<Size>(pulls_.size()); }

    struct Zero {
        std::vector<double> w;
        double residual = 0.0;  // |psi(w)| over the sum of its absolute terms
    };
    // On a random line through the region where preactivations are of the order of 1: a change of sign of psi
    // is bracketed and narrowed by Newton's method, kept inside by bisection, until psi is zero within the
    // rounding of its sum. Where it is so only at w = 0, that is the zero: beside it every term of the sum
    // vanishes with psi. Of several equations Newton's method begins at random weights, and a zero counts
    // where they are independent; none is looked for where there are more equations than inputs. Empty when
    // no zero is found in a number of attempts.
    std::optional<Zero> find(Random& random) const;

    // A zero some step away from a given one: a random move of that size (root mean square of the
    // preactivation) along the tangent of psi = 0, and back to it by Newton's method. Empty when that does
    // not succeed.
    std::optional<Zero> near(std::span<const double> w, double step, Random& random) const;

    // psi is somewhere further from zero than rounding explains: then, for an analytic activation, it is not
    // identically zero near any w. Judged by the lines searched until now.
    bool vanishes_everywhere() const noexcept { return !seen_nonzero_; }

  private:
    struct Line {
        std::vector<double> start, direction;
        std::vector<double> at(double t) const;
    };
    struct Value {
        double psi = 0.0, slope = 0.0, tolerance = 0.0, magnitude = 0.0;
        int sign() const { return psi > tolerance ? 1 : (psi < -tolerance ? -1 : 0); }
    };
    Line random_line(Random& random) const;
    Value value(const Line& line, double t) const;
    // Signs of psi at the ends of the cells, in one pass.
    std::vector<int> signs(const Line& line, std::span<const double> t) const;
    Value judged(const Psi& psi) const;
    std::optional<Zero> narrow_down(const Line& line, double low, double high, int sign_low) const;
    // The equations and their slopes at w, scaled to tolerances of 1; none where something overflows.
    struct System;
    std::optional<System> system(const std::vector<double>& w) const;
    // To a point where all are zero and independent.
    std::optional<Zero> solve(std::vector<double> w) const;
    std::optional<Zero> solve_near(std::span<const double> w, double step, Random& random) const;
    // w = 0, where it is a zero that w is near to.
    std::optional<Zero> origin_near(const std::vector<double>& w) const;

    const Dataset& data_;
    std::vector<std::span<const double>> pulls_;
    std::span<const double> residuals_;  // the first of them
    const Activation& activation_;
    const Execution& execution_;
    std::vector<double> input_size_;  // root mean square of each input
    double rounding_ = 0.0;
    mutable bool seen_nonzero_ = false;
};

}  // namespace tepui
