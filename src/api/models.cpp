#include "tepui/models.h"

#include <cmath>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/together.hpp"

using namespace tepui;
using namespace tepui::api;

namespace {

static_assert(std::is_same_v<tepui_loss_function, LossCallback>);

constexpr tepui_model_flags kKnownFlags = TEPUI_MODEL_OUTPUT_BIAS | TEPUI_MODEL_SKIP;

std::shared_ptr<const Loss> lasting(const Loss& loss) {
    return {std::shared_ptr<const Loss>(), &loss};
}

std::shared_ptr<const Loss> built_in(tepui_loss_kind kind, double parameter) {
    require_finite(parameter, "parameter");
    const bool huber = kind == TEPUI_LOSS_PSEUDO_HUBER;
    if (huber ? !(parameter > 0.0) : parameter != 0.0) {
        throw Error(Status::invalid_value, "parameter is " + number_text(parameter) +
                                               (huber ? ", delta > 0 of the pseudo-Huber loss is expected"
                                                      : ", 0 is expected: this loss has none"));
    }
    switch (static_cast<LossKind>(kind)) {
        case LossKind::squared:
            return lasting(squared_loss());
        case LossKind::logistic:
            return lasting(logistic_loss());
        case LossKind::softmax:
            return lasting(softmax_loss());
        case LossKind::poisson:
            return lasting(poisson_loss());
        case LossKind::pseudo_huber:
            return pseudo_huber_loss(parameter);
        case LossKind::custom:
        case LossKind::linear:
            break;
    }
    throw Error(Status::invalid_value, "loss is " + std::to_string(kind) +
                                           ", a TEPUI_LOSS_ number but TEPUI_LOSS_CUSTOM is expected");
}

// y: of the samples that this rank gave.
void set_targets(Together& together, tepui_dataset& dataset, std::shared_ptr<const Loss> loss, Size outputs,
                 const double* y) {
    const Dataset& data = dataset.value;
    require_size(outputs, 1, "outputs");
    require_addressable(outputs, data.samples(), "outputs", "the targets");
    together.about(dataset);
    Buffer<double> all;
    if (data.given_end() > data.given_begin()) require_pointer(y, "y");
    if (data.collective() != nullptr) {
        all = Buffer<double>(checked_product(data.samples(), outputs));
        const Size given = (data.given_end() - data.given_begin()) * outputs;
        if (given > 0) std::copy_n(y, given, all.data() + data.given_begin() * outputs);
        data.gather_given(all.data(), outputs);
        y = all.data();
    }
    dataset.change([&](Dataset& value) { value.set_targets(outputs, y, *loss); });
    dataset.loss = std::move(loss);
}

double lambda(double value, const char* name) {
    require_finite(value, name);
    if (value >= 0.0) return value;
    throw Error(Status::invalid_value,
                std::string(name) + " is " + number_text(value) + ", at least 0 is expected");
}

}  // namespace

