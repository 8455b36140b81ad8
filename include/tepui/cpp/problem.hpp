// Activations, data sets, networks and the loss; part of tepui.hpp.
#ifndef TEPUI_CPP_PROBLEM_HPP
#define TEPUI_CPP_PROBLEM_HPP

#include <vector>

#include "context.hpp"

namespace tepui {

// An activation by name: "tanh", "leaky_relu:0.1", ...
class Activation : public Handle<tepui_activation> {
  public:
    Activation(const Context& context, const std::string& name) {
        own(
            [&](auto** made) {
                context.check(tepui_activation_create_named(context.get(), name.c_str(), made));
            },
            tepui_activation_destroy);
    }
};

// Samples and targets: x has `columns` numbers for each sample, one sample after the other.
class Dataset : public Handle<tepui_dataset> {
  public:
    struct Options {
        bool bias = false;                     // a constant-one input
        bool mean = false;                     // the loss is divided by the sum of the sample weights
        bool borrow = false;                   // the arrays stay the caller's and unchanged while this lives
        std::span<const double> weights = {};  // of the samples; empty: all 1
    };

    // y may be empty: targets are then given by set_targets or set_classes.
    Dataset(const Context& context, std::int64_t columns, std::span<const double> x,
            std::span<const double> y, const Options& options) {
        const auto count = static_cast<std::int64_t>(x.size());
        if (columns < 1 || count % columns != 0) {
            throw Error(TEPUI_ERROR_INVALID_SIZE, "x has " + std::to_string(count) + " values: no rows of " +
                                                      std::to_string(columns) + " columns");
        }
        const std::int64_t n = count / columns;
        if (!y.empty()) detail::expect_length("y", y.size(), n);
        if (!options.weights.empty()) detail::expect_length("weights", options.weights.size(), n);
        const tepui_dataset_flags flags = (options.bias ? TEPUI_DATASET_BIAS : 0) |
                                          (options.mean ? TEPUI_DATASET_MEAN_LOSS : 0) |
                                          (options.borrow ? TEPUI_DATASET_BORROW : TEPUI_DATASET_COPY);
        own(
            [&](auto** made) {
                context.check(tepui_dataset_create(
                    context.get(), n, columns, x.data(), columns, y.empty() ? nullptr : y.data(),
                    options.weights.empty() ? nullptr : options.weights.data(), flags, made));
            },
            tepui_dataset_destroy);
    }
    Dataset(const Context& context, std::int64_t columns, std::span<const double> x,
            std::span<const double> y)
        : Dataset(context, columns, x, y, Options{}) {}

    // Several targets, another loss, classes, weight decay: before any call has used the data set (models.h).
    void set_targets(const Context& context, tepui_loss_kind loss, std::int64_t outputs,
                     std::span<const double> y, double parameter = 0) const {
        detail::expect_length("y", y.size(), samples() * outputs);
        context.check(tepui_dataset_set_targets(context.get(), get(), loss, parameter, outputs, y.data()));
    }
    void set_classes(const Context& context, std::int64_t classes,
                     std::span<const std::int64_t> labels) const {
        detail::expect_length("labels", labels.size(), samples());
        context.check(tepui_dataset_set_classes(context.get(), get(), classes, labels.data()));
    }
    void set_decay(const Context& context, double weights, double hidden_biases, double outputs,
                   double output_biases, double skip) const {
        context.check(tepui_dataset_set_decay(context.get(), get(), weights, hidden_biases, outputs,
                                              output_biases, skip));
    }

    std::int64_t samples() const { return tepui_dataset_samples(get()); }
    std::int64_t inputs() const { return tepui_dataset_inputs(get()); }
    std::int64_t outputs() const { return tepui_dataset_outputs(get()); }
};

// A network with its parameters.
class Network : public Handle<tepui_network> {
  public:
    // f(x) = sum_i a_i sigma(w_i . x), w[m][inputs], a[m].
    Network(const Context& context, const Activation& activation, std::int64_t inputs,
            std::span<const double> w, std::span<const double> a) {
        const auto m = static_cast<std::int64_t>(a.size());
        detail::expect_length("w", w.size(), m * inputs);
        make([&](auto** made) {
            context.check(tepui_network_create(context.get(), activation.get(), m, inputs, w.data(), inputs,
                                               a.data(), made));
        });
    }
    // Any model, by all of its parameters in their order (models.h).
    Network(const Context& context, const Activation& activation, std::int64_t neurons, std::int64_t inputs,
            std::int64_t outputs, tepui_model_flags flags, std::span<const double> parameters) {
        const std::int64_t output_rows = neurons + ((flags & TEPUI_MODEL_OUTPUT_BIAS) != 0 ? 1 : 0) +
                                         ((flags & TEPUI_MODEL_SKIP) != 0 ? inputs : 0);
        detail::expect_length("parameters", parameters.size(), neurons * inputs + output_rows * outputs);
        make([&](auto** made) {
            context.check(tepui_network_create_model(context.get(), activation.get(), neurons, inputs,
                                                     outputs, flags, parameters.data(), made));
        });
    }
    // Whatever call(&network) makes.
    template <class Call>
    static Network made_by(Call&& call) {
        Network network;
        network.make(call);
        return network;
    }
    // Borrowed from what `owner` holds.
    template <class Owner>
    Network(const std::shared_ptr<Owner>& owner, const tepui_network* network) : Handle(owner, network) {}

