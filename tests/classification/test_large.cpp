// Points judged by products with their Hessian alone, against the dense verdicts (MATH.md section 10).
#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/point/analysis.hpp"
#include "classification/point/cost_model.hpp"
#include "classification/spectrum/block_scaling.hpp"
#include "core/random.hpp"
#include "linalg/lanczos_process.hpp"
#include "linalg/planted_matrix.hpp"
#include "network/derivatives/curvature.hpp"
#include "network/derivatives/hessian_blocks.hpp"
#include "network/derivatives/hessian_vector.hpp"
#include "splitting/split.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};

AnalysisOptions by(HessianMethod method) {
    AnalysisOptions options;
    options.hessian_method = method;
    return options;
}

Matrix random_directions(Size count, Size order, std::uint64_t seed) {
    Matrix directions(count, order);
    Random random(seed, 0);
    for (Size e = 0; e < count * order; ++e) directions.data()[e] = random.normal();
    return directions;
}

// Inputs and targets drawn at random: nothing stationary.
struct Drawn {
    std::vector<double> x, targets, weights;
    Network network;
    Size samples, inputs;

    Drawn(const Activation& activation, Size n, Size d, Size m, std::uint64_t seed)
        : network(test::random_network(activation, m, d, seed)), samples(n), inputs(d) {
        Random random(seed, 5);
        for (Size e = 0; e < n * d; ++e) x.push_back(random.normal());
        for (Size k = 0; k < n; ++k) {
            targets.push_back(random.normal());
            weights.push_back(0.5 + random.uniform());
        }
    }
    Dataset dataset() const {
        return Dataset({samples, inputs, x.data(), inputs, targets.data(), weights.data()}, false, false,
                       LossScaling::sum);
    }
};

long double form(const Matrix& h, const double* v) {
    long double sum = 0;
    for (Size i = 0; i < h.rows(); ++i) {
        for (Size j = 0; j < h.rows(); ++j) sum += static_cast<long double>(v[i]) * h(i, j) * v[j];
    }
    return sum;
}

}  // namespace

TEST_CASE("blocked products with the Hessian are those of the formed matrix, whatever the block") {
    for (const Activation& activation : test::smooth_activations()) {
        const Drawn drawn(activation, 301, 5, 7, 3);
        const Dataset data = drawn.dataset();
        const Matrix h = hessian(data, drawn.network, kSerial).value;
        const Matrix directions = random_directions(5, h.rows(), 11);
        const Matrix products = hessian_vectors(data, drawn.network, directions, kSerial);
        const Matrix threaded = hessian_vectors(data, drawn.network, directions, Execution{3});
        double size = 0.0;
        for (Size e = 0; e < h.rows() * h.rows(); ++e) size = std::max(size, std::abs(h.data()[e]));
        for (Size q = 0; q < 5; ++q) {
            std::vector<double> one(static_cast<std::size_t>(h.rows()));
            hessian_vector(data, drawn.network, {directions.row(q), one.size()}, one, kSerial);
            for (Size p = 0; p < h.rows(); ++p) {
                long double expected = 0;
                for (Size l = 0; l < h.rows(); ++l)
                    expected += static_cast<long double>(h(p, l)) * directions(q, l);
                CHECK(std::abs(products(q, p) - static_cast<double>(expected)) <= 1e-12 * size);
                CHECK(products(q, p) == one[static_cast<std::size_t>(p)]);
                CHECK(products(q, p) == threaded(q, p));
            }
        }
    }
}

TEST_CASE("products over many samples: the same bits for more and fewer threads than sums") {
    const Drawn drawn(Activation(ActivationKind::tanh), 7001, 5, 7, 4);
    const Dataset data = drawn.dataset();
    const Matrix h = hessian(data, drawn.network, kSerial).value;
    const Matrix directions = random_directions(2, h.rows(), 12);
    const Matrix products = hessian_vectors(data, drawn.network, directions, kSerial);
    for (Size q = 0; q < 2; ++q) {
        for (Size p = 0; p < h.rows(); ++p) {
            long double expected = 0, size = 0;
            for (Size l = 0; l < h.rows(); ++l) {
                expected += static_cast<long double>(h(p, l)) * directions(q, l);
                size += std::abs(static_cast<long double>(h(p, l)) * directions(q, l));
            }
            CHECK(std::abs(products(q, p) - static_cast<double>(expected)) <=
                  1e-12 * static_cast<double>(size));
        }
    }
    for (const int threads : {2, 3, 5}) {
        const Matrix threaded = hessian_vectors(data, drawn.network, directions, Execution{threads});
        CHECK(std::equal(products.data(), products.data() + 2 * h.rows(), threaded.data()));
    }
}

