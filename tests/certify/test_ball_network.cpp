// Balls of the loss, its gradient, Hessian and inner Hessians against MATH.md section 1 in 60-digit
// arithmetic, at the centre of a box and at points inside it.
#include <algorithm>
#include <vector>

#include "certify/ball_network.hpp"
#include "certify/ball_text.hpp"
#include "certify/loss_truth.hpp"
#include "certify/truth_balls.hpp"
#include "core/random.hpp"
#include "kernels/activation_truth.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::balls;
using truth::loss_at;
using truth::LossTruth;
using truth::Real;

namespace {

struct Truth {
    Real loss;
    std::vector<Real> gradient, hessian;
    std::vector<std::vector<Real>> slopes, inner;
};

const truth::Subject& subject_of(const Network& network, Size i) {
    const auto& all = truth::subjects();
    return *std::find_if(all.begin(), all.end(), [&](const truth::Subject& candidate) {
        return candidate.kind == network.activation_of(i).kind();
    });
}

// df_o / dtheta, and what each neuron does.
struct SampleTruth {
    SampleTruth(const Network& network, const std::vector<double>& x)
        : f(static_cast<std::size_t>(network.output_count), 0),
          rows(f.size(), std::vector<Real>(network.parameters.size(), 0)) {
        // z is rounded to a double only where the truth of an activation wants one: so weights and inputs are
        // chosen to make z exact.
        std::vector<Real> features;
        for (Size i = 0; i < network.width; ++i) {
            Real z = 0;
            for (Size j = 0; j < network.inputs; ++j) z += Real(network.weights(i)[j]) * x[j];
            REQUIRE(Real(static_cast<double>(z)) == z);
            jets.push_back(truth::jet(subject_of(network, i), static_cast<double>(z)));
            features.push_back(jets.back()[0].exact);
        }
        if (network.output_bias) features.push_back(1);
        for (Size j = 0; network.skip && j < network.inputs; ++j) features.push_back(x[j]);
        for (Size o = 0; o < network.output_count; ++o) {
            for (Size q = 0; q < network.features(); ++q) {
                const Size place = network.coefficient(q, o);
                f[o] += network.parameters[place] * features[q];
                rows[o][place] = features[q];
            }
            for (Size i = 0; i < network.width; ++i)
                for (Size j = 0; j < network.inputs; ++j)
                    rows[o][network.weight(i, j)] = network.output(i, o) * jets[i][1].exact * x[j];
        }
    }
    std::vector<truth::Jet> jets;
    std::vector<Real> f;
    std::vector<std::vector<Real>> rows;
};

Truth truth_at(const Dataset& data, const Network& network) {
    const Size m = network.width, d = network.inputs, p = network.parameter_count(), K = network.output_count;
    Truth sums{0, std::vector<Real>(p, 0), std::vector<Real>(p * p, 0),
               std::vector<std::vector<Real>>(m, std::vector<Real>(d * K, 0)),
               std::vector<std::vector<Real>>(m, std::vector<Real>(d * d, 0))};
    Real scale = 1, weight_sum = 0;
    for (Size k = 0; k < data.samples(); ++k) weight_sum += data.given_weight(k);
    if (data.scaling() == LossScaling::mean) scale /= weight_sum;
    std::vector<double> x(d);
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        const SampleTruth at(network, x);
        const Real s = scale * data.given_weight(k);
        const LossTruth loss = loss_at(data.loss(), at.f, data.targets() + k * K);
        sums.loss += s * loss.value;
        for (Size o = 0; o < K; ++o) {
            const Real g = s * loss.gradient[o];
            for (Size a = 0; a < p; ++a) {
                sums.gradient[a] += g * at.rows[o][a];
                for (Size q = 0; q < K; ++q)
                    for (Size b = 0; b < p; ++b)
                        sums.hessian[a * p + b] +=
                            s * loss.hessian[o * K + q] * at.rows[o][a] * at.rows[q][b];
            }
            for (Size i = 0; i < m; ++i) {
                for (Size j = 0; j < d; ++j) {
                    const Size w = network.weight(i, j), c = network.coefficient(i, o);
                    const Real cross = g * at.jets[i][1].exact * x[j];
                    sums.slopes[i][j * K + o] += cross;
                    sums.hessian[c * p + w] += cross;
                    sums.hessian[w * p + c] += cross;
                    for (Size h = 0; h < d; ++h) {
                        const Real inner = network.output(i, o) * g * at.jets[i][2].exact * x[j] * x[h];
                        sums.inner[i][j * d + h] += inner;
                        sums.hessian[w * p + network.weight(i, h)] += inner;
                    }
                }
            }
        }
    }
    data.decay().each(network, [&](Size a, double lambda) {
        const Real at = network.parameters[a];
        sums.loss += lambda * at * at / 2;
        sums.gradient[a] += lambda * at;
        sums.hessian[a * p + a] += lambda;
    });
    return sums;
}

