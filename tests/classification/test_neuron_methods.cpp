// The ways to judge inner Hessians agree: batched and LAPACK spectra, counts by factorisation, and products
// alone (MATH.md section 10).
#include <algorithm>
#include <cmath>

#include "classification/point/analysis.hpp"
#include "classification/point/cost_model.hpp"
#include "classification/point/scouting.hpp"
#include "classification/spectrum/ritz_subspace.hpp"
#include "core/random.hpp"
#include "linalg/planted_matrix.hpp"
#include "splitting/inner_hessian.hpp"
#include "splitting/inner_hessian_vectors.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};
constexpr NeuronMethod kMethods[] = {NeuronMethod::automatic, NeuronMethod::spectrum, NeuronMethod::inertia,
                                     NeuronMethod::matrix_free};

AnalysisOptions with(NeuronMethod method, AnalysisScope scope = AnalysisScope::complete) {
    return {method, scope};
}

long double curvature(const Matrix& a, const std::vector<double>& v) {
    long double sum = 0;
    for (Size i = 0; i < a.rows(); ++i) {
        for (Size j = 0; j < a.rows(); ++j) sum += static_cast<long double>(v[i]) * a(i, j) * v[j];
    }
    return sum;
}

double norm(const std::vector<double>& v) {
    double sum = 0.0;
    for (const double x : v) sum += x * x;
    return std::sqrt(sum);
}

double largest_entry(const Matrix& a) {
    return std::abs(*std::max_element(a.data(), a.data() + a.rows() * a.cols(),
                                      [](double x, double y) { return std::abs(x) < std::abs(y); }));
}

void check_directions(const Matrix& a, const SpectralReport& report) {
    const double rounding = 1e-12 * static_cast<double>(a.rows()) * largest_entry(a);
    CHECK(report.v_negative.empty() == (report.inertia.negative == 0));
    CHECK(report.v_positive.empty() == (report.inertia.positive == 0));
    if (!report.v_negative.empty()) {
        CHECK(norm(report.v_negative) == Approx(1.0));
        CHECK(curvature(a, report.v_negative) < 0.0);
        CHECK(std::abs(static_cast<double>(curvature(a, report.v_negative)) - report.curvature_negative) <=
              rounding);
    }
    if (!report.v_positive.empty()) {
        CHECK(norm(report.v_positive) == Approx(1.0));
        CHECK(curvature(a, report.v_positive) > 0.0);
        CHECK(std::abs(static_cast<double>(curvature(a, report.v_positive)) - report.curvature_positive) <=
              rounding);
    }
}

std::vector<double> spectrum(Size d, double first, double rest_low, double rest_high, Random& random) {
    std::vector<double> values{first};
    while (static_cast<Size>(values.size()) < d)
        values.push_back(rest_low + (rest_high - rest_low) * random.uniform());
    return values;
}

std::vector<double> ones(Size d, double value) {
    return std::vector<double>(static_cast<std::size_t>(d), value);
}

// Random inputs and a tanh network whose residuals are drawn: inner Hessians of every definiteness appear,
// the point is stationary only in the tolerance's eyes.
struct LargeProblem {
    std::vector<double> x, targets;
    Network network;
    Size samples, inputs;

    LargeProblem(Size n, Size d, Size m, std::uint64_t seed)
        : network(test::random_network(Activation(ActivationKind::tanh), m, d, seed)), samples(n), inputs(d) {
        Random random(seed, 5);
        for (Size e = 0; e < n * d; ++e) x.push_back(random.normal());
        for (Size i = 0; i < m; ++i) {
            for (Size j = 0; j < d; ++j) network.weights(i)[j] /= std::sqrt(static_cast<double>(d));
        }
        targets.assign(static_cast<std::size_t>(n), 0.0);
        std::vector<double> f(targets);
        outputs(dataset(), network, f.data(), nullptr, kSerial);
        for (Size k = 0; k < n; ++k) targets[k] = f[k] - random.normal();
    }
    // Makes c_0k = a_0 r_k u''_0k positive for every sample: H_0 is positive definite.
    void make_definite() {
        std::vector<double> f(targets);
        outputs(dataset(), network, f.data(), nullptr, kSerial);
        for (Size k = 0; k < samples; ++k) {
            double z = 0.0;
            for (Size j = 0; j < inputs; ++j) z += network.weights(0)[j] * x[k * inputs + j];
            const double size = std::abs(f[k] - targets[k]);
            targets[k] = f[k] + (network.output(0) * z > 0.0 ? size : -size);  // tanh'' has the sign of -z
        }
    }
    Dataset dataset() const {
        return Dataset({samples, inputs, x.data(), inputs, targets.data(), nullptr}, false, false,
                       LossScaling::sum);
    }
};

