#include <cstdlib>
#include <vector>

#include "core/buffer.hpp"
#include "core/compensated.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "support/catch.hpp"

using namespace tepui;

TEST_CASE("size products and sums that overflow are refused") {
    REQUIRE(checked_product(3, 4) == 12);
    REQUIRE_THROWS_AS(checked_product(INT64_MAX / 2, 3), Error);
    REQUIRE_THROWS_AS(checked_product(-1, 3), Error);
    REQUIRE_THROWS_AS(checked_sum(INT64_MAX, 1), Error);
}

TEST_CASE("buffers are aligned, zeroed and take memory from the scoped allocator") {
    static int live = 0;
    const Allocator counting{[](void*, std::size_t bytes, std::size_t alignment) {
                                 ++live;
                                 return std::aligned_alloc(alignment,
                                                           (bytes + alignment - 1) / alignment * alignment);
                             },
                             [](void*, void* memory) {
                                 --live;
                                 std::free(memory);
                             },
                             nullptr};
    {
        Buffer<double> outlives;
        {
            const AllocatorScope scope(counting);
            Buffer<double> buffer(13);
            REQUIRE(live == 1);
            REQUIRE(reinterpret_cast<std::uintptr_t>(buffer.data()) % kAlignment == 0);
            for (const double x : buffer.span()) REQUIRE(x == 0.0);
            outlives = std::move(buffer);
        }
        REQUIRE(live == 1);
        REQUIRE(outlives.size() == 13);
    }
    REQUIRE(live == 0);
}

TEST_CASE("a failing allocator gives out_of_memory") {
    const Allocator failing{[](void*, std::size_t, std::size_t) -> void* { return nullptr; },
                            [](void*, void*) {}, nullptr};
    const AllocatorScope scope(failing);
    REQUIRE_THROWS_AS(Buffer<double>(1), Error);
}

TEST_CASE("compensated sums keep what plain sums lose") {
    CompensatedSum sum;
    for (const double x : {1.0, 1e100, 1.0, -1e100}) sum.add(x);
    REQUIRE(sum.value() == 2.0);
    // What one sum has set aside comes along into another.
    CompensatedSum other;
    other.add(1e-3);
    other.add(sum);
    REQUIRE(other.value() == 2.001);
}

TEST_CASE("every task of a phase runs once and the first exception comes out") {
    std::vector<int> seen(100, 0);
    parallel_for(3, 100, [&](Size task, Size) { ++seen[static_cast<std::size_t>(task)]; });
    for (const int count : seen) REQUIRE(count == 1);
    REQUIRE_THROWS_AS(parallel_for(2, 10,
                                   [](Size task, Size) {
                                       if (task == 7) throw Error(Status::numeric, "seven");
                                   }),
                      Error);
}

TEST_CASE("a phase begins when all of the one before is done, whatever the number of threads") {
    for (const int threads : {1, 2, 7}) {
        constexpr Size kTasks = 13;
        std::vector<Size> now(kTasks, 0), before(kTasks, 0);
        std::atomic<int> late{0};
        run_team(threads, [&](Team& team) {
            for (Size round = 1; round <= 2000; ++round) {
                team.phase(kTasks, [&](Size task, Size) {
                    if (before[static_cast<std::size_t>((task + round) % kTasks)] != round - 1) ++late;
                    now[static_cast<std::size_t>(task)] = round;
                });
                team.phase(kTasks, [&](Size task, Size) {
                    if (now[static_cast<std::size_t>((task + 5 * round) % kTasks)] != round) ++late;
                    before[static_cast<std::size_t>(task)] = round;
                });
            }
        });
        CHECK(late == 0);
        CHECK(before == std::vector<Size>(kTasks, 2000));
    }
}

TEST_CASE("random numbers depend on seed and stream alone") {
    Random a(1, 0), b(1, 0), c(1, 1);
    const double x = a.normal();
    REQUIRE(x == b.normal());
    REQUIRE(x != c.normal());
    CompensatedSum mean, square;
    for (int i = 0; i < 20000; ++i) {
        const double y = a.normal();
        mean.add(y / 20000);
        square.add(y * y / 20000);
    }
    REQUIRE(std::abs(mean.value()) < 0.03);
    REQUIRE(std::abs(square.value() - 1.0) < 0.05);
}

TEST_CASE("threads are woken for work that is worth it, never more than there are") {
    CHECK(worthwhile_threads(0.0, 8) == 1);
    CHECK(worthwhile_threads(1e3, 8) == 1);
    CHECK(worthwhile_threads(2e5, 8) == 4);
    CHECK(worthwhile_threads(1e9, 8) == 8);
    CHECK(worthwhile_threads(1e30, 1) == 1);
}
