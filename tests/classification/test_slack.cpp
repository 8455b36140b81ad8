// The slack of stationarity where Newton's method cannot tell: along null directions of the Hessian that
// change the outputs, and where preactivations cancel (MATH.md section 10).
#include <cmath>
#include <limits>

#include "classification/model/model.hpp"
#include "classification/point/analysis.hpp"
#include "classification/spectrum/slack_point.hpp"
#include "classification/spectrum/uncertainty.hpp"
#include "core/random.hpp"
#include "splitting/split.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};

// The columns of a [rows][columns] matrix made orthonormal, as rows.
Matrix orthonormal_columns(const std::vector<double>& a, Size rows, Size columns) {
    Matrix basis(columns, rows);
    for (Size c = 0; c < columns; ++c) {
        for (Size k = 0; k < rows; ++k) basis(c, k) = a[static_cast<std::size_t>(k * columns + c)];
        for (int round = 0; round < 2; ++round) {
            for (Size other = 0; other < c; ++other) {
                double along = 0.0;
                for (Size k = 0; k < rows; ++k) along += basis(c, k) * basis(other, k);
                for (Size k = 0; k < rows; ++k) basis(c, k) -= along * basis(other, k);
            }
        }
        double square = 0.0;
        for (Size k = 0; k < rows; ++k) square += basis(c, k) * basis(c, k);
        for (Size k = 0; k < rows; ++k) basis(c, k) /= std::sqrt(square);
    }
    return basis;
}

// The planted point with its residuals times lambda, which leaves it stationary.
test::Planted with_residuals(const test::Planted& planted, double lambda) {
    test::Planted other = planted;
    const Dataset data = planted.dataset();
    std::vector<double> f(other.targets.size());
    outputs(data, planted.network, f.data(), nullptr, kSerial);
    for (std::size_t k = 0; k < f.size(); ++k) other.targets[k] = f[k] + lambda * (planted.targets[k] - f[k]);
    return other;
}

double least_eigenvalue(const test::Planted& planted) {
    const HessianValue value = hessian(planted.dataset(), planted.network, kSerial);
    return equilibrate(value.value, value.magnitude).eigen.values[0];
}

// Residuals as large as leave the Hessian positive semidefinite: one eigenvalue is zero to rounding.
test::Planted at_the_fold(const test::Planted& planted) {
    double below = 0.0, beyond = 1.0;
    while (least_eigenvalue(with_residuals(planted, beyond)) > 0.0) beyond *= 2.0;
    for (int round = 0; round < 60; ++round) {
        const double middle = 0.5 * (below + beyond);
        (least_eigenvalue(with_residuals(planted, middle)) > 0.0 ? below : beyond) = middle;
    }
    return with_residuals(planted, below);
}

Uncertainty uncertainty_of(const Dataset& data, const Network& network) {
    const HessianValue here = hessian(data, network, kSerial);
    return point_uncertainty(data, network, here, equilibrate(here.value, here.magnitude), {}, kSerial);
}

double distance(const Network& a, const Network& b) {
    double sum = 0.0;
    for (std::size_t p = 0; p < a.parameters.size(); ++p)
        sum = std::hypot(sum, a.parameters[p] - b.parameters[p]);
    return sum;
}

// Two neurons that an exchange of the first two inputs exchanges, on samples that it exchanges. Along what it
// turns round the loss is even.
test::Planted exchangeable(std::uint64_t seed) {
    constexpr Size kPairs = 14;
    Random random(seed, 0);
    test::Planted planted{2 * kPairs, 2,  true, LossScaling::sum,
                          {},         {}, {},   Network(Activation(ActivationKind::tanh), 2, 3)};
    std::vector<double> residuals;
    for (Size pair = 0; pair < kPairs; ++pair) {
        const double a = random.normal(), b = random.normal(), r = random.normal();
        planted.x.insert(planted.x.end(), {a, b, b, a});
        residuals.insert(residuals.end(), {r, r});
    }
    const double u = random.normal(), v = random.normal(), w = random.normal(), a = 1.0 + random.uniform();
    planted.network.parameters = {u, v, w, v, u, w, a, a};
    planted.targets.assign(residuals.size(), 0.0);
    // Residuals that every derivative of the outputs is orthogonal to leave the point stationary.
    std::vector<double> jacobian;
    for (std::size_t k = 0; k < residuals.size(); ++k) {
        const double x[] = {planted.x[2 * k], planted.x[2 * k + 1], 1.0};
        for (Size i = 0; i < 2; ++i) {
            const double* row = planted.network.weights(i);
            const double value = std::tanh(row[0] * x[0] + row[1] * x[1] + row[2]);
            for (const double input : x) jacobian.push_back(a * (1.0 - value * value) * input);
            jacobian.push_back(value);
        }
    }
    const auto n = static_cast<Size>(residuals.size());
    const Matrix basis = orthonormal_columns(jacobian, n, 8);
    for (int round = 0; round < 2; ++round) {
        for (Size c = 0; c < basis.rows(); ++c) {
            double along = 0.0;
            for (Size k = 0; k < n; ++k) along += basis(c, k) * residuals[static_cast<std::size_t>(k)];
            for (Size k = 0; k < n; ++k) residuals[static_cast<std::size_t>(k)] -= along * basis(c, k);
        }
    }
    std::vector<double> f(residuals.size());
    outputs(planted.dataset(), planted.network, f.data(), nullptr, kSerial);
    for (std::size_t k = 0; k < f.size(); ++k) planted.targets[k] = f[k] - residuals[k];
    return planted;
}

