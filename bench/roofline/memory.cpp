// Shows that a pass streams: its memory at n, 10 n and 100 n samples.
#include <atomic>
#include <cstdlib>

#include "core/allocator.hpp"
#include "grids.hpp"
#include "pass_workload.hpp"
#include "splitting/inner_hessian.hpp"

namespace tepui::bench {
namespace {

// The library's arrays all come from here while it counts. Each block keeps its size in front of it.
class CountingMemory {
  public:
    Allocator allocator() { return {allocate, release, this}; }
    std::int64_t peak() const { return peak_; }

  private:
    static constexpr std::size_t kHeader = 64;

    static void* allocate(void* self, std::size_t bytes, std::size_t alignment) {
        const std::size_t whole = (bytes + kHeader + alignment - 1) / alignment * alignment;
        auto* memory = static_cast<char*>(std::aligned_alloc(std::max(alignment, kHeader), whole));
        if (memory == nullptr) return nullptr;
        *reinterpret_cast<std::size_t*>(memory) = bytes;
        auto& counting = *static_cast<CountingMemory*>(self);
        const std::int64_t now = counting.now_ += static_cast<std::int64_t>(bytes);
        std::int64_t most = counting.peak_;
        while (now > most && !counting.peak_.compare_exchange_weak(most, now)) {
        }
        return memory + kHeader;
    }
    static void release(void* self, void* memory) {
        char* block = static_cast<char*>(memory) - kHeader;
        static_cast<CountingMemory*>(self)->now_ -=
            static_cast<std::int64_t>(*reinterpret_cast<std::size_t*>(block));
        std::free(block);
    }

    std::atomic<std::int64_t> now_{0};
    std::atomic<std::int64_t> peak_{0};
};

}  // namespace

std::vector<PassMemory> pass_memory(const Settings& settings) {
    std::vector<PassMemory> all;
    const Size first = settings.quick ? 5000 : 10000;
    for (const Size samples : {first, 10 * first, 100 * first}) {
        const PassWorkload work(24, 10, samples);
        CountingMemory memory;
        const AllocatorScope scope(memory.allocator());
        Execution execution;
        execution.threads = settings.threads.back();
        inner_hessians(work.data, work.network, execution);
        all.push_back({samples, memory.peak()});
    }
    return all;
}

}  // namespace tepui::bench
