// Points that the planted ones do not cover: zero loss, null neurons, locally constant and locally effective
// parents, points that are not stationary (MATH.md sections 4, 5, 10).
#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/point/analysis.hpp"
#include "classification/split_cases.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};

// Inputs and targets kept beside the data set that borrows them.
struct Samples {
    std::vector<double> x, targets;
    Size features;
    bool bias = false;

    Dataset dataset() const {
        return Dataset(
            {static_cast<Size>(targets.size()), features, x.data(), features, targets.data(), nullptr}, false,
            bias, LossScaling::sum);
    }
};

Samples random_inputs(Size samples, Size features, std::uint64_t seed) {
    Random random(seed, 0);
    Samples result{{}, std::vector<double>(static_cast<std::size_t>(samples), 0.0), features};
    for (Size e = 0; e < samples * features; ++e) result.x.push_back(random.normal());
    return result;
}

// Targets f - r for the given residual.
void set_residuals(Samples& samples, const Network& network, const std::vector<double>& residuals) {
    samples.targets.assign(residuals.size(), 0.0);
    std::vector<double> f(residuals.size());
    outputs(samples.dataset(), network, f.data(), nullptr, kSerial);
    for (std::size_t k = 0; k < f.size(); ++k) samples.targets[k] = f[k] - residuals[k];
}

void check_descent(const Dataset& data, const Witness& witness) {
    CAPTURE(witness.order, witness.coefficient, witness.epsilon, witness.measured, witness.measured_error);
    CHECK(witness.descends());
    const long double fall = test::reference_loss(data, witness.base, witness.point) -
                             test::reference_loss(data, witness.base, witness.base.parameters);
    CHECK(std::abs(static_cast<double>(fall) - witness.measured) <=
          witness.measured_error + 1e-6 * std::abs(witness.measured));
    CHECK(witness.coefficient < 0.0);
}

}  // namespace

TEST_CASE("a point that is not stationary is not classified") {
    const test::Problem problem = test::random_problem(30, 2, 2, false, 5);
    const Dataset data(problem.source(), true, false, LossScaling::sum);
    const Network network = test::random_network(Activation(ActivationKind::tanh), 2, 2, 6);
    const Analysis analysis = analyze(data, network, Tolerances{}, kSerial);
    CHECK(analysis.point.verdict == Verdict::not_stationary);
    CHECK(analysis.point.rule == Rule::gradient_test);
    CHECK(analysis.point.gradient_relative > analysis.point.stationarity_tolerance);
    CHECK(analysis.neurons.empty());
    const std::vector<double> gamma{0.5, 0.5};
    try {
        classify_split(data, analysis, 0, gamma, kSerial);
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.status() == Status::not_stationary);
    }
}

TEST_CASE("stationarity: just inside the tolerance, just outside") {
    test::PlantedOptions options;
    options.wanted = {Definiteness::positive_definite};
    options.seed = 21;
    const test::Planted planted = test::plant(options).value();
    const Dataset data = planted.dataset();
    Network moved = planted.network;
    moved.parameters[0] += 1e-6;
    const double relative = gradient(data, moved, kSerial).relative_norm();
    Tolerances tolerances;
    tolerances.stationarity = 1.01 * relative;
    CHECK(analyze(data, moved, tolerances, kSerial).point.verdict == Verdict::local_minimum);
    tolerances.stationarity = 0.99 * relative;
    CHECK(analyze(data, moved, tolerances, kSerial).point.verdict == Verdict::not_stationary);
}

