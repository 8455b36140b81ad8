// Critical sets of several outputs against the spectrum of the wide Hessian: dimensions are nullities, what
// branches consist of is what their points are (MATH.md section 14).
#include <cmath>

#include "classification/critical_set/critical_set.hpp"
#include "classification/planted_models.hpp"
#include "support/catch.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Case {
    LossKind loss;
    Layout layout;
    Size wide;
    Size equations, sharing, gauge;
};

// Of so many neurons with dependent output weights among equal ones a split is always a saddle.
struct Seen {
    int samples = 0, saddles = 0, minima = 0, nulls = 0, otherwise = 0;
};

bool in_proportion(const Network& network) {
    for (Size i = 0; i < network.width; ++i) {
        for (Size l = 0; l < i; ++l) {
            double difference = 0.0, sum = 0.0, along = 0.0, one = 0.0, other = 0.0;
            for (Size j = 0; j < network.inputs; ++j) {
                difference += std::abs(network.weights(i)[j] - network.weights(l)[j]);
                sum += std::abs(network.weights(i)[j] + network.weights(l)[j]);
            }
            if (std::min(difference, sum) > 1e-9) continue;
            for (Size o = 0; o < network.output_count; ++o) {
                along += network.output(i, o) * network.output(l, o);
                one += network.output(i, o) * network.output(i, o);
                other += network.output(l, o) * network.output(l, o);
            }
            if (one * other - along * along > 1e-9 * one * other) return false;
        }
    }
    return true;
}

// Null neurons and daughters of gamma 0.
Size silent(const Network& network) {
    Size count = 0;
    for (Size i = 0; i < network.width; ++i) {
        double size = 0.0;
        for (Size o = 0; o < network.output_count; ++o) size += std::abs(network.output(i, o));
        if (size == 0.0) ++count;
    }
    return count;
}

void check_sample(const Dataset& data, const CriticalSet& set, const MappedBranch& branch,
                  const BranchSample& sample, Seen& seen) {
    const NetworkReport& report = sample.report;
    const HessianInertia brute = hessian_inertia(data, report.network);
    CHECK(report.verdict != Verdict::not_stationary);
    CHECK(report.gradient_relative <= 1e-9);
    if (!brute.clear) return;
    ++seen.samples;
    INFO("l " << branch.shape.null_neurons << ": " << brute.negative << " negative, " << brute.zero
              << " zero, verdict " << name_of(report.verdict));
    if (silent(report.network) == branch.shape.null_neurons) CHECK(brute.zero == branch.shape.dimension);
    CHECK(brute.zero >= branch.shape.dimension);
    if (sample.counted_nullity >= 0) CHECK(sample.counted_nullity == brute.zero);
    if (report.verdict == Verdict::saddle) CHECK(brute.negative > 0);
    if (report.verdict == Verdict::local_minimum) CHECK(brute.negative == 0);
    if (branch.content == BranchContent::saddles) CHECK(brute.negative > 0);
    if (branch.shape.null_neurons > 0) {
        CHECK(sample.psi_residual <= 1e-12);
        ++seen.nulls;
    } else if (!in_proportion(report.network)) {
        ++seen.otherwise;
        if (brute.negative == 0) ++seen.minima;
    } else if (set.shape.wide_width > set.shape.narrow_width) {
        CHECK(brute.negative > 0);  // Psi_i is not zero
    }
    if (brute.negative > 0) ++seen.saddles;
}

Seen survey(const Case& one, std::uint64_t seeds) {
    Seen seen;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        Random random(seed, 41);
        ModelShape shape;
        shape.loss = one.loss;
        shape.layout = one.layout;
        const std::optional<PlantedModel> model = plant_model(random, shape);
        if (!model) continue;
        const Dataset data = model->dataset();
        CriticalSetOptions options;
        options.samples = 4;
        options.steps = 2;
        options.seed = seed;
        const CriticalSet set =
            map_critical_set(data, model->network, one.wide, {}, {}, options, Execution{1});
        INFO("seed " << seed << ", " << one.layout.output_count << " outputs, " << one.layout.inputs
                     << " inputs");
        CHECK(set.shape.narrow_width == one.layout.width);
        CHECK(set.shape.equations == one.equations);
        CHECK(set.shape.sharing == one.sharing);
        CHECK(set.shape.gauge == one.gauge);
        for (const MappedBranch& branch : set.branches) {
            if (branch.shape.null_neurons > 0 && one.equations > one.layout.inputs)
                CHECK(branch.samples.empty());
            for (const BranchSample& sample : branch.samples) check_sample(data, set, branch, sample, seen);
        }
    }
    return seen;
}

}  // namespace

TEST_CASE(
    "one daughter's share is all that two outputs leave: every split a saddle, null weights on two "
    "equations") {
    const Seen seen = survey({LossKind::squared, {2, 3, 2, false, false}, 4, 2, 1, 0}, 3);
    CHECK((seen.nulls > 0 && seen.saddles == seen.samples && seen.otherwise == 0));
}

TEST_CASE("output biases and skip connections count among the narrow parameters alone") {
    const Seen seen = survey({LossKind::squared, {1, 3, 2, true, true}, 3, 2, 1, 0}, 3);
    CHECK(seen.samples > 10);
}

TEST_CASE("a gauge of the softmax is a dimension more of every neuron") {
    const Seen seen = survey({LossKind::softmax, {1, 3, 3, false, false}, 3, 2, 2, 1}, 3);
    CHECK((seen.samples > 10 && seen.nulls > 0));
}

TEST_CASE("where fewer inputs than outputs leave more to share, independent output weights may be minima") {
    const Seen pairs = survey({LossKind::squared, {1, 1, 3, false, false}, 2, 3, 2, 0}, 6);
    CHECK(pairs.otherwise > 0);
    const Seen more = survey({LossKind::squared, {1, 1, 3, false, false}, 3, 3, 2, 0}, 6);
    CHECK((more.otherwise > 0 && more.minima == 0));
}

TEST_CASE("a critical set of several outputs is refused where there is none") {
    Random random(3, 41);
    ModelShape shape;
    shape.layout = {1, 2, 2, false, false};
    const std::optional<PlantedModel> model = plant_model(random, shape);
    REQUIRE(model);
    const Dataset data = model->dataset();
    Network moved = model->network;
    moved.parameters[0] += 0.1;
    const auto refusal = [&](const Network& network, Size width) -> std::string {
        try {
            map_critical_set(data, network, width, {}, {}, {}, Execution{1});
        } catch (const Error& error) {
            return error.what();
        }
        return "accepted";
    };
    CHECK(refusal(moved, 2).find("the network is not stationary") == 0);
    CHECK(refusal(split_model(model->network, 0, {0.5, 0.5}), 0).find("the wide width m is 0") == 0);
    CHECK(refusal(split_model(model->network, 0, {0.5, 0.5}), 1) == "accepted");  // one distinct neuron
}
