// Data that is read piece by piece, and data in single precision, give the bits of the same numbers in
// memory.
#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "network/derivatives/hessian_vector.hpp"
#include "network/inputs/input_space.hpp"
#include "solve/solve.hpp"
#include "splitting/inner_hessian.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

StreamedSource streamed(const Problem& problem, Size samples, Size features, Size ldx) {
    StreamedSource source{samples, features, true, {}};
    source.read = [&problem, features, ldx](Size first, Size count, double* x, double* targets,
                                            double* weights) {
        for (Size k = 0; k < count; ++k) {
            const auto row = problem.x.begin() + (first + k) * ldx;
            std::copy(row, row + features, x + k * features);
            if (targets != nullptr) targets[k] = problem.targets[static_cast<std::size_t>(first + k)];
            if (weights != nullptr) weights[k] = problem.weights[static_cast<std::size_t>(first + k)];
        }
    };
    return source;
}

bool same(const Matrix& a, const Matrix& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           std::equal(a.data(), a.data() + a.rows() * a.cols(), b.data());
}

// Everything that is summed over the samples, bit by bit.
void check_same_bits(const Dataset& one, const Dataset& two, const Activation& activation, Size width) {
    for (const int threads : {1, 3}) {
        const Execution execution{threads};
        const Network network = random_network(activation, width, one.inputs(), 5);
        const HessianValue h1 = hessian(one, network, execution), h2 = hessian(two, network, execution);
        CHECK(h1.gradient.loss.loss == h2.gradient.loss.loss);
        CHECK(h1.gradient.loss.rounding_loss == h2.gradient.loss.rounding_loss);
        CHECK(h1.gradient.value == h2.gradient.value);
        CHECK(h1.gradient.rounding == h2.gradient.rounding);
        CHECK(same(h1.value, h2.value));
        CHECK(h1.magnitude == h2.magnitude);
        const InnerHessians i1 = inner_hessians(one, network, execution);
        const InnerHessians i2 = inner_hessians(two, network, execution);
        CHECK(std::equal(i1.pairs.data(), i1.pairs.data() + i1.pairs.size(), i2.pairs.data()));
        Matrix directions(2, network.parameter_count());
        for (Size p = 0; p < directions.cols(); ++p)
            directions(0, p) = directions(1, p) = std::sin(double(p));
        CHECK(same(hessian_vectors(one, network, directions, execution),
                   hessian_vectors(two, network, directions, execution)));
        const InputSpace s1 = input_space(one, execution), s2 = input_space(two, execution);
        CHECK(s1.rank == s2.rank);
        CHECK(same(s1.basis, s2.basis));
    }
    CHECK(one.weight_sum() == two.weight_sum());
    std::vector<double> x1(static_cast<std::size_t>(one.inputs())), x2(x1);
    for (Size k = 0; k < one.samples(); k += 7) {
        one.sample(k, x1.data());
        two.sample(k, x2.data());
        CHECK(x1 == x2);
        CHECK(one.target(k) == two.target(k));
        CHECK(one.weight(k) == two.weight(k));
    }
}

}  // namespace

TEST_CASE("streamed data gives the bits of data in memory") {
    for (const Size n : {1, 37, 512, 1301}) {
        for (const bool bias : {false, true}) {
            for (const LossScaling scaling : {LossScaling::sum, LossScaling::mean}) {
                const Problem problem = random_problem(n, 5, 6, true, 3);
                const Dataset memory(problem.source(), false, bias, scaling);
                const Dataset stream(streamed(problem, n, 5, 6), bias, scaling);
                CHECK(stream.streamed());
                CHECK_FALSE(memory.streamed());
                check_same_bits(memory, stream, Activation(ActivationKind::tanh), 4);
            }
        }
    }
}

