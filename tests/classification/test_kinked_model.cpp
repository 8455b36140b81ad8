// ReLU-like networks of several outputs with output biases: the verdict on their neurons, and stationarity
// beside them.
#include <cmath>

#include "classification/directional/several_outputs.hpp"
#include "network/derivatives/gradient.hpp"
#include "planted_kinks.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// The outputs as one network and its data, with output biases or without.
struct Model : JoinedOutputs {
    Model(const std::vector<PlantedKinks>& outputs, bool biased) : JoinedOutputs(outputs, biased) {
        for (Size o = 0; o < network.output_count && biased; ++o) {
            network.parameters[network.coefficient(network.width, o)] = bias(o);
            for (Size k = 0; k < samples; ++k) targets[std::size_t(k * network.output_count + o)] += bias(o);
        }
    }
    static double bias(Size o) { return 0.75 - 0.5 * static_cast<double>(o); }

    // One sample at which every neuron of relu is silent pulls the biases back; false where none is found.
    bool balance(Random& random) {
        std::vector<double> sums(std::size_t(network.output_count));
        const Gradient slope = gradient(dataset(), network, Execution{1});
        for (Size o = 0; o < network.output_count; ++o)
            sums[std::size_t(o)] = slope.value[std::size_t(network.coefficient(network.width, o))];
        for (int attempt = 0; attempt < 2000; ++attempt) {
            std::vector<double> one(std::size_t(network.inputs));
            for (double& value : one) value = random.normal();
            bool silent = true;
            for (Size i = 0; i < network.width; ++i) {
                double z = 0.0;
                for (Size j = 0; j < network.inputs; ++j) z += network.weights(i)[j] * one[std::size_t(j)];
                silent = silent && z < -0.1;
            }
            if (!silent) continue;
            x.insert(x.end(), one.begin(), one.end());
            weights.push_back(1.0);
            for (Size o = 0; o < network.output_count; ++o)
                targets.push_back(bias(o) + sums[std::size_t(o)]);  // its residual is minus the sum
            ++samples;
            return true;
        }
        return false;
    }
};

OutputsReport judge(const Model& model) {
    return classify_kinked_model(model.dataset(), model.network, Tolerances{}, DirectionalOptions{},
                                 Execution{1});
}

double loss_at(const Model& model, const std::vector<double>& parameters) {
    Network there = model.network;
    there.parameters = parameters;
    return gradient(model.dataset(), there, Execution{1}).loss.loss;
}

}  // namespace

TEST_CASE("a network of several outputs is judged as its outputs are, and in its own parameters",
          "[directional]") {
    int saddles = 0, moving = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        PlantedKinksOptions options;
        options.plants = {Plant::minimum};
        if (seed % 3 == 0) options.plants = {Plant::steep};
        options.seed = seed;
        const std::optional<PlantedKinks> planted = plant_kinks(options);
        if (!planted) continue;
        const double scale = seed % 3 == 0 ? 1.0 : 1e-3;  // opposed outputs: an escape neuron, a saddle
        const std::vector<PlantedKinks> outputs =
            outputs_of(*planted, {scale, scale}, {1.0, seed % 3 == 0 ? 0.5 : -1.0});
        const Model model(outputs, false);
        const OutputsReport report = judge(model);
        INFO("seed " << seed << ", " << name_of(report.verdict));
        if (report.verdict == Verdict::saddle) ++saddles;
        if (report.verdict == Verdict::not_stationary) ++moving;
        if (!report.witness) continue;
        CHECK(report.witness->base.parameters == model.network.parameters);
        CHECK(report.witness->curve(0.0) == model.network.parameters);
        const double before = loss_at(model, model.network.parameters);
        CHECK(loss_at(model, report.witness->point) - before ==
              Approx(report.witness->measured).margin(1e-10 * before).epsilon(1e-3));
    }
    CHECK((saddles > 10 && moving > 10));
}

TEST_CASE("output biases leave minima what they are where they are stationary, else nothing is one",
          "[directional]") {
    Random random(5, 0);
    int minima = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        PlantedKinksOptions options;
        options.plants = {Plant::minimum, Plant::minimum};
        options.seed = seed;
        const std::optional<PlantedKinks> planted = plant_kinks(options);
        if (!planted) continue;
        Model model(outputs_of(*planted, {1.0, 0.5}, {1.0, -0.3}), true);
        INFO("seed " << seed);
        const OutputsReport before = judge(model);
        CHECK(before.verdict == Verdict::not_stationary);
        CHECK(before.rule == OutputsRule::beside_neurons);
        if (!model.balance(random)) continue;
        const OutputsReport report = judge(model);
        CHECK(report.verdict == Verdict::local_minimum);
        ++minima;
        const double least = loss_at(model, model.network.parameters);
        for (int t = 0; t < 50; ++t) {
            std::vector<double> moved = model.network.parameters;
            const double size = std::pow(10.0, -3.0 - 2.0 * random.uniform());
            for (double& value : moved) value += size * random.normal();
            CHECK(loss_at(model, moved) >= least * (1.0 - 1e-13));
        }
    }
    CHECK(minima > 15);
}