TEST_CASE("zero loss is a global minimum, whatever the gamma") {
    for (const Activation& activation : test::smooth_activations()) {
        Samples samples = random_inputs(25, 2, 8);
        const Network network = test::random_network(activation, 2, 2, 9);
        set_residuals(samples, network, std::vector<double>(25, 0.0));
        const Dataset data = samples.dataset();
        const Analysis analysis = analyze(data, network, Tolerances{}, kSerial);
        CAPTURE(activation.name(), analysis.point.loss);
        REQUIRE(analysis.point.verdict == Verdict::local_minimum);
        CHECK(analysis.point.rule == Rule::zero_loss);
        CHECK(analysis.point.global);
        for (const NeuronReport& neuron : analysis.neurons) {
            CHECK(neuron.definiteness == Definiteness::zero);
            CHECK(neuron.plateau == PlateauType::all_local_minima);
            CHECK_FALSE(neuron.escape.has_value());
        }
        for (const std::vector<double>& gamma :
             {std::vector<double>{0.5, 0.5}, std::vector<double>{2.0, -1.0}, std::vector<double>{1.0, 0.0}}) {
            const SplitReport report = classify_split(data, analysis, 1, gamma, kSerial);
            CHECK(report.verdict == Verdict::local_minimum);
            CHECK(report.rule == Rule::zero_loss);
        }
    }
}

TEST_CASE("a tiny loss is not a zero loss") {
    test::PlantedOptions options;
    options.wanted = {Definiteness::positive_definite};
    options.seed = 4;
    test::Planted planted = test::plant(options).value();
    // The same stationary point with residuals a million times smaller.
    const Dataset before = planted.dataset();
    std::vector<double> f(planted.targets.size());
    outputs(before, planted.network, f.data(), nullptr, kSerial);
    for (std::size_t k = 0; k < f.size(); ++k) planted.targets[k] = f[k] - 1e-6 * (f[k] - planted.targets[k]);
    const Analysis analysis = analyze(planted.dataset(), planted.network, Tolerances{}, kSerial);
    CHECK_FALSE(analysis.point.global);
    CHECK(analysis.point.rule == Rule::hessian_positive_definite);
    CHECK(analysis.neurons[0].definiteness == Definiteness::positive_definite);
}

