// Balls of the loss, its gradient, Hessian and inner Hessians against MATH.md section 1 in 60-digit
// arithmetic, at the centre of a box and at points inside it.
#include <vector>

#include "certify/ball_network.hpp"
#include "certify/ball_text.hpp"
#include "certify/truth_balls.hpp"
#include "core/random.hpp"
#include "kernels/activation_truth.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::balls;
using truth::Real;

namespace {

struct Truth {
    Real loss;
    std::vector<Real> gradient, hessian;
    std::vector<std::vector<Real>> inner;
};

// z is rounded to a double only where the truth of an activation wants one: so weights and inputs are chosen
// to make z exact.
Truth truth_at(const Dataset& data, const Network& network) {
    const Size m = network.width, d = network.inputs, p = network.parameter_count();
    const truth::Subject* subject = nullptr;
    for (const truth::Subject& candidate : truth::subjects())
        if (candidate.kind == network.activation.kind()) subject = &candidate;
    Truth sums{0, std::vector<Real>(p, 0), std::vector<Real>(p * p, 0),
               std::vector<std::vector<Real>>(m, std::vector<Real>(d * d, 0))};
    Real scale = 1, weight_sum = 0;
    for (Size k = 0; k < data.samples(); ++k) weight_sum += data.given_weight(k);
    if (data.scaling() == LossScaling::mean) scale /= weight_sum;
    std::vector<double> x(d);
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        std::vector<truth::Jet> jets;
        Real r = -Real(data.target(k));
        for (Size i = 0; i < m; ++i) {
            Real z = 0;
            for (Size j = 0; j < d; ++j) z += Real(network.weights(i)[j]) * x[j];
            REQUIRE(Real(static_cast<double>(z)) == z);
            jets.push_back(truth::jet(*subject, static_cast<double>(z)));
            r += network.output(i) * jets.back()[0].exact;
        }
        const Real s = scale * data.given_weight(k);
        sums.loss += s * r * r / 2;
        std::vector<Real> row(p);
        for (Size i = 0; i < m; ++i) {
            for (Size j = 0; j < d; ++j) row[i * d + j] = network.output(i) * jets[i][1].exact * x[j];
            row[m * d + i] = jets[i][0].exact;
        }
        for (Size a = 0; a < p; ++a) {
            sums.gradient[a] += s * r * row[a];
            for (Size b = 0; b < p; ++b) sums.hessian[a * p + b] += s * row[a] * row[b];
        }
        for (Size i = 0; i < m; ++i) {
            for (Size j = 0; j < d; ++j) {
                const Real cross = s * r * jets[i][1].exact * x[j];
                sums.hessian[(m * d + i) * p + i * d + j] += cross;
                sums.hessian[(i * d + j) * p + m * d + i] += cross;
                for (Size h = 0; h < d; ++h) {
                    const Real inner = network.output(i) * s * r * jets[i][2].exact * x[j] * x[h];
                    sums.inner[i][j * d + h] += inner;
                    sums.hessian[(i * d + j) * p + i * d + h] += inner;
                }
            }
        }
    }
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
        const Size d = balls.inner[i].rows();
        for (Size j = 0; j < d; ++j)
            for (Size h = 0; h < d; ++h)
                REQUIRE(truth::contains(balls.inner[i](j, h), exact.inner[i][j * d + h], kSlack));
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

    Dataset dataset() const {
        return Dataset({samples, features, x.data(), features, targets.data(), weights.data()}, false, bias,
                       scaling);
    }
};

Case random_case(const Activation& activation, Random& random, Size samples, Size width) {
    const Size features = 3;
    const bool bias = random.bits() % 2 == 0;
    Case problem{{},      {},       {},   Network(activation, width, features + (bias ? 1 : 0)),
                 samples, features, bias, random.bits() % 2 == 0 ? LossScaling::sum : LossScaling::mean};
    for (Size e = 0; e < samples * features; ++e) problem.x.push_back(short_number(random));
    for (Size k = 0; k < samples; ++k) {
        problem.targets.push_back(random.normal());
        problem.weights.push_back(random.uniform());
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
        const Case problem = random_case(activation, random, 21, 2);
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
        const Case problem = random_case(activation, random, 9, 2);
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
    const Case problem = random_case(Activation(ActivationKind::gelu), random, 601, 3);
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
