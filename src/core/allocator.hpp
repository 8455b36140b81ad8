// The allocator hook. An API call installs its context's allocator for the calling thread; every Buffer made
// meanwhile takes its memory there and remembers where to give it back.
#pragma once

#include <cstddef>

namespace tepui {

struct Allocator {
    void* (*allocate)(void* user, std::size_t bytes, std::size_t alignment);  // null when out of memory
    void (*release)(void* user, void* memory);
    void* user;
};

const Allocator& default_allocator() noexcept;
const Allocator& current_allocator() noexcept;

class AllocatorScope {
  public:
    explicit AllocatorScope(const Allocator& allocator) noexcept;
    ~AllocatorScope();
    AllocatorScope(const AllocatorScope&) = delete;
    AllocatorScope& operator=(const AllocatorScope&) = delete;

  private:
    Allocator previous_;
};

}  // namespace tepui