TEST_CASE("null neurons: psi leaves zero in first, second and third order") {
    // One live neuron planted stationary, one null neuron added whose psi vanishes at its weights to the
    // wanted order: the residual is made orthogonal to the functions concerned.
    struct Case {
        int order;  // of psi at the null weights
        ActivationKind kind;
    };
    for (const auto& [order, kind] : {Case{1, ActivationKind::tanh}, Case{2, ActivationKind::tanh},
                                      Case{3, ActivationKind::tanh}, Case{2, ActivationKind::softplus},
                                      Case{3, ActivationKind::sigmoid}, Case{3, ActivationKind::gelu}}) {
        const Activation activation(kind);
        Samples samples = random_inputs(40, 2, 77);
        Network network(activation, 2, 2);
        network.parameters = {0.7, -0.4, 0.3, 0.9, 1.2, 0.0};
        const Dataset data = samples.dataset();
        // Orthogonalise a random residual against the gradient functions of the live neuron and the jet of
        // the null one.
        std::vector<std::vector<long double>> against;
        Random random(3, 3);
        std::vector<long double> r;
        std::vector<std::vector<double>> rows;
        for (Size k = 0; k < 40; ++k) {
            std::vector<double> x(2);
            data.sample(k, x.data());
            rows.push_back(x);
            r.push_back(random.normal());
        }
        const auto add = [&](auto&& function) {
            std::vector<long double> v;
            v.reserve(rows.size());
            for (const std::vector<double>& x : rows) v.push_back(function(x));
            for (const auto& b : against) {
                long double dot = 0.0L;
                for (std::size_t k = 0; k < v.size(); ++k) dot += b[k] * v[k];
                for (std::size_t k = 0; k < v.size(); ++k) v[k] -= dot * b[k];
            }
            long double norm = 0.0L;
            for (const long double e : v) norm += e * e;
            for (long double& e : v) e /= std::sqrt(norm);
            against.push_back(v);
        };
        for (Size i = 0; i < 2; ++i) {
            const double* w = network.weights(i);
            const auto jet = [&, w, kind = kind](const std::vector<double>& x) {
                return test::activation_jet(
                    kind, 0.0, static_cast<long double>(w[0]) * x[0] + static_cast<long double>(w[1]) * x[1]);
            };
            add([&](const std::vector<double>& x) { return jet(x).value; });
            if (i == 1 && order == 1) continue;
            for (std::size_t j = 0; j < 2; ++j)
                add([&](const std::vector<double>& x) { return jet(x).first * x[j]; });
            if (i == 0 || order == 2) continue;
            for (std::size_t j = 0; j < 2; ++j) {
                for (std::size_t l = 0; l <= j; ++l) {
                    add([&](const std::vector<double>& x) { return jet(x).second * x[j] * x[l]; });
                }
            }
        }
        for (int sweep = 0; sweep < 2; ++sweep) {
            for (const auto& b : against) {
                long double dot = 0.0L;
                for (std::size_t k = 0; k < r.size(); ++k) dot += b[k] * r[k];
                for (std::size_t k = 0; k < r.size(); ++k) r[k] -= dot * b[k];
            }
        }
        set_residuals(samples, network, std::vector<double>(r.begin(), r.end()));

        const Dataset problem = samples.dataset();
        const Analysis analysis = analyze(problem, network, Tolerances{}, kSerial);
        CAPTURE(order, activation.name(), name_of(analysis.point.rule));
        REQUIRE(analysis.point.verdict == Verdict::saddle);
        REQUIRE(analysis.point.witness.has_value());
        check_descent(problem, *analysis.point.witness);
        // A gradient of psi shows in the Hessian itself; beyond that only the rule for null neurons sees it.
        if (order == 1) {
            CHECK(analysis.point.rule == Rule::hessian_negative_eigenvalue);
            CHECK(analysis.point.witness->order == 2);
        } else if (analysis.point.hessian.inertia.negative == 0) {
            CHECK(analysis.point.rule == Rule::null_neuron);
            CHECK(analysis.point.witness->order == 2 * order);
        }
        // Every split of the saddle is a saddle, of the live and of the null neuron, with a lifted witness.
        for (const Size neuron : {0, 1}) {
            const std::vector<double> gamma{0.6, -0.4, 0.8};
            const SplitReport report = classify_split(problem, analysis, neuron, gamma, kSerial);
            CHECK(report.verdict == Verdict::saddle);
            CHECK(report.rule == Rule::theorem_4);
            CHECK(report.index.known() ==
                  (neuron == 0 && index_is_known(analysis.point) && index_is_known(analysis.neurons[0])));
            REQUIRE(report.witness.has_value());
            CHECK(report.witness->base.parameters == split_neuron(network, neuron, gamma).parameters);
            check_descent(problem, *report.witness);
        }
    }
}