TEST_CASE("a curvature is within its error bound of the long double one") {
    for (const Activation& activation : test::smooth_activations()) {
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            Drawn drawn(activation, 333, 6, 4, seed);
            // Targets next to the outputs: what cancels in the residual is in the bound.
            if (seed % 2 == 0) {
                std::vector<double> f(drawn.targets);
                outputs(drawn.dataset(), drawn.network, f.data(), nullptr, kSerial);
                for (std::size_t k = 0; k < f.size(); ++k) drawn.targets[k] = f[k] + 1e-11 * drawn.targets[k];
            }
            const Dataset data = drawn.dataset();
            const Matrix directions = random_directions(3, drawn.network.parameter_count(), seed);
            const std::vector<Curvature> found = curvatures(data, drawn.network, directions, kSerial);
            const test::ReferenceSums exact = test::reference_sums(data, drawn.network);
            const Size order = drawn.network.parameter_count();
            for (Size q = 0; q < 3; ++q) {
                long double expected = 0;
                for (Size i = 0; i < order; ++i) {
                    for (Size j = 0; j < order; ++j)
                        expected += exact.hessian[static_cast<std::size_t>(i * order + j)] *
                                    static_cast<long double>(directions(q, i)) * directions(q, j);
                }
                const double error = std::abs(static_cast<double>(found[q].value - expected));
                CAPTURE(activation.name(), seed, q, found[q].value, found[q].error, error);
                CHECK(error <= found[q].error);
                CHECK(found[q].error <= 1e-10 * std::abs(found[q].value) + 1e-9);
            }
        }
    }
}

TEST_CASE("the bound on a curvature holds where residuals are all rounding and the outputs do not move") {
    // Two neurons alike that move apart: f stays to first order, and the curvature is that of the residuals.
    Drawn drawn(Activation(ActivationKind::tanh), 200, 3, 2, 21);
    for (Size j = 0; j < 3; ++j) drawn.network.weights(1)[j] = drawn.network.weights(0)[j];
    drawn.network.output(1) = drawn.network.output(0);
    outputs(drawn.dataset(), drawn.network, drawn.targets.data(), nullptr, kSerial);
    const Dataset data = drawn.dataset();
    Matrix direction(1, 8);
    for (Size j = 0; j < 3; ++j) {
        direction(0, j) = 1.0 + 0.5 * static_cast<double>(j);
        direction(0, 3 + j) = -direction(0, j);
    }
    const Curvature found = curvatures(data, drawn.network, direction, kSerial)[0];
    const test::ReferenceSums exact = test::reference_sums(data, drawn.network);
    long double expected = 0, terms = 0;
    for (Size i = 0; i < 8; ++i) {
        for (Size j = 0; j < 8; ++j) {
            expected += exact.hessian[static_cast<std::size_t>(i * 8 + j)] *
                        static_cast<long double>(direction(0, i)) * direction(0, j);
        }
    }
    for (const long double m : exact.magnitude) terms += m;
    CHECK(std::abs(static_cast<double>(found.value - expected)) <= found.error);
    CHECK(std::abs(static_cast<double>(expected)) > 0.0);
    CHECK(found.error <= 1e-12 * static_cast<double>(terms));
}

