#include <cmath>
#include <cstring>

#include "network/derivatives/kink_sums.hpp"
#include "network/derivatives/objective.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

std::size_t at(Size i) {
    return static_cast<std::size_t>(i);
}

struct Plain {
    Real loss = 0;
    std::vector<Real> residuals, psi;
    std::vector<std::vector<Real>> slope;
    KinkSets kinks;
    std::vector<std::vector<Real>> coefficients;
};

// MATH.md section 9 word for word; an exact zero makes a kink.
Plain plain_sums(const Dataset& data, const Network& network) {
    const Slopes slopes = slopes_of(network.activation);
    Plain sums;
    sums.psi.assign(at(network.width), 0);
    sums.slope.assign(at(network.width), std::vector<Real>(at(network.inputs), 0));
    sums.kinks.resize(at(network.width));
    sums.coefficients.resize(at(network.width));
    std::vector<double> x(at(network.inputs));
    for (Size k = 0; k < data.samples(); ++k) {
        data.sample(k, x.data());
        std::vector<Real> z(at(network.width), 0);
        Real r = -Real{data.target(k)};
        const auto sigma = [&](Real t) { return t * (t >= 0 ? slopes.above : slopes.below); };
        for (Size i = 0; i < network.width; ++i) {
            for (Size j = 0; j < network.inputs; ++j) z[at(i)] += Real{network.weights(i)[j]} * x[at(j)];
            r += network.output(i) * sigma(z[at(i)]);
        }
        const Real s = data.weight(k);
        sums.residuals.push_back(r);
        sums.loss += s * r * r / 2;
        for (Size i = 0; i < network.width; ++i) {
            const Real t = z[at(i)];
            const Real piece = t == 0 ? Real{slopes.mean()} : Real{t > 0 ? slopes.above : slopes.below};
            sums.psi[at(i)] += s * r * sigma(t);
            for (Size j = 0; j < network.inputs; ++j) sums.slope[at(i)][at(j)] += s * r * piece * x[at(j)];
            if (t != 0) continue;
            sums.kinks[at(i)].push_back(k);
            sums.coefficients[at(i)].push_back(s * r);
        }
    }
    return sums;
}

// Whole numbers make exact zeros; the last neuron has no weights at all.
Problem whole_numbers(Size n, Size d, std::uint64_t seed) {
    Problem problem = random_problem(n, d, d + 1, true, seed);
    for (Size k = 0; k < n; ++k) {
        for (Size j = 0; j < d; ++j) {
            double& x = problem.x[at(k * (d + 1) + j)];
            x = std::round(2.0 * x);
        }
    }
    return problem;
}

Network whole_network(const Activation& activation, Size m, Size d, std::uint64_t seed) {
    Network network = random_network(activation, m, d, seed);
    for (Size i = 0; i < m * d; ++i) network.parameters[at(i)] = std::round(1.5 * network.parameters[at(i)]);
    for (Size j = 0; j < d && m > 0; ++j) network.weights(m - 1)[j] = 0.0;
    return network;
}

std::vector<Activation> relu_like() {
    return {Activation(ActivationKind::relu), Activation(ActivationKind::leaky_relu, 0.125),
            Activation(ActivationKind::leaky_relu, 1.75), Activation(ActivationKind::abs)};
}

void check_value(double computed, Real exact, double magnitude, double rounding) {
    CHECK(std::abs(static_cast<double>(computed - exact)) <= rounding);
    // A bound that bounds nothing would be no use.
    CHECK(rounding <= 1e-12 * (magnitude + 1.0));
}

