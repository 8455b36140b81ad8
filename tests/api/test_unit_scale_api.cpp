// Targets or features times 2^k: the same search, verdicts, rules and indices for every k for which the
// numbers exist, also where squares of residuals or of inputs do not.
#include <cmath>

#include "api/fixture.hpp"
#include "core/random.hpp"
#include "support/report.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

using Verdict_ = std::unique_ptr<tepui_network_verdict, Destroy<tepui_network_verdict_destroy>>;
using Directional_ = std::unique_ptr<tepui_directional, Destroy<tepui_directional_destroy>>;

struct Table {
    int64_t n = 0, d = 0;
    std::vector<double> x, y;
    bool bias = true;

    Table scaled(int targets, const std::vector<int>& columns) const {
        Table result = *this;
        for (double& value : result.y) value = std::ldexp(value, targets);
        for (std::size_t l = 0; l < x.size(); ++l)
            result.x[l] = std::ldexp(x[l], columns[l % static_cast<std::size_t>(d)]);
        return result;
    }
    Dataset_ dataset(const Context& context) const {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, n, d, x.data(), d, y.data(), nullptr,
                                     bias ? TEPUI_DATASET_BIAS : 0, &made) == TEPUI_OK);
        return Dataset_(made);
    }
};

Table random_table(Random& random) {
    Table table;
    table.n = 2 + static_cast<int64_t>(random.bits() % 14);
    table.d = 1 + static_cast<int64_t>(random.bits() % 3);
    table.bias = random.bits() % 2 == 0;
    for (int64_t l = 0; l < table.n * table.d; ++l) table.x.push_back(random.normal());
    for (int64_t k = 0; k < table.n; ++k)
        table.y.push_back(std::sin(2.0 * table.x[static_cast<std::size_t>(k * table.d)]) +
                          0.4 * random.normal());
    return table;
}

// Fifteen targets that no neuron fits.
Table noise(std::uint64_t seed) {
    Random random(seed, 2);
    Table table{15, 2, {}, {}, true};
    for (int l = 0; l < 30; ++l) table.x.push_back(random.normal());
    for (int k = 0; k < 15; ++k) table.y.push_back(random.normal());
    return table;
}

Solution_ solved(const Context& context, const Dataset_& dataset, const tepui_activation* sigma,
                 int64_t width) {
    tepui_solution* solution = nullptr;
    REQUIRE(tepui_solve(context, dataset.get(), sigma, width, &solution) == TEPUI_OK);
    return Solution_(solution);
}

// Everything about the search's points that has no unit, as text. Where no rule decides, a run may as well
// stop at a point as at the end beside it, or stall before: which of them is a matter of rounding.
std::string findings(const Context& context, const Table& table, const char* activation, int64_t width) {
    tepui_activation* sigma = nullptr;
    REQUIRE(tepui_activation_create_named(context, activation, &sigma) == TEPUI_OK);
    const Activation_ owner(sigma);
    const Dataset_ dataset = table.dataset(context);
    const Solution_ solution = solved(context, dataset, sigma, width);
    const tepui_solution* raw = solution.get();
    std::string text;
    std::vector<bool> open;  // points
    for (int64_t p = 0; p < tepui_solution_points(raw); ++p) {
        const tepui_network* network = tepui_solution_point(raw, p);
        if (std::string(activation) == "relu") {
            tepui_directional* made = nullptr;
            REQUIRE(tepui_classify_directional(context, dataset.get(), network, nullptr, nullptr, &made) ==
                    TEPUI_OK);
            const Directional_ verdict(made);
            text += std::string(tepui_name(TEPUI_WORDS_VERDICT, tepui_directional_verdict(made))) + " " +
                    tepui_name(TEPUI_WORDS_DIRECTIONAL_RULE, tepui_directional_rule_of(made)) + "; ";
            open.push_back(false);
            continue;
        }
        tepui_network_verdict* made = nullptr;
        REQUIRE(tepui_classify_network(context, dataset.get(), network, &made) == TEPUI_OK);
        const Verdict_ verdict(made);
        open.push_back(tepui_network_verdict_verdict(made) == TEPUI_VERDICT_UNDETERMINED);
        if (open.back()) continue;
        text += std::string(tepui_name(TEPUI_WORDS_VERDICT, tepui_network_verdict_verdict(made))) + " " +
                tepui_name(TEPUI_WORDS_RULE, tepui_network_verdict_rule(made)) + " global " +
                std::to_string(report_of(context, made).flag("global")) + " index " +
                std::to_string(report_of(context, made).known("whole/morse_index")) + " nullity " +
                std::to_string(report_of(context, made).known("whole/nullity")) + "; ";
        const tepui_witness* witness = tepui_network_verdict_witness(made);
        if (witness != nullptr) CHECK(report_of(context, witness).real("measured") <= 0.0);
    }
    const Report report = report_of(context, raw);
    for (int64_t s = 0; s < tepui_solution_starts(raw); ++s) {
        const Report start = report.part("starts/" + std::to_string(s));
        const int64_t point = start.known("point"), end = start.known("end");
        const bool undecided =
            start.text("outcome") == "stalled" || (point > 0 && open[static_cast<std::size_t>(point - 1)]) ||
            (end > 0 && report.text("ends/" + std::to_string(end - 1) + "/verdict") == "undetermined");
        text += undecided ? "undecided " : start.text("outcome") + std::to_string(point) + " ";
    }
    return text;
}

}  // namespace