TEST_CASE("the diagonal blocks are those of the Gauss-Newton part, and the scaling undoes them") {
    const Drawn drawn(Activation(ActivationKind::tanh), 400, 5, 3, 8);
    // Residuals zero: the Hessian is its Gauss-Newton part.
    Drawn exact = drawn;
    outputs(drawn.dataset(), drawn.network, exact.targets.data(), nullptr, kSerial);
    const Dataset data = exact.dataset();
    const Matrix h = hessian(data, exact.network, kSerial).value;
    HessianBlocks blocks = hessian_blocks(data, exact.network, kSerial);
    const Size m = 3, d = 5, order = 18;
    const auto parameter = [&](Size i, Size j) { return j < d ? i * d + j : m * d + i; };
    for (Size i = 0; i < m; ++i) {
        for (Size j = 0; j <= d; ++j) {
            for (Size l = 0; l <= j; ++l)
                CHECK(blocks.block(i)[j * (d + 1) + l] == Approx(h(parameter(i, j), parameter(i, l))));
        }
    }
    const BlockScaling scaling(std::move(blocks), exact.network, 1);
    CHECK(scaling.idle() == 0);
    Matrix c(order, order), image(order, order);
    for (Size q = 0; q < order; ++q) {
        std::vector<double> unit(static_cast<std::size_t>(order), 0.0);
        unit[static_cast<std::size_t>(q)] = 1.0;
        scaling.to_parameters(unit, {c.row(q), unit.size()});
    }
    for (Size q = 0; q < order; ++q) {
        for (Size p = 0; p < order; ++p) {
            for (Size l = 0; l < order; ++l) image(q, p) += h(p, l) * c(q, l);
        }
        scaling.from_parameters({image.row(q), 18}, {image.row(q), 18});
    }
    for (Size i = 0; i < m; ++i) {
        for (Size j = 0; j <= d; ++j) {
            for (Size l = 0; l <= d; ++l)
                CHECK(image(parameter(i, j), parameter(i, l)) == Approx(j == l ? 1.0 : 0.0).margin(1e-3));
        }
    }
}

TEST_CASE("a Lanczos process: Ritz values, solutions and the bound on what it missed") {
    Random random(3, 0);
    std::vector<double> values;
    for (Size l = 0; l < 60; ++l) values.push_back(0.5 + 0.1 * static_cast<double>(l));
    values[0] = 0.02;
    const Matrix a = testing::with_spectrum(values, random);
    std::vector<double> start(60), image(60);
    for (double& x : start) x = 3.0 * random.normal();
    linalg::LanczosProcess process(start, 2);
    bool more = true;
    while (more) {
        const std::span<const double> q = process.direction();
        for (Size i = 0; i < 60; ++i) {
            image[i] = 0.0;
            for (Size j = 0; j < 60; ++j) image[i] += a(i, j) * q[j];
        }
        more = process.advance(image);
        const auto low = process.lowest(), high = process.highest();
        const std::vector<double> v = process.vector(low.coordinates);
        CHECK(std::abs(static_cast<double>(form(a, v.data())) - low.value) < 1e-12);
        CHECK(low.value >= 0.02 - 1e-12);
        CHECK(high.value <= values.back() + 1e-12);
        CHECK(process.log_polynomial(low.value + 1e-6) == -INFINITY);
        CHECK(process.log_polynomial(0.5 * low.value) <= process.log_polynomial(0.0));
        const std::vector<double> x = process.solution(1e-12);
        const std::vector<double> solved = process.combination(x);
        double residual = 0.0, length = 0.0;
        for (Size i = 0; i < 60; ++i) {
            double row = -start[i];
            for (Size j = 0; j < 60; ++j) row += a(i, j) * solved[j];
            residual += row * row;
            length += start[i] * start[i];
        }
        CHECK(std::sqrt(residual / length) == Approx(process.solution_residual(x)).margin(1e-9));
    }
    CHECK(process.steps() == 60);
    CHECK(process.lowest().value == Approx(0.02));
}

