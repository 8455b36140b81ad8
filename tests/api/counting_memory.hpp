// Every allocation of the process counted, and refused from a chosen one on.
#pragma once

#include <cstdint>

namespace tepui::test {

// Allows so many further allocations (operator new, aligned_alloc and the allocator hook together), then
// refuses all; INT64_MAX: none.
void refuse_from(std::int64_t allowed);
// Allows so many, refuses the next one, and allows all after it.
void refuse_one(std::int64_t allowed);
// Those asked for since the process began.
std::int64_t allocations();

// Allows `allowed` further allocations (of all these together), then refuses all, on every thread, until
// destroyed.
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
