// Every allocation of the process counted, and refused from a chosen one on.
#pragma once

#include <cstdint>

namespace tepui::test {

// Allows `allowed` further allocations (operator new and the allocator hook together), then refuses all, on
// every thread, until destroyed.
class AllocationLimit {
  public:
    explicit AllocationLimit(std::int64_t allowed);
    ~AllocationLimit();
    AllocationLimit(const AllocationLimit&) = delete;
    AllocationLimit& operator=(const AllocationLimit&) = delete;
};

// Blocks of operator new and of the hook that are alive now.
std::int64_t live_blocks();
std::int64_t live_hook_blocks();

// The hook for tepui_context_create_with_allocator.
void* hook_allocate(void* user, std::size_t bytes, std::size_t alignment);
void hook_release(void* user, void* memory);

}  // namespace tepui::test
