// The ranks of tepui-mpi, which all run the same command: each gives the library its part of the rows, rank 0
// speaks and writes. One in tepui.
#pragma once
#include <tepui/collective.h>

#include <optional>

namespace tepui::cli {

struct Ranks {
    std::int64_t size = 1, rank = 0;
    tepui_send_function send = nullptr;
    tepui_receive_function receive = nullptr;
    void* user = nullptr;
    std::optional<std::int64_t> gathered_values;  // instead of the library's default
    bool loud = false;                            // every rank speaks: what it has to say is its own

    bool speaks() const { return rank == 0 || loud; }
    // The rows [first, end) of count are this rank's.
    std::int64_t first_of(std::int64_t count) const { return share(count, rank); }
    std::int64_t end_of(std::int64_t count) const { return share(count, rank + 1); }

  private:
    std::int64_t share(std::int64_t count, std::int64_t r) const {
        return count / size * r + count % size * r / size;
    }
};

// Set before anything else.
inline Ranks& ranks() {
    static Ranks all;
    return all;
}

}  // namespace tepui::cli