TEST_CASE("targets and features times powers of two give the same points and verdicts") {
    Context context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 3) == TEPUI_OK);
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Random random(seed, 1);
        const Table table = random_table(random);
        const char* activation = seed % 4 == 0   ? "relu"
                                 : seed % 4 == 1 ? "tanh"
                                 : seed % 4 == 2 ? "softplus"
                                                 : "gaussian";
        const int64_t width = 1 + static_cast<int64_t>(seed % 2);
        REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_TARGET,
                                          1 + static_cast<int>(seed % 3 == 0)) == TEPUI_OK);
        const std::string plain = findings(context, table, activation, width);
        for (int draw = 0; draw < 4; ++draw) {
            // Far from 1, and where nothing is done about it yet.
            const int reach = draw == 3 ? 32 : 950;
            const auto power = [&] {
                return static_cast<int>(random.bits() % static_cast<std::uint64_t>(2 * reach)) - reach;
            };
            std::vector<int> columns(static_cast<std::size_t>(table.d));
            const int targets = draw == 1 ? 0 : power();
            if (draw > 0) {
                for (int& column : columns) column = power();
            }
            CAPTURE(seed, activation, width, targets, columns);
            CHECK(findings(context, table.scaled(targets, columns), activation, width) == plain);
        }
    }
}

TEST_CASE("losses and weights are given in the caller's units, exactly") {
    Context context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 4) == TEPUI_OK);
    const Activation_ sigma = Problem{}.activation(context);
    int seen = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        const Table table = noise(seed);
        const Table far = table.scaled(-300, {200, 200}), farther = table.scaled(-400, {200, 200});
        const Dataset_ one = far.dataset(context), two = farther.dataset(context);
        const Solution_ owner = solved(context, one, sigma.get(), 1),
                        other = solved(context, two, sigma.get(), 1);
        const tepui_solution *first = owner.get(), *second = other.get();
        REQUIRE(tepui_solution_points(second) == tepui_solution_points(first));
        if (tepui_solution_points(first) == 0) continue;
        ++seen;
        const double loss = report_of(context, first).real("points/0/loss");
        CHECK(loss > 0.0);
        CHECK(report_of(context, second).real("points/0/loss") == std::ldexp(loss, -200));
        // The network's own loss, where it exists as a double.
        double measured = kNaN;
        REQUIRE(tepui_loss(context, one.get(), tepui_solution_point(first, 0), &measured) == TEPUI_OK);
        CHECK(measured == Approx(loss).epsilon(1e-10).scale(0.0));
        tepui_analysis* made = nullptr;
        REQUIRE(tepui_analyze(context, one.get(), tepui_solution_point(first, 0), &made) == TEPUI_OK);
        const Analysis_ analysis(made);
        CHECK(report_of(context, made).real("loss") == Approx(loss).epsilon(1e-10).scale(0.0));
    }
    CHECK(seen >= 3);
}

