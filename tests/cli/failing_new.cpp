// Preloaded into the command: allocation number TEPUI_FAIL_AT of operator new, and every later one (not so
// with TEPUI_FAIL_ONCE), fails. The number of all goes to the file TEPUI_COUNT_NEW. Counted are those of the
// command itself, from before main on; not what libraries allocate as they are loaded, nor programs that it
// runs.
#include <dlfcn.h>
#include <errno.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::atomic<long> count{0};
std::atomic<bool> begun{false};

bool is_the_command() {
    return std::strcmp(program_invocation_short_name, "tepui") == 0;
}

bool fails(long number) {
    static const char* const text = is_the_command() ? std::getenv("TEPUI_FAIL_AT") : nullptr;
    static const char* const alone = std::getenv("TEPUI_FAIL_ONCE");
    static const long first = text != nullptr ? std::atol(text) : 0;
    static const bool once = alone != nullptr && *alone != '\0';
    return first > 0 && (once ? number == first : number >= first);
}

struct Report {
    ~Report() {
        const char* path = is_the_command() ? std::getenv("TEPUI_COUNT_NEW") : nullptr;
        std::FILE* file = path != nullptr ? std::fopen(path, "w") : nullptr;
        if (file == nullptr) return;
        std::fprintf(file, "%ld\n", count.load());
        std::fclose(file);
    }
} report;

}  // namespace

void* operator new(std::size_t size) {
    if (begun && fails(++count)) throw std::bad_alloc();
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

// The C library's, which runs what the program does before main and main; libraries are loaded by now.
extern "C" int __libc_start_main(int (*main)(int, char**, char**), int count, char** arguments,
                                 void (*init)(), void (*fini)(), void (*loader_fini)(), void* stack_end) {
    const auto real = reinterpret_cast<decltype(&__libc_start_main)>(dlsym(RTLD_NEXT, "__libc_start_main"));
    begun = true;
    return real(main, count, arguments, init, fini, loader_fini, stack_end);
}