Tolerances accepting_anything() {
    Tolerances tolerances;
    tolerances.stationarity = 1.0;
    return tolerances;
}

}  // namespace

TEST_CASE("counts and spectra give the same report of matrices of every kind") {
    Random random(7, 0);
    for (const Size d : {49, 64, 97, 160}) {
        const std::vector<double> magnitude = ones(d, 2.0);
        const double tau = spectral_report(Matrix(d, d), magnitude, 1000, nullptr, 4.0).tau;
        REQUIRE(tau > 0.0);
        std::vector<std::vector<double>> kinds{
            spectrum(d, 1.0, 0.1, 2.0, random),       spectrum(d, -1.0, -2.0, -0.1, random),
            spectrum(d, -1e-3, 0.1, 2.0, random),     spectrum(d, 1e-6, -2.0, 2.0, random),
            spectrum(d, 0.0, 0.1, 2.0, random),       spectrum(d, 0.0, -2.0, 2.0, random),
            spectrum(d, 0.0, 0.0, 0.0, random),       spectrum(d, 1e-8, 0.1, 1.0, random),
            spectrum(d, 40.0 * tau, 0.1, 1.0, random)};
        for (const double factor : {0.2, 0.45, 0.7, 0.95, 1.05, 1.5, 1.9, 3.0}) {
            kinds.push_back(spectrum(d, factor * tau * 0.5, 0.1, 1.0, random));
            kinds.push_back(spectrum(d, -factor * tau * 0.5, 0.1, 1.0, random));
            kinds.push_back(spectrum(d, factor * tau, -1.0, 1.0, random));
            kinds.push_back(spectrum(d, -factor * tau, -1.0, -0.2, random));
        }
        for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
            CAPTURE(d, kind);
            const Matrix a = testing::with_spectrum(kinds[kind], random);
            const SpectralReport whole = spectral_report(a, magnitude, 1000, nullptr, 4.0);
            const SpectralReport counted = inertia_report(a, magnitude, 1000, nullptr, 4.0);
            CHECK(counted.tau == whole.tau);
            CHECK(counted.inertia.negative == whole.inertia.negative);
            CHECK(counted.inertia.zero == whole.inertia.zero);
            CHECK(counted.inertia.positive == whole.inertia.positive);
            CHECK(counted.clear() == whole.clear());
            // A lower bound that never crosses what it is compared with.
            CHECK(counted.margin <= whole.margin * (1.0 + 1e-2));
            CHECK((counted.margin >= 2.0 || counted.method == NeuronMethod::spectrum ||
                   whole.inertia.zero == d));
            CHECK(counted.zero_level >= whole.zero_level * (1.0 - 1e-6));
            CHECK(std::abs(counted.lambda_min - whole.lambda_min) <= counted.lambda_error + 1e-13);
            CHECK(std::abs(counted.lambda_max - whole.lambda_max) <= counted.lambda_error + 1e-13);
            check_directions(a, counted);
        }
    }
}

