#include <cmath>
#include <set>

#include "api/counting_memory.hpp"
#include "api/planted_point.hpp"

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
    CHECK(tepui_critical_set_width(s) == 3);
    CHECK(tepui_critical_set_nullity(s) == 0);
    CHECK(tepui_critical_set_loss(s) > 0.0);
    CHECK(tepui_critical_set_verdict(s) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(tepui_network_width(tepui_critical_set_minimal(s)) == 1);
    tepui_meeting meeting = 0;
    CHECK(tepui_critical_set_meeting(context, s, 0, &meeting) == TEPUI_OK);
    CHECK(meeting == TEPUI_MEETING_NO);
    REQUIRE(tepui_critical_set_branches(s) == 3);
    for (int64_t l = 0; l < 3; ++l) {
        int64_t dimension = -1, meets = -2;
        tepui_branch_content content = 0;
        int32_t reached = -1;
        const char *surjections = nullptr, *pieces = nullptr;
        REQUIRE(tepui_critical_set_branch(context, s, l, &dimension, &meets, &content, &reached, &surjections,
                                          &pieces) == TEPUI_OK);
        CHECK(dimension == 2 - l + l * 1);  // d = 2
        CHECK(meets == (l == 0 ? -1 : 1));
        CHECK(content == (l == 0 ? TEPUI_BRANCH_MINIMA_AND_SADDLES : TEPUI_BRANCH_SADDLES));
        CHECK(reached == 1);
        CHECK(std::string(surjections) == "1");
        // One null neuron of three, or two, and a mirror image for each of the others: tanh is odd.
        CHECK(std::string(pieces) == std::vector<std::string>{"8", "12", "6"}[std::size_t(l)]);
        REQUIRE(tepui_critical_set_branch(context, s, l, nullptr, nullptr, nullptr, nullptr, nullptr,
                                          nullptr) == TEPUI_OK);
        REQUIRE(tepui_critical_set_samples(s, l) == 2);
        for (int64_t i = 0; i < 2; ++i) {
            tepui_verdict verdict = 0;
            tepui_rule rule = 0;
            int64_t index = -2, nullity = -2, counted = -2;
            double gradient = NAN, psi = NAN, fall = NAN, flattest = NAN;
            REQUIRE(tepui_critical_set_sample(context, s, l, i, &verdict, &rule, &index, &nullity,
                                              &counted) == TEPUI_OK);
            REQUIRE(tepui_critical_set_measures(context, s, l, i, &gradient, &psi, &fall, &flattest) ==
                    TEPUI_OK);
            CHECK(std::string(tepui_rule_name(rule)) != "unknown");
            CHECK(nullity == counted);
            CHECK(nullity >= dimension);
            CHECK(gradient <= 1e-10);
            CHECK(psi <= 1e-13);
            CHECK((fall > 0.0) == (verdict == TEPUI_VERDICT_SADDLE));
            const tepui_network* network = tepui_critical_set_network(s, l, i);
            REQUIRE(network != nullptr);
            CHECK(tepui_network_width(network) == 3);
            double loss = NAN;
            REQUIRE(tepui_loss(context, point.dataset.get(), network, &loss) == TEPUI_OK);
            CHECK(loss == Approx(tepui_critical_set_loss(s)).epsilon(1e-10));
            const tepui_witness* witness = tepui_critical_set_witness(s, l, i);
            CHECK((witness != nullptr) == (verdict == TEPUI_VERDICT_SADDLE));
            if (witness != nullptr) {
                CHECK(tepui_witness_width(witness) == 3);
                CHECK(-tepui_witness_measured(witness) == fall);
            }
            const double* direction = tepui_critical_set_flattest_direction(s, l, i);
            REQUIRE(direction != nullptr);
            // A unit eigenvector: H v = flattest v.
            std::vector<double> product(9);
            REQUIRE(tepui_hessian_vector(context, point.dataset.get(), network, direction, product.data()) ==
                    TEPUI_OK);
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
    const auto index = [&](tepui_status got, const char* word) {
        check_refused(context, got, TEPUI_ERROR_INVALID_SIZE, {word});
    };
    tepui_meeting meeting = 0;
    index(tepui_critical_set_meeting(context, set.get(), 1, &meeting), "neuron");
    index(tepui_critical_set_branch(context, set.get(), 2, nullptr, nullptr, nullptr, nullptr, nullptr,
                                    nullptr),
          "branch");
    index(tepui_critical_set_sample(context, set.get(), 0, 3, nullptr, nullptr, nullptr, nullptr, nullptr),
          "sample");
    index(tepui_critical_set_measures(context, set.get(), -1, 0, nullptr, nullptr, nullptr, nullptr),
          "branch");
    CHECK(tepui_critical_set_network(set.get(), 0, 3) == nullptr);
    tepui_existence existence = 0;
    index(tepui_critical_set_existence(context, set.get(), 2, &existence), "branch");
    REQUIRE(tepui_critical_set_existence(context, set.get(), 1, &existence) == TEPUI_OK);
    CHECK(std::string(tepui_existence_name(existence)) == "found");
    int64_t sample = -2, from = -2, tried = -2, improved = -2;
    REQUIRE(tepui_critical_set_optimum(context, set.get(), 0, TEPUI_GOAL_FLATTEST, &sample, &from, &tried,
                                       &improved) == TEPUI_OK);
    CHECK(from == 0);
    CHECK(sample == (improved > 0 ? sample : from));
    CHECK(tepui_critical_set_network(set.get(), 0, sample) != nullptr);
    check_refused(context,
                  tepui_critical_set_optimum(context, set.get(), 0, 7, &sample, &from, &tried, &improved),
                  TEPUI_ERROR_INVALID_VALUE, {"goal is 7"});
    CHECK(tepui_critical_set_witness(set.get(), 2, 0) == nullptr);
    CHECK(tepui_critical_set_flattest_direction(set.get(), 0, -1) == nullptr);
    CHECK(tepui_critical_set_samples(set.get(), 7) == 0);
    tepui_critical_set_destroy(nullptr);
    CHECK(tepui_critical_set_minimal(nullptr) == nullptr);
    CHECK(tepui_critical_set_width(nullptr) == 0);
    CHECK(tepui_critical_set_nullity(nullptr) == 0);
    CHECK(std::isnan(tepui_critical_set_loss(nullptr)));
    CHECK(tepui_critical_set_verdict(nullptr) == 0);
    CHECK(tepui_critical_set_branches(nullptr) == 0);
    CHECK(tepui_critical_set_samples(nullptr, 0) == 0);
    CHECK(tepui_critical_set_network(nullptr, 0, 0) == nullptr);
    CHECK(tepui_critical_set_witness(nullptr, 0, 0) == nullptr);
    CHECK(tepui_critical_set_flattest_direction(nullptr, 0, 0) == nullptr);
}

TEST_CASE("critical set: names are there and differ") {
    std::set<std::string> names;
    for (int32_t i = TEPUI_BRANCH_GLOBAL_MINIMA; i <= TEPUI_BRANCH_UNDETERMINED; ++i)
        names.insert(tepui_branch_content_name(i));
    CHECK(names.size() == 7);
    CHECK(names.count("unknown") == 0);
    CHECK(std::string(tepui_branch_content_name(0)) == "unknown");
    CHECK(std::string(tepui_meeting_name(TEPUI_MEETING_YES)) == "yes");
    CHECK(std::string(tepui_meeting_name(TEPUI_MEETING_NO)) == "no");
    CHECK(std::string(tepui_meeting_name(TEPUI_MEETING_UNDETERMINED)) == "undetermined");
    CHECK(std::string(tepui_meeting_name(9)) == "unknown");
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
