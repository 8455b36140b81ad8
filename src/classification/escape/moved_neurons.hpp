// Neurons at other places than where they start, and what that changes in the outputs: the part of a change
// of the loss that costs time (loss_change.hpp).
#pragma once

#include <vector>

#include "network/pass/pass.hpp"

namespace tepui {

// Neurons that have equal weights where they start and where they go, and whose output weights and their
// changes have one sign: to the outputs they are one, and sums of theirs lose no digits.
using MovingAsOne = std::vector<Size>;

// Points at which the same neurons differ from where they start, and what is beside the neurons may. These
// are taken in groups of kNeurons; of each group the weights at all points stand together. A neuron is one,
// or several that move as one.
class MovedNeurons {
  public:
    static constexpr Size kNeurons = 24;  // that are looked at together
    static constexpr Size kRows = 96;  // of them, at so many points at once: their activations stay in cache

    MovedNeurons(const Network& from, std::vector<MovingAsOne> neurons);

    // Those that differ between two points.
    static std::vector<MovingAsOne> between(const Network& from, const std::vector<double>& to);

    const Network& network() const noexcept { return *from_; }
    const std::vector<MovingAsOne>& neurons() const noexcept { return neurons_; }

    // tag: what the caller knows the point by.
    void add(const std::vector<double>& to, Size tag);
    void finish();

    Size count() const noexcept { return static_cast<Size>(neurons_.size()); }
    Size points() const noexcept { return static_cast<Size>(tags_.size()); }
    Size tag(Size point) const noexcept { return tags_[point]; }
    Size in_group(Size first) const noexcept { return std::min(kNeurons, count() - first); }
    Size summands() const noexcept { return summands_; }  // neurons as the network counts them
    // Rows of activations at a time.
    Size most_rows() const noexcept;
    // What is beside the neurons, at one point less where it starts: output bias, then skip connections.
    const double* beside(Size point) const noexcept { return beside_.data() + point * beside_count_; }
    bool moves_beside() const noexcept { return moves_beside_; }

    struct Weights {
        const double* value;
        const double* absolute;
    };
    // Of the group that starts with neuron `first`.
    Weights from(Size first) const noexcept {
        return {weights_from_.data() + first * inputs_, absolute_from_.data() + first * inputs_};
    }
    Weights to(Size first, Size point) const noexcept {
        const Group& group = groups_[first / kNeurons];
        const Size at = point * in_group(first) * inputs_;
        return {group.weights.data() + at, group.absolute.data() + at};
    }
    // w(to) - w(from) of all of them at one point.
    void steps(Size point, double* step) const;
    double output_to(Size neuron, Size point) const noexcept { return outputs_to_[point * count() + neuron]; }
    // From where it starts.
    double output_change(Size neuron, Size point) const noexcept {
        return output_changes_[point * count() + neuron];
    }

  private:
    struct Group {
        std::vector<double> weights, absolute;  // [points][neurons of the group][inputs]
    };
    const Network* from_;
    Size inputs_;
    std::vector<MovingAsOne> neurons_;
    Size summands_ = 0;
    std::vector<Group> groups_;
    std::vector<double> weights_from_, absolute_from_;
    std::vector<double> outputs_to_, output_changes_;  // [points][moved]
    Size beside_count_;
    bool moves_beside_ = false;
    std::vector<double> beside_;  // [points][beside_count_]
    std::vector<Size> tags_;
};

// sigma of some rows of weights on a block, with a bound on its error when asked for.
class Features {
  public:
    Features(const Activation& activation, Size most_rows, Size inputs, Size most_samples, bool with_error);

    // absolute_xt: |x|, read only when errors are wanted.
    void compute(const EvaluatedBlock& block, Size rows, const MovedNeurons::Weights& weights,
                 const double* absolute_xt);
    const double* value(Size row) const noexcept { return value_.data() + row * stride_; }
    const double* error(Size row) const noexcept { return error_.data() + row * stride_; }

  private:
    const Activation& activation_;
    Size inputs_;
    bool with_error_;
    Size stride_ = 0;
    Buffer<double> z_, value_, error_, slope_;
};

// D of a block at every point: sum over the moved neurons of a' (u' - u) + (a' - a) u, what the parameters
// beside the neurons change, and a bound on its error.
class OutputChanges {
  public:
    // families: all that compute will be called with, of one activation and number of inputs; stride: of the
    // blocks.
    OutputChanges(const std::vector<MovedNeurons>& families, Size stride, bool with_error);

    // Once for each block.
    void open(const EvaluatedBlock& block);
    void compute(const EvaluatedBlock& block, const MovedNeurons& moved);

    const double* change(Size point) const noexcept { return change_.data() + point * stride_; }
    const double* error(Size point) const noexcept {
        return with_error_ ? error_.data() + point * stride_ : nullptr;
    }

  private:
    void add(Size count, const MovedNeurons& moved, Size neuron, Size point, Size start_row, Size end_row);
    void add_beside(const EvaluatedBlock& block, const MovedNeurons& moved, Size point);

    bool with_error_;
    Size inputs_, stride_;
    Features start_, end_;
    Buffer<double> absolute_xt_, change_, error_;  // change and error: [points][stride]
};

// Of all families on one sample.
double products_of_moves(const std::vector<MovedNeurons>& families);
// Blocks whose activations at many points stay in cache.
Blocking blocks_of_moves(const Dataset& data);

}  // namespace tepui
