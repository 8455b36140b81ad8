// The same problem told in another way: what a verdict says changes exactly as MATH.md section 1 has it, or
// not at all. Rows in another order, a row twice instead of a weight of two, neurons in another order or
// mirrored, outputs and targets times c, inputs times c, the mean loss.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "classification/any_network/any_network.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"

using namespace tepui;

namespace {

const std::vector<std::vector<double>> kGammas{{0.25, 0.75}, {2.0, -1.0}, {1.0, 0.0}, {0.5, 0.75, -0.25}};

struct Told {
    Size features = 0;
    std::vector<double> x, targets, weights;
    Network network;
    LossScaling scaling = LossScaling::sum;
    double loss_factor = 1.0;   // beside the plain telling
    double inner_factor = 1.0;  // of inner Hessians; 0: another one for each entry
    // Ways down follow eigenvectors, whose lengths and signs depend on units and on the order of the neurons.
    bool same_ways = true;
    std::vector<Size> place;  // of each neuron of the plain telling

    Size samples() const { return static_cast<Size>(targets.size()); }
    Dataset dataset() const {
        return Dataset({samples(), features, x.data(), features, targets.data(), weights.data()}, true, false,
                       scaling);
    }
};

Told plain(const test::Planted& planted) {
    Told told{planted.features, planted.x, planted.targets, planted.weights, planted.network};
    if (told.weights.empty()) told.weights.assign(told.targets.size(), 1.0);
    told.weights[3] = 2.0 * told.weights[3];
    told.place = {0, 1};
    return told;
}

void append_row(const Told& from, Size k, double weight, Told& to) {
    const auto row = from.x.begin() + k * from.features;
    to.x.insert(to.x.end(), row, row + from.features);
    to.targets.push_back(from.targets[static_cast<std::size_t>(k)]);
    to.weights.push_back(weight);
}

std::vector<Told> tellings(const Told& base) {
    std::vector<Told> all;
    const auto again = [&]() -> Told& { return all.emplace_back(base); };
    {  // rows backwards
        Told& told = again();
        told.x.clear(), told.targets.clear(), told.weights.clear();
        for (Size k = base.samples() - 1; k >= 0; --k)
            append_row(base, k, base.weights[static_cast<std::size_t>(k)], told);
    }
    {  // two rows for one, their weights the halves of its own; and one of weight zero
        Told& told = again();
        told.weights[3] *= 0.5;
        append_row(base, 3, 0.5 * base.weights[3], told);
        append_row(base, 5, 0.0, told);
        told.targets.back() += 7.0;
    }
    {  // neurons in the other order, one of them mirrored
        Told& told = again();
        told.place = {1, 0};
        told.same_ways = false;
        for (Size i = 0; i < 2; ++i) {
            const double sign = i == 0 ? -1.0 : 1.0;
            for (Size j = 0; j < base.features; ++j)
                told.network.weights(1 - i)[j] = sign * base.network.weights(i)[j];
            told.network.output(1 - i) = sign * base.network.output(i);
        }
    }
    for (const double c : {4.0, -0.5}) {  // outputs and targets times c
        Told& told = again();
        for (double& y : told.targets) y *= c;
        for (Size i = 0; i < 2; ++i) told.network.output(i) *= c;
        told.loss_factor = told.inner_factor = c * c;
        told.same_ways = false;
    }
    for (const double c : {8.0, -0.25}) {  // inputs times c
        Told& told = again();
        for (double& x : told.x) x *= c;
        for (Size e = 0; e < 2 * base.features; ++e)
            told.network.parameters[static_cast<std::size_t>(e)] /= c;
        told.inner_factor = c * c;
        told.same_ways = false;
    }
    {  // each input in a unit of its own: eigenvalues change, their signs and margins do not
        Told& told = again();
        for (Size j = 0; j < base.features; ++j) {
            const double unit = j % 2 == 0 ? 4096.0 : 1.0 / 4096.0;
            for (Size k = 0; k < base.samples(); ++k)
                told.x[static_cast<std::size_t>(k * base.features + j)] *= unit;
            for (Size i = 0; i < 2; ++i) told.network.weights(i)[j] /= unit;
        }
        told.inner_factor = 0.0;
        told.same_ways = false;
    }
    {  // sample weights times 16
        Told& told = again();
        for (double& s : told.weights) s *= 16.0;
        told.loss_factor = told.inner_factor = 16.0;
    }
    {  // the mean
        Told& told = again();
        told.scaling = LossScaling::mean;
        told.loss_factor = told.inner_factor =
            1.0 / std::accumulate(base.weights.begin(), base.weights.end(), 0.0);
    }
    return all;
}

struct Facts {
    NetworkReport report;
    std::vector<std::vector<SplitReport>> splits;
};

Facts facts_of(const Told& told) {
    const Execution serial{1};
    const Dataset data = told.dataset();
    AnalysisOptions options;
    options.ways_down = WaysDown::all;
    Facts facts{classify_network(data, told.network, {}, {}, serial, options), {}};
    const Analysis analysis = analyze(data, told.network, {}, serial, options);
    for (Size i = 0; i < 2; ++i) {
        auto& found = facts.splits.emplace_back();
        for (const std::vector<double>& gamma : kGammas)
            found.push_back(classify_split(data, analysis, i, gamma, serial));
    }
    return facts;
}

void check_ways(const std::optional<Witness>& plain, const std::optional<Witness>& told_again,
                const Told& told) {
    REQUIRE(told_again.has_value() == plain.has_value());
    if (!plain) return;
    CHECK(told_again->order == plain->order);
    CHECK(told_again->measured < -told_again->measured_error);
    if (told.same_ways)
        CHECK(told_again->measured == Approx(told.loss_factor * plain->measured).epsilon(0.02));
}

void check_same(const Facts& base, const Facts& changed, const Told& told) {
    const NetworkReport &one = base.report, &two = changed.report;
    CHECK(two.verdict == one.verdict);
    CHECK(two.rule == one.rule);
    CHECK(two.strict == one.strict);
    CHECK(two.global == one.global);
    CHECK(two.index.known() == one.index.known());
    CHECK(two.index.morse_index.least == one.index.morse_index.least);
    CHECK(two.index.nullity.least == one.index.nullity.least);
    CHECK(two.space.rank == one.space.rank);
    CHECK(two.loss == Approx(told.loss_factor * one.loss).epsilon(1e-11));
    check_ways(one.witness, two.witness, told);
    REQUIRE((one.narrow && two.narrow));
    for (std::size_t i = 0; i < 2; ++i) {
        const auto at = static_cast<std::size_t>(told.place[i]);
        const NeuronReport &a = one.narrow->neurons[i], &b = two.narrow->neurons[at];
        CHECK(b.definiteness == a.definiteness);
        CHECK(b.plateau == a.plateau);
        CHECK(b.rule == a.rule);
        CHECK(b.minima == a.minima);
        CHECK(b.saddles == a.saddles);
        // Of the equilibrated matrix: nothing of it has a unit, but its scale is a power of two.
        CHECK(std::abs(std::log2(b.inner.margin / a.inner.margin)) <= 2.0);
        const double size = std::max(std::abs(a.inner.lambda_min), std::abs(a.inner.lambda_max));
        if (told.inner_factor != 0.0) {
            CHECK(std::abs(b.inner.lambda_min / told.inner_factor - a.inner.lambda_min) <= 1e-8 * size);
            CHECK(std::abs(b.inner.lambda_max / told.inner_factor - a.inner.lambda_max) <= 1e-8 * size);
        }
        for (std::size_t g = 0; g < kGammas.size(); ++g) {
            const SplitReport &s = base.splits[i][g], &t = changed.splits[at][g];
            CHECK(t.verdict == s.verdict);
            CHECK(t.rule == s.rule);
            CHECK(t.index.known() == s.index.known());
            CHECK(t.index.morse_index.least == s.index.morse_index.least);
            CHECK(t.index.nullity.least == s.index.nullity.least);
            check_ways(s.witness, t.witness, told);
        }
    }
}

}  // namespace