TEST_CASE("a missed eigenvalue is what the bound calls unlikely") {
    // The start vector is all but orthogonal to the eigenvector of the one negative eigenvalue: the bound on
    // its component must not be below the true one.
    const Size n = 200;
    for (const double component : {1e-2, 1e-4, 1e-6, 1e-8}) {
        std::vector<double> start(static_cast<std::size_t>(n)), image(start);
        Random random(9, 0);
        double length = 0.0;
        for (Size l = 1; l < n; ++l) {
            start[l] = random.normal();
            length += start[l] * start[l];
        }
        start[0] = component * std::sqrt(length);
        linalg::LanczosProcess process(start, 1);
        for (Size step = 0; step < 60; ++step) {
            const std::span<const double> q = process.direction();
            for (Size l = 0; l < n; ++l)
                image[l] = (l == 0 ? -0.3 : 1.0 + static_cast<double>(l) / static_cast<double>(n)) * q[l];
            if (!process.advance(image) || process.lowest().value < 0.0) break;
            const double bound = std::exp(-process.log_polynomial(0.0));
            CHECK(bound >= 0.999 * component);
            // The polynomial at an eigenvalue is what has become of its eigenvector.
            if (process.lowest().value > -0.3) {
                const double grown =
                    std::exp(process.log_polynomial(-0.3)) * start[0] / process.start_length();
                CHECK(std::abs(process.direction()[0]) == Approx(grown).epsilon(1e-5));
            }
        }
        CHECK(process.lowest().value < 0.0);  // it is found in the end
    }
}

TEST_CASE("the Lanczos basis stays orthonormal beside eigenvalues that have long converged") {
    const Size n = 700;
    std::vector<double> start(static_cast<std::size_t>(n)), image(start);
    Random random(10, 0);
    for (double& x : start) x = random.normal();
    linalg::LanczosProcess process(start, 2);
    std::vector<std::vector<double>> basis;
    bool more = true;
    for (Size step = 0; step < 200 && more; ++step) {
        const std::span<const double> q = process.direction();
        basis.emplace_back(q.begin(), q.end());
        for (Size l = 0; l < n; ++l) {
            const double share = static_cast<double>(l) / static_cast<double>(n);
            image[l] = (l < 3 ? 1e5 * static_cast<double>(l + 1) : 1e-3 + share * share) * q[l];
        }
        more = process.advance(image);
    }
    double worst = 0.0;
    for (std::size_t a = 0; a < basis.size(); ++a) {
        for (std::size_t b = 0; b <= a; ++b) {
            double product = a == b ? -1.0 : 0.0;
            for (std::size_t l = 0; l < basis[a].size(); ++l) product += basis[a][l] * basis[b][l];
            worst = std::max(worst, std::abs(product));
        }
    }
    CAPTURE(basis.size());
    CHECK(basis.size() == 200);
    CHECK(worst <= 1e-12);
}

TEST_CASE("planted points: products prove the saddles and indicate the minima that the spectrum shows") {
    std::uint64_t seed = 7000;
    int saddles = 0, minima = 0, open = 0;
    for (const Activation& activation : test::smooth_activations()) {
        for (const bool saddle : {false, true}) {
            for (const Size features : {2, 4, 7}) {
                test::PlantedOptions options;
                options.activation = activation;
                options.features = features;
                options.seed = ++seed;
                options.saddle = saddle;
                options.bias = features == 4;
                options.weights = features == 2;
                options.wanted = {Definiteness::positive_definite, Definiteness::indefinite};
                if (activation.traits().homogeneity > 0 || options.bias)
                    options.wanted = {Definiteness::indefinite, Definiteness::positive_semidefinite};
                const std::optional<test::Planted> planted = test::plant(options);
                if (!planted) continue;
                const Dataset data = planted->dataset();
                const Analysis dense =
                    analyze(data, planted->network, Tolerances{}, kSerial, by(HessianMethod::dense));
                const Analysis products =
                    analyze(data, planted->network, Tolerances{}, kSerial, by(HessianMethod::matrix_free));
                CAPTURE(activation.name(), features, saddle, static_cast<int>(dense.point.verdict),
                        dense.point.hessian.margin);
                REQUIRE(products.point.evidence.has_value());
                const HessianEvidence& evidence = *products.point.evidence;
                CAPTURE(evidence.ritz, evidence.residual, evidence.tau, evidence.miss_probability,
                        evidence.products);
                CHECK_FALSE(products.point.hessian.counted);
                if (!dense.point.hessian.clear()) continue;
                if (dense.point.verdict == Verdict::saddle) {
                    ++saddles;
                    CHECK(products.point.verdict == Verdict::saddle);
                    CHECK(products.point.rule == Rule::hessian_negative_eigenvalue);
                    CHECK(products.point.hessian.lambda_min >= dense.point.hessian.lambda_min * (1 + 1e-9));
                    REQUIRE(products.point.witness.has_value());
                    CHECK(products.point.witness->descends());
                } else if (dense.point.hessian.inertia.zero == 0) {
                    ++minima;
                    CHECK(products.point.verdict == Verdict::indicated_minimum);
                    CHECK(products.point.rule == Rule::smallest_ritz_value);
                    CHECK_FALSE(products.point.strict);
                    CHECK(evidence.ritz - evidence.residual > evidence.tau);
                    CHECK(evidence.miss_probability <= 1e-9);
                    CHECK(products.point.hessian.lambda_min >= dense.point.hessian.lambda_min * (1 - 1e-9));
                } else {
                    ++open;
                    CHECK(products.point.verdict == Verdict::undetermined);
                }
                // What the neurons say does not depend on an indication.
                for (const NeuronReport& neuron : products.neurons) CHECK(neuron.minima == GammaRegion::none);
            }
        }
    }
    INFO(saddles << " saddles, " << minima << " minima, " << open << " singular");
    CHECK(saddles >= 10);
    CHECK(minima >= 20);
}