void require_contains(const BallDerivatives& balls, const Truth& exact) {
    constexpr double kSlack = 1e-46;
    REQUIRE(truth::contains(balls.loss, exact.loss, kSlack));
    const auto p = static_cast<Size>(balls.gradient.size());
    for (Size a = 0; a < p; ++a) {
        CAPTURE(a, decimal(balls.gradient[a], 40), exact.gradient[a].str(40));
        REQUIRE(truth::contains(balls.gradient[a], exact.gradient[a], kSlack));
        for (Size b = 0; b < p; ++b)
            REQUIRE(truth::contains(balls.hessian(a, b), exact.hessian[a * p + b], kSlack));
    }
    for (std::size_t i = 0; i < balls.inner.size(); ++i) {
        const Size d = balls.inner[i].rows(), outputs = balls.slopes[i].cols();
        for (Size j = 0; j < d; ++j) {
            for (Size h = 0; h < d; ++h)
                REQUIRE(truth::contains(balls.inner[i](j, h), exact.inner[i][j * d + h], kSlack));
            for (Size o = 0; o < outputs; ++o)
                REQUIRE(truth::contains(balls.slopes[i](j, o), exact.slopes[i][j * outputs + o], kSlack));
        }
    }
}

// A multiple of 2^-20: products of two and their sums are doubles.
double short_number(Random& random) {
    return std::ldexp(std::round(std::ldexp(random.normal(), 20)), -20);
}

struct Case {
    std::vector<double> x, targets, weights;
    Network network;
    Size samples, features;
    bool bias;
    LossScaling scaling;
    const Loss* loss = &squared_loss();
    Decay decay = {};

    Dataset dataset() const {
        DatasetSource source{samples, features, x.data(), features, targets.data(), weights.data()};
        source.outputs = network.output_count;
        source.loss = loss;
        Dataset data(source, false, bias, scaling);
        data.set_decay(decay);
        return data;
    }
};

// layout: without the bias input.
Case random_case(const Activation& activation, Random& random, Size samples, Layout layout,
                 const Loss& loss = squared_loss()) {
    const Size features = layout.inputs;
    const bool bias = random.bits() % 2 == 0;
    layout.inputs += bias ? 1 : 0;
    Case problem{{},      {},       {},   Network(activation, layout),
                 samples, features, bias, random.bits() % 2 == 0 ? LossScaling::sum : LossScaling::mean,
                 &loss};
    for (Size e = 0; e < samples * features; ++e) problem.x.push_back(short_number(random));
    for (Size k = 0; k < samples; ++k) {
        problem.weights.push_back(random.uniform());
        double sum = 0.0;
        for (Size o = 0; o < layout.output_count; ++o) {
            const bool shares = loss.kind() == LossKind::softmax || loss.kind() == LossKind::logistic;
            const double y = shares                             ? random.uniform()
                             : loss.kind() == LossKind::poisson ? double(random.bits() % 4)
                                                                : random.normal();
            problem.targets.push_back(y);
            sum += y;
        }
        if (loss.kind() != LossKind::softmax) continue;
        // Parts of their sum but for rounding; some are labels.
        for (Size o = 0; o < layout.output_count; ++o) {
            double& y = problem.targets[k * layout.output_count + o];
            y = k % 3 == 0 ? (o == k / 3 % layout.output_count ? 1.0 : 0.0) : y / sum;
        }
    }
    for (double& parameter : problem.network.parameters) parameter = short_number(random);
    return problem;
}

BallVector box_around(const Network& network, double radius) {
    BallVector box(static_cast<std::size_t>(network.parameter_count()));
    for (std::size_t j = 0; j < box.size(); ++j) {
        box[j] = Ball(network.parameters[j]);
        box[j].widen(radius);
    }
    return box;
}

}  // namespace

