// Reports: what any of them does, whatever it is of.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <thread>
#include <vector>

#include "api/counting_memory.hpp"
#include "api/planted_point.hpp"
#include "support/report.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

PlantedPoint planted(const Context& context) {
    PlantedOptions options;
    options.wanted = {Definiteness::positive_definite, Definiteness::indefinite};
    return PlantedPoint(context, options);
}

// The numbers between two marks of a JSON text.
std::vector<double> numbers_after(const std::string& json, const std::string& mark) {
    std::vector<double> numbers;
    const char* next = json.c_str() + json.find(mark) + mark.size();
    for (char* end = nullptr; *next != ']'; next = *end == ',' ? end + 1 : end)
        numbers.push_back(std::strtod(next, &end));
    return numbers;
}

}  // namespace

TEST_CASE("a report is read by path, as what it is") {
    const Context context;
    const PlantedPoint point = planted(context);
    const Analysis_ analysis = point.analyze(context);
    const Report report = report_of(context, analysis.get());
    CHECK(report.real("neurons/1/neuron") == 1.0);  // an integer is a real number, too
    CHECK(report.part("neurons").part("1").integer("neuron") == 1);
    CHECK(report.part("").handle() == report.handle());
    CHECK(report.count("loss") == 0);
    CHECK(report.count("a/0") == 0);
    const auto kind = [&](const char* path) {
        tepui_report_kind found = -1;
        REQUIRE(tepui_report_kind_of(context, report.handle(), path, &found) == TEPUI_OK);
        return found;
    };
    CHECK(kind("") == TEPUI_REPORT_OBJECT);
    CHECK(kind("neurons") == TEPUI_REPORT_ARRAY);
    CHECK(kind("loss") == TEPUI_REPORT_REAL);
    CHECK(kind("a") == TEPUI_REPORT_REALS);
    CHECK(kind("a/0") == TEPUI_REPORT_REAL);
    CHECK(kind("witness") == TEPUI_REPORT_NULL);
    CHECK(kind("strict") == TEPUI_REPORT_BOOLEAN);
    CHECK(kind("verdict") == TEPUI_REPORT_TEXT);
    CHECK(kind("reason") == TEPUI_REPORT_TEXT);
    CHECK(kind("hessian/inertia/zero") == TEPUI_REPORT_INTEGER);

    const double gamma[2] = {0.5, 0.5};
    tepui_split_verdict* made = nullptr;
    REQUIRE(tepui_classify_split(context, analysis.get(), 0, 2, gamma, &made) == TEPUI_OK);
    const SplitVerdict_ split(made);
    tepui_report_kind bounds = -1;
    REQUIRE(tepui_report_kind_of(context, report_of(context, made).handle(), "nullity_bounds", &bounds) ==
            TEPUI_OK);
    CHECK(bounds == TEPUI_REPORT_INTEGERS);
    CHECK(report_of(context, made).real("nullity_bounds/0") == 1.0);
    CHECK(report_of(context, made).integer("nullity_bounds/1") == 1);

    // Names, in order.
    std::vector<std::string> names;
    for (int64_t l = 0; l < report.count(""); ++l) {
        const char* name = nullptr;
        REQUIRE(tepui_report_name(context, report.handle(), "", l, &name) == TEPUI_OK);
        names.emplace_back(name);
    }
    CHECK(names.front() == "loss");
    CHECK(names.back() == "a");
    CHECK(std::count(names.begin(), names.end(), "neurons") == 1);
}

