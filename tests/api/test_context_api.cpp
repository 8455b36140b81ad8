#include <chrono>
#include <cstdlib>
#include <set>

#include "api/fixture.hpp"

using namespace tepui::test;

TEST_CASE("status names are distinct and known") {
    std::set<std::string> names;
    for (tepui_status status = TEPUI_OK; status <= TEPUI_ERROR_INTERNAL; ++status) {
        names.insert(tepui_status_name(status));
    }
    REQUIRE(names.size() == 12);
    REQUIRE(std::string(tepui_status_name(TEPUI_ERROR_NOT_FINITE)) == "TEPUI_ERROR_NOT_FINITE");
    REQUIRE(std::string(tepui_status_name(-1)) == "unknown");
    REQUIRE(std::string(tepui_status_name(12)) == "unknown");
}

TEST_CASE("the version is the headers'") {
    REQUIRE(std::string(tepui_version()) == std::to_string(TEPUI_VERSION_MAJOR) + "." +
                                                std::to_string(TEPUI_VERSION_MINOR) + "." +
                                                std::to_string(TEPUI_VERSION_PATCH));
}

TEST_CASE("contexts: null arguments") {
    REQUIRE(tepui_context_create(nullptr) == TEPUI_ERROR_NULL_POINTER);
    tepui_context* context = nullptr;
    const auto allocate = [](void*, size_t, size_t) -> void* { return nullptr; };
    const auto release = [](void*, void*) {};
    REQUIRE(tepui_context_create_with_allocator(nullptr, release, nullptr, &context) ==
            TEPUI_ERROR_NULL_POINTER);
    REQUIRE(tepui_context_create_with_allocator(allocate, nullptr, nullptr, &context) ==
            TEPUI_ERROR_NULL_POINTER);
    REQUIRE(tepui_context_create_with_allocator(allocate, release, nullptr, nullptr) ==
            TEPUI_ERROR_NULL_POINTER);
    REQUIRE(context == nullptr);
    tepui_context_destroy(nullptr);
    REQUIRE(tepui_context_message(nullptr) != nullptr);
    REQUIRE(tepui_context_set_integer(nullptr, TEPUI_OPTION_SEED, 1) == TEPUI_ERROR_NULL_POINTER);
}

TEST_CASE("integer options: defaults, bounds, refusals") {
    Context context;
    const std::vector<std::pair<tepui_option, int64_t>> defaults{
        {TEPUI_OPTION_THREADS, 0},
        {TEPUI_OPTION_SEED, 1},
        {TEPUI_OPTION_NEURON_METHOD, TEPUI_NEURON_METHOD_AUTOMATIC},
        {TEPUI_OPTION_ANALYSIS_SCOPE, TEPUI_SCOPE_COMPLETE},
        {TEPUI_OPTION_HESSIAN_METHOD, TEPUI_HESSIAN_METHOD_AUTOMATIC},
        {TEPUI_OPTION_GRAM_PRECISION, TEPUI_PRECISION_DOUBLE},
        {TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_NEEDED},
        {TEPUI_OPTION_SOLVE_TARGET, TEPUI_SOLVE_MINIMUM},
        {TEPUI_OPTION_SOLVE_STARTS, 16},
        {TEPUI_OPTION_SOLVE_MAX_ITERATIONS, 500}};
    for (const auto& [option, expected] : defaults) {
        INFO("option " << option);
        int64_t value = -1, lower = -1, upper = -1;
        REQUIRE(tepui_context_get_integer(context, option, &value) == TEPUI_OK);
        CHECK(value == expected);
        REQUIRE(tepui_context_integer_bounds(context, option, &lower, &upper) == TEPUI_OK);
        for (const int64_t bound : {lower, upper}) {
            REQUIRE(tepui_context_set_integer(context, option, bound) == TEPUI_OK);
            REQUIRE(tepui_context_get_integer(context, option, &value) == TEPUI_OK);
            CHECK(value == bound);
        }
        check_refused(context, tepui_context_set_integer(context, option, lower - 1),
                      TEPUI_ERROR_INVALID_VALUE, {"TEPUI_OPTION_", std::to_string(lower - 1).c_str()});
        if (upper < INT64_MAX) {
            check_refused(context, tepui_context_set_integer(context, option, upper + 1),
                          TEPUI_ERROR_INVALID_VALUE, {std::to_string(upper + 1).c_str()});
        }
        REQUIRE(tepui_context_get_integer(context, option, &value) == TEPUI_OK);
        CHECK(value == upper);  // a refused value changes nothing
        CHECK(context.message().empty());
        double real = kUntouched;
        check_refused(context, tepui_context_set_real(context, option, 1.0), TEPUI_ERROR_INVALID_VALUE,
                      {"an integer option", "a real option is expected"});
        check_refused(context, tepui_context_get_real(context, option, &real), TEPUI_ERROR_INVALID_VALUE, {});
        CHECK(real == kUntouched);
    }
}

