// Verdicts and searches of ranks, played by threads, against those of one process: whole reports, to the last
// digit.
#include "api/fixture.hpp"
#include "api/planted_point.hpp"
#include "support/ranks.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Case {
    std::vector<double> x, y, weights;
    int64_t n, d;
    tepui_dataset_flags flags;
    Network network;
    int64_t gathered = 0;
};

Case planted_case(const PlantedOptions& options) {
    Planted planted = plant(options).value();
    return {planted.x,       planted.targets,  planted.weights,
            planted.samples, planted.features, planted.bias ? TEPUI_DATASET_BIAS : 0,
            planted.network};
}

// What is asked: everything it finds as text.
using Question = std::function<std::string(tepui_context*, tepui_dataset*, tepui_network*)>;

std::string said(tepui_context* context, tepui_status status, const tepui_report* report) {
    const char* json = "";
    if (status == TEPUI_OK) status = tepui_report_json(context, report, &json);
    if (status == TEPUI_OK) return json;
    return std::string(tepui_status_name(status)) + ": " + tepui_context_message(context);
}

std::string ask(tepui_context* context, const Case& of, int64_t begin, int64_t end,
                const Question& question) {
    tepui_context_set_integer(context, TEPUI_OPTION_GATHERED_VALUES, of.gathered);
    tepui_dataset* data = nullptr;
    tepui_status status = tepui_dataset_create(
        context, end - begin, of.d, of.x.data() + begin * of.d, of.d, of.y.data() + begin,
        of.weights.empty() ? nullptr : of.weights.data() + begin, of.flags, &data);
    if (status != TEPUI_OK) return tepui_context_message(context);
    const Dataset_ owner(data);
    tepui_activation* sigma = nullptr;
    tepui_activation_create(context, static_cast<tepui_activation_kind>(of.network.activation.kind()),
                            &sigma);
    const Activation_ sigma_owner(sigma);
    tepui_network* network = nullptr;
    status = tepui_network_create(context, sigma, of.network.width, of.network.inputs, of.network.weights(0),
                                  of.network.inputs, of.network.outputs(), &network);
    if (status != TEPUI_OK) return tepui_context_message(context);
    const Network_ network_owner(network);
    return question(context, data, network);
}

void check_ranks(const Case& of, const Question& question, int64_t most = 3) {
    const Context context(2);
    const std::string one = ask(context, of, 0, of.n, question);
    INFO(one.substr(0, 300));
    REQUIRE(one.find("TEPUI_ERROR") == std::string::npos);
    REQUIRE(one.size() > 100);
    for (int64_t count = 2; count <= most; ++count) {
        for (const Division& division : divisions(of.n, count)) {
            Ranks ranks(count);
            std::vector<std::string> found(static_cast<std::size_t>(count));
            ranks.run([&](int64_t rank, tepui_context* at) {
                const auto r = static_cast<std::size_t>(rank);
                found[r] = ask(at, of, division[r], division[r + 1], question);
            });
            CHECK(ranks.empty());
            for (const std::string& text : found) REQUIRE(text == one);
        }
    }
}

std::string analyzed(tepui_context* context, tepui_dataset* data, tepui_network* network) {
    tepui_analysis* made = nullptr;
    const tepui_report* report = nullptr;
    tepui_context_set_integer(context, TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL);
    tepui_status status = tepui_analyze(context, data, network, &made);
    const Analysis_ owner(made);
    if (status == TEPUI_OK) status = tepui_analysis_report(context, made, &report);
    std::string text = said(context, status, report);
    if (status != TEPUI_OK) return text;
    const double gamma[] = {0.25, 0.75}, outside[] = {-0.5, 1.5};
    for (const double* shares : {gamma, outside}) {
        tepui_split_verdict* split = nullptr;
        const tepui_status classified = tepui_classify_split(context, made, 0, 2, shares, &split);
        if (classified == TEPUI_OK) tepui_split_verdict_report(context, split, &report);
        text += classified == TEPUI_OK ? said(context, classified, report) : tepui_context_message(context);
        tepui_split_verdict_destroy(split);
    }
    return text;
}

template <class Handle>
using Make = tepui_status (*)(tepui_context*, const tepui_dataset*, const tepui_network*, Handle**);
template <class Handle>
using Describe = tepui_status (*)(tepui_context*, const Handle*, const tepui_report**);

// What the report of a result says.
template <class Handle>
std::string made_and_said(tepui_context* context, tepui_dataset* data, tepui_network* network,
                          Make<Handle> make, Describe<Handle> describe, void (*destroy)(Handle*)) {
    Handle* made = nullptr;
    const tepui_report* report = nullptr;
    tepui_status status = make(context, data, network, &made);
    if (status == TEPUI_OK) status = describe(context, made, &report);
    const std::string text = said(context, status, report);
    destroy(made);
    return text;
}

std::string classified(tepui_context* context, tepui_dataset* data, tepui_network* network) {
    return made_and_said<tepui_network_verdict>(context, data, network, tepui_classify_network,
                                                tepui_network_verdict_report, tepui_network_verdict_destroy);
}

std::string judged_as_model(tepui_context* context, tepui_dataset* data, tepui_network* network) {
    return made_and_said<tepui_model_verdict>(context, data, network, tepui_classify_model,
                                              tepui_model_verdict_report, tepui_model_verdict_destroy);
}

std::string searched(tepui_context* context, tepui_dataset* data, tepui_network* network) {
    tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_STARTS, 3);
    tepui_context_set_integer(context, TEPUI_OPTION_SOLVE_MAX_ITERATIONS, 60);
    return made_and_said<tepui_solution>(context, data, network, tepui_solve_like, tepui_solution_report,
                                         tepui_solution_destroy);
}

PlantedOptions planted_options(Size samples) {
    PlantedOptions options;
    options.extra_samples = samples;
    options.weights = true;
    return options;
}

}  // namespace

TEST_CASE("verdicts of ranks that share the samples are those of one process") {
    const Case planted = planted_case(planted_options(5000));
    check_ranks(planted, analyzed);
    check_ranks(planted, classified);
    check_ranks(planted, judged_as_model, 2);
}

TEST_CASE("searches of ranks that share the samples are those of one process") {
    check_ranks(planted_case(planted_options(4100)), searched, 2);
}

TEST_CASE("ranks that have all samples find what one process finds, each for itself") {
    Case planted = planted_case(planted_options(300));
    planted.gathered = int64_t{1} << 23;
    check_ranks(planted, analyzed);
    check_ranks(planted, classified);
    check_ranks(planted, searched);
}