TEST_CASE("a dead neuron beside an isolated minimum: theorem 3, constant") {
    // One live neuron of a custom activation with a flat region and no scale symmetry: z^3 exp(-z) for z > 0.
    ActivationTraits traits;
    traits.smoothness = Smoothness::c2;
    traits.flat_on_negatives = true;
    const Activation activation(
        [](void*, Size count, const double* z, double* value, double* first, double* second, double*) {
            for (Size k = 0; k < count; ++k) {
                const double t = z[k] > 0.0 ? z[k] : 0.0;
                if (value != nullptr) value[k] = t * t * t * std::exp(-t);
                if (first != nullptr) first[k] = t * t * (3.0 - t) * std::exp(-t);
                if (second != nullptr) second[k] = t * (6.0 - 6.0 * t + t * t) * std::exp(-t);
            }
            return 0;
        },
        nullptr, traits);
    Samples samples{{}, {}, 1};
    for (int k = 0; k < 24; ++k) samples.x.push_back(0.2 + 0.05 * k);
    samples.targets.assign(samples.x.size(), 0.0);
    Network network(activation, 2, 1);
    network.parameters = {1.0, -0.8, 0.5, 0.7};
    std::vector<long double> r;
    std::vector<std::vector<long double>> against(2);
    for (std::size_t k = 0; k < samples.x.size(); ++k) {
        const long double x = samples.x[k];
        r.push_back(k % 3 == 0 ? 1e-3L : -1e-3L);
        against[0].push_back(x * x * x * std::exp(-x));
        against[1].push_back(x * x * x * (3.0L - x) * std::exp(-x));
    }
    const auto dot = [](const std::vector<long double>& a, const std::vector<long double>& b) {
        long double sum = 0.0L;
        for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
        return sum;
    };
    const long double overlap = dot(against[0], against[1]) / dot(against[0], against[0]);
    for (std::size_t k = 0; k < r.size(); ++k) against[1][k] -= overlap * against[0][k];
    for (int sweep = 0; sweep < 2; ++sweep) {
        for (const auto& b : against) {
            const long double share = dot(r, b) / dot(b, b);
            for (std::size_t k = 0; k < r.size(); ++k) r[k] -= share * b[k];
        }
    }
    set_residuals(samples, network, std::vector<double>(r.begin(), r.end()));
    const Dataset data = samples.dataset();
    const Analysis analysis = analyze(data, network, Tolerances{}, kSerial);
    CAPTURE(name_of(analysis.point.rule), analysis.point.hessian.inertia.zero,
            analysis.point.gradient_relative);
    REQUIRE(analysis.point.verdict == Verdict::local_minimum);
    CHECK_FALSE(analysis.point.strict);
    CHECK(analysis.point.hessian.inertia.zero == 2);
    CHECK(analysis.neurons[1].rule == Rule::theorem_3_constant);
    CHECK(analysis.neurons[1].plateau == PlateauType::all_local_minima);
    for (const std::vector<double>& gamma :
         {std::vector<double>{0.5, 0.5}, std::vector<double>{2.0, -1.0}, std::vector<double>{1.0, 0.0}}) {
        const SplitReport report = classify_split(data, analysis, 1, gamma, kSerial);
        CHECK(report.verdict == Verdict::local_minimum);
        CHECK(report.rule == Rule::theorem_3_constant);
        CHECK(test::sampled_descent(data, split_neuron(network, 1, gamma), 1e-2, 50.0, 30, 1) == 0.0);
    }
    // The live neuron's plateau is judged as ever.
    CHECK(analysis.neurons[0].rule != Rule::theorem_3_constant);
    CHECK(analysis.neurons[0].definiteness != Definiteness::zero);
}

namespace {

// Planted minima of one neuron with a singular inner Hessian, for the smooth activations without a scale
// symmetry.
std::vector<test::Planted> singular_minima(Definiteness wanted, Size features, bool no_third) {
    std::vector<test::Planted> all;
    for (const ActivationKind kind :
         {ActivationKind::tanh, ActivationKind::sigmoid, ActivationKind::gelu, ActivationKind::sin}) {
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            test::PlantedOptions options;
            options.activation = Activation(kind);
            options.features = features;
            options.wanted = {wanted};
            options.no_third = no_third;
            options.extra_samples = 24;
            options.seed = seed;
            std::optional<test::Planted> planted = test::plant(options);
            // Where the residuals are tiny, the fourth order soon outweighs the third.
            if (planted && planted->full_rank && planted->epsilon > 5e-3) all.push_back(std::move(*planted));
        }
    }
    REQUIRE(all.size() >= 8);
    return all;
}

// The planted zeros are exact up to the rounding of the targets.
AnalysisOptions planted_zeros() {
    AnalysisOptions options;
    options.exact_zeros = true;
    return options;
}

// False where the fall is too small to be measured.
bool check_saddle(const Dataset& data, const Analysis& analysis, const std::vector<double>& gamma, Rule rule,
                  int order) {
    const SplitReport report = classify_split(data, analysis, 0, gamma, kSerial);
    CAPTURE(gamma, name_of(report.rule));
    if (order > 2 && report.verdict == Verdict::undetermined) {
        CHECK_FALSE(report.witness.has_value());
        return false;
    }
    CHECK(report.verdict == Verdict::saddle);
    CHECK(report.rule == rule);
    REQUIRE(report.witness.has_value());
    CHECK(report.witness->order == order);
    // Where the third order is small, the fourth outweighs it before the fall can be measured.
    if (order > 2 && report.witness->coefficient > -1e-4) return false;
    // Equal halves slide along the plateau first, and fall by about the fourth power of the third order.
    if (order == 4 && !report.witness->descends()) return false;
    check_descent(data, *report.witness);
    return true;
}

}  // namespace

