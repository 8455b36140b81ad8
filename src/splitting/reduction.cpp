#include "splitting/reduction.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/compensated.hpp"
#include "core/text.hpp"
#include "network/model/beside_neurons.hpp"
#include "splitting/equal_neurons.hpp"
#include "splitting/seen_weights.hpp"

namespace tepui {
namespace {

void check_tolerance(const char* name, double value) {
    if (value >= 0.0 && value < 1.0) return;
    throw Error(Status::invalid_value, std::string("the tolerance of ") + name + " is " + number_text(value) +
                                           ", a number in [0, 1) is expected");
}

// A group of equal neurons as one neuron, oriented like its first member.
struct Merged {
    std::vector<double> weights;
    std::vector<double> outputs;  // of each member, turned to the group's orientation
    double sum = 0.0, absolute = 0.0;
};

class Reducer {
  public:
    Reducer(const Network& network, const SeenWeights& seen, const ReductionTolerances& tolerances)
        : network_(network),
          seen_(seen),
          tolerances_(tolerances),
          mirrored_(network.activation.traits().parity == Parity::odd ? -1.0 : 1.0),
          reduction_{with_neurons(network, 0), {}} {
        Embedding& embedding = reduction_.embedding;
        embedding.inputs = network.inputs;
        embedding.places.resize(network.width);
        embedding.free_weights.assign(network.width * network.inputs, 0.0);
    }

    Reduction run(const std::vector<EqualNeurons>& groups) {
        const bool silent_at_zero = network_.activation.traits().value_at_zero == 0.0;
        for (const EqualNeurons& group : groups) {
            if (group.zero && silent_at_zero) {
                place_idle(group);
                continue;
            }
            Merged merged = merge(group);
            if (merged.absolute == 0.0) {
                place_null(group);
                continue;
            }
            note_spread(group);
            if (std::abs(merged.sum) <= tolerances_.outputs * merged.absolute) {
                place_cancelled(group, merged);
            } else {
                place_daughters(group, merged);
            }
        }
        reduction_.embedding.narrow_width = static_cast<Size>(parent_outputs_.size());
        reduction_.narrow = narrow();
        return std::move(reduction_);
    }

  private:
    // The mean is taken of differences from one member: that of identical weights is those weights.
    void mean_difference(const EqualNeurons& group, const double* rows, std::vector<double>& mean) const {
        const Size d = network_.inputs;
        const double* first = rows + group.members.front() * d;
        mean.assign(first, first + d);
        double total = 0.0;
        for (const Size i : group.members) total += std::abs(network_.output(i));
        for (std::size_t q = 1; q < group.members.size(); ++q) {
            const double* row = rows + group.members[q] * d;
            const double share = std::abs(network_.output(group.members[q])) / total;
            for (Size j = 0; j < d; ++j) mean[j] += share * (group.signs[q] * row[j] - first[j]);
        }
    }

    Merged merge(const EqualNeurons& group) const {
        Merged merged;
        CompensatedSum sum;
        for (std::size_t q = 0; q < group.members.size(); ++q) {
            const double a = network_.output(group.members[q]) * (group.signs[q] < 0 ? mirrored_ : 1.0);
            merged.outputs.push_back(a);
            merged.absolute += std::abs(a);
            sum.add(a);
        }
        merged.sum = sum.value();
        if (!std::isfinite(merged.absolute)) {
            throw Error(Status::numeric, "the output weights of the neurons equal to neuron " +
                                             std::to_string(group.members.front()) +
                                             " overflow in sum: smaller ones are expected");
        }
        if (merged.absolute > 0.0) {
            mean_difference(group, network_.parameters.data(), merged.weights);
        }
        return merged;
    }

