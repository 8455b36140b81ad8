// Every loss, number of outputs, output biases, skip connections, activations of each neuron and weight
// decay: loss, gradient, Hessian and products of them against differences of the loss in long double.
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "core/random.hpp"
#include "network/derivatives/hessian.hpp"
#include "network/derivatives/objective.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

Real squared(const std::vector<Real>& f, const std::vector<Real>& y) {
    Real sum = 0;
    for (std::size_t o = 0; o < f.size(); ++o) sum += (f[o] - y[o]) * (f[o] - y[o]) / 2;
    return sum;
}

Real logistic(const std::vector<Real>& f, const std::vector<Real>& y) {
    Real sum = 0;
    for (std::size_t o = 0; o < f.size(); ++o) sum += std::log1p(std::exp(f[o])) - y[o] * f[o];
    return sum;
}

Real softmax(const std::vector<Real>& f, const std::vector<Real>& y) {
    Real sum = 0, dot = 0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        sum += std::exp(f[o]);
        dot += y[o] * f[o];
    }
    return std::log(sum) - dot;
}

Real poisson(const std::vector<Real>& f, const std::vector<Real>& y) {
    Real sum = 0;
    for (std::size_t o = 0; o < f.size(); ++o)
        sum += std::exp(f[o]) - y[o] * f[o] + (y[o] > 0 ? y[o] * std::log(y[o]) - y[o] : 0);
    return sum;
}

constexpr double kDelta = 0.7;

Real pseudo_huber(const std::vector<Real>& f, const std::vector<Real>& y) {
    Real sum = 0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        const Real r = (f[o] - y[o]) / kDelta;
        sum += Real{kDelta} * kDelta * (std::sqrt(1 + r * r) - 1);
    }
    return sum;
}

// Couples the outputs: log cosh of their differences from the targets, and half the square of its mean.
Real own(const std::vector<Real>& f, const std::vector<Real>& y) {
    Real sum = 0, mean = 0;
    for (std::size_t o = 0; o < f.size(); ++o) {
        sum += std::log(std::cosh(f[o] - y[o]));
        mean += (f[o] - y[o]) / static_cast<Real>(f.size());
    }
    return sum + mean * mean / 2;
}

std::int32_t own_loss(void* calls, Size count, Size outputs, const double* f, const double* y, double* value,
                      double* gradient, double* hessian) {
    if (calls != nullptr) return 7;
    const double share = 1.0 / static_cast<double>(outputs);
    for (Size k = 0; k < count; ++k, f += outputs, y += outputs, gradient += outputs) {
        double mean = 0.0;
        value[k] = 0.0;
        for (Size o = 0; o < outputs; ++o) {
            value[k] += std::log(std::cosh(f[o] - y[o]));
            mean += share * (f[o] - y[o]);
        }
        value[k] += 0.5 * mean * mean;
        for (Size o = 0; o < outputs; ++o) {
            const double slope = std::tanh(f[o] - y[o]);
            gradient[o] = slope + share * mean;
            for (Size q = 0; q < outputs; ++q)
                *hessian++ = share * share + (o == q ? 1.0 - slope * slope : 0.0);
        }
    }
    return 0;
}

using PlainLoss = Real (*)(const std::vector<Real>&, const std::vector<Real>&);

Real plain_decay(const Network& network, const std::vector<Real>& theta, const Decay& decay) {
    const Size m = network.width, d = network.inputs, outputs = network.output_count;
    Real sum = 0;
    std::size_t p = 0;
    const auto add = [&](double lambda) {
        sum += lambda * theta[p] * theta[p] / 2;
        ++p;
    };
    for (Size i = 0; i < m; ++i)
        for (Size j = 0; j < d; ++j) add(j == d - 1 ? decay.hidden_biases : decay.weights);
    for (Size i = 0; i < m * outputs; ++i) add(decay.outputs);
    for (Size o = 0; network.output_bias && o < outputs; ++o) add(decay.output_biases);
    for (Size o = 0; network.skip && o < outputs; ++o)
        for (Size j = 0; j < d; ++j) add(j == d - 1 ? decay.output_biases : decay.skip);
    return sum;
}

