#include <algorithm>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "api/together.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui::api {
namespace {

constexpr tepui_dataset_flags kKnownFlags = TEPUI_DATASET_COPY | TEPUI_DATASET_BIAS | TEPUI_DATASET_MEAN_LOSS;

void require_same_inputs(const tepui_dataset& dataset, const tepui_network& network) {
    const Size inputs = dataset.value.inputs();
    if (network.value.inputs == inputs) return;
    throw Error(Status::invalid_size, "network has d = " + std::to_string(network.value.inputs) +
                                          " inputs, dataset has " + std::to_string(inputs) +
                                          " (with the bias): equal numbers are expected");
}

[[noreturn]] void refuse_model(const std::string& what) {
    throw Error(Status::unsupported,
                what +
                    ": this function takes networks of one output, without output bias, "
                    "skip connections or activations of single neurons, and the squared "
                    "loss without weight decay (tepui_classify_model judges points of any)");
}
[[noreturn]] void refuse_several(const std::string& what) {
    throw Error(Status::unsupported,
                what +
                    ": this function takes networks of one output and one activation without weight decay "
                    "(tepui_classify_model judges points of any)");
}

}  // namespace

void require_plain(const tepui_dataset& dataset) {
    const Dataset& data = dataset.value;
    if (data.outputs() != 1)
        refuse_model("dataset has " + std::to_string(data.outputs()) + " targets a sample");
    if (data.loss().kind() != LossKind::squared)
        refuse_model("dataset has the loss " + std::string(name_of(data.loss().kind())));
    if (!data.decay().none()) refuse_model("dataset has weight decay");
}

void require_plain(const tepui_network& network) {
    const Network& value = network.value;
    if (value.output_count != 1)
        refuse_model("network has " + std::to_string(value.output_count) + " outputs");
    if (value.output_bias) refuse_model("network has an output bias");
    if (value.skip) refuse_model("network has skip connections");
    if (!value.unit_activations.empty()) refuse_model("network has activations of single neurons");
}

void require_plain_pair(const tepui_dataset* dataset, const tepui_network* network) {
    require_pointer(dataset, "dataset");
    require_pointer(network, "network");
    require_same_inputs(*dataset, *network);
    require_plain(*dataset);
    require_plain(*network);
}

void require_one_output(const tepui_dataset& dataset) {
    const Dataset& data = dataset.value;
    if (data.outputs() != 1)
        refuse_several("dataset has " + std::to_string(data.outputs()) + " targets a sample");
    if (!data.decay().none()) refuse_several("dataset has weight decay");
}

void require_one_output(const tepui_network& network) {
    const Network& value = network.value;
    if (value.output_count != 1)
        refuse_several("network has " + std::to_string(value.output_count) + " outputs");
    if (!value.unit_activations.empty()) refuse_several("network has activations of single neurons");
}

void require_one_activation(const tepui_network& network) {
    if (network.value.unit_activations.empty()) return;
    throw Error(Status::unsupported,
                "network has activations of single neurons: one activation of all is expected, since neurons "
                "are compared by their weights");
}

void require_one_output_pair(const tepui_dataset* dataset, const tepui_network* network) {
    require_pointer(dataset, "dataset");
    require_pointer(network, "network");
    require_same_inputs(*dataset, *network);
    require_one_output(*dataset);
    require_one_output(*network);
}

void require_pair(const tepui_dataset* dataset, const tepui_network* network) {
    require_pointer(dataset, "dataset");
    require_pointer(network, "network");
    require_same_inputs(*dataset, *network);
    if (dataset->value.outputs() == network->value.output_count) return;
    throw Error(Status::invalid_size, "network has " + std::to_string(network->value.output_count) +
                                          " outputs, dataset has " +
                                          std::to_string(dataset->value.outputs()) +
                                          " targets a sample: equal numbers are expected");
}