TEST_CASE("derivatives at a point hold the truth to 30 digits") {
    Random random(11, 0);
    for (const Activation& activation : test::smooth_activations()) {
        const Case problem = random_case(activation, random, 21, {2, 3});
        const Dataset data = problem.dataset();
        CAPTURE(activation.name(), problem.bias);
        const Execution execution{1};
        const BallNetwork balls(data, problem.network, execution);
        const BallDerivatives derivatives = balls.derivatives(box_around(problem.network, 0.0));
        require_contains(derivatives, truth_at(data, problem.network));
        for (std::size_t a = 0; a < derivatives.gradient.size(); ++a) {
            CHECK(derivatives.gradient[a].radius() < 1e-27);
        }
        // The gradient alone is the same.
        const BallVector gradient = balls.gradient(box_around(problem.network, 0.0));
        REQUIRE(gradient == derivatives.gradient);
    }
}

TEST_CASE("derivatives over a box hold the truth at points inside it") {
    Random random(12, 0);
    for (const Activation& activation : test::smooth_activations()) {
        const Case problem = random_case(activation, random, 9, {2, 3});
        const Dataset data = problem.dataset();
        CAPTURE(activation.name());
        const Execution execution{1};
        const double radius = std::ldexp(1.0, -8);
        const BallNetwork balls(data, problem.network, execution);
        const BallDerivatives derivatives = balls.derivatives(box_around(problem.network, radius));
        for (int trial = 0; trial < 3; ++trial) {
            Network inside(problem.network);
            for (double& parameter : inside.parameters)
                parameter += std::ldexp(std::round((2.0 * random.uniform() - 1.0) * 4096.0), -20);
            require_contains(derivatives, truth_at(data, inside));
        }
    }
}

TEST_CASE("several blocks of samples and threads: the same balls, holding the truth") {
    Random random(13, 0);
    const Case problem = random_case(Activation(ActivationKind::gelu), random, 601, {3, 3});
    const Dataset data = problem.dataset();
    const Execution one{1}, three{3};
    const BallVector theta = box_around(problem.network, 1e-20);
    const BallDerivatives a = BallNetwork(data, problem.network, one).derivatives(theta);
    const BallDerivatives b = BallNetwork(data, problem.network, three).derivatives(theta);
    require_contains(a, truth_at(data, problem.network));
    REQUIRE(a.hessian == b.hessian);
    REQUIRE(a.loss == b.loss);
    REQUIRE(a.gradient == b.gradient);
}

TEST_CASE("every loss, layout and decay: derivatives hold the truth at a point and over a box") {
    Random random(14, 0);
    const std::unique_ptr<const Loss> huber = pseudo_huber_loss(0.6);
    const ActivationKind kinds[] = {ActivationKind::tanh, ActivationKind::gelu, ActivationKind::softplus};
    for (const Loss* loss :
         {&squared_loss(), &logistic_loss(), &softmax_loss(), &poisson_loss(), huber.get()}) {
        for (Size outputs = loss->shift_invariant() ? 2 : 1; outputs <= 4; ++outputs) {
            const bool several = random.bits() % 2 == 0;
            const Size width = 1 + static_cast<Size>(random.bits() % 2);
            Case problem =
                random_case(Activation(ActivationKind::silu), random, 13,
                            {width, 2, outputs, random.bits() % 2 == 0, random.bits() % 2 == 0}, *loss);
            for (Size i = 0; several && i < width; ++i)
                problem.network.unit_activations.emplace_back(kinds[(i + outputs) % 3]);
            if (outputs % 2 == 0) problem.decay = {0.5, 0.25, 0.125, 0.0625, 0.75, problem.bias};
            const Dataset data = problem.dataset();
            CAPTURE(name_of(loss->kind()), outputs, width, problem.network.output_bias, problem.network.skip,
                    several, problem.bias);
            const Execution execution{1};
            const BallNetwork balls(data, problem.network, execution);
            const BallVector point = box_around(problem.network, 0.0);
            const BallDerivatives exact = balls.derivatives(point);
            require_contains(exact, truth_at(data, problem.network));
            REQUIRE(balls.gradient(point) == exact.gradient);
            for (const Ball& one : exact.gradient) CHECK(one.radius() < 1e-27);
            const BallDerivatives around =
                balls.derivatives(box_around(problem.network, std::ldexp(1.0, -8)));
            for (int trial = 0; trial < 2; ++trial) {
                Network inside(problem.network);
                for (double& parameter : inside.parameters)
                    parameter += std::ldexp(std::round((2.0 * random.uniform() - 1.0) * 4096.0), -20);
                require_contains(around, truth_at(data, inside));
            }
        }
    }
}
