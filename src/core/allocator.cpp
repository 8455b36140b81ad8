#include "core/allocator.hpp"

#include <cstdlib>

namespace tepui {
namespace {

void* allocate_aligned(void*, std::size_t bytes, std::size_t alignment) {
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    return std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
}

void release_aligned(void*, void* memory) {
    std::free(memory);
}

constexpr Allocator kDefault{allocate_aligned, release_aligned, nullptr};

thread_local Allocator t_current = kDefault;

}  // namespace

const Allocator& default_allocator() noexcept {
    return kDefault;
}
const Allocator& current_allocator() noexcept {
    return t_current;
}

AllocatorScope::AllocatorScope(const Allocator& allocator) noexcept : previous_(t_current) {
    t_current = allocator;
}
AllocatorScope::~AllocatorScope() {
    t_current = previous_;
}

}  // namespace tepui
