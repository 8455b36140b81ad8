#include <cmath>

#include "api/counting_memory.hpp"
#include "api/fixture.hpp"
#include "support/report.hpp"

using namespace tepui::test;

namespace {

using Directional_ = std::unique_ptr<tepui_directional, Destroy<tepui_directional_destroy>>;
using Embedding_ = std::unique_ptr<tepui_directional_embedding, Destroy<tepui_directional_embedding_destroy>>;

// w = (0, 1) on (1, 0), a kink, (0, 1) and (1, 1). Residuals 1, 1/2, -1/2 for a = 1: D(v) = (v1 - ...)/2 is
// held by the kink.
struct Plane {
    std::vector<double> x{1.0, 0.0, 0.0, 1.0, 1.0, 1.0}, y, w, a;

    explicit Plane(double r1, double r3, std::vector<double> outputs = {1.0})
        : w{0.0, 1.0}, a(std::move(outputs)) {
        const double residuals[3] = {r1, -r3, r3}, f = a[0];
        for (int k = 0; k < 3; ++k) y.push_back((k == 0 ? 0.0 : f) - residuals[k]);
    }
    Dataset_ dataset(const Context& context) const {
        tepui_dataset* made = nullptr;
        REQUIRE(tepui_dataset_create(context, 3, 2, x.data(), 2, y.data(), nullptr, TEPUI_DATASET_BORROW,
                                     &made) == TEPUI_OK);
        return Dataset_(made);
    }
    Network_ network(const Context& context, tepui_activation_kind kind = TEPUI_ACTIVATION_RELU) const {
        tepui_activation* sigma = nullptr;
        REQUIRE(tepui_activation_create(context, kind, &sigma) == TEPUI_OK);
        const Activation_ owner(sigma);
        tepui_network* made = nullptr;
        REQUIRE(tepui_network_create(context, sigma, 1, 2, w.data(), 2, a.data(), &made) == TEPUI_OK);
        return Network_(made);
    }
};

Directional_ judged(const Context& context, const tepui_dataset* data, const tepui_network* network,
                    const int64_t* offsets = nullptr, const int64_t* samples = nullptr) {
    tepui_directional* made = nullptr;
    REQUIRE(tepui_classify_directional(context, data, network, offsets, samples, &made) == TEPUI_OK);
    return Directional_(made);
}

Embedding_ replicated(const Context& context, const tepui_directional* verdict, std::vector<double> kappa,
                      std::vector<double> a) {
    tepui_directional_embedding* made = nullptr;
    REQUIRE(tepui_classify_replication(context, verdict, 0, int64_t(a.size()),
                                       kappa.empty() ? nullptr : kappa.data(), a.data(), &made) == TEPUI_OK);
    return Embedding_(made);
}

}  // namespace

