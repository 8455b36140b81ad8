#include <cmath>

#include "core/random.hpp"
#include "splitting/inner_hessian_sum.hpp"
#include "splitting/split.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Case {
    Size samples, features, width;
    bool bias;
};

}  // namespace

TEST_CASE("inner Hessians agree with plain long double loops, one by one and all at once") {
    std::uint64_t seed = 200;
    for (const Activation& activation : all_activations()) {
        for (const Case shape : {Case{1, 1, 1, false}, Case{61, 3, 4, true}, Case{300, 7, 9, false}}) {
            const Problem problem =
                random_problem(shape.samples, shape.features, shape.features + 2, true, ++seed);
            const Dataset data(problem.source(), false, shape.bias, LossScaling::mean);
            const Network network = random_network(activation, shape.width, data.inputs(), seed);
            const ReferenceSums expected = reference_sums(data, network);
            const InnerHessians inner = inner_hessians(data, network, Execution{2});
            const Size d = data.inputs();
            INFO(activation.name() << " n=" << shape.samples);
            CHECK(inner.gradient.value == gradient(data, network, Execution{1}).value);
            for (Size i = 0; i < shape.width; ++i) {
                const Matrix h = inner.matrix(i);
                const InnerHessian one = inner_hessian(data, network, i, Execution{1});
                for (Size j = 0; j < d; ++j) {
                    CHECK(inner.magnitude(i, j) ==
                          Approx(static_cast<double>(expected.inner_magnitude[i * d + j])).epsilon(1e-11));
                    CHECK(one.magnitude[j] == Approx(inner.magnitude(i, j)).epsilon(1e-12));
                    for (Size l = 0; l < d; ++l) {
                        const double exact = static_cast<double>(expected.inner[(i * d + j) * d + l]);
                        const double bound =
                            64 * kEps * std::sqrt(inner.magnitude(i, j) * inner.magnitude(i, l));
                        CHECK(std::abs(h(j, l) - exact) <= bound);
                        CHECK(std::abs(one.value(j, l) - exact) <= bound);
                        CHECK(h(j, l) == h(l, j));
                    }
                }
            }
        }
    }
}

TEST_CASE("single precision moves inner Hessians within its bound, whatever the size of the numbers") {
    std::uint64_t seed = 250;
    double worst = 0.0;
    for (const double unit :
         {1.0, 1e-9, 1e-17, 1e-22, 1e8}) {  // of the inputs; x^2 and c x^2 underflow below
        for (const double scale : {1.0, 1e-12, 1e-36, 1e-42}) {  // of the coefficients
            for (const Case shape : {Case{1, 1, 1, false}, Case{61, 3, 4, true}, Case{1300, 9, 51, false}}) {
                Problem problem =
                    random_problem(shape.samples, shape.features, shape.features + 2, true, ++seed);
                for (double& x : problem.x) x *= unit;
                const Dataset data(problem.source(), false, shape.bias, LossScaling::sum);
                Network network =
                    random_network(Activation(ActivationKind::sigmoid), shape.width, data.inputs(), seed);
                for (Size i = 0; i < shape.width; ++i) {
                    network.output(i) *= scale;
                    for (Size j = 0; j < shape.features; ++j) network.weights(i)[j] /= unit;
                }
                std::vector<Size> neurons;
                for (Size i = 0; i < shape.width; ++i) neurons.push_back(i);
                const InnerHessians exact = inner_hessians(data, network, neurons, Execution{1});
                const InnerHessians single =
                    inner_hessians(data, network, neurons, Execution{1}, GramPrecision::single_precision);
                const InnerHessians threads =
                    inner_hessians(data, network, neurons, Execution{3}, GramPrecision::single_precision);
                INFO("unit " << unit << ", scale " << scale << ", n " << shape.samples);
                CHECK(exact.single(0, 0, 0) == 0.0);
                CHECK(single.single.absolute == threads.single.absolute);
                // At least what products of every sample may lose below the normal range.
                CHECK(single.single.absolute >= static_cast<double>(shape.samples) * 0x1p-124);
                for (Size i = 0; i < shape.width; ++i) {
                    const Matrix a = single.matrix(i), b = exact.matrix(i), c = threads.matrix(i);
                    for (Size j = 0; j < data.inputs(); ++j) {
                        for (Size l = 0; l < data.inputs(); ++l) {
                            const double terms = std::sqrt(exact.magnitude(i, j) * exact.magnitude(i, l));
                            const double bound = single.single(i, j, l) + 64 * kEps * terms;
                            worst = std::max(worst, std::abs(a(j, l) - b(j, l)) / bound);
                            CHECK(c(j, l) == a(j, l));
                        }
                    }
                }
            }
        }
    }
    CHECK(worst <= 1.0);
    CHECK(worst > 1e-3);
}

