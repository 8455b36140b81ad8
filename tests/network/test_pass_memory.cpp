// What a pass allocates does not depend on the number of samples: every byte of operator new and of buffers
// is counted.
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>

#include "core/allocator.hpp"
#include "network/derivatives/objective.hpp"
#include "splitting/inner_hessian.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

std::atomic<std::int64_t> allocated{0};  // in all
std::atomic<std::int64_t> live{0};
std::atomic<std::int64_t> peak{0};

void* note(void* memory) {
    if (memory == nullptr) return memory;
    const auto bytes = static_cast<std::int64_t>(malloc_usable_size(memory));
    allocated += bytes;
    const std::int64_t now = live += bytes;
    std::int64_t seen = peak;
    while (seen < now && !peak.compare_exchange_weak(seen, now)) {
    }
    return memory;
}

void forget(void* memory) noexcept {
    if (memory != nullptr) live -= static_cast<std::int64_t>(malloc_usable_size(memory));
    std::free(memory);
}

void* allocate(void*, std::size_t bytes, std::size_t alignment) {
    return note(std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment));
}

void release(void*, void* memory) {
    forget(memory);
}

struct Use {
    std::int64_t allocated, peak;
};

Use memory_of(const std::function<void()>& action) {
    const Allocator counting{allocate, release, nullptr};
    const AllocatorScope scope(counting);
    const std::int64_t before = allocated;
    const std::int64_t live_before = live;
    peak = live_before;
    action();
    REQUIRE(live == live_before);
    return {allocated - before, peak - live_before};
}

}  // namespace

void* operator new(std::size_t bytes) {
    void* memory = note(std::malloc(std::max<std::size_t>(bytes, 1)));
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return note(std::malloc(std::max<std::size_t>(bytes, 1)));
}
void operator delete(void* memory) noexcept {
    forget(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    forget(memory);
}

// Of samples in as many slabs: a sum waits to be merged at each level of their tree.
TEST_CASE("a pass over more samples in as many slabs takes the same memory") {
    constexpr Size kInputs = 14;
    constexpr Size kWidth = 6;
    const Network network = random_network(Activation(ActivationKind::gelu), kWidth, kInputs, 2);
    const auto use = [&](Size samples, int threads, auto&& pass) {
        const Problem problem = random_problem(samples, kInputs, kInputs, true, 1);
        const Dataset data(problem.source(), false, false, LossScaling::mean);
        pass(data, Execution{threads});  // what the runtime keeps for good is there now
        return memory_of([&] { pass(data, Execution{threads}); });
    };
    const auto check = [&](auto&& pass) {
        for (const int threads : {1, 2}) {
            const Use small = use(100000, threads, pass);
            const Use large = use(131000, threads, pass);
            CHECK(small.peak > 0);
            // The same requests; what the C library rounds them up to may differ by a few bytes.
            CHECK(std::abs(large.peak - small.peak) <= small.peak / 1000);
            CHECK(std::abs(large.allocated - small.allocated) <= small.allocated / 1000);
            CHECK(large.peak < std::int64_t{16} << 20);
        }
    };
    check([&](const Dataset& data, const Execution& how) { loss(data, network, how); });
    check([&](const Dataset& data, const Execution& how) { gradient(data, network, how); });
    check([&](const Dataset& data, const Execution& how) { hessian(data, network, how); });
    check([&](const Dataset& data, const Execution& how) { inner_hessians(data, network, how); });
    check([&](const Dataset& data, const Execution& how) {
        inner_hessians(data, network, how, Bounds::without);
    });
}