TEST_CASE("rows come with the bias, from any place") {
    const Problem problem = random_problem(40, 3, 3, true, 4);
    const Dataset memory(problem.source(), false, true, LossScaling::sum);
    const Dataset stream(streamed(problem, 40, 3, 3), true, LossScaling::sum);
    for (const Size first : {0, 5, 33}) {
        for (const Size count : {1, 2, 7}) {
            std::vector<double> one(static_cast<std::size_t>(count * 4), 9.0), two(one);
            memory.rows(first, count, one.data());
            stream.rows(first, count, two.data());
            CHECK(one == two);
            std::vector<double> rows;
            for (Size k = first; k < first + count; ++k) {
                rows.insert(rows.end(), problem.x.begin() + 3 * k, problem.x.begin() + 3 * (k + 1));
                rows.push_back(1.0);
            }
            CHECK(one == rows);
        }
    }
}

TEST_CASE("single rows of streamed data, in order and out of it") {
    const Size n = 700;
    const Problem problem = random_problem(n, 2, 2, true, 9);
    StreamedSource source = streamed(problem, n, 2, 2);
    int reads = 0;
    source.read = [&reads, read = source.read](Size first, Size count, double* x, double* t, double* w) {
        ++reads;
        read(first, count, x, t, w);
    };
    const Dataset stream(source, true, LossScaling::sum);
    const int before = reads;
    double x[3];
    const auto check = [&](Size k) {
        stream.sample(k, x);
        CHECK(x[0] == problem.x[static_cast<std::size_t>(2 * k)]);
        CHECK(x[1] == problem.x[static_cast<std::size_t>(2 * k + 1)]);
        CHECK(x[2] == 1.0);
    };
    for (Size k = 0; k < n; ++k) check(k);
    CHECK(reads - before <= 4);
    for (Size k = n - 1; k >= 0; --k) check(k);
    for (const Size k : {0, 699, 3, 4, 5, 260, 2, 699}) check(k);
}

TEST_CASE("verdicts out of core are those in memory, rank-deficient inputs included") {
    PlantedOptions options;
    options.features = 3;
    options.wanted = {Definiteness::positive_definite, Definiteness::indefinite};
    options.seed = 41;
    options.weights = true;
    const std::optional<Planted> planted = plant(options);
    REQUIRE(planted);
    // A fourth column that repeats the first.
    const Size n = planted->samples;
    Problem wide{n, 4, 4, {}, {}, {}};
    for (Size k = 0; k < n; ++k) {
        for (Size j = 0; j < 4; ++j) wide.x.push_back(planted->x[static_cast<std::size_t>(k * 3 + j % 3)]);
    }
    wide.targets = planted->targets;
    wide.weights = planted->weights;
    Network network(planted->network.activation, 2, 4);
    for (Size i = 0; i < 2; ++i) {
        for (Size j = 0; j < 3; ++j) network.weights(i)[j] = planted->network.weights(i)[j];
        network.output(i) = planted->network.output(i);
    }
    const Dataset memory({n, 4, wide.x.data(), 4, wide.targets.data(), wide.weights.data()}, false, false,
                         LossScaling::sum);
    const Dataset stream(streamed(wide, n, 4, 4), false, LossScaling::sum);
    for (const HessianMethod method : {HessianMethod::dense, HessianMethod::matrix_free}) {
        AnalysisOptions how;
        how.hessian_method = method;
        const NetworkReport one =
            classify_network(memory, network, Tolerances{}, ReductionTolerances{}, Execution{2}, how);
        const NetworkReport two =
            classify_network(stream, network, Tolerances{}, ReductionTolerances{}, Execution{2}, how);
        CHECK(one.space.rank == 3);
        REQUIRE(two.projected.has_value());
        CHECK(two.projected->streamed());
        CHECK(one.verdict == two.verdict);
        CHECK(one.rule == two.rule);
        CHECK(one.loss == two.loss);
        CHECK(one.index.morse_index.least == two.index.morse_index.least);
        REQUIRE((one.narrow && two.narrow));
        CHECK(one.narrow->point.hessian.tau == two.narrow->point.hessian.tau);
        CHECK(one.narrow->point.hessian.lambda_min == two.narrow->point.hessian.lambda_min);
        for (std::size_t i = 0; i < one.narrow->neurons.size(); ++i) {
            CHECK(one.narrow->neurons[i].inner.lambda_min == two.narrow->neurons[i].inner.lambda_min);
            CHECK(one.narrow->neurons[i].plateau == two.narrow->neurons[i].plateau);
        }
    }
}

