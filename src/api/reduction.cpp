#include "tepui/reduction.h"

#include <algorithm>
#include <cmath>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/together.hpp"
#include "splitting/reduction.hpp"

namespace tepui::api {
namespace {

tepui_reduction* made(Reduction&& reduction, const UnitScale& scale) {
    scale.to_given(reduction.narrow);
    const Size inputs = reduction.narrow.inputs;
    std::vector<double>& free_weights = reduction.embedding.free_weights;
    for (std::size_t first = 0; first < free_weights.size(); first += static_cast<std::size_t>(inputs))
        scale.weights_to_given(free_weights.data() + first);
    tepui_network narrow{reduction.narrow};
    auto result = std::make_unique<tepui_reduction>(tepui_reduction{std::move(reduction), std::move(narrow)});
    const Embedding& embedding = result->value.embedding;
    for (Size i = 0; i < embedding.wide_width(); ++i) {
        const NeuronPlace& place = embedding.places[i];
        const bool daughter = place.role == NeuronRole::daughter;
        result->roles.push_back(static_cast<tepui_neuron_role>(place.role));
        result->groups.push_back(place.group);
        result->signs.push_back(place.sign);
        result->coefficients.push_back(daughter ? place.gamma : scale.output_to_given(place.output));
        for (Size o = 0; o < embedding.output_count; ++o)
            result->outputs.push_back(scale.output_to_given(embedding.output(i, o)));
    }
    return result.release();
}

bool has_free_weights(tepui_neuron_role role) {
    return role == TEPUI_NEURON_NULL || role == TEPUI_NEURON_CANCELLED;
}

struct PlaceArrays {
    const tepui_neuron_role* role;
    const std::int64_t* group;
    const std::int32_t* sign;  // may be null
    const double* coefficient;
    const double* outputs;  // null: those of one output are coefficients
    const double* w;        // may be null
    Size ldw;
};

// Names each argument as the caller knows it; what remains to check is what the values say together.
void require_arrays(const PlaceArrays& arrays, Size m, const Network& narrow) {
    const Size d = narrow.inputs;
    if (m == 0) return;
    require_pointer(arrays.role, "role");
    require_pointer(arrays.group, "group");
    require_pointer(arrays.coefficient, "coefficient");
    const bool reads_w = std::any_of(arrays.role, arrays.role + m, has_free_weights);
    if (reads_w) require_pointer(arrays.w, "w");
    if (arrays.w != nullptr) require_shape({m, d, arrays.ldw, "w", "m", "d", "ldw"});
    for (Size i = 0; i < m; ++i) {
        const tepui_neuron_role role = arrays.role[i];
        if (!is_public(NeuronRole{role})) {
            throw Error(Status::invalid_value, element("role", i) + " is " + std::to_string(role) +
                                                   ", a TEPUI_NEURON_ number is expected");
        }
        if (role != TEPUI_NEURON_NULL)
            require_finite(arrays.coefficient[i], element("coefficient", i).c_str());
        if (arrays.outputs != nullptr && role != TEPUI_NEURON_NULL)
            require_finite(arrays.outputs + i * narrow.output_count, narrow.output_count,
                           element("outputs", i).c_str());
        const bool sends = role == TEPUI_NEURON_CANCELLED || role == TEPUI_NEURON_IDLE;
        if (sends && arrays.outputs == nullptr && narrow.output_count > 1)
            throw Error(Status::unsupported, element("role", i) + " is " + name_of(NeuronRole{role}) +
                                                 ", and has an output weight for each of the " +
                                                 std::to_string(narrow.output_count) +
                                                 " outputs: tepui_embed_outputs takes them");
        if (has_free_weights(role)) require_finite(arrays.w + i * arrays.ldw, d, element("w", i).c_str());
    }
}

Embedding embedding_of(const PlaceArrays& arrays, const Network& narrow, Size m) {
    const Size d = narrow.inputs;
    Embedding embedding;
    embedding.narrow_width = narrow.width;
    embedding.inputs = d;
    embedding.output_count = narrow.output_count;
    embedding.free_weights.assign(static_cast<std::size_t>(checked_product(m, d)), 0.0);
    for (Size i = 0; i < m; ++i) {
        NeuronPlace place;
        place.role = static_cast<NeuronRole>(arrays.role[i]);
        place.group = arrays.group[i];
        place.sign = arrays.sign == nullptr ? 1 : arrays.sign[i];
        if (place.role == NeuronRole::daughter) {
            place.gamma = arrays.coefficient[i];
        } else if (place.role != NeuronRole::null && arrays.outputs == nullptr) {
            place.output = arrays.coefficient[i];
        }
        if (arrays.outputs != nullptr) {
            const double* const row = arrays.outputs + i * narrow.output_count;
            const bool sends = place.role != NeuronRole::null;
            if (narrow.output_count == 1)
                place.output = sends ? row[0] : 0.0;
            else
                for (Size o = 0; o < narrow.output_count; ++o)
                    embedding.free_outputs.push_back(sends ? row[o] : 0.0);
        }
        embedding.places.push_back(place);
        if (has_free_weights(arrays.role[i])) {
            std::copy_n(arrays.w + i * arrays.ldw, d, embedding.weights(i));
        }
    }
    return embedding;
}

void require_reducible_pair(const tepui_dataset& dataset, const tepui_network& network) {
    require_pair(&dataset, &network);
    if (!dataset.value.decay().none())
        throw Error(Status::unsupported,
                    "dataset has weight decay: a network and the distinct neurons behind it do not have the "
                    "same penalty, and stationary points of one are not those of the other");
}

void embed_given(tepui_context& context, const tepui_network* narrow, Size m, const PlaceArrays& arrays,
                 tepui_network** wide) {
    require_pointer(narrow, "narrow");
    const Network& network = narrow->value;
    require_one_activation(*narrow);
    require_size(m, 0, "m");
    require_addressable(m, network.inputs + network.output_count, "m", "the parameters of m neurons");
    require_arrays(arrays, m, network);
    require_pointer(wide, "wide");
    *wide = new tepui_network{embed(network, embedding_of(arrays, network, m), execution(context))};
}

template <class Value>
const Value* shown(const tepui_reduction* reduction, std::vector<Value> tepui_reduction::*values) {
    return reduction == nullptr ? nullptr : (reduction->*values).data();
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_reduce(tepui_context* context, const tepui_network* network, const tepui_dataset* dataset,
                          tepui_reduction** reduction) {
    return guarded_together(context, "tepui_reduce", [&](Together& together) {
        require_pointer(network, "network");
        require_one_activation(*network);
        if (dataset != nullptr) require_reducible_pair(*dataset, *network);
        require_pointer(reduction, "reduction");
        ReductionTolerances tolerances = context->options.reduction();
        tolerances.mirrors_beside = true;
        if (dataset == nullptr) {
            together.give(made(reduce(network->value, nullptr, tolerances, execution(*context)), {}),
                          reduction);
            return;
        }
        together.about(*dataset, &network->value);
        together.give(
            made(reduce(at_unit_scale(*network, *dataset), &dataset->unit(), tolerances, execution(*context)),
                 dataset->scale()),
            reduction);
    });
}

void tepui_reduction_destroy(tepui_reduction* reduction) {
    delete reduction;
}

const tepui_network* tepui_reduction_network(const tepui_reduction* reduction) {
    return reduction == nullptr ? nullptr : &reduction->narrow;
}

int64_t tepui_reduction_neurons(const tepui_reduction* reduction) {
    return reduction == nullptr ? 0 : static_cast<int64_t>(reduction->roles.size());
}

const tepui_neuron_role* tepui_reduction_roles(const tepui_reduction* reduction) {
    return shown(reduction, &tepui_reduction::roles);
}

const int64_t* tepui_reduction_groups(const tepui_reduction* reduction) {
    return shown(reduction, &tepui_reduction::groups);
}

const int32_t* tepui_reduction_signs(const tepui_reduction* reduction) {
    return shown(reduction, &tepui_reduction::signs);
}

const double* tepui_reduction_coefficients(const tepui_reduction* reduction) {
    return shown(reduction, &tepui_reduction::coefficients);
}

const double* tepui_reduction_free_weights(const tepui_reduction* reduction) {
    return reduction == nullptr ? nullptr : reduction->value.embedding.free_weights.data();
}

tepui_status tepui_reduction_report(tepui_context* context, const tepui_reduction* reduction,
                                    const tepui_report** report) {
    return report_of(context, reduction, "reduction", report,
                     [](const tepui_reduction& one) { return reduction_report(one.value); });
}

const double* tepui_reduction_outputs(const tepui_reduction* reduction) {
    return shown(reduction, &tepui_reduction::outputs);
}

tepui_status tepui_embed(tepui_context* context, const tepui_network* narrow, int64_t m,
                         const tepui_neuron_role* role, const int64_t* group, const int32_t* sign,
                         const double* coefficient, const double* w, int64_t ldw, tepui_network** wide) {
    return guarded(context, [&] {
        embed_given(*context, narrow, m, {role, group, sign, coefficient, nullptr, w, ldw}, wide);
    });
}

tepui_status tepui_embed_outputs(tepui_context* context, const tepui_network* narrow, int64_t m,
                                 const tepui_neuron_role* role, const int64_t* group, const int32_t* sign,
                                 const double* coefficient, const double* outputs, const double* w,
                                 int64_t ldw, tepui_network** wide) {
    return guarded(context, [&] {
        require_pointer(narrow, "narrow");
        if (m > 0) require_pointer(outputs, "outputs");
        embed_given(*context, narrow, m, {role, group, sign, coefficient, outputs, w, ldw}, wide);
    });
}

}  // extern "C"
