#include <cmath>
#include <deque>

#include "network/derivatives/gradient.hpp"
#include "network/derivatives/hessian.hpp"
#include "network/derivatives/hessian_blocks.hpp"
#include "network/derivatives/hessian_vector.hpp"
#include "network/derivatives/objective.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Shape {
    Size samples, features, ldx, width;
    bool bias, weights, copy;
    LossScaling scaling;
};

const Shape kShapes[] = {
    {1, 1, 1, 1, false, false, false, LossScaling::sum},
    {1, 3, 3, 2, true, false, true, LossScaling::sum},
    {7, 1, 4, 3, true, true, false, LossScaling::mean},
    {53, 4, 7, 3, false, true, true, LossScaling::sum},
    {131, 5, 5, 4, true, true, false, LossScaling::mean},
    {97, 9, 11, 1, true, false, false, LossScaling::mean},
    {64, 2, 2, 17, false, false, true, LossScaling::sum},
    {19, 140, 140, 2, false, true, false, LossScaling::sum},
};

// How far rounding may move a sum whose absolute terms sum to `terms`. The preactivations of these problems
// are a few units large at most, and no derivative of the activations amplifies their rounding by much more
// than that.
double allowance(double terms) {
    return 64.0 * kEps * terms;
}

// T_jj of the Hessian is the sum of the absolute terms of entry (j, j), enlarged at most twice over w.
void check_magnitude(const ReferenceSums& expected, const Network& network, const HessianValue& h) {
    for (Size at = 0; at < network.width * network.inputs; ++at) {
        const double inner = static_cast<double>(expected.inner[at * network.inputs + at % network.inputs]);
        const double gauss_newton =
            static_cast<double>(expected.hessian[at * (network.parameter_count() + 1)]) - inner;
        const double terms = gauss_newton + static_cast<double>(expected.inner_magnitude[at]);
        CHECK(h.magnitude[at] >= terms * (1 - 1e-12));
        CHECK(h.magnitude[at] <= 2 * terms * (1 + 1e-12));
        const Size output = network.width * network.inputs + at / network.inputs;
        CHECK(static_cast<double>(expected.coupling_magnitude[at]) <=
              std::sqrt(h.magnitude[at]) * std::sqrt(h.magnitude[output]) * (1 + 1e-12));
    }
}

void check_everything(const Dataset& data, const Network& network) {
    const ReferenceSums expected = reference_sums(data, network);
    const HessianValue h = hessian(data, network, Execution{1});
    const Gradient& g = h.gradient;
    const Size p = network.parameter_count();
    check_magnitude(expected, network, h);
    INFO(network.activation.name() << " m=" << network.width << " d=" << network.inputs
                                   << " n=" << data.samples());

    CHECK(g.loss.loss == Approx(static_cast<double>(expected.loss)).epsilon(1e-13));
    CHECK(
        g.loss.rounding_loss ==
        Approx(static_cast<double>(0.5L * kResidualError * kResidualError * expected.spread)).epsilon(1e-12));
    for (Size i = 0; i < p; ++i) {
        const double exact = static_cast<double>(expected.gradient[i]);
        CHECK(g.rounding[i] ==
              Approx(static_cast<double>(kResidualError * expected.gradient_spread[i])).epsilon(1e-11));
        INFO("component " << i);
        CHECK(std::abs(g.value[i] - exact) <= g.rounding[i] + allowance(g.magnitude[i]));
        CHECK(
            g.magnitude[i] ==
            Approx(static_cast<double>(expected.gradient_magnitude[i])).epsilon(1e-11).margin(g.rounding[i]));
    }
    // Worst error and worst ratio of an entry to its bound: one check for many entries.
    double error = 0.0, ratio = 0.0;
    bool symmetric = true;
    for (Size i = 0; i < p; ++i) {
        for (Size l = 0; l < p; ++l) {
            const double entry = static_cast<double>(expected.hessian[i * p + l]);
            const double terms = std::sqrt(h.magnitude[i]) * std::sqrt(h.magnitude[l]);
            symmetric = symmetric && h.value(i, l) == h.value(l, i);
            if (terms == 0.0) {
                CHECK((entry == 0.0 && h.value(i, l) == 0.0));
                continue;
            }
            error = std::max(error, std::abs(h.value(i, l) - entry) / terms);
            ratio = std::max(ratio, std::abs(entry) / terms);
        }
    }
    CHECK(symmetric);
    CHECK(error <= allowance(1.0));
    CHECK(ratio <= 1 + 1e-12);
}

}  // namespace

TEST_CASE("loss, gradient and Hessian agree with plain long double loops for every activation and shape") {
    std::uint64_t seed = 1;
    for (const Shape& shape : kShapes) {
        for (const Activation& activation : all_activations()) {
            const Problem problem =
                random_problem(shape.samples, shape.features, shape.ldx, shape.weights, ++seed);
            const Dataset data(problem.source(), shape.copy, shape.bias, shape.scaling);
            const Network network = random_network(activation, shape.width, data.inputs(), seed);
            check_everything(data, network);
        }
    }
}