// Straight from MATH.md section 1, with the order of the parameters written out: W, a, b, C.
Real plain_loss(const Dataset& data, const Network& network, const std::vector<Real>& theta, PlainLoss loss) {
    const Size m = network.width, d = network.inputs, outputs = network.output_count;
    const auto at = [&](Size index) { return theta[static_cast<std::size_t>(index)]; };
    std::vector<double> x(static_cast<std::size_t>(d));
    Real sum = 0;
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        std::vector<Real> f(static_cast<std::size_t>(outputs), 0), y(f);
        Size behind = m * (d + outputs);
        for (Size o = 0; o < outputs; ++o) {
            y[static_cast<std::size_t>(o)] = data.target(k, o);
            if (network.output_bias) f[static_cast<std::size_t>(o)] += at(behind + o);
        }
        if (network.output_bias) behind += outputs;
        for (Size i = 0; i < m; ++i) {
            Real z = 0;
            for (Size j = 0; j < d; ++j) z += at(i * d + j) * x[static_cast<std::size_t>(j)];
            const Activation& sigma = network.activation_of(i);
            const Real u = activation_jet(sigma.kind(), sigma.parameter(), z).value;
            for (Size o = 0; o < outputs; ++o)
                f[static_cast<std::size_t>(o)] += at(m * d + i * outputs + o) * u;
        }
        for (Size o = 0; network.skip && o < outputs; ++o) {
            for (Size j = 0; j < d; ++j)
                f[static_cast<std::size_t>(o)] += at(behind + o * d + j) * x[static_cast<std::size_t>(j)];
        }
        sum += data.weight(k) * loss(f, y);
    }
    return sum + plain_decay(network, theta, data.decay());
}

struct Case {
    const char* name;
    const Loss* loss;
    PlainLoss plain;
    Layout layout;
    bool mixed;  // neurons of several activations
    Decay decay = {};
};

void compare(const Case& given) {
    INFO(given.name);
    const Size n = 300, features = 3, outputs = given.layout.output_count;
    Problem problem = random_problem(n, features, features, true, 17);
    Random random(23, 0);
    std::vector<double> targets(static_cast<std::size_t>(n * outputs));
    for (Size k = 0; k < n; ++k) {
        double sum = 0.0;
        for (Size o = 0; o < outputs; ++o)
            sum += targets[static_cast<std::size_t>(k * outputs + o)] = random.uniform();
        for (Size o = 0; o < outputs; ++o) targets[static_cast<std::size_t>(k * outputs + o)] /= sum;
    }
    DatasetSource source = problem.source();
    source.targets = targets.data();
    source.outputs = outputs;
    source.loss = given.loss;
    Dataset data(source, true, true, LossScaling::mean);
    data.set_decay(given.decay);
    Network network(Activation(ActivationKind::tanh), given.layout);
    if (given.mixed) {
        for (Size i = 0; i < network.width; ++i)
            network.unit_activations.emplace_back(i % 2 == 0 ? ActivationKind::softplus
                                                             : ActivationKind::gelu);
    }
    for (double& parameter : network.parameters) parameter = 0.6 * random.normal();
    const auto p = static_cast<std::size_t>(network.parameter_count());
    REQUIRE(network.parameters.size() == p);
    const auto moved = [&](std::size_t a, Real da, std::size_t b, Real db) {
        std::vector<Real> theta(network.parameters.begin(), network.parameters.end());
        theta[a] += da;
        theta[b] += db;
        return plain_loss(data, network, theta, given.plain);
    };

    const HessianValue value = hessian(data, network, Execution{2});
    CHECK(value.gradient.loss.loss == Approx(static_cast<double>(moved(0, 0, 0, 0))).epsilon(1e-13));
    CHECK(loss(data, network, Execution{1}).loss == value.gradient.loss.loss);
    const Real h = 2e-3L;
    for (std::size_t j = 0; j < p; ++j) {
        const Real slope = (8 * (moved(j, h, j, 0) - moved(j, -h, j, 0)) -
                            (moved(j, 2 * h, j, 0) - moved(j, -2 * h, j, 0))) /
                           (12 * h);
        CHECK(std::abs(value.gradient.value[j] - static_cast<double>(slope)) <= 1e-9);
        CHECK(std::abs(value.gradient.value[j]) <= value.gradient.magnitude[j] * (1.0 + 1e-12));
        for (std::size_t l = 0; l <= j; ++l) {
            const auto mixed = [&](Real step) {
                return (moved(j, step, l, step) - moved(j, step, l, -step) - moved(j, -step, l, step) +
                        moved(j, -step, l, -step)) /
                       (4 * step * step);
            };
            const Real entry = (4 * mixed(h) - mixed(2 * h)) / 3;
            INFO(j << ", " << l);
            CHECK(std::abs(value.value(static_cast<Size>(j), static_cast<Size>(l)) -
                           static_cast<double>(entry)) <= 1e-8);
            CHECK(value.value(static_cast<Size>(j), static_cast<Size>(l)) ==
                  value.value(static_cast<Size>(l), static_cast<Size>(j)));
            CHECK(std::abs(value.value(static_cast<Size>(j), static_cast<Size>(l))) <=
                  std::sqrt(value.magnitude[j] * value.magnitude[l]) * (1.0 + 1e-12));
        }
    }
    std::vector<double> direction(p), product(p);
    for (double& component : direction) component = random.normal();
    hessian_vector(data, network, direction, product, Execution{2});
    for (std::size_t j = 0; j < p; ++j) {
        double sum = 0.0;
        for (std::size_t l = 0; l < p; ++l)
            sum += value.value(static_cast<Size>(j), static_cast<Size>(l)) * direction[l];
        CHECK(product[j] == Approx(sum).epsilon(1e-12).margin(1e-13));
    }
}

}  // namespace