namespace {

// f(x) = sum_i a_i relu(w_i x + b_i) + b of counts: each sample as two, around the mean.
struct Counts {
    std::vector<double> x, means, weights;

    OutputsReport judge(const Network& network) const {
        std::vector<double> all, targets, shares;
        for (std::size_t k = 0; k < x.size(); ++k) {
            for (const double share : {0.5, 1.5}) {
                all.push_back(x[k]);
                targets.push_back(share * means[k]);
                shares.push_back(weights[k]);
            }
        }
        DatasetSource source{Size(all.size()), 1, all.data(), 1, targets.data(), shares.data()};
        source.loss = &poisson_loss();
        const Dataset data(source, false, network.inputs == 2, LossScaling::sum);
        return classify_kinked_model(data, network, Tolerances{}, DirectionalOptions{}, Execution{1});
    }
};

// neurons: weights of the inputs, then the output weight.
Network relu_network(const std::vector<std::vector<double>>& neurons, double bias) {
    Layout layout;
    layout.width = Size(neurons.size());
    layout.inputs = Size(neurons[0].size()) - 1;
    layout.output_bias = true;
    Network network(Activation(ActivationKind::relu), layout);
    for (Size i = 0; i < layout.width; ++i) {
        std::copy_n(neurons[std::size_t(i)].begin(), layout.inputs, network.weights(i));
        network.output(i) = neurons[std::size_t(i)].back();
    }
    network.parameters[std::size_t(layout.coefficient(layout.width, 0))] = bias;
    return network;
}

}  // namespace

TEST_CASE("a count of 0 that nothing holds falls for ever: its point within tolerance is no minimum",
          "[directional]") {
    // f(-1) = 0, f(1) = log 2, f(2) = low
    const auto network = [](double low) {
        const double first = 3.0 * std::log(2.0) - low, second = 2.0 * low - 4.0 * std::log(2.0);
        return relu_network({{1.0, 0.0, first}, {1.0, -0.5, second}}, 0.0);
    };
    const Counts falling{{-1.0, 1.0, 2.0}, {1.0, 2.0, 0.0}, {1.0, 1.0, 1.0}};
    for (const double low : {-20.0, -22.0, -50.0}) {
        INFO(low);
        const OutputsReport report = falling.judge(network(low));
        CHECK(report.verdict == Verdict::undetermined);
        CHECK(report.rule == OutputsRule::samples_let_go);
    }
    const Counts counted{{-1.0, 1.0, 2.0}, {1.0, 2.0, 3.0}, {1.0, 1.0, 1.0}};
    CHECK(counted.judge(network(std::log(3.0))).rule == OutputsRule::no_escape_neuron);
    // One slope for two samples holds the other.
    const Counts pulled{{-1.0, 0.1, 2.0}, {1.0, std::exp(-1.0), 0.0}, {1.0, 100.0, 1.0}};
    CHECK(pulled.judge(relu_network({{1.0, -10.0}}, 0.0)).rule == OutputsRule::no_escape_neuron);
}

TEST_CASE("losses that are not convex are refused with the reason", "[directional]") {
    PlantedKinksOptions options;
    options.plants = {Plant::minimum};
    const std::optional<PlantedKinks> planted = plant_kinks(options);
    REQUIRE(planted);
    const Model model(outputs_of(*planted, {1.0, 0.5}, {1.0, 0.5}), false);
    const auto refusal = [&](const Dataset& data) -> std::string {
        try {
            classify_kinked_model(data, model.network, Tolerances{}, DirectionalOptions{}, Execution{1});
        } catch (const Error& error) {
            CHECK(error.status() == Status::unsupported);
            return error.what();
        }
        return "accepted";
    };
    Dataset decayed = model.dataset();
    decayed.set_decay({.weights = 0.5});
    CHECK(refusal(decayed) == "accepted");
    const auto squares = [](void*, Size count, Size outputs, const double* f, const double* y, double* value,
                            double* gradient, double* hessian) -> std::int32_t {
        std::fill_n(value, count, 0.0);
        std::fill_n(hessian, count * outputs * outputs, 0.0);
        for (Size k = 0; k < count; ++k) {
            for (Size o = 0; o < outputs; ++o) {
                const double r = gradient[k * outputs + o] = f[k * outputs + o] - y[k * outputs + o];
                value[k] += 0.5 * r * r;
                hessian[(k * outputs + o) * outputs + o] = 1.0;
            }
        }
        return 0;
    };
    for (const bool convex : {false, true}) {
        const std::unique_ptr<const Loss> own = custom_loss(squares, nullptr, convex);
        const std::string answer = refusal(model.dataset().with_targets(model.targets, *own));
        CHECK((convex ? answer == "accepted" : answer.find("dataset has a loss that is not declared") == 0));
    }
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(1.0);
    CHECK(refusal(model.dataset().with_targets(model.targets, *huber)) == "accepted");
}