TEST_CASE("loss and outputs agree with the gradient's pass and with the reference") {
    const Problem problem = random_problem(301, 3, 4, true, 5);
    const Dataset data(problem.source(), false, true, LossScaling::mean);
    const Network network = random_network(Activation(ActivationKind::gelu), 5, 4, 6);
    const ReferenceSums expected = reference_sums(data, network);
    const Execution execution{2};
    REQUIRE(loss(data, network, execution).loss == gradient(data, network, execution).loss.loss);
    std::vector<double> f(301), residuals(301);
    outputs(data, network, f.data(), residuals.data(), execution);
    for (std::size_t k = 0; k < f.size(); ++k) {
        CHECK(f[k] == Approx(static_cast<double>(expected.f[k])).margin(1e-14));
        CHECK(residuals[k] == f[k] - data.target(static_cast<Size>(k)));
    }
    outputs(data, network, nullptr, residuals.data(), execution);
    outputs(data, network, f.data(), nullptr, execution);
}

TEST_CASE("the gradient is the derivative of the loss, the Hessian that of the gradient") {
    for (const Activation& activation : curved_activations()) {
        const Problem problem = random_problem(83, 3, 3, true, 21);
        const Dataset data(problem.source(), false, true, LossScaling::mean);
        const Network network = random_network(activation, 3, 4, 22);
        const Execution execution{1};
        const HessianValue h = hessian(data, network, execution);
        INFO(activation.name());
        for (Size j = 0; j < network.parameter_count(); ++j) {
            Network up = network, down = network;
            up.parameters[j] += 1e-5;
            down.parameters[j] -= 1e-5;
            const double width = up.parameters[j] - down.parameters[j];
            const double slope = (loss(data, up, execution).loss - loss(data, down, execution).loss) / width;
            CHECK(h.gradient.value[j] == Approx(slope).epsilon(1e-6).margin(1e-7));
            const Gradient right = gradient(data, up, execution), left = gradient(data, down, execution);
            for (Size i = 0; i < network.parameter_count(); ++i) {
                // relu3's third derivative jumps at 0; elsewhere central differences err by the square of the
                // step.
                const double curvature = (right.value[i] - left.value[i]) / width;
                CHECK(h.value(i, j) == Approx(curvature).epsilon(1e-5).margin(2e-5));
            }
        }
    }
}

TEST_CASE("the Hessian-vector product is the Hessian times the vector") {
    std::uint64_t seed = 100;
    for (const Activation& activation : curved_activations()) {
        for (const Shape& shape : kShapes) {
            const Problem problem =
                random_problem(shape.samples, shape.features, shape.ldx, shape.weights, ++seed);
            const Dataset data(problem.source(), false, shape.bias, shape.scaling);
            const Network network = random_network(activation, shape.width, data.inputs(), seed);
            const Size p = network.parameter_count();
            Random random(seed, 3);
            std::vector<double> direction(p), product(p);
            for (double& v : direction) v = random.normal();
            hessian_vector(data, network, direction, product, Execution{1});
            const HessianValue h = hessian(data, network, Execution{1});
            double scale = 0.0;
            for (Size l = 0; l < p; ++l) scale += std::sqrt(h.magnitude[l]) * std::abs(direction[l]);
            for (Size i = 0; i < p; ++i) {
                double expected = 0.0;
                for (Size l = 0; l < p; ++l) expected += h.value(i, l) * direction[l];
                INFO(activation.name() << " component " << i);
                CHECK(std::abs(product[i] - expected) <= 32 * kEps * std::sqrt(h.magnitude[i]) * scale);
            }
        }
    }
}