TEST_CASE("a problem told in another way has the same verdicts") {
    int minima = 0, saddles = 0;
    for (const bool saddle : {false, true}) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            test::PlantedOptions options;
            options.features = 2;
            options.wanted = {Definiteness::positive_definite,
                              saddle ? Definiteness::indefinite : Definiteness::negative_definite};
            options.saddle = saddle;
            options.weights = true;
            options.seed = seed;
            std::optional<test::Planted> planted = test::plant(options);
            if (!planted || !planted->full_rank) continue;
            // One weight is doubled below: its residual is halved, so that the point stays where it is.
            {
                const Dataset data = planted->dataset();
                std::vector<double> f(static_cast<std::size_t>(data.samples()));
                outputs(data, planted->network, f.data(), nullptr, Execution{1});
                planted->targets[3] = f[3] - 0.5 * (f[3] - planted->targets[3]);
            }
            const Told base = plain(*planted);
            const Facts facts = facts_of(base);
            REQUIRE(facts.report.narrow);
            (facts.report.verdict == Verdict::saddle ? saddles : minima) += 1;
            std::size_t number = 0;
            for (const Told& told : tellings(base)) {
                CAPTURE(saddle, seed, number++);
                check_same(facts, facts_of(told), told);
            }
        }
    }
    CHECK(minima >= 2);
    CHECK(saddles >= 2);
}