void check_all(const Dataset& data, const Network& network) {
    KinkOptions options;
    options.residuals = true;
    const KinkValue sums = kink_sums(data, network, options, Execution{1});
    const Plain plain = plain_sums(data, network);
    CHECK(sums.loss.loss == Approx(static_cast<double>(plain.loss)).epsilon(1e-13));
    REQUIRE(static_cast<Size>(sums.residuals.size()) == data.samples());
    for (std::size_t k = 0; k < sums.residuals.size(); ++k) {
        CHECK(std::abs(static_cast<double>(sums.residuals[k] - plain.residuals[k])) <=
              sums.residual_rounding[k]);
    }
    for (Size i = 0; i < network.width; ++i) {
        check_value(sums.psi[at(i)], plain.psi[at(i)], sums.psi_magnitude[at(i)], sums.psi_rounding[at(i)]);
        for (Size j = 0; j < network.inputs; ++j) {
            check_value(sums.slope(i, j), plain.slope[at(i)][at(j)], sums.slope_magnitude(i, j),
                        sums.slope_rounding(i, j));
        }
        REQUIRE(sums.kinks[at(i)].samples == plain.kinks[at(i)]);
        for (std::size_t l = 0; l < plain.kinks[at(i)].size(); ++l) {
            CHECK(std::abs(static_cast<double>(sums.kinks[at(i)].coefficients[l] -
                                               plain.coefficients[at(i)][l])) <=
                  sums.kinks[at(i)].rounding[l] * (1 + 1e-12) +
                      1e-16 * std::abs(sums.kinks[at(i)].coefficients[l]));
        }
    }
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
    return a.size() == b.size() &&
           (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

bool same_bits(const Matrix& a, const Matrix& b) {
    return std::memcmp(a.data(), b.data(), at(a.rows() * a.cols()) * sizeof(double)) == 0;
}

bool same_bits(const KinkValue& a, const KinkValue& b) {
    bool same = a.loss.loss == b.loss.loss && same_bits(a.psi, b.psi) &&
                same_bits(a.psi_rounding, b.psi_rounding) && same_bits(a.slope, b.slope) &&
                same_bits(a.slope_rounding, b.slope_rounding) && same_bits(a.residuals, b.residuals);
    for (std::size_t i = 0; i < a.kinks.size(); ++i) {
        same = same && a.kinks[i].samples == b.kinks[i].samples &&
               same_bits(a.kinks[i].coefficients, b.kinks[i].coefficients);
    }
    return same;
}

KinkValue cut_sums(const Dataset& data, const Network& network, const Blocking& blocking, int threads) {
    KinkOptions options;
    options.residuals = true;
    KinkSums sums(network, options);
    Accumulator* const accumulators[] = {&sums};
    Pass(data, network, accumulators, blocking).run(Execution{threads});
    return sums.finish();
}

}  // namespace

TEST_CASE("psi, slopes and kinks agree with plain loops at every remainder of samples, neurons and inputs") {
    std::uint64_t seed = 1;
    std::size_t kinks = 0;
    for (const Activation& activation : relu_like()) {
        for (const Size n : {1, 7, 16, 17, 31, 33, 250}) {
            for (const Size m : {0, 1, 3, 25}) {
                for (const Size d : {1, 2, 5, 9}) {
                    const Problem problem = whole_numbers(n, d, ++seed);
                    const Dataset data(problem.source(), false, seed % 2 == 0, LossScaling::mean);
                    const Network network = whole_network(activation, m, data.inputs(), seed);
                    INFO(activation.name() << " n " << n << " m " << m << " d " << d);
                    check_all(data, network);
                    for (const auto& set : plain_sums(data, network).kinks) kinks += set.size();
                }
            }
        }
    }
    CHECK(kinks > 10000);
}

TEST_CASE("the bounds hold where preactivations cancel and residuals do not") {
    const Size n = 60;
    Random random(17, 0);
    std::vector<double> x, y;
    for (Size k = 0; k < n; ++k) {
        const double large = 1e8 * (1.0 + random.uniform());
        x.insert(x.end(), {large, large - 1e-3 * (1.0 + random.uniform())});
        y.push_back(random.normal());
    }
    const Dataset data({n, 2, x.data(), 2, y.data(), nullptr}, false, false, LossScaling::sum);
    for (const Activation& activation : relu_like()) {
        Network network(activation, 1, 2);
        network.parameters = {0.1, -0.1, 1e-6};
        KinkOptions options;
        options.tolerance = 0.0;
        const KinkValue sums = kink_sums(data, network, options, Execution{1});
        const double error = std::abs(static_cast<double>(sums.psi[0] - plain_sums(data, network).psi[0]));
        INFO(activation.name());
        CHECK(error <= sums.psi_rounding[0]);
        CHECK(sums.psi_rounding[0] <= 1e-5);
    }
}

TEST_CASE("general position: no kinks, and the gradient of the smooth pass") {
    for (const Activation& activation : relu_like()) {
        const Problem problem = random_problem(301, 4, 5, true, 3);
        const Dataset data(problem.source(), false, true, LossScaling::sum);
        const Network network = random_network(activation, 6, 5, 4);
        check_all(data, network);
        const KinkValue sums = kink_sums(data, network, {}, Execution{1});
        const Gradient g = gradient(data, network, Execution{1});
        CHECK(sums.residuals.empty());
        for (Size i = 0; i < network.width; ++i) {
            CHECK(sums.kinks[at(i)].samples.empty());
            CHECK(std::abs(sums.psi[at(i)] - g.value[at(30 + i)]) <= sums.psi_rounding[at(i)]);
            for (Size j = 0; j < 5; ++j) {
                CHECK(std::abs(network.output(i) * sums.slope(i, j) - g.value[at(5 * i + j)]) <=
                      2.0 * std::abs(network.output(i)) * sums.slope_rounding(i, j));
            }
        }
    }
}

TEST_CASE("a sample that rounding alone keeps off the kink is on it") {
    const Size n = 40, d = 6;
    const Problem problem = random_problem(n, d, d, false, 9);
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    for (Size k = 0; k < n; ++k) {
        Network network =
            random_network(Activation(ActivationKind::relu), 2, d, 10 + static_cast<std::uint64_t>(k));
        std::vector<double> x(at(d));
        data.sample(k, x.data());
        for (int pass = 0; pass < 2; ++pass) {
            double product = 0.0, square = 0.0;
            for (Size j = 0; j < d; ++j) {
                product += network.weights(1)[j] * x[at(j)];
                square += x[at(j)] * x[at(j)];
            }
            for (Size j = 0; j < d; ++j) network.weights(1)[j] -= product / square * x[at(j)];
        }
        const KinkValue sums = kink_sums(data, network, {}, Execution{1});
        CHECK(sums.kinks[0].samples.empty());
        REQUIRE(sums.kinks[1].samples == std::vector<Size>{k});
        // Without tolerance it would be lost or found by chance; 1e-9 away it is off.
        network.weights(1)[0] += 1e-9;
        CHECK(kink_sums(data, network, {}, Execution{1}).kinks[1].samples.empty());
        KinkOptions wide;
        wide.tolerance = 1e-7;
        CHECK(kink_sums(data, network, wide, Execution{1}).kinks[1].samples == std::vector<Size>{k});
    }
}

TEST_CASE("exact kink sets of the caller count as zero preactivations, whatever the numbers say") {
    const Problem problem = random_problem(23, 3, 3, true, 12);
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    const Network network = random_network(Activation(ActivationKind::leaky_relu, 0.25), 2, 3, 13);
    const KinkSets sets = {{2, 5, 22}, {}};
    KinkOptions options;
    options.exact = &sets;
    options.residuals = true;
    const KinkValue sums = kink_sums(data, network, options, Execution{2});
    CHECK(sums.kinks[0].samples == sets[0]);
    CHECK(sums.tolerance == 0.0);
    const KinkValue free = kink_sums(data, network, {-1.0, nullptr, true}, Execution{2});
    std::vector<double> x(3);
    double psi = 0.0;
    for (Size k = 0; k < 23; ++k) {
        data.sample(k, x.data());
        double z = 0.0;
        for (Size j = 0; j < 3; ++j) z += network.weights(0)[j] * x[at(j)];
        const double u = z >= 0.0 ? z : 0.25 * z;
        const bool kink = k == 2 || k == 5 || k == 22;
        const double r = free.residuals[at(k)] - (kink ? network.output(0) * u : 0.0);
        CHECK(sums.residuals[at(k)] == Approx(r).epsilon(1e-13));
        if (!kink) psi += data.weight(k) * r * u;
    }
    CHECK(sums.psi[0] == Approx(psi).epsilon(1e-12));
}

TEST_CASE("kink sums have the same bits for every number of threads") {
    for (const Size d : {3, 130}) {
        const Problem problem = whole_numbers(3000, d, 21);
        const Dataset data(problem.source(), false, true, LossScaling::sum);
        const Network network = whole_network(Activation(ActivationKind::relu), 27, d + 1, 22);
        for (const Blocking blocking : {Blocking{512, 256}, Blocking{64, 16}}) {
            const KinkValue one = cut_sums(data, network, blocking, 1);
            REQUIRE(one.kinks[26].samples.size() == 3000);
            for (const int threads : {2, 3})
                REQUIRE(same_bits(one, cut_sums(data, network, blocking, threads)));
        }
    }
}

TEST_CASE("halves of the samples merged are the whole") {
    const Size n = 200, d = 3, half = 77;
    const Problem problem = whole_numbers(n, d, 31);
    const Network network = whole_network(Activation(ActivationKind::abs), 4, d, 32);
    const Dataset whole(problem.source(), false, false, LossScaling::sum);
    DatasetSource first = problem.source(), second = problem.source();
    first.samples = half;
    second.samples = n - half;
    second.x += half * (d + 1);
    second.targets += half;
    second.weights += half;
    KinkOptions options;
    options.residuals = true;
    KinkSums left(network, options), right(network, options), chunked(network, options);
    const auto run = [&](KinkSums& sums, const DatasetSource& source) {
        const Dataset data(source, false, false, LossScaling::sum);
        Accumulator* const accumulators[] = {&sums};
        Pass(data, network, accumulators).run(Execution{1});
    };
    run(left, first);
    run(right, second);
    left.merge(right);
    run(chunked, first);
    run(chunked, second);
    const KinkValue direct = kink_sums(whole, network, options, Execution{1});
    for (const KinkValue& value : {left.finish(), chunked.finish()}) {
        for (Size i = 0; i < 4; ++i) {
            REQUIRE(value.kinks[at(i)].samples == direct.kinks[at(i)].samples);
            CHECK(std::abs(value.psi[at(i)] - direct.psi[at(i)]) <= direct.psi_rounding[at(i)]);
            for (Size j = 0; j < d; ++j)
                CHECK(std::abs(value.slope(i, j) - direct.slope(i, j)) <= direct.slope_rounding(i, j));
        }
        REQUIRE(same_bits(value.residuals, direct.residuals));
    }
}

TEST_CASE("kink sums refuse what they cannot treat") {
    const Problem problem = random_problem(9, 2, 2, false, 1);
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    const Network smooth = random_network(Activation(ActivationKind::tanh), 2, 2, 1);
    CHECK_THROWS_AS(kink_sums(data, smooth, {}, Execution{1}), Error);
    const Network network = random_network(Activation(ActivationKind::relu), 2, 2, 1);
    for (const KinkSets& sets :
         {KinkSets{{}}, KinkSets{{3, 1}, {}}, KinkSets{{1, 1}, {}}, KinkSets{{9}, {}}, KinkSets{{-1}, {}}}) {
        KinkOptions options;
        options.exact = &sets;
        CHECK_THROWS_AS(kink_sums(data, network, options, Execution{1}), Error);
    }
    CHECK_THROWS_AS(kink_sums(data, network, {std::nan(""), nullptr, false}, Execution{1}), Error);
}
