#include "linalg/blis_memory.hpp"

#include <sys/mman.h>

#include <string>

#include "core/error.hpp"

namespace tepui::linalg {

// Address space is what runs out where there is a limit; asking for it touches no page and takes a
// microsecond.
void require_blis_memory(int threads) {
    constexpr std::size_t shared = std::size_t{24} << 20;
    constexpr std::size_t of_a_thread = std::size_t{1} << 20;
    const std::size_t bytes = shared + of_a_thread * static_cast<std::size_t>(threads < 1 ? 1 : threads);
    void* const found = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (found == MAP_FAILED)
        throw Error(Status::out_of_memory,
                    "could not find the " + std::to_string(bytes) + " bytes that BLIS may need");
    munmap(found, bytes);
}

}  // namespace tepui::linalg
