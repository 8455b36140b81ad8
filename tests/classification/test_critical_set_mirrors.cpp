// Critical sets of networks whose neurons have mirror images that output biases or skip connections make the
// same (MATH.md section 7), of one output and of two, against the spectrum of the wide Hessian.
#include <cmath>

#include "classification/critical_set/critical_set.hpp"
#include "classification/planted_models.hpp"
#include "network/derivatives/objective.hpp"
#include "network/model/mirror.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

std::vector<double> outputs_of(const Dataset& data, const Network& network) {
    std::vector<double> f(static_cast<std::size_t>(data.samples() * network.output_count));
    outputs(data, network, f.data(), nullptr, Execution{1});
    return f;
}

// Pairs of neurons whose weights are opposite.
int opposite(const Network& network) {
    int count = 0;
    for (Size i = 0; i < network.width; ++i) {
        for (Size l = 0; l < i; ++l) {
            double sum = 0.0;
            for (Size j = 0; j < network.inputs; ++j)
                sum += std::abs(network.weights(i)[j] + network.weights(l)[j]);
            if (sum < 1e-12) ++count;
        }
    }
    return count;
}

bool silent(const Network& network, Size i) {
    for (Size o = 0; o < network.output_count; ++o)
        if (network.output(i, o) != 0.0) return false;
    return true;
}

struct Seen {
    int samples = 0, opposite = 0, nulls = 0, minima = 0, saddles = 0;
};

void check_sample(const Dataset& data, const std::vector<double>& function, const MappedBranch& branch,
                  const BranchSample& sample, Seen& seen) {
    const Network& wide = sample.report.network;
    const std::vector<double> f = outputs_of(data, wide);
    for (std::size_t k = 0; k < f.size(); ++k)
        CHECK(f[k] == Approx(function[k]).epsilon(1e-11).margin(1e-11));
    const Gradient g = gradient(data, wide, Execution{1});
    for (std::size_t p = 0; p < g.value.size(); ++p)
        CHECK(std::abs(g.value[p]) <= 1e-10 * (1.0 + g.magnitude[p]));
    seen.opposite += opposite(wide);
    const HessianInertia brute = hessian_inertia(data, wide);
    if (!brute.clear) return;
    ++seen.samples;
    Size without_output = 0;
    for (Size i = 0; i < wide.width; ++i) without_output += silent(wide, i) ? 1 : 0;
    if (without_output == branch.shape.null_neurons) CHECK(brute.zero == branch.shape.dimension);
    if (branch.shape.null_neurons > 0) ++seen.nulls;
    if (sample.report.verdict == Verdict::saddle) {
        ++seen.saddles;
        CHECK(brute.negative > 0);
    }
    if (sample.report.verdict == Verdict::local_minimum) {
        ++seen.minima;
        CHECK(brute.negative == 0);
    }
    if (branch.content == BranchContent::saddles) CHECK(brute.negative > 0);
}

}  // namespace

TEST_CASE("mirror images beside an output bias or skip connections are one neuron of a critical set") {
    struct Case {
        ActivationKind kind;
        bool output_bias, skip, odd;
    };
    for (const Case& one : {Case{ActivationKind::sigmoid, true, false, true},
                            Case{ActivationKind::normal_cdf, true, true, true},
                            Case{ActivationKind::softplus, false, true, false},
                            Case{ActivationKind::gelu, true, true, false}}) {
        for (const Size count : {1, 2}) {
            Seen seen;
            for (std::uint64_t seed = 1; seed <= 4; ++seed) {
                Random random(seed, 57);
                ModelShape shape;
                shape.layout = {2, 3, count, one.output_bias, one.skip};
                shape.activation = one.kind;
                const std::optional<PlantedModel> model = plant_model(random, shape);
                if (!model) continue;
                const Dataset data = model->dataset();
                CAPTURE(static_cast<int>(one.kind), count, seed);
                // A neuron split, and one of its daughters turned over.
                Network given = split_model(model->network, 0, {0.4, 0.6});
                turn_over(1, given);
                CHECK(opposite(given) == 1);
                CriticalSetOptions options;
                options.samples = 6;
                options.steps = 2;
                options.seed = seed;
                const CriticalSet set = map_critical_set(data, given, 4, {}, {}, options, Execution{1});
                REQUIRE(set.shape.narrow_width == 2);
                CHECK(set.shape.mirrored);
                REQUIRE(set.branches.size() == 3);
                CHECK(set.branches[0].shape.pieces == "224");  // 14 ways to deal 4 out to 2, times 2^4
                const std::vector<double> function = outputs_of(data, model->network);
                for (const MappedBranch& branch : set.branches) {
                    // psi is odd: its zeros are there, found or not.
                    if (one.odd && count == 1) CHECK(branch.existence != BranchExistence::open);
                    for (const BranchSample& sample : branch.samples)
                        check_sample(data, function, branch, sample, seen);
                }
            }
            CAPTURE(static_cast<int>(one.kind), count, seen.samples, seen.opposite, seen.nulls);
            CHECK(seen.samples > 10);
            CHECK(seen.opposite > 10);
            CHECK(seen.saddles > 5);
            if (count == 1) CHECK(seen.minima + seen.nulls > 3);
        }
    }
}

TEST_CASE("without what would take it a mirror image is another neuron of a critical set") {
    for (const ActivationKind kind : {ActivationKind::sigmoid, ActivationKind::softplus}) {
        Random random(2, 58);
        ModelShape shape;
        shape.layout = {2, 3, 1, kind == ActivationKind::softplus, kind == ActivationKind::sigmoid};
        shape.activation = kind;
        const std::optional<PlantedModel> model = plant_model(random, shape);
        REQUIRE(model);
        CriticalSetOptions options;
        options.samples = 4;
        options.steps = 0;
        const CriticalSet set =
            map_critical_set(model->dataset(), model->network, 3, {}, {}, options, Execution{1});
        CHECK_FALSE(set.shape.mirrored);
        CHECK(set.branches[0].shape.pieces == "6");
        for (const MappedBranch& branch : set.branches)
            for (const BranchSample& sample : branch.samples) CHECK(opposite(sample.report.network) == 0);
    }
}
