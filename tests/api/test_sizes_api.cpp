// Sizes that no array can have: refused by name before anything is read, whatever they are said of.
#include <tuple>

#include "api/fixture.hpp"
#include "api/planted_point.hpp"

using namespace tepui::test;

namespace {

constexpr int64_t kHuge = int64_t{1} << 62;

struct Splits {
    Context context{1};
    PlantedPoint point{context, wanted()};
    Analysis_ analysis = point.analyze(context);
    double gammas[4] = {0.5, 0.5, 0.5, 0.5};

    static tepui::test::PlantedOptions wanted() {
        PlantedOptions options;
        options.wanted = {tepui::Definiteness::positive_definite, tepui::Definiteness::indefinite};
        return options;
    }
};

}  // namespace

TEST_CASE("lists of splits: counts and offsets are judged before anything is read") {
    Splits s;
    tepui_split_verdict* made = nullptr;
    check_refused(s.context, tepui_classify_split(s.context, s.analysis.get(), 0, kHuge, s.gammas, &made),
                  TEPUI_ERROR_INVALID_SIZE, {"r is 4611686018427387904", "at most", "overflow"});
    const int64_t neurons[2] = {0, 1};
    for (const auto& [count, last, word] : {std::tuple{kHuge, int64_t{2}, "count is 4611686018427387904"},
                                            {int64_t{1}, INT64_MAX, "offsets[1] is 9223372036854775807"},
                                            {int64_t{1}, int64_t{-5}, "offsets[1] is -5"}}) {
        const int64_t offsets[3] = {0, last, last};
        const tepui_status expected = last < 0 ? TEPUI_ERROR_INVALID_VALUE : TEPUI_ERROR_INVALID_SIZE;
        check_refused(
            s.context,
            tepui_classify_splits(s.context, s.analysis.get(), count, neurons, offsets, s.gammas, &made),
            expected, {word});
        check_refused(
            s.context,
            tepui_classify_each_split(s.context, s.analysis.get(), count, neurons, offsets, s.gammas, &made),
            expected, {word});
    }
    // One more than there are neurons: the third offset is not there.
    const int64_t offsets[3] = {0, 2, 4};
    check_refused(s.context,
                  tepui_classify_splits(s.context, s.analysis.get(), 3, neurons, offsets, s.gammas, &made),
                  TEPUI_ERROR_INVALID_SIZE, {"count is 3", "at most m = 2"});
    CHECK(made == nullptr);
}

TEST_CASE("arrays of impossible length are refused by the name of their size") {
    const Context context(1);
    const Problem problem;
    const Activation_ sigma = problem.activation(context),
                      relu = problem.activation(context, TEPUI_ACTIVATION_RELU);
    const Dataset_ data = problem.dataset(context);
    const Network_ network = problem.network(context), kinked = problem.network(context, relu.get());
    const double* x = problem.x.data();
    const auto refused = [&](tepui_status status, const char* word) {
        check_refused(context, status, TEPUI_ERROR_INVALID_SIZE, {word, "at most", "overflow"});
    };
    tepui_dataset* made_data = nullptr;
    tepui_network* made = nullptr;
    double out[4];
    for (const int64_t n : {int64_t{1} << 45, int64_t{1} << 57, INT64_MAX}) {
        refused(tepui_dataset_create(context, n, 1, x, 1, x, x, 0, &made_data), "n is ");
        refused(tepui_network_create(context, sigma.get(), n, 1, x, 1, x, &made), "m is ");
        refused(tepui_split(context, network.get(), 0, n, x, &made), "r is ");
        refused(tepui_activation_evaluate(context, sigma.get(), n, x, out, nullptr, nullptr, nullptr),
                "count is ");
        refused(tepui_weighted_gram(context, n, 1, x, 1, 1, x, n, out), "n is ");
        refused(tepui_weighted_gram(context, 1, 1, x, 1, n, x, 1, out), "rows is ");
        refused(tepui_symmetric_eigen(context, n, 1, x, out, nullptr), "count is ");
        refused(tepui_symmetric_eigen(context, 1, n, x, out, nullptr), "d is ");
        tepui_several_outputs* outputs = nullptr;
        refused(tepui_classify_several_outputs(context, data.get(), kinked.get(), n, x, x, nullptr, nullptr,
                                               &outputs),
                "p is ");
    }
    const int64_t offsets[3] = {0, INT64_MAX, INT64_MAX}, samples[2] = {0, 1};
    tepui_directional* verdict = nullptr;
    check_refused(context,
                  tepui_classify_directional(context, data.get(), kinked.get(), offsets, samples, &verdict),
                  TEPUI_ERROR_INVALID_VALUE, {"kink_offsets[1] is 9223372036854775807", "at most"});
    REQUIRE(tepui_classify_directional(context, data.get(), kinked.get(), nullptr, nullptr, &verdict) ==
            TEPUI_OK);
    tepui_directional_embedding* embedding = nullptr;
    refused(tepui_classify_replication(context, verdict, 0, kHuge, nullptr, out, &embedding), "r is ");
    tepui_directional_destroy(verdict);
}
