// Certificates of planted stationary points: nearly all of those with a clear margin, none wrongly.
#include <algorithm>

#include "certify/certificate.hpp"
#include "classification/split_cases.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"
#include "support/reference.hpp"

using namespace tepui;

namespace {

const Execution kSerial{1};
constexpr double kMargin = 1e-6;

struct Tally {
    int points = 0, certified = 0, claims = 0, neurons = 0, proven = 0;
};

std::vector<Definiteness> random_kinds(Random& random, Size width) {
    static const Definiteness kKinds[] = {Definiteness::positive_definite, Definiteness::negative_definite,
                                          Definiteness::indefinite};
    std::vector<Definiteness> wanted;
    for (Size i = 0; i < width; ++i) wanted.push_back(kKinds[random.bits() % 3]);
    return wanted;
}

test::PlantedOptions random_options(const Activation& activation, Size width, Size features,
                                    std::uint64_t seed) {
    Random random(seed, 3);
    test::PlantedOptions options;
    options.activation = activation;
    options.features = features;
    options.wanted = random_kinds(random, width);
    options.bias = random.bits() % 3 == 0;
    options.weights = random.bits() % 2 == 0;
    options.scaling = random.bits() % 3 == 0 ? LossScaling::mean : LossScaling::sum;
    options.saddle = random.bits() % 4 == 0;
    options.seed = seed;
    return options;
}

// The smallest |eigenvalue| of D A D, A the Hessian and every inner one, in doubles.
double margin(const Analysis& analysis) {
    double smallest = analysis.point.hessian.margin * analysis.point.hessian.tau;
    for (const NeuronReport& neuron : analysis.neurons)
        smallest = std::min(smallest, neuron.inner.margin * neuron.inner.tau);
    return smallest;
}

void check_point(const test::PlantedOptions& options, Tally& tally) {
    const std::optional<test::Planted> planted = test::plant(options);
    if (!planted || planted->network.parameter_count() > 200) return;
    const Dataset data = planted->dataset();
    const Analysis analysis = analyze(data, planted->network, Tolerances{}, kSerial);
    CAPTURE(options.activation.name(), options.features, options.wanted.size(), options.bias, options.weights,
            options.saddle, options.seed, planted->epsilon, planted->full_rank);
    const Certificate certificate = certify(data, claim_of(analysis), kSerial);
    CAPTURE(certificate.reason, certificate.statement, certificate.contraction, certificate.residual);
    CAPTURE(certificate.hessian.weakest, analysis.point.hessian.lambda_min, margin(analysis));
    // Never wrongly: what was planted is what is proven.
    if (certificate.verdict != Verdict::undetermined) {
        // (w, a) -> (c w, a / c^k), or for exp a shift of the bias, changes nothing: a weight of each is
        // held, and of square neurons, which turn into one another, as many as there are of these motions.
        const bool moves = options.activation.traits().homogeneity > 0 ||
                           (options.bias && options.activation.kind() == ActivationKind::exp);
        const Size width = planted->network.width;
        const bool turns = options.activation.kind() == ActivationKind::square;
        REQUIRE(static_cast<Size>(certificate.held.size()) == (turns   ? width * (width + 1) / 2
                                                               : moves ? width
                                                                       : 0));
        REQUIRE(certificate.distance < 1e-6);
        const std::vector<long double> spectrum = test::precise_spectrum(data, planted->network);
        long double zero = 0;
        for (const long double x : spectrum) zero = std::max(zero, moves ? 1e-14L * std::abs(x) : 0);
        const auto negative =
            std::count_if(spectrum.begin(), spectrum.end(), [zero](long double x) { return x < -zero; });
        if (certificate.morse_index >= 0) REQUIRE(certificate.morse_index == negative);
        REQUIRE(certificate.hessian.negative <= negative);
        if (planted->full_rank)
            REQUIRE(certificate.verdict == (options.saddle ? Verdict::saddle : Verdict::local_minimum));
    }
    for (std::size_t i = 0; i < certificate.neurons.size(); ++i) {
        const NeuronProof& proof = certificate.neurons[i];
        CAPTURE(proof.statement, static_cast<int>(options.wanted[i]));
        const Size d = planted->network.inputs;
        switch (options.wanted[i]) {
            case Definiteness::positive_definite:
                REQUIRE(proof.inner.negative == 0);
                break;
            case Definiteness::negative_definite:
                REQUIRE(proof.inner.positive == 0);
                break;
            default:
                REQUIRE(proof.inner.positive < d);
                REQUIRE(proof.inner.negative < d);
        }
    }
    const bool clear =
        margin(analysis) > kMargin && planted->full_rank && analysis.point.verdict != Verdict::undetermined;
    if (!clear) return;
    ++tally.points;
    tally.certified += certificate.complete;
    if (!certificate.complete)
        UNSCOPED_INFO("not certified: seed " << options.seed << ": " << certificate.reason);
}

}  // namespace

TEST_CASE("planted points of a clear margin are certified, none wrongly") {
    Tally tally;
    std::uint64_t seed = 0;
    for (const Activation& activation : test::smooth_activations()) {
        for (Size width = 1; width <= 3; ++width) {
            for (Size features = 2; features <= 6; features += 2) {
                for (int variant = 0; variant < 2; ++variant)
                    check_point(random_options(activation, width, features, ++seed), tally);
            }
        }
    }
    INFO(tally.certified << " of " << tally.points << " certified");
    CHECK(tally.points > 100);
    CHECK(tally.certified * 100 >= tally.points * 99);
}

TEST_CASE("larger planted points are certified") {
    Tally tally;
    std::uint64_t seed = 5000;
    for (const ActivationKind kind :
         {ActivationKind::tanh, ActivationKind::gelu, ActivationKind::silu, ActivationKind::erf}) {
        for (const auto& [width, features] : {std::pair<Size, Size>{8, 5}, {10, 7}, {3, 14}, {24, 3}})
            check_point(random_options(Activation(kind), width, features, ++seed), tally);
    }
    INFO(tally.certified << " of " << tally.points << " certified");
    CHECK(tally.points >= 8);
    CHECK(tally.certified == tally.points);
}

TEST_CASE("many planted points", "[.][nightly]") {
    Tally tally;
    for (std::uint64_t seed = 10000; seed < 16000; ++seed) {
        Random random(seed, 4);
        const std::vector<Activation> activations = test::smooth_activations();
        const Activation& activation = activations[random.bits() % activations.size()];
        const auto width = static_cast<Size>(1 + random.bits() % 5);
        check_point(random_options(activation, width, static_cast<Size>(1 + random.bits() % 6), seed), tally);
    }
    WARN(tally.certified << " of " << tally.points << " certified");
    CHECK(tally.points > 2000);
    CHECK(tally.certified * 100 >= tally.points * 99);
}
