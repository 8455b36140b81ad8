#include "splitting/embedding.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/compensated.hpp"
#include "core/text.hpp"
#include "network/model/beside_neurons.hpp"

namespace tepui {
namespace {

constexpr double kSumTolerance = 1e-12;  // of the sum of absolute values, as for a single split
constexpr const char* kPhase = "embedding";
constexpr Size kStretch = Size{1} << 20;  // parameters between two questions to the listener

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

std::string place_name(Size i) {
    return "wide neuron " + std::to_string(i);
}

void require_finite(const std::string& name, double value) {
    if (std::isfinite(value)) return;
    throw Error(Status::not_finite, name + " is " + number_text(value) + ", a finite number is expected");
}

void check_shape(const Network& narrow, const Embedding& embedding) {
    if (embedding.narrow_width < 0) {
        throw Error(Status::invalid_size,
                    "narrow_width is " + std::to_string(embedding.narrow_width) + ", at least 0 is expected");
    }
    if (embedding.inputs < 1) {
        throw Error(Status::invalid_size,
                    "inputs is " + std::to_string(embedding.inputs) + ", at least 1 is expected");
    }
    const Size expected = checked_product(embedding.wide_width(), embedding.inputs);
    if (embedding.free_weights.size() != at(expected)) {
        throw Error(Status::invalid_size,
                    "free_weights has " + std::to_string(embedding.free_weights.size()) + " values, " +
                        std::to_string(expected) + " (places times inputs) are expected");
    }
    const Size outputs = checked_product(embedding.wide_width(), embedding.output_count);
    if (!embedding.free_outputs.empty() && embedding.free_outputs.size() != at(outputs)) {
        throw Error(Status::invalid_size,
                    "free_outputs has " + std::to_string(embedding.free_outputs.size()) + " values, " +
                        std::to_string(outputs) + " (places times outputs) are expected");
    }
    if (narrow.width == embedding.narrow_width && narrow.inputs == embedding.inputs &&
        narrow.output_count == embedding.output_count)
        return;
    const auto sizes = [](Size width, Size inputs, Size count) {
        return std::to_string(width) + " neurons of " + std::to_string(inputs) + " inputs" +
               (count == 1 ? "" : " and " + std::to_string(count) + " outputs");
    };
    throw Error(Status::invalid_size,
                "the narrow network has " + sizes(narrow.width, narrow.inputs, narrow.output_count) +
                    ", the embedding is one of " +
                    sizes(embedding.narrow_width, embedding.inputs, embedding.output_count));
}

void check_sign(const Network& narrow, const NeuronPlace& place, Size i) {
    const Activation& activation = narrow.activation;
    const bool grouped = place.role == NeuronRole::daughter || place.role == NeuronRole::cancelled;
    const bool mirrored = grouped && mirror_of(activation, narrow).has_value();
    if (place.sign == 1 || (place.sign == -1 && mirrored)) return;
    std::string expected = "1 or -1 is expected";
    if (!grouped) {
        expected = "1 is expected of a neuron that is neither daughter nor cancelled";
    } else if (!mirrored) {
        expected = "1 is expected: " + std::string(activation.name()) + " is neither odd nor even";
    }
    throw Error(Status::invalid_value,
                place_name(i) + " has sign " + std::to_string(place.sign) + ", " + expected);
}

void check_group(const Embedding& embedding, Size i) {
    const NeuronPlace& place = embedding.places[i];
    const bool daughter = place.role == NeuronRole::daughter;
    const Size count = daughter ? embedding.narrow_width : embedding.wide_width();
    if (place.group >= 0 && place.group < count) return;
    const std::string what = daughter ? "the daughter of neuron " : "in cancelled group ";
    throw Error(Status::invalid_size, place_name(i) + " is " + what + std::to_string(place.group) +
                                          ", expected 0 <= group < " + std::to_string(count) +
                                          (daughter ? ", the narrow width" : ", the number of places"));
}

void check_place(const Network& narrow, const Embedding& embedding, Size i) {
    const Activation& activation = narrow.activation;
    const NeuronPlace& place = embedding.places[i];
    check_sign(narrow, place, i);
    if (embedding.output_count > 1) {
        for (Size o = 0; o < embedding.output_count; ++o)
            require_finite("output " + std::to_string(o) + " of " + place_name(i), embedding.output(i, o));
    }
    switch (place.role) {
        case NeuronRole::daughter:
            check_group(embedding, i);
            require_finite("gamma of " + place_name(i), place.gamma);
            return;
        case NeuronRole::cancelled:
            check_group(embedding, i);
            [[fallthrough]];
        case NeuronRole::null:
            for (Size j = 0; j < embedding.inputs; ++j) {
                require_finite("free_weights[" + std::to_string(i) + "][" + std::to_string(j) + "]",
                               embedding.weights(i)[j]);
            }
            require_finite("output of " + place_name(i), place.output);
            return;
        case NeuronRole::idle:
            require_finite("output of " + place_name(i), place.output);
            if (activation.traits().value_at_zero == 0.0) return;
            throw Error(Status::invalid_value,
                        place_name(i) + " is idle, but " + std::string(activation.name()) + " is " +
                            number_text(activation.traits().value_at_zero) + " at 0: it contributes");
    }
    throw Error(Status::invalid_value, place_name(i) + " has role " +
                                           std::to_string(static_cast<std::int32_t>(place.role)) +
                                           ", a number from 1 to 4 is expected");
}

struct Sum {
    double value = 0.0, absolute = 0.0;
    bool is(double expected) const { return std::abs(value - expected) <= kSumTolerance * absolute; }
};

template <class Term>
Sum sum_over(const std::vector<Size>& group, const Term& term) {
    CompensatedSum sum;
    double absolute = 0.0;
    for (const Size i : group) {
        sum.add(term(i));
        absolute += std::abs(term(i));
    }
    return {sum.value(), absolute};
}

void check_daughters(const Network& narrow, const Embedding& embedding, const std::vector<Size>& daughters,
                     Size parent) {
    if (daughters.empty()) {
        throw Error(Status::invalid_value,
                    "neuron " + std::to_string(parent) +
                        " of the narrow network has no daughter, at least 1 is expected");
    }
    const Sum sum = sum_over(daughters, [&](Size i) { return embedding.places[i].gamma; });
    if (sum.is(1.0)) {
        for (Size o = 0; o < embedding.output_count; ++o) {
            Sum beside = sum_over(daughters, [&](Size i) { return embedding.output(i, o); });
            beside.absolute += sum.absolute * std::abs(narrow.output(parent, o));  // what it is taken from
            if (beside.is(0.0)) continue;
            throw Error(Status::invalid_value, "what the daughters of neuron " + std::to_string(parent) +
                                                   " have beside their shares of output " +
                                                   std::to_string(o) + " sums to " +
                                                   number_text(beside.value) + ", 0 is expected");
        }
        return;
    }
    throw Error(Status::invalid_value, "the coefficients of the daughters of neuron " +
                                           std::to_string(parent) + " sum to 1 " +
                                           (sum.value < 1.0 ? "- " : "+ ") +
                                           number_text(std::abs(sum.value - 1.0)) + ", 1 is expected");
}

void check_cancelled(const Embedding& embedding, const std::vector<Size>& group, Size number) {
    if (group.empty()) return;
    const std::string name = "cancelled group " + std::to_string(number);
    double absolute = 0.0;
    for (Size o = 0; o < embedding.output_count; ++o) {
        const Sum sum = sum_over(group, [&](Size i) { return embedding.output(i, o); });
        absolute += sum.absolute;
        if (!sum.is(0.0)) {
            throw Error(Status::invalid_value, "the output weights of " + name + " sum to " +
                                                   number_text(sum.value) + ", 0 is expected");
        }
    }
    if (absolute == 0.0) {
        throw Error(Status::invalid_value,
                    "the output weights of " + name + " are all 0: its neurons are null");
    }
    const Size first = group.front();
    for (const Size i : group) {
        const int sign = embedding.places[i].sign * embedding.places[first].sign;
        for (Size j = 0; j < embedding.inputs; ++j) {
            if (embedding.weights(i)[j] == sign * embedding.weights(first)[j]) continue;
            throw Error(Status::invalid_value, place_name(i) + " and " + place_name(first) + " of " + name +
                                                   " have different weights of input " + std::to_string(j) +
                                                   ": " + number_text(embedding.weights(i)[j]) +
                                                   ", expected " +
                                                   number_text(sign * embedding.weights(first)[j]));
        }
    }
}

}  // namespace

std::vector<std::vector<Size>> members(const Embedding& embedding, NeuronRole role) {
    std::vector<std::vector<Size>> groups;
    if (role == NeuronRole::daughter) groups.resize(embedding.narrow_width);
    for (Size i = 0; i < embedding.wide_width(); ++i) {
        const NeuronPlace& place = embedding.places[i];
        if (place.role != role || place.group < 0) continue;
        if (at(place.group) >= groups.size()) groups.resize(place.group + 1);
        groups[place.group].push_back(i);
    }
    return groups;
}

void check_embedding(const Network& narrow, const Embedding& embedding) {
    check_shape(narrow, embedding);
    for (Size i = 0; i < embedding.wide_width(); ++i) check_place(narrow, embedding, i);
    const auto daughters = members(embedding, NeuronRole::daughter);
    for (Size parent = 0; parent < embedding.narrow_width; ++parent) {
        check_daughters(narrow, embedding, daughters[parent], parent);
    }
    const auto cancelled = members(embedding, NeuronRole::cancelled);
    for (std::size_t g = 0; g < cancelled.size(); ++g) {
        check_cancelled(embedding, cancelled[g], static_cast<Size>(g));
    }
}

Network embed(const Network& narrow, const Embedding& embedding, const Execution& execution) {
    execution.report_or_throw(kPhase, 0.0);
    check_embedding(narrow, embedding);
    const Mirror mirror = mirror_of(narrow.activation, narrow).value_or(Mirror{});
    Network wide = with_neurons(narrow, embedding.wide_width());
    const Size stretch = std::max(Size{1}, kStretch / (wide.inputs + 1));
    std::vector<double> turned(at(wide.inputs));
    for (Size i = 0; i < wide.width; ++i) {
        if (i % stretch == 0)
            execution.report_or_throw(kPhase, static_cast<double>(i) / static_cast<double>(wide.width));
        const NeuronPlace& place = embedding.places[i];
        const bool daughter = place.role == NeuronRole::daughter;
        const double output_sign = place.sign < 0 ? mirror.output : 1.0;
        if (daughter) {
            const double* parent = narrow.weights(place.group);
            for (Size j = 0; j < wide.inputs; ++j) wide.weights(i)[j] = place.sign * parent[j];
        } else if (place.role != NeuronRole::idle) {
            std::copy_n(embedding.weights(i), wide.inputs, wide.weights(i));
        }
        for (Size o = 0; o < wide.output_count && place.role != NeuronRole::null; ++o) {
            const double share = daughter ? place.gamma * narrow.output(place.group, o) : 0.0;
            wide.output(i, o) = output_sign * (share + embedding.output(i, o));
        }
        if (place.sign > 0) continue;
        for (Size j = 0; j < wide.inputs; ++j) turned[at(j)] = -wide.weights(i)[j];
        const double* const a = wide.outputs() + i * wide.output_count;
        add_beyond_mirror(mirror, turned.data(), a, -1.0, wide);
    }
    if (std::all_of(wide.parameters.begin(), wide.parameters.end(),
                    [](double p) { return std::isfinite(p); }))
        return wide;
    throw Error(Status::numeric,
                "output weights of the wide network, or what its mirror images leave beside the neurons, "
                "overflow: smaller coefficients and weights are expected");
}

}  // namespace tepui
