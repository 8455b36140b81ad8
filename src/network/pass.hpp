// One pass over the samples feeds every accumulator: block of X -> Z = W X -> sigma, sigma', sigma'' -> residuals ->
// accumulators. Nothing of size width x samples is ever stored.
#pragma once

#include <span>

#include "core/execution.hpp"
#include "network/dataset.hpp"
#include "network/network.hpp"

namespace tepui {

// A block of samples with everything the network says about it. Rows are [width][stride]; padding samples have zero
// inputs and zero weight.
struct EvaluatedBlock {
    const Network* network;
    Size first, count, stride;
    Size inputs;
    const double* xt;       // [inputs][stride]
    const double* targets;  // [stride]
    const double* weights;  // [stride]
    const double* f;        // [stride] network output
    const double* residuals;           // [stride] f - y; 0 in the padding
    const double* z;                   // preactivations
    const double* value;               // sigma; always there
    const double* first_derivative;    // null unless asked for
    const double* second_derivative;
    const double* third_derivative;
};

// Sums over samples. Its output is divided into parts that are added independently, so that any number of threads gives
// the same bits: blocks come in order, and what one part sums never depends on another.
class Accumulator {
  public:
    virtual ~Accumulator() = default;
    virtual int derivative_order() const = 0;  // highest derivative of sigma that it reads: 0..3
    // Once before the first block of a pass: make room for blocks of at most `stride` samples. The sums start at 0 when
    // the accumulator is made and are kept across passes (chunks of one data set).
    virtual void begin(Size stride) = 0;
    // Per-sample preparation (coefficient rows) for samples [begin, end) of the block; strips run concurrently, before add.
    virtual void prepare(const EvaluatedBlock& block, Size begin, Size end) = 0;
    virtual Size parts() const = 0;
    virtual void add(const EvaluatedBlock& block, Size part) = 0;
    // Adds the sums of another accumulator of the same type and shape (another chunk or rank).
    virtual void merge(const Accumulator& other) = 0;
};

// Throws Error(numeric) when an activation or a residual is not finite (an overflow), naming the sample.
void run_pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
              const Execution& execution);

}  // namespace tepui