TEST_CASE("v^T H_i v is the direct sum over samples") {
    const Problem problem = random_problem(500, 6, 6, false, 300);
    const Dataset data(problem.source(), false, true, LossScaling::sum);
    const Network network = random_network(Activation(ActivationKind::arctan), 3, 7, 301);
    const InnerHessians inner = inner_hessians(data, network, Execution{2});
    std::vector<double> residuals(500), x(7), v(7);
    outputs(data, network, nullptr, residuals.data(), Execution{1});
    Random random(302, 0);
    for (Size i = 0; i < 3; ++i) {
        for (double& component : v) component = random.normal();
        const Matrix h = inner.matrix(i);
        double form = 0.0, direct = 0.0, terms = 0.0;
        for (Size j = 0; j < 7; ++j) {
            for (Size l = 0; l < 7; ++l) form += v[j] * h(j, l) * v[l];
        }
        for (Size k = 0; k < 500; ++k) {
            data.sample(k, x.data());
            double z = 0.0, along = 0.0;
            for (Size j = 0; j < 7; ++j) {
                z += network.weights(i)[j] * x[j];
                along += v[j] * x[j];
            }
            const double second = static_cast<double>(activation_jet(ActivationKind::arctan, 0, z).second);
            const double term = network.output(i) * residuals[k] * second * along * along;
            direct += term;
            terms += std::abs(term);
        }
        CHECK(std::abs(form - direct) <= 1e-13 * terms);
    }
}

TEST_CASE("doubled weights double the inner Hessians, and permuted samples keep them") {
    Problem problem = random_problem(97, 4, 4, true, 310);
    const Network network = random_network(Activation(ActivationKind::gaussian), 3, 4, 311);
    const Dataset data(problem.source(), true, false, LossScaling::sum);
    const InnerHessians inner = inner_hessians(data, network, Execution{1});
    for (double& weight : problem.weights) weight *= 2.0;
    const InnerHessians doubled =
        inner_hessians(Dataset(problem.source(), true, false, LossScaling::sum), network, Execution{1});
    for (Size p = 0; p < inner.pairs.size(); ++p) CHECK(doubled.pairs[p] == 2.0 * inner.pairs[p]);

    Problem reversed = problem;
    for (Size k = 0; k < 97; ++k) {
        std::copy_n(problem.x.begin() + 4 * k, 4, reversed.x.begin() + 4 * (96 - k));
        reversed.targets[96 - k] = problem.targets[k];
        reversed.weights[96 - k] = problem.weights[k];
    }
    const InnerHessians backwards =
        inner_hessians(Dataset(reversed.source(), true, false, LossScaling::sum), network, Execution{1});
    for (Size i = 0; i < 3; ++i) {
        for (Size j = 0; j < 4; ++j) {
            CHECK(std::abs(backwards.matrix(i)(j, j) - doubled.matrix(i)(j, j)) <=
                  1e-14 * doubled.magnitude(i, j));
        }
    }
}

TEST_CASE("daughters share their parent's inner Hessian in the ratio of their coefficients") {
    const Problem problem = random_problem(120, 3, 3, false, 320);
    const Dataset data(problem.source(), false, true, LossScaling::mean);
    const Network network = random_network(Activation(ActivationKind::sigmoid), 3, 4, 321);
    const std::vector<double> gamma = {0.75, -1.25, 1.5};
    const InnerHessians narrow = inner_hessians(data, network, Execution{1});
    const InnerHessians wide = inner_hessians(data, split_neuron(network, 1, gamma), Execution{1});
    REQUIRE(wide.width == 5);
    for (Size j = 0; j < 4; ++j) {
        for (Size l = 0; l < 4; ++l) {
            const double bound = 1e-13 * std::sqrt(narrow.magnitude(1, j) * narrow.magnitude(1, l));
            double sum = 0.0;
            for (Size daughter = 0; daughter < 3; ++daughter) {
                const double share = wide.matrix(1 + daughter)(j, l);
                CHECK(std::abs(share - gamma[daughter] * narrow.matrix(1)(j, l)) <= 2 * bound);
                sum += share;
            }
            CHECK(std::abs(sum - narrow.matrix(1)(j, l)) <= 4 * bound);
            CHECK(std::abs(wide.matrix(4)(j, l) - narrow.matrix(2)(j, l)) <=
                  1e-13 * std::sqrt(narrow.magnitude(2, j) * narrow.magnitude(2, l)));
        }
    }
}