namespace {

void require_flags(tepui_dataset_flags flags, tepui_dataset_flags known, const char* expected) {
    if ((flags & ~known) == 0) return;
    throw Error(Status::invalid_value,
                "flags is " + std::to_string(flags) + ", a sum of " + expected + " is expected");
}

template <class Value>
void require_samples(Size n, Size d, const Value* x, Size ldx, const double* y, tepui_dataset** dataset,
                     tepui_dataset_flags flags, bool of_ranks) {
    require_size(n, of_ranks ? 0 : 1, "n");
    require_size(d, 1, "d");
    if (x == nullptr && n > 0) throw Error(Status::null_pointer, "x is null, n x d values are expected");
    require_shape({n, d, ldx, "x", "n", "d", "ldx"});
    if (y != nullptr && !of_ranks) require_finite(y, n, "y");  // ranks say which sample of all
    require_pointer(dataset, "dataset");
    require_flags(flags, kKnownFlags, "TEPUI_DATASET_ flags");
}

LossScaling scaling_of(tepui_dataset_flags flags) {
    return (flags & TEPUI_DATASET_MEAN_LOSS) != 0 ? LossScaling::mean : LossScaling::sum;
}

std::unique_ptr<tepui_dataset> borrowed_or_copied(const DatasetSource& source, tepui_dataset_flags flags,
                                                  const tepui_context& context) {
    const auto make = [&](const DatasetSource& from) {
        const bool copy = (flags & TEPUI_DATASET_COPY) != 0, bias = (flags & TEPUI_DATASET_BIAS) != 0;
        return std::make_unique<tepui_dataset>(
            context.collective ? Dataset::of_ranks(context.collective, from, copy, bias, scaling_of(flags),
                                                   context.options.gathered_values)
                               : Dataset(from, copy, bias, scaling_of(flags)));
    };
    if (source.targets != nullptr) return make(source);
    Buffer<double> zeros(source.samples);
    std::fill_n(zeros.data(), zeros.size(), 0.0);
    DatasetSource untargeted = source;
    untargeted.targets = zeros.data();
    auto result = make(untargeted);
    if (!context.collective)
        result->value.set_targets(1, zeros.data(), squared_loss());  // kept, which zeros is not
    return result;
}

auto chunk_reader(tepui_chunk_function function, void* user) {
    return [=](Size first, Size count, double* x, double* targets, double* weights) {
        const std::int32_t answer = function(user, first, count, x, targets, weights);
        if (answer == 0) return;
        throw Error(Status::callback, "the chunk function returned " + std::to_string(answer) +
                                          " for samples " + std::to_string(first) + " to " +
                                          std::to_string(first + count - 1) + ", 0 is expected");
    };
}

void write(const Buffer<double>& values, double* destination) {
    if (destination != nullptr) std::copy_n(values.data(), values.size(), destination);
}

}  // namespace
}  // namespace tepui::api

using namespace tepui;
using namespace tepui::api;