TEST_CASE("counts: mixed units, an uncertainty, and inputs that are always zero") {
    Random random(8, 0);
    const Size d = 80, kZeros = 10;
    const Matrix plain = testing::with_spectrum(spectrum(d, -0.5, 0.3, 2.0, random), random);
    Matrix a(d + kZeros, d + kZeros), uncertainty(d + kZeros, d + kZeros);
    std::vector<double> magnitude = ones(d + kZeros, 0.0), units = magnitude;
    // Every tenth row or so is zero.
    std::vector<Size> place;
    for (Size j = 0; static_cast<Size>(place.size()) < d; ++j) {
        if (j % 9 != 4) place.push_back(j);
    }
    REQUIRE(place.back() < d + kZeros);
    for (Size i = 0; i < d; ++i) units[place[i]] = std::pow(10.0, 8.0 * random.uniform() - 4.0);
    for (Size i = 0; i < d; ++i) {
        magnitude[place[i]] = 3.0 * units[place[i]] * units[place[i]];
        for (Size j = 0; j < d; ++j) a(place[i], place[j]) = units[place[i]] * plain(i, j) * units[place[j]];
    }
    for (const double error : {0.0, 1e-9, 1e-3}) {
        CAPTURE(error);
        for (Size i = 0; i < d; ++i) {
            uncertainty(place[i], place[i]) = error * magnitude[place[i]];
        }
        const SpectralReport whole = spectral_report(a, magnitude, 500, &uncertainty, 4.0);
        const SpectralReport counted = inertia_report(a, magnitude, 500, &uncertainty, 4.0);
        CHECK(counted.method == NeuronMethod::inertia);
        CHECK(counted.tau == Approx(whole.tau));
        CHECK(counted.inertia.negative == 1);
        CHECK(counted.inertia.zero == kZeros);
        CHECK(counted.inertia.positive == d - 1);
        CHECK(whole.inertia.negative == 1);
        CHECK(counted.margin <= whole.margin * (1.0 + 1e-2));
        CHECK(curvature(a, counted.v_negative) < 0.0);
        CHECK(curvature(a, counted.v_positive) > 0.0);
        for (Size j = 0; j < d + kZeros; ++j) {
            if (magnitude[j] == 0.0) CHECK(counted.v_negative[j] == 0.0);
        }
    }
}

TEST_CASE("planted neurons: every method gives the verdicts of the others") {
    std::uint64_t seed = 900;
    int points = 0, proofs = 0;
    for (const Activation& activation : test::smooth_activations()) {
        for (const Size features : {2, 5, 9}) {
            test::PlantedOptions options;
            options.activation = activation;
            options.features = features;
            options.seed = ++seed;
            options.wanted = {Definiteness::positive_definite, Definiteness::indefinite,
                              Definiteness::negative_semidefinite, Definiteness::zero};
            if (activation.traits().homogeneity > 0)
                options.wanted = {Definiteness::indefinite, Definiteness::positive_semidefinite};
            const std::optional<test::Planted> planted = test::plant(options);
            if (!planted) continue;
            ++points;
            const Dataset data = planted->dataset();
            const Analysis base =
                analyze(data, planted->network, Tolerances{}, kSerial, with(NeuronMethod::spectrum));
            for (const NeuronMethod method : kMethods) {
                CAPTURE(activation.name(), features, static_cast<int>(method));
                const Analysis other = analyze(data, planted->network, Tolerances{}, kSerial, with(method));
                REQUIRE(other.neurons.size() == base.neurons.size());
                CHECK(other.point.verdict == base.point.verdict);
                for (std::size_t i = 0; i < base.neurons.size(); ++i) {
                    const NeuronReport &one = base.neurons[i], &two = other.neurons[i];
                    if (!one.inner.clear()) continue;
                    CHECK(two.definiteness == one.definiteness);
                    CHECK(two.plateau == one.plateau);
                    CHECK(two.rule == one.rule);
                    CHECK(two.escape.has_value() == one.escape.has_value());
                    if (!two.inner.counted) {
                        ++proofs;
                        CHECK(method == NeuronMethod::matrix_free);
                        CHECK(one.definiteness == Definiteness::indefinite);
                        CHECK(two.inner.lambda_min >= one.inner.lambda_min * (1.0 + 1e-9));
                        CHECK(two.inner.lambda_max <= one.inner.lambda_max * (1.0 + 1e-9));
                        const std::vector<double> gamma{0.5, 0.5};
                        const SplitReport split =
                            classify_split(data, other, static_cast<Size>(i), gamma, kSerial);
                        CHECK(split.verdict == Verdict::saddle);
                        // Of two eigenvalues one of each sign is all there is to know.
                        CHECK((data.inputs() == 2 || !split.index.known()));
                        CHECK(split.index.morse_index.least <=
                              classify_split(data, base, static_cast<Size>(i), gamma, kSerial)
                                  .index.morse_index.least);
                    } else {
                        CHECK(two.inner.inertia.negative == one.inner.inertia.negative);
                        CHECK(two.inner.inertia.zero == one.inner.inertia.zero);
                    }
                }
            }
        }
    }
    INFO(points << " points, " << proofs << " matrix-free proofs");
    CHECK(points > 20);
    CHECK(proofs > 20);
}

