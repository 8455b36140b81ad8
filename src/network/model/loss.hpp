// Losses l(f, y) of K outputs, sample by sample, with what rounding of the outputs makes of them (MATH.md
// section 1). No other file knows which loss it is.
#pragma once

#include <memory>

#include "core/sizes.hpp"
#include "vocabulary/losses.hpp"

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
    double* value;     // [1]: s l
    double* rounding;  // [1]: s M e^2 / 2 with M >= l'' near f: what l is where f is wrong by its error e
                       // and exact would be the least. |g| e <= 2 sqrt(s l) sqrt(this)
    double* gradient;  // [outputs]: g = s dl/df
    double* gradient_error;  // [outputs]: g is within it of the exact one
    double* hessian;         // [hessian_rows(outputs)]: G = s d2l/df2
};

// One sample whose outputs move from f to f + change. Arrays of K (targets: as many as a sample has).
struct OutputChange {
    Size outputs;
    const double *f, *f_error;  // f - target is within f_error of the exact one
    const double* target;
    const double *change, *change_error;
};

class Loss {
  public:
    virtual ~Loss() = default;
    virtual LossKind kind() const = 0;
    // Samples are independent; called from several threads at once.
    virtual void evaluate(const OutputRows& rows, const LossRows& out) const = 0;
    // G is c I for every number of outputs: one row, c. Else its lower triangle, row by row. With one output
    // both are the same.
    virtual bool scalar_hessian() const = 0;
    // l(f + change, y) - l(f, y), not by subtracting, and what errors of f - y and of the change make of it.
    struct Difference {
        double value = 0.0, error = 0.0;
    };
    virtual Difference difference(const OutputChange& change) const = 0;

    virtual double parameter() const { return 0.0; }  // delta of the pseudo-Huber loss
    virtual bool convex() const { return true; }
    // l(f + c 1, y) = l(f, y): outputs are known up to a constant that all share.
    virtual bool shift_invariant() const { return false; }
    // Whether l takes in an output with this target; of those alone it is shift invariant, then.
    virtual bool sees(double /*target*/) const { return true; }
    // 0 is the least value of l(., y) for every y, and taken where f = y.
    virtual bool zero_is_least() const { return false; }
    // l is affine in y but for a term that f is not in: samples that share their inputs are one sample of the
    // sum of their weights with the mean of their targets.
    virtual bool targets_average() const { return true; }
    // G = s I whatever f is: the best output weights are one linear solve away.
    virtual bool quadratic() const { return false; }
    // Where l(f, y) is below this, l(t f, y) falls for all t >= 1: classes that are told apart (log 2 for
    // labels). 0: nowhere.
    virtual double separated_below(Size /*outputs*/, const double* /*target*/) const { return 0.0; }
    // The f at which the loss of one target, or of the mean of several, is least; where that is at infinity,
    // a far one.
    virtual void best_output(Size outputs, const double* target, double* f) const = 0;
    // A clause saying what is expected of a target; null where this is one.
    virtual const char* refused(Size outputs, const double* target) const = 0;

    Size hessian_rows(Size outputs) const { return scalar_hessian() ? 1 : triangle(outputs); }
};

// (f - y)^2 / 2 summed over the outputs.
const Loss& squared_loss();
// y . f: g = s y whatever f is. Its gradient by a_i is psi(w_i) = sum s y sigma(w_i . x) of the given
// targets, its inner Hessians those of psi: how sums at weights that are not the network's are made.
const Loss& linear_loss();
// log(1 + e^f) - y f summed over the outputs, y in [0, 1].
const Loss& logistic_loss();
// logsumexp(f) - y . f, y >= 0 with sum 1.
const Loss& softmax_loss();
// e^f - y f + y log y - y summed over the outputs, y >= 0: half the deviance, 0 at e^f = y.
const Loss& poisson_loss();
// delta^2 (sqrt(1 + (r / delta)^2) - 1) summed over the outputs, r = f - y, delta > 0.
std::unique_ptr<const Loss> pseudo_huber_loss(double delta);

// The caller's: fills for each of `count` samples value[count], gradient[count][K] and hessian[count][K][K],
// symmetric, from f[count][K] and y[count][K]; 0 on success.
using LossCallback = std::int32_t (*)(void* user, Size count, Size outputs, const double* f, const double* y,
                                      double* value, double* gradient, double* hessian);
std::unique_ptr<const Loss> custom_loss(LossCallback callback, void* user, bool convex);

}  // namespace tepui