TEST_CASE("zero inner Hessian: the third order makes saddles of all splits") {
    int points = 0, halves = 0;
    for (const test::Planted& planted : singular_minima(Definiteness::zero, 2, false)) {
        const Dataset data = planted.dataset();
        const Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial, planted_zeros());
        REQUIRE(analysis.point.verdict == Verdict::local_minimum);
        const NeuronReport& neuron = analysis.neurons[0];
        CHECK(neuron.definiteness == Definiteness::zero);
        CHECK(neuron.rule == Rule::third_order);
        CHECK(neuron.saddles == GammaRegion::everywhere);
        CHECK(neuron.minima == GammaRegion::none);
        REQUIRE(neuron.escape.has_value());
        check_descent(data, *neuron.escape);
        for (const std::vector<double>& gamma : {std::vector<double>{0.3, 0.7},
                                                 {2.0, -1.0},
                                                 {1.0 / 3, 1.0 / 3, 1.0 / 3},
                                                 {0.5, 0.5, 0.5, -0.5},
                                                 {1.5, 0.5, -1.0}})
            check_saddle(data, analysis, gamma, Rule::third_order, 3);
        check_saddle(data, analysis, {2.0, 0.0, -1.0}, Rule::theorem_3_effective, 3);
        check_saddle(data, analysis, {1.0, 0.0}, Rule::theorem_3_effective, 6);
        check_saddle(data, analysis, {0.5, 0.0, 0.5}, Rule::theorem_3_effective, 6);
        halves += check_saddle(data, analysis, {0.5, 0.5}, Rule::third_order, 4);
        ++points;
    }
    CHECK(halves * 2 > points);
}

TEST_CASE("zero inner Hessian without a third order: a zero coefficient makes a saddle, with a witness") {
    int by_fourth_order = 0;
    for (const test::Planted& planted : singular_minima(Definiteness::zero, 2, true)) {
        const Dataset data = planted.dataset();
        const Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial, planted_zeros());
        REQUIRE(analysis.point.verdict == Verdict::local_minimum);
        const NeuronReport& neuron = analysis.neurons[0];
        CHECK(neuron.definiteness == Definiteness::zero);
        CHECK(neuron.minima == (neuron.fourth ? GammaRegion::fourth_order_positive : GammaRegion::none));
        CHECK(neuron.saddles ==
              (neuron.fourth ? GammaRegion::fourth_order_negative : GammaRegion::with_a_zero));
        by_fourth_order += neuron.fourth ? 1 : 0;
        REQUIRE(neuron.escape.has_value());
        const SplitReport saddle =
            classify_split(data, analysis, 0, std::vector<double>{2.0, 0.0, -1.0}, kSerial);
        CHECK(saddle.verdict == Verdict::saddle);
        CHECK(saddle.rule == Rule::theorem_3_effective);
        REQUIRE(saddle.witness.has_value());
        CHECK(saddle.witness->order >= 8);
    }
    CHECK(by_fourth_order >= 6);
}

