// Sampled points of critical sets against the wide Hessian: nullities are dimensions, verdicts are right.
#include "classification/critical_set/branch_search.hpp"

#include <cmath>

#include "classification/escape/psi.hpp"
#include "classification/escape/psi_zero.hpp"
#include "support/catch.hpp"
#include "support/planted.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

constexpr Definiteness kPositive = Definiteness::positive_definite;
constexpr Definiteness kNegative = Definiteness::negative_definite;
constexpr Definiteness kMixed = Definiteness::indefinite;

Planted planted(const Activation& activation, std::vector<Definiteness> wanted, bool bias,
                std::uint64_t seed) {
    PlantedOptions options;
    options.activation = activation;
    options.wanted = std::move(wanted);
    options.bias = bias;
    options.seed = seed;
    std::optional<Planted> point = plant(options);
    REQUIRE(point.has_value());
    REQUIRE(point->full_rank);
    return std::move(*point);
}

CriticalSet mapped(const Dataset& data, const Network& network, Size width, Size samples = 4) {
    CriticalSetOptions options;
    options.samples = samples;
    return map_critical_set(data, network, width, {}, {}, options, {});
}

bool any_zero_gamma(const NetworkReport& report) {
    for (const NeuronGroup& group : report.grouping.parents())
        for (const double gamma : group.gamma)
            if (gamma == 0.0) return true;
    return false;
}

}  // namespace

TEST_CASE("sampled points are stationary, and their nullity is the dimension of the branch") {
    struct Case {
        ActivationKind activation;
        std::vector<Definiteness> wanted;
        bool bias;
        Size width;
    };
    for (const auto& [activation, wanted, bias, width] :
         {Case{ActivationKind::tanh, {kPositive}, false, 3},
          Case{ActivationKind::sigmoid, {kMixed, kPositive}, true, 4},
          Case{ActivationKind::gelu, {kNegative}, true, 4},
          Case{ActivationKind::softplus, {kPositive}, false, 3}}) {
        const Planted point = planted(Activation(activation), wanted, bias, 11);
        const Dataset data = point.dataset();
        const CriticalSet set = mapped(data, point.network, width);
        INFO(point.network.activation.name() << ", " << wanted.size() << " in " << width);
        CHECK(set.shape.narrow_width == Size(wanted.size()));
        CHECK(set.shape.narrow_nullity == 0);
        REQUIRE(set.branches.size() == std::size_t(width) - wanted.size() + 1);
        for (const MappedBranch& branch : set.branches) {
            const Size l = branch.shape.null_neurons;
            INFO("l " << l << ", dimension " << branch.shape.dimension);
            REQUIRE(branch.existence == BranchExistence::found);
            REQUIRE(branch.drawn == 4);
            for (const BranchSample& sample : branch.samples) {
                const NetworkReport& report = sample.report;
                CHECK(report.network.width == width);
                CHECK(report.gradient_relative <= 1e-10);
                CHECK(sample.psi_residual <= 1e-13);
                REQUIRE(report.index.known());
                CHECK(sample.counted_nullity == report.index.nullity.least);
                if (!any_zero_gamma(report)) CHECK(report.index.nullity.least == branch.shape.dimension);
                CHECK(report.index.nullity.least >= branch.shape.dimension);
                if (l > 0) {
                    CHECK(report.verdict == Verdict::saddle);
                    CHECK(report.index.morse_index.least >= l);  // each null neuron by itself is a way down
                }
                CHECK((report.verdict == Verdict::saddle) == (sample.fall > 0.0));
                if (!sample.flattest_direction.empty())
                    CHECK((report.index.morse_index.least > 0 || sample.flattest > 0.0));
            }
            if (l > 0) CHECK(branch.content == BranchContent::saddles);
        }
    }
}

