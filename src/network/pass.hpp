// One pass over the samples feeds every accumulator: block of X -> Z = W X -> sigma, sigma', sigma'' ->
// residuals -> accumulators. Nothing of size width x samples is ever stored.
#pragma once

#include <memory>
#include <span>

#include "core/execution.hpp"
#include "network/blocking.hpp"
#include "network/dataset.hpp"
#include "network/network.hpp"

namespace tepui {

// The computed output of a sample is within kResidualError * magnitude of the exact one, magnitude = |y| +
// sum_i |a_i u_i|: 4 ulp for each activation and as much again for products and sum. The rounding of the
// preactivations is not counted, so weights that cancel to many digits inside w . x need more.
inline constexpr double kResidualError = 8.0 * 0x1p-52;

// A block of samples with everything the network says about it. Rows are [width][stride], samples contiguous.
// Samples [count, padded) are padding: zero inputs, weight, residual and magnitude, finite activations. Sums
// may run over [0, padded).
struct EvaluatedBlock {
    const Network* network;
    Size first, count, padded, stride;
    Size inputs;
    const double* xt;                  // [inputs][stride]
    const double* targets;             // [stride]
    const double* weights;             // [stride]
    const double* f;                   // [stride] network output
    const double* residuals;           // [stride] r = f - y
    const double* weighted_residuals;  // [stride] s r
    const double* magnitude;           // [stride] |y| + sum_i |a_i u_i|
    const double* z;                   // preactivations
    const double* value;               // u = sigma; always there
    const double* first_derivative;    // null unless asked for
    const double* second_derivative;
    const double* third_derivative;
};

// Sums over samples. Its output is divided into parts that are added independently, so that any number of
// threads gives the same bits: blocks come in order, and what one part sums never depends on another.
class Accumulator {
  public:
    virtual ~Accumulator() = default;
    virtual int derivative_order() const = 0;  // highest derivative of sigma that it reads: 0..3
    // Once before the first block of a pass: make room for blocks of at most `stride` samples. The sums start
    // at 0 when the accumulator is made and are kept across passes (chunks of one data set).
    virtual void begin(Size stride) = 0;
    // Per-sample preparation (coefficient rows) for samples [begin, end) of the block; strips run
    // concurrently, before add.
    virtual void prepare(const EvaluatedBlock& block, Size begin, Size end) = 0;
    virtual Size parts() const = 0;
    virtual void add(const EvaluatedBlock& block, Size part) = 0;
    // Adds parts [begin, end) to the same bits as one by one, perhaps faster.
    virtual void add_range(const EvaluatedBlock& block, Size begin, Size end) {
        for (Size part = begin; part < end; ++part) add(block, part);
    }
    // Blocks of at least that many samples are wanted because each one costs a sweep through a large output;
    // 0: no wish.
    virtual Size preferred_block() const { return 0; }
    // Products that one sample adds to the sums, roughly: whether more threads are worth waking.
    virtual double products_per_sample() const { return 0.0; }
    // An accumulator of the same shape that has summed nothing, to be filled by another thread and merged.
    // Null where one more of its sums would not stay in cache.
    virtual std::unique_ptr<Accumulator> sibling() const { return nullptr; }
    // Adds the sums of another accumulator of the same type and shape (a sibling, another chunk or rank).
    virtual void merge(const Accumulator& other) = 0;
};

// Throws Error(numeric) when the residual of a sample is not finite (an overflow), naming the sample;
// Error(unsupported) when an accumulator needs a derivative that the activation does not have;
// Error(cancelled) when the listener says so.
void run_pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
              const Execution& execution);
// The same with blocks of the caller's choice. Sums depend on the blocking in their last bits, never on the
// threads.
void run_pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
              const Blocking& blocking, const Execution& execution);

}  // namespace tepui