// Of the direction of least curvature: -1 where the exchange turns it round.
double parity_of_the_softest(const test::Planted& planted) {
    const HessianValue value = hessian(planted.dataset(), planted.network, kSerial);
    const Equilibrated equilibrated = equilibrate(value.value, value.magnitude);
    const double* const v = equilibrated.eigen.vectors.row(0);
    return 2.0 * (v[0] * v[4] + v[1] * v[3] + v[2] * v[5] + v[6] * v[7]);
}

std::optional<test::Planted> planted_point(std::uint64_t seed, Activation activation) {
    test::PlantedOptions options;
    options.activation = activation;
    options.features = 2;
    options.bias = true;
    options.wanted = {Definiteness::indefinite, Definiteness::indefinite};
    options.seed = seed;
    return test::plant(options);
}

// How far the corrected point lies from the given one; its gradient is at the floor of rounding as well.
double slack_at_the_floor(const Dataset& data, const Network& network, const Uncertainty& found) {
    REQUIRE(found.corrected);
    CHECK(above_rounding(gradient(data, *found.corrected, kSerial, Bounds::with, nullptr)) <= 4.0);
    return distance(*found.corrected, network);
}

}  // namespace

TEST_CASE("at a fold the stationary point is known to the root of rounding, and no better") {
    int folds = 0;
    for (const ActivationKind kind : {ActivationKind::tanh, ActivationKind::softplus, ActivationKind::gelu}) {
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            const std::optional<test::Planted> planted = planted_point(seed, Activation(kind));
            if (!planted) continue;
            ++folds;
            const test::Planted fold = at_the_fold(*planted);
            const Dataset data = fold.dataset();
            const Uncertainty found = uncertainty_of(data, fold.network);
            CAPTURE(planted->network.activation.name(), seed);
            const double moved = slack_at_the_floor(data, fold.network, found);
            // The gradient grows with the square of the distance: rounding of 1e-16 to 1e-13 hides its root.
            CHECK(moved > 1e-9);
            CHECK(moved < 1e-2);
            const HessianValue here = hessian(data, fold.network, kSerial),
                               other = hessian(data, *found.corrected, kSerial);
            for (Size i = 0; i < here.value.rows(); ++i)
                for (Size j = 0; j < here.value.rows(); ++j)
                    REQUIRE(found.hessian(i, j) >= std::abs(other.value(i, j) - here.value(i, j)));

            // With residuals half as large the Hessian is definite, and the point as sharp as its numbers.
            const test::Planted sharp = with_residuals(fold, 0.5);
            const Uncertainty known = uncertainty_of(sharp.dataset(), sharp.network);
            if (known.corrected) CHECK(distance(*known.corrected, sharp.network) < 0.1 * moved);
        }
    }
    CHECK(folds >= 12);
}

TEST_CASE("where a fold has no third order the point is known to the cube root of rounding") {
    // Corrected across the null direction the gradient grows with the cube of the distance; as it is, with
    // the square.
    int folds = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const test::Planted fold = at_the_fold(exchangeable(seed));
        if (parity_of_the_softest(fold) > -0.999) continue;
        ++folds;
        const Dataset data = fold.dataset();
        const Uncertainty found = uncertainty_of(data, fold.network);
        CAPTURE(seed);
        const double moved = slack_at_the_floor(data, fold.network, found);
        CHECK(moved > 1e-6);
        CHECK(moved < 1e-2);
    }
    CHECK(folds >= 5);
}