TEST_CASE("searches along a branch end at better points of it, and say where they began") {
    const Planted point = planted(Activation(ActivationKind::gelu), {kMixed, kPositive}, true, 11);
    const Dataset data = point.dataset();
    const CriticalSet set = mapped(data, point.network, 4);
    Size improved = 0;
    for (const MappedBranch& branch : set.branches) {
        CHECK(branch.optima.size() == 2);
        for (const BranchOptimum& optimum : branch.optima) {
            REQUIRE(optimum.from < branch.drawn);
            REQUIRE(optimum.sample < Size(branch.samples.size()));
            CHECK(optimum.tried == CriticalSetOptions{}.steps);
            const auto value = [&](Size sample) {
                return branch_value(branch.samples[std::size_t(sample)], optimum.goal);
            };
            for (Size sample = 0; sample < branch.drawn; ++sample)
                CHECK(value(optimum.from) >= value(sample));
            if (optimum.improved > 0) {
                CHECK(optimum.sample >= branch.drawn);
                CHECK(value(optimum.sample) > value(optimum.from));
            } else {
                CHECK(optimum.sample == optimum.from);
            }
            improved += optimum.improved;
            // Still on the branch, with the verdict of its region.
            const NetworkReport& found = branch.samples[std::size_t(optimum.sample)].report;
            const NetworkReport& from = branch.samples[std::size_t(optimum.from)].report;
            CHECK(found.verdict == from.verdict);
            CHECK(found.loss == Approx(from.loss).epsilon(1e-12));
        }
    }
    CHECK(improved > 5);
}

TEST_CASE("a branch whose null neurons are found nowhere may be empty, and is said so") {
    // psi(w) = w^T A w / 2 with A semidefinite never changes its sign.
    test::PlantedOptions options;
    options.activation = Activation(ActivationKind::square);
    options.wanted = {Definiteness::positive_semidefinite};
    options.features = 2;
    options.seed = 3;
    const Planted point = test::plant(options).value();
    const CriticalSet set = mapped(point.dataset(), point.network, 2);
    REQUIRE(set.branches.size() == 2);
    CHECK(set.branches[0].existence == BranchExistence::found);
    CHECK(set.branches[1].existence == BranchExistence::open);
    CHECK(set.branches[1].samples.empty());
}

namespace {

// One neuron of stationary weights w, with these inputs and residuals.
struct Case {
    Size samples, inputs;
    std::vector<double> x, targets;
    Network network;
    Dataset dataset() const {
        return Dataset({samples, inputs, x.data(), inputs, targets.data(), nullptr}, false, false,
                       LossScaling::sum);
    }
};

Case with_residuals(ActivationKind kind, const std::vector<double>& w, std::vector<double> x,
                    const std::vector<double>& residuals) {
    Case made{static_cast<Size>(residuals.size()), static_cast<Size>(w.size()), std::move(x), residuals,
              Network(Activation(kind), 1, static_cast<Size>(w.size()))};
    std::copy(w.begin(), w.end(), made.network.weights(0));
    made.network.output(0) = 1.0;
    std::vector<double> f(residuals.size());
    outputs(made.dataset(), made.network, f.data(), nullptr, {});
    for (std::size_t k = 0; k < f.size(); ++k) made.targets[k] = f[k] - residuals[k];
    return made;
}

void check_proven(const Case& made, Meeting meeting) {
    const CriticalSet set = mapped(made.dataset(), made.network, 2);
    REQUIRE(set.minimal.narrow);
    CHECK(set.meetings == std::vector<Meeting>{meeting});
    REQUIRE(set.branches.size() == 2);
    CHECK(set.branches[0].existence == BranchExistence::found);
    CHECK(set.branches[1].existence == BranchExistence::proven);
    CHECK(set.branches[1].samples.empty());
    CHECK(set.branches[1].content == BranchContent::saddles);
}

}  // namespace

TEST_CASE("null neurons that are found nowhere exist where an inner Hessian is indefinite") {
    // psi = (X - A)^2 - (Y - B)^2 with X = exp(w_1), Y = exp(w_2): a saddle of value 0 at (log A, log B), and
    // positive wherever the search looks, where X < A - B.
    const double a = std::exp(6.0), b = std::exp(5.0), unit = 1e-2 / (a * a);
    check_proven(with_residuals(ActivationKind::exp, {6.0, 5.0}, {2, 0, 1, 0, 0, 2, 0, 1, 0, 0},
                                {unit, -2.0 * a * unit, -unit, 2.0 * b * unit, (a * a - b * b) * unit}),
                 Meeting::yes);
}

