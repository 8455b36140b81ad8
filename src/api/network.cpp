#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "api/checks.hpp"
#include "api/guard.hpp"
#include "api/handles.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui::api {
namespace {

static_assert(std::is_same_v<tepui_activation_function, Activation::Callback>);

constexpr tepui_dataset_flags kKnownFlags = TEPUI_DATASET_COPY | TEPUI_DATASET_BIAS | TEPUI_DATASET_MEAN_LOSS;

constexpr double kLeakySlope = 0.01;

bool is_built_in(tepui_activation_kind kind) {
    return kind != TEPUI_ACTIVATION_CUSTOM && is_public(ActivationKind{kind});
}

Activation built_in(tepui_activation_kind kind, double slope) {
    return Activation(static_cast<ActivationKind>(kind), kind == TEPUI_ACTIVATION_LEAKY_RELU ? slope : 0.0);
}

tepui_activation* made(const Activation& activation) {
    std::string name(activation.name());
    if (activation.kind() == ActivationKind::leaky_relu && activation.parameter() != kLeakySlope) {
        name.append(":").append(number_text(activation.parameter()));
    }
    return new tepui_activation{activation, std::move(name)};
}

// The slope behind "leaky_relu:"; nothing when the name is not of that form.
std::optional<double> named_slope(std::string_view name) {
    constexpr std::string_view kPrefix = "leaky_relu:";
    if (name.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
    const std::string_view digits = name.substr(kPrefix.size());
    double slope = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), slope);
    if (error == std::errc() && end == digits.data() + digits.size() && std::isfinite(slope)) return slope;
    throw Error(Status::invalid_value,
                "activation '" + std::string(name) +
                    "' has no slope, leaky_relu:NUMBER with a finite number is expected");
}

void require_traits(tepui_smoothness smoothness, std::int32_t polynomial, tepui_parity parity,
                    std::int32_t flat_on_negatives) {
    if (!is_public(Smoothness{smoothness})) {
        throw Error(Status::invalid_value, "smoothness is " + std::to_string(smoothness) +
                                               ", a TEPUI_SMOOTHNESS_ number is expected");
    }
    require_flag(polynomial, "polynomial");
    if (!is_public(Parity{parity})) {
        throw Error(Status::invalid_value,
                    "parity is " + std::to_string(parity) + ", a TEPUI_PARITY_ number is expected");
    }
    require_flag(flat_on_negatives, "flat_on_negatives");
    if (flat_on_negatives == 1 && smoothness == TEPUI_SMOOTHNESS_ANALYTIC) {
        throw Error(Status::invalid_value,
                    "flat_on_negatives is 1 and smoothness is analytic: only a constant is both");
    }
}

double value_at_zero(const Activation& activation) {
    const double zero = 0.0;
    double value = 0.0, first = 0.0, second = 0.0;
    activation.evaluate(1, &zero, {&value, &first, &second, nullptr});
    return value;
}

}  // namespace