TEST_CASE("planted neurons: sums in single precision give the verdicts of double") {
    std::uint64_t seed = 2900;
    int points = 0, in_single = 0, again = 0;
    for (const Activation& activation : test::smooth_activations()) {
        for (const Size features : {2, 5, 9}) {
            test::PlantedOptions options;
            options.activation = activation;
            options.features = features;
            options.seed = ++seed;
            options.wanted = {Definiteness::positive_definite, Definiteness::indefinite,
                              Definiteness::negative_semidefinite, Definiteness::zero};
            if (activation.traits().homogeneity > 0)
                options.wanted = {Definiteness::indefinite, Definiteness::positive_semidefinite};
            const std::optional<test::Planted> planted = test::plant(options);
            if (!planted) continue;
            ++points;
            const Dataset data = planted->dataset();
            for (const NeuronMethod method : kMethods) {
                CAPTURE(activation.name(), features, static_cast<int>(method));
                AnalysisOptions how = with(method);
                const Analysis base = analyze(data, planted->network, Tolerances{}, kSerial, how);
                how.gram_precision = GramPrecision::single_precision;
                const Analysis other = analyze(data, planted->network, Tolerances{}, kSerial, how);
                REQUIRE(other.neurons.size() == base.neurons.size());
                for (std::size_t i = 0; i < base.neurons.size(); ++i) {
                    const NeuronReport &one = base.neurons[i], &two = other.neurons[i];
                    CHECK(two.definiteness == one.definiteness);
                    CHECK(two.plateau == one.plateau);
                    CHECK(two.rule == one.rule);
                    const bool single = two.inner.precision == GramPrecision::single_precision;
                    ++(single ? in_single : again);
                    if (single) {
                        CHECK(two.inner.tau > 100.0 * one.inner.tau);
                        CHECK(two.inner.clear());
                        CHECK(two.inner.inertia.zero == 0);
                    } else {
                        CHECK(two.inner.inertia.zero == one.inner.inertia.zero);
                    }
                }
            }
        }
    }
    INFO(points << " points, " << in_single << " neurons judged in single precision, " << again << " again");
    CHECK(in_single > 100);
    CHECK(again > 100);
}

TEST_CASE(
    "single precision: eigenvalues near its bound, and numbers beyond its range, are summed in double") {
    // H has the eigenvalues 2 and 2 e, from samples along the diagonals, seen by a neuron with sigma'' = 1.
    const auto analysis = [](double e, double unit) {
        const std::vector<double> x{unit, unit, unit, -unit};
        const std::vector<double> weights{1.0, 1.0};
        std::vector<double> y{-1.0, -e};
        Network network(Activation(ActivationKind::square), 1, 2);
        network.output(0) = 1.0;
        const Dataset data({2, 2, x.data(), 2, y.data(), weights.data()}, false, false, LossScaling::sum);
        AnalysisOptions how = with(NeuronMethod::spectrum, AnalysisScope::neurons);
        how.gram_precision = GramPrecision::single_precision;
        const Analysis single = analyze(data, network, accepting_anything(), kSerial, how);
        how.gram_precision = GramPrecision::double_precision;
        const Analysis twice = analyze(data, network, accepting_anything(), kSerial, how);
        REQUIRE(single.neurons.size() == 1);
        CAPTURE(e, unit);
        CHECK(single.neurons[0].definiteness == twice.neurons[0].definiteness);
        CHECK(single.neurons[0].definiteness ==
              (e > 0 ? Definiteness::positive_definite : Definiteness::indefinite));
        return single.neurons[0].inner.precision;
    };
    for (const double sign : {1.0, -1.0}) {
        CHECK(analysis(sign, 1.0) == GramPrecision::single_precision);
        CHECK(analysis(sign * 1e-9, 1.0) == GramPrecision::double_precision);
        CHECK(analysis(sign, 1e20) == GramPrecision::double_precision);   // x^2 overflows
        CHECK(analysis(sign, 1e-25) == GramPrecision::double_precision);  // x^2 underflows
    }
}

