// soak [SECONDS]: calls of every kind, mixed, from four threads with contexts of their own. Each call gives
// the bits it gave at first, whatever the others do; memory stays what it is after a while.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <thread>

#include "soak/jobs.hpp"

// Where the sanitizers keep the memory.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace {

using namespace tepui::test;
using Clock = std::chrono::steady_clock;

constexpr int caller_count = 4;
constexpr int rounds = 16, warm_rounds = 4;
// A leak grows in every round; libraries that keep buffers for the callers there are at once grow now and
// then.
constexpr double most_per_round = 0.016, most_resident_per_round = 1.0;  // MB

struct Memory {
    double in_use = 0.0, resident = 0.0;  // MB; resident 0 under a sanitizer, which keeps what is freed
};

Memory memory() {
    if (__sanitizer_get_current_allocated_bytes != nullptr)
        return {double(__sanitizer_get_current_allocated_bytes()) / 1e6, 0.0};
    const struct mallinfo2 info = mallinfo2();
    std::ifstream statm("/proc/self/statm");
    double total = 0.0, resident = 0.0;
    statm >> total >> resident;
    return {double(info.uordblks + info.hblkhd) / 1e6, resident * double(sysconf(_SC_PAGESIZE)) / 1e6};
}

// The median growth from round to round, once all is warm.
double usual_growth(const std::vector<double>& values) {
    std::vector<double> growth;
    for (std::size_t l = warm_rounds; l < values.size(); ++l) growth.push_back(values[l] - values[l - 1]);
    std::nth_element(growth.begin(), growth.begin() + std::ptrdiff_t(growth.size() / 2), growth.end());
    return growth[growth.size() / 2];
}

std::uint64_t digest_of(const Job& job, const Shared& shared, tepui_context* context) {
    Digest digest;
    job.run(shared, context, digest);
    return digest.value();
}

class Soak {
  public:
    explicit Soak(double seconds)
        : round_(
              std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds / rounds))) {
        const tepui::cli::Context context = tepui::cli::make_context();
        for (const Job& job : jobs()) expected_.push_back(digest_of(job, shared_, context.get()));
    }

    bool run() {
        std::barrier together(caller_count + 1);
        std::vector<std::thread> callers;
        for (int caller = 0; caller < caller_count; ++caller)
            callers.emplace_back([this, caller, &together] { call(caller, together); });
        std::vector<double> in_use, resident;
        for (int round = 0; round < rounds; ++round) {
            together.arrive_and_wait();  // all begin
            together.arrive_and_wait();  // all have ended
            const Memory now = memory();
            std::printf("%lld calls, %.3f MB in use, %.1f MB resident\n", calls_.load(), now.in_use,
                        now.resident);
            std::fflush(stdout);
            in_use.push_back(now.in_use);
            resident.push_back(now.resident);
        }
        for (std::thread& caller : callers) caller.join();
        const bool flat =
            usual_growth(in_use) <= most_per_round && usual_growth(resident) <= most_resident_per_round;
        if (!flat) std::printf("memory grows by %.3f MB a round\n", usual_growth(in_use));
        return flat && failures_.load() == 0;
    }

  private:
    void call(int caller, std::barrier<>& together) {
        const tepui::cli::Context context = tepui::cli::make_context();
        tepui_context_set_integer(context.get(), TEPUI_OPTION_THREADS, 1 + caller % 2);
        std::mt19937 random(static_cast<unsigned>(caller));
        for (int round = 0; round < rounds; ++round) {
            together.arrive_and_wait();
            const auto end = Clock::now() + round_;
            // Every call once in each round, however short, so that all rounds are alike.
            for (std::size_t l = 0; l < jobs().size() || Clock::now() < end; ++l)
                check(l < jobs().size() ? l : random() % jobs().size(), caller, context.get());
            together.arrive_and_wait();
        }
    }
    void check(std::size_t which, int caller, tepui_context* context) {
        const Job& job = jobs()[which];
        ++calls_;
        try {
            if (digest_of(job, shared_, context) == expected_[which]) return;
            std::printf("caller %d: %s gives other bits than at first\n", caller, job.name);
        } catch (const std::exception& error) {
            std::printf("caller %d: %s: %s\n", caller, job.name, error.what());
        }
        ++failures_;
    }

    const Clock::duration round_;
    const Shared shared_;
    std::vector<std::uint64_t> expected_;
    std::atomic<long long> calls_{0}, failures_{0};
};

}  // namespace

int main(int count, char** arguments) {
    const double seconds = count > 1 ? std::strtod(arguments[1], nullptr) : 5.0;
    return Soak(seconds).run() ? 0 : 1;
}