TEST_CASE("the slack of a fold reaches the inner Hessians") {
    // An inner Hessian is shifted until its smallest eigenvalue is far beyond rounding and within the slack:
    // its sign says nothing of the stationary point's.
    const std::optional<test::Planted> planted = planted_point(3, Activation(ActivationKind::tanh));
    REQUIRE(planted);
    const test::Planted fold = at_the_fold(*planted);
    const Dataset data = fold.dataset();
    const Analysis blurred = analyze(data, fold.network, Tolerances{}, kSerial);
    const test::Planted sharp = with_residuals(fold, 0.5);
    const Dataset sharp_data = sharp.dataset();
    const Analysis known = analyze(sharp_data, sharp.network, Tolerances{}, kSerial);
    for (std::size_t i = 0; i < blurred.neurons.size(); ++i)
        CHECK(blurred.neurons[i].inner.tau > 1e3 * known.neurons[i].inner.tau);
}

TEST_CASE("moves along a plateau or a symmetry are no slack") {
    const std::optional<test::Planted> planted = planted_point(3, Activation(ActivationKind::tanh));
    REQUIRE(planted);
    const Dataset data = planted->dataset();
    const std::vector<double> gamma{0.4, 0.6};
    const Network wide = split_neuron(planted->network, 0, gamma);
    const Uncertainty found = uncertainty_of(data, wide);
    if (found.corrected) CHECK(distance(*found.corrected, wide) < 1e-10);
}

TEST_CASE("preactivations whose terms cancel are known no better than these") {
    const std::optional<test::Planted> planted = planted_point(5, Activation(ActivationKind::tanh));
    REQUIRE(planted);
    // The first feature is counted from far away, and the bias makes up for it: the same preactivations.
    const auto seen_from = [&](double offset) {
        test::Planted far = *planted;
        for (Size k = 0; k < far.samples; ++k) far.x[static_cast<std::size_t>(k * far.features)] += offset;
        for (Size i = 0; i < far.network.width; ++i)
            far.network.weights(i)[far.network.inputs - 1] -= offset * far.network.weights(i)[0];
        return far;
    };
    const double epsilon = std::numeric_limits<double>::epsilon();
    double last = 0.0;
    for (const double offset : {0x1p20, 0x1p26}) {
        const test::Planted far = seen_from(offset);
        const Dataset data = far.dataset();
        const HessianValue here = hessian(data, far.network, kSerial);
        const std::optional<Network> other = slack_point(data, far.network, here, false, {}, kSerial);
        REQUIRE(other);
        const Uncertainty found = uncertainty_of(data, far.network);
        REQUIRE(found.corrected);
        double change = 0.0;
        std::vector<double> before(static_cast<std::size_t>(far.samples)), after(before);
        outputs(data, far.network, before.data(), nullptr, kSerial);
        outputs(data, *other, after.data(), nullptr, kSerial);
        for (std::size_t k = 0; k < before.size(); ++k)
            change = std::max(change, std::abs(after[k] - before[k]));
        CHECK(change > 0.02 * epsilon * offset);
        CHECK(change < 100.0 * epsilon * offset);
        CHECK(change > 8.0 * last);
        last = change;
    }
}

TEST_CASE("where second derivatives underflow, of a gaussian that drifts along its tail, nothing is certain",
          "[slack]") {
    // The exponential alpha e^(v x) is approached as c grows: e^(-(c - x v / c)^2 / 2).
    std::vector<double> x = {4.28, 3.91, 0.56, 1.38, 3.89, 2.51, 3.98, 1.13, 0.52};
    std::vector<double> y = {0.766, 0.629, -0.638, -0.428, 0.478, 0.01, 0.649, -0.403, -0.658};
    const std::vector<double> weights = {1.0, 2.0, 1.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0};
    for (double& value : x) value = (value - 2.611666666666667) / 1.4468173884618453;
    for (double& value : y) value = (value - 0.09033333333333333) / 0.5421539346798923;
    const Dataset data({9, 1, x.data(), 1, y.data(), weights.data()}, false, true, LossScaling::sum);
    Layout layout{1, 2, 1, true, false};
    Network network(Activation(ActivationKind::gaussian), layout);
    network.parameters = {-0.008821207292614083, 27.239559744043383, 5.575434344393653e+161,
                          -4.331004364832617};
    const ModelReport tail =
        classify_model(data, network, Tolerances{}, false, kSerial, AnalysisScope::complete);
    CHECK(tail.gradient_relative < 1e-8);
    CHECK(tail.verdict == Verdict::undetermined);
    CHECK(uncertainty_of(data, network).corrected_failed);

    const test::Planted planted = exchangeable(3);
    Network beside = planted.network;
    for (double& value : beside.parameters) value *= 1.0 + 1e-9;
    CHECK_FALSE(uncertainty_of(planted.dataset(), beside).corrected_failed);
}
