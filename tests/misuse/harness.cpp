// What the tests of wrong arguments and of failures need from C: counted memory that can be refused, arrays
// that end where memory ends, the caller's functions failing at a chosen call, and a clock that lets every
// progress call be heard.
#include <dlfcn.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "api/counting_memory.hpp"

namespace {

// Which call of a function fails, and how.
enum Failure : std::int32_t { kNone = 0, kReturns = 1, kNaN = 2, kInfinity = 3 };
struct Turns {
    std::int64_t taken = 0, failing = 0;
    std::int32_t failure = kNone;
};
Turns activation_turns, chunk_turns, progress_turns;

bool fails(Turns& turns) {
    return ++turns.taken == turns.failing;
}

double spoilt(const Turns& turns) {
    return turns.failure == kInfinity ? std::numeric_limits<double>::infinity()
                                      : std::numeric_limits<double>::quiet_NaN();
}

// What the chunk function gives.
struct Samples {
    std::int64_t columns;
    const double *x, *y;
};

bool stepping_clock = false;

}  // namespace

extern "C" {

// An array of so many bytes that ends where memory ends; one past it is a fault. Zeros.
void* harness_array(std::size_t bytes) {
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t pages = (bytes + page - 1) / page;
    void* memory =
        mmap(nullptr, (pages + 1) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    char* end = static_cast<char*>(memory) + pages * page;
    if (mprotect(end, page, PROT_NONE) != 0) return nullptr;
    return end - bytes;
}

// Writing to it from now on is a fault.
int harness_lock(void* array, std::size_t bytes) {
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t pages = (bytes + page - 1) / page;
    return bytes == 0 ? 0
                      : mprotect(static_cast<char*>(array) + bytes - pages * page, pages * page, PROT_READ);
}

std::int64_t harness_live_blocks() {
    return tepui::test::live_blocks() + tepui::test::live_hook_blocks();
}
void harness_refuse_from(std::int64_t allowed) {
    tepui::test::refuse_from(allowed);
}
void harness_refuse_one(std::int64_t allowed) {
    tepui::test::refuse_one(allowed);
}
std::int64_t harness_allocations() {
    return tepui::test::allocations();
}
void* harness_allocate(void* user, std::size_t bytes, std::size_t alignment) {
    return tepui::test::hook_allocate(user, bytes, alignment);
}
void harness_release(void* user, void* memory) {
    tepui::test::hook_release(user, memory);
}

// tanh with three derivatives.
std::int32_t harness_activation(void*, std::int64_t count, const double* z, double* value, double* first,
                                double* second, double* third) {
    const bool failing = fails(activation_turns);
    if (failing && activation_turns.failure == kReturns) return 7;
    for (std::int64_t k = 0; k < count; ++k) {
        const double t = std::tanh(z[k]), slope = 1.0 - t * t;
        if (value != nullptr) value[k] = t;
        if (first != nullptr) first[k] = slope;
        if (second != nullptr) second[k] = -2.0 * t * slope;
        if (third != nullptr) third[k] = -2.0 * slope * (1.0 - 3.0 * t * t);
    }
    if (failing && count > 0) {
        // An infinity counts as overflow where |z| is 16 or more: it is given nearest to zero, or not at all.
        const double* const nearest =
            std::min_element(z, z + count, [](double u, double v) { return std::abs(u) < std::abs(v); });
        const double bad =
            std::abs(*nearest) < 16.0 ? spoilt(activation_turns) : std::numeric_limits<double>::quiet_NaN();
        for (double* array : {value, first, second, third})
            if (array != nullptr) array[nearest - z] = bad;
    }
    return 0;
}

// Samples of the arrays behind user.
std::int32_t harness_loss(void*, std::int64_t count, std::int64_t outputs, const double* f, const double* y,
                          double* value, double* gradient, double* hessian) {
    for (std::int64_t k = 0; k < count; ++k) {
        value[k] = 0.0;
        for (std::int64_t o = 0; o < outputs; ++o) {
            const double r = *f++ - *y++;
            value[k] += 0.5 * r * r;
            *gradient++ = r;
            for (std::int64_t q = 0; q < outputs; ++q) *hessian++ = o == q ? 1.0 : 0.0;
        }
    }
    return 0;
}

std::int32_t harness_chunk(void* user, std::int64_t first, std::int64_t count, double* x, double* y,
                           double*) {
    const bool failing = fails(chunk_turns);
    if (user == nullptr || (failing && chunk_turns.failure == kReturns)) return 7;
    const auto& samples = *static_cast<const Samples*>(user);
    std::copy_n(samples.x + first * samples.columns, count * samples.columns, x);
    if (y != nullptr) std::copy_n(samples.y + first, count, y);
    if (failing) x[count * samples.columns - 1] = spoilt(chunk_turns);
    return 0;
}

// Of ranks that are not there.
std::int32_t harness_send(void*, std::int64_t, const void*, std::int64_t) {
    return 1;
}
std::int32_t harness_receive(void*, std::int64_t, void*, std::int64_t) {
    return 1;
}

std::int32_t harness_progress(void*, const char*, double) {
    return fails(progress_turns) ? 1 : 0;
}

// Of the three functions above, by number: begins counting; the call `failing` fails, 0: none.
void harness_turns(std::int32_t which, std::int64_t failing, std::int32_t failure) {
    (which == 0 ? activation_turns : which == 1 ? chunk_turns : progress_turns) = {0, failing, failure};
}
std::int64_t harness_taken(std::int32_t which) {
    return (which == 0 ? activation_turns : which == 1 ? chunk_turns : progress_turns).taken;
}

// While stepping, the monotonic clock goes on by a second whenever it is read.
void harness_step_clock(std::int32_t stepping) {
    stepping_clock = stepping != 0;
}

// The C library's, unless stepping. Preloaded, this one is found first.
int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
    using Function = int (*)(clockid_t, struct timespec*);
    static const Function real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "clock_gettime"));
    static std::int64_t steps = 0;
    const int status = real(clock, time);
    if (stepping_clock && clock == CLOCK_MONOTONIC) time->tv_sec += ++steps;
    return status;
}

}  // extern "C"