TEST_CASE("every loss, number of outputs and layout against differences of the loss") {
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(kDelta);
    const std::unique_ptr<const Loss> custom = custom_loss(own_loss, nullptr, true);
    for (const Case& given : {
             Case{"one output", &squared_loss(), squared, {3, 4}, false},
             Case{"output bias", &squared_loss(), squared, {3, 4, 1, true}, false},
             Case{"skip", &squared_loss(), squared, {2, 4, 1, false, true}, false},
             Case{"logistic, one output", &logistic_loss(), logistic, {3, 4}, false},
             Case{"logistic, two outputs with bias", &logistic_loss(), logistic, {2, 4, 2, true}, false},
             Case{"two outputs with bias", &squared_loss(), squared, {3, 4, 2, true}, false},
             Case{"softmax of three classes, all there is",
                  &softmax_loss(),
                  softmax,
                  {2, 4, 3, true, true},
                  true},
             Case{"poisson", &poisson_loss(), poisson, {2, 4, 2, true}, false},
             Case{"pseudo-Huber", huber.get(), pseudo_huber, {3, 4, 2}, false},
             Case{"the caller's own", custom.get(), own, {2, 4, 3, false, true}, false},
             Case{"decay", &squared_loss(), squared, {3, 4}, false, {0.3, 0.2, 0.1}},
             Case{"decay of every block",
                  &softmax_loss(),
                  softmax,
                  {2, 4, 3, true, true},
                  false,
                  {0.3, 0.25, 0.2, 0.15, 0.1}},
             Case{"no hidden neuron", &softmax_loss(), softmax, {0, 4, 2, true, true}, false},
         })
        compare(given);
}

TEST_CASE("a layout numbers every parameter once") {
    for (const Layout& layout : {Layout{3, 4}, Layout{3, 4, 2, true}, Layout{2, 3, 3, true, true},
                                 Layout{2, 3, 2, false, true}, Layout{0, 2, 2, true, true}}) {
        std::vector<int> seen(static_cast<std::size_t>(layout.parameter_count()), 0);
        for (Size i = 0; i < layout.width; ++i)
            for (Size j = 0; j < layout.inputs; ++j) ++seen.at(static_cast<std::size_t>(layout.weight(i, j)));
        for (Size q = 0; q < layout.features(); ++q)
            for (Size o = 0; o < layout.output_count; ++o)
                ++seen.at(static_cast<std::size_t>(layout.coefficient(q, o)));
        for (const int count : seen) CHECK(count == 1);
    }
}

TEST_CASE("the loss of a network with another number of outputs than the data has targets is refused") {
    const Problem problem = random_problem(20, 2, 2, false, 5);
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    const Network network(Activation(ActivationKind::tanh), Layout{2, 2, 3});
    try {
        loss(data, network, Execution{1});
        FAIL("accepted");
    } catch (const Error& error) {
        CHECK(error.status() == Status::invalid_size);
        CHECK(std::string(error.what()) == "the network has 3 outputs, a sample has 1 targets");
    }
}

TEST_CASE("sums of several passes merge without losing what compensated them") {
    class Terms final : public Accumulator {
      public:
        int derivative_order() const override { return 0; }
        Size parts() const override { return 1; }
        void add(const EvaluatedBlock&, Size, Size) override {}
        void put(double term) {
            sums_.open();
            CompensatedSum sum = sums_.compensated(value_);
            sum.add(term);
            sum.write(sums_.at(value_));
            *sums_.at(plain_) += 1.0;
        }
        double value() const { return sums_.compensated(value_).value(); }
        double count() const { return *sums_.at(plain_); }

      private:
        Size value_ = sums_.reserve_compensated(1), plain_ = sums_.reserve(1);
    };
    Terms one, other;
    for (const double term : {1e16, 1.0, 1.0}) one.put(term);
    for (const double term : {-1e16, 1.0, 1.0}) other.put(term);
    one.merge(other);
    CHECK(one.value() == 4.0);
    CHECK(one.count() == 6.0);
}