TEST_CASE("matrix-free: indefinite neurons are proven, the definite one is formed") {
    LargeProblem problem(600, 60, 5, 3);
    problem.make_definite();
    const Dataset data = problem.dataset();
    const InnerHessians formed = inner_hessians(data, problem.network, kSerial);
    for (const int threads : {1, 2, 3}) {
        const Analysis analysis = analyze(data, problem.network, accepting_anything(), Execution{threads},
                                          with(NeuronMethod::matrix_free, AnalysisScope::neurons));
        CHECK(analysis.point.verdict == Verdict::undetermined);
        CHECK(analysis.point.rule == Rule::neurons_alone);
        CHECK(analysis.neurons[0].inner.method == NeuronMethod::inertia);
        CHECK(analysis.neurons[0].definiteness == Definiteness::positive_definite);
        CHECK(analysis.neurons[0].saddles == GammaRegion::off_gamma_plus);
        for (Size i = 1; i < 5; ++i) {
            CAPTURE(i);
            const NeuronReport& neuron = analysis.neurons[i];
            CHECK(neuron.inner.method == NeuronMethod::matrix_free);
            CHECK_FALSE(neuron.inner.counted);
            CHECK(neuron.definiteness == Definiteness::indefinite);
            CHECK(neuron.plateau == PlateauType::all_saddles);
            CHECK(neuron.rule == Rule::lemma_4);
            CHECK(neuron.inner.margin >= 2.0);
            check_directions(formed.matrix(i), neuron.inner);
        }
        const std::vector<double> gamma{0.3, 0.7};
        const SplitReport split = classify_split(data, analysis, 2, gamma, kSerial);
        CHECK(split.verdict == Verdict::saddle);
        CHECK(split.rule == Rule::lemma_4);
        CHECK_FALSE(split.index.known());
        REQUIRE(split.witness.has_value());
        CHECK(split.witness->descends());
    }
}

TEST_CASE("matrix-free: the bits do not depend on the number of threads") {
    const LargeProblem problem(700, 50, 4, 11);
    const Dataset data = problem.dataset();
    const auto run = [&](int threads) {
        return analyze(data, problem.network, accepting_anything(), Execution{threads},
                       with(NeuronMethod::matrix_free, AnalysisScope::neurons));
    };
    const Analysis one = run(1);
    for (const int threads : {2, 5}) {
        const Analysis many = run(threads);
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(many.neurons[i].inner.lambda_min == one.neurons[i].inner.lambda_min);
            CHECK(many.neurons[i].inner.v_positive == one.neurons[i].inner.v_positive);
        }
    }
}

TEST_CASE("matrix-free: with samples enough for scouts, verdicts and bits are those of the formed matrices") {
    for (const Size d : {6, 24, 70}) {
        const Size n = 150 * d;
        REQUIRE(scout_samples(n, d) > 0);
        REQUIRE(scout_samples(100 * d, d) == 0);
        LargeProblem problem(n, d, 6, 17);
        problem.make_definite();
        const Dataset data = problem.dataset();
        const InnerHessians formed = inner_hessians(data, problem.network, kSerial);
        const auto run = [&](NeuronMethod method, int threads) {
            return analyze(data, problem.network, accepting_anything(), Execution{threads},
                           with(method, AnalysisScope::neurons));
        };
        const Analysis spectra = run(NeuronMethod::spectrum, 1);
        const Analysis proven = run(NeuronMethod::matrix_free, 1);
        const Analysis shared = run(NeuronMethod::matrix_free, 3);
        CHECK(proven.neurons[0].inner.method != NeuronMethod::matrix_free);
        Size proofs = 0;
        for (std::size_t i = 0; i < 6; ++i) {
            CAPTURE(d, i);
            CHECK(proven.neurons[i].definiteness == spectra.neurons[i].definiteness);
            const SpectralReport& inner = proven.neurons[i].inner;
            check_directions(formed.matrix(static_cast<Size>(i)), inner);
            CHECK(shared.neurons[i].inner.lambda_min == inner.lambda_min);
            CHECK(shared.neurons[i].inner.v_positive == inner.v_positive);
            if (inner.method != NeuronMethod::matrix_free) continue;
            ++proofs;
            // Quotients lie inside the spectrum.
            CHECK(inner.lambda_min >= spectra.neurons[i].inner.lambda_min * (1.0 + 1e-9));
            CHECK(inner.lambda_max <= spectra.neurons[i].inner.lambda_max * (1.0 + 1e-9));
        }
        CHECK(proofs > 0);
    }
}