    void note_spread(const EqualNeurons& group) {
        const Size d = network_.inputs;
        std::vector<double> mean;
        mean_difference(group, seen_.coordinates.data(), mean);
        double length = 0.0;
        for (const double x : mean) length += x * x;
        length = std::sqrt(length);
        for (std::size_t q = 0; q < group.members.size(); ++q) {
            const Size i = group.members[q];
            double square = 0.0;
            for (Size j = 0; j < d; ++j) {
                const double difference = group.signs[q] * seen_.of(i)[j] - mean[j];
                square += difference * difference;
            }
            const double scale = group.zero ? seen_.unit : std::max(length, seen_.lengths[i]);
            if (square > 0.0) note_spread(std::sqrt(square) / scale);
        }
    }
    void note_spread(double relative) {
        reduction_.weight_spread = std::max(reduction_.weight_spread, relative);
    }

    void place_idle(const EqualNeurons& group) {
        for (const Size i : group.members) {
            reduction_.embedding.places[i] = {NeuronRole::idle, -1, 1, 0.0, network_.output(i)};
            if (seen_.lengths[i] > 0.0) note_spread(seen_.lengths[i] / seen_.unit);
        }
    }

    void place_null(const EqualNeurons& group) {
        for (const Size i : group.members) {
            reduction_.embedding.places[i] = {NeuronRole::null, -1, 1, 0.0, 0.0};
            std::copy_n(network_.weights(i), network_.inputs, reduction_.embedding.weights(i));
        }
    }

    // What is left of the sum is taken from the members in proportion to their size.
    void place_cancelled(const EqualNeurons& group, Merged& merged) {
        const Size number = reduction_.cancelled_groups++;
        reduction_.output_spread = std::max(reduction_.output_spread, std::abs(merged.sum) / merged.absolute);
        for (std::size_t q = 0; q < group.members.size(); ++q) {
            const Size i = group.members[q];
            const double a = merged.outputs[q] - merged.sum * (std::abs(merged.outputs[q]) / merged.absolute);
            reduction_.embedding.places[i] = {NeuronRole::cancelled, number, group.signs[q], 0.0, a};
            double* row = reduction_.embedding.weights(i);
            for (Size j = 0; j < network_.inputs; ++j) row[j] = group.signs[q] * merged.weights[j];
        }
    }

    void place_daughters(const EqualNeurons& group, const Merged& merged) {
        const auto parent = static_cast<Size>(parent_outputs_.size());
        parent_outputs_.push_back(merged.sum);
        parent_weights_.insert(parent_weights_.end(), merged.weights.begin(), merged.weights.end());
        for (std::size_t q = 0; q < group.members.size(); ++q) {
            reduction_.embedding.places[group.members[q]] = {NeuronRole::daughter, parent, group.signs[q],
                                                             merged.outputs[q] / merged.sum + 0.0,
                                                             0.0};  // -0 becomes 0
        }
    }

    Network narrow() const {
        const auto width = static_cast<Size>(parent_outputs_.size());
        Network result = with_neurons(network_, width);
        const auto outputs =
            std::copy(parent_weights_.begin(), parent_weights_.end(), result.parameters.begin());
        std::copy(parent_outputs_.begin(), parent_outputs_.end(), outputs);
        return result;
    }

    const Network& network_;
    const SeenWeights& seen_;
    const ReductionTolerances& tolerances_;
    double mirrored_;  // what the mirror image's output weight is multiplied by
    std::vector<double> parent_weights_, parent_outputs_;
    Reduction reduction_;
};

}  // namespace

Reduction reduce(const Network& network, const Dataset* data, const ReductionTolerances& tolerances,
                 const Execution& execution) {
    check_tolerance("weights", tolerances.weights);
    check_tolerance("outputs", tolerances.outputs);
    const SeenWeights seen = see_weights(network, data, execution);
    const std::vector<EqualNeurons> groups =
        equal_neurons(seen, network.activation.traits().parity, tolerances.weights, execution);
    return Reducer(network, seen, tolerances).run(groups);
}

}  // namespace tepui
