// Any network on any data against brute force on the Hessian of the network as given, measured descent, and
// what the planted groups imply.
#include <algorithm>
#include <cmath>

#include "classification/any_network/any_network.hpp"
#include "classification/split_cases.hpp"
#include "classification/wide_cases.hpp"
#include "support/catch.hpp"

using namespace tepui;

namespace {

// The planted zeros are exact up to the rounding of the targets.
AnalysisOptions planted_zeros() {
    AnalysisOptions options;
    options.exact_zeros = true;
    return options;
}

const Execution kSerial{1};

struct Tally {
    int cases = 0, refused = 0, known = 0, bounded = 0, indices = 0, unclear = 0, saddles = 0, minima = 0,
        undetermined = 0, zero = 0, witnesses = 0, unproven = 0, precise = 0, deficient = 0, with_free = 0,
        sampled = 0, fitted = 0, fourth_minima = 0, fourth_saddles = 0, third_saddles = 0;
    std::string text() const {
        return std::to_string(cases) + " cases (" + std::to_string(refused) + " draws refused), " +
               std::to_string(deficient) + " of deficient rank, " + std::to_string(with_free) +
               " with neurons that add nothing, " + std::to_string(fitted) +
               " with samples set apart: " + std::to_string(saddles) + " saddles (" +
               std::to_string(third_saddles) + " by third order, " + std::to_string(fourth_saddles) +
               " by fourth), " + std::to_string(minima) + " minima (" + std::to_string(sampled) +
               " sampled, " + std::to_string(fourth_minima) + " by fourth order), " + std::to_string(zero) +
               " of zero loss, " + std::to_string(undetermined) + " undetermined; " + std::to_string(known) +
               " indices known, " + std::to_string(bounded) + " others within their bounds, " +
               std::to_string(indices) + " compared with brute force (" + std::to_string(precise) +
               " in long double, " + std::to_string(unclear) + " where it is unclear); " +
               std::to_string(witnesses) + " witnesses, " + std::to_string(unproven) +
               " below the rounding error";
    }
};

// Saddle, local minimum, or open, by the theorems alone.
Verdict expected_verdict(const test::WideCase& wide) {
    if (wide.zero_loss) return Verdict::local_minimum;
    if (wide.saddle || !wide.free_orders.empty()) return Verdict::saddle;
    bool open = false;
    for (const NeuronGroup& group : wide.grouping.parents()) {
        if (group.members.size() < 2) continue;
        const GammaSigns signs = check_gamma(group.gamma);
        using enum Definiteness;
        switch (wide.wanted[static_cast<std::size_t>(group.parent)]) {
            case positive_definite:
                if (!signs.in_gamma_plus()) return Verdict::saddle;
                break;
            case negative_definite:
                if (!signs.in_gamma_minus()) return Verdict::saddle;
                break;
            case indefinite:
                return Verdict::saddle;
            case positive_semidefinite:
                if (!signs.in_gamma_plus()) return Verdict::saddle;
                open = true;
                break;
            case negative_semidefinite:
                if (!signs.in_gamma_minus()) return Verdict::saddle;
                open = true;
                break;
            case zero:
                if (signs.zero > 0) return Verdict::saddle;
                open = true;
        }
    }
    return open ? Verdict::undetermined : Verdict::local_minimum;
}

void check_witness(const Dataset& data, const test::WideCase& wide, const NetworkReport& report,
                   Tally& tally) {
    REQUIRE(report.witness.has_value());
    const Witness& witness = *report.witness;
    CAPTURE(witness.order, witness.coefficient, witness.epsilon, witness.predicted, witness.measured,
            witness.measured_error);
    ++tally.witnesses;
    REQUIRE(witness.base.parameters == wide.wide.parameters);
    REQUIRE(witness.curve(0.0) == wide.wide.parameters);
    CHECK(witness.coefficient < 0.0);
    if (!witness.descends()) {
        ++tally.unproven;
        return;
    }
    const long double start = test::reference_loss(data, wide.wide, wide.wide.parameters);
    const long double fall = test::reference_loss(data, wide.wide, witness.point) - start;
    REQUIRE(std::abs(static_cast<double>(fall) - witness.measured) <=
            witness.measured_error + 1e-17 * static_cast<double>(start));
}

// Eigenvalues of the wide Hessian go down to the square of those of Hess psi: where brute force in double
// takes some for zero that the closed form counts, long double must show them apart from the zeros.
void check_counts(const Dataset& data, const test::WideCase& wide, const NetworkReport& report,
                  const test::BruteForce& brute, Tally& tally) {
    ++tally.indices;
    if (report.index.nullity.least == brute.zero) {
        REQUIRE(report.index.morse_index.least == brute.negative);
        return;
    }
    REQUIRE(report.index.nullity.least < brute.zero);
    ++tally.precise;
    const std::vector<long double> values = test::precise_spectrum(data, wide.wide);
    const auto zeros = static_cast<std::size_t>(report.index.nullity.least);
    CAPTURE(values[zeros], zeros > 0 ? values[zeros - 1] : 0.0L);
    if (zeros > 0) REQUIRE(std::abs(values[zeros]) > 2.0L * std::abs(values[zeros - 1]));
    REQUIRE(report.index.morse_index.least == std::count_if(values.begin() + report.index.nullity.least,
                                                            values.end(),
                                                            [](long double x) { return x < 0; }));
}

void check_case(std::uint64_t seed, Tally& tally) {
    const std::optional<test::WideCase> drawn = test::draw_wide_case(seed);
    if (!drawn) {
        ++tally.refused;
        return;
    }
    const test::WideCase& wide = *drawn;
    ++tally.cases;
    const Dataset data = wide.dataset();
    CAPTURE(seed, wide.text, wide.wide.width);
    const NetworkReport report =
        classify_network(data, wide.wide, Tolerances{}, ReductionTolerances{}, kSerial, planted_zeros());
    CAPTURE(name_of(report.rule), static_cast<int>(report.verdict), report.gradient_relative,
            report.index.known(), report.index.morse_index.least, report.index.nullity.least);
    REQUIRE(report.verdict != Verdict::not_stationary);
    REQUIRE(report.space.rank == wide.rank);
    const Size rows = wide.wide.width + (wide.wide.skip ? 1 : 0);
    REQUIRE(report.data_nullity == rows * (wide.wide.inputs - wide.rank));
    REQUIRE(report.grouping.narrow.width == wide.grouping.narrow.width);
    REQUIRE(report.grouping.others().size() == wide.free_orders.size());
    REQUIRE(report.groups.size() == report.grouping.groups.size());
    const Size fitted = report.fitted ? report.fitted->count() : 0;
    CAPTURE(fitted, wide.fitted);
    REQUIRE(fitted == wide.fitted);
    tally.fitted += fitted > 0;
    tally.deficient += wide.rank < wide.wide.inputs;
    tally.with_free += !wide.free_orders.empty();
    tally.known += report.index.known();

    const test::BruteForce brute = test::brute_force(data, wide.wide);
    CAPTURE(brute.negative, brute.zero, brute.positive, brute.clear);
    // Where brute force does not see the flat directions that are always there, it sees nothing.
    const bool sees = brute.clear && brute.zero >= report.data_nullity;
    if (brute.clear && brute.zero >= report.index.nullity.least) {
        REQUIRE(brute.negative <= report.index.morse_index.most);
        REQUIRE(brute.negative + brute.zero >= report.index.morse_index.least);
        REQUIRE(brute.zero >= report.index.nullity.least);
        tally.bounded += !report.index.known();
    }
    if (report.index.known() && sees) {
        check_counts(data, wide, report, brute, tally);
    } else {
        ++tally.unclear;
    }
    const Verdict expected = expected_verdict(wide);
    CAPTURE(static_cast<int>(expected));
    switch (report.verdict) {
        case Verdict::saddle:
            ++tally.saddles;
            REQUIRE(expected != Verdict::local_minimum);
            tally.third_saddles += report.rule == Rule::third_order;
            tally.fourth_saddles += report.rule == Rule::fourth_order;
            check_witness(data, wide, report, tally);
            break;
        case Verdict::local_minimum:
            ++tally.minima;
            if (report.rule != Rule::fourth_order && report.rule != Rule::every_group_minimum)
                REQUIRE(expected == Verdict::local_minimum);
            REQUIRE(expected != Verdict::saddle);
            tally.fourth_minima += expected == Verdict::undetermined;
            REQUIRE(report.global == wide.zero_loss);
            tally.zero += wide.zero_loss;
            if (sees) REQUIRE(brute.negative == 0);
            if (wide.zero_loss || (tally.minima % 5 != 0 && expected == Verdict::local_minimum)) break;
            ++tally.sampled;
            REQUIRE(test::sampled_descent(data, wide.wide, 1e-3, brute.largest, 6, seed) == 0.0);
            break;
        default:
            ++tally.undetermined;
            REQUIRE_FALSE(wide.zero_loss);
            // Open by theory, or because an eigenvalue cannot be told from zero.
            if (report.index.known()) REQUIRE(expected == Verdict::undetermined);
    }
    if (sees && report.index.known() && brute.negative > 0) REQUIRE(report.verdict == Verdict::saddle);
}

void check_tally(const Tally& tally) {
    INFO(tally.text());
    CHECK(tally.indices * 10 > tally.cases * 7);
    CHECK(tally.known * 10 > tally.cases * 9);
    CHECK(tally.precise * 50 < tally.cases);
    CHECK(tally.undetermined * 40 < tally.cases);
    CHECK(tally.unproven * 20 < tally.witnesses);
    CHECK(tally.minima * 12 > tally.cases);
    CHECK(tally.deficient * 4 > tally.cases);
    CHECK(tally.with_free * 4 > tally.cases);
    CHECK(tally.fitted * 8 > tally.cases);
    CHECK(tally.fourth_minima * 200 > tally.cases);
}

}  // namespace

TEST_CASE("hundreds of planted wide networks") {
    Tally tally;
    for (std::uint64_t seed = 1; tally.cases < 400; ++seed) check_case(seed, tally);
    check_tally(tally);
}

TEST_CASE("thousands of planted wide networks", "[.nightly]") {
    Tally tally;
    for (std::uint64_t seed = 100001; tally.cases < 5000; ++seed) check_case(seed, tally);
    check_tally(tally);
    WARN(tally.text());
}