TEST_CASE("directional: what the functions say fits together") {
    Context context;
    const Plane plane(1.0, -0.25);
    const Dataset_ data = plane.dataset(context);
    const Network_ network = plane.network(context);
    const Directional_ verdict = judged(context, data.get(), network.get());
    const tepui_directional* v = verdict.get();
    CHECK(tepui_directional_verdict(v) == TEPUI_VERDICT_LOCAL_MINIMUM);
    CHECK(tepui_directional_rule_of(v) == TEPUI_DIRECTIONAL_NO_ESCAPE_NEURON);
    CHECK(report_of(context, v).flag("global") == false);
    CHECK(report_of(context, v).real("loss") == Approx(0.5 * (1.0 + 2.0 * 0.0625)));
    CHECK(report_of(context, v).real("stationarity_tolerance") == 1e-8);
    CHECK(report_of(context, v).real("kink_tolerance") == 4.0 * 3.0 * std::pow(2.0, -52));
    CHECK(report_of(context, v).count("neurons") == 1);
    CHECK(report_of(context, v).known("deciding_neuron") == -1);
    CHECK(tepui_directional_witness(v) == nullptr);

    const Report neuron = report_of(context, v).part("neurons/0");
    CHECK(std::abs(neuron.real("psi")) <= neuron.real("psi_tolerance"));
    CHECK(neuron.integer("kinks") == 1);
    CHECK(neuron.integer("merged_kinks") == 1);
    CHECK_FALSE(neuron.flag("identically_zero"));
    CHECK_FALSE(neuron.flag("escape"));
    CHECK(neuron.null("direction"));
    CHECK(neuron.integer("nonnegative") == TEPUI_ANSWER_YES);
    CHECK(neuron.integer("method") == TEPUI_SIGN_INDEPENDENT);
    CHECK(neuron.text("undetermined_because") ==
          tepui_sentence(TEPUI_WORDS_SIGN_REASON, TEPUI_SIGN_REASON_NONE));
    CHECK(neuron.real("defect") <= neuron.real("defect_tolerance"));
    CHECK(neuron.real("margin") == Approx(0.5));
    int64_t kinks = 0;
    const int64_t* samples = nullptr;
    REQUIRE(tepui_directional_kinks(context, v, 0, &samples, &kinks) == TEPUI_OK);
    REQUIRE(kinks == 1);
    CHECK(samples[0] == 0);
    // D(v) = relu(v1) + v2 / 4 - (v1 + v2) / 4
    const std::vector<double> direction{-1.0, 5.0};
    double value = 0.0, tolerance = 0.0;
    REQUIRE(tepui_directional_derivative(context, v, 0, direction.data(), &value, &tolerance) == TEPUI_OK);
    CHECK(value == Approx(0.25));
    CHECK(tolerance > 0.0);
    CHECK(tolerance < 1e-6);
    CHECK(neuron.integer("plateau") == TEPUI_PLATEAU_LOCAL_MINIMA_AND_SADDLES);
    CHECK(neuron.integer("stationary") == TEPUI_REGION_NOT_NEGATIVE);
    CHECK(neuron.integer("local_minima") == TEPUI_REGION_GAMMA_PLUS);
    CHECK(neuron.integer("saddles") == TEPUI_REGION_GAMMA_BOUNDARY);
}

TEST_CASE("directional: saddles and falls come with a way down") {
    Context context;
    const Plane saddle(1.0, -0.25, {0.0});
    const Dataset_ data = saddle.dataset(context);
    const Network_ network = saddle.network(context);
    const Directional_ verdict = judged(context, data.get(), network.get());
    CHECK(tepui_directional_verdict(verdict.get()) == TEPUI_VERDICT_SADDLE);
    CHECK(report_of(context, verdict.get()).known("deciding_neuron") == 0);
    const tepui_witness* witness = tepui_directional_witness(verdict.get());
    REQUIRE(witness != nullptr);
    CHECK(report_of(context, witness).integer("order") == 2);
    CHECK(report_of(context, witness).real("measured") < -report_of(context, witness).real("measured_error"));
    // The library's own loss at the end of the way.
    std::vector<double> end(3);
    REQUIRE(tepui_witness_point(context, witness, report_of(context, witness).real("epsilon"), end.data()) ==
            TEPUI_OK);
    Plane moved(1.0, -0.25, {0.0});
    moved.w = {end[0], end[1]};
    moved.a = {end[2]};
    const Network_ there = moved.network(context);
    double loss = 0.0;
    REQUIRE(tepui_loss(context, data.get(), there.get(), &loss) == TEPUI_OK);
    CHECK(loss - report_of(context, verdict.get()).real("loss") ==
          Approx(report_of(context, witness).real("measured")));

    const Plane steep(1.0, -1.5);
    const Dataset_ steep_data = steep.dataset(context);
    const Network_ steep_network = steep.network(context);
    const Directional_ falls = judged(context, steep_data.get(), steep_network.get());
    CHECK(tepui_directional_verdict(falls.get()) == TEPUI_VERDICT_NOT_STATIONARY);
    CHECK(tepui_directional_rule_of(falls.get()) == TEPUI_DIRECTIONAL_DESCENT_DIRECTION);
    REQUIRE(tepui_directional_witness(falls.get()) != nullptr);
    CHECK(report_of(context, falls.get()).integer("witness/order") == 1);
    tepui_directional_embedding* refused = nullptr;
    const double one = 1.0;
    check_refused(context, tepui_classify_replication(context, falls.get(), 0, 1, nullptr, &one, &refused),
                  TEPUI_ERROR_NOT_STATIONARY, {"not stationary"});
    CHECK(refused == nullptr);
}

