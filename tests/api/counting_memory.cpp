#include "api/counting_memory.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::int64_t> asked{0};
std::atomic<std::int64_t> allowed{INT64_MAX};
std::atomic<bool> refuses_one{false};  // and grants all after it
std::atomic<std::int64_t> live{0};
std::atomic<std::int64_t> live_hook{0};

bool permitted() {
    ++asked;
    std::int64_t left = allowed.load();
    while (left > 0) {
        if (left == INT64_MAX || allowed.compare_exchange_weak(left, left - 1)) return true;
    }
    if (refuses_one.exchange(false)) allowed = INT64_MAX;
    return false;
}

void* aligned(std::size_t bytes, std::size_t alignment) {
    void* memory = nullptr;
    return posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
}

void* allocate(std::size_t bytes, std::size_t alignment) {
    if (!permitted()) return nullptr;
    void* memory = alignment <= alignof(std::max_align_t) ? std::malloc(bytes == 0 ? 1 : bytes)
                                                          : aligned(bytes, alignment);
    if (memory != nullptr) ++live;
    return memory;
}

void* allocate_or_throw(std::size_t bytes, std::size_t alignment) {
    void* memory = allocate(bytes, alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void release(void* memory) noexcept {
    if (memory != nullptr) --live;
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t bytes) {
    return allocate_or_throw(bytes, 0);
}
void* operator new[](std::size_t bytes) {
    return allocate_or_throw(bytes, 0);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return allocate_or_throw(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
    return allocate_or_throw(bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return allocate(bytes, 0);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
    return allocate(bytes, 0);
}
void operator delete(void* memory) noexcept {
    release(memory);
}
void operator delete[](void* memory) noexcept {
    release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    release(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
    release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    release(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
    release(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
    release(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
    release(memory);
}

// What the library's arrays and the scratch of its kernels come from without a hook. Free takes them back:
// which of these live is not counted.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
    return permitted() ? aligned(bytes, alignment) : nullptr;
}

namespace tepui::test {

void refuse_from(std::int64_t limit) {
    refuses_one = false;
    allowed = limit;
}
void refuse_one(std::int64_t limit) {
    refuses_one = true;
    allowed = limit;
}

AllocationLimit::AllocationLimit(std::int64_t limit) {
    refuse_from(limit);
}
AllocationLimit::~AllocationLimit() {
    refuse_from(INT64_MAX);
}

std::int64_t allocations() {
    return asked;
}

std::int64_t live_blocks() {
    return live;
}
std::int64_t live_hook_blocks() {
    return live_hook;
}

void* hook_allocate(void*, std::size_t bytes, std::size_t alignment) {
    if (!permitted()) return nullptr;
    void* memory = aligned(bytes, alignment);
    if (memory != nullptr) ++live_hook;
    return memory;
}

void hook_release(void*, void* memory) {
    --live_hook;
    std::free(memory);
}

}  // namespace tepui::test
