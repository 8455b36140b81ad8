// Samples, targets and sample weights: borrowed, copied or read piece by piece, with an optional bias column
// that is never stored.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "core/buffer.hpp"
#include "network/data/share.hpp"
#include "network/model/decay.hpp"
#include "network/model/loss.hpp"

namespace tepui {

enum class LossScaling : std::int32_t { sum = 0, mean = 1 };  // mean divides the loss by sum_k s_k

// A block of samples as the kernels want it: transposed, k contiguous, padded with zero samples of zero
// weight up to `stride`, a multiple of the widest vector.
struct PackedBlock {
    Size first = 0;          // index of its first sample
    Size count = 0;          // true samples
    Size stride = 0;         // padded count; distance between inputs
    Buffer<double> xt;       // [inputs][stride]
    Buffer<double> targets;  // [outputs][stride]
    Buffer<double> weights;  // [stride], s_k times the loss scale; 0 in the padding

    PackedBlock(Size inputs, Size outputs, Size capacity);
};

struct DatasetSource {
    Size samples = 0;
    Size features = 0;                   // columns of x
    const double* x = nullptr;           // [samples][features], row k at x + k * ldx
    Size ldx = 0;                        // >= features
    const double* targets = nullptr;     // [samples][outputs]
    const double* weights = nullptr;     // [samples], >= 0, some > 0; null: all 1
    const float* x32 = nullptr;          // in the place of x, which is null then
    Size outputs = 1;                    // targets of a sample
    const Loss* loss = &squared_loss();  // that they are compared by
};

// Samples that are not in memory. Targets and weights are read once and kept; rows of x are read whenever a
// pass needs them.
struct StreamedSource {
    Size samples = 0;
    Size features = 0;
    bool weighted = false;
    // Fills samples [first, first + count): x[count][features], and targets[count] and weights[count] where
    // these are not null. One call at a time, from any thread, in any order and more than once. Throws
    // what the reading is to end with.
    std::function<void(Size first, Size count, double* x, double* targets, double* weights)> read;
};

class Dataset {
  public:
    // Checks sizes, finiteness and signs; copies when `copy` is set, otherwise the caller keeps the arrays
    // alive. Single precision is kept as it is and converted where it is used.
    Dataset(const DatasetSource& source, bool copy, bool bias, LossScaling scaling);
    // Reads everything once, with the same checks.
    Dataset(StreamedSource source, bool bias, LossScaling scaling);
    // Of samples that ranks were given, each some of them, in order: all ranks make it together. Few values
    // of x are gathered: then every rank has all samples, and works by itself. Of more than `gathered` each
    // holds a share.
    static Dataset of_ranks(std::shared_ptr<Collective> collective, const DatasetSource& mine, bool copy,
                            bool bias, LossScaling scaling, Size gathered);
    static Dataset of_ranks(std::shared_ptr<Collective> collective, StreamedSource mine, bool bias,
                            LossScaling scaling, Size gathered);

    Size samples() const noexcept { return source_.samples; }
    Size features() const noexcept { return source_.features; }
    Size inputs() const noexcept {
        return source_.features + (bias_ ? 1 : 0);
    }  // d of MATH.md: the bias is the last
    Size outputs() const noexcept { return source_.outputs; }
    const Loss& loss() const noexcept { return *source_.loss; }
    // Weight decay beside the loss, which no weight of a sample and no scaling touches.
    const Decay& decay() const noexcept { return decay_; }
    // Of a data set that nobody reads yet. Targets, [samples][outputs], are checked and copied.
    void set_targets(Size outputs, const double* targets, const Loss& loss);
    void set_decay(const Decay& decay);
    // Of the same: weights that are summed without scaling.
    void set_weights(Buffer<double> weights);
    bool bias() const noexcept { return bias_; }
    bool streamed() const noexcept { return stream_ != nullptr; }
    // Who made it together; null: one process by itself.
    const std::shared_ptr<Collective>& collective() const noexcept { return collective_; }
    // Null where this process has all samples.
    const Share* share() const noexcept { return share_.get(); }
    // The samples whose inputs are here.
    Size held_begin() const noexcept { return share_ ? share_->begin() : 0; }
    Size held_end() const noexcept { return share_ ? share_->end() : samples(); }
    // The samples that the caller of this rank gave.
    Size given_begin() const noexcept { return given_ ? (*given_)[place_of_rank()] : 0; }
    Size given_end() const noexcept { return given_ ? (*given_)[place_of_rank() + 1] : samples(); }
    // values[each] of every sample, of which this rank has those that it gave: then all. Where they were made
    // by ranks.
    void gather_given(double* values, Size each) const;
    LossScaling scaling() const noexcept { return scaling_; }
    double weight_sum() const noexcept { return weight_sum_; }
    // What every s_k is multiplied by: 1, or 1 / weight_sum.
    double scale() const noexcept { return scaling_ == LossScaling::mean ? 1.0 / weight_sum_ : 1.0; }

