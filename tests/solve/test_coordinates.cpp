// The coordinates that the solver works in, and the least that is done in them: metric, scaling, the fit of
// the output weights, neurons put on their kinks.
#include <cmath>

#include "network/derivatives/objective.hpp"
#include "solve/output_fit.hpp"
#include "solve/relu/kink_face.hpp"
#include "solve/scaled_model.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

const Execution kSerial{1};

double product(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += a[j] * b[j];
    return sum;
}

std::vector<double> drawn(std::size_t count, std::uint64_t seed) {
    Random random(seed, 7);
    std::vector<double> values(count);
    for (double& value : values) value = random.normal();
    return values;
}

}  // namespace

TEST_CASE("the input metric measures root mean squares under the sample weights, in any units") {
    Problem problem = random_problem(90, 3, 3, true, 4);
    for (Size k = 0; k < 90; ++k) problem.x[static_cast<std::size_t>(3 * k)] *= 1e5;
    for (const LossScaling scaling : {LossScaling::sum, LossScaling::mean}) {
        const Dataset data(problem.source(), false, true, scaling);
        const InputMetric metric = measure_inputs(data);
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            const std::vector<double> w = drawn(4, seed);
            std::vector<double> x(4), v(4);
            double square = 0.0, weight = 0.0;
            for (Size k = 0; k < 90; ++k) {
                data.sample(k, x.data());
                square += data.weight(k) * product(w, x) * product(w, x);
                weight += data.weight(k);
            }
            CHECK(metric.preactivation_rms(w.data()) == Approx(std::sqrt(square / weight)).epsilon(1e-10));
            metric.unit(w.data(), v.data());
            CHECK(std::sqrt(product(v, v)) == Approx(std::sqrt(square / weight)).epsilon(1e-10));
            for (Size j = 0; j < 4; ++j) {
                double back = 0.0;
                for (Size r = 0; r < 4; ++r) back += metric.to_weights(j, r) * v[static_cast<std::size_t>(r)];
                CHECK(back == Approx(w[static_cast<std::size_t>(j)]).epsilon(1e-8));
            }
        }
    }
}

TEST_CASE("scaled gradient and Hessian are those of the loss along scaled steps") {
    Problem problem = random_problem(70, 2, 2, true, 6);
    for (Size k = 0; k < 70; ++k)
        problem.x[static_cast<std::size_t>(2 * k)] = 3.0 + 1e-2 * problem.x[static_cast<std::size_t>(2 * k)];
    const Dataset data(problem.source(), false, true, LossScaling::sum);
    const Network network = random_network(Activation(ActivationKind::silu), 3, 3, 8);
    const InputMetric metric = measure_inputs(data);
    const HessianValue h = hessian(data, network, kSerial);
    const Scaling scaling = Scaling::at(data, metric, network, h, 0.5);
    const std::vector<double> pulled = scaling.pull_gradient(h.gradient.value);
    const Matrix form = scaling.pull_hessian(h.value);
    const Size p = network.parameter_count();
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const std::vector<double> q = drawn(static_cast<std::size_t>(p), seed), step = scaling.push_step(q);
        CHECK(product(pulled, q) == Approx(product(h.gradient.value, step)).epsilon(1e-10));
        double scaled = 0.0, direct = 0.0;
        for (Size i = 0; i < p; ++i) {
            for (Size j = 0; j < p; ++j) {
                scaled += q[static_cast<std::size_t>(i)] * form(i, j) * q[static_cast<std::size_t>(j)];
                direct +=
                    step[static_cast<std::size_t>(i)] * h.value(i, j) * step[static_cast<std::size_t>(j)];
            }
        }
        CHECK(scaled == Approx(direct).epsilon(1e-10));
    }
    // Newton's step takes nothing from curvatures that are rounding.
    ScaledModel model = scaled_model(scaling, h);
    for (Size l = 0; l < p; ++l) model.lambda[l] = l == 0 ? 0.5 * model.tau : 1.0 + static_cast<double>(l);
    model.gradient.assign(static_cast<std::size_t>(p), 1.0);
    const std::vector<double> newton = model.newton_step();
    for (Size l = 0; l < p; ++l)
        CHECK(newton[static_cast<std::size_t>(l)] == (l == 0 ? 0.0 : -1.0 / (1.0 + static_cast<double>(l))));
}

TEST_CASE("fitted output weights leave no gradient, under the sample weights") {
    for (const LossScaling scaling : {LossScaling::sum, LossScaling::mean}) {
        const Problem problem = random_problem(300, 2, 2, true, 14);
        const Dataset data(problem.source(), false, true, scaling);
        Network network = random_network(Activation(ActivationKind::tanh), 4, 3, 15);
        for (int round = 0; round < 3; ++round) REQUIRE(fit_outputs(data, network, {1e-10}));
        const Gradient g = gradient(data, network, kSerial);
        for (std::size_t i = 12; i < 16; ++i) CHECK(std::abs(g.value[i]) <= 1e-11 * g.magnitude[i]);
    }
}

TEST_CASE("a fitted output layer leaves no gradient, whatever it sums and whatever the loss") {
    const Problem problem = random_problem(200, 2, 2, true, 14);
    Random random(15, 0);
    std::vector<double> shares;
    for (Size k = 0; k < 200; ++k) {
        const double first = 0.5 * random.uniform(), second = 0.5 * random.uniform();
        shares.insert(shares.end(), {first, second, 1.0 - first - second});
    }
    for (const Loss* loss : {&squared_loss(), &softmax_loss(), &logistic_loss()}) {
        for (const double decay : {0.0, 0.3}) {
            DatasetSource source = problem.source();
            source.targets = shares.data();
            source.outputs = 3;
            source.loss = loss;
            Dataset data(source, false, false, LossScaling::sum);
            data.set_decay({.outputs = decay, .output_biases = decay, .skip = decay});
            Network network(Activation(ActivationKind::tanh), Layout{2, 2, 3, true, true});
            network.unit_activations = {Activation(ActivationKind::tanh), Activation(ActivationKind::gelu)};
            for (double& p : network.parameters) p = random.normal();
            for (int round = 0; round < 4; ++round) REQUIRE(fit_outputs(data, network, {1e-10, 8}));
            const Gradient g = gradient(data, network, kSerial);
            // Steps that are judged by the loss end where its differences are rounding.
            const double level = loss->quadratic() ? 1e-11 : 1e-7;
            for (std::size_t p = 4; p < g.value.size(); ++p)
                CHECK(std::abs(g.value[p]) <= level * g.magnitude[p]);
        }
    }
}

TEST_CASE("a neuron that is put on its kinks is on them to rounding") {
    const Problem problem = random_problem(20, 4, 4, false, 16);
    const Dataset data(problem.source(), false, true, LossScaling::sum);
    const InputMetric metric = measure_inputs(data);
    const std::vector<Size> kinks{2, 7, 11};
    const KinkFace face(data, metric, kinks);
    REQUIRE(face.members().size() == 3);
    std::vector<double> w = drawn(5, 17), x(5);
    face.settle(w.data());
    for (const Size k : kinks) {
        data.sample(k, x.data());
        double z = 0.0, terms = 0.0;
        for (std::size_t j = 0; j < 5; ++j) {
            z += w[j] * x[j];
            terms += std::abs(w[j] * x[j]);
        }
        CHECK(std::abs(z) <= 1e-15 * terms);
    }
}