TEST_CASE("matrix-free: scouts of little weight or none change no verdict") {
    const LargeProblem problem(4000, 12, 3, 23);
    for (const Size step : {2, 400}) {
        std::vector<double> weights(4000, 0.0);
        for (Size k = 1; k < 4000; k += step) weights[static_cast<std::size_t>(k)] = 1.0;
        const Dataset data({problem.samples, problem.inputs, problem.x.data(), problem.inputs,
                            problem.targets.data(), weights.data()},
                           false, false, LossScaling::sum);
        REQUIRE(scout_samples(data.samples(), data.inputs()) > 0);
        const auto run = [&](NeuronMethod method) {
            return analyze(data, problem.network, accepting_anything(), kSerial,
                           with(method, AnalysisScope::neurons));
        };
        const Analysis spectra = run(NeuronMethod::spectrum);
        const Analysis proven = run(NeuronMethod::matrix_free);
        for (std::size_t i = 0; i < 3; ++i)
            CHECK(proven.neurons[i].definiteness == spectra.neurons[i].definiteness);
    }
}

TEST_CASE("matrix-free: the bound on a quotient holds against long double") {
    // Inputs of very different size and residuals that cancel: the quotients' errors are what tau says, at
    // most.
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        LargeProblem problem(400, 20, 3, 40 + seed);
        for (Size k = 0; k < problem.samples; ++k) {
            for (Size j = 0; j < problem.inputs; ++j) {
                const double unit = std::ldexp(1.0, static_cast<int>(7 * (j % 5)) - 14);
                problem.x[k * problem.inputs + j] *= unit;
            }
        }
        for (Size i = 0; i < 3; ++i) {
            for (Size j = 0; j < problem.inputs; ++j)
                problem.network.weights(i)[j] *= std::ldexp(1.0, 14 - static_cast<int>(7 * (j % 5)));
        }
        const Dataset data = problem.dataset();
        const Analysis analysis = analyze(data, problem.network, accepting_anything(), kSerial,
                                          with(NeuronMethod::matrix_free, AnalysisScope::neurons));
        const test::ReferenceSums exact = test::reference_sums(data, problem.network);
        const Size d = problem.inputs;
        for (Size i = 0; i < 3; ++i) {
            const SpectralReport& report = analysis.neurons[i].inner;
            if (report.counted) continue;
            for (const bool positive : {false, true}) {
                const std::vector<double>& v = positive ? report.v_positive : report.v_negative;
                long double quotient = 0;
                for (Size j = 0; j < d; ++j) {
                    for (Size l = 0; l < d; ++l)
                        quotient += exact.inner[static_cast<std::size_t>((i * d + j) * d + l)] *
                                    static_cast<long double>(v[j]) * v[l];
                }
                const double claimed = positive ? report.curvature_positive : report.curvature_negative;
                CAPTURE(seed, i, positive, claimed, static_cast<double>(quotient), report.margin);
                CHECK((positive ? quotient > 0 : quotient < 0));
                // tau is to the scaled value as its error is to the claimed one.
                CHECK(std::abs(static_cast<double>(quotient) - claimed) <= std::abs(claimed) / report.margin);
            }
        }
    }
}

TEST_CASE("matrix-free: an eigenvalue of the second sign near tau is left to the counts") {
    // One planted direction of curvature -c beside positive ones; H = diag for inputs e_j.
    for (const double small : {1e-3, 1e-9, 1e-13, 1e-15, 0.0}) {
        const Size d = 40;
        std::vector<double> x(static_cast<std::size_t>(d * d), 0.0), targets;
        for (Size k = 0; k < d; ++k) x[k * d + k] = 1.0;
        Network network(Activation(ActivationKind::softplus), 1, d);
        network.output(0) = 1.0;  // softplus'' > 0: the residual's sign is the curvature's
        for (Size k = 0; k < d; ++k) targets.push_back(std::log(2.0) - (k == 7 ? -small : 1.0));
        const Dataset data({d, d, x.data(), d, targets.data(), nullptr}, false, false, LossScaling::sum);
        const Analysis products = analyze(data, network, accepting_anything(), kSerial,
                                          with(NeuronMethod::matrix_free, AnalysisScope::neurons));
        const Analysis whole = analyze(data, network, accepting_anything(), kSerial,
                                       with(NeuronMethod::spectrum, AnalysisScope::neurons));
        CAPTURE(small, whole.neurons[0].inner.tau);
        CHECK(products.neurons[0].definiteness == whole.neurons[0].definiteness);
        if (small >= 1e-9) CHECK(products.neurons[0].definiteness == Definiteness::indefinite);
        if (small <= 1e-15) {
            CHECK(products.neurons[0].inner.counted);
            CHECK(products.neurons[0].definiteness == Definiteness::positive_semidefinite);
        }
    }
}