TEST_CASE("real options: defaults, bounds, refusals") {
    Context context;
    const std::vector<std::pair<tepui_option, double>> defaults{
        {TEPUI_OPTION_STATIONARITY, 1e-8},     {TEPUI_OPTION_ROUNDING_FACTOR, 4.0},
        {TEPUI_OPTION_ZERO_LOSS_FACTOR, 16.0}, {TEPUI_OPTION_SOLVE_TOLERANCE, 1e-12},
        {TEPUI_OPTION_SOLVE_DIVERGENCE, 1e6},  {TEPUI_OPTION_REDUCE_WEIGHTS, 1e-9},
        {TEPUI_OPTION_REDUCE_OUTPUTS, 1e-9}};
    for (const auto& [option, expected] : defaults) {
        INFO("option " << option);
        double value = kUntouched, lower = kUntouched, upper = kUntouched;
        REQUIRE(tepui_context_get_real(context, option, &value) == TEPUI_OK);
        CHECK(value == expected);
        REQUIRE(tepui_context_real_bounds(context, option, &lower, &upper) == TEPUI_OK);
        for (const double bound : {lower, upper}) {
            REQUIRE(tepui_context_set_real(context, option, bound) == TEPUI_OK);
            REQUIRE(tepui_context_get_real(context, option, &value) == TEPUI_OK);
            CHECK(value == bound);
        }
        for (const double bad :
             {std::nextafter(lower, -kInf), std::nextafter(upper, kInf), kNaN, kInf, -kInf}) {
            check_refused(context, tepui_context_set_real(context, option, bad), TEPUI_ERROR_INVALID_VALUE,
                          {"TEPUI_OPTION_", "expected"});
        }
        REQUIRE(tepui_context_get_real(context, option, &value) == TEPUI_OK);
        CHECK(value == upper);
        int64_t integer = -7;
        check_refused(context, tepui_context_get_integer(context, option, &integer),
                      TEPUI_ERROR_INVALID_VALUE, {"a real option", "an integer option is expected"});
        check_refused(context, tepui_context_integer_bounds(context, option, &integer, &integer),
                      TEPUI_ERROR_INVALID_VALUE, {});
        CHECK(integer == -7);
    }
}

TEST_CASE("options: unknown numbers and null pointers") {
    Context context;
    int64_t integer = -7, other = -7;
    double real = kUntouched;
    check_refused(context, tepui_context_set_integer(context, 12345, 1), TEPUI_ERROR_INVALID_VALUE,
                  {"12345"});
    check_refused(context, tepui_context_get_real(context, 12345, &real), TEPUI_ERROR_INVALID_VALUE,
                  {"12345"});
    CHECK(real == kUntouched);
    check_refused(context, tepui_context_get_integer(context, TEPUI_OPTION_SEED, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"value is null"});
    check_refused(context, tepui_context_get_real(context, TEPUI_OPTION_STATIONARITY, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"value is null"});
    check_refused(context, tepui_context_integer_bounds(context, TEPUI_OPTION_SEED, nullptr, &integer),
                  TEPUI_ERROR_NULL_POINTER, {"lower is null"});
    check_refused(context, tepui_context_integer_bounds(context, TEPUI_OPTION_SEED, &other, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"upper is null"});
    check_refused(context, tepui_context_real_bounds(context, TEPUI_OPTION_STATIONARITY, &real, nullptr),
                  TEPUI_ERROR_NULL_POINTER, {"upper is null"});
    CHECK(integer == -7);
    CHECK(other == -7);
    CHECK(real == kUntouched);
}