TEST_CASE("semidefinite inner Hessians: the third order decides where Lemma 4 is silent") {
    int measured = 0, asked = 0;
    const auto falls = [&](const Dataset& data, const Analysis& analysis, const std::vector<double>& gamma) {
        ++asked;
        if (check_saddle(data, analysis, gamma, Rule::third_order, 3)) ++measured;
    };
    for (const Size features : {2, 3}) {
        for (const test::Planted& planted :
             singular_minima(Definiteness::positive_semidefinite, features, false)) {
            const Dataset data = planted.dataset();
            const Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial, planted_zeros());
            REQUIRE(analysis.point.verdict == Verdict::local_minimum);
            CHECK(analysis.neurons[0].rule == Rule::third_order);
            CHECK(analysis.neurons[0].saddles == GammaRegion::everywhere);
            falls(data, analysis, {0.3, 0.7});
            falls(data, analysis, {0.5, 0.25, 0.25});
            check_saddle(data, analysis, {2.0, -1.0}, Rule::lemma_4, 2);
            check_saddle(data, analysis, {0.5, 0.5}, Rule::third_order, 4);
        }
        for (const test::Planted& planted :
             singular_minima(Definiteness::negative_semidefinite, features, false)) {
            const Dataset data = planted.dataset();
            const Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial, planted_zeros());
            CHECK(analysis.neurons[0].rule == Rule::third_order);
            CHECK(analysis.neurons[0].plateau == PlateauType::all_saddles);
            falls(data, analysis, {2.0, -1.0});
            falls(data, analysis, {3.0, -1.5, -0.5});
            check_saddle(data, analysis, {0.5, 0.5}, Rule::lemma_4, 2);
        }
    }
    CAPTURE(measured, asked);
    CHECK(10 * measured >= 9 * asked);
}

// A point with residuals of about 1e-9 whose H_0 is zero within rounding alone: in exact arithmetic its split
// is a strict local minimum, although the third-order form along the would-be null vector is not zero.
TEST_CASE("an eigenvalue that is zero within rounding only makes no saddle by third order") {
    const std::vector<double> x{1.5627819063534067,   1.329517371305854,    -0.4295924953879639,
                                -0.07288832141889304, -0.29154696136252883, 1.368242680287551,
                                0.8719673488267038,   0.058377719807040734, 0.7081236283128302};
    const std::vector<double> y{0.5440879099378435,    0.5199777169696813,  -0.32948146075745505,
                                -0.050155718537175625, -0.2147482422377719, 0.5251222438575497,
                                0.4204914332656776,    0.03846579315822431, 0.3658753305292918};
    const std::vector<double> s{0.0,
                                1.1056918429228154e-06,
                                4.875236940527441e-05,
                                1.38656984325532e-05,
                                3.3033263887417655e-08,
                                0.0010237152662252226,
                                0.0,
                                0.10839603008135466,
                                0.0050579730483862485};
    const Dataset data({9, 1, x.data(), 1, y.data(), s.data()}, false, false, LossScaling::sum);
    Network network(Activation(ActivationKind::gelu), 2, 1);
    network.parameters = {-0.07479491444513282, -0.426656550198213, -0.5918472886161878, -3.0458564600786957};
    const Analysis analysis = analyze(data, network, Tolerances{}, kSerial);
    for (const Size neuron : {0, 1}) {
        for (const std::vector<double>& gamma : {std::vector{0.3, 0.7}, std::vector{1.7, -0.7}}) {
            CAPTURE(neuron, gamma);
            const SplitReport report = classify_split(data, analysis, neuron, gamma, kSerial);
            if (report.verdict == Verdict::saddle)
                CHECK((report.witness && report.witness->descends()));
            else
                CHECK(report.verdict == Verdict::undetermined);
        }
    }
    CHECK(classify_split(data, analysis, 0, std::vector{0.3, 0.7}, kSerial).verdict == Verdict::undetermined);
}