extern "C" {

tepui_status tepui_dataset_create(tepui_context* context, int64_t n, int64_t d, const double* x, int64_t ldx,
                                  const double* y, const double* weights, tepui_dataset_flags flags,
                                  tepui_dataset** dataset) {
    return guarded_together(context, "tepui_dataset_create", [&](Together& together) {
        require_samples(n, d, x, ldx, y, dataset, flags, context->collective != nullptr);
        auto made = borrowed_or_copied({n, d, x, ldx, y, weights}, flags, *context);
        together.give(std::move(made), dataset);
    });
}

tepui_status tepui_dataset_create_f32(tepui_context* context, int64_t n, int64_t d, const float* x,
                                      int64_t ldx, const double* y, const double* weights,
                                      tepui_dataset_flags flags, tepui_dataset** dataset) {
    return guarded_together(context, "tepui_dataset_create_f32", [&](Together& together) {
        require_samples(n, d, x, ldx, y, dataset, flags, context->collective != nullptr);
        auto made = borrowed_or_copied({n, d, nullptr, ldx, y, weights, x}, flags, *context);
        together.give(std::move(made), dataset);
    });
}

tepui_status tepui_dataset_create_chunked(tepui_context* context, int64_t n, int64_t d,
                                          tepui_chunk_function function, void* user, int32_t weighted,
                                          tepui_dataset_flags flags, tepui_dataset** dataset) {
    return guarded_together(context, "tepui_dataset_create_chunked", [&](Together& together) {
        require_size(n, context->collective ? 0 : 1, "n");
        require_size(d, 1, "d");
        require_addressable(n, 1, "n", "the targets");
        require_addressable(d, 1, "d", "one sample");
        if (function == nullptr)
            throw Error(Status::null_pointer, "function is null, one that fills samples is expected");
        require_flag(weighted, "weighted");
        require_pointer(dataset, "dataset");
        require_flags(flags, TEPUI_DATASET_BIAS | TEPUI_DATASET_MEAN_LOSS,
                      "TEPUI_DATASET_BIAS and TEPUI_DATASET_MEAN_LOSS");
        StreamedSource source{n, d, weighted == 1, chunk_reader(function, user)};
        const bool bias = (flags & TEPUI_DATASET_BIAS) != 0;
        const Size gathered = context->options.gathered_values;
        auto made = std::make_unique<tepui_dataset>(
            context->collective
                ? Dataset::of_ranks(context->collective, std::move(source), bias, scaling_of(flags), gathered)
                : Dataset(std::move(source), bias, scaling_of(flags)));
        together.give(std::move(made), dataset);
    });
}

void tepui_dataset_destroy(tepui_dataset* dataset) {
    delete dataset;
}

int64_t tepui_dataset_samples(const tepui_dataset* dataset) {
    return dataset == nullptr ? 0 : dataset->value.samples();
}

int64_t tepui_dataset_inputs(const tepui_dataset* dataset) {
    return dataset == nullptr ? 0 : dataset->value.inputs();
}

tepui_status tepui_network_create(tepui_context* context, const tepui_activation* activation, int64_t m,
                                  int64_t d, const double* w, int64_t ldw, const double* a,
                                  tepui_network** network) {
    return guarded(context, [&] {
        require_pointer(activation, "activation");
        require_size(m, 0, "m");
        require_size(d, 1, "d");
        require_addressable(d, 1, "d", "w");
        require_addressable(m, d + 1, "m", "the m (d + 1) parameters");
        if (m > 0) {
            require_pointer(w, "w");
            require_shape({m, d, ldw, "w", "m", "d", "ldw"});
            require_pointer(a, "a");
        }
        require_pointer(network, "network");
        require_finite(w, m, d, ldw, "w");
        require_finite(a, m, "a");
        auto result = std::make_unique<tepui_network>(tepui_network{Network(activation->value, m, d)});
        for (Size i = 0; i < m; ++i) std::copy_n(w + i * ldw, d, result->value.weights(i));
        for (Size i = 0; i < m; ++i) result->value.output(i) = a[i];
        *network = result.release();
    });
}

void tepui_network_destroy(tepui_network* network) {
    delete network;
}

int64_t tepui_network_width(const tepui_network* network) {
    return network == nullptr ? 0 : network->value.width;
}

int64_t tepui_network_inputs(const tepui_network* network) {
    return network == nullptr ? 0 : network->value.inputs;
}

int64_t tepui_network_parameter_count(const tepui_network* network) {
    return network == nullptr ? 0 : network->value.parameter_count();
}

const double* tepui_network_parameters(const tepui_network* network) {
    return network == nullptr ? nullptr : network->value.parameters.data();
}

tepui_status tepui_loss(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                        double* loss) {
    return guarded_together(context, "tepui_loss", [&](Together& together) {
        require_pair(dataset, network);
        require_pointer(loss, "loss");
        together.about(*dataset, &network->value);
        const double value = tepui::loss(dataset->value, network->value, execution(*context)).loss;
        together.finish();
        *loss = value;
    });
}

tepui_status tepui_outputs(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                           double* outputs, double* residuals) {
    return guarded_together(context, "tepui_outputs", [&](Together& together) {
        require_pair(dataset, network);
        const std::int32_t of_outputs = 1, of_residuals = 2;
        const std::int32_t asked =
            together.about(*dataset, &network->value,
                           (outputs != nullptr ? of_outputs : 0) | (residuals != nullptr ? of_residuals : 0));
        const Dataset& data = dataset->value;
        const Size count = checked_product(data.samples(), data.outputs());
        Buffer<double> f((asked & of_outputs) != 0 ? count : 0);
        Buffer<double> r((asked & of_residuals) != 0 ? count : 0);
        tepui::outputs(data, network->value, f.data(), r.data(), execution(*context));
        together.finish();
        const Size first = data.given_begin() * data.outputs(), end = data.given_end() * data.outputs();
        if (outputs != nullptr) std::copy(f.data() + first, f.data() + end, outputs);
        if (residuals != nullptr) std::copy(r.data() + first, r.data() + end, residuals);
    });
}

tepui_status tepui_gradient(tepui_context* context, const tepui_dataset* dataset,
                            const tepui_network* network, double* loss, double* gradient, double* magnitude) {
    return guarded_together(context, "tepui_gradient", [&](Together& together) {
        require_pair(dataset, network);
        require_pointer(gradient, "gradient");
        const bool bounds = together.about(*dataset, &network->value, magnitude != nullptr ? 1 : 0) != 0;
        const Gradient result = tepui::gradient(dataset->value, network->value, execution(*context),
                                                bounds ? Bounds::with : Bounds::without);
        together.finish();
        if (loss != nullptr) *loss = result.loss.loss;
        std::copy(result.value.begin(), result.value.end(), gradient);
        if (magnitude != nullptr) std::copy(result.magnitude.begin(), result.magnitude.end(), magnitude);
    });
}

tepui_status tepui_hessian(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                           double* hessian, int64_t ld) {
    return guarded_together(context, "tepui_hessian", [&](Together& together) {
        require_pair(dataset, network);
        require_pointer(hessian, "hessian");
        const Size p = network->value.parameter_count();
        require_order(p, "P", "the Hessian");
        require_shape({p, p, ld, "hessian", "P", "P", "ld"});
        together.about(*dataset, &network->value);
        const HessianValue result = tepui::hessian(dataset->value, network->value, execution(*context));
        together.finish();
        for (Size i = 0; i < p; ++i) std::copy_n(result.value.row(i), p, hessian + i * ld);
    });
}

tepui_status tepui_hessian_vector(tepui_context* context, const tepui_dataset* dataset,
                                  const tepui_network* network, const double* direction, double* product) {
    return guarded_together(context, "tepui_hessian_vector", [&](Together& together) {
        require_pair(dataset, network);
        require_pointer(direction, "direction");
        require_pointer(product, "product");
        const Size p = network->value.parameter_count();
        require_finite(direction, p, "direction");
        together.about(*dataset, &network->value);
        Buffer<double> result(p);
        hessian_vector(dataset->value, network->value, {direction, static_cast<std::size_t>(p)},
                       result.span(), execution(*context));
        together.finish();
        write(result, product);
    });
}

}  // extern "C"