TEST_CASE("null neurons that are found nowhere exist where psi is odd and not zero") {
    // psi(w) = sin(w)^19 (cos w - c)^2 as a sum of sin(k w), k = 1..21: with its double zero at arccos c, the
    // neuron is stationary. Where the search looks, one side of w = 0 is further away than the other: psi is
    // seen on that one alone, and is lost in rounding on the other.
    constexpr int kPoints = 64, kDegree = 21;
    const long double c = std::cos(1.2L), turn = 2.0L * 3.141592653589793238462643L / kPoints;
    std::vector<double> x, residuals;
    for (int k = 1; k <= kDegree; ++k) {
        long double sum = 0.0L;
        for (int j = 0; j < kPoints; ++j) {
            const long double at = turn * j, lower = std::cos(at) - c;
            sum += std::pow(std::sin(at), 19) * lower * lower * std::sin(k * at);
        }
        x.push_back(k);
        residuals.push_back(static_cast<double>(2.0L * sum / kPoints));
    }
    check_proven(with_residuals(ActivationKind::sin, {1.2}, x, residuals), Meeting::no);
}

TEST_CASE("what a branch consists of follows from the inner Hessians, and samples agree") {
    struct Case {
        std::vector<Definiteness> wanted;
        BranchContent content;
        std::vector<Meeting> meetings;
    };
    for (const auto& [wanted, content, meetings] :
         {Case{{kPositive}, BranchContent::minima_and_saddles, {Meeting::no}},
          Case{{kNegative}, BranchContent::minima_and_saddles, {Meeting::no}},
          Case{{kMixed}, BranchContent::saddles, {Meeting::yes}},
          Case{{kMixed, kPositive}, BranchContent::minima_and_saddles, {Meeting::yes, Meeting::no}}}) {
        const Planted point = planted(Activation(ActivationKind::softplus), wanted, false, 3);
        const Dataset data = point.dataset();
        const CriticalSet set = mapped(data, point.network, Size(wanted.size()) + 2, 12);
        CHECK(set.branches[0].content == content);
        CHECK(set.meetings == meetings);
        bool minima = false, saddles = false;
        for (const BranchSample& sample : set.branches[0].samples) {
            minima = minima || sample.report.verdict == Verdict::local_minimum;
            saddles = saddles || sample.report.verdict == Verdict::saddle;
            CHECK(sample.report.verdict != Verdict::undetermined);
        }
        CHECK(saddles);
        CHECK(minima == (content == BranchContent::minima_and_saddles));
    }
}

TEST_CASE("a wide network's critical set is that of what it reduces to") {
    const Planted point = planted(Activation(ActivationKind::tanh), {kPositive}, true, 5);
    const Dataset data = point.dataset();
    const std::vector<double> gamma = {0.25, 0.75};
    const Network wide = split_neuron(point.network, 0, gamma);
    const CriticalSet set = mapped(data, wide, 2, 1);
    CHECK(set.shape.narrow_width == 1);
    CHECK(set.branches.size() == 2);
    CHECK(set.shape.mirrored);
    CHECK(set.branches[0].shape.pieces == "4");
}