TEST_CASE("inner Hessians of two halves merge into those of the whole, and indices are checked") {
    const Problem problem = random_problem(90, 3, 3, false, 330);
    const Network network = random_network(Activation(ActivationKind::gelu), 4, 3, 331);
    const Dataset whole(problem.source(), false, false, LossScaling::sum);
    DatasetSource first = problem.source(), second = problem.source();
    first.samples = 41;
    second.samples = 49;
    second.x += 41 * 3;
    second.targets += 41;
    InnerHessianSum a(0, 4, 3), b(0, 4, 3);
    run_pass(Dataset(first, false, false, LossScaling::sum), network, Execution{1}, a);
    run_pass(Dataset(second, false, false, LossScaling::sum), network, Execution{1}, b);
    a.merge(b);
    const InnerHessians merged = a.finish();
    const InnerHessians direct = inner_hessians(whole, network, Execution{1});
    for (Size i = 0; i < 4; ++i) {
        for (Size j = 0; j < 3; ++j) {
            CHECK(merged.magnitude(i, j) == Approx(direct.magnitude(i, j)).epsilon(1e-14));
            for (Size l = 0; l < 3; ++l) {
                CHECK(std::abs(merged.matrix(i)(j, l) - direct.matrix(i)(j, l)) <=
                      8 * kEps * std::sqrt(direct.magnitude(i, j) * direct.magnitude(i, l)));
            }
        }
    }
    // The bound on single precision, too, is the sum of those of its parts.
    const std::vector<Size> all{0, 1, 2, 3};
    InnerHessianSum left(all, 3, Bounds::with, GramPrecision::single_precision);
    InnerHessianSum right(all, 3, Bounds::with, GramPrecision::single_precision);
    run_pass(Dataset(first, false, false, LossScaling::sum), network, Execution{1}, left);
    run_pass(Dataset(second, false, false, LossScaling::sum), network, Execution{1}, right);
    InnerHessianSum first_alone(all, 3, Bounds::with, GramPrecision::single_precision);
    run_pass(Dataset(first, false, false, LossScaling::sum), network, Execution{1}, first_alone);
    left.merge(right);
    const double first_part = first_alone.finish().single.absolute,
                 second_part = right.finish().single.absolute;
    CHECK(second_part > 0.0);
    const InnerHessians both = left.finish();
    CHECK(both.single.absolute == Approx(first_part + second_part).epsilon(1e-14));
    const InnerHessians at_once =
        inner_hessians(whole, network, all, Execution{1}, GramPrecision::single_precision);
    for (Size i = 0; i < 4; ++i) {
        for (Size j = 0; j < 3; ++j)
            CHECK(both.single.terms(i, j) == Approx(at_once.single.terms(i, j)).epsilon(1e-13));
    }
    CHECK_THROWS_AS(inner_hessian(whole, network, 4, Execution{1}), Error);
    CHECK_THROWS_AS(inner_hessian(whole, network, -1, Execution{1}), Error);
}

TEST_CASE("inner Hessians of several outputs weigh each sample by g . a_i") {
    constexpr Size n = 300, d = 5, m = 4, outputs = 3;
    const Problem problem = random_problem(n, d, d, true, 77);
    Random random(78, 0);
    std::vector<double> g(static_cast<std::size_t>(n * outputs));
    for (double& value : g) value = random.normal();
    DatasetSource source = problem.source();
    source.targets = g.data();
    source.outputs = outputs;
    source.loss = &linear_loss();
    const Dataset data(source, false, false, LossScaling::sum);
    Network network(Activation(ActivationKind::gelu), Layout{m, d, outputs});
    for (double& value : network.parameters) value = random.normal();
    const InnerHessians inner = inner_hessians(data, network, Execution{2});
    const InnerHessians single =
        inner_hessians(data, network, {1, 3}, Execution{1}, GramPrecision::single_precision);
    for (Size i = 0; i < m; ++i) {
        for (Size j = 0; j < d; ++j) {
            for (Size l = 0; l <= j; ++l) {
                Real sum = 0, terms = 0;
                for (Size k = 0; k < n; ++k) {
                    const double* x = problem.x.data() + k * d;
                    Real z = 0, mixed = 0, sizes = 0;
                    for (Size q = 0; q < d; ++q) z += static_cast<Real>(network.weights(i)[q]) * x[q];
                    for (Size o = 0; o < outputs; ++o) {
                        const Real term = static_cast<Real>(g[k * outputs + o]) * network.output(i, o);
                        mixed += term;
                        sizes += std::abs(term);
                    }
                    const Real rest = problem.weights[k] *
                                      activation_jet(ActivationKind::gelu, 0.0, z).second * x[j] * x[l];
                    sum += mixed * rest;
                    terms += sizes * std::abs(rest);
                }
                INFO(i << ": " << j << ", " << l);
                CHECK(std::abs(inner.matrix(i)(j, l) - static_cast<double>(sum)) <=
                      64 * kEps * static_cast<double>(terms));
                if (j == l) CHECK(inner.magnitude(i, j) == Approx(static_cast<double>(terms)).epsilon(1e-12));
                if (i % 2 == 1)
                    CHECK(std::abs(single.matrix(i / 2)(j, l) - static_cast<double>(sum)) <=
                          single.single(i / 2, j, l) + 64 * kEps * static_cast<double>(terms));
            }
        }
    }
}