    // The network with one neuron replaced by daughters of output weights gamma_j a_i.
    Network split(const Context& context, std::int64_t neuron, std::span<const double> gamma) const {
        return made_by([&](auto** made) {
            const auto r = static_cast<std::int64_t>(gamma.size());
            context.check(tepui_split(context.get(), get(), neuron, r, gamma.data(), made));
        });
    }

    // Of a ReLU-like neuron: daughters sqrt(gamma_j) (w_i, a_i), which keep weight decay too.
    Network split_homogeneous(const Context& context, std::int64_t neuron,
                              std::span<const double> gamma) const {
        return made_by([&](auto** made) {
            const auto r = static_cast<std::int64_t>(gamma.size());
            context.check(tepui_split_homogeneous(context.get(), get(), neuron, r, gamma.data(), made));
        });
    }

    std::int64_t width() const { return tepui_network_width(get()); }
    std::int64_t inputs() const { return tepui_network_inputs(get()); }
    std::int64_t outputs() const { return tepui_network_outputs(get()); }
    std::span<const double> parameters() const {
        const std::int64_t count = tepui_network_parameter_count(get());
        return {tepui_network_parameters(get()), static_cast<std::size_t>(count)};
    }

  private:
    Network() = default;
    template <class Call>
    void make(Call&& call) {
        own(call, tepui_network_destroy);
    }
};

// ---- The objective ----
inline double loss(const Context& context, const Dataset& data, const Network& network) {
    double value = 0;
    context.check(tepui_loss(context.get(), data.get(), network.get(), &value));
    return value;
}
inline std::vector<double> gradient(const Context& context, const Dataset& data, const Network& network) {
    std::vector<double> values(network.parameters().size());
    context.check(tepui_gradient(context.get(), data.get(), network.get(), nullptr, values.data(), nullptr));
    return values;
}
// P x P.
inline std::vector<double> hessian(const Context& context, const Dataset& data, const Network& network) {
    const std::size_t order = network.parameters().size();
    std::vector<double> values(order * order);
    context.check(tepui_hessian(context.get(), data.get(), network.get(), values.data(),
                                static_cast<std::int64_t>(order)));
    return values;
}
// H_i, d x d.
inline std::vector<double> inner_hessian(const Context& context, const Dataset& data, const Network& network,
                                         std::int64_t neuron) {
    const auto order = static_cast<std::size_t>(network.inputs());
    std::vector<double> values(order * order);
    context.check(tepui_inner_hessian(context.get(), data.get(), network.get(), neuron, values.data(),
                                      network.inputs()));
    return values;
}

// The loss as a function of the parameters, for solvers; used by one thread at a time (objective.h).
class Objective : public Handle<tepui_objective> {
  public:
    Objective(Context context, const Dataset& data, const Network& network) : context_(std::move(context)) {
        own(
            [&](auto** made) {
                context_.check(tepui_objective_create(context_.get(), data.get(), network.get(), made));
            },
            tepui_objective_destroy, data.shared());
    }
    std::int64_t parameters() const { return tepui_objective_parameter_count(get()); }
    double loss(std::span<const double> theta) const {
        double value = 0;
        expect("theta", theta);
        context_.check(tepui_objective_loss(context_.get(), get(), theta.data(), &value));
        return value;
    }
    // Fills the gradient and returns the loss.
    double gradient(std::span<const double> theta, std::span<double> gradient) const {
        double value = 0;
        expect("theta", theta), expect("gradient", gradient);
        context_.check(
            tepui_objective_gradient(context_.get(), get(), theta.data(), &value, gradient.data()));
        return value;
    }
    void hessian_vector(std::span<const double> theta, std::span<const double> direction,
                        std::span<double> product) const {
        expect("theta", theta), expect("direction", direction), expect("product", product);
        context_.check(tepui_objective_hessian_vector(context_.get(), get(), theta.data(), direction.data(),
                                                      product.data()));
    }

  private:
    void expect(const char* name, std::span<const double> vector) const {
        detail::expect_length(name, vector.size(), parameters());
    }
    Context context_;
};

}  // namespace tepui

#endif