namespace {

void require_same_inputs(const tepui_dataset& dataset, const tepui_network& network) {
    const Size data_inputs = dataset.value.inputs();
    const Size network_inputs = network.value.inputs;
    if (data_inputs == network_inputs) return;
    throw Error(Status::invalid_size, "network has d = " + std::to_string(network_inputs) +
                                          " inputs, dataset has " + std::to_string(data_inputs) +
                                          " (with the bias): equal numbers are expected");
}

[[noreturn]] void refuse_model(const std::string& what) {
    throw Error(Status::unsupported, what +
                                         ": this function takes networks of one output, without output bias, "
                                         "skip connections or activations of single neurons, and the squared "
                                         "loss without weight decay");
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

void require_plain_pair(const tepui_dataset& dataset, const tepui_network& network) {
    require_same_inputs(dataset, network);
    require_plain(dataset);
    require_plain(network);
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
                     tepui_dataset_flags flags) {
    require_size(n, 1, "n");
    require_size(d, 1, "d");
    if (x == nullptr) throw Error(Status::null_pointer, "x is null, n x d values are expected");
    require_shape({n, d, ldx, "x", "n", "d", "ldx"});
    if (y != nullptr) require_finite(y, n, "y");
    require_pointer(dataset, "dataset");
    require_flags(flags, kKnownFlags, "TEPUI_DATASET_ flags");
}

LossScaling scaling_of(tepui_dataset_flags flags) {
    return (flags & TEPUI_DATASET_MEAN_LOSS) != 0 ? LossScaling::mean : LossScaling::sum;
}

tepui_dataset* borrowed_or_copied(const DatasetSource& source, tepui_dataset_flags flags) {
    const auto make = [&](const DatasetSource& from) {
        return std::make_unique<tepui_dataset>(Dataset(from, (flags & TEPUI_DATASET_COPY) != 0,
                                                       (flags & TEPUI_DATASET_BIAS) != 0, scaling_of(flags)));
    };
    if (source.targets != nullptr) return make(source).release();
    Buffer<double> zeros(source.samples);
    std::fill_n(zeros.data(), zeros.size(), 0.0);
    DatasetSource untargeted = source;
    untargeted.targets = zeros.data();
    auto result = make(untargeted);
    result->value.set_targets(1, zeros.data(), squared_loss());  // kept, which zeros is not
    return result.release();
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

tepui_status tepui_activation_create(tepui_context* context, tepui_activation_kind kind,
                                     tepui_activation** activation) {
    return guarded(context, [&] {
        require_pointer(activation, "activation");
        if (!is_built_in(kind)) {
            throw Error(Status::invalid_value,
                        std::string("kind ") + std::to_string(kind) +
                            " is no built-in activation; a TEPUI_ACTIVATION_ number but "
                            "TEPUI_ACTIVATION_CUSTOM is expected");
        }
        *activation = made(built_in(kind, kLeakySlope));
    });
}

tepui_status tepui_activation_create_named(tepui_context* context, const char* name,
                                           tepui_activation** activation) {
    return guarded(context, [&] {
        require_pointer(name, "name");
        require_pointer(activation, "activation");
        const std::optional<double> slope = named_slope(name);
        const auto kind = slope ? TEPUI_ACTIVATION_LEAKY_RELU
                                : static_cast<tepui_activation_kind>(activation_from_name(name));
        *activation = made(built_in(kind, slope.value_or(kLeakySlope)));
    });
}

tepui_status tepui_activation_create_leaky_relu(tepui_context* context, double slope,
                                                tepui_activation** activation) {
    return guarded(context, [&] {
        require_pointer(activation, "activation");
        *activation = made(built_in(TEPUI_ACTIVATION_LEAKY_RELU, slope));
    });
}

tepui_status tepui_activation_create_custom(tepui_context* context, tepui_activation_function function,
                                            void* user, tepui_smoothness smoothness, int32_t polynomial,
                                            tepui_parity parity, int32_t flat_on_negatives,
                                            tepui_activation** activation) {
    return guarded(context, [&] {
        if (function == nullptr) {
            throw Error(Status::null_pointer, "function is null, an activation's function is expected");
        }
        require_traits(smoothness, polynomial, parity, flat_on_negatives);
        require_pointer(activation, "activation");
        ActivationTraits traits;
        traits.smoothness = static_cast<Smoothness>(smoothness);
        traits.polynomial = polynomial == 1;
        traits.parity = static_cast<Parity>(parity);
        traits.flat_on_negatives = flat_on_negatives == 1;
        traits.value_at_zero = value_at_zero(Activation(function, user, traits));
        if (traits.parity == Parity::odd && traits.value_at_zero != 0.0) {
            throw Error(Status::invalid_value, "parity is odd, but the function gives " +
                                                   number_text(traits.value_at_zero) + " at z = 0");
        }
        *activation = made(Activation(function, user, traits));
    });
}

void tepui_activation_destroy(tepui_activation* activation) {
    delete activation;
}

const char* tepui_activation_name(const tepui_activation* activation) {
    return activation == nullptr ? "" : activation->name.c_str();
}

int32_t tepui_activation_is_relu_like(const tepui_activation* activation) {
    return activation != nullptr && activation->value.traits().smoothness == Smoothness::piecewise_linear ? 1
                                                                                                          : 0;
}

tepui_status tepui_activation_evaluate(tepui_context* context, const tepui_activation* activation,
                                       int64_t count, const double* z, double* value, double* first,
                                       double* second, double* third) {
    return guarded(context, [&] {
        require_pointer(activation, "activation");
        require_size(count, 0, "count");
        if (count > 0) require_pointer(z, "z");
        require_addressable(count, 1, "count", "z");
        const Activation& sigma = activation->value;
        if (third != nullptr && sigma.derivatives() < 3) {
            throw Error(Status::unsupported, "third is not null, but activation '" + activation->name +
                                                 "' has no third derivative: null is expected");
        }
        if (sigma.kind() != ActivationKind::custom) {  // cannot fail
            sigma.evaluate(count, z, {value, first, second, third});
            return;
        }
        const auto staged = [&](const double* wanted) { return Buffer<double>(wanted ? count : 0); };
        Buffer<double> values = staged(value), firsts = staged(first);
        Buffer<double> seconds = staged(second), thirds = staged(third);
        sigma.evaluate(count, z, {values.data(), firsts.data(), seconds.data(), thirds.data()});
        write(values, value);
        write(firsts, first);
        write(seconds, second);
        write(thirds, third);
    });
}

tepui_status tepui_dataset_create(tepui_context* context, int64_t n, int64_t d, const double* x, int64_t ldx,
                                  const double* y, const double* weights, tepui_dataset_flags flags,
                                  tepui_dataset** dataset) {
    return guarded(context, [&] {
        require_samples(n, d, x, ldx, y, dataset, flags);
        *dataset = borrowed_or_copied({n, d, x, ldx, y, weights}, flags);
    });
}

tepui_status tepui_dataset_create_f32(tepui_context* context, int64_t n, int64_t d, const float* x,
                                      int64_t ldx, const double* y, const double* weights,
                                      tepui_dataset_flags flags, tepui_dataset** dataset) {
    return guarded(context, [&] {
        require_samples(n, d, x, ldx, y, dataset, flags);
        *dataset = borrowed_or_copied({n, d, nullptr, ldx, y, weights, x}, flags);
    });
}

tepui_status tepui_dataset_create_chunked(tepui_context* context, int64_t n, int64_t d,
                                          tepui_chunk_function function, void* user, int32_t weighted,
                                          tepui_dataset_flags flags, tepui_dataset** dataset) {
    return guarded(context, [&] {
        require_size(n, 1, "n");
        require_size(d, 1, "d");
        require_addressable(n, 1, "n", "the targets");
        require_addressable(d, 1, "d", "one sample");
        if (function == nullptr)
            throw Error(Status::null_pointer, "function is null, one that fills samples is expected");
        require_flag(weighted, "weighted");
        require_pointer(dataset, "dataset");
        require_flags(flags, TEPUI_DATASET_BIAS | TEPUI_DATASET_MEAN_LOSS,
                      "TEPUI_DATASET_BIAS and TEPUI_DATASET_MEAN_LOSS");
        *dataset = new tepui_dataset{Dataset({n, d, weighted == 1, chunk_reader(function, user)},
                                             (flags & TEPUI_DATASET_BIAS) != 0, scaling_of(flags))};
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
    return guarded(context, [&] {
        require_pair(dataset, network);
        require_pointer(loss, "loss");
        *loss = tepui::loss(dataset->value, network->value, execution(*context)).loss;
    });
}

tepui_status tepui_outputs(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                           double* outputs, double* residuals) {
    return guarded(context, [&] {
        require_pair(dataset, network);
        const Size count = checked_product(dataset->value.samples(), dataset->value.outputs());
        Buffer<double> f(outputs ? count : 0);
        Buffer<double> r(residuals ? count : 0);
        tepui::outputs(dataset->value, network->value, f.data(), r.data(), execution(*context));
        write(f, outputs);
        write(r, residuals);
    });
}

tepui_status tepui_gradient(tepui_context* context, const tepui_dataset* dataset,
                            const tepui_network* network, double* loss, double* gradient, double* magnitude) {
    return guarded(context, [&] {
        require_pair(dataset, network);
        require_pointer(gradient, "gradient");
        const Gradient result = tepui::gradient(dataset->value, network->value, execution(*context),
                                                magnitude != nullptr ? Bounds::with : Bounds::without);
        if (loss != nullptr) *loss = result.loss.loss;
        std::copy(result.value.begin(), result.value.end(), gradient);
        if (magnitude != nullptr) std::copy(result.magnitude.begin(), result.magnitude.end(), magnitude);
    });
}

tepui_status tepui_hessian(tepui_context* context, const tepui_dataset* dataset, const tepui_network* network,
                           double* hessian, int64_t ld) {
    return guarded(context, [&] {
        require_pair(dataset, network);
        require_pointer(hessian, "hessian");
        const Size p = network->value.parameter_count();
        require_order(p, "P", "the Hessian");
        require_shape({p, p, ld, "hessian", "P", "P", "ld"});
        const HessianValue result = tepui::hessian(dataset->value, network->value, execution(*context));
        for (Size i = 0; i < p; ++i) std::copy_n(result.value.row(i), p, hessian + i * ld);
    });
}

tepui_status tepui_hessian_vector(tepui_context* context, const tepui_dataset* dataset,
                                  const tepui_network* network, const double* direction, double* product) {
    return guarded(context, [&] {
        require_pair(dataset, network);
        require_pointer(direction, "direction");
        require_pointer(product, "product");
        const Size p = network->value.parameter_count();
        require_finite(direction, p, "direction");
        Buffer<double> result(p);
        hessian_vector(dataset->value, network->value, {direction, static_cast<std::size_t>(p)},
                       result.span(), execution(*context));
        write(result, product);
    });
}

}  // extern "C"
