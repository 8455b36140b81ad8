// What must not be certified: points that are near-stationary without a stationary point beside them,
// eigenvalues at 1e-13, saddles posing as minima and the reverse, flat directions.
#include <cmath>

#include "certify/certificate.hpp"
#include "linalg/symmetric.hpp"
#include "splitting/split.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};

// Accepts any point as stationary.
Analysis credulous(const Dataset& data, const Network& network) {
    Tolerances tolerances;
    tolerances.stationarity = 1.0;
    return analyze(data, network, tolerances, kSerial);
}

void require_refused(const Certificate& certificate, CertificateStep step) {
    CAPTURE(certificate.reason, certificate.statement);
    REQUIRE_FALSE(certificate.complete);
    REQUIRE(name_of(certificate.failed) == name_of(step));
    REQUIRE_FALSE(certificate.reason.empty());
}

test::Planted planted_tanh(Definiteness inner, std::uint64_t seed, bool saddle = false, Size features = 3) {
    test::PlantedOptions options;
    options.features = features;
    options.wanted = {inner, inner};
    options.saddle = saddle;
    options.seed = seed;
    return test::plant(options).value();
}

// One tanh neuron of one input at (w, a), its residual chosen so that the gradient is (slope, 0) and the
// Hessian of the loss has the eigenvalue `curvature` (to leading order, over that of the identity) along the
// direction in which a follows w.
struct Fold {
    std::vector<double> x, targets;
    Network network{Activation(ActivationKind::tanh), 1, 1};

    Fold(double slope, double curvature) {
        constexpr int n = 24;
        const double w = 0.7, a = 1.1;
        network.parameters = {w, a};
        std::vector<std::array<double, 3>> rows;  // of the constraints on r
        double ww = 0.0, wa = 0.0, aa = 0.0;
        for (int k = 0; k < n; ++k) {
            x.push_back(-2.0 + 4.1 * k / (n - 1.0));
            const auto jet = test::activation_jet(ActivationKind::tanh, 0.0, test::Real{w} * x.back());
            const auto u = static_cast<double>(jet.value), first = static_cast<double>(jet.first) * x.back();
            rows.push_back({a * first, u, a * static_cast<double>(jet.second) * x.back() * x.back()});
            ww += a * a * first * first;
            wa += a * first * u;
            aa += u * u;
        }
        const std::array<double, 3> right{slope, 0.0, wa * wa / aa - ww + curvature};
        std::vector<test::Real> r(n, 0);
        Matrix gram(3, 3);
        for (const auto& row : rows)
            for (int p = 0; p < 3; ++p)
                for (int q = 0; q < 3; ++q) gram(p, q) += row[p] * row[q];
        for (int sweep = 0; sweep < 4; ++sweep) {
            std::vector<double> defect(3), multipliers(3);
            for (int p = 0; p < 3; ++p) {
                test::Real sum = right[p];
                for (int k = 0; k < n; ++k) sum -= rows[k][p] * r[k];
                defect[p] = static_cast<double>(sum);
            }
            REQUIRE(linalg::solve_positive_definite(gram, 0.0, defect, multipliers));
            for (int k = 0; k < n; ++k)
                for (int p = 0; p < 3; ++p) r[k] += rows[k][p] * multipliers[p];
        }
        for (int k = 0; k < n; ++k)
            targets.push_back(static_cast<double>(
                test::Real{a} * test::activation_jet(ActivationKind::tanh, 0.0, test::Real{w} * x[k]).value -
                r[k]));
    }
    Dataset dataset() const {
        return Dataset({static_cast<Size>(x.size()), 1, x.data(), 1, targets.data(), nullptr}, false, false,
                       LossScaling::sum);
    }
};

Certificate posing(const Dataset& data, Analysis analysis, Verdict verdict) {
    analysis.point.verdict = verdict;
    analysis.point.strict = verdict == Verdict::local_minimum;
    return certify(data, claim_of(analysis), kSerial);
}

}  // namespace

