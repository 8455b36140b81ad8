// Forked processes, and what the environment may say.
#include <omp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "api/fixture.hpp"
#include "core/random.hpp"
#include "support/own_process.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

// Enough work for two threads in every phase.
struct Busy {
    static constexpr int64_t n = 4000, d = 16, m = 12, p = m * (d + 1);
    std::vector<double> x, y, w, a;
    Busy() {
        Random random(6, 0);
        for (int64_t k = 0; k < n * d; ++k) x.push_back(random.normal());
        for (int64_t k = 0; k < n; ++k) y.push_back(random.normal());
        for (int64_t k = 0; k < m * d; ++k) w.push_back(0.3 * random.normal());
        a.assign(m, 1.0);
    }
};

// Hessian, its spectrum (LAPACK over BLIS) and inner Hessians; empty when a call failed.
std::vector<double> computed(const Busy& busy, int64_t threads) {
    const Context context(threads);
    const Activation_ sigma = Problem().activation(context);
    tepui_dataset* data = nullptr;
    tepui_network* network = nullptr;
    if (tepui_dataset_create(context, Busy::n, Busy::d, busy.x.data(), Busy::d, busy.y.data(), nullptr, 0,
                             &data) != TEPUI_OK)
        return {};
    const Dataset_ data_owner(data);
    if (tepui_network_create(context, sigma.get(), Busy::m, Busy::d, busy.w.data(), Busy::d, busy.a.data(),
                             &network) != TEPUI_OK)
        return {};
    const Network_ network_owner(network);
    constexpr std::size_t square = static_cast<std::size_t>(Busy::p * Busy::p);
    std::vector<double> out(square + Busy::p + Busy::m * Busy::d * Busy::d);
    const bool well =
        tepui_hessian(context, data, network, out.data(), Busy::p) == TEPUI_OK &&
        tepui_symmetric_eigen(context, 1, Busy::p, out.data(), out.data() + square, nullptr) == TEPUI_OK &&
        tepui_inner_hessians(context, data, network, out.data() + square + Busy::p) == TEPUI_OK;
    return well ? out : std::vector<double>{};
}

int reported_threads(int64_t threads) {
    const Context context(threads);
    const char* text = nullptr;
    return tepui_info(context, TEPUI_INFO_THREADS, &text) == TEPUI_OK ? std::atoi(text) : -1;
}

// The exit status of a forked process that does this; -1: a signal ended it, and after 60 s one does.
int in_fork(const std::function<int()>& body) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        alarm(60);
        _exit(body());
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a process that is forked while there is one thread has all of them", "[.alone]") {
    CHECK(in_fork([] { return reported_threads(2); }) == 2);
    const Busy busy;
    CHECK(in_fork([&] { return computed(busy, 2).empty() ? 1 : 0; }) == 0);
}

TEST_CASE("where BLIS would find no memory, calls fail before it ends the process", "[.memory]") {
    constexpr int64_t n = 300;
    std::vector<double> a(n * n), values(n);
    for (int64_t i = 0; i < n; ++i) a[static_cast<std::size_t>(i * n + i)] = 1.0 + static_cast<double>(i);
    for (int64_t i = 1; i < n; ++i) a[static_cast<std::size_t>(i * n)] = 1e-3;
    const Context context(1);
    const auto solve = [&](rlim_t room) {
        return in_fork([&] {
            std::ifstream status("/proc/self/statm");
            rlim_t pages = 0;
            status >> pages;
            const rlim_t limit = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + room;
            const rlimit limits{limit, limit};
            if (setrlimit(RLIMIT_AS, &limits) != 0) return 99;
            return static_cast<int>(tepui_symmetric_eigen(context, 1, n, a.data(), values.data(), nullptr));
        });
    };
    for (rlim_t megabytes = 2; megabytes < 60; megabytes += 2) {
        const int got = solve(megabytes << 20);
        CAPTURE(megabytes);
        CHECK((got == TEPUI_OK || got == TEPUI_ERROR_OUT_OF_MEMORY));
        if (megabytes <= 8) CHECK(got == TEPUI_ERROR_OUT_OF_MEMORY);
        if (megabytes >= 50) CHECK(got == TEPUI_OK);
    }
}

TEST_CASE("a process that is forked after the library ran on two threads computes on one, the same") {
    const Busy busy;
    const std::vector<double> expected = computed(busy, 2);
    REQUIRE_FALSE(expected.empty());
    CHECK(in_fork([] { return reported_threads(2); }) == 1);
    CHECK(in_fork([&] { return computed(busy, 2) == expected ? 0 : 1; }) == 0);
    // So do its own children, with default options, too.
    CHECK(in_fork([&] { return in_fork([&] { return computed(busy, 0) == expected ? 0 : 1; }); }) == 0);
    CHECK(reported_threads(2) == 2);
    CHECK(computed(busy, 2) == expected);
}

TEST_CASE("a process that is forked after anybody's OpenMP ran computes on one thread") {
#pragma omp parallel num_threads(2)
    { [[maybe_unused]] const int number = omp_get_thread_num(); }
    CHECK(in_fork([] { return reported_threads(2); }) == 1);
}

namespace {

// What this program prints, run anew for one test case with TEPUI_ISA set.
std::string in_environment(const char* isa) {
    return printed_by_child("TEPUI_ISA", isa);
}

}  // namespace

TEST_CASE("says what comes of TEPUI_ISA", "[.child]") {
    Context context;
    double loss = 0.0;
    const char* isa = "";
    std::printf("<%s|", tepui_status_name(tepui_info(context, TEPUI_INFO_ISA, &isa)));
    std::printf("%s|%s|", context.message().c_str(), isa);
    std::printf("%s|", tepui_status_name(tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 1)));
    std::printf("%s|", tepui_status_name(tepui_loss(context, nullptr, nullptr, &loss)));
    std::printf("%s|", tepui_status_name(tepui_force_isa(context, "nonsense")));
    std::printf("%s|", tepui_status_name(tepui_force_isa(context, "")));
    std::printf("%s>", tepui_status_name(tepui_info(context, TEPUI_INFO_ISA, &isa)));
    std::fflush(stdout);
}

TEST_CASE("an unknown TEPUI_ISA is an error of every call until an instruction set is forced") {
    const Context context;
    const char* text = nullptr;
    REQUIRE(tepui_info(context, TEPUI_INFO_ISAS, &text) == TEPUI_OK);
    const std::string available = text;
    const std::string invalid = tepui_status_name(TEPUI_ERROR_INVALID_VALUE);
    const std::string fine = tepui_status_name(TEPUI_OK);
    for (const std::string wrong : {"garbage", "avx2", "AVX2 ", "AVX"}) {
        const std::string said = in_environment(wrong.c_str());
        CHECK(said.find("<" + invalid + "|the environment variable TEPUI_ISA is '" + wrong + "', one of " +
                        available + " is expected||" + invalid + "|" + invalid + "|" + invalid + "|" + fine +
                        "|" + fine + ">") != std::string::npos);
    }
    const std::string best = available.substr(0, available.find(' '));
    const std::string last = available.substr(available.rfind(' ') + 1);
    CHECK(in_environment("").find("<" + fine + "||" + best + "|" + fine) != std::string::npos);
    CHECK(in_environment(last.c_str()).find("<" + fine + "||" + last + "|" + fine) != std::string::npos);
}