TEST_CASE("a search for stationary points runs out of core, to the same bits") {
    const Problem problem = random_problem(300, 3, 3, true, 8);
    const Dataset memory(problem.source(), false, true, LossScaling::sum);
    const Dataset stream(streamed(problem, 300, 3, 3), true, LossScaling::sum);
    SolveOptions options;
    options.starts = 3;
    options.max_iterations = 30;
    const SolveResult one = solve(memory, Activation(ActivationKind::tanh), 2, options, Execution{2});
    const SolveResult two = solve(stream, Activation(ActivationKind::tanh), 2, options, Execution{2});
    REQUIRE(one.starts.size() == two.starts.size());
    for (std::size_t s = 0; s < one.starts.size(); ++s) CHECK(one.starts[s].loss == two.starts[s].loss);
}

TEST_CASE("a reader's failure ends the pass with its error; bad values are named when the data set is made") {
    const Problem problem = random_problem(600, 2, 2, true, 6);
    StreamedSource source = streamed(problem, 600, 2, 2);
    bool fail = false;
    source.read = [&fail, read = source.read](Size first, Size count, double* x, double* t, double* w) {
        if (fail && first >= 256) throw Error(Status::callback, "the disk is gone");
        read(first, count, x, t, w);
    };
    const Dataset data(source, false, LossScaling::sum);
    const Network network = random_network(Activation(ActivationKind::tanh), 3, 2, 1);
    const double before = loss(data, network, Execution{2}).loss;
    fail = true;
    for (const int threads : {1, 3}) {
        try {
            loss(data, network, Execution{threads});
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.status() == Status::callback);
            CHECK(std::string(error.what()) == "the disk is gone");
        }
    }
    fail = false;
    CHECK(loss(data, network, Execution{2}).loss == before);
    // Rows one by one, read ahead of: what a failed reading did not bring is read when it is asked for again.
    double row[2] = {};
    for (Size k = 0; k < 256; ++k) data.sample(k, row);
    fail = true;
    CHECK_THROWS_AS(data.sample(256, row), Error);
    fail = false;
    for (const Size k : {256, 257, 300, 0, 511}) {
        data.sample(k, row);
        CHECK(row[0] == problem.x[static_cast<std::size_t>(2 * k)]);
        CHECK(row[1] == problem.x[static_cast<std::size_t>(2 * k + 1)]);
    }

    Problem bad = problem;
    bad.x[2 * 431 + 1] = NAN;
    try {
        const Dataset made(streamed(bad, 600, 2, 2), false, LossScaling::sum);
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.status() == Status::not_finite);
        CHECK(std::string(error.what()).find("x[431][1]") != std::string::npos);
    }
    bad = problem;
    bad.weights[3] = -1.0;
    CHECK_THROWS_AS(Dataset(streamed(bad, 600, 2, 2), false, LossScaling::sum), Error);
    CHECK_THROWS_AS(Dataset(streamed(problem, 0, 2, 2), false, LossScaling::sum), Error);
}

TEST_CASE("single precision gives the bits of the same numbers in double precision") {
    for (const Size n : {1, 37, 700}) {
        for (const Size d : {1, 3, 8, 13}) {
            for (const bool copy : {false, true}) {
                Problem problem = random_problem(n, d, d + 2, true, 12);
                std::vector<float> single;
                for (double& x : problem.x) {
                    single.push_back(static_cast<float>(x));
                    x = single.back();
                }
                const Dataset wide(problem.source(), false, true, LossScaling::mean);
                DatasetSource source = problem.source();
                source.x = nullptr;
                source.x32 = single.data();
                const Dataset narrow(source, copy, true, LossScaling::mean);
                if (copy) std::fill(single.begin(), single.end(), NAN);
                check_same_bits(wide, narrow, Activation(ActivationKind::softplus), 3);
            }
        }
    }
    std::vector<float> bad{1.0F, INFINITY};
    const double y[] = {1.0, 2.0};
    DatasetSource source{2, 1, nullptr, 1, y, nullptr};
    CHECK_THROWS_AS(Dataset(source, false, false, LossScaling::sum), Error);
    source.x32 = bad.data();
    CHECK_THROWS_AS(Dataset(source, false, false, LossScaling::sum), Error);
}