TEST_CASE("points beside a stationary point are not that point") {
    const test::Planted planted = planted_tanh(Definiteness::positive_definite, 4);
    const Dataset data = planted.dataset();
    REQUIRE(certify(data, claim_of(analyze(data, planted.network, Tolerances{}, kSerial)), kSerial).complete);
    for (const double shift : {1e-5, 1e-3, 1e-1}) {
        Network moved(planted.network);
        moved.parameters[0] += shift;
        CAPTURE(shift);
        require_refused(certify(data, claim_of(analyze(data, moved, Tolerances{}, kSerial)), kSerial),
                        CertificateStep::claim);
        // Even if the gradient test had been passed.
        const Certificate certificate = posing(data, credulous(data, moved), Verdict::local_minimum);
        require_refused(certificate, CertificateStep::approximation);
        REQUIRE_FALSE(certificate.stationary);
    }
}

TEST_CASE("random points are refused whatever is claimed of them") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const test::Problem problem = test::random_problem(40, 2, 2, false, seed);
        const Dataset data(problem.source(), true, false, LossScaling::sum);
        const auto kind = seed % 2 == 0 ? ActivationKind::tanh : ActivationKind::softplus;
        const Network network = test::random_network(Activation(kind), 2, 2, seed);
        for (const Verdict claim : {Verdict::local_minimum, Verdict::saddle}) {
            const Certificate certificate = posing(data, credulous(data, network), claim);
            CAPTURE(seed, certificate.reason);
            REQUIRE_FALSE(certificate.complete);
            REQUIRE_FALSE(certificate.stationary);
        }
    }
}

TEST_CASE("a fold without a stationary point: tiny gradient, positive Hessian, nothing there") {
    // Along the flat direction the gradient is slope + curvature t + c t^2 / 2 without a root for one sign of
    // the slope; for the other the roots are some sqrt(slope) away.
    for (const double slope : {1e-9, -1e-9, 1e-11, -1e-11, 1e-13, -1e-13}) {
        for (const double curvature : {1e-7, 1e-6}) {
            if (curvature * curvature > 0.01 * std::abs(slope)) continue;
            const Fold fold(slope, curvature);
            const Dataset data = fold.dataset();
            const Certificate certificate =
                posing(data, credulous(data, fold.network), Verdict::local_minimum);
            CAPTURE(slope, curvature, certificate.reason, certificate.distance);
            REQUIRE_FALSE(certificate.complete);
            REQUIRE_FALSE(certificate.stationary);
        }
    }
    // The same with a curvature that is clear is certified.
    const Fold clear(0.0, 1e-3);
    const Dataset data = clear.dataset();
    const Certificate certificate =
        certify(data, claim_of(analyze(data, clear.network, Tolerances{}, kSerial)), kSerial);
    CAPTURE(certificate.reason);
    REQUIRE(certificate.verdict == Verdict::local_minimum);
}

TEST_CASE("an eigenvalue of the Hessian at 1e-13 proves nothing") {
    for (const double curvature : {1e-13, -1e-13, 1e-12, 0.0}) {
        const Fold fold(0.0, curvature);
        const Dataset data = fold.dataset();
        for (const Verdict claim : {Verdict::local_minimum, Verdict::saddle})
            require_refused(posing(data, credulous(data, fold.network), claim),
                            CertificateStep::approximation);
    }
}

TEST_CASE("an eigenvalue of an inner Hessian at rounding proves nothing of its sign") {
    int refused = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        const test::Planted planted = planted_tanh(Definiteness::positive_semidefinite, seed);
        const Dataset data = planted.dataset();
        AnalysisOptions planted_zeros;
        planted_zeros.exact_zeros = true;
        Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial, planted_zeros);
        if (analysis.point.verdict != Verdict::local_minimum) continue;
        analysis.neurons[1].definiteness = Definiteness::positive_definite;
        analysis.neurons[1].minima = GammaRegion::gamma_plus;
        analysis.neurons[1].saddles = GammaRegion::off_gamma_plus;
        analysis.neurons[0].saddles = GammaRegion::off_gamma_plus;
        const Certificate certificate = certify(data, claim_of(analysis), kSerial);
        require_refused(certificate, CertificateStep::inner_hessian);
        REQUIRE(certificate.failed_neuron == 1);
        REQUIRE(certificate.verdict == Verdict::local_minimum);  // that much is proven
        REQUIRE(certificate.neurons[1].minima == GammaRegion::none);
        REQUIRE(certificate.neurons[1].saddles == GammaRegion::off_gamma_plus);  // Lemma 4
        REQUIRE(certificate.neurons[1].inner.positive == 2);
        ++refused;
    }
    REQUIRE(refused >= 4);
}