TEST_CASE("info: every item has a text, an unknown one is refused") {
    Context context(3);
    for (tepui_info_item item = TEPUI_INFO_ISA; item <= TEPUI_INFO_LINEAR_PROGRAMS; ++item) {
        INFO("item " << item);
        const char* text = nullptr;
        REQUIRE(tepui_info(context, item, &text) == TEPUI_OK);
        REQUIRE(text != nullptr);
        const bool optional = item == TEPUI_INFO_CERTIFICATES || item == TEPUI_INFO_LINEAR_PROGRAMS;
        if (item != TEPUI_INFO_BLAS_REMEDY && !optional) CHECK(std::strlen(text) > 0);
        if (item == TEPUI_INFO_THREADS) CHECK(std::string(text) == "3");
    }
    const char* text = nullptr;
    for (const tepui_info_item item : {0, 11, -1, INT32_MAX}) {
        check_refused(context, tepui_info(context, item, &text), TEPUI_ERROR_INVALID_VALUE,
                      {"item", std::to_string(item).c_str()});
    }
    CHECK(text == nullptr);
    check_refused(context, tepui_info(context, TEPUI_INFO_ISA, nullptr), TEPUI_ERROR_NULL_POINTER,
                  {"text is null"});
}

TEST_CASE("the instruction set can be forced to each available one") {
    Context context;
    const char* text = nullptr;
    REQUIRE(tepui_info(context, TEPUI_INFO_ISAS, &text) == TEPUI_OK);
    const std::string available = text;
    REQUIRE(tepui_info(context, TEPUI_INFO_ISA, &text) == TEPUI_OK);
    const std::string before = text;
    std::size_t seen = 0;
    for (std::size_t at = 0; at < available.size();) {
        const std::size_t end = std::min(available.find(' ', at), available.size());
        const std::string name = available.substr(at, end - at);
        REQUIRE(tepui_force_isa(context, name.c_str()) == TEPUI_OK);
        REQUIRE(tepui_info(context, TEPUI_INFO_ISA, &text) == TEPUI_OK);
        CHECK(text == name);
        at = end + 1;
        ++seen;
    }
    CHECK(seen >= 1);
    check_refused(context, tepui_force_isa(context, "Z80"), TEPUI_ERROR_INVALID_VALUE,
                  {"'Z80'", before.c_str()});
    check_refused(context, tepui_force_isa(context, nullptr), TEPUI_ERROR_NULL_POINTER, {"name is null"});
    REQUIRE(tepui_force_isa(context, "") == TEPUI_OK);
    REQUIRE(tepui_info(context, TEPUI_INFO_ISA, &text) == TEPUI_OK);
    CHECK(text == before);
}

namespace {

struct Listener {
    int64_t calls = 0;
    int64_t cancel_at = INT64_MAX;
    bool sane = true;
};

int32_t listen(void* user, const char* phase, double fraction) {
    auto& listener = *static_cast<Listener*>(user);
    listener.sane = listener.sane && phase != nullptr && fraction >= 0.0 && fraction <= 1.0;
    return ++listener.calls >= listener.cancel_at ? 1 : 0;
}

}  // namespace

TEST_CASE("progress is throttled and cancels") {
    Context context;
    Problem problem;
    std::vector<double> gram(4, kUntouched);
    const auto call = [&] {
        return tepui_weighted_gram(context, 6, 2, problem.x.data(), 2, 1, problem.y.data(), 6, gram.data());
    };

    Listener listener;
    REQUIRE(tepui_context_set_progress(context, listen, &listener) == TEPUI_OK);
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
    while (listener.calls < 2 || elapsed() < 0.45) REQUIRE(call() == TEPUI_OK);
    CHECK(listener.sane);
    CHECK(listener.calls <= 10.0 * elapsed() + 2.0);  // ten a second

    Listener impatient;
    impatient.cancel_at = 1;
    REQUIRE(tepui_context_set_progress(context, listen, &impatient) == TEPUI_OK);
    gram.assign(4, kUntouched);
    check_refused(context, call(), TEPUI_ERROR_CANCELLED, {"cancelled"});
    check_untouched(gram);
    CHECK(impatient.calls == 1);

    REQUIRE(tepui_context_set_progress(context, nullptr, nullptr) == TEPUI_OK);
    REQUIRE(call() == TEPUI_OK);
    CHECK(gram[0] != kUntouched);
    CHECK(context.message().empty());
}