TEST_CASE("two halves merged equal the whole up to rounding") {
    const Size n = 400, d = 3, m = 4, half = 173;
    const Problem problem = random_problem(n, d, d, true, 9);
    const Network network = random_network(Activation(ActivationKind::tanh), m, d, 10);
    const Dataset whole(problem.source(), false, false, LossScaling::sum);
    DatasetSource first = problem.source(), second = problem.source();
    first.samples = half;
    second.samples = n - half;
    second.x += half * d;
    second.targets += half;
    second.weights += half;
    const Dataset parts[] = {Dataset(first, false, false, LossScaling::sum),
                             Dataset(second, false, false, LossScaling::sum)};
    const std::vector<double> direction(network.parameters.rbegin(), network.parameters.rend());

    std::deque<GradientSum> gradients;
    std::deque<HessianSum> hessians;
    std::deque<HessianVectorSum> products;
    std::deque<HessianBlockSum> diagonal_blocks;
    for (const Dataset& part : parts) {
        gradients.emplace_back(network);
        hessians.emplace_back(network, part.loss());
        products.emplace_back(network, part.loss(), direction.data(), 1);
        diagonal_blocks.emplace_back(network, part.loss());
        run_pass(part, network, Execution{2}, gradients.back(), hessians.back(), products.back(),
                 diagonal_blocks.back());
    }
    gradients[0].merge(gradients[1]);
    hessians[0].merge(hessians[1]);
    products[0].merge(products[1]);
    const HessianValue merged = hessians[0].finish(network, {}, gradients[0]);
    const HessianValue direct = hessian(whole, network, Execution{2});
    const auto p = static_cast<std::size_t>(network.parameter_count());
    std::vector<double> product(p), direct_product(p);
    products[0].finish({}, product);
    hessian_vector(whole, network, direction, direct_product, Execution{2});
    CHECK(merged.gradient.loss.loss == Approx(direct.gradient.loss.loss).epsilon(1e-15));
    CHECK(merged.gradient.loss.rounding_loss == Approx(direct.gradient.loss.rounding_loss).epsilon(1e-14));
    for (std::size_t i = 0; i < p; ++i) {
        CHECK(std::abs(merged.gradient.value[i] - direct.gradient.value[i]) <=
              8 * kEps * direct.gradient.magnitude[i]);
        CHECK(merged.gradient.rounding[i] == Approx(direct.gradient.rounding[i]).epsilon(1e-14));
        CHECK(merged.magnitude[i] == Approx(direct.magnitude[i]).epsilon(1e-13));
        CHECK(product[i] == Approx(direct_product[i]).epsilon(1e-12).margin(1e-12));
        for (std::size_t l = 0; l < p; ++l) {
            CHECK(std::abs(merged.value(i, l) - direct.value(i, l)) <=
                  8 * kEps * std::sqrt(direct.magnitude[i] * direct.magnitude[l]));
        }
    }
    diagonal_blocks[0].merge(diagonal_blocks[1]);
    HessianBlocks block_merged = diagonal_blocks[0].finish({});
    HessianBlocks block_direct = hessian_blocks(whole, network, Execution{2});
    for (Size i = 0; i < m; ++i) {
        for (Size e = 0; e < (d + 1) * (d + 1); ++e)
            CHECK(block_merged.block(i)[e] == Approx(block_direct.block(i)[e]).epsilon(1e-12).margin(1e-13));
    }
    for (std::size_t i = 0; i < p; ++i)
        CHECK(block_merged.magnitude[i] == Approx(block_direct.magnitude[i]).epsilon(1e-13));
    // A second pass over the rest goes on where the first one stopped: chunks of one data set.
    GradientSum chunked(network);
    for (const Dataset& part : parts) run_pass(part, network, Execution{1}, chunked);
    REQUIRE(chunked.finish(network, {}).value == gradients[0].finish(network, {}).value);
}

TEST_CASE("rounding bounds tell a cancelled residual from a true one") {
    // Targets equal to the outputs: what is left of the residual is rounding.
    Problem problem = random_problem(200, 4, 4, false, 31);
    const Network network = random_network(Activation(ActivationKind::silu), 6, 4, 32);
    {
        const Dataset data(problem.source(), false, false, LossScaling::sum);
        const ReferenceSums reference = reference_sums(data, network);
        for (std::size_t k = 0; k < 200; ++k) problem.targets[k] = static_cast<double>(reference.f[k]);
    }
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    const Gradient g = gradient(data, network, Execution{1});
    CHECK(g.loss.loss <= g.loss.rounding_loss);
    CHECK(g.loss.rounding_loss <= 1e-24);
    for (std::size_t j = 0; j < g.value.size(); ++j) CHECK(std::abs(g.value[j]) <= g.rounding[j]);

    problem.targets[7] += 1e-9;
    const Dataset moved(problem.source(), false, false, LossScaling::sum);
    const LossValue value = loss(moved, network, Execution{1});
    CHECK(value.loss > value.rounding_loss);
}

TEST_CASE("a loss keeps small residuals beside large ones") {
    // Beside the 64 squares of 2 a square of 2^-52 is nothing; four thousand of them are not.
    const Size n = 4000, large = 64;
    const std::vector<double> x(static_cast<std::size_t>(n), 0.0);
    std::vector<double> y(static_cast<std::size_t>(n), 0x1p-26);
    std::fill_n(y.begin(), large, 2.0);
    const Dataset data({n, 1, x.data(), 1, y.data(), nullptr}, false, false, LossScaling::sum);
    const Network network(Activation(ActivationKind::tanh), 1, 1);
    const double expected =
        0.5 * (4.0 * static_cast<double>(large) + static_cast<double>(n - large) * 0x1p-52);
    for (const double found :
         {loss(data, network, Execution{1}).loss, gradient(data, network, Execution{1}).loss.loss})
        CHECK(std::abs(found - expected) <= 1e-15 * expected);
}

TEST_CASE("relative and Euclidean norms of a gradient") {
    Gradient g;
    g.value = {3e-200, 0.0, -4e-200};
    g.magnitude = {3.0, 0.0, 1e-200};
    CHECK(g.relative_norm() == Approx(4.0));
    CHECK(g.norm() == Approx(5e-200));
    g.value.assign(3, 0.0);
    CHECK(g.relative_norm() == 0.0);
    CHECK(g.norm() == 0.0);
}

TEST_CASE("a direction of the wrong length is refused") {
    const Problem problem = random_problem(5, 2, 2, false, 1);
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    const Network network = random_network(Activation(ActivationKind::tanh), 2, 2, 1);
    std::vector<double> direction(5), result(6);
    REQUIRE_THROWS_AS(hessian_vector(data, network, direction, result, Execution{1}), Error);
}