    // Packs samples [first, first + count) that fall in strip [begin, end) of the block; several strips may
    // be packed concurrently. The caller has set first, count and stride.
    void pack(PackedBlock& block, Size begin, Size end) const;
    // Asks for x of the samples of [begin, end) that are here and in memory, where rows are so short that
    // their transposition does not ask for them itself.
    void prefetch(Size begin, Size end) const noexcept;

    // x of samples [first, first + count), bias included: row k at x + k * inputs(). Where ranks share the
    // samples, all of them ask for the same ones, on the calling thread.
    void rows(Size first, Size count, double* x) const;
    // The same of samples that are here, on any thread.
    void held_rows(Size first, Size count, double* x) const;
    // x of one sample: slow where streamed data is not asked for in order.
    void sample(Size k, double* x) const { rows(k, 1, x); }
    const double* targets() const noexcept { return source_.targets; }  // [samples][outputs]
    double target(Size k, Size o = 0) const noexcept { return source_.targets[k * source_.outputs + o]; }
    double given_weight(Size k) const noexcept { return source_.weights ? source_.weights[k] : 1.0; }
    double weight(Size k) const noexcept { return given_weight(k) * scale(); }

    // The same samples with other inputs and no bias input, without decay: fill writes x [count][features] of
    // samples [first, first + count) that are here, from several threads. A copy; where samples are streamed,
    // which this data set must outlive, inputs are made whenever they are read.
    using FillRows = std::function<void(Size first, Size count, double* x)>;
    Dataset with_inputs(Size features, FillRows fill, int threads) const;

    // The same samples with other targets, as many a sample as there are, and another loss or this one,
    // without decay; x and weights stay those of this data set, which must outlive it.
    Dataset with_targets(Buffer<double> targets) const { return with_targets(std::move(targets), loss()); }
    Dataset with_targets(Buffer<double> targets, const Loss& loss) const;
    // The same with targets that stay the caller's.
    Dataset with_targets(std::span<const double> targets, const Loss& loss) const;

  private:
    struct Stream;  // the reader, one call at a time
    Dataset(const DatasetSource& source, bool bias, LossScaling scaling, double weight_sum)
        : source_(source), bias_(bias), scaling_(scaling), weight_sum_(weight_sum) {}
    struct Fetched;  // rows read along
    friend class RankSamples;
    std::size_t place_of_rank() const noexcept { return static_cast<std::size_t>(collective_->rank()); }
    void fetch_features(Size first, Size count, double* x) const;
    void fetch_one(Size k, double* x) const;
    // [count][features] of samples that are here.
    void held_features(Size first, Size count, double* x) const;
    void spread(Size count, double* x) const;

    DatasetSource source_;  // neither x nor x32 where streamed; x: of samples own_begin_ ..
    Buffer<double> owned_x_, owned_targets_, owned_weights_;
    Buffer<float> owned_x32_;
    std::shared_ptr<Stream> stream_;
    std::shared_ptr<Collective> collective_;
    std::shared_ptr<const Share> share_;
    // Of a share: the samples that x or the reader counts from 0, as far as they are held; those behind them
    // came from following ranks.
    Size own_begin_ = 0, own_end_ = INT64_MAX;
    std::shared_ptr<const Buffer<double>> tail_;
    std::shared_ptr<Fetched> fetched_;
    std::shared_ptr<const std::vector<Size>> given_;  // first sample of each rank
    bool bias_;
    LossScaling scaling_;
    double weight_sum_ = 0.0;
    Decay decay_;
};

}  // namespace tepui
