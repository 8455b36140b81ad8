// Preloaded into the command: allocation number TEPUI_FAIL_AT of operator new, and every later one, fails.
// The number of all goes to the file TEPUI_COUNT_NEW.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

std::atomic<long> count{0};

long fail_at() {
    static const char* text = std::getenv("TEPUI_FAIL_AT");
    return text != nullptr ? std::atol(text) : 0;
}

struct Report {
    ~Report() {
        const char* path = std::getenv("TEPUI_COUNT_NEW");
        std::FILE* file = path != nullptr ? std::fopen(path, "w") : nullptr;
        if (file == nullptr) return;
        std::fprintf(file, "%ld\n", count.load());
        std::fclose(file);
    }
} report;

}  // namespace

void* operator new(std::size_t size) {
    const long number = ++count;
    if (fail_at() > 0 && number >= fail_at()) throw std::bad_alloc();
    if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) {
    return operator new(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}