// Residuals come in pairs of opposite sign at equal inputs: the loss is not zero, the Hessian is J^T J, and
// psi is zero everywhere: the least loss that can be reached.
TEST_CASE("a teacher that some samples miss in pairs: a minimum whose inner Hessians are all zero") {
    Drawn drawn(Activation(ActivationKind::tanh), 1200, 7, 34, 31);
    Random random(32, 0);
    for (double& p : drawn.network.parameters) p = random.normal();
    for (Size i = 0; i < 34; ++i) drawn.network.output(i) += drawn.network.output(i) > 0.0 ? 0.5 : -0.5;
    for (double& weight : drawn.weights) weight = 1.0;
    constexpr Size kPaired = 120;
    for (Size k = 0; k < kPaired; k += 2)
        std::copy_n(drawn.x.begin() + k * 7, 7, drawn.x.begin() + (k + 1) * 7);
    outputs(drawn.dataset(), drawn.network, drawn.targets.data(), nullptr, kSerial);
    for (Size k = 0; k < kPaired; ++k) drawn.targets[k] += k % 2 == 0 ? 0.125 : -0.125;
    const Dataset data = drawn.dataset();
    const Analysis dense = analyze(data, drawn.network, Tolerances{}, kSerial, by(HessianMethod::dense));
    const Analysis products =
        analyze(data, drawn.network, Tolerances{}, Execution{2}, by(HessianMethod::matrix_free));
    // The outputs are the means of the pairs' targets: no network has a smaller loss, and no product is
    // needed.
    for (const Analysis* analysis : {&dense, &products}) {
        CHECK(analysis->point.verdict == Verdict::local_minimum);
        CHECK(analysis->point.rule == Rule::least_squares_fit);
        CHECK(analysis->point.global);
        REQUIRE(analysis->neurons.size() == 34);
        for (const NeuronReport& neuron : analysis->neurons) {
            CHECK(neuron.definiteness == Definiteness::zero);
            CHECK(neuron.null_direction.empty());
            CHECK(neuron.minima == GammaRegion::everywhere);
            CHECK(neuron.saddles == GammaRegion::none);
            CHECK_FALSE(neuron.escape);
        }
    }
}