TEST_CASE("what a report does not hold is refused with the place where the path leads nowhere") {
    const Context context;
    const PlantedPoint point = planted(context);
    const Analysis_ analysis = point.analyze(context);
    const tepui_report* report = report_of(context, analysis.get()).handle();
    double real = kUntouched;
    int64_t integer = -7;
    int32_t flag = -7;
    const char* text = nullptr;
    const double* reals = nullptr;
    const int64_t* integers = nullptr;
    const auto refused = [&](const char* path, std::initializer_list<const char*> words) {
        check_refused(context, tepui_report_real(context, report, path, &real), TEPUI_ERROR_INVALID_VALUE,
                      {path});
        check_refused(context, tepui_report_real(context, report, path, &real), TEPUI_ERROR_INVALID_VALUE,
                      words);
    };
    refused("neurons/0/iner_hessian/tau", {"\"neurons/0\" has no \"iner_hessian\"", "inner_hessian, method"});
    refused("neurons/2", {"\"neurons\" has 2 items", "below 2", "in place of \"2\""});
    refused("neurons/-1", {"in place of \"-1\""});
    refused("neurons/0x", {"in place of \"0x\""});
    refused("a/9", {"\"a\" has 2 items"});
    refused("a/0/0", {"\"a/0\" is a number and has no parts"});
    refused("loss/0", {"\"loss\" is a real number and has no parts"});
    refused("witness/measured", {"\"witness\" is null and has no parts"});
    refused("/loss", {"the report has no \"\""});
    refused("verdict", {"is text, a real number is expected"});
    refused("strict", {"is a boolean, a real number is expected"});
    refused("neurons", {"is an array, a real number is expected"});
    refused("witness", {"is null, a real number is expected"});
    const std::string endless(5000, 'x');
    check_refused(context, tepui_report_real(context, report, endless.c_str(), &real),
                  TEPUI_ERROR_INVALID_VALUE, {"xxx...", "the report has no"});
    check_refused(context, tepui_report_integer(context, report, "loss", &integer), TEPUI_ERROR_INVALID_VALUE,
                  {"loss", "is a real number, an integer is expected"});
    check_refused(context, tepui_report_integer(context, report, "reason", &integer),
                  TEPUI_ERROR_INVALID_VALUE, {"is text, an integer is expected"});
    check_refused(context, tepui_report_boolean(context, report, "loss", &flag), TEPUI_ERROR_INVALID_VALUE,
                  {"a boolean is expected"});
    check_refused(context, tepui_report_text(context, report, "a/0", &text), TEPUI_ERROR_INVALID_VALUE,
                  {"is a real number, text is expected"});
    check_refused(context, tepui_report_reals(context, report, "loss", &reals, &integer),
                  TEPUI_ERROR_INVALID_VALUE, {"an array of real numbers is expected"});
    check_refused(context, tepui_report_integers(context, report, "a", &integers, &integer),
                  TEPUI_ERROR_INVALID_VALUE, {"is real numbers, an array of integers is expected"});
    check_refused(context, tepui_report_name(context, report, "neurons", 0, &text), TEPUI_ERROR_INVALID_VALUE,
                  {"an object is expected"});
    check_refused(context, tepui_report_name(context, report, "hessian", 99, &text), TEPUI_ERROR_INVALID_SIZE,
                  {"index is 99"});
    check_refused(context, tepui_report_part(context, report, "a/0", nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"part"});
    check_refused(context, tepui_report_real(context, report, nullptr, &real), TEPUI_ERROR_NULL_POINTER,
                  {"path"});
    check_refused(context, tepui_report_real(context, nullptr, "loss", &real), TEPUI_ERROR_NULL_POINTER,
                  {"report"});
    check_refused(context, tepui_report_reals(context, report, "a", &reals, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"count"});
    CHECK(real == kUntouched);
    CHECK(integer == -7);
    CHECK(flag == -7);
    CHECK(text == nullptr);
    CHECK(reals == nullptr);
    CHECK(integers == nullptr);
}

TEST_CASE("JSON: every number reads back as it is") {
    const Context context;
    const PlantedPoint point = planted(context);
    const Analysis_ analysis = point.analyze(context);
    const Report report = report_of(context, analysis.get());
    const std::string json = report.json();
    const std::string a = report.part("a").json(), w = report.part("W").json();
    CHECK(numbers_after(a, "[") == report.reals("a"));
    CHECK(numbers_after(w, "[[") == report.reals("W/0"));
    CHECK(json.find("\"W\":" + w + ",\"a\":" + a) != std::string::npos);
    CHECK(json.find("\"verdict\":\"local_minimum\"") != std::string::npos);
    CHECK(json.find("\"witness\":null") != std::string::npos);
    CHECK(json.find("\"strict\":true") != std::string::npos);
    CHECK(json.find('\n') == std::string::npos);
    CHECK(report.part("a").json().front() == '[');
}

TEST_CASE("one report for all who ask at once") {
    const Context context;
    const PlantedPoint point = planted(context);
    const Analysis_ analysis = point.analyze(context);
    std::vector<const tepui_report*> found(8, nullptr);
    std::vector<std::thread> threads;
    for (const tepui_report*& one : found)
        threads.emplace_back([&one, &analysis] {
            tepui_context* own = nullptr;
            if (tepui_context_create(&own) != TEPUI_OK) return;
            if (tepui_analysis_report(own, analysis.get(), &one) != TEPUI_OK) one = nullptr;
            tepui_context_destroy(own);
        });
    for (std::thread& thread : threads) thread.join();
    for (const tepui_report* one : found) CHECK(one == found.front());
    CHECK(found.front() != nullptr);
}

TEST_CASE("a report survives any lack of memory") {
    const Context context(1);
    const PlantedPoint point = planted(context);
    const Analysis_ analysis = point.analyze(context);
    const tepui_report* report = nullptr;
    const char* json = nullptr;
    tepui_status status = TEPUI_ERROR_OUT_OF_MEMORY;
    int64_t allowed = 0;
    for (; status != TEPUI_OK; ++allowed) {
        const int64_t before = live_blocks();
        {
            const AllocationLimit limit(allowed);
            status = tepui_analysis_report(context, analysis.get(), &report);
        }
        if (status == TEPUI_OK) break;
        if (status != TEPUI_ERROR_OUT_OF_MEMORY) FAIL("status " << status << " at " << allowed);
        CHECK(report == nullptr);
        CHECK(live_blocks() == before);
        REQUIRE(allowed < 100000);
    }
    CHECK(allowed > 50);
    REQUIRE(report != nullptr);
    {
        const AllocationLimit limit(0);
        CHECK(tepui_report_json(context, report, &json) == TEPUI_ERROR_OUT_OF_MEMORY);
    }
    CHECK(json == nullptr);
    CHECK(Report(context, report).json() == report_of(context, point.analyze(context).get()).json());
    // Kept: asked again, nothing is built.
    const AllocationLimit limit(0);
    CHECK(tepui_analysis_report(context, analysis.get(), &report) == TEPUI_OK);
}
