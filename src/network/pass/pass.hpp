// One pass over the samples feeds every accumulator: block of X -> Z = W X -> sigma, sigma', sigma'' ->
// residuals -> accumulators. Nothing of size width x samples is ever stored.
#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <memory>
#include <span>
#include <vector>

#include "core/execution.hpp"
#include "core/rounding.hpp"
#include "network/data/dataset.hpp"
#include "network/model/network.hpp"
#include "network/pass/blocking.hpp"
#include "network/pass/sum_buffer.hpp"

namespace tepui {

// The computed output of a sample is within kResidualError * magnitude of the exact one, magnitude = |y| +
// sum_i |a_i u_i|: 4 ulp for each activation and as much again for products and sum. The rounding of the
// preactivations is not counted, so weights that cancel to many digits inside w . x need more.
inline constexpr double kResidualError = 8.0 * kEps;

// A block of samples with everything the network and the loss say about it. Rows are [..][stride], samples
// contiguous. Samples [count, padded) are padding: zero inputs, weight, g and errors, finite activations.
// Sums may run over [0, padded).
struct EvaluatedBlock {
    const Network* network;
    const Loss* loss;
    Size first, count, padded, stride;
    Size inputs;
    const double* xt;                // [inputs]
    const double* targets;           // [targets]
    const double* weights;           // [1]: s
    const double* f;                 // [outputs] of the network
    const double* f_error;           // [outputs]: f - y is within it, kResidualError (|y| + sum_i |a_i u_i|)
    const double* loss_value;        // [1]: s l
    const double* loss_rounding;     // [1]: see LossRows
    const double* g;                 // [outputs]: s dl/df
    const double* g_error;           // [outputs]: g is within it
    const double* g_slope;           // [loss->hessian_rows]: G = s d2l/df2
    const double* z;                 // [width]: preactivations
    const double* features;          // [features of the layout]: u = sigma(z) first; always there
    const double* first_derivative;  // [width]; null unless asked for
    const double* second_derivative;
    const double* third_derivative;

    // |g| with the terms that cancel in it: what bounds on rounding are made of.
    double g_terms(Size o, Size k) const noexcept {
        return std::abs(g[o * stride + k]) + g_error[o * stride + k] / kResidualError;
    }
};

// Sums over samples, divided into parts that are added independently, so that any number of threads gives the
// same bits: blocks come in order, and what one part sums never depends on another. The sums are 0 when the
// accumulator is made and are kept across passes (chunks of one data set).
class Accumulator {
  public:
    Accumulator() = default;
    Accumulator(const Accumulator&) = delete;
    Accumulator& operator=(const Accumulator&) = delete;
    virtual ~Accumulator() = default;

    virtual int derivative_order() const = 0;  // highest derivative of sigma that it reads: 0..3
    virtual Size parts() const = 0;
    // Adds parts [begin, end), to the same bits as one by one.
    virtual void add(const EvaluatedBlock& block, Size begin, Size end) = 0;
    // Blocks of at least that many samples are wanted because each one costs a sweep through a large output;
    // 0: no wish.
    virtual Size preferred_block() const { return 0; }
    // Products that one sample adds to the sums, roughly: whether more threads are worth waking.
    virtual double products_per_sample() const { return 0.0; }
    // An accumulator of the same shape that has summed nothing, to be filled by another thread and merged.
    // Null where one more of its sums would not stay in cache.
    virtual std::unique_ptr<Accumulator> sibling() const { return nullptr; }
    // Its sums are all that it keeps, so that those of slabs can be taken out and merged, and sent to another
    // rank.
    virtual bool sums_alone() const { return true; }
    // Arrays of so many numbers a sample that it writes where the sample has its place.
    struct SampleArray {
        double* values;
        Size each;
    };
    virtual std::vector<SampleArray> sample_arrays(const Network&) const { return {}; }

    // Once before the first block of a pass of blocks of at most `stride` samples.
    void open(Size stride) {
        sums_.open();
        begin(stride);
    }
    void clear() { sums_.clear(); }
    SumBuffer& sums() noexcept { return sums_; }
    // Before every run, at the parameters that the network has then. The sums of an accumulator may come from
    // others, and blocks never: what finishing them needs of the network is kept here.
    virtual void read(const Network&) {}
    // Per-sample preparation (coefficient rows) for samples [begin, end) of the block; strips run
    // concurrently, before add.
    virtual void prepare(const EvaluatedBlock&, Size /*begin*/, Size /*end*/) {}
    // Adds the sums of another accumulator of the same type and shape: a sibling, another chunk or rank.
    void merge(const Accumulator& other) {
        sums_.add(other.sums_);
        append(other);
    }

  protected:
    virtual void begin(Size /*stride*/) {}  // makes room for rows of a block
    // What is kept beside the sums, of another accumulator whose samples follow.
    virtual void append(const Accumulator&) {}

    SumBuffer sums_;
};

// A pass that can be run at one parameter vector of the network after the other. The first run makes all
// room, as much as its threads take; data, network and accumulators must outlive the pass and keep their
// shape.
class Pass {
  public:
    // Throws Error(unsupported) when an accumulator needs a derivative that an activation does not have.
    Pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators);
    // With blocks of the caller's choice. Sums depend on the blocking in their last bits, never on the
    // threads.
    Pass(const Dataset& data, const Network& network, std::span<Accumulator* const> accumulators,
         const Blocking& blocking);
    // The same of sums named one by one.
    template <std::derived_from<Accumulator>... Sums>
    Pass(const Dataset& data, const Network& network, Sums&... sums)
        : Pass(data, network, std::array<Accumulator*, sizeof...(Sums)>{&sums...}) {}
    ~Pass();

    // Adds to the sums. Throws Error(numeric) when the residual of a sample is not finite (an overflow),
    // naming the sample; Error(cancelled) when the listener says so: the sums are worthless then.
    void run(const Execution& execution);
    // The same, from 0 on.
    void run_anew(const Execution& execution);

  private:
    class Work;
    std::unique_ptr<Work> work_;
};

// One pass.
template <std::derived_from<Accumulator>... Sums>
void run_pass(const Dataset& data, const Network& network, const Execution& execution, Sums&... sums) {
    Pass(data, network, sums...).run(execution);
}

// Without neurons and outputs of its own: for sums over inputs, targets and sample weights alone.
inline Network no_network(const Dataset& data) {
    return {Activation(ActivationKind::identity), {0, data.inputs(), data.outputs()}};
}

}  // namespace tepui