TEST_CASE("split points: a negative coefficient is proven a saddle by products, a plateau stays open") {
    test::PlantedOptions options;
    options.features = 4;
    options.wanted = {Definiteness::positive_definite, Definiteness::positive_definite};
    options.seed = 77;
    const std::optional<test::Planted> planted = test::plant(options);
    REQUIRE(planted);
    const Dataset data = planted->dataset();
    const auto judge = [&](std::vector<double> gamma, HessianMethod method) {
        const Network wide = split_neuron(planted->network, 1, gamma);
        return analyze(data, wide, Tolerances{}, Execution{2}, by(method)).point;
    };
    CHECK(judge({2.0, -1.0}, HessianMethod::matrix_free).verdict == Verdict::saddle);
    CHECK(judge({2.0, -1.0}, HessianMethod::dense).verdict == Verdict::saddle);
    CHECK(judge({0.4, 0.6}, HessianMethod::matrix_free).verdict == Verdict::undetermined);
    CHECK(judge({0.4, 0.6}, HessianMethod::dense).verdict == Verdict::undetermined);
    CHECK(judge({0.2, 0.5, 0.7, -0.4}, HessianMethod::matrix_free).verdict == Verdict::saddle);
    // The whole network by reduction: the theorems need a proven minimum, the saddles do not.
    const ReductionTolerances reduction;
    const auto whole = [&](std::vector<double> gamma, HessianMethod method) {
        const Network wide = split_neuron(planted->network, 1, gamma);
        return classify_network(data, wide, Tolerances{}, reduction, kSerial, by(method));
    };
    CHECK(whole({0.4, 0.6}, HessianMethod::dense).verdict == Verdict::local_minimum);
    const NetworkReport open = whole({0.4, 0.6}, HessianMethod::matrix_free);
    CHECK(open.verdict == Verdict::undetermined);
    CHECK(open.rule == Rule::narrow_point_undetermined);
    CHECK_FALSE(open.index.known());
    const NetworkReport saddle = whole({2.0, -1.0}, HessianMethod::matrix_free);
    CHECK(saddle.verdict == Verdict::saddle);
    REQUIRE(saddle.witness.has_value());
    CHECK(saddle.witness->descends());
    const NetworkReport single = classify_network(data, planted->network, Tolerances{}, reduction, kSerial,
                                                  by(HessianMethod::matrix_free));
    CHECK(single.verdict == Verdict::indicated_minimum);
    CHECK_FALSE(single.strict);
}

TEST_CASE("a near-stationary point: what the Newton step moves counts against the proof") {
    test::PlantedOptions options;
    options.features = 3;
    options.wanted = {Definiteness::positive_definite, Definiteness::indefinite};
    options.seed = 78;
    const std::optional<test::Planted> planted = test::plant(options);
    REQUIRE(planted);
    const Dataset data = planted->dataset();
    Tolerances loose;
    loose.stationarity = 1.0;
    double before = 0.0;
    for (const double size : {0.0, 1e-9, 1e-6, 1e-3}) {
        Network moved = planted->network;
        Random random(5, 5);
        for (double& p : moved.parameters) p *= 1.0 + size * random.normal();
        const PointReport point = analyze(data, moved, loose, kSerial, by(HessianMethod::matrix_free)).point;
        REQUIRE(point.evidence);
        CHECK(point.evidence->tau >= before);
        before = 0.5 * point.evidence->tau;
    }
}

TEST_CASE("products: the bits do not depend on the number of threads, the method on the size") {
    test::PlantedOptions options;
    options.features = 6;
    options.wanted = {Definiteness::positive_definite, Definiteness::indefinite,
                      Definiteness::negative_definite};
    options.seed = 79;
    const std::optional<test::Planted> planted = test::plant(options);
    REQUIRE(planted);
    const Dataset data = planted->dataset();
    const auto run = [&](int threads) {
        return analyze(data, planted->network, Tolerances{}, Execution{threads},
                       by(HessianMethod::matrix_free))
            .point;
    };
    const PointReport one = run(1);
    for (const int threads : {2, 3}) {
        const PointReport many = run(threads);
        CHECK(many.evidence->ritz == one.evidence->ritz);
        CHECK(many.evidence->residual == one.evidence->residual);
        CHECK(many.evidence->tau == one.evidence->tau);
        CHECK(many.evidence->products == one.evidence->products);
    }
    CHECK(chosen_hessian_method({}, 100) == HessianMethod::dense);
    CHECK(chosen_hessian_method({}, 51712) == HessianMethod::matrix_free);
    CHECK(chosen_hessian_method(by(HessianMethod::dense), 51712) == HessianMethod::dense);
    CHECK(chosen_hessian_method(by(HessianMethod::matrix_free), 3) == HessianMethod::matrix_free);
}