// One output weight is 6e-7, so that its neuron hardly bends the loss: the Hessian's eigenvalue of -1.6e-5
// lies where the tolerance cannot tell it from zero. Its true inertia is 1 negative, 3 positive.
TEST_CASE("an eigenvalue hidden by a tiny output weight leaves the Morse index unknown") {
    const std::vector<double> x{1.3510949254284608, 0.5264328183719559,   -0.2098603814023897,
                                0.9743348897432571, 0.6693861118545934,   -0.27518061401430444,
                                0.9150768190325986, -0.24815938276758734, 1.1691498939964589,
                                0.25553468721111894};
    const std::vector<double> y{
        1010.3812314011783,  -21.05104940245148, -315.0710106175003,  857.8815677398867, 399.6744476265525,
        -229.01608593783785, 953.4396279168376,  -273.23515143913676, 259.2139206737505, 262.18525984095965};
    const Dataset data({10, 1, x.data(), 1, y.data(), nullptr}, false, false, LossScaling::sum);
    Network network(Activation(ActivationKind::arctan), 2, 1);
    network.parameters = {0.5442367691642596, -0.8653677066748932, 1329.4116211039056, 5.872012263914193e-07};
    const Analysis analysis = analyze(data, network, Tolerances{}, kSerial);
    REQUIRE(analysis.point.hessian.inertia.negative == 0);  // what the index would be built on
    CHECK_FALSE(analysis.point.hessian.clear());
    for (const Size neuron : {0, 1}) {
        for (const std::vector<double>& gamma : {std::vector{0.3, 0.7}, std::vector{1.7, -0.7}})
            CHECK_FALSE(classify_split(data, analysis, neuron, gamma, kSerial).index.known());
    }
    CHECK_FALSE(classify_network(data, network, Tolerances{}, ReductionTolerances{}, kSerial).index.known());
}

TEST_CASE("results do not depend on the number of threads") {
    test::PlantedOptions options;
    options.features = 3;
    options.wanted = {Definiteness::positive_definite, Definiteness::indefinite,
                      Definiteness::negative_definite};
    options.extra_samples = 700;
    options.seed = 31;
    const test::Planted planted = test::plant(options).value();
    const Dataset data = planted.dataset();
    const Analysis one = analyze(data, planted.network, Tolerances{}, Execution{1});
    for (const int threads : {2, 5}) {
        const Analysis many = analyze(data, planted.network, Tolerances{}, Execution{threads});
        CHECK(many.point.hessian.lambda_min == one.point.hessian.lambda_min);
        CHECK(many.point.hessian.tau == one.point.hessian.tau);
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK(many.neurons[i].inner.lambda_max == one.neurons[i].inner.lambda_max);
            CHECK(many.neurons[i].escape->measured == one.neurons[i].escape->measured);
            CHECK(many.neurons[i].escape->point == one.neurons[i].escape->point);
        }
    }
}

TEST_CASE("bad arguments are named") {
    test::PlantedOptions options;
    options.wanted = {Definiteness::positive_definite};
    const test::Planted planted = test::plant(options).value();
    const Dataset data = planted.dataset();
    const Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial, planted_zeros());
    const std::vector<double> gamma{0.5, 0.5};
    CHECK_THROWS_AS(classify_split(data, analysis, 1, gamma, kSerial), Error);
    CHECK_THROWS_AS(classify_split(data, analysis, -1, gamma, kSerial), Error);
    CHECK_THROWS_AS(analyze(data, Network(Activation(ActivationKind::tanh), 1, 7), Tolerances{}, kSerial),
                    Error);
    CHECK_THROWS_AS(analyze(data, Network(Activation(ActivationKind::relu), 1, 2), Tolerances{}, kSerial),
                    Error);
}

TEST_CASE("a gradient all of whose terms are rounding makes no stationary point", "[special]") {
    Network network = test::random_network(Activation(ActivationKind::tanh), 2, 3, 17);
    for (Size i = 0; i < network.width; ++i) network.output(i) *= 1e5;
    Samples samples = random_inputs(200, 3, 21);
    for (const double distance : {6.0, 1e5}) {
        Random random(3, 0);
        std::vector<double> residuals(samples.targets.size());
        set_residuals(samples, network, residuals);
        const LossValue none = loss(samples.dataset(), network, kSerial);
        const double unit = std::sqrt(2.0 * none.rounding_loss / static_cast<double>(residuals.size()));
        for (double& r : residuals) r = distance * unit * random.normal();
        set_residuals(samples, network, residuals);
        const Analysis analysis = analyze(samples.dataset(), network, {}, kSerial, {});
        INFO(distance << ": " << analysis.point.gradient_relative);
        CHECK(analysis.point.verdict == Verdict::not_stationary);
        CHECK(analysis.point.stationarity_tolerance <= 1e-2);
    }
}
