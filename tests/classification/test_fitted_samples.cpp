// Samples fitted through directions of their own (MATH.md section 8): which are set apart, which are not, and
// what becomes of the verdict.
#include "classification/any_network/fitted_samples.hpp"

#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/critical_set/critical_set.hpp"
#include "classification/split_cases.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};

// A planted minimum with one more input, which only the appended samples have.
struct Extended {
    Size samples = 0, features = 0;
    std::vector<double> x, targets;
    Network network;
    Dataset dataset() const {
        return Dataset({samples, features, x.data(), features, targets.data(), nullptr}, false, false,
                       LossScaling::sum);
    }
};

Extended extend(const test::Planted& planted, const std::vector<std::vector<double>>& rows,
                const std::vector<double>& own_weights) {
    const Size old = planted.features;
    Extended result{planted.samples + static_cast<Size>(rows.size()),
                    old + 1,
                    {},
                    planted.targets,
                    Network(planted.network.activation, planted.network.width, old + 1)};
    for (Size k = 0; k < planted.samples; ++k) {
        result.x.insert(result.x.end(), planted.x.begin() + k * old, planted.x.begin() + (k + 1) * old);
        result.x.push_back(0.0);
    }
    for (const std::vector<double>& row : rows) result.x.insert(result.x.end(), row.begin(), row.end());
    for (Size i = 0; i < planted.network.width; ++i) {
        std::copy_n(planted.network.weights(i), old, result.network.weights(i));
        result.network.weights(i)[old] = own_weights[static_cast<std::size_t>(i)];
        result.network.output(i) = planted.network.output(i);
    }
    result.targets.resize(static_cast<std::size_t>(result.samples), 0.0);
    std::vector<double> f(result.targets.size());
    outputs(result.dataset(), result.network, f.data(), nullptr, kSerial);
    for (Size k = planted.samples; k < result.samples; ++k) result.targets[k] = f[k];
    return result;
}

test::Planted planted_minimum(ActivationKind kind, Definiteness wanted) {
    test::PlantedOptions options;
    options.activation = Activation(kind);
    options.wanted = {wanted, wanted};
    options.seed = 5;
    return test::plant(options).value();
}

NetworkReport classify(const Dataset& data, const Network& network) {
    return classify_network(data, network, Tolerances{}, ReductionTolerances{}, kSerial);
}

}  // namespace

TEST_CASE("a sample with an input of its own: singular as given, decided when it is set apart") {
    const test::Planted planted = planted_minimum(ActivationKind::tanh, Definiteness::positive_definite);
    const Extended extended = extend(planted, {{0.3, -0.4, 1.5}}, {0.2, -0.6});
    const Dataset data = extended.dataset();
    const Analysis plain = analyze(data, extended.network, Tolerances{}, kSerial);
    CHECK(plain.point.verdict == Verdict::undetermined);
    CHECK(plain.neurons[0].inner.inertia.zero == 1);

    const NetworkReport report = classify(data, extended.network);
    REQUIRE(report.fitted);
    CHECK(report.fitted->samples() == std::vector<Size>{planted.samples});
    CHECK(report.verdict == Verdict::local_minimum);
    CHECK_FALSE(report.strict);
    CHECK(report.space.rank == 3);
    CHECK(report.index.nullity.least == 1);  // two weights of one input, one equation
    CHECK(test::sampled_descent(data, extended.network, 1e-3, 10.0, 10, 3) == 0.0);
    for (const std::vector<double>& gamma : {std::vector<double>{0.3, 0.7}, {1.5, -0.5}}) {
        const Network wide = split_neuron(extended.network, 0, gamma);
        const NetworkReport split = classify(data, wide);
        CHECK(split.verdict == (gamma[1] > 0.0 ? Verdict::local_minimum : Verdict::saddle));
        const test::BruteForce brute = test::brute_force(data, wide);
        REQUIRE(brute.clear);
        CHECK(split.index.morse_index.least == brute.negative);
        CHECK(split.index.nullity.least == brute.zero);
        if (!split.witness) continue;
        CHECK(split.witness->descends());
        CHECK(split.witness->curve(0.0) == wide.parameters);
        // The way down keeps the sample fitted.
        Network there = wide;
        there.parameters = split.witness->point;
        std::vector<double> residuals(static_cast<std::size_t>(data.samples()));
        outputs(data, there, nullptr, residuals.data(), kSerial);
        CHECK(std::abs(residuals.back()) < 1e-12);
    }
}

