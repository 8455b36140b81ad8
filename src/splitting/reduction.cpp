#include "splitting/reduction.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/compensated.hpp"
#include "core/euclidean.hpp"
#include "core/matrix.hpp"
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
    Matrix outputs;           // of each member, turned to the group's orientation
    std::vector<double> sum;  // over the members
    double absolute = 0.0;    // sum of the lengths
    double length() const { return scaled_norm_of(sum); }
};

class Reducer {
  public:
    Reducer(const Network& network, const SeenWeights& seen, const std::optional<Mirror>& mirror,
            const ReductionTolerances& tolerances)
        : network_(network),
          seen_(seen),
          tolerances_(tolerances),
          mirror_(mirror.value_or(Mirror{})),
          reduction_{with_neurons(network, 0), {}} {
        Embedding& embedding = reduction_.embedding;
        embedding.inputs = network.inputs;
        embedding.output_count = network.output_count;
        embedding.places.resize(network.width);
        embedding.free_weights.assign(network.width * network.inputs, 0.0);
        if (network.output_count > 1)
            embedding.free_outputs.assign(network.width * network.output_count, 0.0);
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
            if (merged.length() <= tolerances_.outputs * merged.absolute) {
                place_cancelled(group, merged);
            } else {
                place_daughters(group, merged);
            }
        }
        reduction_.embedding.narrow_width = parents();
        reduction_.narrow = narrow();
        return std::move(reduction_);
    }

  private:
    Size parents() const { return static_cast<Size>(parent_outputs_.size()) / network_.output_count; }
    double length_of_output(Size i) const {
        return scaled_norm_of({network_.outputs() + i * network_.output_count,
                               static_cast<std::size_t>(network_.output_count)});
    }

    // The mean is taken of differences from one member: that of identical weights is those weights.
    void mean_difference(const EqualNeurons& group, const double* rows, std::vector<double>& mean) const {
        const Size d = network_.inputs;
        const double* first = rows + group.members.front() * d;
        mean.assign(first, first + d);
        double total = 0.0;
        for (const Size i : group.members) total += length_of_output(i);
        for (std::size_t q = 1; q < group.members.size(); ++q) {
            const double* row = rows + group.members[q] * d;
            const double share = length_of_output(group.members[q]) / total;
            for (Size j = 0; j < d; ++j) mean[j] += share * (group.signs[q] * row[j] - first[j]);
        }
    }

    Merged merge(const EqualNeurons& group) const {
        const Size outputs = network_.output_count;
        Merged merged;
        merged.outputs = Matrix(static_cast<Size>(group.members.size()), outputs);
        for (std::size_t q = 0; q < group.members.size(); ++q)
            merged.absolute += length_of_output(group.members[q]);
        for (Size o = 0; o < outputs; ++o) {
            CompensatedSum sum;
            for (std::size_t q = 0; q < group.members.size(); ++q) {
                const double a =
                    network_.output(group.members[q], o) * (group.signs[q] < 0 ? mirror_.output : 1.0);
                merged.outputs(static_cast<Size>(q), o) = a;
                sum.add(a);
            }
            merged.sum.push_back(sum.value());
        }
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

    void set_output(Size i, Size o, double value) {
        if (network_.output_count == 1)
            reduction_.embedding.places[i].output = value;
        else
            reduction_.embedding.free_outputs[i * network_.output_count + o] = value;
    }

    void place_idle(const EqualNeurons& group) {
        for (const Size i : group.members) {
            reduction_.embedding.places[i] = {NeuronRole::idle, -1, 1, 0.0, 0.0};
            for (Size o = 0; o < network_.output_count; ++o) set_output(i, o, network_.output(i, o));
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
        reduction_.output_spread = std::max(reduction_.output_spread, merged.length() / merged.absolute);
        for (std::size_t q = 0; q < group.members.size(); ++q) {
            const Size i = group.members[q], row = static_cast<Size>(q);
            reduction_.embedding.places[i] = {NeuronRole::cancelled, number, group.signs[q], 0.0, 0.0};
            const double share = length_of_output(i) / merged.absolute;
            for (Size o = 0; o < network_.output_count; ++o)
                set_output(i, o, merged.outputs(row, o) - merged.sum[o] * share);
            double* weights = reduction_.embedding.weights(i);
            for (Size j = 0; j < network_.inputs; ++j) weights[j] = group.signs[q] * merged.weights[j];
        }
        take_beside(group, merged);
    }

    // Of vectors the share is that of their part along the sum; the rest stands beside it.
    void place_daughters(const EqualNeurons& group, const Merged& merged) {
        const Size parent = parents(), outputs = network_.output_count;
        parent_outputs_.insert(parent_outputs_.end(), merged.sum.begin(), merged.sum.end());
        parent_weights_.insert(parent_weights_.end(), merged.weights.begin(), merged.weights.end());
        Matrix rest = merged.outputs.copy();
        double spread = 0.0;
        for (std::size_t q = 0; q < group.members.size(); ++q) {
            const double gamma = share_of(merged, static_cast<Size>(q));
            reduction_.embedding.places[group.members[q]] = {NeuronRole::daughter, parent, group.signs[q],
                                                             gamma + 0.0, 0.0};  // -0 becomes 0
            double* const beyond = rest.row(static_cast<Size>(q));
            for (Size o = 0; o < outputs; ++o) beyond[o] -= gamma * merged.sum[o];
            spread = std::max(spread, scaled_norm_of({beyond, static_cast<std::size_t>(outputs)}));
        }
        take_beside(group, merged);
        if (outputs == 1) return;
        if (spread <= tolerances_.outputs * merged.absolute) {
            reduction_.output_spread = std::max(reduction_.output_spread, spread / merged.absolute);
            return;
        }
        for (std::size_t q = 0; q < group.members.size(); ++q)
            for (Size o = 0; o < outputs; ++o) set_output(group.members[q], o, rest(static_cast<Size>(q), o));
    }

    static double share_of(const Merged& merged, Size row) {
        if (merged.sum.size() == 1) return merged.outputs(row, 0) / merged.sum[0];
        const double length = merged.length();
        double share = 0.0;
        for (std::size_t o = 0; o < merged.sum.size(); ++o)
            share += merged.outputs(row, static_cast<Size>(o)) / length * (merged.sum[o] / length);
        return share;
    }

    // What mirror images do beyond the group's neuron.
    void take_beside(const EqualNeurons& group, const Merged& merged) {
        for (std::size_t q = 0; q < group.members.size(); ++q) {
            if (group.signs[q] > 0) continue;
            const double* const a = network_.outputs() + group.members[q] * network_.output_count;
            add_beyond_mirror(mirror_, merged.weights.data(), a, 1.0, reduction_.narrow);
        }
    }

    Network narrow() const {
        Network result = with_neurons(reduction_.narrow, parents());
        const auto outputs =
            std::copy(parent_weights_.begin(), parent_weights_.end(), result.parameters.begin());
        std::copy(parent_outputs_.begin(), parent_outputs_.end(), outputs);
        if (std::all_of(result.parameters.begin(), result.parameters.end(),
                        [](double p) { return std::isfinite(p); }))
            return result;
        throw Error(
            Status::numeric,
            "what mirror images leave in output biases or skip connections overflows: smaller weights "
            "are expected");
    }

    const Network& network_;
    const SeenWeights& seen_;
    const ReductionTolerances& tolerances_;
    Mirror mirror_;
    std::vector<double> parent_weights_, parent_outputs_;
    Reduction reduction_;
};

}  // namespace

Reduction reduce(const Network& network, const Dataset* data, const ReductionTolerances& tolerances,
                 const Execution& execution) {
    check_tolerance("weights", tolerances.weights);
    check_tolerance("outputs", tolerances.outputs);
    const SeenWeights seen = see_weights(network, data, execution);
    std::optional<Mirror> mirror = mirror_of(network.activation, network);
    if (network.activation.traits().parity == Parity::none && !tolerances.mirrors_beside) mirror.reset();
    const std::vector<EqualNeurons> groups =
        equal_neurons(seen, mirror.has_value(), tolerances.weights, execution);
    return Reducer(network, seen, mirror, tolerances).run(groups);
}

}  // namespace tepui