TEST_CASE("a saddle posing as a minimum and a minimum posing as a saddle") {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        const bool saddle = seed % 2 == 0;
        const test::Planted planted = planted_tanh(Definiteness::indefinite, seed, saddle);
        const Dataset data = planted.dataset();
        const Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial);
        REQUIRE(analysis.point.verdict == (saddle ? Verdict::saddle : Verdict::local_minimum));
        REQUIRE(certify(data, claim_of(analysis), kSerial).complete);
        const Certificate certificate =
            posing(data, analysis, saddle ? Verdict::local_minimum : Verdict::saddle);
        require_refused(certificate, CertificateStep::hessian);
        REQUIRE(certificate.verdict == analysis.point.verdict);
    }
}

TEST_CASE("inner Hessians posing as others") {
    using enum Definiteness;
    for (const Definiteness planted_kind : {positive_definite, negative_definite, indefinite}) {
        const test::Planted planted = planted_tanh(planted_kind, 3);
        const Dataset data = planted.dataset();
        const Analysis analysis = analyze(data, planted.network, Tolerances{}, kSerial);
        REQUIRE(certify(data, claim_of(analysis), kSerial).complete);
        for (const GammaRegion minima : {GammaRegion::gamma_plus, GammaRegion::gamma_minus}) {
            if (analysis.neurons[0].minima == minima) continue;
            Analysis changed = analyze(data, planted.network, Tolerances{}, kSerial);
            changed.neurons[0].minima = minima;
            require_refused(certify(data, claim_of(changed), kSerial), CertificateStep::inner_hessian);
        }
    }
}

TEST_CASE("duplicates and zero loss are refused with that reason") {
    const test::Planted narrow = planted_tanh(Definiteness::positive_definite, 5);
    const Dataset same = narrow.dataset();
    const std::vector<double> gamma{0.25, 0.75};
    const Network wide = split_neuron(narrow.network, 0, gamma);
    for (const Verdict claim : {Verdict::local_minimum, Verdict::saddle})
        require_refused(posing(same, credulous(same, wide), claim), CertificateStep::approximation);

    test::Planted exact = planted_tanh(Definiteness::positive_definite, 6);
    {
        std::vector<double> f(exact.targets.size());
        outputs(exact.dataset(), exact.network, f.data(), nullptr, kSerial);
        exact.targets = f;
    }
    const Dataset fitted = exact.dataset();
    require_refused(certify(fitted, claim_of(analyze(fitted, exact.network, Tolerances{}, kSerial)), kSerial),
                    CertificateStep::claim);
}

TEST_CASE("what certificates do not cover is unsupported") {
    const test::Planted planted = planted_tanh(Definiteness::positive_definite, 7);
    const Dataset data = planted.dataset();
    AnalysisOptions neurons;
    neurons.scope = AnalysisScope::neurons;
    const Analysis alone = analyze(data, planted.network, Tolerances{}, kSerial, neurons);
    REQUIRE_THROWS_AS(claim_of(alone), Error);

    ActivationTraits traits;
    traits.smoothness = Smoothness::analytic;
    Network custom(planted.network);
    custom.activation = Activation(
        [](void*, Size count, const double* z, double* value, double* first, double* second, double* third) {
            Activation(ActivationKind::tanh).evaluate(count, z, {value, first, second, third});
            return 0;
        },
        nullptr, traits);
    const Analysis called = analyze(data, custom, Tolerances{}, kSerial);
    REQUIRE_THROWS_AS(certify(data, claim_of(called), kSerial), Error);
}