extern "C" {

tepui_status tepui_dataset_set_targets(tepui_context* context, tepui_dataset* dataset, tepui_loss_kind loss,
                                       double parameter, int64_t outputs, const double* y) {
    return guarded_together(context, "tepui_dataset_set_targets", [&](Together& together) {
        require_pointer(dataset, "dataset");
        set_targets(together, *dataset, built_in(loss, parameter), outputs, y);
    });
}

tepui_status tepui_dataset_set_classes(tepui_context* context, tepui_dataset* dataset, int64_t classes,
                                       const int64_t* labels) {
    return guarded_together(context, "tepui_dataset_set_classes", [&](Together& together) {
        require_pointer(dataset, "dataset");
        require_size(classes, 2, "classes");
        const Size n = dataset->value.given_end() - dataset->value.given_begin();
        require_addressable(classes, dataset->value.samples(), "classes", "the targets");
        if (n > 0) require_pointer(labels, "labels");
        Buffer<double> y(checked_product(n, classes));
        std::fill_n(y.data(), y.size(), 0.0);
        for (Size k = 0; k < n; ++k) {
            if (labels[k] < 0 || labels[k] >= classes) {
                throw Error(Status::invalid_value,
                            element("labels", k) + " is " + std::to_string(labels[k]) +
                                ", expected 0 <= labels[k] < classes = " + std::to_string(classes));
            }
            y.data()[k * classes + labels[k]] = 1.0;
        }
        set_targets(together, *dataset, lasting(softmax_loss()), classes, y.data());
    });
}

tepui_status tepui_dataset_set_custom_loss(tepui_context* context, tepui_dataset* dataset,
                                           tepui_loss_function function, void* user, int32_t convex,
                                           int64_t outputs, const double* y) {
    return guarded_together(context, "tepui_dataset_set_custom_loss", [&](Together& together) {
        require_pointer(dataset, "dataset");
        if (function == nullptr)
            throw Error(Status::null_pointer, "function is null, a loss's function is expected");
        require_flag(convex, "convex");
        set_targets(together, *dataset, custom_loss(function, user, convex == 1), outputs, y);
    });
}

tepui_status tepui_dataset_set_decay(tepui_context* context, tepui_dataset* dataset, double weights,
                                     double hidden_biases, double outputs, double output_biases,
                                     double skip) {
    return guarded(context, [&] {
        require_pointer(dataset, "dataset");
        Decay decay{.weights = lambda(weights, "weights"),
                    .hidden_biases = lambda(hidden_biases, "hidden_biases"),
                    .outputs = lambda(outputs, "outputs"),
                    .output_biases = lambda(output_biases, "output_biases"),
                    .skip = lambda(skip, "skip")};
        dataset->change([&](Dataset& value) { value.set_decay(decay); });
    });
}

int64_t tepui_dataset_outputs(const tepui_dataset* dataset) {
    return dataset == nullptr ? 0 : dataset->value.outputs();
}

tepui_loss_kind tepui_dataset_loss(const tepui_dataset* dataset) {
    return dataset == nullptr ? 0 : static_cast<tepui_loss_kind>(dataset->value.loss().kind());
}

tepui_status tepui_network_create_model(tepui_context* context, const tepui_activation* activation, int64_t m,
                                        int64_t d, int64_t outputs, tepui_model_flags flags,
                                        const double* parameters, tepui_network** network) {
    return guarded(context, [&] {
        require_pointer(activation, "activation");
        require_size(m, 0, "m");
        require_size(d, 1, "d");
        require_size(outputs, 1, "outputs");
        require_addressable(d, 1, "d", "w");
        require_addressable(m, d + 1, "m", "the hidden weights");
        require_addressable(outputs, m + d + 1, "outputs", "the output weights");
        if ((flags & ~kKnownFlags) != 0) {
            throw Error(Status::invalid_value,
                        "flags is " + std::to_string(flags) + ", a sum of TEPUI_MODEL_ flags is expected");
        }
        const Layout layout{m, d, outputs, (flags & TEPUI_MODEL_OUTPUT_BIAS) != 0,
                            (flags & TEPUI_MODEL_SKIP) != 0};
        const Size count = layout.parameter_count();
        if (count > 0) require_pointer(parameters, "parameters");
        require_pointer(network, "network");
        require_finite(parameters, count, "parameters");
        auto result = std::make_unique<tepui_network>(tepui_network{Network(activation->value, layout)});
        std::copy_n(parameters, count, result->value.parameters.data());
        *network = result.release();
    });
}

tepui_status tepui_network_set_activation(tepui_context* context, tepui_network* network, int64_t neuron,
                                          const tepui_activation* activation) {
    return guarded(context, [&] {
        require_pointer(network, "network");
        require_index(neuron, network->value.width, "neuron", "m");
        require_pointer(activation, "activation");
        std::vector<Activation>& units = network->value.unit_activations;
        if (units.empty()) units.assign(network->value.width, network->value.activation);
        units[neuron] = activation->value;
    });
}

int64_t tepui_network_outputs(const tepui_network* network) {
    return network == nullptr ? 0 : network->value.output_count;
}

tepui_model_flags tepui_network_flags(const tepui_network* network) {
    if (network == nullptr) return TEPUI_MODEL_PLAIN;
    return (network->value.output_bias ? TEPUI_MODEL_OUTPUT_BIAS : 0) |
           (network->value.skip ? TEPUI_MODEL_SKIP : 0);
}

}  // extern "C"