TEST_CASE("ways down from splits fall in the caller's units") {
    Context context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL) == TEPUI_OK);
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 4) == TEPUI_OK);
    int seen = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        const Table table = noise(seed);
        const Table far = table.scaled(-250, std::vector<int>(static_cast<std::size_t>(table.d), 150));
        const Dataset_ dataset = far.dataset(context);
        const Activation_ sigma = Problem{}.activation(context);
        const Solution_ solution = solved(context, dataset, sigma.get(), 1);
        const tepui_solution* raw = solution.get();
        if (tepui_solution_points(raw) == 0) continue;
        tepui_analysis* made = nullptr;
        REQUIRE(tepui_analyze(context, dataset.get(), tepui_solution_point(raw, 0), &made) == TEPUI_OK);
        const Analysis_ analysis(made);
        if (tepui_analysis_verdict(made) != TEPUI_VERDICT_LOCAL_MINIMUM) continue;
        const double gamma[] = {2.0, -1.0};
        tepui_split_verdict* split = nullptr;
        if (tepui_classify_split(context, made, 0, 2, gamma, &split) != TEPUI_OK) continue;
        const SplitVerdict_ verdict(split);
        const tepui_witness* witness = tepui_split_verdict_witness(split);
        if (witness == nullptr) continue;
        ++seen;
        std::vector<double> point(static_cast<std::size_t>(tepui_witness_parameter_count(witness)));
        REQUIRE(tepui_witness_point(context, witness, report_of(context, witness).real("epsilon"),
                                    point.data()) == TEPUI_OK);
        const int64_t d = far.d + (far.bias ? 1 : 0);
        tepui_network* moved = nullptr;
        REQUIRE(tepui_network_create(context, sigma.get(), 2, d, point.data(), d, point.data() + 2 * d,
                                     &moved) == TEPUI_OK);
        const Network_ owner(moved);
        double loss = kNaN;
        REQUIRE(tepui_loss(context, dataset.get(), moved, &loss) == TEPUI_OK);
        const double change = loss - report_of(context, raw).real("points/0/loss");
        CHECK(change < 0.0);
        CHECK(change == Approx(report_of(context, witness).real("measured")).epsilon(1e-3).scale(0.0));
    }
    CHECK(seen >= 2);
}

TEST_CASE("eigenvectors are given in the caller's units") {
    Context context;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 4) == TEPUI_OK);
    const Activation_ sigma = Problem{}.activation(context);
    int seen = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        const Table table = noise(seed);
        const Table moved = table.scaled(0, {200, -150});
        const Dataset_ plain = table.dataset(context), far = moved.dataset(context);
        const Solution_ solution = solved(context, plain, sigma.get(), 1);
        const tepui_solution* raw = solution.get();
        if (tepui_solution_points(raw) == 0) continue;
        const double* found = tepui_network_parameters(tepui_solution_point(raw, 0));
        std::vector<double> there(found, found + 4);
        there[0] = std::ldexp(there[0], -200);
        there[1] = std::ldexp(there[1], 150);
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create(context, sigma.get(), 1, 3, there.data(), 3, there.data() + 3, &made) ==
                TEPUI_OK);
        const Network_ network(made);
        tepui_analysis *here = nullptr, *scaled = nullptr;
        REQUIRE(tepui_analyze(context, plain.get(), tepui_solution_point(raw, 0), &here) == TEPUI_OK);
        const Analysis_ owner(here);
        REQUIRE(tepui_analyze(context, far.get(), made, &scaled) == TEPUI_OK);
        const Analysis_ other(scaled);
        std::vector<double> ours(6), theirs(6);
        REQUIRE(tepui_analysis_directions(context, here, 0, ours.data(), ours.data() + 3) == TEPUI_OK);
        REQUIRE(tepui_analysis_directions(context, scaled, 0, theirs.data(), theirs.data() + 3) == TEPUI_OK);
        // Equal preactivations: v_j x_j is the same in both, up to the length that either was given.
        for (std::size_t sign = 0; sign < 2; ++sign) {
            const double* v = ours.data() + 3 * sign;
            double* w = theirs.data() + 3 * sign;
            if (v[0] == 0.0 && v[1] == 0.0) continue;
            ++seen;
            const int powers[] = {200, -150, 0};
            for (int j = 0; j < 3; ++j) w[j] = std::ldexp(w[j], powers[j]);
            const double unit = std::hypot(v[0], v[1], v[2]), length = std::hypot(w[0], w[1], w[2]);
            CHECK(length > 1e-3);
            CHECK(length < 1e3);
            double along = 0.0;
            for (int j = 0; j < 3; ++j) along += v[j] * w[j];
            CHECK(std::abs(along) > 0.5 * unit * length);
        }
    }
    CHECK(seen >= 3);
}