TEST_CASE("an input that is always zero adds unseen directions, and points are lifted back") {
    const Planted point = planted(Activation(ActivationKind::softplus), {kPositive}, false, 7);
    const Size n = point.samples, d = point.features;
    std::vector<double> x(static_cast<std::size_t>(n * (d + 1)), 0.0);
    for (Size k = 0; k < n; ++k) std::copy_n(point.x.data() + k * d, d, x.data() + k * (d + 1));
    const Dataset data({n, d + 1, x.data(), d + 1, point.targets.data(), nullptr}, false, false,
                       point.scaling);
    Network network(point.network.activation, 1, d + 1);
    std::copy_n(point.network.weights(0), d, network.weights(0));
    network.weights(0)[d] = 0.5;
    network.output(0) = point.network.output(0);
    const CriticalSet set = mapped(data, network, 3);
    CHECK(set.shape.inputs == d);
    CHECK(set.shape.unseen == 1);
    for (const MappedBranch& branch : set.branches) {
        const Size l = branch.shape.null_neurons;
        CHECK(branch.shape.dimension == (2 - l) + l * (d - 1) + 3);
        for (const BranchSample& sample : branch.samples) {
            CHECK(sample.report.network.inputs == d + 1);
            CHECK(sample.report.gradient_relative <= 1e-10);
            CHECK(sample.counted_nullity == sample.report.index.nullity.least);
            CHECK(sample.report.index.nullity.least >= branch.shape.dimension);
        }
    }
}

TEST_CASE("zeros of psi are zeros, on both sides of which psi has different signs nearby") {
    const Planted point = planted(Activation(ActivationKind::gelu), {kMixed}, true, 9);
    const Dataset data = point.dataset();
    const Execution execution;
    const PointResiduals residuals = point_residuals(data, point.network, execution);
    const PsiZeros zeros(data, {residuals.values.span()}, point.network.activation, execution);
    CHECK(zeros.vanishes_everywhere());  // nothing has been looked at
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        Random random(seed, 0);
        const std::optional<PsiZeros::Zero> zero = zeros.find(random);
        REQUIRE(zero.has_value());
        const Psi psi =
            psi_at(data, residuals.values.span(), point.network.activation, zero->w, 1, execution);
        CHECK(std::abs(psi.value) <= 1e-14 * psi.magnitude);
        double slope = 0.0;
        for (const double entry : psi.gradient) slope = std::hypot(slope, entry);
        CHECK(slope > 0.0);
    }
    CHECK_FALSE(zeros.vanishes_everywhere());
}

TEST_CASE(
    "psi = 0 comes near the weights of a parent where its inner Hessian is indefinite, and there alone") {
    const Planted point =
        planted(Activation(ActivationKind::softplus), {kPositive, kMixed, kNegative}, false, 4);
    const Dataset data = point.dataset();
    const CriticalSet set = mapped(data, point.network, 3, 0);
    CHECK(set.meetings == std::vector<Meeting>{Meeting::no, Meeting::yes, Meeting::no});
    const Execution execution;
    const PointResiduals residuals = point_residuals(data, point.network, execution);
    for (Size i = 0; i < 3; ++i) {
        bool above = false, below = false;
        for (int step = 0; step < 64; ++step) {
            const double angle = 2.0 * 3.14159265358979 * step / 64.0;
            const std::vector<double> w = {point.network.weights(i)[0] + 1e-3 * std::cos(angle),
                                           point.network.weights(i)[1] + 1e-3 * std::sin(angle)};
            const Psi psi = psi_at(data, residuals.values.span(), point.network.activation, w, 0, execution);
            above = above || psi.value > 0.0;
            below = below || psi.value < 0.0;
        }
        CHECK((above && below) == (set.meetings[static_cast<std::size_t>(i)] == Meeting::yes));
    }
}

TEST_CASE("no critical set: not stationary, no neuron, no room") {
    const Planted point = planted(Activation(ActivationKind::tanh), {kPositive, kMixed}, false, 2);
    const Dataset data = point.dataset();
    const auto refusal = [&](const Network& network, Size width, Status status) -> std::string {
        try {
            mapped(data, network, width);
        } catch (const Error& error) {
            CHECK(error.status() == status);
            return error.what();
        }
        return "accepted";
    };
    CHECK(
        refusal(point.network, 1, Status::invalid_size)
            .starts_with("the wide width m is 1, a number from 2 (the neurons that the network reduces to)"));
    Network moved = point.network;
    moved.output(0) += 0.5;
    CHECK(refusal(moved, 3, Status::not_stationary).starts_with("the network is not stationary"));
}