TEST_CASE("products with all inner Hessians at once are those of the formed matrices") {
    const LargeProblem problem(333, 37, 6, 21);
    const Dataset data = problem.dataset();
    const InnerHessians formed = inner_hessians(data, problem.network, kSerial);
    const std::vector<Size> neurons{5, 0, 0, 3};
    Matrix directions(4, 37);
    Random random(2, 0);
    for (Size e = 0; e < 4 * 37; ++e) directions.data()[e] = random.normal();
    const Matrix products = inner_hessian_vectors(data, problem.network, neurons, directions, kSerial);
    for (Size q = 0; q < 4; ++q) {
        const Matrix h = formed.matrix(neurons[q]);
        for (Size j = 0; j < 37; ++j) {
            long double expected = 0;
            for (Size l = 0; l < 37; ++l) expected += static_cast<long double>(h(j, l)) * directions(q, l);
            CHECK(products(q, j) == Approx(static_cast<double>(expected)).margin(1e-10));
        }
    }
}

TEST_CASE("a Ritz subspace grows to the ends of the spectrum and says how far it is") {
    Random random(4, 0);
    std::vector<double> values;
    for (Size l = 0; l < 30; ++l) values.push_back(static_cast<double>(l) - 9.5);
    const Matrix a = testing::with_spectrum(values, random);
    RitzSubspace subspace(30, 30);
    std::vector<double> u(30), image(30);
    for (double& x : u) x = 5.0 * random.normal();
    double last_low = HUGE_VAL;
    do {
        for (Size i = 0; i < 30; ++i) {
            image[i] = 0.0;
            for (Size j = 0; j < 30; ++j) image[i] += a(i, j) * u[j];
        }
        subspace.extend(u.data(), image.data());
        REQUIRE(subspace.lowest() <= last_low + 1e-12);
        REQUIRE(subspace.lowest() >= -9.5 - 1e-12);
        REQUIRE(subspace.highest() <= 19.5 + 1e-12);
        last_low = subspace.lowest();
        for (const bool high : {false, true}) {
            const std::vector<double> v = subspace.vector(high);
            const double value = high ? subspace.highest() : subspace.lowest();
            REQUIRE(norm(v) == Approx(1.0));
            REQUIRE(std::abs(static_cast<double>(curvature(a, v)) - value) < 1e-11);
            double distance = HUGE_VAL;
            for (const double x : values) distance = std::min(distance, std::abs(x - value));
            REQUIRE(distance <= subspace.residual(high) + 1e-11);
        }
    } while (subspace.size() < 30 && subspace.next(u.data()));
    CHECK(subspace.lowest() == Approx(-9.5));
    CHECK(subspace.highest() == Approx(19.5));
}

TEST_CASE("the cost model: forced choices stand, and the automatic one is sane at the ends") {
    for (const NeuronMethod method :
         {NeuronMethod::spectrum, NeuronMethod::inertia, NeuronMethod::matrix_free}) {
        for (const AnalysisScope scope : {AnalysisScope::complete, AnalysisScope::neurons})
            CHECK(chosen_method(with(method, scope), 1000, 4, 10) == method);
    }
    const auto automatic = [](AnalysisScope scope, Size n, Size m, Size d) {
        return chosen_method(with(NeuronMethod::automatic, scope), n, m, d);
    };
    CHECK(automatic(AnalysisScope::complete, 1000, 4, 8) == NeuronMethod::spectrum);
    CHECK(automatic(AnalysisScope::neurons, 1000, 4, 8) == NeuronMethod::spectrum);
    CHECK(automatic(AnalysisScope::complete, 60000, 32, 784) == NeuronMethod::inertia);
    CHECK(automatic(AnalysisScope::neurons, 60000, 32, 784) == NeuronMethod::matrix_free);
    CHECK(automatic(AnalysisScope::neurons, 100000, 64, 64) == NeuronMethod::matrix_free);
    CHECK(more_products_pay(60000, 32, 784, 1));
    CHECK_FALSE(more_products_pay(60000, 32, 20, 1));
}