TEST_CASE("directional: wider networks") {
    Context context;
    const Plane plane(1.0, -0.25);
    const Dataset_ data = plane.dataset(context);
    const Network_ network = plane.network(context);
    const Directional_ verdict = judged(context, data.get(), network.get());
    const auto check = [&](std::vector<double> kappa, const std::vector<double>& a, tepui_verdict expected,
                           tepui_embedding_rule rule) {
        const Embedding_ wide = replicated(context, verdict.get(), std::move(kappa), a);
        CHECK(tepui_directional_embedding_verdict(wide.get()) == expected);
        CHECK(tepui_directional_embedding_rule(wide.get()) == rule);
        CHECK(tepui_network_width(tepui_directional_embedding_network(wide.get())) == int64_t(a.size()));
        CHECK((tepui_directional_embedding_witness(wide.get()) != nullptr) ==
              (expected != TEPUI_VERDICT_LOCAL_MINIMUM));
        CHECK((report_of(context, wide.get()).known("deciding_neuron") >= 0) ==
              (expected != TEPUI_VERDICT_LOCAL_MINIMUM));
    };
    check({}, {0.25, 0.75}, TEPUI_VERDICT_LOCAL_MINIMUM, TEPUI_EMBEDDING_POSITIVE_SHARES);
    check({2.0, 0.5}, {0.25, 1.0}, TEPUI_VERDICT_LOCAL_MINIMUM, TEPUI_EMBEDDING_POSITIVE_SHARES);
    check({}, {0.0, 1.0}, TEPUI_VERDICT_SADDLE, TEPUI_EMBEDDING_ZERO_SHARE);
    check({}, {-1.0, 2.0}, TEPUI_VERDICT_NOT_STATIONARY, TEPUI_EMBEDDING_OPPOSED_SHARES);

    const std::vector<double> dead{-1.0, -1.0}, none{0.0, 0.0};
    tepui_directional_embedding* raw = nullptr;
    REQUIRE(tepui_classify_added_neuron(context, verdict.get(), none.data(), 0.0, &raw) == TEPUI_OK);
    CHECK(tepui_directional_embedding_rule(raw) == TEPUI_EMBEDDING_ADDED_ESCAPE);
    tepui_directional_embedding_destroy(raw);
    REQUIRE(tepui_classify_added_neuron(context, verdict.get(), dead.data(), 4.0, &raw) == TEPUI_OK);
    CHECK(tepui_directional_embedding_rule(raw) == TEPUI_EMBEDDING_IDENTICALLY_ZERO);
    CHECK(tepui_directional_embedding_verdict(raw) == TEPUI_VERDICT_LOCAL_MINIMUM);
    tepui_directional_embedding_destroy(raw);
    const std::vector<double> on{1.0, 1.0}, bad{1.0, kNaN};
    check_refused(context, tepui_classify_added_neuron(context, verdict.get(), on.data(), 1.0, &raw),
                  TEPUI_ERROR_INVALID_VALUE, {"adds nothing"});
    check_refused(context, tepui_classify_added_neuron(context, verdict.get(), bad.data(), 0.0, &raw),
                  TEPUI_ERROR_NOT_FINITE, {"w"});
}

TEST_CASE("directional: kink sets may be given") {
    Context context;
    Plane plane(1.0, -0.25);
    plane.w = {1e-7, 1.0};  // off the kink by more than any tolerance of rounding
    const Dataset_ data = plane.dataset(context);
    const Network_ network = plane.network(context);
    CHECK(tepui_directional_verdict(judged(context, data.get(), network.get()).get()) ==
          TEPUI_VERDICT_NOT_STATIONARY);
    const int64_t offsets[2] = {0, 1}, samples[1] = {0};
    const Directional_ given = judged(context, data.get(), network.get(), offsets, samples);
    CHECK(report_of(context, given.get()).real("kink_tolerance") == 0.0);
    REQUIRE(tepui_context_set_real(context, TEPUI_OPTION_STATIONARITY, 1e-6) == TEPUI_OK);
    CHECK(tepui_directional_verdict(judged(context, data.get(), network.get(), offsets, samples).get()) ==
          TEPUI_VERDICT_LOCAL_MINIMUM);
    tepui_directional* made = nullptr;
    const int64_t far[1] = {3}, falling[2] = {0, -1}, shifted[2] = {1, 2};
    check_refused(context,
                  tepui_classify_directional(context, data.get(), network.get(), offsets, far, &made),
                  TEPUI_ERROR_INVALID_VALUE, {"3"});
    check_refused(context,
                  tepui_classify_directional(context, data.get(), network.get(), falling, far, &made),
                  TEPUI_ERROR_INVALID_VALUE, {"kink_offsets[1]", "-1"});
    check_refused(context,
                  tepui_classify_directional(context, data.get(), network.get(), shifted, far, &made),
                  TEPUI_ERROR_INVALID_VALUE, {"kink_offsets[0]"});
    check_refused(context,
                  tepui_classify_directional(context, data.get(), network.get(), offsets, nullptr, &made),
                  TEPUI_ERROR_NULL_POINTER, {"kink_samples"});
    CHECK(made == nullptr);
}

