#include <cmath>
#include <set>

#include "api/counting_memory.hpp"
#include "api/planted_point.hpp"
#include "support/report.hpp"

using namespace tepui::test;

namespace {

using CriticalSet_ = std::unique_ptr<tepui_critical_set, Destroy<tepui_critical_set_destroy>>;

PlantedPoint planted(const Context& context, std::vector<tepui::Definiteness> wanted) {
    PlantedOptions options;
    options.wanted = std::move(wanted);
    return PlantedPoint(context, options);
}

CriticalSet_ mapped(const Context& context, const PlantedPoint& point, int64_t m, int64_t samples) {
    tepui_critical_set* made = nullptr;
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL) == TEPUI_OK);
    REQUIRE(tepui_map_critical_set(context, point.dataset.get(), point.network.get(), m, samples, &made) ==
            TEPUI_OK);
    return CriticalSet_(made);
}

}  // namespace

TEST_CASE("critical set: what the functions say fits together") {
    Context context;
    const PlantedPoint point = planted(context, {tepui::Definiteness::positive_definite});
    const CriticalSet_ set = mapped(context, point, 3, 2);
    const tepui_critical_set* s = set.get();
    CHECK(report_of(context, s).integer("wide_width") == 3);
    CHECK(report_of(context, s).integer("narrow_nullity") == 0);
    CHECK(report_of(context, s).real("point/loss") > 0.0);
    CHECK(report_of(context, s).integer("point/verdict") == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(tepui_network_width(tepui_critical_set_minimal(s)) == 1);
    const Report report = report_of(context, s);
    CHECK(report.integer("narrow_width") == 1);
    CHECK(report.count("meetings") == 1);
    CHECK(report.integer("meetings/0") == TEPUI_MEETING_NO);
    const double* minimal = tepui_network_parameters(tepui_critical_set_minimal(s));
    CHECK(report.reals("minimal_parameters") == std::vector<double>(minimal, minimal + 3));
    REQUIRE(report.count("branches") == 3);
    for (int64_t l = 0; l < 3; ++l) {
        const Report branch = report.part("branches/" + std::to_string(l));
        const int64_t dimension = branch.integer("dimension");
        CHECK(branch.integer("null_neurons") == l);
        CHECK(dimension == 2 - l + l * 1);  // d = 2
        CHECK(branch.known("meeting_dimension") == (l == 0 ? -1 : 1));
        CHECK(branch.integer("content") == (l == 0 ? TEPUI_BRANCH_MINIMA_AND_SADDLES : TEPUI_BRANCH_SADDLES));
        CHECK(branch.flag("reached"));
        CHECK(branch.text("existence") == "found");
        CHECK(branch.text("surjections") == "1");
        // One null neuron of three, or two, and a mirror image for each of the others: tanh is odd.
        CHECK(branch.text("pieces") == std::vector<std::string>{"8", "12", "6"}[std::size_t(l)]);
        REQUIRE(branch.integer("drawn") == 2);
        double least = kInf, most = 0.0;
        for (int64_t i = 0; i < branch.count("samples"); ++i) {
            const double fall = branch.real("samples/" + std::to_string(i) + "/fall");
            if (fall > 0.0) least = std::min(least, fall);
            most = std::max(most, fall);
        }
        CHECK(branch.null("largest_fall") == (most == 0.0));
        if (most > 0.0) {
            CHECK(branch.real("least_fall") == least);
            CHECK(branch.real("largest_fall") == most);
        }
        for (int64_t i = 0; i < 2; ++i) {
            const Report sample = branch.part("samples/" + std::to_string(i));
            const int64_t nullity = sample.known("nullity");
            const auto verdict = static_cast<tepui_verdict>(sample.integer("verdict"));
            const double fall = sample.real("fall"), flattest = sample.real("flattest_curvature");
            CHECK(sample.text("rule") != "unknown");
            CHECK(nullity == sample.known("counted_nullity"));
            CHECK(sample.integers("nullity_bounds") == std::vector<int64_t>{nullity, nullity});
            CHECK(sample.integers("morse_index_bounds").front() <=
                  sample.integers("morse_index_bounds").back());
            CHECK(nullity >= dimension);
            CHECK(sample.real("gradient_relative") <= 1e-10);
            CHECK(sample.real("psi_residual") <= 1e-13);
            CHECK((fall > 0.0) == (verdict == TEPUI_VERDICT_SADDLE));
            const tepui_network* network = tepui_critical_set_network(s, l, i);
            REQUIRE(network != nullptr);
            CHECK(tepui_network_width(network) == 3);
            double loss = NAN;
            REQUIRE(tepui_loss(context, point.dataset.get(), network, &loss) == TEPUI_OK);
            CHECK(loss == Approx(report_of(context, s).real("point/loss")).epsilon(1e-10));
            const tepui_witness* witness = tepui_critical_set_witness(s, l, i);
            CHECK((witness != nullptr) == (verdict == TEPUI_VERDICT_SADDLE));
            if (witness != nullptr) {
                CHECK(report_of(context, witness).count("direction/W") == 3);
                CHECK(-report_of(context, witness).real("measured") == fall);
            }
            const std::vector<double> direction = sample.reals("flattest_direction");
            REQUIRE(direction.size() == 9);
            CHECK(sample.reals("parameters") == std::vector<double>(tepui_network_parameters(network),
                                                                    tepui_network_parameters(network) + 9));
            // A unit eigenvector: H v = flattest v.
            std::vector<double> product(9);
            REQUIRE(tepui_hessian_vector(context, point.dataset.get(), network, direction.data(),
                                         product.data()) == TEPUI_OK);
            double scale = 0.0;
            for (std::size_t j = 0; j < 9; ++j) scale = std::max(scale, std::fabs(product[j]));
            for (std::size_t j = 0; j < 9; ++j)
                CHECK(product[j] == Approx(flattest * direction[j]).margin(1e-6 * scale + 1e-12));
        }
    }
}

TEST_CASE("critical set: the seed chooses the points") {
    Context context;
    const PlantedPoint point = planted(context, {tepui::Definiteness::indefinite});
    const auto first = [&](const CriticalSet_& set) {
        const double* values = tepui_network_parameters(tepui_critical_set_network(set.get(), 1, 0));
        return std::vector<double>(values, values + 6);
    };
    const std::vector<double> one = first(mapped(context, point, 2, 1));
    CHECK(first(mapped(context, point, 2, 1)) == one);
    REQUIRE(tepui_context_set_integer(context, TEPUI_OPTION_SEED, 5) == TEPUI_OK);
    CHECK(first(mapped(context, point, 2, 1)) != one);
}

TEST_CASE("critical set: refusals and null handles") {
    Context context;
    const PlantedPoint point = planted(context, {tepui::Definiteness::positive_definite});
    const tepui_dataset* data = point.dataset.get();
    const tepui_network* net = point.network.get();
    tepui_critical_set* made = nullptr;
    const auto refused = [&](tepui_status got, tepui_status expected,
                             std::initializer_list<const char*> words) {
        check_refused(context, got, expected, words);
        CHECK(made == nullptr);
    };
    refused(tepui_map_critical_set(context, nullptr, net, 2, 1, &made), TEPUI_ERROR_NULL_POINTER,
            {"dataset"});
    refused(tepui_map_critical_set(context, data, nullptr, 2, 1, &made), TEPUI_ERROR_NULL_POINTER,
            {"network"});
    refused(tepui_map_critical_set(context, data, net, 2, 1, nullptr), TEPUI_ERROR_NULL_POINTER, {"set"});
    refused(tepui_map_critical_set(context, data, net, 0, 1, &made), TEPUI_ERROR_INVALID_SIZE, {"m is 0"});
    refused(tepui_map_critical_set(context, data, net, 1001, 1, &made), TEPUI_ERROR_INVALID_SIZE,
            {"1001", "1000"});
    refused(tepui_map_critical_set(context, data, net, 2, -1, &made), TEPUI_ERROR_INVALID_SIZE,
            {"samples is -1"});
    for (const int64_t samples : {int64_t{500001}, INT64_MAX}) {
        refused(tepui_map_critical_set(context, data, net, 2, samples, &made), TEPUI_ERROR_INVALID_SIZE,
                {"samples is", "at most 500000"});
    }
    const Problem problem;
    refused(tepui_map_critical_set(context, data, problem.wide_network(context).get(), 2, 1, &made),
            TEPUI_ERROR_INVALID_SIZE, {"d = 3"});
    const Network_ moving = problem.network(context);
    refused(tepui_map_critical_set(context, problem.dataset(context).get(), moving.get(), 3, 1, &made),
            TEPUI_ERROR_NOT_STATIONARY, {"not stationary"});
    REQUIRE(tepui_context_set_progress(
                context, [](void*, const char*, double) -> int32_t { return 1; }, nullptr) == TEPUI_OK);
    refused(tepui_map_critical_set(context, data, net, 2, 1, &made), TEPUI_ERROR_CANCELLED, {"cancelled"});
    REQUIRE(tepui_context_set_progress(context, nullptr, nullptr) == TEPUI_OK);

    const CriticalSet_ set = mapped(context, point, 2, 1);
    const Report report = report_of(context, set.get());
    const tepui_report* part = nullptr;
    for (const char* path : {"meetings/1", "branches/2", "branches/0/samples/3", "branches/-1"})
        check_refused(context, tepui_report_part(context, report.handle(), path, &part),
                      TEPUI_ERROR_INVALID_VALUE, {path, "a number from 0 below"});
    CHECK(part == nullptr);
    CHECK(tepui_critical_set_network(set.get(), 0, 3) == nullptr);
    CHECK(report.text("branches/1/existence") == "found");
    const Report flattest = report.part("branches/0/flattest");
    CHECK(flattest.integer("from") == 0);
    CHECK((flattest.integer("sample") == 0) == (flattest.integer("improved") == 0));
    CHECK(flattest.integer("tried") >= flattest.integer("improved"));
    CHECK(tepui_critical_set_network(set.get(), 0, flattest.integer("sample")) != nullptr);
    CHECK(tepui_critical_set_witness(set.get(), 2, 0) == nullptr);
    tepui_critical_set_destroy(nullptr);
    CHECK(tepui_critical_set_minimal(nullptr) == nullptr);
    CHECK(tepui_critical_set_network(nullptr, 0, 0) == nullptr);
    CHECK(tepui_critical_set_witness(nullptr, 0, 0) == nullptr);
}

TEST_CASE("critical set: names are there and differ") {
    std::set<std::string> names;
    for (int32_t i = TEPUI_BRANCH_GLOBAL_MINIMA; i <= TEPUI_BRANCH_UNDETERMINED; ++i)
        names.insert(tepui_name(TEPUI_WORDS_BRANCH_CONTENT, i));
    CHECK(names.size() == 7);
    CHECK(names.count("unknown") == 0);
    CHECK(std::string(tepui_name(TEPUI_WORDS_BRANCH_CONTENT, 0)) == "unknown");
    CHECK(std::string(tepui_name(TEPUI_WORDS_MEETING, TEPUI_MEETING_YES)) == "yes");
    CHECK(std::string(tepui_name(TEPUI_WORDS_MEETING, TEPUI_MEETING_NO)) == "no");
    CHECK(std::string(tepui_name(TEPUI_WORDS_MEETING, TEPUI_MEETING_UNDETERMINED)) == "undetermined");
    CHECK(std::string(tepui_name(TEPUI_WORDS_MEETING, 9)) == "unknown");
}

TEST_CASE("critical set: survives any lack of memory") {
    const Context context(1);
    const PlantedPoint point = planted(context, {tepui::Definiteness::indefinite});
    { const CriticalSet_ once = mapped(context, point, 2, 1); }
    // Thousands of allocations: not every number of them, but denser where they are few.
    tepui_status status = TEPUI_ERROR_OUT_OF_MEMORY;
    int refusals = 0;
    for (int64_t allowed = 0; status != TEPUI_OK; allowed += 1 + allowed / 8) {
        tepui_critical_set* made = nullptr;
        const int64_t before = live_blocks();
        {
            const AllocationLimit limit(allowed);
            status = tepui_map_critical_set(context, point.dataset.get(), point.network.get(), 2, 1, &made);
        }
        if (status == TEPUI_OK) {
            tepui_critical_set_destroy(made);
        } else {
            ++refusals;
            if (status != TEPUI_ERROR_OUT_OF_MEMORY) FAIL("status " << status << " at " << allowed);
            CHECK(made == nullptr);
        }
        CHECK(live_blocks() == before);
        REQUIRE(allowed < 10000000);
    }
    CHECK(refusals >= 20);
}
