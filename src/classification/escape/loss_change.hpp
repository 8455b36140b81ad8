// The change of the loss between two networks, without the cancellation of subtracting two losses (MATH.md
// section 5).
#pragma once

#include <span>
#include <vector>

#include "network/derivatives/objective.hpp"

namespace tepui {

struct LossChange {
    double value = 0.0;  // infinite when an activation overflows at the moved neurons
    double error = 0.0;  // bound on its rounding error; 0 when it was not asked for
};

// a is the better evidence of a descent than b: the larger proven decrease or, where neither is proven, the
// one nearer to it.
bool falls_further(const LossChange& a, const LossChange& b);

// The residuals r = l'(f, y) of a point of one output, f - y of the squared loss, shared by everything
// measured from it or from a split of it (the same function).
struct PointResiduals {
    Buffer<double> values;  // one per sample
    double error = 0.0;     // sqrt(sum s e^2), e_k the rounding error bound of r_k
    double size = 0.0;      // sqrt(sum s r^2 / sum s)
    // Of other losses than the squared one, of each sample: f, its error and l''; else empty.
    Buffer<double> f, f_error, bends;

    double bend(Size k) const { return bends.size() > 0 ? bends[k] : 1.0; }
};
PointResiduals point_residuals(const Dataset& data, const Network& network, const Execution& execution);
// From the residuals and the loss that another pass has left, of the squared loss.
PointResiduals point_residuals(const Dataset& data, Buffer<double> residuals, const LossValue& loss);
// Error of the residuals relative to their size, at most 1: 1 when they are zero.
double relative_error(const Dataset& data, const PointResiduals& residuals);

// Points of one network's shape, reached from that network.
struct Moves {
    const Network* from;
    std::span<const std::vector<double>> to;
};

// L(to) - L(from) of every point of every move, one after the other, in one pass over the data and from the
// moved neurons alone: sum_k s_k (r_k D_k + D_k^2 / 2), or the loss's own difference, with D = f(to) -
// f(from) and compensated sums. The networks compute one function, of which the residuals are, and have one
// activation and number of inputs.
std::vector<LossChange> loss_changes(const Dataset& data, const PointResiduals& residuals,
                                     std::span<const Moves> moves, bool with_error,
                                     const Execution& execution);

// Root mean square over the samples of the largest preactivation change, and of the change of f.
struct Displacement {
    double preactivation = 0.0;
    double output = 0.0;
};
std::vector<Displacement> displacements(const Dataset& data, std::span<const Moves> moves,
                                        const Execution& execution);

// The changes from one network.
class LossChanges {
  public:
    LossChanges(const Dataset& data, const Network& from, const PointResiduals& residuals,
                const Execution& execution)
        : data_(data), from_(from), residuals_(residuals), execution_(execution) {}

    std::vector<LossChange> evaluate(std::span<const std::vector<double>> to, bool with_error) const;
    LossChange evaluate(const std::vector<double>& to) const;

  private:
    const Dataset& data_;
    const Network& from_;
    const PointResiduals& residuals_;
    const Execution& execution_;
};

LossChange loss_change(const Dataset& data, const Network& from, const std::vector<double>& to,
                       const Execution& execution);

}  // namespace tepui
