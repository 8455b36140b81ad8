// Losses l(f, y) of K outputs, sample by sample, with what rounding of the outputs makes of them (MATH.md
// section 1). No other file knows which loss it is.
#pragma once

#include "core/sizes.hpp"

namespace tepui {

// Of samples [0, count): rows with their samples contiguous, `stride` apart.
struct OutputRows {
    Size outputs, count, stride;
    const double* f;        // [outputs]
    const double* error;    // [outputs]: f - y is within it of the exact one
    const double* targets;  // [targets of the data set]
    const double* weights;  // [1]: s
};

struct LossRows {
    double* value;           // [1]: s l
    double* rounding;        // [1]: s l where f is wrong by its error and exact would be 0
    double* gradient;        // [outputs]: g = s dl/df
    double* gradient_error;  // [outputs]: g is within it of the exact one
    double* hessian;         // [hessian_rows(outputs)]: G = s d2l/df2
};

class Loss {
  public:
    virtual ~Loss() = default;
    virtual void evaluate(const OutputRows& rows, const LossRows& out) const = 0;
    // G is c I for every number of outputs: one row, c. Else its lower triangle, row by row. With one output
    // both are the same.
    virtual bool scalar_hessian() const = 0;
    // l(f + change, y) - l(f, y) of one sample, not by subtracting, and what errors of f - y and of the
    // change make of it. Arrays of K (targets: as many as a sample has).
    struct Difference {
        double value = 0.0, error = 0.0;
    };
    virtual Difference difference(Size outputs, const double* f, const double* target, const double* change,
                                  const double* change_error) const = 0;

    // G = s I whatever f is: the best output weights are one linear solve away.
    virtual bool quadratic() const { return false; }
    // Where l(f, y) is below this, l(t f, y) falls for all t >= 1: classes that are told apart (log 2 for
    // labels). 0: nowhere.
    virtual double separated_below(Size /*outputs*/, const double* /*target*/) const { return 0.0; }

    Size hessian_rows(Size outputs) const { return scalar_hessian() ? 1 : triangle(outputs); }
};

// (f - y)^2 / 2 summed over the outputs.
const Loss& squared_loss();
// y . f: g = s y whatever f is. Its gradient by a_i is psi(w_i) = sum s y sigma(w_i . x) of the given
// targets, its inner Hessians those of psi: how sums at weights that are not the network's are made.
const Loss& linear_loss();

}  // namespace tepui