TEST_CASE("daughters may differ in what only a fitted sample sees") {
    const test::Planted planted = planted_minimum(ActivationKind::tanh, Definiteness::positive_definite);
    test::Planted wide = planted;
    wide.network = split_neuron(planted.network, 0, std::vector<double>{0.3, 0.7});
    const Extended extended = extend(wide, {{0.3, -0.4, 1.5}}, {0.2, -0.6, 1.1});
    const NetworkReport report = classify(extended.dataset(), extended.network);
    REQUIRE(report.fitted);
    CHECK(report.grouping.narrow.width == 2);
    CHECK(report.verdict == Verdict::local_minimum);
    const test::BruteForce brute = test::brute_force(extended.dataset(), extended.network);
    CHECK(report.index.morse_index.least == brute.negative);
    CHECK(report.index.nullity.least == brute.zero);
}

TEST_CASE("a critical set keeps the samples that are set apart fitted") {
    const test::Planted planted = planted_minimum(ActivationKind::tanh, Definiteness::positive_definite);
    const Extended extended = extend(planted, {{0.3, -0.4, 1.5}}, {0.2, -0.6});
    const Dataset data = extended.dataset();
    CriticalSetOptions options;
    options.samples = 6;
    options.steps = 6;
    for (const Size width : {2, 3, 4}) {
        const CriticalSet set = map_critical_set(data, extended.network, width, {}, {}, options, kSerial);
        CAPTURE(width);
        REQUIRE(set.minimal.fitted);
        CHECK(set.shape.fitted == 1);
        CHECK(set.shape.inputs == 2);
        CHECK(set.shape.unseen == 1);
        REQUIRE(set.branches.size() == static_cast<std::size_t>(width - 1));
        for (const MappedBranch& branch : set.branches) {
            const Size l = branch.shape.null_neurons;
            CAPTURE(l);
            // Of the narrow point's set, splits, null weights, and the own weights of all neurons less one
            // equation.
            CHECK(branch.shape.dimension == (width - l - 2) + l * (2 - 1) + width - 1);
            CHECK(branch.drawn > 0);
            for (const BranchSample& sample : branch.samples) {
                const NetworkReport& report = sample.report;
                CHECK(report.network.width == width);
                CAPTURE(report.gradient_relative, report.gradient_norm);
                CHECK(report.verdict != Verdict::not_stationary);
                CHECK(report.loss == Approx(set.minimal.loss).epsilon(1e-10));
                REQUIRE(report.fitted);
                CHECK(report.fitted->samples() == std::vector<Size>{planted.samples});
                std::vector<double> residuals(static_cast<std::size_t>(data.samples()));
                outputs(data, report.network, nullptr, residuals.data(), kSerial);
                CHECK(std::abs(residuals.back()) < 1e-12);
                CHECK(sample.counted_nullity == report.index.nullity.least);
                CHECK(report.index.nullity.least >= branch.shape.dimension);
                const test::BruteForce brute = test::brute_force(data, report.network);
                if (!brute.clear) continue;
                CHECK(report.index.nullity.least == brute.zero);
                CHECK(report.index.morse_index.least == brute.negative);
            }
        }
    }
}

TEST_CASE("samples that share directions are set apart as long as the weights can fit them all") {
    const test::Planted planted = planted_minimum(ActivationKind::tanh, Definiteness::positive_definite);
    const std::vector<std::vector<double>> rows = {{0.3, -0.4, 1.5}, {1.3, 0.4, -0.5}, {-0.2, 0.9, 0.7}};
    for (const std::size_t count : {1, 2, 3}) {
        const Extended extended =
            extend(planted, {rows.begin(), rows.begin() + static_cast<long>(count)}, {0.2, -0.6});
        const NetworkReport report = classify(extended.dataset(), extended.network);
        // Two weights on the input: two equations at most. The third sample's residual is zero by chance, and
        // of three some two are set apart only if the third does not see the input.
        if (count < 3) {
            REQUIRE(report.fitted);
            CHECK(report.fitted->count() == static_cast<Size>(count));
        } else {
            CHECK_FALSE(report.fitted);
        }
        const test::BruteForce brute = test::brute_force(extended.dataset(), extended.network);
        REQUIRE(brute.clear);
        REQUIRE(report.index.known());
        CHECK(report.index.morse_index.least == brute.negative);
        CHECK(report.index.nullity.least == brute.zero);
        CHECK(report.verdict == Verdict::local_minimum);
    }
}

TEST_CASE("a sample where sigma and its slope vanish stays, whatever its residual") {
    test::PlantedOptions options;
    options.activation = Activation(ActivationKind::square);
    options.wanted = {Definiteness::positive_semidefinite};
    options.seed = 5;
    Extended extended = extend(test::plant(options).value(), {{1.0, 0.0, 1.0}}, {0.0});
    double* w = extended.network.weights(0);
    w[2] = -w[0];
    for (const double residual : {0.0, 0.4}) {
        extended.targets.back() = -residual;
        const NetworkReport report = classify(extended.dataset(), extended.network);
        CHECK(report.verdict != Verdict::not_stationary);
        CHECK(report.space.rank == 3);
        CHECK_FALSE(report.fitted);
    }
}