TEST_CASE("directional: refusals and null handles") {
    Context context;
    const Plane plane(1.0, -0.25);
    const Dataset_ data = plane.dataset(context);
    const Network_ network = plane.network(context), smooth = plane.network(context, TEPUI_ACTIVATION_TANH);
    tepui_directional* made = nullptr;
    check_refused(context,
                  tepui_classify_directional(context, data.get(), smooth.get(), nullptr, nullptr, &made),
                  TEPUI_ERROR_UNSUPPORTED, {"tanh"});
    check_refused(context,
                  tepui_classify_directional(context, nullptr, network.get(), nullptr, nullptr, &made),
                  TEPUI_ERROR_NULL_POINTER, {"dataset"});
    const Directional_ verdict = judged(context, data.get(), network.get());
    check_refused(context, tepui_directional_kinks(context, verdict.get(), 1, nullptr, nullptr),
                  TEPUI_ERROR_INVALID_SIZE, {"neuron", "1"});
    tepui_directional_embedding* wide = nullptr;
    const double half[2] = {0.5, 0.6}, scales[2] = {1.0, -1.0};
    check_refused(context, tepui_classify_replication(context, verdict.get(), 0, 2, nullptr, half, &wide),
                  TEPUI_ERROR_INVALID_VALUE, {"1.1"});
    check_refused(context, tepui_classify_replication(context, verdict.get(), 0, 2, scales, half, &wide),
                  TEPUI_ERROR_INVALID_VALUE, {"kappa[1]", "-1"});
    CHECK(wide == nullptr);
    tepui_directional_destroy(nullptr);
    tepui_directional_embedding_destroy(nullptr);
    CHECK(tepui_directional_verdict(nullptr) == 0);
    CHECK(tepui_directional_witness(nullptr) == nullptr);
    CHECK(tepui_directional_embedding_network(nullptr) == nullptr);
    CHECK(std::string(tepui_name(TEPUI_WORDS_DIRECTIONAL_RULE, TEPUI_DIRECTIONAL_ESCAPE_NEURON)) ==
          "escape_neuron");
    CHECK(std::string(tepui_name(TEPUI_WORDS_DIRECTIONAL_RULE, 99)) == "unknown");
    CHECK(std::string(tepui_name(TEPUI_WORDS_SIGN_METHOD, TEPUI_SIGN_ZONOTOPE)) == "zonotope");
    CHECK(std::string(tepui_sentence(TEPUI_WORDS_SIGN_REASON, TEPUI_SIGN_REASON_NONE)).empty());
    CHECK(std::string(tepui_name(TEPUI_WORDS_ANSWER, TEPUI_ANSWER_NO)) == "no");
    CHECK(std::string(tepui_name(TEPUI_WORDS_EMBEDDING_RULE, TEPUI_EMBEDDING_ZERO_SHARE)) == "zero_share");
    CHECK(std::string(tepui_sentence(TEPUI_WORDS_EMBEDDING_RULE, 0)) == "unknown");
}

TEST_CASE("directional: refused memory leaks nothing") {
    Context context;
    const Plane plane(1.0, -0.25, {0.0});
    const Dataset_ data = plane.dataset(context);
    const Network_ network = plane.network(context);
    judged(context, data.get(), network.get());
    for (int64_t allowed = 0; allowed < 100000; ++allowed) {
        const int64_t blocks = live_blocks();
        tepui_directional* made = nullptr;
        tepui_status status = TEPUI_OK;
        {
            const AllocationLimit limit(allowed);
            status = tepui_classify_directional(context, data.get(), network.get(), nullptr, nullptr, &made);
        }
        if (status == TEPUI_OK) {
            tepui_directional_destroy(made);
            CHECK(allowed > 5);
            return;
        }
        REQUIRE(status == TEPUI_ERROR_OUT_OF_MEMORY);
        REQUIRE(made == nullptr);
        REQUIRE(live_blocks() == blocks);
    }
}
